/**
 * What a table is. A definition is data: the columns, the key, the inputs with their windows, and when the
 * table can be computed. Topics, expected dates, statements, checks and documentation are derived from it.
 */
import type { ModelAlias } from './models.ts';
import type { LastGames, Window } from './window.ts';

/** The phases of the pipeline in their order: 2 raw, 3 analytics, 4 precompute, 5 predictions. */
export const PHASES = ['phase2', 'phase3', 'phase4', 'phase5'] as const;
/** One of {@link PHASES}. */
export type Phase = (typeof PHASES)[number];
/** The phase of the raw tables, which are all in it. */
export const RAW_PHASE = 'phase2';
/** The only phase whose tables may use models: its functions read the archive, where the files of models are. */
export const ARTIFACT_PHASE = 'phase5';

/** The datasets of the warehouse that hold tables. */
export type Dataset = 'nba_raw' | 'nba_analytics' | 'nba_precompute' | 'nba_predictions' | 'nba_reference';

/** The types that a column may have, in the words of GoogleSQL. */
export type ColumnType = 'STRING' | 'INT64' | 'FLOAT64' | 'BOOL' | 'DATE' | 'TIMESTAMP';

/** One column of a table, as it is declared to the warehouse and checked by the audit. */
export interface Column {
  readonly type: ColumnType;
  /**
   * Decimals that a FLOAT64 column keeps. Values are rounded twice when they are stored: first to six
   * decimals more, then to these.
   */
  readonly decimals?: number;
  /** Whether a row may have NULL. By default it may not, and a NULL fails the audit of its date. */
  readonly nullable?: boolean;
  /** Smallest and largest value the audit accepts, both included. */
  readonly min?: number;
  readonly max?: number;
  /** The only values that the audit accepts. */
  readonly oneOf?: readonly string[];
  /** The unit of a number whose name and description do not tell it, such as `dollars`; see `unitOf`. */
  readonly unit?: string;
  /** What the value means: unit, formula and its source. Becomes the column's description in the warehouse. */
  readonly description: string;
}

/** A table that another table reads, and how far back. */
export interface Input {
  readonly table: string;
  readonly window: Window;
  /**
   * A required input must be settled on every date of its window before a run can start. An optional input
   * is waited for only while a run builds it. When it is absent, the row has NULL; when it arrives later,
   * the partition is rebuilt.
   */
  readonly required: boolean;
}

/** What every table declares. */
interface TableBase {
  /** snake_case, equal to the folder's name. */
  readonly name: string;
  readonly dataset: Dataset;
  readonly phase: Phase;
  /** One sentence: what a row is. */
  readonly description: string;
  /**
   * `pre_game`: can be computed before the games of its date are played. `post_game`: needs their final
   * results.
   */
  readonly timing: 'pre_game' | 'post_game';
  readonly columns: Readonly<Record<string, Column>>;
  /** Columns that identify a row. Their values are unique within a partition. */
  readonly key: readonly string[];
  /** The DATE column that holds the game date. */
  readonly partitionColumn: string;
  /** Columns by which BigQuery orders the rows of a partition. */
  readonly clusterBy: readonly string[];
  readonly inputs: readonly Input[];
  /**
   * The rules that the rows follow, as family and revision, such as `v1_4factors.2`; without a revision it is
   * the first. When a formula changes, the revision goes up; docs/revisions.md says why and what it changed.
   */
  readonly calculationVersion: string;
}

/** A raw table, filled by its loader from archived source files. */
export interface RawTable extends TableBase {
  readonly rowsFrom: 'files';
  readonly phase: typeof RAW_PHASE;
  /**
   * What the pipeline itself learns from the rows. `calendar`: which games a date has, and which of them
   * are final. `box_scores`: whether a date has a source at all. When no file has the box scores of
   * 2024-05-04, that date is empty in every table that needs results.
   */
  readonly tells?: 'calendar' | 'box_scores';
  /**
   * Raw tables whose archived files are compared with the rows of this one, date by date. They change no row, but say what is
   * doubtful. What they say of a date is part of what its partition was made from. No run waits for them, so two tables can be each
   * other's witnesses.
   */
  readonly witnesses?: readonly string[];
  /**
   * Raw tables whose archived files know games of which the own files have no final score (`boxed-games.ts`); this table has rows of
   * these games. What they say of such games is part of what a partition was made from. No run waits for them.
   */
  readonly moreGamesFrom?: readonly string[];
  /**
   * Whether this table is expected only on dates of which its own files speak: its source is asked now and then, and nobody expects more
   * of it than it has said. A date of which they speak should have every final game.
   */
  readonly isExpectedWhereTold?: true;
  /**
   * The raw table of box scores in whose place this one is used, for games and players that it lacks. A date of which this one has rows
   * is not without a source, and no table waits for the other one.
   */
  readonly standsInFor?: string;
}

