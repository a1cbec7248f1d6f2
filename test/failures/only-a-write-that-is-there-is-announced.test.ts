import { describe, expect, it } from 'vitest';
import { DELIVERY } from '../../shared/derive/budgets.ts';
import { completeTopic, runTopic } from '../../shared/derive/topic-names.ts';
import { ok, permanent, type Result, transient } from '../../shared/domain/failure.ts';
import type { PublishJob, Warehouse } from '../../shared/ports/warehouse.ts';
import { contentsOf } from '../support/at-rest.ts';
import { deadLettersIn, failuresIn, runsIn, stateIn } from '../support/look.ts';
import { drain, watchIntents, worldFrom } from '../support/stepping.ts';
import { dateOf, DATES, PHASE3_DATES } from '../support/toy-league.ts';
import { cleanWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const DATE = DATES[0] as (typeof DATES)[0];

/** The world just before the first run of team_offense for one date. */
async function aboutToRun(): Promise<World> {
  const world = await worldFrom(importedWorld());
  await world.request({ dates: [DATE], through: 'phase3', tables: ['team_offense'], maxInFlight: 1 });
  await world.handle('nba-backfill-request');
  return world;
}

/** Handles the run's message through `publish` until the broker gives up or the run is settled. @returns tries */
async function tryWith(world: World, publish: Warehouse['publish']): Promise<number> {
  let tries = 0;
  for (let i = 0; i < 10; i++) {
    if (
      (await world.handle('nba-phase3-backfill', { warehouse: { ...world.warehouse, publish } })) !==
      undefined
    )
      tries += 1;
    world.advance(60);
  }
  return tries;
}

async function expectFailed(world: World): Promise<void> {
  await drain(world);
  await world.settle();
  expect(stateIn(world, 'team_offense', DATE)?.status).toBe('failed');
  const announced = runsIn(world, 'team_offense').flatMap(({ outcome }) => outcome ?? []);
  expect(announced.map(({ status }) => status)).toEqual(['failed']);
  expect(stateIn(world, 'team_defense', DATE)?.status).toBe('blocked');
  expect(runsIn(world, 'team_defense')).toEqual([]);
}

describe('F-06 a completion is announced only for a write that is there', () => {
  it('F-06 delivers a run again while the warehouse cannot write, and calls it failed in the end', async () => {
    const world = await aboutToRun();
    const intents = watchIntents(world);
    expect(await tryWith(world, () => Promise.resolve(transient('warehouse_unavailable', 'no answer')))).toBe(
      DELIVERY.attempts,
    );
    expect(intents).toEqual([]);
    await expectFailed(world);
    expect(deadLettersIn(world)).toHaveLength(1);
  });

  it('F-06 does not deliver a run again whose write is refused for good', async () => {
    const world = await aboutToRun();
    expect(await tryWith(world, () => Promise.resolve(permanent('table_not_found', 'no such table')))).toBe(
      1,
    );
    await expectFailed(world);
    expect(deadLettersIn(world)).toEqual([]);
  });

  it.each([
    { what: 'fewer rows than were staged', kept: 1 },
    { what: 'no rows', kept: 0 },
  ])('F-06 never calls it a success when the warehouse writes $what', async ({ kept }) => {
    const world = await aboutToRun();
    const intents = watchIntents(world);
    const publish: Warehouse['publish'] = async (job) => {
      const written = await world.warehouse.publish(job);
      world.warehouse.truncate('team_offense', DATE, kept);
      return written;
    };
    expect(await tryWith(world, publish)).toBe(DELIVERY.attempts);
    expect(intents.filter((event) => event.startsWith('completed:'))).toEqual([]);
    await expectFailed(world);
  });

  it('F-06 makes one success of a write that was committed and answered too late', async () => {
    const world = await aboutToRun();
    let writes = 0;
    const publish: Warehouse['publish'] = async (job) => {
      const written = await world.warehouse.publish(job);
      writes += 1;
      return writes === 1 ? transient('warehouse_timeout', 'the answer was lost') : written;
    };
    expect(await tryWith(world, publish)).toBe(2);
    await drain(world);
    expect(stateIn(world, 'team_offense', DATE)).toMatchObject({ status: 'success', rows: 4, revision: 1 });
    expect(runsIn(world, 'team_offense')).toHaveLength(1);
    expect(contentsOf(world)[`team_offense@${DATE}`]).toBe(
      contentsOf(await cleanWorld(FIRST_SOURCES))[`team_offense@${DATE}`],
    );
  });

  it('F-06 calls no rows where none are expected empty, and no rows where some are expected failed', async () => {
    const world = await aboutToRun();
    for (const [expectedRows, status] of [
      [4, 'failed'],
      [0, 'empty'],
    ] as const) {
      const copy = await aboutToRun();
      const stage: Warehouse['stage'] = async (job) => {
        const staged = await copy.warehouse.stage(job);
        return staged.ok
          ? {
              ok: true,
              value: {
                ...staged.value,
                dates: staged.value.dates.map((date) => ({ ...date, rows: 0, games: 0, expectedRows })),
              },
            }
          : staged;
      };
      await copy.handle('nba-phase3-backfill', { warehouse: { ...copy.warehouse, stage } });
      await copy.handle('nba-phase3-complete');
      expect(stateIn(copy, 'team_offense', DATE)?.status).toBe(status);
    }
    expect(runsIn(world, 'team_offense')).toHaveLength(1);
  });

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
    expect(runsIn(world, table)).toHaveLength(1);
    expect(failuresIn(world, id)).toContain(`${table}@${date}`);
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

  it('F-06 F-19 no rows where some are expected is a failure, and where none are, empty', async () => {
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
