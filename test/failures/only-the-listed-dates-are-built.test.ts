import { paths } from '../../shared/state/documents.ts';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../shared/domain/game-date.ts';
import { MAX_REQUEST_DATES } from '../../shared/messages/schemas.ts';
import { type PlanDocument } from '../../shared/state/backfills.ts';
import { computedRuns, datesRun, deadLettersIn, documentsIn, runsIn, runSince } from '../support/look.ts';
import { worldFrom } from '../support/stepping.ts';
import { dateOf, DATES, OPENING_NIGHT, PHASE3_DATES, PHASE4_DATES } from '../support/toy-league.ts';
import { builtWorld, importedWorld } from '../support/toy-worlds.ts';
import { makeWorld } from '../support/world.ts';

const SPARSE = [dateOf(14), dateOf(21)];

describe('F-52 two dates are two dates', () => {
  it('F-52 builds only the listed dates, and of the history what their windows need, all of it named in the plan', async () => {
    const world = await worldFrom(importedWorld());
    const id = await world.request({ dates: SPARSE, through: 'phase4' });
    await world.settle();
    expect(await world.backfill(id)).toMatchObject({ state: 'done', dates: { requested: 2 } });
    for (const table of ['team_context', 'zone_defense', 'shot_zones', 'daily_cache', 'feature_store'])
      expect(datesRun(world, table), table).toEqual(SPARSE);
    for (const table of ['team_offense', 'player_summary'])
      expect(datesRun(world, table), table).toEqual(PHASE3_DATES);
    const plan = await world.store.get<PlanDocument>(`${paths.backfillPlans(id)}/main`);
    const planned = (plan?.batches ?? [])
      .flatMap(({ table, dates }) => dates.map((date) => `${table}@${date}`))
      .sort();
    expect(Object.keys(computedRuns(world)).sort()).toEqual(planned);
    expect(new Set(Object.values(computedRuns(world)))).toEqual(new Set([1]));
  });

  it('F-52 builds nothing between the listed dates when the history is there', async () => {
    const before = await worldFrom(importedWorld());
    await before.request({ startDate: OPENING_NIGHT, endDate: DATES.at(-1) ?? '', through: 'phase3' });
    await before.settle();
    const world = makeWorld({ from: before });
    await world.request({ dates: SPARSE, through: 'phase4' });
    await world.settle();
    const names = ['zone_defense', 'shot_zones', 'daily_cache', 'feature_store'].flatMap((table) =>
      SPARSE.map((date) => `${table}@${date}`),
    );
    expect(Object.keys(computedRuns(world, before)).sort()).toEqual(names.sort());
    expect(PHASE4_DATES.length).toBeGreaterThan(SPARSE.length);
  });

  it('F-52 refuses a list over the cap as a whole', async () => {
    const world = await worldFrom(importedWorld());
    const dates = Array.from({ length: MAX_REQUEST_DATES + 1 }, (_, i) => addDays(OPENING_NIGHT, i));
    const id = await world.request({ dates });
    await world.settle();
    expect(await world.backfill(id)).toBeUndefined();
    expect(documentsIn(world, 'backfills')).toHaveLength(
      documentsIn(await importedWorld(), 'backfills').length,
    );
    expect(deadLettersIn(world)).toHaveLength(1);
    expect(deadLettersIn(world)[0]?.reason).toMatch(/dates/);
    expect(computedRuns(world)).toEqual({});

    const allowed = await world.request({
      dates: dates.slice(0, MAX_REQUEST_DATES),
      through: 'phase3',
      tables: ['team_offense'],
    });
    await world.settle();
    expect(await world.backfill(allowed)).toMatchObject({
      state: 'done',
      dates: { requested: DATES.length },
    });
  });

  it('F-52 a sparse list is these dates and no other', async () => {
    const world = makeWorld({ from: await builtWorld() });
    const before = runsIn(world);
    const dates = [dateOf(0), dateOf(21)];
    await world.request({ dates, tables: ['team_offense'], through: 'phase3', force: true, restate: 'none' });
    await world.settle();
    const ran = runSince(world, before);
    expect([...new Set(ran.map((name) => name.split('@')[1]))].sort()).toEqual(dates);
  });
});
