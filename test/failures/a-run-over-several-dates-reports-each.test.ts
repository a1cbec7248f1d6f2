import { describe, expect, it } from 'vitest';
import type { CompletionDocument } from '../../shared/state/documents.ts';
import { brokenPromises } from '../support/at-rest.ts';
import { datesWith, runsIn, stateIn } from '../support/look.ts';
import { drain, worldFrom } from '../support/stepping.ts';
import { dateOf, DATES, PHASE3_DATES, SEASON } from '../support/toy-league.ts';
import { importedWorld } from '../support/toy-worlds.ts';
import { makeWorld } from '../support/world.ts';

describe('F-21 a run over several dates reports each of them', () => {
  it('F-21 completes the document of every date of a three-date run', async () => {
    const world = await worldFrom(importedWorld(), { policy: { batchSize: () => 3 } });
    const dates = PHASE3_DATES.slice(0, 3);
    await world.request({ dates, through: 'phase3', tables: ['team_offense'] });
    await drain(world);
    const runs = runsIn(world, 'team_offense');
    expect(runs).toHaveLength(1);
    expect(runs[0]?.dates.map(({ date }) => date)).toEqual(dates);
    expect(runs[0]?.outcome?.map(({ date, status }) => [date, status])).toEqual(
      dates.map((date) => [date, 'success']),
    );
    for (const date of dates) {
      const document = await world.store.get<CompletionDocument>(`phase3_completion/${date}`);
      expect(document?.tables['team_offense'], date).toMatchObject({
        status: 'success',
        runId: runs[0]?.runId,
        rows: runs[0]?.outcome?.find((each) => each.date === date)?.rows,
      });
      expect(document?.tables['team_offense']?.rows, date).toBe(
        document?.tables['team_offense']?.expectedRows,
      );
      expect(document?.tables['team_defense']?.status, date).toBe('success');
    }
    const fingerprints = new Set(runs[0]?.outcome?.map(({ outputFingerprint }) => outputFingerprint));
    expect(fingerprints.size).toBe(3);
  });

  it('F-21 a date that fails in the middle fails alone', async () => {
    const world = makeWorld({ from: await importedWorld(), policy: { batchSize: () => 9 } });
    world.warehouse.refuse('team_offense', dateOf(14), 'division by zero');
    const id = await world.request({ season: SEASON, through: 'phase3' });
    await world.settle();
    expect(datesWith(world, 'team_offense', 'failed')).toEqual([dateOf(14)]);
    expect(datesWith(world, 'team_offense', 'success')).toEqual(
      PHASE3_DATES.filter((date) => date !== dateOf(14)),
    );
    // What reads that date is blocked and says so: the same date, and every later one of a season-to-date window.
    expect(datesWith(world, 'team_defense', 'blocked')).toEqual([dateOf(14)]);
    expect(datesWith(world, 'team_context', 'blocked')).toEqual(DATES.filter((date) => date > dateOf(14)));
    expect(stateIn(world, 'team_context', dateOf(15))?.waitingFor).toContain(`team_offense@${dateOf(14)}`);
    expect(datesWith(world, 'team_context', 'success')).toEqual(
      PHASE3_DATES.filter((date) => date <= dateOf(14)),
    );
    expect(await world.backfill(id)).toMatchObject({ state: 'done_with_failures' });
    expect(await brokenPromises(world)).toEqual([]);
  });
});
