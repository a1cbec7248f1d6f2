/** Loads `injury_report_*` files. */
import {
  gameOf,
  instantOf,
  isLeftOut,
  minutesBeforeTipoff,
  nameOf,
  optionalPlayerIdOf,
  sideOf,
  type RawLoad,
} from '../../ingest/raw-load.ts';
import { refuse } from '../../ingest/source-row.ts';
import definition from './definition.ts';

export default {
  definition,
  knows: ['nbac_schedule', 'nbac_player_boxscores'],
  layouts: {
    injury_report: {
      needed: [
        'season',
        'season_type',
        'game_id',
        'game_date',
        'team',
        'player_id',
        'player_name',
        'status',
        'reason',
        'report_utc',
      ],
    },
  },
  begin: (job) => ({
    read: (source, file) => {
      const game = gameOf(source, file, job);
      if (isLeftOut(game)) return game;
      const { team_abbr } = sideOf(source, game);
      const { name, lookup } = nameOf(source, job);
      const id = optionalPlayerIdOf(source);
      const at = instantOf(source, 'report_utc') ?? refuse('report_utc is empty');
      return [
        {
          ...game.cells,
          team_abbr,
          player_lookup: (id === null ? undefined : job.players.get(id)?.lookup) ?? lookup,
          player_name: name,
          injury_status: source.text('status').toLowerCase(),
          reason: source.optionalText('reason'),
          report_at: at,
          minutes_before_tipoff: minutesBeforeTipoff(at, game.tipoffAt),
        },
      ];
    },
  }),
} satisfies RawLoad;
