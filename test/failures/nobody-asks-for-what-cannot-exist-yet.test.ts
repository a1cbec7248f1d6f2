import { describe, expect, it } from 'vitest';
import { DELIVERY } from '../../shared/derive/budgets.ts';
import { topics } from '../../shared/derive/topics.ts';
import { transient } from '../../shared/domain/failure.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { brokenPromises, contentsOf } from '../support/at-rest.ts';
import { computedRuns, deadLettersIn, documentsIn, runsIn, stateIn } from '../support/look.ts';
import { drain, sweepOnce, watchIntents, worldFrom } from '../support/stepping.ts';
import { DATES, PHASE3_DATES, SEASON } from '../support/toy-league.ts';
import {
  cleanWorld,
  FIRST_SOURCES,
  importedBeforeLastDate,
  importedWorld,
  LAST_DATE,
} from '../support/toy-worlds.ts';

const HOURS = 20;

describe('F-16 nobody keeps asking for what cannot exist yet', () => {
  it('F-16 F-54 asks for nothing of a date whose games are still to be played, for 20 hours of sweeps, and builds it once afterwards', async () => {
    const world = await worldFrom(importedBeforeLastDate());
    const id = await world.request({ season: SEASON });
    await world.settle();
    expect((await world.backfill(id))?.state).toBe('done');
    const before = await worldFrom(Promise.resolve(world));
    const intents = watchIntents(world);
    for (let minute = 0; minute < HOURS * 60; minute += 5) {
      await sweepOnce(world);
      world.advance(300);
    }
    expect(intents).toEqual([]);
    expect(computedRuns(world, before)).toEqual({});
    expect(deadLettersIn(world)).toEqual([]);
    expect(stateIn(world, 'team_offense', LAST_DATE)).toBeUndefined();

    // The games are over: their files come, and what they make possible follows, once.
    await world.archiveRows(FIRST_SOURCES);
    for (const table of ['nbac_game_results', 'nbac_player_boxscores']) {
      await world.ingest(table, LAST_DATE);
      await world.settle();
    }
    const runs = computedRuns(world, before);
    expect(runs[`team_offense@${LAST_DATE}`]).toBe(1);
    expect(Object.entries(runs).filter(([, count]) => count > 1)).toEqual([]);
    expect(stateIn(world, 'team_offense', LAST_DATE)?.status).toBe('success');
    expect(contentsOf(world)).toEqual(contentsOf(await cleanWorld(FIRST_SOURCES)));
  });

  it('F-16 stores that a live date waits, once, instead of failing it again and again', async () => {
    const world = await worldFrom(importedWorld());
    // Only the last date is built: what phase 4 reads before it is missing.
    await world.ingest('nbac_player_boxscores', LAST_DATE);
    await world.request({ dates: [LAST_DATE], through: 'phase3', restate: 'none' });
    await world.settle();
    const intents = watchIntents(world);
    const runs = runsIn(world).length;
    for (let hour = 0; hour < HOURS; hour++) {
      await sweepOnce(world);
      world.advance(3600);
    }
    expect(runsIn(world)).toHaveLength(runs);
    expect(intents).toEqual([]);
    expect(deadLettersIn(world)).toEqual([]);
    expect(runsIn(world).filter(({ lastError }) => lastError !== null)).toEqual([]);
  });

  it('F-16 F-17 tries a warehouse that is down for good as often as the policy says and no more, and sets the runs aside', async () => {
    const world = await worldFrom(importedWorld());
    const dates = PHASE3_DATES.slice(0, 3);
    let asked = 0;
    const stage: Warehouse['stage'] = (job) => {
      if (job.table.definition.name !== 'team_offense') return world.warehouse.stage(job);
      asked += 1;
      return Promise.resolve(transient('unavailable', 'the warehouse does not answer'));
    };
    const down = { warehouse: { ...world.warehouse, stage } };
    const id = await world.request({ dates, through: 'phase3', tables: ['team_offense'], restate: 'none' });
    for (let second = 0; second < 3 * 3600; second += 30) {
      await sweepOnce(world, down);
      world.advance(30);
    }
    const subscription = topics().find(({ name }) => name === 'nba-phase3-backfill')?.subscription;
    const runs = runsIn(world, 'team_offense');
    expect(runs).toHaveLength(1);
    expect(asked).toBe(subscription?.maxAttempts);
    expect(deadLettersIn(world)).toHaveLength(1);
    expect(deadLettersIn(world)[0]).toMatchObject({
      topic: 'nba-phase3-backfill',
      attempts: subscription?.maxAttempts,
      reason: 'unavailable: the warehouse does not answer',
    });
    for (const date of dates) expect(stateIn(world, 'team_offense', date)?.status, date).toBe('failed');
    expect((await world.backfill(id))?.state).toBe('done_with_failures');

    // It is back: one request for what failed, and it is there.
    const again = await world.request({ dates, through: 'phase3', tables: ['team_offense'], only: 'failed' });
    await world.settle();
    expect((await world.backfill(again))?.state).toBe('done');
    for (const date of dates) expect(stateIn(world, 'team_offense', date)?.status, date).toBe('success');
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('F-16 waits between the tries, longer each time', async () => {
    const world = await worldFrom(importedWorld());
    const at: number[] = [];
    const stage: Warehouse['stage'] = (job) => {
      if (job.table.definition.name !== 'team_offense') return world.warehouse.stage(job);
      at.push(world.now().getTime());
      return Promise.resolve(transient('unavailable', 'the warehouse does not answer'));
    };
    await world.request({ dates: [DATES[0] ?? ''], through: 'phase3', tables: ['team_offense'] });
    const down = { warehouse: { ...world.warehouse, stage } };
    for (let step = 0; step < 120; step++) {
      await drain(world, down);
      world.advance(1);
    }
    const waits = at.slice(1).map((time, i) => (time - (at[i] ?? 0)) / 1000);
    expect(waits).toHaveLength(DELIVERY.attempts - 1);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits.at(-1)).toBeGreaterThan(4 * (waits[0] ?? 0));
  });

  it('F-16 F-17 settles a date that has no source at all as empty, with its reason, and asks no more', async () => {
    const world = await worldFrom(importedWorld());
    await world.request({ season: SEASON });
    await world.settle();
    const empty = [
      ...documentsIn<{ date: string; tables: Record<string, { status: string; reason?: string }> }>(
        world,
        'phase3_completion',
      ),
    ].flatMap(({ date, tables }) =>
      tables['team_offense']?.status === 'empty' ? [[date, tables['team_offense'].reason]] : [],
    );
    expect(empty).toEqual([[expect.any(String) as string, 'source_unavailable']]);
    const runs = runsIn(world).length;
    for (let hour = 0; hour < HOURS; hour++) {
      await sweepOnce(world);
      world.advance(3600);
    }
    expect(runsIn(world)).toHaveLength(runs);
  });
});
