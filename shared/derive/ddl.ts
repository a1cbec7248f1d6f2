/**
 * The statements that make the warehouse, derived from the tables: datasets, partitioned and clustered
 * tables, and one view. Every statement may be sent again: an object that exists already stays as it is.
 */
import { frameworkColumns, type ColumnType, type Dataset, type TableDefinition } from '../domain/table.ts';
import type { Registry } from '../domain/registry.ts';
import { STAGING_DATASET, type Names } from './names.ts';
import { BOX_SCORES, hasPlayersView, playersQuery } from './players-registry.ts';
import { ROW_CHANGES } from './row-changes.ts';
import { hasScheduleView, SCHEDULE_VIEW_COLUMNS, scheduleQuery } from './schedule-queries.ts';

/** A table as the warehouse should hold it. */
export interface TableShape {
  readonly dataset: Dataset;
  readonly name: string;
  readonly description: string;
  readonly columns: readonly ColumnShape[];
  readonly partitionColumn: string;
  readonly clusterBy: readonly string[];
  /** Days after which the warehouse deletes a partition; absent: never. */
  readonly partitionDays?: number;
}

/** A column as the warehouse should hold it. */
export interface ColumnShape {
  readonly name: string;
  readonly type: ColumnType;
  /**
   * True for the columns that identify a row. The audit of each run checks the NULLs of the other columns,
   * so that a column can be added to a table that already has rows.
   */
  readonly required: boolean;
  readonly description: string;
}

/** One statement, and the name of the object that it makes, such as `nba_raw.nbac_schedule`. */
export interface Statement {
  readonly kind: 'dataset' | 'table' | 'view';
  readonly name: string;
  readonly sql: string;
}

/** The datasets that hold tables, without that of staged rows. */
export const DATASETS: readonly Dataset[] = [
  'nba_raw',
  'nba_analytics',
  'nba_precompute',
  'nba_predictions',
  'nba_reference',
];

/** Days after which a staged table is deleted, if its run has not deleted it. */
const STAGING_EXPIRATION_DAYS = 1;

const DATASET_DESCRIPTIONS: Readonly<Record<Dataset | typeof STAGING_DATASET, string>> = {
  nba_raw: 'Phase 2: what the sources say, as it was loaded.',
  nba_analytics: 'Phase 3: summaries and contexts of games.',
  nba_precompute: 'Phase 4: what is known of teams and players before a game.',
  nba_predictions: 'Phase 4 features and phase 5 predictions.',
  nba_reference: 'History of the runs, changes of rows, and the schedule with its results.',
  nba_staging: 'Rows of runs before they are published; every table expires by itself.',
};

/**
 * Columns of `nba_reference.processor_run_history`, one for each field of a `RunHistoryRow`, in the same
 * order.
 */
export const RUN_HISTORY_COLUMNS = {
  processor_name: { type: 'STRING', required: true, description: 'Table that the run was for.' },
  run_id: { type: 'STRING', required: true, description: 'The run.' },
  phase: { type: 'STRING', required: true, description: 'phase2 to phase5.' },
  data_date: { type: 'DATE', required: true, description: 'Game date of the partition.' },
  season: { type: 'STRING', required: true, description: 'Season of that date, such as 2023-24.' },
  status: {
    type: 'STRING',
    required: true,
    description: 'success, partial, empty, skipped or failed.',
  },
  started_at: { type: 'TIMESTAMP', required: true, description: 'When the attempt began (UTC).' },
  processed_at: { type: 'TIMESTAMP', required: true, description: 'When it ended (UTC).' },
  duration_seconds: { type: 'FLOAT64', required: true, description: 'Seconds between the two.' },
  records_processed: { type: 'INT64', required: true, description: 'Rows that the partition has.' },
  expected_records: { type: 'INT64', required: true, description: 'Rows that it should have.' },
  output_table: { type: 'STRING', required: true, description: 'dataset.table.' },
  run_mode: { type: 'STRING', required: true, description: 'live or backfill.' },
  backfill_id: { type: 'STRING', required: false, description: 'Backfill that asked for the run.' },
  attempt: { type: 'INT64', required: true, description: 'Number of the attempt, from 1.' },
  skip_reason: { type: 'STRING', required: false, description: 'Why nothing was to be done.' },
  failure_category: { type: 'STRING', required: false, description: 'Code of the failure.' },
  error: { type: 'STRING', required: false, description: 'What went wrong.' },
  service_revision: {
    type: 'STRING',
    required: false,
    description: 'Revision of the service that made the attempt.',
  },
} as const satisfies Readonly<Record<string, Omit<ColumnShape, 'name'>>>;

