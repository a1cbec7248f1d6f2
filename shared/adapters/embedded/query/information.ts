/** `dataset.INFORMATION_SCHEMA.COLUMNS` and `TABLES` of BigQuery, from the registry. Pure. */
import { tableShapes, viewShapes, type TableShape } from '../../../derive/ddl.ts';
import { RequestError } from '../../../domain/failure.ts';
import type { Registry } from '../../../domain/registry.ts';
import { textLiteral } from './words.ts';

/** The views that stand for those of BigQuery. */
export const INFORMATION_VIEWS: readonly string[] = ['bq_information_columns', 'bq_information_tables'];

/** The tables and views that a query may read, as `dataset.table`. */
export function readableTables(registry: Registry): ReadonlySet<string> {
  return new Set([
    ...tableShapes(registry).map(({ dataset, name }) => `${dataset}.${name}`),
    ...viewShapes(registry).map(({ name }) => `nba_reference.${name}`),
  ]);
}

/** The statements that give a connection the two views. */
export function informationSql(registry: Registry): string[] {
  const shapes = tableShapes(registry);
  const views = viewShapes(registry);
  const columns = shapes.flatMap((shape) => shape.columns.map((_, i) => columnRow(shape, i)));
  const tables = [
    ...shapes.map(({ dataset, name }) => [dataset, name, 'BASE TABLE']),
    ...views.map(({ name }) => ['nba_reference', name, 'VIEW']),
  ].map((row) => `(${["'fullcourt'", ...row.map(literal)].join(', ')})`);
  return [
    `CREATE OR REPLACE TEMP VIEW bq_information_columns AS SELECT * FROM (VALUES ${columns.join(', ')}) AS listed(table_catalog, table_schema, table_name, column_name, ordinal_position, is_nullable, data_type, is_partitioning_column, clustering_ordinal_position)
     UNION ALL
     SELECT 'fullcourt', schema_name, table_name, column_name, column_index, 'YES',
       CASE data_type WHEN 'VARCHAR' THEN 'STRING' WHEN 'BIGINT' THEN 'INT64' WHEN 'DOUBLE' THEN 'FLOAT64' WHEN 'BOOLEAN' THEN 'BOOL' ELSE data_type END,
       'NO', NULL
     FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = 'nba_reference' AND list_contains([${views.map(({ name }) => literal(name)).join(', ')}]::VARCHAR[], table_name)`,
    `CREATE OR REPLACE TEMP VIEW bq_information_tables AS SELECT * FROM (VALUES ${tables.join(', ')}) AS listed(table_catalog, table_schema, table_name, table_type)`,
  ];
}

function columnRow({ dataset, name, columns, partitionColumn, clusterBy }: TableShape, i: number): string {
  const column = columns[i];
  if (column === undefined) return '';
  const clustered = clusterBy.indexOf(column.name);
  return `('fullcourt', ${literal(dataset)}, ${literal(name)}, ${literal(column.name)}, ${i + 1}, '${column.required ? 'NO' : 'YES'}', '${column.type}', '${column.name === partitionColumn ? 'YES' : 'NO'}', ${clustered < 0 ? 'NULL' : clustered + 1})`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `FROM dataset.INFORMATION_SCHEMA.COLUMNS`, as a query of the views of `information.ts`. */
export function informationSchema(
  parts: readonly string[],
  place: number,
  datasets: ReadonlySet<string>,
): string {
  const dataset = parts[place - 1];
  const view = parts[place + 1]?.toLowerCase();
  if (view !== 'columns' && view !== 'tables')
    throw new RequestError(
      `INFORMATION_SCHEMA.${parts[place + 1] ?? ''} cannot be asked for; there are COLUMNS and TABLES`,
    );
  if (dataset === undefined)
    throw new RequestError(
      `INFORMATION_SCHEMA.${parts[place + 1]} needs a dataset before it, such as nba_raw.INFORMATION_SCHEMA.TABLES`,
    );
  if (!datasets.has(dataset))
    throw new RequestError(`There is no dataset ${dataset}; there are ${[...datasets].join(', ')}`);
  return `(SELECT * FROM bq_information_${view} WHERE table_schema = ${textLiteral(dataset)})`;
}
