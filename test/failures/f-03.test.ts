import { describe, expect, it } from 'vitest';
import { topics } from '../../shared/derive/topics.ts';
import { brokenPromises, contentsOf } from '../support/at-rest.ts';
import { SEASON } from '../support/toy-league.ts';
import { cleanWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import type { World } from '../support/world.ts';
import { computedRuns, worldFrom } from './pipeline.ts';

/** Where a handler dies: the call, and which handlers. */
const POINTS = [
  { what: 'before the transaction commits', at: /^tx\.commit$/ },
  { what: 'after the transaction, before anything is published', at: /^tx\.committed$/ },
  { what: 'before the publication', at: /^before publish to / },
  { what: 'after the publication, before it is marked', at: /^after publish to / },
] as const;
const HANDLERS = [
  { who: 'the orchestrator', of: /^nba-phase[34]-complete-sub$/ },
  { who: 'a run', of: /^nba-phase[34]-backfill-sub$/ },
] as const;

async function runWith(
  die: (nth: number) => boolean,
  at: RegExp,
  of: RegExp,
): Promise<{ world: World; met: number }> {
  const world = await worldFrom(importedWorld());
  let met = 0;
  world.setTrap((point, subscription) =>
    at.test(point) && of.test(subscription) && die((met += 1)) ? 'die' : undefined,
  );
  await world.request({ season: SEASON });
  await world.settle();
  return { world, met };
}

describe('F-03 a crash between write and publish loses nothing and repeats nothing', () => {
  for (const { who, of } of HANDLERS) {
    for (const { what, at } of POINTS) {
      it(`F-03 asks for one effective run of each when ${who} dies ${what}, at the 1st, the 3rd and the last time`, async () => {
        const { met, world: clean } = await runWith(() => false, at, of);
        expect(met).toBeGreaterThan(3);
        for (const nth of [1, 3, met]) {
          const { world } = await runWith((n) => n === nth, at, of);
          expect(await brokenPromises(world), `${nth}`).toEqual([]);
          expect(computedRuns(world), `${nth}`).toEqual(computedRuns(clean));
          expect(contentsOf(world)).toEqual(contentsOf(await cleanWorld(FIRST_SOURCES)));
        }
      });
    }
  }

  it('F-03 loses nothing when handlers end their work and die before every acknowledgement', async () => {
    const world = await worldFrom(importedWorld());
    const followed = new Set<string>();
    let last = '';
    // The orchestrator's last write is that it has looked at what follows.
    world.store.onCommit((path, before, after) => {
      if (path.startsWith('runs/') && before?.['followed'] === false && after?.['followed'] === true)
        last = path;
    });
    world.setTrap((point) => {
      if (point !== 'tx.committed' || last === '' || followed.has(last)) return undefined;
      followed.add(last);
      return 'die';
    });
    await world.request({ season: SEASON });
    await world.settle();
    expect(followed.size).toBeGreaterThan(10);
    expect(new Set(Object.values(computedRuns(world)))).toEqual(new Set([1]));
    expect(contentsOf(world)).toEqual(contentsOf(await cleanWorld(FIRST_SOURCES)));
  });

  it('F-03 gives every working subscription retries and a dead-letter topic', () => {
    const working = topics().filter(({ subscription }) => subscription.consumer !== 'dead-letter');
    const names = new Set(topics().map(({ name }) => name));
    for (const { name, subscription } of working) {
      expect(subscription.maxAttempts, name).toBeGreaterThan(1);
      expect(names.has(subscription.deadLetterTopic ?? ''), name).toBe(true);
    }
  });
});
