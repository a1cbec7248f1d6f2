import { describe, expect, it } from 'vitest';
import { backfillIdOf } from '../../shared/messages/backfill-id.ts';
import { BACKFILL_REQUEST_TOPIC } from '../../shared/derive/topic-names.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import { contentsOf } from '../support/at-rest.ts';
import { dateOf, PHASE4_DATES, SEASON } from '../support/toy-league.ts';
import { cleanWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import { makeWorld } from '../support/world.ts';
import { computedRuns, datesRun, runsOf, stateAt, worldFrom } from './pipeline.ts';

describe('F-53 phase 4 is not built on a phase 3 that is missing, unless a person says so', () => {
  it('F-53 plans the missing phase 3 when the request does not say where to begin', async () => {
    const world = await worldFrom(importedWorld());
    const request: BackfillRequest = {
      season: SEASON,
      through: 'phase4',
      tables: ['zone_defense', 'shot_zones'],
      requestId: 'without-from',
    };
    await world.publish(BACKFILL_REQUEST_TOPIC, request);
    await world.settle();
    expect(await world.backfill(backfillIdOf(request, ''))).toMatchObject({ state: 'done', noGo: [] });
    const clean = contentsOf(await cleanWorld(FIRST_SOURCES));
    for (const table of ['zone_defense', 'shot_zones']) {
      expect(datesRun(world, table), table).toEqual(PHASE4_DATES);
      for (const date of PHASE4_DATES)
        expect(contentsOf(world)[`${table}@${date}`], `${table}@${date}`).toBe(clean[`${table}@${date}`]);
    }
    expect(runsOf(world, 'team_offense').length).toBeGreaterThan(0);
  });

  it('F-53 refuses with the dates and the command when the request begins at phase 4, and starts after the command has been followed', async () => {
    const world = await worldFrom(importedWorld());
    const id = await world.request({ season: SEASON, from: 'phase4', through: 'phase4' });
    await world.settle();
    const backfill = await world.backfill(id);
    expect(backfill).toMatchObject({ state: 'done_with_failures', plannedRuns: 0 });
    expect(computedRuns(world)).toEqual({});
    const missing = backfill?.noGo.find(({ table }) => table === 'player_summary');
    expect(missing?.phase).toBe('phase3');
    expect(missing?.dates[0]).toBe(dateOf(0));
    expect(missing?.neededBy).toContain('shot_zones');
    const [first, last] = [missing?.dates[0], missing?.dates.at(-1)];
    expect(backfill?.verdict).toMatch(/^NO-GO: /);
    expect(backfill?.verdict).toContain(
      `player_summary is missing on ${missing?.dates.length} dates (${first} to ${last})`,
    );
    expect(backfill?.verdict).toContain(
      `fullcourt backfill --start ${first} --end ${last} --from phase3 --through phase3`,
    );

    const followed = makeWorld({ from: world });
    await followed.request({
      startDate: first ?? '',
      endDate: last ?? '',
      from: 'phase3',
      through: 'phase3',
    });
    await followed.settle();
    const again = await followed.request({
      startDate: first ?? '',
      endDate: last ?? '',
      from: 'phase4',
      through: 'phase4',
    });
    await followed.settle();
    expect(await followed.backfill(again)).toMatchObject({ state: 'done', noGo: [] });
  });

  it('F-53 builds what a person accepts without its inputs as partial, and says what was missing', async () => {
    const world = await worldFrom(importedWorld());
    const id = await world.request({
      season: SEASON,
      from: 'phase4',
      through: 'phase4',
      skipPreflight: { reason: 'a look at the shape' },
    });
    await world.settle();
    expect(await world.backfill(id)).toMatchObject({
      skipPreflight: { reason: 'a look at the shape' },
      noGo: [],
    });
    expect(runsOf(world).filter(({ phase }) => phase === 'phase3')).toEqual([]);
    for (const date of PHASE4_DATES) {
      const state = stateAt(world, 'shot_zones', date);
      expect(state?.status, date).toBe('partial');
      expect(state?.reason, date).toMatch(/accepted as missing: .*player_summary@/);
    }
    expect(
      runsOf(world, 'shot_zones')
        .flatMap(({ outcome }) => outcome ?? [])
        .every(({ status }) => status === 'partial'),
    ).toBe(true);
  });
});
