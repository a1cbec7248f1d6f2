import { describe, expect, it } from 'vitest';
import { TABLE_GONE } from '../../functions/control/count-rows.ts';
import { permanent } from '../../shared/domain/failure.ts';
import type { RowRange, Warehouse } from '../../shared/ports/warehouse.ts';
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { brokenPromises, contentsOf } from '../support/at-rest.ts';
import { computedRuns, datesRun, datesWith, stateIn } from '../support/look.ts';
import { dateOf, PHASE3_DATES, SEASON, UNSOURCED_DATE } from '../support/toy-league.ts';
import { builtWorld } from '../support/toy-worlds.ts';
import { drain, worldFrom } from '../support/stepping.ts';

describe('F-08 what is missing is found however long ago it was', () => {
  it('F-08 reopens exactly the rows that have vanished from the beginning of the season, and a backfill builds exactly these', async () => {
    const before = await builtWorld();
    const world = await worldFrom(builtWorld());
    // Months lie between these dates and the clock of the world.
    const vanished = PHASE3_DATES.slice(0, 3);
    for (const date of vanished) world.warehouse.truncate('team_defense', date, 0);
    await world.publish(SWEEP_TOPIC, { reconcile: true });
    await drain(world);
    for (const date of PHASE3_DATES)
      expect(stateIn(world, 'team_defense', date)?.reopened, date).toBe(vanished.includes(date) ? 1 : 0);

    const id = await world.request({ season: SEASON });
    await world.settle();
    expect((await world.backfill(id))?.state).toBe('done');
    expect(contentsOf(world)).toEqual(contentsOf(before));
    expect(datesRun(world, 'team_defense', before)).toEqual(vanished);
    // What read the lost rows of the third date is built again with them, and nothing else is.
    const readers = [dateOf(14), dateOf(15)].map((date) => `zone_defense@${date}`);
    expect(computedRuns(world, before)).toEqual(
      Object.fromEntries(
        [...vanished.map((date) => `team_defense@${date}`), ...readers].map((name) => [name, 1]),
      ),
    );
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('F-08 finds it beside a table that is gone, and tells of that table', async () => {
    const world = await worldFrom(builtWorld());
    const vanished = PHASE3_DATES[0] ?? expect.fail();
    world.warehouse.truncate('team_defense', vanished, 0);
    const isGone = ({ table }: RowRange): boolean => table.definition.name === 'player_summary';
    const rowCounts: Warehouse['rowCounts'] = (ranges) =>
      ranges.some(isGone)
        ? Promise.resolve(permanent(TABLE_GONE, 'Not found: Table player_summary'))
        : world.warehouse.rowCounts(ranges);
    await world.publish(SWEEP_TOPIC, { reconcile: true });
    await world.handle(SWEEP_TOPIC, { warehouse: { ...world.warehouse, rowCounts } });
    expect(stateIn(world, 'team_defense', vanished)?.reopened).toBe(1);
    const told = world.events.filter(({ event }) => event === 'reconcile_failed');
    expect(told.map(({ detail }) => detail)).toEqual(['Not found: Table player_summary']);
  });

  it('F-08 does not take a date for missing that has no source', async () => {
    const before = await builtWorld();
    const world = await worldFrom(builtWorld());
    await world.publish(SWEEP_TOPIC, { reconcile: true });
    await world.settle();
    expect(datesWith(world, 'team_defense', 'empty')).toEqual([UNSOURCED_DATE]);
    expect(computedRuns(world, before)).toEqual({});
  });
});
