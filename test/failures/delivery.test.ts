/** Failures of delivery: crashes, lost and doubled messages, failed writes, lost leases. */
import { describe, expect, it } from 'vitest';
import { isInFlight } from '../../shared/domain/partition.ts';
import { completeTopic, runTopic } from '../../shared/derive/topic-names.ts';
import { ok, transient, type Result } from '../../shared/domain/failure.ts';
import type { PublishJob, Staged } from '../../shared/ports/warehouse.ts';
import { claimRun, datesInMessage, releaseRun, settleRun } from '../../shared/state/runs.ts';
import { paths, type RunDocument } from '../../shared/state/documents.ts';
import { brokenPromises } from '../support/at-rest.ts';
import { failuresIn, runSince, runsIn, stateIn } from '../support/look.ts';
import { dateOf, PHASE3_DATES, SEASON, withChange, withMorePoints } from '../support/toy-league.ts';
import { builtWorld, cleanWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import { differences } from '../simulator/scenario.ts';
import type { Trap } from '../../functions/targets/simulated/faults.ts';
import { makeWorld, type World } from '../support/world.ts';

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
async function builtTwice(world: World): Promise<string[]> {
  const built = (await runsIn(world)).flatMap((run) =>
    (run.outcome ?? []).filter(({ status }) => status !== 'failed').map(({ date }) => `${run.table}@${date}`),
  );
  return [...Map.groupBy(built, (name) => name)].flatMap(([name, each]) => (each.length > 1 ? [name] : []));
}

describe('F-03 crash between write and publish', () => {
  const points: [string, (point: string, subscription: string) => boolean][] = [
    ['before the transaction', (point, from) => point === 'tx.commit' && from.includes('complete')],
    ['after the transaction', (point, from) => point === 'tx.committed' && from.includes('complete')],
    ['before the publish', (point) => point.startsWith('before publish to nba-phase')],
    ['after the publish, before it is marked', (point) => point.startsWith('after publish to nba-phase')],
    [
      'at the claim',
      (point, from) =>
        point === 'tx.committed' && from.includes('backfill-sub') && from !== 'nba-backfill-request-sub',
    ],
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
    expect(await builtTwice(world)).toEqual([]);
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
});

describe('F-50 fan-out stops half way', () => {
  const cases = [1, 2, 3, 4, 5].flatMap((k) => [
    { k, how: 'once' as const },
    { k, how: 'for ten minutes' as const },
  ]);

  it.each(cases)(
    'F-50 publish number $k fails $how: every message is effective exactly once',
    async ({ k, how }) => {
      const world = makeWorld({ from: await importedWorld(), policy: { maxInFlight: 8 } });
      let published = 0;
      let failedAt: number | undefined;
      world.setTrap((point) => {
        if (!point.startsWith('before publish to')) return undefined;
        published += 1;
        if (published === k) failedAt = world.now().getTime();
        if (failedAt === undefined) return undefined;
        return how === 'once'
          ? published === k
            ? 'throw'
            : undefined
          : world.now().getTime() < failedAt + 600_000
            ? 'throw'
            : undefined;
      });
      await world.request({ season: SEASON });
      await world.settle();
      world.setTrap(undefined);
      await world.settle();
      await expectClean(world);
      expect(await builtTwice(world)).toEqual([]);
    },
  );
});

describe('F-06 completion announced although the write failed', () => {
  const table = 'team_offense';
  const date = PHASE3_DATES[0] ?? dateOf(0);

  /** Runs one date through a warehouse of which one call is replaced. */
  async function runWith(broken: (world: World) => object): Promise<{ world: World; outcome: unknown }> {
    const world = makeWorld({ from: await importedWorld() });
    await world.request({ dates: [date], tables: [table], through: 'phase3' });
    await world.handle('nba-backfill-request');
    const outcome = await world.handle(runTopic('phase3', 'backfill'), {
      warehouse: { ...world.warehouse, ...broken(world) },
    });
    return { world, outcome };
  }

  it('F-06 a warehouse that is down is asked again, and nothing is announced', async () => {
    const { world, outcome } = await runWith(() => ({
      publish: () => Promise.resolve(transient('warehouse_unavailable', 'down')),
    }));
    expect(outcome).toMatchObject({ kind: 'retry' });
    expect(world.bus.backlog().has(`${completeTopic('phase3')}-sub`)).toBe(false);
    expect(stateIn(world, table, date)?.status).toBe('requested');
    await world.settle();
    expect(stateIn(world, table, date)?.status).toBe('success');
  });

  it('F-06 a query that is refused is a failed date, asked once', async () => {
    const world = makeWorld({ from: await importedWorld() });
    world.warehouse.refuse(table, date, 'no such column');
    const id = await world.request({ dates: [date], tables: [table], through: 'phase3' });
    await world.settle();
    expect(stateIn(world, table, date)).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('no such column') as string,
    });
    expect(await runsIn(world, table)).toHaveLength(1);
    expect(await failuresIn(world, id)).toContain(`${table}@${date}`);
    expect((await world.backfill(id))?.state).toBe('done_with_failures');
  });

  it('F-06 a write that says it worked and did not is never a success', async () => {
    const { world, outcome } = await runWith(() => ({ publish: () => Promise.resolve(ok(undefined)) }));
    expect(outcome).toMatchObject({
      kind: 'retry',
      reason: expect.stringContaining('does not hold what was written') as string,
    });
    expect(stateIn(world, table, date)?.status).toBe('requested');
  });

  it('F-06 a write that loses rows is never a success', async () => {
    const { world, outcome } = await runWith((world) => ({
      publish: async (job: PublishJob): Promise<Result<void>> => {
        const written = await world.warehouse.publish(job);
        world.warehouse.truncate(table, date, 1);
        return written;
      },
    }));
    expect(outcome).toMatchObject({ kind: 'retry' });
    await world.settle();
    expect(stateIn(world, table, date)).toMatchObject({ status: 'success', rows: 4 });
  });

  it('F-06 a write that commits but times out is found to be there, and announced once', async () => {
    const { world, outcome } = await runWith((world) => ({
      publish: async (job: PublishJob): Promise<Result<void>> => {
        await world.warehouse.publish(job);
        return transient('warehouse_timeout', 'the answer was lost');
      },
    }));
    expect(outcome).toMatchObject({ kind: 'retry' });
    await world.settle();
    expect(stateIn(world, table, date)).toMatchObject({ status: 'success', revision: 1 });
    expect(await runsIn(world, table)).toHaveLength(1);
  });

  it('F-06 no rows where some are expected is a failure, and where none are, empty', async () => {
    const world = makeWorld({ from: await importedWorld() });
    world.warehouse.truncate('nbac_player_boxscores', date, 0);
    await world.request({
      dates: [date],
      tables: [table],
      through: 'phase3',
      skipPreflight: { reason: 'to see what happens' },
    });
    await world.settle();
    expect(stateIn(world, table, date)).toMatchObject({
      status: 'failed',
      reason: 'audit: no rows where 4 are expected',
    });
    expect(stateIn(world, 'nbac_player_boxscores', dateOf(18))).toMatchObject({
      status: 'empty',
      reason: 'source_unavailable',
    });
  });
});

