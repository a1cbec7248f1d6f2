/** The limits of BigQuery that can bite this system, counted for each table; time is the caller's. */
import { BigQueryError } from './errors.ts';

export const LIMITS = {
  /** Statements that change one table and run at once; so many more wait, and the next one fails. */
  runningDml: 2,
  queuedDml: 20,
  dmlPer10s: 25,
  /** Updates of a partitioned table's metadata: load, copy, overwriting query, DDL and DML. */
  metadataUpdatesPer10s: 50,
  partitionsPerJob: 4_000,
  /** Load, copy and query jobs; DML and streaming are not counted. */
  partitionModificationsPerDay: 30_000,
  loadJobsPerDay: 1_500,
  minimumBytes: 10 * 2 ** 20,
} as const;

interface Counters {
  running: number;
  waiting: (() => void)[];
  dml: number[];
  metadata: number[];
  modifications: { at: number; count: number }[];
  loads: number[];
  dmlTotal: number;
  peakOutstanding: number;
}

/** What one table has been through. */
export interface Usage {
  readonly dml: number;
  /** Most statements that ran or waited at once. */
  readonly peakOutstanding: number;
  readonly loads: number;
  readonly partitionModifications: number;
}

const SECONDS_10 = 10_000;
const DAY = 86_400_000;

export interface Limits {
  /** Waits for a place among the statements that change `table`. @returns the function that leaves it */
  readonly enterDml: (table: string) => Promise<() => void>;
  readonly loaded: (table: string, partitions: number) => void;
  readonly defined: (table: string) => void;
  readonly touched: (table: string, partitions: number) => void;
  readonly usage: () => ReadonlyMap<string, Usage>;
  /** Every time a limit was met, in words. */
  readonly broken: () => readonly string[];
}

export function makeLimits(now: () => number): Limits {
  const tables = new Map<string, Counters>();
  const broken: string[] = [];
  const of = (table: string): Counters => {
    const found = tables.get(table) ?? {
      running: 0,
      waiting: [],
      dml: [],
      metadata: [],
      modifications: [],
      loads: [],
      dmlTotal: 0,
      peakOutstanding: 0,
    };
    tables.set(table, found);
    return found;
  };
  const refuse = (reason: string, message: string): never => {
    broken.push(message);
    throw new BigQueryError(reason, message);
  };
  const within = (times: number[], span: number): number[] => {
    const since = now() - span;
    while (times[0] !== undefined && times[0] <= since) times.shift();
    return times;
  };
  const metadataUpdate = (table: string): void => {
    const recent = within(of(table).metadata, SECONDS_10);
    if (recent.length >= LIMITS.metadataUpdatesPer10s)
      refuse(
        'rateLimitExceeded',
        `Exceeded rate limits: too many table update operations for this table: ${table}`,
      );
    recent.push(now());
  };
  const partitionsOfJob = (table: string, partitions: number): void => {
    if (partitions > LIMITS.partitionsPerJob)
      refuse(
        'invalidQuery',
        `Too many partitions produced by query, allowed ${LIMITS.partitionsPerJob}, query produces at least ${partitions} partitions of ${table}`,
      );
  };

  return {
    enterDml: async (table) => {
      const counters = of(table);
      const recent = within(counters.dml, SECONDS_10);
      if (recent.length >= LIMITS.dmlPer10s)
        refuse('rateLimitExceeded', `Exceeded rate limits: too many DML statements for this table: ${table}`);
      const outstanding = counters.running + counters.waiting.length;
      if (outstanding >= LIMITS.runningDml + LIMITS.queuedDml)
        refuse(
          'resourcesExceeded',
          `Resources exceeded during query execution: Too many DML statements outstanding against table ${table}, limit is ${LIMITS.queuedDml}.`,
        );
      metadataUpdate(table);
      recent.push(now());
      counters.dmlTotal += 1;
      counters.peakOutstanding = Math.max(counters.peakOutstanding, outstanding + 1);
      if (counters.running >= LIMITS.runningDml)
        await new Promise<void>((resolve) => counters.waiting.push(resolve));
      else counters.running += 1;
      return () => {
        const next = counters.waiting.shift();
        if (next === undefined) counters.running -= 1;
        else next();
      };
    },
    loaded: (table, partitions) => {
      const counters = of(table);
      metadataUpdate(table);
      partitionsOfJob(table, partitions);
      const loads = within(counters.loads, DAY);
      if (loads.length >= LIMITS.loadJobsPerDay)
        refuse(
          'quotaExceeded',
          `Quota exceeded: Your table exceeded quota for imports or query appends per table: ${table}`,
        );
      loads.push(now());
      const since = now() - DAY;
      counters.modifications = counters.modifications.filter(({ at }) => at > since);
      const today = counters.modifications.reduce((sum, { count }) => sum + count, 0);
      if (today + partitions > LIMITS.partitionModificationsPerDay)
        refuse(
          'quotaExceeded',
          `Quota exceeded: Your table exceeded quota for Number of partition modifications to a column partitioned table: ${table}`,
        );
      counters.modifications.push({ at: now(), count: partitions });
    },
    defined: metadataUpdate,
    touched: partitionsOfJob,
    usage: () =>
      new Map(
        [...tables].map(([table, counters]) => [
          table,
          {
            dml: counters.dmlTotal,
            peakOutstanding: counters.peakOutstanding,
            loads: counters.loads.length,
            partitionModifications: counters.modifications.reduce((sum, { count }) => sum + count, 0),
          },
        ]),
      ),
    broken: () => broken,
  };
}
