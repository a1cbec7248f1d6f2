/** Rows of a computed table with a value out of its range: they are set aside, unless they are too many of too many games. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stageInRange } from '../../functions/steps/in-range.ts';
import { openWarehouse, type DuckDbWarehouse } from '../../shared/adapters/embedded/duckdb-warehouse.ts';
import { audit, type AuditVerdict } from '../../shared/domain/audit.ts';
import { codeFingerprintOf } from '../../shared/domain/code-fingerprint.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { buildRegistry } from '../../shared/domain/registry.ts';
import { defineRawTable, defineTable } from '../../shared/domain/table.ts';
import { sameDate } from '../../shared/domain/window.ts';

const text = { type: 'STRING', description: 'a name' } as const;
const base = {
  description: 'Points.',
  timing: 'post_game' as const,
  key: ['game_id', 'player'],
  clusterBy: [],
  partitionColumn: 'game_date',
  calculationVersion: 'v1',
};
const columns = { game_id: text, game_date: { type: 'DATE', description: 'date' }, player: text } as const;
const points = defineRawTable({
  ...{ ...base, name: 'points', inputs: [] },
  columns: { ...columns, points: { type: 'INT64', nullable: true, description: 'points' } },
});
const rates = defineTable({
  ...{ ...base, name: 'rates', dataset: 'nba_analytics', phase: 'phase3', readinessColumn: 'is_ready' },
  inputs: [{ table: 'points', window: sameDate, required: true }],
  columns: {
    ...columns,
    rate: { type: 'FLOAT64', decimals: 2, min: 0, max: 1, description: 'a share' },
    is_ready: { type: 'BOOL', description: 'ready' },
  },
});
const QUERY = `SELECT game_id, game_date, player, points / 100 AS rate, TRUE AS is_ready
  FROM nba_raw.points WHERE game_date BETWEEN @start_date AND @end_date`;
const registry = buildRegistry([
  { definition: points, codeFingerprint: codeFingerprintOf(points, undefined) },
  { definition: rates, codeFingerprint: codeFingerprintOf(rates, QUERY), query: QUERY },
]);

let warehouse: DuckDbWarehouse;
let day: GameDate = gameDate('2024-01-10');
beforeAll(async () => {
  warehouse = await openWarehouse(registry, { path: ':memory:', threads: 1 });
  await warehouse.prepare();
});
afterAll(() => warehouse.close());

/** Publishes 20 players in each of two games with these points, and says what the audit makes of the rates. */
async function verdictOn(wrong: Readonly<Record<string, number | null>>): Promise<AuditVerdict> {
  day = addDays(day, 1);
  const rows = ['g1', 'g2'].flatMap((game_id) =>
    Array.from({ length: 20 }, (_, i) => {
      const player = `${game_id} p${i}`;
      return { game_id, game_date: day, player, points: player in wrong ? (wrong[player] ?? null) : 50 };
    }),
  );
  const dates = [day];
  const raw = await warehouse.stage({
    table: registry.get('points'),
    runId: `r${day}`,
    dates,
    readStart: day,
    rows,
  });
  if (!raw.ok) throw new Error(raw.failure.detail);
  await warehouse.publish({ staged: raw.value, dates, token: 1, mode: 'live', processedAt: new Date(0) });
  await warehouse.discard(raw.value);
  const staged = await stageInRange(warehouse, {
    table: registry.get('rates'),
    runId: `c${day}`,
    dates,
    readStart: day,
  });
  if (!staged.ok) throw new Error(staged.failure.detail);
  const [found] = staged.value.dates;
  await warehouse.discard(staged.value);
  if (found === undefined) throw new Error('nothing staged');
  return audit(rates, found, 0, false);
}

describe('rows of a computed table', () => {
  it.each<[string, Record<string, number | null>, AuditVerdict]>([
    ['all in range', {}, { kind: 'publish', status: 'success' }],
    [
      'one of them out of range',
      { 'g1 p0': -1 },
      {
        kind: 'publish',
        status: 'partial',
        reason:
          'out_of_range: 1 of 40 rows set aside: below_0(rate) in 1 row; rows_missing: 39 of 40 rows, 2 of 2 games',
      },
    ],
    [
      'many of one game out of range',
      Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`g2 p${i}`, 101])),
      {
        kind: 'publish',
        status: 'partial',
        reason:
          'out_of_range: 10 of 40 rows set aside: above_1(rate) in 10 rows; rows_missing: 30 of 40 rows, 2 of 2 games',
      },
    ],
    [
      'more than 5 % of two games out of range',
      { 'g1 p0': -1, 'g1 p1': -1, 'g2 p0': 101 },
      { kind: 'refuse', reason: 'audit: above_1(rate) in 1 row, below_0(rate) in 2 rows' },
    ],
    [
      'one without a value that it must have',
      { 'g1 p0': null },
      { kind: 'refuse', reason: 'audit: null(rate) in 1 row' },
    ],
  ])('%s', async (_, wrong, verdict) => {
    expect(await verdictOn(wrong)).toEqual(verdict);
  });
});