describe('F-13 dedup marker late or too coarse', () => {
  it('F-13 the same request delivered to two workers at once is one run', async () => {
    const world = makeWorld({ from: await importedWorld(), workers: 2 });
    await world.request({ dates: [dateOf(0)], tables: ['team_offense'], through: 'phase3' });
    await world.handle('nba-backfill-request');
    const [asked] = await runsIn(world, 'team_offense');
    const body = JSON.stringify(requestOf(asked as RunDocument));
    await world.publish(runTopic('phase3', 'backfill'), body);
    await world.publish(runTopic('phase3', 'backfill'), body);
    const outcomes = await Promise.all([1, 2, 3].map(() => world.handle(runTopic('phase3', 'backfill'))));
    expect(outcomes).toEqual([{ kind: 'ack' }, { kind: 'ack' }, { kind: 'ack' }]);
    expect(
      world.warehouse.history().filter(({ processor_name }) => processor_name === 'team_offense'),
    ).toHaveLength(1);
  });

  it('F-13 a second event with new content runs, and takes the place of the first', async () => {
    const date = dateOf(14);
    const world = makeWorld({ from: await builtWorld() });
    const before = await runsIn(world);
    const old = stateIn(world, 'team_offense', date);
    await world.archiveRows(withChange(FIRST_SOURCES, 'nbac_player_boxscores', date, withMorePoints));
    await world.ingest('nbac_player_boxscores', date);
    await world.settle();
    const now = stateIn(world, 'team_offense', date);
    expect(await runSince(world, before)).toContain(`team_offense@${date}`);
    expect(now).toMatchObject({ status: 'success', revision: (old?.revision ?? 0) + 1 });
    expect(now?.token).toBeGreaterThan(old?.token ?? 0);
  });

  it('F-13 killed after the claim: when the lease is over, the run is done by another', async () => {
    const world = makeWorld({ from: await importedWorld() });
    world.setTrap(onceAt(1, 'die', (point) => point.startsWith('before stage')));
    await world.request({ dates: [dateOf(0)], tables: ['team_offense'], through: 'phase3' });
    await world.settle();
    const [run] = await runsIn(world, 'team_offense');
    expect(run).toMatchObject({ state: 'settled', attempt: 2 });
    expect(stateIn(world, 'team_offense', dateOf(0))?.status).toBe('success');
  });
});

