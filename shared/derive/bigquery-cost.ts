/**
 * What a plan costs in BigQuery: how many dates one run computes, the jobs of a run, the bytes each is charged for and
 * their price. At this size the minimum of a query decides, not the data: fewer and larger runs are cheaper.
 */
import type { Batch, BatchSize } from '../domain/plan.ts';
import type { RegisteredTable, Registry } from '../domain/registry.ts';
import { qualifiedName, type TableDefinition } from '../domain/table.ts';

/** A message holds this many dates at most. */
const MESSAGE_DATES = 250;
/**
 * A run of a table that is read by its last games answers with a hash for each player and date, about 8 kB a date; the
 * document that carries the answer holds 1 MiB.
 */
const HASHED_DATES = 60;

/** Dates of one run: a season where nothing speaks against it, because windows start anew with a season. */
export const bigQueryBatchSize: BatchSize = ({ definition }) =>
  definition.kind === 'computed' && definition.games !== undefined ? HASHED_DATES : MESSAGE_DATES;

/** A query is charged for at least so much of each table it reads. */
export const MINIMUM_BYTES = 10 * 2 ** 20;
/** On demand, in the US. */
export const DOLLARS_PER_TIB = 6.25;

/** A job of a run, with the bytes it is charged for. */
export interface ChargedJob {
  readonly purpose: 'load' | 'stage' | 'measure' | 'publish' | 'published';
  readonly bytes: number;
}

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

/** Bytes of `dates` dates of a table, all columns. */
export type SizeOf = (definition: TableDefinition, dates: number) => number;

/** Jobs of one run of `table` over `dates` dates, in the order in which they are sent. */
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
  const isLoaded = definition.kind === 'loaded';
  return [
    // Loading is free.
    ...(isLoaded ? [{ purpose: 'load' as const, bytes: 0 }] : []),
    { purpose: 'stage', bytes: isLoaded ? own : sources(query) },
    { purpose: 'measure', bytes: own + sources(expectedQuery) },
    // The fence reads the table, the insertion the staged rows; whole partitions are deleted without being read.
    { purpose: 'publish', bytes: MINIMUM_BYTES + own },
    { purpose: 'published', bytes: own },
  ];
}

/** What the runs of these batches cost, when each succeeds at once and replaces nothing that was built before. */
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

export function dollarsOf(bytes: number): number {
  return (bytes / 2 ** 40) * DOLLARS_PER_TIB;
}

const BYTES: Readonly<Record<string, number>> = { STRING: 14, BOOL: 1 };

/** A guess from the columns and what identifies a row: seven games a date, with their teams, players and shots. */
export function typicalSize(definition: TableDefinition, dates: number): number {
  const width = Object.values(definition.columns).reduce((sum, { type }) => sum + (BYTES[type] ?? 8), 0);
  const rows = definition.key.includes('shot_number')
    ? 1300
    : 'player_lookup' in definition.columns
      ? 220
      : 16;
  return width * rows * dates;
}
