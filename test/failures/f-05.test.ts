import { describe, expect, it } from 'vitest';
import { bootstrapReason } from '../../shared/domain/calendar.ts';
import { brokenPromises, contentsOf } from '../support/at-rest.ts';
import { dateOf, DATES, PHASE4_DATES, SEASON, UNSOURCED_DATE } from '../support/toy-league.ts';
import { cleanWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import { NO_FAULTS } from '../../functions/targets/simulated/faults.ts';
import { makeWorld, type World } from '../support/world.ts';
import { computedRuns, datesRun, runsOf, stateAt, worldFrom } from './pipeline.ts';

const DONE = PHASE4_DATES[0] as (typeof DATES)[0];
/** Phase 4 is asked for on every date; three are bootstrap, one has no source, one is built already. */
async function withOneDone(): Promise<World> {
  const world = await worldFrom(importedWorld());
  await world.request({ season: SEASON, through: 'phase3' });
  await world.settle();
  await world.request({ dates: [DONE], from: 'phase4', through: 'phase4' });
  await world.settle();
  return world;
}

describe('F-05 a backfill tells everybody what it did', () => {
  it('F-05 runs the dates that are to be built, records why it leaves out the others, and asks for nothing past `through`', async () => {
    const before = await withOneDone();
    const world = makeWorld({ from: before });
    const id = await world.request({ season: SEASON, from: 'phase4', through: 'phase4' });
    await world.settle();
    for (const { definition } of world.registry.inPhase('phase4')) {
      expect(datesRun(world, definition.name, before), definition.name).toEqual(
        PHASE4_DATES.filter((date) => date !== DONE),
      );
    }
    for (const date of [0, 5, 11].map(dateOf)) {
      expect(stateAt(world, 'shot_zones', date)).toMatchObject({
        status: 'skipped',
        reason: bootstrapReason(SEASON),
        outputFingerprint: null,
      });
    }
    expect(stateAt(world, 'shot_zones', UNSOURCED_DATE)).toMatchObject({
      status: 'empty',
      reason: 'source_unavailable',
    });
    const backfill = await world.backfill(id);
    expect(backfill).toMatchObject({
      state: 'done',
      dates: { requested: 9, processable: 5, bootstrap: 3, unchanged: 1 },
    });
    const withoutLines = PHASE4_DATES.filter(
      (date) => !FIRST_SOURCES['odds_api_game_lines']?.some((row) => row['game_date'] === date),
    );
    expect(withoutLines.length).toBeGreaterThan(0);
    for (const date of withoutLines) expect(stateAt(world, 'team_context', date)?.status).toBe('success');
    expect(Object.values(computedRuns(world)).every((n) => n === 1)).toBe(true);
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('F-05 asks for no run of phase 4 when the request ends with phase 3, and for all of it when it goes on', async () => {
    const world = await worldFrom(importedWorld());
    await world.request({ season: SEASON, through: 'phase3' });
    await world.settle();
    expect(runsOf(world).filter(({ phase }) => phase === 'phase4')).toEqual([]);
    await world.request({ season: SEASON, through: 'phase4' });
    await world.settle();
    expect(datesRun(world, 'feature_store')).toEqual(PHASE4_DATES);
  });

  it('F-05 asks for no run at all when the same range is asked for again, under the same id or another', async () => {
    const before = await worldFrom(importedWorld());
    await before.request({ season: SEASON, requestId: 'first' });
    await before.settle();
    const world = makeWorld({ from: before });
    await world.request({ season: SEASON, requestId: 'first' });
    const again = await world.request({ season: SEASON, requestId: 'second' });
    await world.settle();
    expect(computedRuns(world, before)).toEqual({});
    expect(await world.backfill(again)).toMatchObject({ state: 'done', plannedRuns: 0 });
    expect(contentsOf(world)).toEqual(contentsOf(before));
  });

  it('F-05 comes to the same end when completions arrive twice, late, out of order, and from the live lane at the same time', async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const world = await worldFrom(importedWorld(), {
        seed,
        workers: 2,
        faults: { ...NO_FAULTS, steps: 1_000_000, duplicate: 0.5, delay: 0.5, pause: 0.3 },
      });
      const id = await world.request({ season: SEASON });
      world.later(500 * seed, async () => {
        await world.archiveRows({
          ...FIRST_SOURCES,
          odds_api_game_lines: [...(FIRST_SOURCES['odds_api_game_lines'] ?? [])].reverse(),
        });
        await world.ingest('odds_api_game_lines', DONE);
      });
      await world.settle();
      expect(contentsOf(world), `seed ${seed}`).toEqual(contentsOf(await cleanWorld(FIRST_SOURCES)));
      expect(await brokenPromises(world), `seed ${seed}`).toEqual([]);
      expect((await world.backfill(id))?.state).toBe('done');
    }
  });
});
