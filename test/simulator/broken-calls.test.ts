/**
 * One store fails from the n-th call on, for as long as nobody repairs it: a full disk, a lost connection. After the repair the
 * same request ends in the state of a run in which nothing failed, whichever call it was.
 */
import { describe, expect, it } from 'vitest';
import { brokenPromises, comparableStates, contentsOf } from '../support/at-rest.ts';
import { byProof } from '../support/proof.ts';
import { DATES } from '../support/toy-league.ts';
import { importedWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const DATE = DATES[0] as (typeof DATES)[0];
const REQUEST = {
  dates: [DATE, DATES[1] as typeof DATE],
  from: 'phase2',
  through: 'phase3',
  force: true,
} as const;
/** Virtual seconds after which the store is repaired: longer than the first tries take, shorter than all of them. */
const REPAIRED_AFTER = 20;

/** The stores, by how their calls are called. */
const STORES = {
  documents: /^(get|getAll|list|count|tx\.)/,
  warehouse: /^(before|after) (?!publish to)|^discard/,
  messages: /publish to/,
  archive: /^archive\./,
} as const;

/** Runs the request. From the `first`-th call of a store on, every call of that store fails until it is repaired. */
async function runWith(
  store: RegExp,
  first: number,
): Promise<{ world: World; calls: number; points: Set<string> }> {
  const world = makeWorld({ from: await importedWorld() });
  let calls = 0;
  let isRepaired = false;
  const points = new Set<string>();
  world.setTrap((point) => {
    if (!store.test(point)) return undefined;
    points.add(point);
    calls += 1;
    return !isRepaired && calls >= first ? 'throw' : undefined;
  });
  await world.request(REQUEST);
  world.later(REPAIRED_AFTER * 1000, () => {
    isRepaired = true;
    return Promise.resolve();
  });
  await world.settle();
  return { world, calls, points };
}

describe.each(Object.entries(STORES))('the %s fail', (_name, store) => {
  it('at any call, and the backfill ends as if they had not', async () => {
    const clean = await runWith(store, Infinity);
    expect(clean.calls).toBeGreaterThan(0);
    const wanted = [contentsOf(clean.world), comparableStates(clean.world)];
    const step = Math.max(1, Math.floor(clean.calls / byProof({ small: 6, ci: 40, all: Infinity })));
    for (let first = 1; first <= clean.calls; first += step) {
      const { world } = await runWith(store, first);
      expect([contentsOf(world), comparableStates(world)], `from call ${first} on`).toEqual(wanted);
      expect(await brokenPromises(world), `from call ${first} on`).toEqual([]);
    }
  });
});
