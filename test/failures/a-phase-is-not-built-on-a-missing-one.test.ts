import { describe, expect, it } from 'vitest';
import { BACKFILL_REQUEST_TOPIC } from '../../shared/derive/topic-names.ts';
import { backfillIdOf } from '../../shared/messages/backfill-id.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import { brokenPromises, contentsOf } from '../support/at-rest.ts';
import { computedRuns, datesRun, datesWith, runsIn, runSince, stateIn } from '../support/look.ts';
import { worldFrom } from '../support/stepping.ts';
import { dateOf, PHASE3_DATES, PHASE4_DATES, SEASON } from '../support/toy-league.ts';
import { cleanWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import { makeWorld } from '../support/world.ts';

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
    expect(runsIn(world, 'team_offense').length).toBeGreaterThan(0);
  });

  it('F-53 refuses with the dates and the command when the request begins at phase 4, and starts after the command has been followed', async () => {
    const world = await worldFrom(importedWorld());
    const id = await world.request({ season: SEASON, from: 'phase4', through: 'phase4' });
    await world.settle();
    const backfill = await world.backfill(id);
    expect(backfill).toMatchObject({ state: 'refused', plannedRuns: 0 });
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
    expect(runsIn(world).filter(({ phase }) => phase === 'phase3')).toEqual([]);
    for (const date of PHASE4_DATES) {
      const state = stateIn(world, 'shot_zones', date);
      expect(state?.status, date).toBe('partial');
      expect(state?.reason, date).toMatch(/accepted as missing: .*player_summary@/);
    }
    expect(
      runsIn(world, 'shot_zones')
        .flatMap(({ outcome }) => outcome ?? [])
        .every(({ status }) => status === 'partial'),
    ).toBe(true);
  });

  it('F-53 phase 4 over dates whose phase 3 is missing is refused, with the list and the command', async () => {
    const world = makeWorld({ from: await importedWorld() });
    await world.request({ dates: PHASE3_DATES.slice(0, 4), through: 'phase3' });
    await world.settle();
    const before = runsIn(world);
    const id = await world.request({ dates: [dateOf(19)], from: 'phase4' });
    await world.settle();
    const backfill = await world.backfill(id);
    expect(backfill).toMatchObject({ state: 'refused', plannedRuns: 0 });
    const missing = PHASE3_DATES.filter((date) => date > dateOf(14) && date < dateOf(19));
    expect(backfill?.noGo.map(({ table, dates }) => [table, dates])).toEqual(
      expect.arrayContaining(
        ['player_summary', 'team_defense', 'team_offense'].map((table) => [table, missing]),
      ),
    );
    expect(backfill?.verdict).toContain(
      `fullcourt backfill --start ${missing[0]} --end ${missing.at(-1)} --from phase3 --through phase3`,
    );
    expect(runSince(world, before)).toEqual([]);
  });

  it('F-53 asked from phase 3, the plan contains whatever phase 4 needs, from the beginning of the season', async () => {
    const world = makeWorld({ from: await importedWorld() });
    const id = await world.request({ dates: [dateOf(21)] });
    await world.settle();
    expect(await world.backfill(id)).toMatchObject({ state: 'done' });
    expect(datesWith(world, 'player_summary', 'success')).toEqual(PHASE3_DATES);
    expect(datesWith(world, 'feature_store', 'success')).toEqual([dateOf(21)]);
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('F-53 a person who skips the preflight gets partial partitions that say what is missing in them', async () => {
    const world = makeWorld({ from: await importedWorld() });
    world.warehouse.refuse('player_summary', dateOf(5), 'no such column');
    await world.request({ season: SEASON });
    await world.settle();
    expect(datesWith(world, 'daily_cache', 'blocked')).toEqual(PHASE4_DATES);
    const id = await world.request({
      season: SEASON,
      from: 'phase4',
      skipPreflight: { reason: 'the season is long over' },
    });
    await world.settle();
    const backfill = await world.backfill(id);
    expect(backfill).toMatchObject({ state: 'done', skipPreflight: { reason: 'the season is long over' } });
    for (const date of PHASE4_DATES) {
      expect(stateIn(world, 'daily_cache', date)).toMatchObject({
        status: 'partial',
        reason: expect.stringContaining(`accepted as missing: player_summary@${dateOf(5)}`) as string,
      });
    }
    expect(datesWith(world, 'zone_defense', 'success')).toEqual(PHASE4_DATES);
    expect(await brokenPromises(world)).toEqual([]);
  });
});
