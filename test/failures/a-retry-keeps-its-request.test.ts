import { describe, expect, it } from 'vitest';
import { failedCells } from '../../functions/control/failed-cells.ts';
import { runTopic } from '../../shared/derive/topic-names.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import { whyOf } from '../../shared/domain/why.ts';
import { deadLetters } from '../../shared/state/dead-letters.ts';
import { loadView } from '../../shared/state/views.ts';
import { differences } from '../support/scenario.ts';
import { runsIn, runSince } from '../support/look.ts';
import { worldFrom } from '../support/stepping.ts';
import { dateOf, SEASON } from '../support/toy-league.ts';
import { builtWorld, cleanWorld, FIRST_SOURCES, importedWorld, LAST_DATE } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

/** The letters that were set aside, with why. */
async function reasons(world: World): Promise<string[]> {
  return (await deadLetters(world.context.ports)).map(({ reason }) => reason);
}

/** Asks, settles and answers with the backfill. */
async function ask(world: World, request: Parameters<World['request']>[0]) {
  const id = await world.request(request);
  await world.settle();
  return { id, backfill: await world.backfill(id) };
}

const FAILING = { dates: [dateOf(15)], tables: ['team_offense'], through: 'phase3' } as const;

describe('a retry keeps the request of what it tries again', () => {
  it('with restate, tables, force, maxInFlight and skipPreflight as they were', async () => {
    const world = makeWorld({ from: await builtWorld() });
    world.warehouse.refuse('team_offense', dateOf(15), 'out of memory');
    const given = {
      restate: 'none',
      force: true,
      maxInFlight: 2,
      skipPreflight: { reason: 'the rest is known to be whole' },
    } as const;
    const { id, backfill } = await ask(world, {
      ...FAILING,
      dates: [...FAILING.dates],
      tables: [...FAILING.tables],
      ...given,
    });
    expect(backfill?.state).toBe('done_with_failures');
    world.warehouse.refuse('team_offense', dateOf(15), undefined);
    const retry = (await world.retry(id)) ?? '';
    await world.settle();
    expect(await world.backfill(retry)).toMatchObject({
      state: 'done',
      request: {
        dates: FAILING.dates,
        tables: FAILING.tables,
        through: 'phase3',
        restate: 'none',
        force: true,
        maxInFlight: 2,
      },
      skipPreflight: given.skipPreflight,
    });
  });

  it('a cancelled one takes up the dates that it had not built', async () => {
    const world = makeWorld({ from: await importedWorld(), policy: { batchSize: () => 2, maxInFlight: 1 } });
    const id = await world.request({ season: SEASON });
    await world.handle('nba-backfill-request');
    await world.handle(runTopic('phase3', 'backfill'));
    await world.cancel(id);
    await world.settle();
    const before = runsIn(world);
    const retry = (await world.retry(id)) ?? '';
    await world.settle();
    expect(await world.backfill(retry)).toMatchObject({ state: 'done' });
    expect(runSince(world, before).length).toBeGreaterThan(10);
    expect(differences(world, await cleanWorld(FIRST_SOURCES), () => true)).toEqual([]);
    expect(await world.retry(retry)).toBeUndefined();
  });

  it('a refused one asks for all of it', async () => {
    const world = await worldFrom(importedWorld());
    const { id, backfill } = await ask(world, { season: SEASON, from: 'phase4' });
    expect(backfill?.state).toBe('refused');
    await ask(world, { season: SEASON, through: 'phase3' });
    const retry = (await world.retry(id)) ?? '';
    await world.settle();
    expect(await world.backfill(retry)).toMatchObject({ state: 'done', request: { from: 'phase4' } });
  });
});

describe('a request id stands for one piece of work', () => {
  const FIRST = {
    requestId: 'nightly',
    startDate: dateOf(10),
    endDate: dateOf(12),
    through: 'phase3',
  } as const;

  it('the same content, after its defaults are filled in, is one backfill, whoever asks', async () => {
    const world = await worldFrom(importedWorld());
    await ask(world, FIRST);
    const before = runsIn(world);
    await ask(world, { ...FIRST, only: 'all', restate: 'auto', force: false, requestedBy: 'somebody else' });
    expect(runSince(world, before)).toEqual([]);
    expect(await reasons(world)).toEqual([]);
  });

  for (const [what, other] of [
    ['dates', { startDate: dateOf(1), endDate: dateOf(2) }],
    ['options', { force: true }],
    ['tables', { tables: ['team_offense'] }],
    ['phases', { through: 'phase4' }],
    ['a bypass', { skipPreflight: { reason: 'it is known' } }],
  ] satisfies [string, Partial<BackfillRequest>][])
    it(`other ${what} under the same id are set aside, with the reason`, async () => {
      const world = await worldFrom(importedWorld());
      const { id } = await ask(world, FIRST);
      const first = await world.backfill(id);
      const before = runsIn(world);
      await ask(world, { ...FIRST, ...other });
      expect(await world.backfill(id)).toEqual(first);
      expect(runSince(world, before)).toEqual([]);
      expect(await reasons(world)).toEqual([
        expect.stringContaining(`The request id nightly belongs to backfill ${id}`),
      ]);
    });

  it('is free again after a refusal, of which nothing is done', async () => {
    const world = await worldFrom(importedWorld());
    const { id, backfill } = await ask(world, {
      ...FIRST,
      from: 'phase4',
      through: 'phase4',
      startDate: dateOf(16),
      endDate: dateOf(18),
    });
    expect(backfill).toMatchObject({ state: 'refused', plannedRuns: 0 });
    const { backfill: second } = await ask(world, FIRST);
    expect(second).toMatchObject({ id, state: 'done', request: { through: 'phase3' } });
    expect(await reasons(world)).toEqual([]);
  });
});

describe('what has failed comes before what waits for it', () => {
  it('names the failed partition first, with how many wait', async () => {
    const world = makeWorld({ from: await importedWorld() });
    world.warehouse.refuse('team_offense', dateOf(5), 'out of memory');
    const { id } = await ask(world, { season: SEASON });
    const [first, ...others] = await failedCells({ ...world.context.ports, registry: world.registry }, id);
    expect(first).toMatchObject({
      table: 'team_offense',
      date: dateOf(5),
      reason: expect.stringContaining('out of memory') as string,
    });
    expect(first?.waiting).toBeGreaterThan(10);
    const { causes } = whyOf(await loadView(world.context.ports, world.registry, [SEASON]))({
      ...{ table: 'feature_store', date: LAST_DATE },
    });
    expect([first?.cause]).toEqual(causes);
    expect(others).toEqual([]);
  });

  it('waits for nothing when it has been built since', async () => {
    const world = makeWorld({ from: await importedWorld() });
    world.warehouse.refuse('team_offense', dateOf(5), 'out of memory');
    const { id } = await ask(world, { season: SEASON });
    world.warehouse.refuse('team_offense', dateOf(5), undefined);
    await ask(world, { season: SEASON, only: 'failed' });
    expect(await failedCells({ ...world.context.ports, registry: world.registry }, id)).toMatchObject([
      { table: 'team_offense', waiting: 0 },
    ]);
  });
});
