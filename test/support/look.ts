/** What tests ask of a world: its partitions, its runs, its backfills and its messages. */
import { paths } from '../../shared/state/documents.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { PartitionState } from '../../shared/domain/partition.ts';
import type { BackfillDateDocument } from '../../shared/state/backfill-dates.ts';
import type { DeadLetterDocument, RunDocument } from '../../shared/state/documents.ts';
import { partitionsOf } from './at-rest.ts';
import type { World } from './world.ts';
import { isComputed } from '../../shared/domain/table.ts';

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

export function documentsIn<T>(world: World, collection: string): T[] {
  const documents: ReadonlyMap<string, unknown> = world.store.dump();
  return pathsIn(world, collection).map((path) => documents.get(path) as T);
}

function pathsIn(world: World, collection: string): string[] {
  return [...world.store.dump().keys()]
    .filter((path) => path.slice(0, path.lastIndexOf('/')) === collection)
    .sort();
}

/** The runs of a world, or of one table, in the order of their tokens. */
export function runsIn(world: World, table?: string): RunDocument[] {
  return documentsIn<RunDocument>(world, 'runs')
    .filter((run) => table === undefined || run.table === table)
    .sort((a, b) => a.token - b.token);
}

/** What was run since `before`: `table@date` for every date of every new run, sorted. */
export function runSince(world: World, before: readonly RunDocument[]): string[] {
  const known = new Set(before.map(({ runId }) => runId));
  return runsIn(world)
    .filter(({ runId }) => !known.has(runId))
    .flatMap(({ table, dates }) => dates.map(({ date }) => `${table}@${date}`))
    .sort();
}

/** `table@date` -> how many runs of `world` were asked for it, without those `before` had. */
export function runsByPartition(world: World, before?: World): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of runSince(world, before === undefined ? [] : runsIn(before)))
    counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** The same, for computed tables only. */
export function computedRuns(world: World, before?: World): Record<string, number> {
  return Object.fromEntries(
    Object.entries(runsByPartition(world, before)).filter(([name]) =>
      isComputed(world.registry.get(name.split('@')[0] ?? '').definition),
    ),
  );
}

/** The dates for which `table` has runs that `before` had not, ascending. */
export function datesRun(world: World, table: string, before?: World): string[] {
  return Object.keys(runsByPartition(world, before))
    .filter((name) => name.startsWith(`${table}@`))
    .map((name) => name.slice(table.length + 1))
    .sort();
}

export function deadLettersIn(world: World): DeadLetterDocument[] {
  return documentsIn<DeadLetterDocument>(world, 'dead_letters');
}

/** Partitions that failed in a backfill or are blocked by one that did, as `table@date`. */
export function failuresIn(world: World, backfillId: string): string[] {
  const collection = paths.backfillFailures(backfillId);
  return pathsIn(world, collection).map((path) => path.slice(collection.length + 1));
}

export function dateDocuments(world: World, backfillId: string): BackfillDateDocument[] {
  return documentsIn<BackfillDateDocument>(world, paths.backfillDates(backfillId));
}
