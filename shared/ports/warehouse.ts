/**
 * Tables: rows are staged, audited and published. What is read back only checks a write or the recorded
 * counts.
 */
import type { GameDate } from '../domain/game-date.ts';
import type { Result } from '../domain/failure.ts';
import type { Lacking } from '../domain/lacking.ts';
import type { Mode } from '../domain/partition.ts';
import type { RegisteredTable } from '../domain/registry.ts';
import type { Season } from '../domain/season.ts';
import type { ColumnType } from '../domain/table.ts';
import type { Cell, Row, TableRows } from '../domain/table-rows.ts';

export type { Cell, Row } from '../domain/table-rows.ts';

/** What is to be staged: the rows of one table for some dates. */
export interface StageJob {
  readonly table: RegisteredTable;
  readonly runId: string;
  /** Ascending, of one season. */
  readonly dates: readonly GameDate[];
  /** The earliest date that a window of the batch can reach. */
  readonly readStart: GameDate;
  /** The rows that were loaded from files or computed by code. For a table with a query they are absent, and the query computes them. */
  readonly rows?: readonly Row[];
  /** Dates whose rows with a value outside of its range are set aside: they are counted and not staged. */
  readonly inRangeOnly?: readonly GameDate[];
  /** Fencing token of the run. It tells the attempts of a run apart. */
  readonly token?: number;
  /** The lane of the run. Work of the backfill lane gives way to live work. */
  readonly mode?: Mode;
}

/** How many rows break one rule of the audit. `fail` refuses the date, `warn` is only reported. */
export interface CheckResult {
  readonly check: string;
  readonly severity: 'fail' | 'warn';
  readonly failures: number;
  /** Whether the values are outside of the range or the list of their column. */
  readonly isRange?: boolean;
}

/** Rows that were set aside because a value is outside of its range, and how many games they belong to. */
export interface RowsAside {
  readonly rows: number;
  readonly games: number;
}

/** What the audit has to know of one date's staged rows. */
export interface StagedDate {
  readonly date: GameDate;
  readonly rows: number;
  readonly games: number;
  /** Hash of the rows, independent of their order. */
  readonly fingerprint: string;
  /** Rows that may be used in production. */
  readonly readyRows: number;
  /** Rows that were computed without their context row. */
  readonly syntheticRows: number;
  readonly expectedRows: number;
  readonly expectedGames: number;
  /** The rows that were set aside, on a date for which that was asked. */
  readonly aside?: RowsAside;
  /** What is known to be lacking; a warehouse itself does not say. */
  readonly lacking?: readonly Lacking[];
  /** The person who has given up what is lacking, and why. */
  readonly accepted?: string | null;
  /** Why rows of games stay that the source does not have any more; null when there are none. */
  readonly held?: string | null;
  /**
   * Broken rules: NULL in a key or column, values out of range or not on their list, duplicate keys, and
   * the table's own checks.
   */
  readonly checks: readonly CheckResult[];
  /** Whether every row of a sealing table was made before its game began, and no game is without rows; a warehouse itself does not say. */
  readonly allLive?: true;
  /** For a table that others read by its last games: player or team -> hash of its rows. */
  readonly gameHashes?: Readonly<Record<string, string>>;
}

/** Rows that are staged and not published. */
export interface Staged {
  readonly table: RegisteredTable;
  readonly runId: string;
  readonly dates: readonly StagedDate[];
  /** Where the adapter has put the rows, in its own words. */
  readonly handle: string;
}

/** Which staged dates are to be published, and by which run. */
export interface PublishJob {
  readonly staged: Staged;
  readonly dates: readonly GameDate[];
  /** Fencing token of the run. */
  readonly token: number;
  readonly mode: Mode;
  /** Stored in the column `processed_at` of every row. */
  readonly processedAt: Date;
  /**
   * Those of the dates that were published before: what changes in their rows is kept, in the same transaction. By default
   * none; nothing is kept of the first build of a partition.
   */
  readonly restated?: readonly GameDate[];
  /** Backfill that asked for the run, told with each change. */
  readonly backfillId?: string | null;
}

/** Which kept changes are asked for. */
export interface ChangesAsked {
  /** The first day of the publications; earlier changes are left out. Changes are kept for 90 days. */
  readonly since: GameDate;
  /** Game dates of the rows, both included; by default all. */
  readonly dates?: { readonly first: GameDate; readonly last: GameDate };
  readonly table?: string;
  readonly backfillId?: string;
}

