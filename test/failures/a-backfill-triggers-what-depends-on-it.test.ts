import { describe, expect, it } from 'vitest';
import { NO_FAULTS } from '../../functions/targets/simulated/faults.ts';
import { bootstrapReason } from '../../shared/domain/calendar.ts';
import { differences } from '../support/scenario.ts';
import { brokenPromises, contentsOf } from '../support/at-rest.ts';
import {
  computedRuns,
  datesRun,
  datesWith,
  runsByPartition,
  runsIn,
  runSince,
  stateIn,
} from '../support/look.ts';
import { worldFrom } from '../support/stepping.ts';
import {
  dateOf,
  DATES,
  PHASE3_DATES,
  PHASE4_DATES,
  SEASON,
  UNSOURCED_DATE,
  withChange,
  withMorePoints,
} from '../support/toy-league.ts';
import { COMPUTED_TABLES } from '../support/toy-tables.ts';
import { cleanWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

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

const PHASE4 = ['zone_defense', 'shot_zones', 'daily_cache', 'feature_store'];

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
      expect(stateIn(world, 'shot_zones', date)).toMatchObject({
        status: 'skipped',
        reason: bootstrapReason(SEASON),
        outputFingerprint: null,
      });
    }
    // What is known before the games of a date needs no box score of them.
    expect(stateIn(world, 'shot_zones', UNSOURCED_DATE)).toMatchObject({ status: 'success' });
    const backfill = await world.backfill(id);
    expect(backfill).toMatchObject({
      state: 'done',
      dates: { requested: 9, processable: 6, bootstrap: 3, unchanged: 1 },
    });
    const withoutLines = PHASE4_DATES.filter(
      (date) => !FIRST_SOURCES['odds_api_game_lines']?.some((row) => row['game_date'] === date),
    );
    expect(withoutLines.length).toBeGreaterThan(0);
    for (const date of withoutLines) expect(stateIn(world, 'team_context', date)?.status).toBe('success');
    expect(Object.values(computedRuns(world)).every((n) => n === 1)).toBe(true);
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('F-05 asks for no run of phase 4 when the request ends with phase 3, and for all of it when it goes on', async () => {
    const world = await worldFrom(importedWorld());
    await world.request({ season: SEASON, through: 'phase3' });
    await world.settle();
    expect(runsIn(world).filter(({ phase }) => phase === 'phase4')).toEqual([]);
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
    expect(runsByPartition(world, before)).toEqual({});
    expect(await world.backfill(again)).toMatchObject({
      state: 'done',
      plannedRuns: 0,
      dates: { processable: 9, unchanged: 9 },
    });
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

  it('F-05 one request builds phase 4 on every processable date, says why it leaves out the others, and goes no further', async () => {
    const world = makeWorld({ from: await importedWorld() });
    // One date is there already, and half of the dates have no lines, which are optional.
    await world.request({ dates: [dateOf(14)] });
    await world.settle();
    const before = runsIn(world);
    const id = await world.request({ season: SEASON, through: 'phase4' });
    await world.settle();

    expect(await world.backfill(id)).toMatchObject({
      state: 'done',
      dates: { requested: 9, processable: 9, bootstrap: 3 },
    });
    const ran = runSince(world, before);
    for (const table of PHASE4) {
      expect(ran.filter((name) => name.startsWith(table))).toEqual(
        PHASE4_DATES.slice(1).map((date) => `${table}@${date}`),
      );
      expect(datesWith(world, table, 'success')).toEqual(PHASE4_DATES);
      expect(datesWith(world, table, 'skipped')).toEqual(PHASE3_DATES.slice(0, 3));
      expect(stateIn(world, table, dateOf(0))?.reason).toBe(bootstrapReason(SEASON));
    }
    expect(stateIn(world, 'team_offense', UNSOURCED_DATE)).toMatchObject({
      status: 'empty',
      reason: 'source_unavailable',
      rows: 0,
    });
    expect(ran.every((name) => COMPUTED_TABLES.includes(name.split('@')[0] ?? ''))).toBe(true);
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('F-05 completions twice, late and out of order, and live news at the same time, end in the same state', async () => {
    const corrected = withChange(FIRST_SOURCES, 'nbac_player_boxscores', dateOf(15), withMorePoints);
    const world = makeWorld({
      from: await importedWorld(),
      seed: 5,
      workers: 2,
      faults: { ...NO_FAULTS, steps: 3000, pause: 0.4, duplicate: 0.5, delay: 0.5, loseAck: 0.2 },
    });
    world.later(0, () => world.request({ season: SEASON }));
    world.later(2000, async () => {
      await world.archiveRows(corrected);
      await world.ingest('nbac_player_boxscores', dateOf(15));
    });
    await world.settle();
    await world.request({ season: SEASON, from: 'phase2' });
    await world.settle();
    expect(await brokenPromises(world)).toEqual([]);
    expect(differences(world, await cleanWorld(corrected), () => true)).toEqual([]);
  });

  it('F-05 every run is announced, in every mode and with every status', async () => {
    const world = makeWorld({ from: await importedWorld() });
    world.warehouse.refuse('team_defense', dateOf(5), 'no such column');
    await world.request({ season: SEASON });
    await world.settle();
    for (const run of runsIn(world))
      expect(run, run.table).toMatchObject({ state: 'settled', followed: true });
  });
});