const RUN_HISTORY: TableShape = {
  dataset: 'nba_reference',
  name: 'processor_run_history',
  description: 'One row for each attempt at a partition; written, never read to decide.',
  columns: Object.entries(RUN_HISTORY_COLUMNS).map(([name, column]) => ({ name, ...column })),
  partitionColumn: 'data_date',
  clusterBy: ['processor_name'],
};

/** The shape of a registered table: its own columns, then those of the framework. */
export function shapeOf(definition: TableDefinition): TableShape {
  const identifying = new Set([...definition.key, definition.partitionColumn]);
  return {
    dataset: definition.dataset,
    name: definition.name,
    description: definition.description,
    columns: [...Object.entries(definition.columns), ...frameworkColumns(definition)].map(
      ([name, column]) => ({
        name,
        type: column.type,
        required: identifying.has(name),
        description: column.description,
      }),
    ),
    partitionColumn: definition.partitionColumn,
    clusterBy: definition.clusterBy,
  };
}

/** Every table that the warehouse holds, including the run history and the kept changes. */
export function tableShapes(registry: Registry): TableShape[] {
  return [...registry.all.map(({ definition }) => shapeOf(definition)), RUN_HISTORY, ROW_CHANGES];
}

/**
 * Makes a dataset. Only the tables of the staging dataset expire.
 * @param location such as `US`
 */
export function createDatasetSql(
  dataset: Dataset | typeof STAGING_DATASET,
  names: Names,
  location: string,
): string {
  const options = [
    `location = ${literal(location)}`,
    `description = ${literal(DATASET_DESCRIPTIONS[dataset])}`,
    ...(dataset === STAGING_DATASET ? [`default_table_expiration_days = ${STAGING_EXPIRATION_DAYS}`] : []),
    LABELS,
  ];
  return `CREATE SCHEMA IF NOT EXISTS ${quoted(names.dataset(dataset))}\nOPTIONS (${options.join(', ')});`;
}

/** Makes a table, one line for each column. */
export function createTableSql(shape: TableShape, names: Names): string {
  const columns = shape.columns.map((column) => `  ${columnSql(column)}`);
  return [
    `CREATE TABLE IF NOT EXISTS ${tableName(shape, names)} (`,
    columns.join(',\n'),
    ')',
    `PARTITION BY ${quoted(shape.partitionColumn)}`,
    ...(shape.clusterBy.length === 0 ? [] : [`CLUSTER BY ${shape.clusterBy.map(quoted).join(', ')}`]),
    `OPTIONS (require_partition_filter = TRUE, ${
      shape.partitionDays === undefined ? '' : `partition_expiration_days = ${shape.partitionDays}, `
    }description = ${literal(shape.description)}, ${LABELS});`,
  ].join('\n');
}

/**
 * Adds columns to a table that may have rows.
 * @throws Error for a required column, because existing rows would have no value in it
 */
export function addColumnsSql(shape: TableShape, columns: readonly ColumnShape[], names: Names): string {
  const required = columns.find((column) => column.required);
  if (required !== undefined)
    throw new Error(`${required.name} cannot be added to ${shape.name}: it is required`);
  const added = columns.map((column) => `  ADD COLUMN IF NOT EXISTS ${columnSql(column)}`);
  return `ALTER TABLE ${tableName(shape, names)}\n${added.join(',\n')};`;
}

/** Allows NULL in columns that did not allow it. */
export function relaxColumnsSql(shape: TableShape, columns: readonly string[], names: Names): string {
  const relaxed = columns.map((column) => `  ALTER COLUMN ${quoted(column)} DROP NOT NULL`);
  return `ALTER TABLE ${tableName(shape, names)}\n${relaxed.join(',\n')};`;
}

/**
 * Changes options of an existing table: queries must filter by date, the table does not expire, and its
 * partitions are kept for as long as the shape says.
 */
export function setOptionsSql(
  shape: TableShape,
  names: Names,
  options: {
    readonly requirePartitionFilter: boolean;
    readonly keepTable: boolean;
    readonly partitionExpiry: boolean;
  },
): string {
  const set = [
    ...(options.requirePartitionFilter ? ['require_partition_filter = TRUE'] : []),
    ...(options.keepTable ? ['expiration_timestamp = NULL'] : []),
    ...(options.partitionExpiry ? [`partition_expiration_days = ${shape.partitionDays ?? 'NULL'}`] : []),
  ];
  return `ALTER TABLE ${tableName(shape, names)} SET OPTIONS (${set.join(', ')});`;
}