/** A cell that a publication has changed, or a row that it has added or removed: a row of `nba_reference.row_changes`. */
export interface RowChange {
  readonly table: string;
  readonly date: GameDate;
  /** Values of the key columns without the date, separated by spaces. */
  readonly key: string;
  readonly kind: 'added' | 'changed' | 'removed';
  /** Null for a row that was added or removed. */
  readonly column: string | null;
  /** The value as text, such as `25.80` for a column with two decimals; null for NULL. */
  readonly old: string | null;
  readonly new: string | null;
  readonly runId: string;
  readonly backfillId: string | null;
  /** When the change was published (ISO, UTC). */
  readonly at: string;
}

/** How many rows publications have added, changed and removed. */
export interface ChangeCount {
  readonly table: string;
  readonly date: GameDate;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** How many rows of one game, or of whatever else the key of a table begins with, a run has added, changed and removed. */
export interface ChangeEvent extends ChangeCount {
  /** The first value of the key without the date, such as a game. */
  readonly subject: string;
  readonly runId: string;
  /** When the run has published them (ISO, UTC). */
  readonly at: string;
  /**
   * Who said what the rows of a raw table say now, and when that was archived (ISO, UTC); null for other tables, and where no file or
   * payload is new to the date.
   */
  readonly source: string | null;
  readonly observedAt: string | null;
}

/** Dates of one table, both ends included. */
export interface RowRange {
  readonly table: RegisteredTable;
  readonly first: GameDate;
  readonly last: GameDate;
}

/** Which rows are read: those of one table between two dates, both included. */
export interface RowsAsked extends RowRange {
  /** Declared columns, and those that say where a raw row was learned; at least one, each once. */
  readonly columns: readonly string[];
  /** Only the rows of a sealing table that were made before their games. */
  readonly onlyLive?: boolean;
}

/** What is published for one date. */
export interface PublishedDate {
  readonly date: GameDate;
  readonly rows: number;
  /** Hash of the rows, independent of their order. */
  readonly fingerprint: string;
  /** The highest fencing token that a row carries; 0 without rows. */
  readonly token: number;
}

/** How many games a date has, by the schedule and the results. */
export interface ScheduleFact {
  readonly date: GameDate;
  readonly season: Season;
  /** Scheduled games of the regular season, the play-in and the play-offs. */
  readonly games: number;
  /** Those of them with a result. */
  readonly finalGames: number;
  /** Those of them that belong to the regular season. */
  readonly regularGames: number;
  /** Games of every kind with a result, also those that count in no standings. */
  readonly playedGames: number;
}

/** One attempt at one partition: a row of `nba_reference.processor_run_history`. */
export interface RunHistoryRow {
  readonly processor_name: string;
  readonly run_id: string;
  readonly phase: string;
  readonly data_date: GameDate;
  readonly season: Season;
  readonly status: 'success' | 'partial' | 'empty' | 'skipped' | 'blocked' | 'failed';
  readonly started_at: string;
  readonly processed_at: string;
  readonly duration_seconds: number;
  readonly records_processed: number;
  readonly expected_records: number;
  readonly output_table: string;
  readonly run_mode: Mode;
  readonly backfill_id: string | null;
  readonly attempt: number;
  readonly skip_reason: string | null;
  readonly failure_category: string | null;
  readonly error: string | null;
  readonly service_revision: string | null;
}

/** A column of an answer. */
export interface AnswerColumn {
  readonly name: string;
  /** As BigQuery names it. A cell of an ARRAY is its JSON, such as `["LAL","GSW"]`. */
  readonly type: ColumnType | 'ARRAY';
}

/** The answer to a query that a person has written. */
export interface Answer {
  readonly columns: readonly AnswerColumn[];
  /**
   * The rows in their order, chunk by chunk, with a cell for each column. They are to be read once, to the end or until
   * `return` is called.
   * @throws RequestError, from the iterator, when the engine stops, for example at a division by zero
   */
  readonly chunks: AsyncGenerator<Cell[][]>;
  /** Functions of the engine that nobody has held against BigQuery. */
  readonly unchecked: readonly string[];
}

/** Dates of tables, by the name of the table. */
export type TableDates = ReadonlyMap<string, readonly GameDate[]>;

/** What an overlay shows for one date: the rows that it holds, or else the published ones. */
export type ShownDate = Omit<PublishedDate, 'token'>;

/**
 * Tables beside the published ones, for a question of "what if". Queries name tables as ever and find the rows that the overlay
 * holds; where it holds none they find the published ones. A row has the declared columns and those that say where it was learned;
 * the columns of the run that wrote it are not there. Calls on one overlay are made one after the other. Nothing in it can be published.
 */
export interface Overlay {
  /** The prefix of its own under which its tables are. */
  readonly name: string;
  /** The same as {@link Warehouse.stage}; a query reads what the overlay shows. */
  readonly stage: (job: StageJob) => Promise<Result<Staged>>;
  /** Deletes staged rows. */
  readonly discard: (staged: Staged) => Promise<void>;
  /** From now on shows the staged rows for exactly these dates, in place of what it showed; a date without rows is shown empty. */
  readonly hold: (staged: Staged, dates: readonly GameDate[]) => Promise<Result<void>>;
  /** From now on published rows of these dates can be read through it, too, where it was opened for some dates only. */
  readonly reveal: (table: RegisteredTable, dates: readonly GameDate[]) => Promise<Result<void>>;
  /** The same as {@link Warehouse.read}, of what the overlay shows. */
  readonly read: (asked: RowsAsked) => Promise<Result<TableRows>>;
  /** Number of rows and fingerprint of what it shows. */
  readonly shown: (table: RegisteredTable, dates: readonly GameDate[]) => Promise<Result<ShownDate[]>>;
  /** The same as {@link Warehouse.scheduleFacts}, by the schedule and the results that it shows. */
  readonly scheduleFacts: (seasons: readonly Season[]) => Promise<Result<ScheduleFact[]>>;
  /** From now on shows these dates only, those that it holds included. A date that was not shown before stays hidden. */
  readonly narrow: (shows: TableDates) => Promise<Result<void>>;
  /**
   * The same as {@link Warehouse.ask}, of what the overlay shows. A table that it was not opened for, that it does not hold, or that
   * was left out when it was narrowed cannot be asked.
   * @throws RequestError that says what cannot be asked
   */
  readonly ask: (sql: string) => Promise<Answer>;
  /** Drops it with everything that it holds. An overlay whose process has died goes with it, or expires. */
  readonly close: () => Promise<void>;
}

/** A warehouse. Errors of its engine are returned as a `Failure`. */
export interface Warehouse {
  /** Creates the datasets and tables that are missing. It never drops one. */
  readonly prepare: () => Promise<void>;
  /** Computes or copies the rows of a batch into a staging table and measures them. No reader sees them. */
  readonly stage: (job: StageJob) => Promise<Result<Staged>>;
  /**
   * Replaces the rows of exactly these dates by the staged rows, in one transaction. It fails, and replaces
   * no row, when a row that it would replace carries a newer token.
   */
  readonly publish: (job: PublishJob) => Promise<Result<void>>;
  /**
   * Reads the table after a publication and compares it with the staged rows.
   * @returns the dates whose rows differ in number or content
   */
  readonly readBack: (staged: Staged, dates: readonly GameDate[]) => Promise<Result<GameDate[]>>;
  /** Rows, fingerprint and fencing token of the published partitions, read from the table itself. */
  readonly published: (
    table: RegisteredTable,
    dates: readonly GameDate[],
  ) => Promise<Result<PublishedDate[]>>;
  /**
   * Reads published rows, ordered by date and then by the other columns of the key. It fails for good for a column that the table does
   * not have, and for a whole number beyond 2^53. Memory is 8 bytes for each number, and one page of rows besides.
   */
  readonly read: (asked: RowsAsked) => Promise<Result<TableRows>>;
  /** Deletes staged rows. */
  readonly discard: (staged: Staged) => Promise<void>;
  /** For each range, in the order given, the number of published rows on every date that has any. */
  readonly rowCounts: (ranges: readonly RowRange[]) => Promise<Result<ReadonlyMap<GameDate, number>[]>>;
  /** For each date of these seasons that has a game, how many games it has. */
  readonly scheduleFacts: (seasons: readonly Season[]) => Promise<Result<ScheduleFact[]>>;
  /**
   * Opens an overlay.
   * @param shows the only published dates that can be read through it; by default all
   */
  readonly openOverlay: (shows?: TableDates) => Promise<Result<Overlay>>;
  /** Appends rows to the run history. */
  readonly appendRunHistory: (rows: readonly RunHistoryRow[]) => Promise<Result<void>>;
  /** The kept changes that are asked for, the oldest first, at most `limit`. */
  readonly changes: (asked: ChangesAsked, limit: number) => Promise<Result<RowChange[]>>;
  /** Rows that were added, changed and removed, for each table and date, in this order. */
  readonly changeCounts: (asked: ChangesAsked) => Promise<Result<ChangeCount[]>>;
  /** The same for each run and game, the oldest first. */
  readonly changeEvents: (asked: ChangesAsked) => Promise<Result<ChangeEvent[]>>;
  /**
   * Runs a query. A query outside of the portable subset is refused with a permanent failure that says why.
   */
  readonly query: (sql: string) => Promise<Result<Row[]>>;
  /** What in a query is outside of the portable subset, in words; nothing when it is inside. */
  readonly notPortable: (sql: string) => Promise<readonly string[]>;
  /**
   * Answers a query in BigQuery's SQL that reads tables and changes nothing.
   * @throws RequestError that says what cannot be asked
   */
  readonly ask: (sql: string) => Promise<Answer>;
}
