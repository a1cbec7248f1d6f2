/** The columns by which every computed row says how complete its inputs are. */
import type { Column } from '../../../shared/domain/table.ts';

export const completenessColumns: Readonly<Record<string, Column>> = {
  expected_games_count: { type: 'INT64', min: 0, description: 'Games the row should rest on.' },
  actual_games_count: { type: 'INT64', min: 0, description: 'Those of them whose facts are known.' },
  completeness_percentage: {
    type: 'FLOAT64',
    decimals: 2,
    min: 0,
    max: 100,
    description: '100 * actual / expected games; 0 when none is expected.',
  },
  is_production_ready: {
    type: 'BOOL',
    description: 'Whether completeness is at least 90 % and the row may be used.',
  },
  data_quality_issues: {
    type: 'STRING',
    nullable: true,
    description: 'Codes of what is missing or doubtful, sorted and comma separated; NULL when nothing is.',
  },
};