/** Whether a table is a raw one that is expected only on dates of which its own files speak. */
export function isExpectedWhereTold(table: TableDefinition): boolean {
  return isRaw(table) && table.isExpectedWhereTold === true;
}

/** The witnesses of a table; none for a computed table. */
export function witnessesOf(table: TableDefinition): readonly string[] {
  return isRaw(table) ? (table.witnesses ?? []) : [];
}

/** The tables whose files know further games of a table; none for a computed table. */
export function moreGamesFrom(table: TableDefinition): readonly string[] {
  return isRaw(table) ? (table.moreGamesFrom ?? []) : [];
}

/** The raw tables whose files a load reads beside its own ones, without waiting for their partitions. */
export function readBeside(table: TableDefinition): readonly string[] {
  return [...witnessesOf(table), ...moreGamesFrom(table)];
}

/** What every table declares that is made from other tables. */
interface ComputedBase extends TableBase {
  /**
   * BOOL column that says whether a row may be used in production. Completion documents count the rows in
   * which it is TRUE.
   */
  readonly readinessColumn: string;
  /**
   * STRING column whose value `synthetic` marks rows that were computed without their context row; absent
   * where a table has no such rows.
   */
  readonly contextColumn?: string;
  /** The rows that `expected.sql` counts, where it cannot count all: those with this value in a STRING column; see `counted-rows.ts`. */
  readonly countedRows?: { readonly column: string; readonly value: string };
  /**
   * The reason that a completion document gives when a date rightly has no rows; by default
   * `no_rows_expected`.
   */
  readonly emptyReason?: string;
  /**
   * For a table that others read by their last n games: the column that names the player or team, and the
   * BOOL column that says whether a row counts as a game. Without the latter every row counts.
   */
  readonly games?: { readonly entityColumn: string; readonly playedColumn?: string };
  /**
   * `opening_night`: the table has one partition for each season, on the date of the first regular-season game. It is not left
   * out in the bootstrap period.
   */
  readonly onlyOn?: 'opening_night';
}

/** A table computed by its `query.sql` from other tables. */
export interface QueryTable extends ComputedBase {
  readonly rowsFrom: 'query';
}

/** A table that code reads, how far back, and which of its columns. */
export interface CodeInput extends Input {
  /** The columns that are handed to the code. */
  readonly columns: readonly string[];
  /** The name by which the code asks for the rows; by default that of the table. Two windows on one table need two names. */
  readonly as?: string;
}

/** A model that code reads, by the role that it has on a date; see `artifacts.ts`. */
export interface ArtifactInput {
  readonly role: ModelAlias;
}

/** A table computed by the pure function in its `compute.ts` from rows of other tables. */
export interface CodeTable extends ComputedBase {
  readonly rowsFrom: 'code';
  readonly inputs: readonly CodeInput[];
  /** The models that the code uses, only in {@link ARTIFACT_PHASE}. A date that has none is built without; its code gives no row that needs one. */
  readonly artifacts?: readonly ArtifactInput[];
  /**
   * `tip_off`: rows of a game that were made before it began stay as they are; see `seal.ts`. Such a table is of games to come, reads the
   * schedule of its date, and has the columns `game_id` and `origin`, which the framework fills.
   */
  readonly seal?: 'tip_off';
}

/** The models that a table uses; none where its rows do not come from code. */
export function artifactsOf(table: TableDefinition): readonly ArtifactInput[] {
  return table.rowsFrom === 'code' ? (table.artifacts ?? []) : [];
}

/** Whether a table has one partition for each season instead of one for each date. */
export function isOncePerSeason(table: TableDefinition): boolean {
  return isComputed(table) && table.onlyOn !== undefined;
}

/** Whether a table keeps the rows of a game as they were when it began. */
export function isSealing(table: TableDefinition): boolean {
  return table.rowsFrom === 'code' && table.seal !== undefined;
}

/** A table that is made from other tables. */
export type ComputedTable = QueryTable | CodeTable;

/** A table, wherever its rows come from. */
export type TableDefinition = RawTable | ComputedTable;

/** Whether the rows of a table are loaded from archived files. */
export function isRaw(table: Pick<TableDefinition, 'rowsFrom'>): table is RawTable {
  return table.rowsFrom === 'files';
}

/** Whether the rows of a table are made from the rows of other tables. */
export function isComputed(table: TableDefinition): table is ComputedTable {
  return !isRaw(table);
}

/** The rows of a table that `expected.sql` counts; undefined where it counts all. */
export function countedRowsOf(table: TableDefinition): ComputedTable['countedRows'] {
  return isComputed(table) ? table.countedRows : undefined;
}

/** What counts as a game in a table that others read by its last games; undefined for other tables. */
export function gamesIn(table: TableDefinition): ComputedTable['games'] {
  return isComputed(table) ? table.games : undefined;
}

