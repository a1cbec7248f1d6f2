import { describe, expect, it } from 'vitest';
import { NO_FAULTS } from '../../functions/targets/simulated/faults.ts';
import { differences } from '../support/scenario.ts';
import { brokenPromises, contentsOf } from '../support/at-rest.ts';
import { computedRuns, datesRun, failuresIn, runsIn, runSince, stateIn } from '../support/look.ts';
import { worldFrom } from '../support/stepping.ts';
import { dateOf, DATES, PHASE3_DATES, PHASE4_DATES, SEASON } from '../support/toy-league.ts';
import { cleanWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import { makeWorld } from '../support/world.ts';

const at = (i: number): (typeof DATES)[0] => DATES[i] as (typeof DATES)[0];

describe('F-35 what is left to do is what was planned and is not built', () => {
  it.each([1, 15])(
    'F-35 builds every planned partition once, killed at random points and resumed elsewhere, with %i workers',
    async (workers) => {
      const once = await worldFrom(importedWorld());
      await once.request({ season: SEASON });
      await once.settle();
      let died = 0;
      for (let seed = 0; seed < 12; seed++) {
        const world = await worldFrom(importedWorld(), {
          seed,
          workers,
          faults: { ...NO_FAULTS, steps: 4000, pause: 0.2, crash: 0.01, crashWorker: 0.005 },
        });
        const id = await world.request({ season: SEASON });
        await world.settle();
        died += runsIn(world).filter(({ attempt }) => attempt > 1).length;
        expect(await brokenPromises(world), `seed ${seed}`).toEqual([]);
        expect((await world.backfill(id))?.state, `seed ${seed}`).toBe('done');
        expect(failuresIn(world, id), `seed ${seed}`).toEqual([]);
        expect(computedRuns(world), `seed ${seed}`).toEqual(computedRuns(once));
        expect(
          differences(world, await cleanWorld(FIRST_SOURCES), () => true),
          `seed ${seed}`,
        ).toEqual([]);
      }
      expect(died).toBeGreaterThan(3);
    },
  );

  it('F-35 adds only the new dates when the range is extended, in either direction', async () => {
    const first = await worldFrom(importedWorld());
    await first.request({ startDate: at(1), endDate: at(4), through: 'phase3', tables: ['team_offense'] });
    await first.settle();
    const world = makeWorld({ from: first });
    const id = await world.request({
      startDate: at(0),
      endDate: at(8),
      through: 'phase3',
      tables: ['team_offense'],
    });
    await world.settle();
    const known = datesRun(first, 'team_offense');
    expect(known.length).toBeGreaterThanOrEqual(4);
    expect(datesRun(world, 'team_offense', first)).toEqual(
      PHASE3_DATES.filter((date) => !known.includes(date)),
    );
    expect((await world.backfill(id))?.state).toBe('done');
  });

  it('F-35 keeps what was built when a later attempt at it fails', async () => {
    const before = await worldFrom(importedWorld());
    await before.request({ season: SEASON });
    await before.settle();
    const world = makeWorld({ from: before });
    const date = PHASE4_DATES[1] as (typeof DATES)[0];
    world.warehouse.refuse('team_defense', date, 'a column is missing');
    const id = await world.request({
      dates: [date],
      through: 'phase3',
      tables: ['team_defense'],
      force: true,
    });
    await world.settle();
    expect((await world.backfill(id))?.state).toBe('done_with_failures');
    expect(stateIn(world, 'team_defense', date)?.status).toBe('failed');
    expect(contentsOf(world)).toEqual(contentsOf(before));
    for (const other of PHASE3_DATES)
      if (other !== date) expect(stateIn(world, 'team_defense', other)?.status, other).toBe('success');
  });

  it('F-35 says so when a range has no games, and starts nothing', async () => {
    const world = await worldFrom(importedWorld());
    const id = await world.request({ startDate: '2024-02-16', endDate: '2024-02-18' });
    await world.settle();
    const backfill = await world.backfill(id);
    expect(backfill).toMatchObject({ state: 'refused', plannedRuns: 0 });
    expect(backfill?.verdict).toMatch(/no scheduled games on these dates/);
    expect(computedRuns(world)).toEqual({});
  });

  it('F-35 ends where the games end when the last day of a range has none', async () => {
    const world = await worldFrom(importedWorld());
    const id = await world.request({ startDate: at(0), endDate: '2024-02-18' });
    await world.settle();
    expect(await world.backfill(id)).toMatchObject({ state: 'done', dates: { requested: DATES.length } });
    expect(datesRun(world, 'team_offense')).toEqual(PHASE3_DATES);
    expect(contentsOf(world)).toEqual(contentsOf(await cleanWorld(FIRST_SOURCES)));
  });

  it('F-35 failed, then repaired: only what failed and what it blocked is tried again', async () => {
    const world = makeWorld({ from: await importedWorld() });
    world.warehouse.refuse('shot_zones', dateOf(15), 'out of memory');
    const id = await world.request({ season: SEASON });
    await world.settle();
    expect((await world.backfill(id))?.state).toBe('done_with_failures');
    const failed = failuresIn(world, id);
    expect(failed).toEqual([
      `daily_cache@${dateOf(15)}`,
      `feature_store@${dateOf(15)}`,
      `shot_zones@${dateOf(15)}`,
    ]);
    const before = runsIn(world);
    world.warehouse.refuse('shot_zones', dateOf(15), undefined);
    const retry = await world.request({ season: SEASON, only: 'failed' });
    await world.settle();
    expect(runSince(world, before)).toEqual(failed);
    expect(await world.backfill(retry)).toMatchObject({ state: 'done' });
    expect(differences(world, await cleanWorld(FIRST_SOURCES), () => true)).toEqual([]);
  });

  it('F-35 a range without games, and a longer range afterwards', async () => {
    const world = makeWorld({ from: await importedWorld() });
    const none = await world.request({ startDate: '2023-10-25', endDate: '2023-10-28' });
    await world.settle();
    expect(await world.backfill(none)).toMatchObject({
      state: 'refused',
      verdict: expect.stringContaining('no scheduled games') as string,
    });
    await world.request({ startDate: '2023-10-24', endDate: dateOf(15) });
    await world.settle();
    const before = runsIn(world);
    const longer = await world.request({ startDate: '2023-10-24', endDate: '2023-12-31' });
    await world.settle();
    const ran = runSince(world, before);
    expect(ran.every((name) => (name.split('@')[1] ?? '') > dateOf(15))).toBe(true);
    expect(await world.backfill(longer)).toMatchObject({ state: 'done' });
    expect(differences(world, await cleanWorld(FIRST_SOURCES), () => true)).toEqual([]);
  });
});
