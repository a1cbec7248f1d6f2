import { describe, expect, it } from 'vitest';
import { differences } from '../support/scenario.ts';
import { brokenPromises, contentsOf } from '../support/at-rest.ts';
import { computedRuns, documentsIn, runsIn } from '../support/look.ts';
import { worldFrom } from '../support/stepping.ts';
import { SEASON } from '../support/toy-league.ts';
import { cleanWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const PUBLISH = /^before publish to nba-phase/;

async function expectAllOnce(world: World, what: string): Promise<void> {
  const runs = computedRuns(world);
  expect(new Set(Object.values(runs)), what).toEqual(new Set([1]));
  await expectClean(world);
  expect(documentsIn(world, 'outbox'), what).toEqual([]);
}

async function expectClean(world: World): Promise<void> {
  expect(await brokenPromises(world)).toEqual([]);
  expect(differences(world, await cleanWorld(FIRST_SOURCES), () => true)).toEqual([]);
}

/** How often each partition was built, for partitions that were built more than once. */
function builtTwice(world: World): string[] {
  const built = runsIn(world).flatMap((run) =>
    (run.outcome ?? []).filter(({ status }) => status !== 'failed').map(({ date }) => `${run.table}@${date}`),
  );
  return [...Map.groupBy(built, (name) => name)].flatMap(([name, each]) => (each.length > 1 ? [name] : []));
}

describe('F-50 a fan-out that stops half way is finished', () => {
  it.each([1, 2, 3, 4, 5])(
    'F-50 makes every message effective once when the publisher refuses message %i once',
    async (k) => {
      const world = await worldFrom(importedWorld());
      let met = 0;
      world.setTrap((point) => (PUBLISH.test(point) && (met += 1) === k ? 'throw' : undefined));
      await world.request({ season: SEASON, maxInFlight: 6 });
      await world.settle();
      expect(met).toBeGreaterThan(k);
      await expectAllOnce(world, `message ${k}`);
    },
  );

  it.each([1, 2, 3, 4, 5])(
    'F-50 makes every message effective once when the publisher refuses everything from message %i on, until it recovers',
    async (k) => {
      const world = await worldFrom(importedWorld());
      let met = 0;
      world.setTrap((point) => (PUBLISH.test(point) && (met += 1) >= k ? 'throw' : undefined));
      await world.request({ season: SEASON, maxInFlight: 6 });
      await world.run(() => met >= k + 2);
      expect(documentsIn(world, 'outbox').length).toBeGreaterThan(0);
      world.setTrap(undefined);
      await world.settle();
      await expectAllOnce(world, `from message ${k} on`);
    },
  );

  it('F-50 loses nothing when the broker stays away until every try of every message is used up', async () => {
    const world = await worldFrom(importedWorld());
    let met = 0;
    world.setTrap((point) => (PUBLISH.test(point) && (met += 1) > 2 ? 'throw' : undefined));
    const id = await world.request({ season: SEASON, maxInFlight: 6 });
    await world.run();
    world.setTrap(undefined);
    await world.settle();
    expect((await world.backfill(id))?.finishedAt).not.toBeNull();
    expect(contentsOf(world)).toEqual(contentsOf(await cleanWorld(FIRST_SOURCES)));
    expect(await brokenPromises(world)).toEqual([]);
  });

  it.each([1, 2, 3, 4, 5])(
    'F-50 makes every message effective once when the publisher refuses everything for ten minutes from message %i on',
    async (k) => {
      const world = makeWorld({ from: await importedWorld(), policy: { maxInFlight: 8 } });
      let published = 0;
      let failedAt: number | undefined;
      world.setTrap((point) => {
        if (!point.startsWith('before publish to')) return undefined;
        published += 1;
        if (published === k) failedAt = world.now().getTime();
        return failedAt !== undefined && world.now().getTime() < failedAt + 600_000 ? 'throw' : undefined;
      });
      await world.request({ season: SEASON });
      await world.settle();
      world.setTrap(undefined);
      await world.settle();
      await expectClean(world);
      expect(builtTwice(world)).toEqual([]);
    },
  );
});
