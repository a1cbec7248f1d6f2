import { describe, expect, it } from 'vitest';
import { topics } from '../../shared/derive/topics.ts';
import { handlerFor } from '../../functions/services/index.ts';
import type { Delivery } from '../../shared/ports/bus.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { claimRun, settleRun, failedOutcome, renewLease } from '../../shared/state/runs.ts';
import { DATES } from '../support/toy-league.ts';
import { importedWorld } from '../support/toy-worlds.ts';
import type { World } from '../support/world.ts';
import { drain, runsOf, stateAt, sweepOnce, watchIntents, worldFrom } from './pipeline.ts';

const DATE = DATES[0] as (typeof DATES)[0];
const subscription = topics().find(({ name }) => name === 'nba-phase3-backfill')?.subscription;

async function withDelivery(): Promise<{
  world: World;
  delivery: Delivery;
  by: (holder: string, warehouse?: Warehouse) => ReturnType<ReturnType<typeof handlerFor>>;
}> {
  const world = await worldFrom(importedWorld());
  await world.request({ dates: [DATE], through: 'phase3', tables: ['team_offense'] });
  await world.handle('nba-backfill-request');
  const held = subscription === undefined ? undefined : world.bus.take([subscription]);
  if (held === undefined) throw new Error('no run was asked for');
  const by = (holder: string, warehouse: Warehouse = world.warehouse) =>
    handlerFor(
      { ...world.context, holder, ports: { ...world.context.ports, warehouse } },
      'run',
    )(held.delivery);
  return { world, delivery: held.delivery, by };
}

const runOf = (world: World) => runsOf(world, 'team_offense')[0];

