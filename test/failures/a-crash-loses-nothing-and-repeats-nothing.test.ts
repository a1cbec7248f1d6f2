import { describe, expect, it } from 'vitest';
import type { Trap } from '../../functions/targets/simulated/faults.ts';
import { topics } from '../../shared/derive/topics.ts';
import { failedDate } from '../../shared/state/runs.ts';
import { differences } from '../support/scenario.ts';
import { brokenPromises, contentsOf } from '../support/at-rest.ts';
import { computedRuns, runsIn } from '../support/look.ts';
import { worldFrom } from '../support/stepping.ts';
import { dateOf, SEASON } from '../support/toy-league.ts';
import { cleanWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

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
): Promise<{ world: World; met: number; id: string }> {
  const world = await worldFrom(importedWorld());
  let met = 0;
  world.setTrap((point, subscription) =>
    at.test(point) && of.test(subscription) && die((met += 1)) ? 'die' : undefined,
  );
  const id = await world.request({ season: SEASON });
  await world.settle();
  return { world, met, id };
}

/** Dies, or throws, the `nth` time a handler comes to a point. */
function onceAt(
  nth: number,
  fate: 'die' | 'throw',
  matches: (point: string, subscription: string) => boolean,
): Trap {
  let seen = 0;
  return (point, subscription) => {
    if (!matches(point, subscription)) return undefined;
    seen += 1;
    return seen === nth ? fate : undefined;
  };
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

describe('F-03 a crash between write and publish loses nothing and repeats nothing', () => {
  for (const { who, of } of HANDLERS) {
    for (const { what, at } of POINTS) {
      it(`F-03 asks for one effective run of each when ${who} dies ${what}, at the 1st, the 3rd and the last time`, async () => {
        const { met, world: clean } = await runWith(() => false, at, of);
        expect(met).toBeGreaterThan(3);
        for (const nth of [1, 3, met]) {
          const { world, id } = await runWith((n) => n === nth, at, of);
          expect((await world.backfill(id))?.state, `${nth}`).toBe('done');
          await expectClean(world);
          expect(computedRuns(world), `${nth}`).toEqual(computedRuns(clean));
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

  const points: [string, (point: string, subscription: string) => boolean][] = [
    ['before the publish', (point) => point.startsWith('before publish to nba-phase')],
    ['after the publish, before it is marked', (point) => point.startsWith('after publish to nba-phase')],
    [
      'after the rows are published',
      (point) => point.startsWith('after publish ') && !point.includes(' to '),
    ],
    ['at any look at the state', (point, from) => point === 'store.getAll' && from.includes('complete')],
  ];

  const cases = points.flatMap(([where, matches]) => [1, 3, 11].map((nth) => ({ where, nth, matches })));

  it.each(cases)('F-03 dies $where, time $nth: everything is still built, once', async ({ matches, nth }) => {
    const world = makeWorld({ from: await importedWorld() });
    world.setTrap(onceAt(nth, 'die', matches));
    const id = await world.request({ season: SEASON });
    await world.settle();
    expect((await world.backfill(id))?.state).toBe('done');
    await expectClean(world);
    expect(builtTwice(world)).toEqual([]);
  });

  it('F-03 dies after every single step of an orchestration, one after the other', async () => {
    const world = makeWorld({ from: await importedWorld() });
    let next = 1;
    let at = 0;
    world.setTrap((_point, subscription) => {
      if (!subscription.includes('complete')) return undefined;
      at += 1;
      if (at < next) return undefined;
      at = 0;
      next += 1;
      return 'die';
    });
    const id = await world.request({ season: SEASON });
    await world.settle();
    world.setTrap(undefined);
    await world.settle();
    expect(next).toBeGreaterThan(20);
    expect((await world.backfill(id))?.state).toBe('done');
    await expectClean(world);
  });

  it('F-03 a failed date says so in the announcement, in every status', () => {
    expect(failedDate(dateOf(14), 'code.data', 'x'.repeat(3000)).reason).toHaveLength(2000);
  });
});
