/** Equal rows have equal fingerprints, hashes and audits on every warehouse, odd values included. */
import { describe, expect, it } from 'vitest';
import { openWarehouse } from '../../shared/adapters/embedded/duckdb-warehouse.ts';
import { bigQueryWarehouse } from '../../shared/adapters/gcp/bigquery-warehouse.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { buildRegistry } from '../../shared/domain/registry.ts';
import { defineTable } from '../../shared/domain/table.ts';
import type { Row, StagedDate, Warehouse } from '../../shared/ports/warehouse.ts';
import { findPythonTool, isMissing } from '../../scripts/tools/find.ts';
import { startBigQueryServer } from '../support/bigquery-server/index.ts';
import { cloudAt, PROJECT } from '../support/bigquery-warehouses.ts';
import { ownProject, sharedEmulator } from '../support/run-emulators.ts';

const D1 = gameDate('1962-03-02');
const D2 = gameDate('2024-02-29');
const AT = new Date('2026-01-01T00:00:00Z');

const odd = {
  definition: defineTable({
    name: 'odd',
    dataset: 'nba_analytics',
    phase: 'phase3',
    description: 'Values that engines like to disagree about.',
    timing: 'post_game',
    columns: {
      id: { type: 'STRING', description: 'which' },
      day: { type: 'DATE', description: 'date' },
      born: { type: 'DATE', nullable: true, description: 'another date' },
      text: { type: 'STRING', nullable: true, description: 'text' },
      whole: { type: 'INT64', nullable: true, description: 'whole number' },
      none: { type: 'FLOAT64', decimals: 0, nullable: true, description: 'no decimals' },
      two: { type: 'FLOAT64', decimals: 2, nullable: true, description: 'two decimals' },
      four: { type: 'FLOAT64', decimals: 4, nullable: true, description: 'four decimals' },
      flag: { type: 'BOOL', nullable: true, description: 'flag' },
      seen_at: { type: 'TIMESTAMP', nullable: true, description: 'time' },
      ready: { type: 'BOOL', description: 'ready' },
    },
    key: ['id'],
    partitionColumn: 'day',
    clusterBy: [],
    readinessColumn: 'ready',
    games: { entityColumn: 'id' },
    inputs: [],
    calculationVersion: 'v1',
  }),
  codeFingerprint: 'odd',
};
const registry = buildRegistry([odd]);

const VALUES: readonly Row[] = [
  {},
  { text: '', whole: 0, none: 0, two: 0, four: 0, flag: false, seen_at: '1970-01-01T00:00:00.000Z' },
  { text: '~', whole: -1, none: -0, two: -0, four: -0, flag: true },
  {
    text: 'Dončić, Nikola Jokić 🏀 “quoted” \\ \'it\' "x" \t\n',
    born: '1946-11-01',
    seen_at: '1969-12-31T23:59:59.999Z',
  },
  { text: 'a\u001f=b', born: '1969-12-31', seen_at: '2024-02-29T23:59:59.123Z' },
  { whole: Number.MAX_SAFE_INTEGER, none: 1e15, two: 123456789.125, four: 99999.99995 },
  { whole: -Number.MAX_SAFE_INTEGER, none: -1e15, two: -0.005, four: -0.00005 },
  { none: 0.5, two: 0.005, four: 0.00005 },
  { none: 1.5, two: 1.005, four: 2.00015 },
  { none: 2.5, two: 2.675, four: 0.1 + 0.2 },
  { none: -2.5, two: -1.255, four: 1 / 3 },
  { none: 1e-9, two: 1e-300, four: 5e-324 },
];
const ROWS: readonly Row[] = [D1, D2].flatMap((day) =>
  VALUES.map((value, i) => ({ id: `row-${i}`, day, ready: i % 2 === 0, ...value })),
);

async function stagedBy(warehouse: Warehouse): Promise<readonly StagedDate[]> {
  await warehouse.prepare();
  const dates = [D1, D2];
  const staged = await warehouse.stage({
    table: odd,
    runId: 'run',
    token: 1,
    dates,
    readStart: D1,
    rows: ROWS,
  });
  if (!staged.ok) throw new Error(`${staged.failure.code}: ${staged.failure.detail}`);
  const published = await warehouse.publish({
    staged: staged.value,
    dates,
    token: 1,
    mode: 'live',
    processedAt: AT,
  });
  if (!published.ok) throw new Error(published.failure.detail);
  expect(await warehouse.readBack(staged.value, dates)).toEqual({ ok: true, value: [] });
  const read = await warehouse.published(odd, dates);
  expect(read.ok && read.value.map(({ fingerprint }) => fingerprint)).toEqual(
    staged.value.dates.map(({ fingerprint }) => fingerprint),
  );
  return staged.value.dates;
}

async function byDuckDb(): Promise<readonly StagedDate[]> {
  const warehouse = await openWarehouse(registry, { path: ':memory:', threads: 1 });
  try {
    return await stagedBy(warehouse);
  } finally {
    warehouse.close();
  }
}

describe('odd values', () => {
  it('are measured alike by DuckDB and by BigQuery with its limits', async () => {
    const server = await startBigQueryServer({ project: PROJECT, now: () => AT.getTime() });
    try {
      const found = await stagedBy(bigQueryWarehouse(cloudAt(server.host), registry, { clock: () => AT }));

      expect(found).toEqual(await byDuckDb());
      expect(found.map(({ rows }) => rows)).toEqual([VALUES.length, VALUES.length]);
      expect(new Set(Object.values(found[0]?.gameHashes ?? {})).size).toBe(VALUES.length);
    } finally {
      await server.stop();
    }
  });

  it.skipIf(isMissing(findPythonTool('bqemulator')))(
    'are measured alike by DuckDB and by bqemulator',
    async () => {
      const cloud = cloudAt(await sharedEmulator('bigquery'), '', ownProject('odd'));
      expect(await stagedBy(bigQueryWarehouse(cloud, registry))).toEqual(await byDuckDb());
    },
  );
});
