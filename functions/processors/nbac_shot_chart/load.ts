/** Loads `shots_*` files. Rows with equal cells are kept, because two tip-ins in the same second look the same. */
import { gameOf, isLeftOut, playerIdOf, sideOf, type Amend, type RawLoad } from '../../ingest/raw-load.ts';
import type { Attempts } from '../../ingest/attempts.ts';
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
        const player = job.players.get(id) ?? refuse(`player ${id} is in no box score and no roster`);
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
      finish: (rows, amend) => doubtGames(rows, job.attempts ?? [], amend),
    };
  },
} satisfies RawLoad;

/**
 * Sets aside the shots of a game in which a player has more shots, threes, or makes than his box score, by more than one: it is
 * unknown which of the shots of the game are right. One more is tolerated, because the league corrects box scores and not their
 * shots; `player_game_summary` tolerates one as well. Fewer shots are no contradiction, because some may be lacking.
 */
function doubtGames(shots: readonly Row[], attempts: readonly Attempts[], { setAside }: Amend): void {
  if (attempts.length === 0) return;
  const found = new Map<Cell | undefined, Map<Cell | undefined, Counts>>();
  for (const row of shots) {
    const ofGame = found.get(row['nba_game_id']) ?? new Map<Cell | undefined, Counts>();
    if (ofGame.size === 0) found.set(row['nba_game_id'], ofGame);
    const player = row['nba_player_id'];
    const counts = ofGame.get(player) ?? { first: row, shots: 0, makes: 0, threes: 0, 'made threes': 0 };
    if (counts.shots === 0) ofGame.set(player, counts);
    const [isMade, isThree] = [row['shot_made'] === true, row['shot_type'] === '3PT'];
    counts.shots += 1;
    if (isMade) counts.makes += 1;
    if (isThree) counts.threes += 1;
    if (isMade && isThree) counts['made threes'] += 1;
  }
  const reasons = new Map<Cell | undefined, string>();
  for (const box of attempts) {
    const counts = found.get(box.game)?.get(box.player);
    const excess = COMPARED.find((what) => (counts?.[what] ?? 0) > (box[what] ?? Infinity) + TOLERATED);
    if (counts === undefined || excess === undefined) continue;
    const { game_id: game, player_lookup: player } = counts.first;
    reasons.set(
      box.game,
      `the shots of game ${game} are in doubt: ${player} has ${counts[excess]} ${excess}, his box score ${box[excess]}`,
    );
  }
  for (const row of reasons.size === 0 ? [] : shots) {
    const reason = reasons.get(row['nba_game_id']);
    if (reason !== undefined) setAside(row, reason);
  }
}

/** Shots of a player that may be more than his box score has. */
const TOLERATED = 1;
const COMPARED = ['shots', 'makes', 'threes', 'made threes'] as const;
type Counts = Record<(typeof COMPARED)[number], number> & { readonly first: Row };
