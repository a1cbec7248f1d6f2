/** Loads `shots_*` files. Rows with equal cells are kept, because two tip-ins in the same second look the same. */
import { gameOf, isLeftOut, playerIdOf, sideOf, type Amend, type RawLoad } from '../../ingest/raw-load.ts';
import { gameIdIn } from '../../ingest/source-codes.ts';
import { refuse } from '../../ingest/source-row.ts';
import type { Cell, Row } from '../../../shared/ports/warehouse.ts';
import definition from './definition.ts';

const OVERTIME_SECONDS = 300;

export default {
  definition,
  knows: ['nbac_schedule', 'nbac_game_results', 'nbac_player_boxscores'],
  layouts: {
    shots: {
      needed: [
        'game_id',
        'game_date',
        'team',
        'player_id',
        'period',
        'seconds_left',
        'made',
        'is_three',
        'zone',
        'zone_side',
        'zone_range',
        'shot_distance',
        'action',
        'loc_x',
        'loc_y',
      ],
      welcome: ['assisted'],
    },
  },
  begin: (job) => {
    const shots = new Map<string, number>();
    return {
      read: (source, file) => {
        // Refused shots are counted, too, so that the numbers of later shots stay when a refused shot is corrected.
        const written = source.raw('game_id');
        const numbered = gameIdIn(written) ?? written;
        const shotNumber = (shots.get(numbered) ?? 0) + 1;
        shots.set(numbered, shotNumber);
        const game = gameOf(source, file, job);
        if (isLeftOut(game)) return game;
        const { team_abbr } = sideOf(source, game);
        const id = playerIdOf(source);
        const player = job.players.get(id) ?? refuse(`player ${id} is in no box score`);
        const period = source.count('period');
        const secondsLeft = source.count('seconds_left');
        if (period > 4 && secondsLeft > OVERTIME_SECONDS) {
          refuse(`seconds_left is ${secondsLeft} in an overtime of ${OVERTIME_SECONDS} seconds`);
        }
        return [
          {
            ...game.cells,
            shot_number: shotNumber,
            team_abbr,
            player_lookup: player.lookup,
            nba_player_id: id,
            period,
            seconds_left: secondsLeft,
            shot_made: source.flag('made'),
            shot_type: source.flag('is_three') ? '3PT' : '2PT',
            shot_distance: source.optionalDecimal('shot_distance'),
            zone: source.text('zone'),
            zone_side: source.optionalText('zone_side'),
            zone_range: source.optionalText('zone_range'),
            action: source.optionalText('action'),
            loc_x: source.optionalDecimal('loc_x'),
            loc_y: source.optionalDecimal('loc_y'),
            assisted: source.has('assisted') ? source.optionalFlag('assisted') : null,
          },
        ];
      },
      finish: (rows, amend) => doubtGames(rows, job.boxScores ?? [], amend),
    };
  },
} satisfies RawLoad;

/**
 * Sets aside the shots of a game in which a player has more shots, threes, or makes than his box score: it is unknown which of
 * the shots of the game are right. Fewer shots are no contradiction, because some may be lacking.
 */
function doubtGames(shots: readonly Row[], boxScores: readonly Row[], { setAside }: Amend): void {
  const found = new Map<Cell | undefined, Map<Cell | undefined, Counts>>();
  for (const { nba_game_id: game, nba_player_id: player, shot_made, shot_type } of boxScores.length === 0
    ? []
    : shots) {
    const ofGame = found.get(game) ?? new Map<Cell | undefined, Counts>();
    if (ofGame.size === 0) found.set(game, ofGame);
    const counts = ofGame.get(player) ?? { shots: 0, makes: 0, threes: 0, 'made threes': 0 };
    if (counts.shots === 0) ofGame.set(player, counts);
    const isThree = shot_type === '3PT';
    counts.shots += 1;
    if (shot_made === true) counts.makes += 1;
    if (isThree) counts.threes += 1;
    if (isThree && shot_made === true) counts['made threes'] += 1;
  }
  const reasons = new Map<Cell | undefined, string>();
  for (const box of boxScores) {
    const counts = found.get(box['nba_game_id'])?.get(box['nba_player_id']);
    for (const [what, column] of counts === undefined ? [] : COMPARED) {
      const most = box[column];
      if (typeof most === 'number' && (counts?.[what] ?? 0) > most)
        reasons.set(
          box['nba_game_id'],
          `the shots of game ${box['game_id']} are in doubt: ${box['player_lookup']} has ${counts?.[what]} ${what}, his box score ${most}`,
        );
    }
  }
  for (const row of reasons.size === 0 ? [] : shots) {
    const reason = reasons.get(row['nba_game_id']);
    if (reason !== undefined) setAside(row, reason);
  }
}

type Counts = Record<'shots' | 'makes' | 'threes' | 'made threes', number>;
/** What is counted of the shots of a player, and the column of his box score that it cannot exceed. */
const COMPARED = [
  ['made threes', 'three_pointers_made'],
  ['threes', 'three_pointers_attempted'],
  ['makes', 'field_goals_made'],
  ['shots', 'field_goals_attempted'],
] as const;
