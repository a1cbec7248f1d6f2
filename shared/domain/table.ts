/**
 * What a table is. A definition is data: the columns, the key, what it reads and how far back, and when it can be
 * computed. Topics, expectations, statements, checks and documentation are derived from it.
 */
import type { LastGames, Window } from './window.ts';

export const PHASES = ['phase2', 'phase3', 'phase4', 'phase5'] as const;
/** A stage of the pipeline: 2 raw, 3 analytics, 4 precompute, 5 predictions. */
export type Phase = (typeof PHASES)[number];

export type Dataset = 'nba_raw' | 'nba_analytics' | 'nba_precompute' | 'nba_predictions' | 'nba_reference';

export type ColumnType = 'STRING' | 'INT64' | 'FLOAT64' | 'BOOL' | 'DATE' | 'TIMESTAMP';

/** One column of a table, as it is declared to the warehouse and held to its promises by the audit. */
export interface Column {
  readonly type: ColumnType;
  /** Decimals kept, for FLOAT64: stored as `ROUND(ROUND(x, d + 6), d)`. */
  readonly decimals?: number;
  /** False (the default): a NULL fails the audit of its date. */
  readonly nullable?: boolean;
  /** Smallest and largest value the audit accepts, both included. */
  readonly min?: number;
  readonly max?: number;
  /** Closed list of values the audit accepts. */
  readonly oneOf?: readonly string[];
  /** What the value means: unit, formula and its source. Becomes the column's description in the warehouse. */
  readonly description: string;
}

/** How one table reads another. */
export interface Input {
  readonly table: string;
  readonly window: Window;
  /**
   * A required input must be settled over its whole window before a run. An optional one is waited for only while it
   * is being built; when it is absent the row carries NULL, and when it arrives the partition is rebuilt.
   */
  readonly required: boolean;
}

interface TableBase {
  /** snake_case, equal to the folder's name. */
  readonly name: string;
  readonly dataset: Dataset;
  readonly phase: Phase;
  /** One sentence: what a row is. */
  readonly description: string;
  /** `pre_game`: can be computed before the games of its date are played. `post_game`: needs them final. */
  readonly timing: 'pre_game' | 'post_game';
  readonly columns: Readonly<Record<string, Column>>;
  /** Columns that identify a row; unique within a partition. */
  readonly key: readonly string[];
  readonly partitionColumn: string;
  readonly clusterBy: readonly string[];
  readonly inputs: readonly Input[];
  /** Name of the rules that the rows follow; changes when a formula does. */
  readonly calculationVersion: string;
}

/** A phase 2 table, filled by a loader from archived source files. */
export interface LoadedTable extends TableBase {
  readonly kind: 'loaded';
  readonly phase: 'phase2';
  /**
   * What the pipeline itself learns from the rows. `calendar`: which games a date has, and which of them are final.
   * `box_scores`: whether a date has a source at all. When no file has the box scores of 2024-05-04, that date is empty in
   * every table that needs results.
   */
  readonly tells?: 'calendar' | 'box_scores';
}

/** A table computed by its `query.sql` from other tables. */
export interface ComputedTable extends TableBase {
  readonly kind: 'computed';
  /**
   * BOOL column that says whether a row may be used in production; rows for which it is TRUE make the ready share of a
   * partition.
   */
  readonly readinessColumn: string;
  /** STRING column whose value `synthetic` marks rows built without their context, where the table has one. */
  readonly contextColumn?: string;
  /** Why a date may rightly have no rows, as its completion document names it; default `no_rows_expected`. */
  readonly emptyReason?: string;
  /**
   * For a table that others read by their last n games: the column naming the entity, and the BOOL column (or nothing)
   * that says whether a row counts as a game.
   */
  readonly games?: { readonly entityColumn: string; readonly playedColumn?: string };
}

export type TableDefinition = LoadedTable | ComputedTable;

/** A definition of a computed table, checked for its own consistency. @throws Error naming the table and the fault */
export function defineTable(definition: Omit<ComputedTable, 'kind'>): ComputedTable {
  const table: ComputedTable = { ...definition, kind: 'computed' };
  assertConsistent(table);
  for (const column of [
    table.readinessColumn,
    table.contextColumn,
    table.games?.entityColumn,
    table.games?.playedColumn,
  ]) {
    if (column !== undefined && !(column in table.columns))
      fault(table, `names the column ${column}, which it does not declare`);
  }
  return table;
}

/** A definition of a loaded table, checked for its own consistency. @throws Error naming the table and the fault */
export function defineRawTable(definition: Omit<LoadedTable, 'kind' | 'phase' | 'dataset'>): LoadedTable {
  const table: LoadedTable = { ...definition, kind: 'loaded', phase: 'phase2', dataset: 'nba_raw' };
  assertConsistent(table);
  return table;
}

function assertConsistent(table: TableDefinition): void {
  if (!/^[a-z][a-z0-9_]*$/.test(table.name)) fault(table, 'needs a snake_case name');
  for (const column of [...table.key, table.partitionColumn, ...table.clusterBy]) {
    if (!(column in table.columns)) fault(table, `names the column ${column}, which it does not declare`);
  }
  if (table.columns[table.partitionColumn]?.type !== 'DATE')
    fault(table, 'needs a partition column of type DATE');
  for (const [name, column] of Object.entries(table.columns)) {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) fault(table, `has a column ${name} that is not snake_case`);
    if ((column.type === 'FLOAT64') !== (column.decimals !== undefined)) {
      fault(table, `must declare decimals for ${name} if and only if it is FLOAT64`);
    }
    if (table.key.includes(name) && column.nullable) fault(table, `has a nullable key column ${name}`);
    if (FRAMEWORK_COLUMNS.has(name)) fault(table, `declares ${name}, which the framework appends`);
  }
}

/** Columns the framework appends to every table; they are no part of a row's content and of no fingerprint. */
export const FRAMEWORK_COLUMNS: ReadonlyMap<string, Column> = new Map<string, Column>([
  ['run_id', { type: 'STRING', description: 'Run that wrote the row.' }],
  [
    'run_token',
    {
      type: 'INT64',
      description: 'Fencing token of that run; a newer one is never overwritten by an older one.',
    },
  ],
  ['run_mode', { type: 'STRING', description: 'live or backfill.' }],
  ['calculation_version', { type: 'STRING', description: 'Rules the row follows.' }],
  ['processed_at', { type: 'TIMESTAMP', description: 'When the row was written (UTC).' }],
]);

function fault(table: { readonly name: string }, what: string): never {
  throw new Error(`Table ${table.name} ${what}`);
}

/** `dataset.table`, as queries name it. */
export function qualifiedName(table: TableDefinition): string {
  return `${table.dataset}.${table.name}`;
}

export function isLastGames(window: Window): window is LastGames {
  return window.kind === 'last_games';
}
