/** Creates the datasets, tables and views of a deployment, and writes the run history. */
import type { BigQuery } from '@google-cloud/bigquery';
import { DATASETS, warehouseStatements } from '../../derive/ddl.ts';
import type { Names } from '../../derive/names.ts';
import { digest } from '../../domain/hash.ts';
import type { Registry } from '../../domain/registry.ts';
import type { Row, RunHistoryRow } from '../../ports/warehouse.ts';
import type { Work } from './bigquery-work.ts';

const HISTORY_ROWS_PER_REQUEST = 500;

/**
 * Creates the datasets, tables and views that are missing. It changes nothing that exists. One request lists
 * the datasets, and one more for each dataset lists its tables.
 * @throws the error of BigQuery
 */
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
  // Datasets and tables take a script each: a dataset must exist before a script can name its tables.
  for (const isDataset of [true, false]) {
    const sql = missing
      .filter(({ kind }) => (kind === 'dataset') === isDataset)
      .map((statement) => statement.sql)
      .join('\n');
    if (sql !== '') await run({ purpose: 'prepare', table: '', sql });
  }
}

/** Inserts rows of the run history. @throws the error of BigQuery */
export async function appendRunHistory(
  client: BigQuery,
  names: Names,
  rows: readonly RunHistoryRow[],
): Promise<void> {
  const table = client.dataset(names.dataset('nba_reference')).table('processor_run_history');
  for (let at = 0; at < rows.length; at += HISTORY_ROWS_PER_REQUEST) {
    await table.insert(
      rows.slice(at, at + HISTORY_ROWS_PER_REQUEST).map((row) => ({
        // BigQuery drops a row whose `insertId` it got shortly before, so a row that is sent twice is kept
        // once.
        insertId: digest([row.run_id, row.attempt, row.data_date, row.status, row.processed_at].join(' ')),
        json: row,
      })),
      { raw: true },
    );
  }
}
