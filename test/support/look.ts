/** What tests ask of a world. */
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { PartitionState } from '../../shared/domain/partition.ts';
import type { BackfillDateDocument } from '../../shared/state/backfill-dates.ts';
import { paths, type DeadLetterDocument, type RunDocument } from '../../shared/state/documents.ts';
import { partitionsOf } from './at-rest.ts';
import type { World } from './world.ts';

export function stateIn(world: World, table: string, date: GameDate): PartitionState | undefined {
  return partitionsOf(world).get(`${table}@${date}`);
}

/** Dates of a table by status, for a whole season at a glance. */
export function statusesOf(world: World, table: string): Record<string, string> {
  const own = [...partitionsOf(world)].filter(([name]) => name.startsWith(`${table}@`));
  return Object.fromEntries(
    own.map(([name, { status }]): [string, string] => [name.slice(table.length + 1), status]).sort(),
  );
}

export function datesWith(world: World, table: string, status: string): string[] {
  return Object.entries(statusesOf(world, table)).flatMap(([date, each]) => (each === status ? [date] : []));
}

/** The runs of a world, or of one table, in the order of their tokens. */
export async function runsIn(world: World, table?: string): Promise<RunDocument[]> {
  const runs = (await world.store.list('runs')).map(({ data }) => data as unknown as RunDocument);
  return runs.filter((run) => table === undefined || run.table === table).sort((a, b) => a.token - b.token);
}

/** What was run since `before`: `table@date` for every date of every new run, sorted. */
export async function runSince(world: World, before: readonly RunDocument[]): Promise<string[]> {
  const known = new Set(before.map(({ runId }) => runId));
  return (await runsIn(world))
    .filter(({ runId }) => !known.has(runId))
    .flatMap(({ table, dates }) => dates.map(({ date }) => `${table}@${date}`))
    .sort();
}

export async function deadLettersIn(world: World): Promise<DeadLetterDocument[]> {
  return (await world.store.list('dead_letters')).map(({ data }) => data as unknown as DeadLetterDocument);
}

export async function failuresIn(world: World, backfillId: string): Promise<string[]> {
  return (await world.store.list(paths.backfillFailures(backfillId))).map(({ id }) => id);
}

export async function dateDocuments(world: World, backfillId: string): Promise<BackfillDateDocument[]> {
  return (await world.store.list(paths.backfillDates(backfillId))).map(
    ({ data }) => data as unknown as BackfillDateDocument,
  );
}

/** All orders of some things. */
export function orders<T>(items: readonly T[]): T[][] {
  return items.length <= 1
    ? [[...items]]
    : items.flatMap((item, i) => orders(items.filter((_, at) => at !== i)).map((rest) => [item, ...rest]));
}
