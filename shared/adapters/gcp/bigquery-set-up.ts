/** Datasets, tables and views that must be there, and the rows of the run history. */
import type { BigQuery } from '@google-cloud/bigquery';
import { DATASETS, warehouseStatements } from '../../derive/ddl.ts';
import type { Names } from '../../derive/names.ts';
import { digest } from '../../domain/hash.ts';
import type { Registry } from '../../domain/registry.ts';
import type { Row, RunHistoryRow } from '../../ports/warehouse.ts';
import type { Work } from './bigquery-work.ts';

const HISTORY_ROWS_PER_REQUEST = 500;

/** Makes what is missing; what exists is left as it is. Two requests tell what exists in each dataset. */
export async function prepare(
  client: BigQuery,
  run: (work: Work) => Promise<Row[]>,
  registry: Registry,
  names: Names,
  location: string,
): Promise<void> {
  const existing = new Set<string>();
  const [datasets] = await client.getDatasets();
  const known = new Set(datasets.map(({ id }) => id));
  for (const dataset of DATASETS.map(names.dataset)) {
    if (!known.has(dataset)) continue;
    const [tables] = await client.dataset(dataset).getTables();
    for (const { id } of tables) existing.add(`${dataset}.${id}`);
  }
  const missing = warehouseStatements(registry, names, location).filter(({ kind, name }) =>
    kind === 'dataset' ? !known.has(name) : !existing.has(name),
  );
  if (missing.length === 0) return;
  // One script each: a dataset must be there before a table is named in it.
  for (const isDataset of [true, false]) {
    const sql = missing
      .filter(({ kind }) => (kind === 'dataset') === isDataset)
      .map((statement) => statement.sql)
      .join('\n');
    if (sql !== '') await run({ purpose: 'prepare', table: '', sql });
  }
}

/** Writes rows of the run history; a row that is sent twice is kept once. */
export async function appendRunHistory(
  client: BigQuery,
  names: Names,
  rows: readonly RunHistoryRow[],
): Promise<void> {
  const table = client.dataset(names.dataset('nba_reference')).table('processor_run_history');
  for (let at = 0; at < rows.length; at += HISTORY_ROWS_PER_REQUEST) {
    await table.insert(
      rows.slice(at, at + HISTORY_ROWS_PER_REQUEST).map((row) => ({
        // Rows that are sent twice are kept once.
        insertId: digest([row.run_id, row.attempt, row.data_date, row.status, row.processed_at].join(' ')),
        json: row,
      })),
      { raw: true },
    );
  }
}
