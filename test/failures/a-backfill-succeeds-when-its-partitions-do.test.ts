import { paths } from '../../shared/state/documents.ts';
import { describe, expect, it } from 'vitest';
import type { BackfillDateDocument } from '../../shared/state/backfill-dates.ts';
import { brokenPromises, comparableStates } from '../support/at-rest.ts';
import { computedRuns, dateDocuments, deadLettersIn, documentsIn, runsIn, stateIn } from '../support/look.ts';
import { worldFrom } from '../support/stepping.ts';
import { DATES, PHASE3_DATES, PHASE4_DATES, SEASON } from '../support/toy-league.ts';
import { importedWorld } from '../support/toy-worlds.ts';
import { makeWorld } from '../support/world.ts';

describe('F-36 a backfill has succeeded when its partitions have', () => {
  it('F-36 ends with failures when one of its tables fails on some dates, and names them', async () => {
    const world = await worldFrom(importedWorld());
    const failing = PHASE4_DATES.slice(0, 2);
    for (const date of failing) world.warehouse.refuse('feature_store', date, 'a column is missing');
    const id = await world.request({ season: SEASON });
    await world.settle();

    const backfill = await world.backfill(id);
    expect(backfill?.state).toBe('done_with_failures');
    expect(backfill?.verdict).toBe('2 partitions failed or are blocked');
    expect(backfill?.progress.find(({ table }) => table === 'feature_store')).toMatchObject({
      planned: PHASE4_DATES.length,
      failed: 2,
      done: PHASE4_DATES.length - 2,
    });
    for (const date of PHASE4_DATES) {
      const isFailing = failing.includes(date);
      const state = stateIn(world, 'feature_store', date);
      expect(state?.status, date).toBe(isFailing ? 'failed' : 'success');
      if (isFailing) expect(state?.reason).toContain('a column is missing');
      expect(stateIn(world, 'daily_cache', date)?.status, date).toBe('success');
    }
    const dates = documentsIn<BackfillDateDocument>(world, paths.backfillDates(id));
    expect(dates.filter(({ state }) => state === 'failed').map(({ date }) => date)).toEqual(failing);
    expect(
      dates
        .filter(({ date }) => PHASE3_DATES.includes(date) && !failing.includes(date))
        .every(({ state }) => state === 'done'),
    ).toBe(true);
    expect(Object.entries(computedRuns(world)).filter(([, n]) => n !== 1)).toEqual([]);
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('F-36 blocks what depends on a failed date, visibly, and builds the rest', async () => {
    const world = await worldFrom(importedWorld());
    const date = PHASE4_DATES[1] as (typeof PHASE4_DATES)[0];
    world.warehouse.refuse('shot_zones', date, 'a column is missing');
    const id = await world.request({ season: SEASON });
    await world.settle();
    expect((await world.backfill(id))?.state).toBe('done_with_failures');
    expect(stateIn(world, 'daily_cache', date)).toMatchObject({
      status: 'blocked',
      waitingFor: [`shot_zones@${date}`],
    });
    expect(stateIn(world, 'feature_store', date)?.status).toBe('blocked');
    expect(computedRuns(world)[`daily_cache@${date}`]).toBeUndefined();
    expect(stateIn(world, 'zone_defense', date)?.status).toBe('success');
    for (const other of PHASE4_DATES)
      if (other !== date) expect(stateIn(world, 'feature_store', other)?.status, other).toBe('success');
  });

  it('F-36 refuses a table that does not exist when it is asked for, and starts nothing', async () => {
    const world = await worldFrom(importedWorld());
    const runs = runsIn(world).length;
    const states = comparableStates(world);
    const id = await world.request({ season: SEASON, tables: ['team_offense', 'team_ofense'] });
    await world.settle();
    expect(await world.backfill(id)).toBeUndefined();
    expect(deadLettersIn(world)).toHaveLength(1);
    expect(deadLettersIn(world)[0]?.reason).toMatch(
      /There is no table team_ofense; did you mean team_offense\?/,
    );
    expect(runsIn(world)).toHaveLength(runs);
    expect(comparableStates(world)).toEqual(states);
  });

  it('F-36 one table that fails on every date is a backfill with failures, date by date', async () => {
    const world = makeWorld({ from: await importedWorld() });
    for (const date of DATES) world.warehouse.refuse('daily_cache', date, 'no such column');
    const id = await world.request({ season: SEASON });
    await world.settle();
    const backfill = await world.backfill(id);
    expect(backfill).toMatchObject({
      state: 'done_with_failures',
      verdict: '12 partitions failed or are blocked',
    });
    expect(backfill?.progress.find(({ table }) => table === 'daily_cache')).toMatchObject({
      planned: 6,
      done: 0,
      failed: 6,
    });
    expect(backfill?.progress.find(({ table }) => table === 'zone_defense')).toMatchObject({
      planned: 6,
      done: 6,
      failed: 0,
    });
    const dates = dateDocuments(world, id);
    expect(dates.filter(({ state }) => state === 'failed').map(({ date }) => date)).toEqual(PHASE4_DATES);
    expect(dates.filter(({ state }) => state === 'done').map(({ date }) => date)).toEqual(
      PHASE3_DATES.slice(0, 3),
    );
  });
});
