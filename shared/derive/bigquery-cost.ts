/**
 * What a plan costs in BigQuery: the dates of one run, the jobs of a run, the bytes that each job is
 * charged for, and their price. The tables are so small that the minimum charge of a query decides: fewer
 * and larger runs are cheaper.
 */
import type { Batch, BatchSize } from '../domain/plan.ts';
import type { RegisteredTable, Registry } from '../domain/registry.ts';
import { gamesIn, qualifiedName, type TableDefinition } from '../domain/table.ts';

/** Most dates in one message. */
const MESSAGE_DATES = 250;
/**
 * Most dates of a run of a table that others read by its last games. Such a run reports a hash for each
 * player and date, about 8 kB for each date, and the document with its report holds at most 1 MiB.
 */
const HASHED_DATES = 60;

/** Most dates of one run: a whole season, except for tables with game hashes. */
export const bigQueryBatchSize: BatchSize = ({ definition }) =>
  gamesIn(definition) !== undefined ? HASHED_DATES : MESSAGE_DATES;

/** Bytes that a query is charged for at least, for each table that it reads. */
export const MINIMUM_BYTES = 10 * 2 ** 20;
/** Price of on-demand queries in the US, in dollars for each TiB. */
const DOLLARS_PER_TIB = 6.25;

/** A job of a run, with the bytes that it is charged for. */
export interface ChargedJob {
  readonly purpose: 'read' | 'load' | 'stage' | 'measure' | 'publish' | 'published';
  readonly bytes: number;
}

/** What some runs cost together, and for each table. */
export interface WarehouseCost {
  readonly runs: number;
  readonly jobs: number;
  readonly bytes: number;
  readonly dollars: number;
  readonly tables: readonly {
    readonly table: string;
    readonly runs: number;
    readonly jobs: number;
    readonly bytes: number;
  }[];
}

/** Bytes of `dates` dates of a table, over all columns. */
export type SizeOf = (definition: TableDefinition, dates: number) => number;

/**
 * The jobs of one run of `table` over `dates` dates, in the order in which they are sent.
 * @param dates number of dates, at least 1
 */
export function jobsOf(
  table: RegisteredTable,
  dates: number,
  registry: Registry,
  sizeOf: SizeOf = typicalSize,
): ChargedJob[] {
  const { definition, query, expectedQuery } = table;
  const charged = (source: TableDefinition, reach: number): number =>
    Math.max(MINIMUM_BYTES, sizeOf(source, reach));
  const sources = (sql: string | undefined): number =>
    registry.all
      .filter((each) => sql !== undefined && sql.includes(qualifiedName(each.definition)))
      .reduce((sum, each) => sum + charged(each.definition, MESSAGE_DATES), 0);
  const own = charged(definition, dates);
  const isLoaded = definition.rowsFrom !== 'query';
  const read =
    definition.rowsFrom === 'code'
      ? definition.inputs.map((input) => charged(registry.get(input.table).definition, MESSAGE_DATES))
      : [];
  return [
    // Code reads each of its inputs by a query of its own.
    ...read.map((bytes) => ({ purpose: 'read' as const, bytes })),
    // A load job is free of charge.
    ...(isLoaded ? [{ purpose: 'load' as const, bytes: 0 }] : []),
    { purpose: 'stage', bytes: isLoaded ? own : sources(query) },
    { purpose: 'measure', bytes: own + sources(expectedQuery) },
    // The check of the fencing token reads the table, the insertion reads the staged rows. Whole partitions
    // are deleted without being read.
    { purpose: 'publish', bytes: MINIMUM_BYTES + own },
    { purpose: 'published', bytes: own },
  ];
}

/**
 * What the runs of these batches cost, if each succeeds at its first attempt and replaces no rows that were
 * built before.
 */
export function warehouseCost(
  batches: readonly Batch[],
  registry: Registry,
  sizeOf: SizeOf = typicalSize,
): WarehouseCost {
  const tables = new Map<string, { runs: number; jobs: number; bytes: number }>();
  for (const batch of batches) {
    const jobs = jobsOf(registry.get(batch.table), batch.dates.length, registry, sizeOf);
    const known = tables.get(batch.table) ?? { runs: 0, jobs: 0, bytes: 0 };
    tables.set(batch.table, {
      runs: known.runs + 1,
      jobs: known.jobs + jobs.length,
      bytes: known.bytes + jobs.reduce((sum, { bytes }) => sum + bytes, 0),
    });
  }
  const bytes = [...tables.values()].reduce((sum, table) => sum + table.bytes, 0);
  return {
    runs: batches.length,
    jobs: [...tables.values()].reduce((sum, { jobs }) => sum + jobs, 0),
    bytes,
    dollars: dollarsOf(bytes),
    tables: [...tables].map(([table, cost]) => ({ table, ...cost })),
  };
}

/** The price of `bytes` charged bytes, in dollars. */
export function dollarsOf(bytes: number): number {
  return (bytes / 2 ** 40) * DOLLARS_PER_TIB;
}

const BYTES: Readonly<Record<string, number>> = { STRING: 14, BOOL: 1 };

/**
 * An estimate from the columns and the key: seven games for each date, with their teams, players or shots.
 */
function typicalSize(definition: TableDefinition, dates: number): number {
  const width = Object.values(definition.columns).reduce((sum, { type }) => sum + (BYTES[type] ?? 8), 0);
  const rows = definition.key.includes('shot_number')
    ? 1300
    : 'player_lookup' in definition.columns
      ? 220
      : 16;
  return width * rows * dates;
}
