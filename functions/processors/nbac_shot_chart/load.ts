/** Loads `shots_*` files. Rows with equal cells are kept, because two tip-ins in the same second look the same. */
import { gameOf, isLeftOut, playerIdOf, sideOf, type RawLoad } from '../../ingest/raw-load.ts';
import { compareShots } from '../../ingest/shots-and-attempts.ts';
import { gameIdIn } from '../../ingest/source-codes.ts';
import { refuse } from '../../ingest/source-row.ts';
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
      finish: (rows, amend) => compareShots(rows, job.attempts ?? [], amend),
    };
  },
} satisfies RawLoad;
