/** The table of kept changes: what publications have changed in rows that were published before. */
import type { ColumnShape, TableShape } from './ddl.ts';

/** Days for which changes are kept. */
export const ROW_CHANGE_DAYS = 90;

/** Columns of `nba_reference.row_changes`. */
export const ROW_CHANGE_COLUMNS = {
  changed_on: { type: 'DATE', required: true, description: 'Day of the publication (UTC).' },
  changed_at: { type: 'TIMESTAMP', required: true, description: 'When it was published (UTC).' },
  table_name: { type: 'STRING', required: true, description: 'Table of the row.' },
  data_date: { type: 'DATE', required: true, description: 'Game date of the row.' },
  row_key: {
    type: 'STRING',
    required: true,
    description: 'Values of the key columns without the date, separated by spaces.',
  },
  kind: { type: 'STRING', required: true, description: 'added, changed or removed.' },
  column_name: {
    type: 'STRING',
    required: false,
    description: 'Column that changed; NULL for a row that was added or removed.',
  },
  old_value: { type: 'STRING', required: false, description: 'Value before, as text.' },
  new_value: { type: 'STRING', required: false, description: 'Value after, as text.' },
  run_id: { type: 'STRING', required: true, description: 'Run that published the row.' },
  backfill_id: { type: 'STRING', required: false, description: 'Backfill that asked for the run.' },
  source: {
    type: 'STRING',
    required: false,
    description:
      'Who said what the row says now, for a row of phase 2 that changed because of a new file or payload: files, or the name of a live source.',
  },
  observed_at: {
    type: 'TIMESTAMP',
    required: false,
    description: 'When that file or payload was archived (UTC).',
  },
} as const satisfies Readonly<Record<string, Omit<ColumnShape, 'name'>>>;

/** `nba_reference.row_changes` as the warehouse should hold it. */
export const ROW_CHANGES: TableShape = {
  dataset: 'nba_reference',
  name: 'row_changes',
  description: `What publications of the last ${ROW_CHANGE_DAYS} days have changed in rows that were published before.`,
  columns: Object.entries(ROW_CHANGE_COLUMNS).map(([name, column]) => ({ name, ...column })),
  partitionColumn: 'changed_on',
  clusterBy: ['data_date', 'table_name'],
  partitionDays: ROW_CHANGE_DAYS,
};
