import { expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { embeddedBatchSize } from '../../functions/targets/embedded/batch-size.ts';
import { bigQueryBatchSize } from '../../shared/derive/bigquery-cost.ts';
import { addDays, gameDate } from '../../shared/domain/game-date.ts';
import { batchesOf, cutInBatches, type BatchSize } from '../../shared/domain/plan.ts';

const registry = loadRegistry();
const SEASON = Array.from({ length: 212 }, (_, i) => addDays(gameDate('2023-10-24'), i));

const sizes = (table: string, batchSize: BatchSize): number[] =>
  batchesOf(registry.get(table), SEASON, batchSize).map(({ dates }) => dates.length);

it.each([
  [
    'a computed table by DuckDB: a small batch that shows progress, then the rest',
    'player_game_summary',
    embeddedBatchSize,
    [15, 197],
  ],
  ['a raw table by DuckDB: all at once', 'nbac_player_boxscores', embeddedBatchSize, [212]],
  [
    'on BigQuery, where each run is charged for: all at once',
    'ml_feature_store_v2',
    bigQueryBatchSize,
    [212],
  ],
  [
    'on BigQuery with hashes of games, which have to fit into a document',
    'player_game_summary',
    bigQueryBatchSize,
    [60, 60, 60, 32],
  ],
] as const)('cuts a season of %s', (_what, table, batchSize, expected) => {
  expect(sizes(table, batchSize)).toEqual(expected);
});

it.each([embeddedBatchSize, bigQueryBatchSize])(
  'keeps every date once and in order, for any number of dates (%#)',
  (batchSize) => {
    for (const { definition } of registry.all)
      for (const n of [0, 1, 14, 15, 16, 60, 61, 212]) {
        const dates = SEASON.slice(0, n);
        const parts = cutInBatches(registry.get(definition.name), dates, batchSize);
        expect(parts.flat()).toEqual(dates);
        expect(parts.every((part) => part.length > 0)).toBe(true);
      }
  },
);

it('takes at least one date, whatever the size says', () => {
  expect(cutInBatches(registry.get('nbac_schedule'), SEASON.slice(0, 3), () => 0)).toHaveLength(3);
});