function requestOf(run: RunDocument): object {
  const { runId, table, mode, backfillId, through, correlationId } = run;
  return {
    schemaVersion: 1,
    kind: 'run_requested',
    eventId: `requested:${runId}`,
    correlationId,
    causationId: null,
    runId,
    table,
    dates: datesInMessage(run),
    mode,
    backfillId,
    through,
  };
}

describe('F-14 locks that expire, are stolen, or never end', () => {
  const table = 'team_offense';
  const date = dateOf(0);

  async function claimed(): Promise<{ world: World; run: RunDocument }> {
    const world = makeWorld({ from: await importedWorld() });
    await world.request({ dates: [date], tables: [table], through: 'phase3' });
    await world.handle('nba-backfill-request');
    const [asked] = await runsIn(world, table);
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
    expect(await settleRun(world.context.ports, run, [])).toBeUndefined();
    await releaseRun(world.context.ports, run, 'I give up');
    expect(await world.store.get<RunDocument>(paths.run(run.runId))).toMatchObject({
      state: 'running',
      lease: { holder: 'B' },
      token: newer.token,
    });
  });

  it('F-14 after a crash another gets the run when the lease is over, not before', async () => {
    const { world, run } = await claimed();
    world.advance(119);
    expect((await claimRun(world.context.ports, run.runId, 'B', 120)).kind).toBe('held');
    world.advance(2);
    expect((await claimRun(world.context.ports, run.runId, 'B', 120)).kind).toBe('granted');
  });

  it('F-14 a settled run leaves no lease behind', async () => {
    const world = makeWorld({ from: await importedWorld() });
    await world.request({ dates: [date], tables: [table], through: 'phase3' });
    await world.settle();
    const runs = await runsIn(world, table);
    expect(runs.map(({ state, lease }) => ({ state, lease }))).toEqual([{ state: 'settled', lease: null }]);
    await world.request({ dates: [date], tables: [table], through: 'phase3', force: true });
    await world.settle();
    expect(await runsIn(world, table)).toHaveLength(2);
    expect(isInFlight(stateIn(world, table, date))).toBe(false);
  });

  it('F-14 an unavailable store: no work is done and the message comes again', async () => {
    const world = makeWorld({ from: await importedWorld() });
    await world.request({ dates: [date], tables: [table], through: 'phase3' });
    await world.handle('nba-backfill-request');
    const down = (): Promise<never> => Promise.reject(new Error('UNAVAILABLE'));
    const outcome = await world.handle(runTopic('phase3', 'backfill'), {
      store: { get: down, getAll: down, list: down, count: down, transaction: down },
    });
    expect(outcome).toEqual({ kind: 'retry', reason: 'UNAVAILABLE' });
    expect(world.warehouse.contents().has(`${table}@${date}`)).toBe(false);
    await world.settle();
    expect(stateIn(world, table, date)?.status).toBe('success');
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
    const asked = (await runsIn(world, table)).at(-1) as RunDocument;
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