describe('F-14 a lease ends, is taken over, and its former owner can do no harm', () => {
  it.each([
    { what: 'before it publishes', call: 'publish', refused: 'fenced' },
    { what: 'after it published, before it settles', call: 'readBack', refused: undefined },
  ] as const)('F-14 refuses the former owner who was overtaken $what', async ({ call, refused }) => {
    const { world, by } = await withDelivery();
    const intents = watchIntents(world);
    let afterwards: unknown;
    const overtaken: Warehouse = {
      ...world.warehouse,
      [call]: async (...args: [never, never]) => {
        world.advance(world.policy.leaseSeconds + 1);
        expect(await by('b')).toEqual({ kind: 'ack' });
        afterwards = await (world.warehouse[call] as (...all: [never, never]) => Promise<unknown>)(...args);
        return afterwards;
      },
    };
    expect(await by('a', overtaken)).toEqual({ kind: 'ack' });
    if (refused !== undefined) expect(afterwards).toMatchObject({ ok: false, failure: { code: refused } });

    const run = runOf(world);
    expect(run).toMatchObject({
      state: 'settled',
      attempt: 2,
      lease: null,
      outcome: [{ status: 'success' }],
    });
    expect(world.warehouse.tokenOf('team_offense', DATE)).toBe(run?.token);
    expect(intents.filter((event) => event.startsWith('completed:'))).toHaveLength(1);
    await drain(world);
    expect(stateAt(world, 'team_offense', DATE)).toMatchObject({ status: 'success', revision: 1 });
  });

  it('F-14 leaves the lease of the new owner alone when the former one settles', async () => {
    const { world } = await withDelivery();
    const { ports } = world.context;
    const runId = runOf(world)?.runId ?? '';
    const a = await claimRun(ports, runId, 'a', 60);
    world.advance(61);
    const b = await claimRun(ports, runId, 'b', 60);
    if (a.kind !== 'granted' || b.kind !== 'granted') throw new Error('the lease was not given');
    expect(b.run.token).toBeGreaterThan(a.run.token);
    expect(await settleRun(ports, a.run, failedOutcome(a.run, 'late'))).toBeUndefined();
    expect(runOf(world)).toMatchObject({ state: 'running', lease: { holder: 'b' } });
  });

  it('F-14 gives the run of a dead process to the next one after its lease, not before', async () => {
    const { world, by } = await withDelivery();
    const claim = await claimRun(
      world.context.ports,
      runOf(world)?.runId ?? '',
      'dead',
      world.policy.leaseSeconds,
    );
    expect(claim.kind).toBe('granted');
    world.advance(world.policy.leaseSeconds - 1);
    expect(await by('b')).toEqual({ kind: 'ack' });
    expect(runOf(world)).toMatchObject({ state: 'running', attempt: 1, lease: { holder: 'dead' } });
    expect(world.warehouse.contents().has(`team_offense@${DATE}`)).toBe(false);
    world.advance(2);
    expect(await by('b')).toEqual({ kind: 'ack' });
    expect(runOf(world)).toMatchObject({ state: 'settled', attempt: 2, lease: null });
  });

  it('F-14 leaves a slow run to its owner for as long as he says that he is at work', async () => {
    const { world, delivery, by } = await withDelivery();
    let beat: () => Promise<unknown> = () => Promise.resolve();
    let stopped = 0;
    const every = (seconds: number, what: () => Promise<unknown>) => {
      expect(seconds).toBeLessThan(world.policy.leaseSeconds / 2);
      beat = what;
      return () => void (stopped += 1);
    };
    const slow: Warehouse['stage'] = async (job) => {
      for (let i = 0; i < 9; i++) {
        world.advance(world.policy.leaseSeconds / 3);
        await beat();
        await sweepOnce(world);
        expect(await by('b')).toEqual({ kind: 'ack' });
      }
      return world.warehouse.stage(job);
    };
    const ports = { ...world.context.ports, warehouse: { ...world.warehouse, stage: slow } };
    expect(await handlerFor({ ...world.context, ports, every, holder: 'a' }, 'run')(delivery)).toEqual({
      kind: 'ack',
    });
    expect(runOf(world)).toMatchObject({ state: 'settled', attempt: 1, outcome: [{ status: 'success' }] });
    expect(stopped).toBe(1);
  });

  it('F-14 lets nobody prolong what another one has taken over', async () => {
    const { world } = await withDelivery();
    const { ports } = world.context;
    const runId = runOf(world)?.runId ?? '';
    const a = await claimRun(ports, runId, 'a', 60);
    world.advance(61);
    const b = await claimRun(ports, runId, 'b', 60);
    if (a.kind !== 'granted' || b.kind !== 'granted') throw new Error('the lease was not given');
    expect(await renewLease(ports, a.run, 600)).toBe(false);
    expect(await renewLease(ports, b.run, 90)).toBe(true);
    expect(runOf(world)?.lease).toEqual({
      holder: 'b',
      expiresAt: new Date(world.now().getTime() + 90_000).toISOString(),
    });
  });

  it('F-14 runs again after a run that ended, whatever its lease said', async () => {
    const { world, by } = await withDelivery();
    await by('a');
    await drain(world);
    const forced = await world.request({
      dates: [DATE],
      through: 'phase3',
      tables: ['team_offense'],
      force: true,
    });
    await world.settle();
    expect((await world.backfill(forced))?.state).toBe('done');
    expect(runsOf(world, 'team_offense').map(({ state }) => state)).toEqual(['settled', 'settled']);
  });

  it('F-14 does nothing while the store is unavailable, and asks for the message again', async () => {
    const { world, delivery } = await withDelivery();
    let staged = 0;
    const stage: Warehouse['stage'] = (job) => {
      staged += 1;
      return world.warehouse.stage(job);
    };
    const store = world.store.seenThrough((point) => Promise.reject(new Error(`UNAVAILABLE at ${point}`)));
    const ports = { ...world.context.ports, store, warehouse: { ...world.warehouse, stage } };
    expect(await handlerFor({ ...world.context, ports }, 'run')(delivery)).toMatchObject({ kind: 'retry' });
    expect(staged).toBe(0);
    expect(runOf(world)).toMatchObject({ state: 'requested', attempt: 0 });
    expect(await handlerFor(world.context, 'run')(delivery)).toEqual({ kind: 'ack' });
    expect(runOf(world)).toMatchObject({ state: 'settled', attempt: 1 });
  });
});
