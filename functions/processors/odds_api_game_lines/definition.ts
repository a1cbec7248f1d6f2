/** Bookmakers' spreads and totals, seen before the game. A line without a bookmaker and a time is the closing line. */
import { defineRawTable } from '../../../shared/domain/table.ts';
import { TRICODES } from '../../../shared/domain/teams.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import {
  gameColumns,
  minutesBeforeTipoffColumn,
  SCHEDULE,
  teamColumn,
  snapshotLabelColumn,
} from '../_shared/raw-columns.ts';
import { MAX_SPREAD, TOTALS } from '../_shared/game-line-columns.ts';

export default defineRawTable({
  name: 'odds_api_game_lines',
  description:
    'One row for each outcome a bookmaker quotes on a game at one moment: each side of the spread, over and under.',
  timing: 'pre_game',
  calculationVersion: 'v1.2',
  partitionColumn: 'game_date',
  key: ['game_id', 'bookmaker_key', 'market_key', 'outcome_name', 'snapshot_label'],
  clusterBy: ['game_id', 'bookmaker_key'],
  inputs: [{ table: SCHEDULE, window: sameDate, required: true }],
  columns: {
    ...gameColumns,
    home_team_abbr: teamColumn('Home team.'),
    away_team_abbr: teamColumn('Visiting team.'),
    bookmaker_key: {
      type: 'STRING',
      description:
        'Bookmaker as the source names it; closing_line when it names none, unread for a quote that was refused.',
    },
    market_key: { type: 'STRING', oneOf: ['spreads', 'totals'], description: 'What is quoted.' },
    outcome_name: {
      type: 'STRING',
      oneOf: [...TRICODES, 'Over', 'Under'],
      description: 'The side: a tricode for a spread, Over or Under for a total.',
    },
    outcome_point: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: -MAX_SPREAD,
      max: TOTALS.max,
      description:
        'Points: the spread from the side of outcome_name (negative = favoured), -60 to 60, or the total of both teams, 100 to 400. NULL for a quote that was refused.',
    },
    outcome_price: {
      type: 'FLOAT64',
      decimals: 3,
      nullable: true,
      min: 1,
      max: 1000,
      description: 'Decimal odds; NULL when the source has none.',
    },
    snapshot_label: snapshotLabelColumn,
    snapshot_at: { type: 'TIMESTAMP', nullable: true, description: 'When the quote was seen (UTC).' },
    minutes_before_tipoff: minutesBeforeTipoffColumn,
  },
});
