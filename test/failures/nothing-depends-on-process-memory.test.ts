import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type Subscription, topics } from '../../shared/derive/topics.ts';
import type { Backfill } from '../../shared/state/backfills.ts';
import { brokenPromises, comparableStates, contentsOf } from '../support/at-rest.ts';
import { documentsIn, runsIn } from '../support/look.ts';
import { SEASON } from '../support/toy-league.ts';
import { buildIn, FIRST_SOURCES } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

type Services = typeof import('../../functions/services/index.ts');
type ToyTables = typeof import('../support/toy-tables.ts');

/** How many processes have been started. */
let processes = 0;

/** Everything a process has in its memory, as a process has it that has just been started. */
async function freshProcess(): Promise<{ services: Services; tables: ToyTables }> {
  vi.resetModules();
  processes += 1;
  return {
    services: await import('../../functions/services/index.ts'),
    tables: await import('../support/toy-tables.ts'),
  };
}

/** Handles one due message in a process of its own. @returns whether there was one */
async function handleInFreshProcess(world: World, subscription: Subscription): Promise<boolean> {
  const held = world.bus.take([subscription]);
  if (held === undefined) return false;
  const { services, tables } = await freshProcess();
  const context = { ...world.context, registry: tables.toyRegistry(), holder: `process-${processes}` };
  const outcome = await services.handlerFor(context, subscription.consumer)(held.delivery);
  if (outcome.kind === 'ack') held.ack();
  else if (outcome.kind === 'retry') held.nack(outcome.reason);
  else held.deadLetter(outcome.reason);
  return true;
}

async function settleInFreshProcesses(world: World): Promise<void> {
  for (let found = true; found;) {
    found = false;
    for (const { subscription } of topics())
      while (await handleInFreshProcess(world, subscription)) found = true;
  }
}

const REQUESTS: readonly Parameters<World['request']>[0][] = [
  { from: 'phase2', through: 'phase2', tables: ['nbac_schedule', 'nbac_game_results'] },
  { from: 'phase2', through: 'phase2' },
  {},
];

describe('F-45 state in process memory', () => {
  let usual: World;
  let fresh: World;
  beforeAll(async () => {
    usual = await buildIn(makeWorld(), FIRST_SOURCES);
    fresh = makeWorld();
    await fresh.archiveRows(FIRST_SOURCES);
    for (const request of REQUESTS) {
      await fresh.request({ season: SEASON, ...request });
      await settleInFreshProcesses(fresh);
    }
  });

  it('F-45 a process of its own for each message comes to the same end', async () => {
    expect(processes).toBeGreaterThan(50);
    expect(contentsOf(fresh)).toEqual(contentsOf(usual));
    expect(comparableStates(fresh)).toEqual(comparableStates(usual));
    expect(runsIn(fresh)).toHaveLength(runsIn(usual).length);
    expect(documentsIn<Backfill>(fresh, 'backfills').map(({ state }) => state)).toEqual(
      REQUESTS.map(() => 'done'),
    );
    expect(await brokenPromises(fresh)).toEqual([]);
  });

  it('F-45 the same request told to two processes, and after a restart, is one backfill', async () => {
    const world = makeWorld({ from: usual });
    const before = documentsIn<Backfill>(world, 'backfills').length;
    const request = { season: SEASON, force: true, requestId: 'the-same' } as const;
    const id = await world.request(request);
    expect(await world.request(request)).toBe(id);
    const [subscription] = topics().map((topic) => topic.subscription) as [Subscription];
    const both = [world.bus.take([subscription]), world.bus.take([subscription])];
    const instances = [await freshProcess(), await freshProcess()];
    await Promise.all(
      instances.map(async ({ services, tables }, i) => {
        const held = both[i];
        if (held === undefined) throw new Error('the request is delivered twice');
        const context = { ...world.context, registry: tables.toyRegistry(), holder: `instance-${i}` };
        expect(await services.handlerFor(context, 'backfill')(held.delivery)).toEqual({ kind: 'ack' });
        held.ack();
      }),
    );
    await settleInFreshProcesses(world);
    expect(await world.request(request)).toBe(id);
    await settleInFreshProcesses(world);

    expect(documentsIn<Backfill>(world, 'backfills')).toHaveLength(before + 1);
    expect(await world.backfill(id)).toMatchObject({ state: 'done', id });
    const asked = runsIn(world).filter(({ backfillId }) => backfillId === id);
    const partitions = asked.flatMap(({ table, dates }) => dates.map(({ date }) => `${table}@${date}`));
    expect(new Set(partitions).size).toBe(partitions.length);
    expect(partitions.length).toBeGreaterThan(20);
  });
});
