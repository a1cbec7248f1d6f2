/** What the failure tests ask of a world: its runs, its states, what was asked for, and how to step it. */
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { topics } from '../../shared/derive/topics.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { PartitionState } from '../../shared/domain/partition.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { DeadLetterDocument, RunDocument } from '../../shared/state/documents.ts';
import { partitionsOf } from '../support/at-rest.ts';
import { makeWorld, type World, type WorldOptions } from '../support/world.ts';

/** A world of its own that begins where `base` stands. */
export async function worldFrom(
  base: Promise<World>,
  options: Omit<WorldOptions, 'from'> = {},
): Promise<World> {
  return makeWorld({ ...options, from: await base });
}

export function stateAt(world: World, table: string, date: GameDate): PartitionState | undefined {
  return partitionsOf(world).get(`${table}@${date}`);
}

export function documentsIn<T>(world: World, collection: string): T[] {
  return [...world.store.dump()]
    .filter(([path]) => path.slice(0, path.lastIndexOf('/')) === collection)
    .map(([, document]) => document as unknown as T);
}

export function runsOf(world: World, table?: string): RunDocument[] {
  return documentsIn<RunDocument>(world, 'runs').filter((run) => table === undefined || run.table === table);
}

export function deadLetters(world: World): DeadLetterDocument[] {
  return documentsIn<DeadLetterDocument>(world, 'dead_letters');
}

/** `table@date` -> how many runs of `world` were asked for it, without those `before` had. */
export function runsByPartition(world: World, before?: World): Record<string, number> {
  const known = new Set(before === undefined ? [] : runsOf(before).map(({ runId }) => runId));
  const counts: Record<string, number> = {};
  for (const run of runsOf(world)) {
    if (known.has(run.runId)) continue;
    for (const { date } of run.dates)
      counts[`${run.table}@${date}`] = (counts[`${run.table}@${date}`] ?? 0) + 1;
  }
  return counts;
}

/** The same, for computed tables only. */
export function computedRuns(world: World, before?: World): Record<string, number> {
  const all = runsByPartition(world, before);
  return Object.fromEntries(
    Object.entries(all).filter(
      ([name]) => world.registry.get(name.split('@')[0] ?? '').definition.kind === 'computed',
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

/** Every message that is published from now on as an intent of the outbox: its event id, in the order of the commits. */
export function watchIntents(world: World): string[] {
  const events: string[] = [];
  world.store.onCommit((path, _before, after) => {
    if (path.startsWith('outbox/') && after !== undefined) events.push(String(after['eventId']));
  });
  return events;
}

/** Handles what is due through `ports`, one message after the other, without time passing. @returns messages handled */
export async function drain(world: World, ports: Partial<Ports> = {}): Promise<number> {
  const names = topics().map(({ name }) => name);
  let handled = 0;
  for (let found = true; found;) {
    found = false;
    for (const name of names) {
      while ((await world.handle(name, ports)) !== undefined) {
        handled += 1;
        found = true;
      }
    }
  }
  return handled;
}

/** One look of the sweep, and what follows from it. */
export async function sweepOnce(world: World, ports: Partial<Ports> = {}): Promise<void> {
  await world.publish(SWEEP_TOPIC, {});
  await drain(world, ports);
}

/** All orders of `items`. */
export function orders<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) =>
    orders([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
