import { describe, expect, it } from 'vitest';
import { handlerFor } from '../../functions/services/index.ts';
import { completeTopic, runTopic } from '../../shared/derive/topic-names.ts';
import { topics } from '../../shared/derive/topics.ts';
import { isInFlight } from '../../shared/domain/partition.ts';
import type { Delivery } from '../../shared/ports/bus.ts';
import type { Staged, Warehouse } from '../../shared/ports/warehouse.ts';
import { paths, type RunDocument } from '../../shared/state/documents.ts';
import { claimRun, failedOutcome, releaseRun, renewLease, settleRun } from '../../shared/state/runs.ts';
import { brokenPromises } from '../support/at-rest.ts';
import { runsIn, stateIn } from '../support/look.ts';
import { drain, sweepOnce, watchIntents, worldFrom } from '../support/stepping.ts';
import { dateOf, DATES, withChange, withMorePoints } from '../support/toy-league.ts';
import { builtWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

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

const runOf = (world: World) => runsIn(world, 'team_offense')[0];

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
    expect(stateIn(world, 'team_offense', DATE)).toMatchObject({ status: 'success', revision: 1 });
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
    expect(runsIn(world, 'team_offense').map(({ state, lease }) => [state, lease])).toEqual([
      ['settled', null],
      ['settled', null],
    ]);
    expect(isInFlight(stateIn(world, 'team_offense', DATE))).toBe(false);
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

  const table = 'team_offense';

  const date = dateOf(0);

  async function claimed(): Promise<{ world: World; run: RunDocument }> {
    const world = makeWorld({ from: await importedWorld() });
    await world.request({ dates: [date], tables: [table], through: 'phase3' });
    await world.handle('nba-backfill-request');
    const [asked] = runsIn(world, table);
    const claim = await claimRun(world.context.ports, asked?.runId ?? '', 'A', 120);
    if (claim.kind !== 'granted') throw new Error('A has no claim');
    return { world, run: claim.run };
  }

  const staged = async (world: World, run: RunDocument): Promise<Staged> => {
    const result = await world.warehouse.stage({
      table: world.registry.get(table),
      runId: run.runId,
      dates: [date],
      readStart: date,
    });
    if (!result.ok) throw new Error('not staged');
    return result.value;
  };

  it('F-14 a former owner that resumes can neither publish nor settle, nor end the lease of the new one', async () => {
    const { world, run } = await claimed();
    const late = await staged(world, run);
    world.advance(121);
    const taken = await claimRun(world.context.ports, run.runId, 'B', 120);
    expect(taken.kind).toBe('granted');
    const newer = (taken as { run: RunDocument }).run;
    expect(newer.token).toBeGreaterThan(run.token);
    const mine = await staged(world, newer);
    expect(
      await world.warehouse.publish({
        staged: mine,
        dates: [date],
        token: newer.token,
        mode: 'backfill',
        processedAt: world.now(),
      }),
    ).toMatchObject({ ok: true });

    const written = await world.warehouse.publish({
      staged: late,
      dates: [date],
      token: run.token,
      mode: 'backfill',
      processedAt: world.now(),
    });
    expect(written).toMatchObject({ ok: false, failure: { code: 'fenced', kind: 'permanent' } });
    expect(await settleRun(world.context.ports, run, failedOutcome(run, 'late'))).toBeUndefined();
    await releaseRun(world.context.ports, run, 'I give up');
    expect(await world.store.get<RunDocument>(paths.run(run.runId))).toMatchObject({
      state: 'running',
      lease: { holder: 'B' },
      token: newer.token,
    });
  });

  it('F-14 an owner that stalls between computing and publishing cannot undo what came after it, even where nothing changed', async () => {
    // The second owner finds the rows as they are already published; the first one, late, would replace them with others.
    const first = await builtWorld();
    const world = makeWorld({ from: first });
    const right = world.warehouse.contents().get(`${table}@${date}`);
    await world.archiveRows(withChange(FIRST_SOURCES, 'nbac_player_boxscores', date, withMorePoints));
    await world.ingest('nbac_player_boxscores', date);
    await world.handle(runTopic('phase2', 'live'));
    await world.handle(completeTopic('phase2'));
    const asked = runsIn(world, table).at(-1) as RunDocument;
    const claim = await claimRun(world.context.ports, asked.runId, 'A', 120);
    const stalled = await staged(world, (claim as { run: RunDocument }).run);

    world.advance(121);
    await world.archiveRows(FIRST_SOURCES);
    await world.ingest('nbac_player_boxscores', date);
    await world.settle();
    expect(world.warehouse.contents().get(`${table}@${date}`)).toBe(right);
    const late = await world.warehouse.publish({
      staged: stalled,
      dates: [date],
      token: (claim as { run: RunDocument }).run.token,
      mode: 'live',
      processedAt: world.now(),
    });
    expect(late).toMatchObject({ ok: false, failure: { code: 'fenced' } });
    expect(await brokenPromises(world)).toEqual([]);
  });
});
