/**
 * What is known of a game before it is played: when, where and who. Scores and status are in `nbac_game_results`, so that a
 * table may read the schedule of later dates without learning how their games end.
 */
import { defineRawTable } from '../../../shared/domain/table.ts';
import { awayTeamColumn, scheduledGameColumns, teamColumn } from '../_shared/raw-columns.ts';

export default defineRawTable({
  name: 'nbac_schedule',
  description:
    'One row for each scheduled game, without its result, for each game whose line is refused and that names a team, and for each that only box scores know.',
  timing: 'pre_game',
  tells: 'calendar',
  moreGamesFrom: ['nbac_player_boxscores', 'nbac_team_boxscore'],
  calculationVersion: 'v1',
  partitionColumn: 'game_date',
  key: ['game_id'],
  clusterBy: ['home_team_abbr', 'away_team_abbr'],
  inputs: [],
  columns: {
    ...scheduledGameColumns,
    home_team_abbr: teamColumn('Home team; at a neutral site the team named second in game_id.'),
    away_team_abbr: awayTeamColumn,
    tipoff_at: {
      type: 'TIMESTAMP',
      nullable: true,
      description:
        'Scheduled tip-off (UTC), from the US Eastern local time of the source; NULL when unknown.',
    },
    arena: { type: 'STRING', nullable: true, description: 'Name of the arena.' },
    arena_city: { type: 'STRING', nullable: true, description: 'City of the arena.' },
    neutral_site: {
      type: 'BOOL',
      nullable: true,
      description: 'Whether neither team is at home; NULL when the source does not say.',
    },
  },
});
