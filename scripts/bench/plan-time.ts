/** How long it takes to plan a backfill of many tables and dates. */
import { performance } from 'node:perf_hooks';
import { EMBEDDED_POLICY } from '../../functions/targets/embedded/client.ts';
import { codeFingerprintOf } from '../../shared/domain/code-fingerprint.ts';
import { addDays, gameDate } from '../../shared/domain/game-date.ts';
import { planBackfill } from '../../shared/domain/plan.ts';
import { buildRegistry } from '../../shared/domain/registry.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { defineTable, type Input } from '../../shared/domain/table.ts';
import { previousDays, sameDate, seasonToDate } from '../../shared/domain/window.ts';
import type { View } from '../../shared/domain/view.ts';

/** Milliseconds to plan 1 000 dates of 50 tables, none built. */
export function planTime(): number {
  const tables = Array.from({ length: 50 }, (_, i) => {
    const inputs: Input[] =
      i === 0
        ? []
        : [
            {
              table: `table_${i - 1}`,
              window: [sameDate, seasonToDate, previousDays(30)][i % 3] ?? sameDate,
              required: true,
            },
          ];
    const definition = defineTable({
      name: `table_${i}`,
      dataset: 'nba_analytics',
      phase: 'phase3',
      description: 'A table.',
      timing: 'post_game',
      columns: {
        game_date: { type: 'DATE', description: 'Date.' },
        is_ready: { type: 'BOOL', description: 'Ready.' },
      },
      key: ['game_date'],
      partitionColumn: 'game_date',
      clusterBy: [],
      inputs,
      readinessColumn: 'is_ready',
      calculationVersion: 'v1',
    });
    return { definition, codeFingerprint: codeFingerprintOf(definition, ''), query: '', expectedQuery: '' };
  });
  const registryOf50 = buildRegistry(tables);
  const seasons = new Map<string, View['seasons'] extends ReadonlyMap<string, infer S> ? S : never>();
  for (let year = 2018; year < 2024; year++) {
    const opening = gameDate(`${year}-11-20`);
    const dates = Array.from({ length: 167 }, (_, i) => addDays(opening, i));
    seasons.set(seasonOf(opening), {
      calendar: {
        season: seasonOf(opening),
        openingNight: opening,
        dates,
        games: Object.fromEntries(dates.map((date) => [date, { games: 8, finalGames: 8 }])),
      },
      states: new Map(),
      gameHashes: new Map(),
      archives: new Map(),
    });
  }
  const view: View = { registry: registryOf50, seasons, today: gameDate('2026-01-01'), acceptMissing: false };
  const dates = [...seasons.values()].flatMap(({ calendar }) => calendar.dates).slice(0, 1000);
  const started = performance.now();
  const plan = planBackfill(
    view,
    { dates, from: 'phase3', through: 'phase3', only: 'all', force: false },
    EMBEDDED_POLICY.batchSize,
  );
  const ms = performance.now() - started;
  if (plan.batches.reduce((sum, batch) => sum + batch.dates.length, 0) !== 50_000)
    throw new Error('The plan is not whole');
  return ms;
}
