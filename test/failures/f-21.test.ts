import { describe, expect, it } from 'vitest';
import type { CompletionDocument } from '../../shared/state/documents.ts';
import { PHASE3_DATES } from '../support/toy-league.ts';
import { importedWorld } from '../support/toy-worlds.ts';
import { drain, runsOf, worldFrom } from './pipeline.ts';

describe('F-21 a run over several dates reports each of them', () => {
  it('F-21 completes the document of every date of a three-date run', async () => {
    const world = await worldFrom(importedWorld(), { policy: { batchSize: () => 3 } });
    const dates = PHASE3_DATES.slice(0, 3);
    await world.request({ dates, through: 'phase3', tables: ['team_offense'] });
    await drain(world);
    const runs = runsOf(world, 'team_offense');
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
      });
      expect(document?.tables['team_offense']?.rows, date).toBe(
        document?.tables['team_offense']?.expectedRows,
      );
      expect(document?.tables['team_defense']?.status, date).toBe('success');
    }
    const fingerprints = new Set(runs[0]?.outcome?.map(({ outputFingerprint }) => outputFingerprint));
    expect(fingerprints.size).toBe(3);
  });
});