/** Sets whether new tables of an existing dataset expire: those of the staging dataset do, others do not. */
export function setExpirationSql(dataset: Dataset | typeof STAGING_DATASET, names: Names): string {
  const days = dataset === STAGING_DATASET ? String(STAGING_EXPIRATION_DAYS) : 'NULL';
  return `ALTER SCHEMA ${quoted(names.dataset(dataset))} SET OPTIONS (default_table_expiration_days = ${days});`;
}

/**
 * Gives service accounts a role on a dataset.
 * @throws Error when `role` has not the form of a role
 */
export function grantSql(dataset: string, role: string, members: readonly string[]): string {
  if (!/^roles\/[A-Za-z.]+$/.test(role)) throw new Error(`${JSON.stringify(role)} is no role`);
  return `GRANT \`${role}\` ON SCHEMA ${quoted(dataset)} TO ${members.map(literal).join(', ')};`;
}

/** A view of the dataset `nba_reference`. */
export interface ViewShape {
  readonly name: string;
  readonly description: string;
  /**
   * People query a view without a filter, but the tables that it reads require one, so its query has a filter that every
   * game passes.
   */
  readonly query: (names: Names) => string;
  /** The raw tables that it reads. */
  readonly reads: readonly string[];
}

/** The views of the warehouse, of those whose tables the registry has. */
export function viewShapes(registry: Registry): ViewShape[] {
  const raw = (names: Names) => (table: string) => `${quoted(names.dataset('nba_raw'))}.${quoted(table)}`;
  return [
    ...(hasScheduleView(registry)
      ? [
          {
            name: 'nba_schedule',
            description: 'Every game of the schedule with its result, where there is one.',
            query: (names: Names) => scheduleQuery(raw(names), FIRST_GAME),
            reads: SCHEDULE_VIEW_COLUMNS.map(({ table }) => table),
          },
        ]
      : []),
    ...(hasPlayersView(registry)
      ? [
          {
            name: 'nba_players_registry',
            description: 'Every player of a box score with his id, lookup, seasons and teams.',
            query: (names: Names) => playersQuery(raw(names), FIRST_GAME),
            reads: [BOX_SCORES],
          },
        ]
      : []),
  ];
}

/** Name of a view in the warehouse, such as `nba_reference.nba_schedule`. */
export function viewName({ name }: ViewShape, names: Names): string {
  return `${names.dataset('nba_reference')}.${name}`;
}

/** Makes a view, or replaces it. */
export function createViewSql({ name, description, query }: ViewShape, names: Names): string {
  return [
    `CREATE OR REPLACE VIEW ${quoted(names.dataset('nba_reference'))}.${quoted(name)}`,
    `OPTIONS (description = ${literal(description)}, ${LABELS}) AS`,
    `${query(names)};`,
  ].join('\n');
}

/** Everything that makes the warehouse, in an order in which the statements can be sent. */
export function warehouseStatements(registry: Registry, names: Names, location: string): Statement[] {
  return [
    ...([...DATASETS, STAGING_DATASET] as const).map((dataset): Statement => ({
      kind: 'dataset',
      name: names.dataset(dataset),
      sql: createDatasetSql(dataset, names, location),
    })),
    ...tableShapes(registry).map((shape): Statement => ({
      kind: 'table',
      name: `${names.dataset(shape.dataset)}.${shape.name}`,
      sql: createTableSql(shape, names),
    })),
    ...viewShapes(registry).map((view): Statement => ({
      kind: 'view',
      name: viewName(view, names),
      sql: createViewSql(view, names),
    })),
  ];
}

/** The date of the first game in the history of the league. */
const FIRST_GAME = "DATE '1946-11-01'";

const LABELS = "labels = [('app', 'fullcourt')]";

function columnSql({ name, type, required, description }: ColumnShape): string {
  return `${quoted(name)} ${type}${required ? ' NOT NULL' : ''} OPTIONS (description = ${literal(description)})`;
}

function tableName(shape: TableShape, names: Names): string {
  return `${quoted(names.dataset(shape.dataset))}.${quoted(shape.name)}`;
}

/**
 * A name in backticks.
 * @throws Error when `identifier` is not a valid name
 */
function quoted(identifier: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(identifier))
    throw new Error(`${JSON.stringify(identifier)} is no name of a column, table or dataset`);
  return `\`${identifier}\``;
}

/** `text` as a STRING literal. */
function literal(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n');
  return `'${escaped}'`;
}
