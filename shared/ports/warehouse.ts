/** Tables: write, audit, publish; and what is read back to decide nothing but whether a write is real. */
import type { GameDate } from '../domain/game-date.ts';
import type { Result } from '../domain/failure.ts';
import type { Mode } from '../domain/partition.ts';
import type { RegisteredTable } from '../domain/registry.ts';
import type { Season } from '../domain/season.ts';

export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

export interface StageJob {
  readonly table: RegisteredTable;
  readonly runId: string;
  /** Ascending, one season. */
  readonly dates: readonly GameDate[];
  /** Earliest date any window of the batch reaches. */
  readonly readStart: GameDate;
  /** For a loaded table, the rows; otherwise the table's query computes them. */
  readonly rows?: readonly Row[];
  /** Fencing token of the run, which tells its attempts apart. */
  readonly token?: number;
  /** Lane of the run; whoever computes for a backfill makes way for live work. */
  readonly mode?: Mode;
}

/** A count of rows that break a promise, by the promise's name. */
export interface CheckResult {
  readonly check: string;
  readonly severity: 'fail' | 'warn';
  readonly failures: number;
}

/** What is to be known of one date's staged rows to judge them. */
export interface StagedDate {
  readonly date: GameDate;
  readonly rows: number;
  readonly games: number;
  readonly fingerprint: string;
  readonly readyRows: number;
  readonly syntheticRows: number;
  readonly expectedRows: number;
  readonly expectedGames: number;
  /** Broken promises: NULL keys and columns, ranges, closed lists, duplicate keys, the table's own checks. */
  readonly checks: readonly CheckResult[];
  /** For a table read by its last games: entity -> hash of its rows. */
  readonly gameHashes?: Readonly<Record<string, string>>;
}

export interface Staged {
  readonly table: RegisteredTable;
  readonly runId: string;
  readonly dates: readonly StagedDate[];
  /** Where the adapter keeps the rows. */
  readonly handle: string;
}

export interface PublishJob {
  readonly staged: Staged;
  readonly dates: readonly GameDate[];
  readonly token: number;
  readonly mode: Mode;
  readonly processedAt: Date;
}

/** Dates of one table, both ends included. */
export interface RowRange {
  readonly table: RegisteredTable;
  readonly first: GameDate;
  readonly last: GameDate;
}

export interface PublishedDate {
  readonly date: GameDate;
  readonly rows: number;
  readonly fingerprint: string;
}

/** Games of a date by season, from the schedule and the results. */
export interface ScheduleFact {
  readonly date: GameDate;
  readonly season: Season;
  readonly games: number;
  readonly finalGames: number;
  readonly regularGames: number;
}

/** One attempt at one partition, for `nba_reference.processor_run_history`. */
export interface RunHistoryRow {
  readonly processor_name: string;
  readonly run_id: string;
  readonly phase: string;
  readonly data_date: GameDate;
  readonly season: Season;
  readonly status: 'success' | 'partial' | 'empty' | 'skipped' | 'failed';
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
}

export interface Warehouse {
  /** Creates what is missing of datasets and tables; never drops anything. */
  readonly prepare: () => Promise<void>;
  /** Computes or copies the rows of the batch aside and measures them. Nothing is visible yet. */
  readonly stage: (job: StageJob) => Promise<Result<Staged>>;
  /**
   * Replaces exactly these dates with the staged rows, in one transaction or not at all; refuses when any row it would
   * replace carries a newer token.
   */
  readonly publish: (job: PublishJob) => Promise<Result<void>>;
  /**
   * Reads the table after a publication and holds it against the staged rows.
   * @returns the dates whose rows differ in number or content
   */
  readonly readBack: (staged: Staged, dates: readonly GameDate[]) => Promise<Result<GameDate[]>>;
  /** Rows and content fingerprint of the published partitions, read from the table itself. */
  readonly published: (
    table: RegisteredTable,
    dates: readonly GameDate[],
  ) => Promise<Result<PublishedDate[]>>;
  readonly discard: (staged: Staged) => Promise<void>;
  /** For each range, the published rows of every date from `first` to `last` that has any. */
  readonly rowCounts: (ranges: readonly RowRange[]) => Promise<Result<ReadonlyMap<GameDate, number>[]>>;
  readonly scheduleFacts: (seasons: readonly Season[]) => Promise<Result<ScheduleFact[]>>;
  readonly appendRunHistory: (rows: readonly RunHistoryRow[]) => Promise<Result<void>>;
  /** Runs a query. Refuses, as a permanent failure that says why, what is outside the portable subset. */
  readonly query: (sql: string) => Promise<Result<Row[]>>;
}
