/** Takes a world through its messages step by step, and says what it publishes. */
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { topics } from '../../shared/derive/topics.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { makeWorld, type World, type WorldOptions } from './world.ts';

/** A world of its own that begins where `base` stands. */
export async function worldFrom(
  base: Promise<World>,
  options: Omit<WorldOptions, 'from'> = {},
): Promise<World> {
  return makeWorld({ ...options, from: await base });
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

/** Every message that is published from now on as an intent of the outbox: its event id, in the order of the commits. */
export function watchIntents(world: World): string[] {
  const events: string[] = [];
  world.store.onCommit((path, _before, after) => {
    if (path.startsWith('outbox/') && after !== undefined) events.push(String(after['eventId']));
  });
  return events;
}