/**
 * The definition of a table that a query computes, checked for its own consistency.
 * @throws Error that names the table and the mistake
 */
export function defineTable(definition: Omit<QueryTable, 'rowsFrom'>): QueryTable {
  const table: QueryTable = { ...definition, rowsFrom: 'query' };
  assertComputed(table);
  return table;
}

/**
 * The definition of a table that code computes, checked for its own consistency.
 * @throws Error that names the table and the mistake
 */
export function defineCodeTable(definition: Omit<CodeTable, 'rowsFrom'>): CodeTable {
  const table: CodeTable = { ...definition, rowsFrom: 'code' };
  assertComputed(table);
  const names = table.inputs.map(nameOfInput);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    fault(table, `has two inputs named ${twice}; give one of them another name with \`as\``);
  if (artifactsOf(table).length > 0 && table.phase !== ARTIFACT_PHASE)
    fault(table, `uses models, which only tables of ${ARTIFACT_PHASE} do`);
  if (isSealing(table)) assertSealing(table);
  return table;
}

function assertSealing(table: CodeTable): void {
  for (const column of ['game_id', 'origin'])
    if (table.columns[column]?.type !== 'STRING')
      fault(table, `seals rows and needs a STRING column ${column}`);
  const readsSchedule = table.inputs.some(
    (input) => input.table === 'nbac_schedule' && input.window.kind === 'same_date' && input.required,
  );
  if (table.timing !== 'pre_game' || !readsSchedule)
    fault(table, 'seals rows and must be pre_game and require nbac_schedule of its date');
}

/** The name by which the code of a table asks for the rows of an input. */
export function nameOfInput({ table, as }: CodeInput): string {
  return as ?? table;
}

function assertComputed(table: ComputedTable): void {
  assertConsistent(table);
  for (const column of [
    table.readinessColumn,
    table.contextColumn,
    table.countedRows?.column,
    table.games?.entityColumn,
    table.games?.playedColumn,
  ]) {
    if (column !== undefined && !(column in table.columns))
      fault(table, `names the column ${column}, which it does not declare`);
  }
}

/**
 * The definition of a raw table, checked for its own consistency.
 * @throws Error that names the table and the mistake
 */
export function defineRawTable(definition: Omit<RawTable, 'rowsFrom' | 'phase' | 'dataset'>): RawTable {
  const table: RawTable = { ...definition, rowsFrom: 'files', phase: RAW_PHASE, dataset: 'nba_raw' };
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

/**
 * Columns that the framework appends to every table. They are not part of a row's content and enter no
 * fingerprint.
 */
const FRAMEWORK_COLUMNS: ReadonlyMap<string, Column> = new Map<string, Column>([
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

/**
 * Columns that the framework appends to every loaded table before the others: from where and when a row was learned. They
 * are not part of a row's content either: the same numbers from a newer file change nothing.
 */
const SOURCE_COLUMNS: ReadonlyMap<string, Column> = new Map<string, Column>([
  [
    'source',
    { type: 'STRING', nullable: true, description: 'Who said it: files, or the name of a live source.' },
  ],
  [
    'observed_at',
    {
      type: 'TIMESTAMP',
      nullable: true,
      description: 'When the file or payload of the row was archived (UTC).',
    },
  ],
  [
    'entry_id',
    {
      type: 'STRING',
      nullable: true,
      description: 'The archived file of the row: the first 16 digits of its SHA-256.',
    },
  ],
]);

/** The columns that say where a row of a table was learned; none for a computed table. A table may declare its own `source`. */
export function sourceColumns(table: TableDefinition): readonly (readonly [string, Column])[] {
  if (isComputed(table)) return [];
  return [...SOURCE_COLUMNS].filter(([name]) => !(name in table.columns));
}

/** All columns that the framework appends to a table. */
export function frameworkColumns(table: TableDefinition): readonly (readonly [string, Column])[] {
  return [...sourceColumns(table), ...FRAMEWORK_COLUMNS];
}

function fault(table: { readonly name: string }, what: string): never {
  throw new Error(`Table ${table.name} ${what}`);
}

/** The family and the revision that a calculation version names: `v1_4factors.2` is revision 2 of `v1_4factors`. */
export function rulesOf(calculationVersion: string): { readonly family: string; readonly revision: number } {
  const [, family = calculationVersion, revision = '1'] = /^(.*)\.(\d+)$/.exec(calculationVersion) ?? [];
  return { family, revision: Number(revision) };
}

/** `dataset.table`, as queries name a table, such as `nba_analytics.player_game_summary`. */
export function qualifiedName(table: TableDefinition): string {
  return `${table.dataset}.${table.name}`;
}

/** Whether a window reads the last n games of each player or team. */
export function isLastGames(window: Window): window is LastGames {
  return window.kind === 'last_games';
}
