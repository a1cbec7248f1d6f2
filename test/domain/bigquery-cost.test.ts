/** What 900 dates cost in BigQuery: runs, jobs, bytes and price. The batches come from the planner. */
import { describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import {
  bigQueryBatchSize,
  dollarsOf,
  jobsOf,
  MINIMUM_BYTES,
  warehouseCost,
} from '../../shared/derive/bigquery-cost.ts';
import { batchesOf, type Batch } from '../../shared/domain/plan.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { isComputed, type Phase, isOncePerSeason } from '../../shared/domain/table.ts';

const registry = loadRegistry();

/** Five seasons of 180 game dates each. */
const SEASONS: readonly (readonly GameDate[])[] = [2019, 2020, 2021, 2022, 2023].map((year) =>
  Array.from({ length: 180 }, (_, i) => addDays(gameDate(`${year}-11-05`), i)),
);

function planOf(phases: readonly Phase[]): Batch[] {
  return registry.all
    .filter(({ definition }) => phases.includes(definition.phase) && isComputed(definition))
    .flatMap((table) =>
      SEASONS.flatMap((all) => {
        const { definition } = table;
        const dates = isOncePerSeason(definition) ? all.slice(0, 1) : all;
        return batchesOf(table, dates, bigQueryBatchSize);
      }),
    );
}

describe('the BigQuery plan of 900 dates', () => {
  it('of the six tables of phase 4 takes about a hundred jobs and cents', () => {
    const cost = warehouseCost(planOf(['phase4']), registry);
    console.log(
      `900 dates x 6 tables (phase 4): ${cost.runs} runs, ${cost.jobs} jobs, ${(cost.bytes / 2 ** 30).toFixed(2)} GiB charged, $${cost.dollars.toFixed(3)}`,
    );

    expect(cost.tables).toHaveLength(6);
    expect(cost.runs).toBe(30);
    expect(cost.jobs).toBe(120);
    expect(cost.bytes).toBeLessThan(20 * 2 ** 30);
    expect(cost.dollars).toBeLessThan(0.15);
  });

  it('of phases 3 and 4 takes about a hundred runs', () => {
    const cost = warehouseCost(planOf(['phase3', 'phase4']), registry);
    console.log(
      `900 dates x 11 tables (phases 3 and 4): ${cost.runs} runs, ${cost.jobs} jobs, ${(cost.bytes / 2 ** 30).toFixed(2)} GiB charged, $${cost.dollars.toFixed(3)}`,
    );

    expect(cost.tables).toHaveLength(11);
    expect(cost.runs).toBeLessThan(120);
    expect(cost.jobs).toBe(cost.runs * 4);
    expect(cost.dollars).toBeLessThan(0.3);
  });

  it('charges the minimum of every table that a job reads', () => {
    const table = registry.get('team_offense_game_summary');
    const jobs = jobsOf(table, 1, registry, () => 1);
    const sources = registry.all.filter(({ definition }) =>
      table.query?.includes(`${definition.dataset}.${definition.name}`),
    );

    expect(jobs.map(({ purpose }) => purpose)).toEqual(['stage', 'measure', 'publish', 'published']);
    expect(jobs[0]?.bytes).toBe(sources.length * MINIMUM_BYTES);
    expect(jobs.slice(1).map(({ bytes }) => bytes / MINIMUM_BYTES)).toEqual([2, 2, 1]);
    expect(dollarsOf(2 ** 40)).toBe(6.25);
  });

  it('loads a raw table in one job more', () => {
    expect(jobsOf(registry.get('nbac_schedule'), 250, registry).map(({ purpose }) => purpose)).toEqual([
      'load',
      'stage',
      'measure',
      'publish',
      'published',
    ]);
  });

  it('keeps the answer of a run below what a document holds', () => {
    for (const table of registry.all) {
      const { definition } = table;
      const hashes = isComputed(definition) && definition.games !== undefined;
      // About 40 bytes for each of 30 players in each of seven games: his name, a hash and the punctuation.
      if (hashes) expect(bigQueryBatchSize(table, 0) * 7 * 30 * 40).toBeLessThan(2 ** 20);
      else expect(bigQueryBatchSize(table, 0)).toBeLessThanOrEqual(250);
    }
  });
});
