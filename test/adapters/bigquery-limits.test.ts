/**
 * A backfill of 900 dates and five tables through the adapter, on a BigQuery that enforces its limits: none is met. Rows
 * are few and time is the test's; statements, queues and partitions are what they would be.
 */
import { describe, expect, it } from 'vitest';
import { bigQueryWarehouse } from '../../shared/adapters/gcp/bigquery-warehouse.ts';
import { bigQueryClient } from '../../shared/adapters/gcp/clients.ts';
import { bigQueryBatchSize } from '../../shared/derive/bigquery-cost.ts';
import { cutInBatches } from '../../shared/domain/plan.ts';
import { codeFingerprintOf } from '../../shared/domain/code-fingerprint.ts';
import type { Result } from '../../shared/domain/failure.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import type { Mode } from '../../shared/domain/partition.ts';
import { buildRegistry, type RegisteredTable } from '../../shared/domain/registry.ts';
import { defineRawTable, defineTable, isRaw } from '../../shared/domain/table.ts';
import { seasonToDate } from '../../shared/domain/window.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { startBigQueryServer, type BigQueryServer } from '../support/bigquery-server/index.ts';
import { LIMITS } from '../support/bigquery-server/limits.ts';
import { cloudAt, PROJECT } from '../support/bigquery-warehouses.ts';

const AT = new Date('2026-01-01T00:00:00Z');

const games: RegisteredTable = {
  definition: defineRawTable({
    name: 'games',
    description: 'One row for each date.',
    timing: 'post_game',
    columns: {
      game_date: { type: 'DATE', description: 'date' },
      team: { type: 'STRING', description: 'team' },
      points: { type: 'INT64', description: 'points' },
    },
    key: ['team'],
    partitionColumn: 'game_date',
    clusterBy: ['team'],
    inputs: [],
    calculationVersion: 'v1',
  }),
  codeFingerprint: 'raw',
};

/** Five tables of one phase, each with what was known before a date. */
const computed = ['zones', 'shots', 'cache', 'factors', 'features'].map((name): RegisteredTable => {
  const definition = defineTable({
    name,
    dataset: 'nba_precompute',
    phase: 'phase4',
    description: 'Mean points of a team before a date.',
    timing: 'pre_game',
    columns: {
      game_date: { type: 'DATE', description: 'date' },
      team: { type: 'STRING', description: 'team' },
      points_before: { type: 'FLOAT64', decimals: 2, nullable: true, description: 'mean before' },
      is_ready: { type: 'BOOL', description: 'ready' },
    },
    key: ['team'],
    partitionColumn: 'game_date',
    clusterBy: ['team'],
    readinessColumn: 'is_ready',
    inputs: [{ table: 'games', window: seasonToDate, required: true }],
    calculationVersion: 'v1',
  });
  const query = `
    SELECT game_date, team, AVG(points) OVER before AS points_before, COUNT(points) OVER before > 0 AS is_ready
    FROM nba_raw.games WHERE game_date BETWEEN @read_start AND @end_date
    WINDOW before AS (PARTITION BY team ORDER BY game_date ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`;
  return { definition, query, codeFingerprint: codeFingerprintOf(definition, query) };
});
const registry = buildRegistry([games, ...computed]);

const SEASONS = [2019, 2020, 2021, 2022, 2023].map((year) =>
  Array.from({ length: 180 }, (_, i) => addDays(gameDate(`${year}-11-05`), i)),
);

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.detail}`);
  return result.value;
}

interface Run {
  readonly table: RegisteredTable;
  readonly dates: readonly GameDate[];
  readonly mode: Mode;
}

/** What a run handler does with the warehouse. */
async function carryOut(warehouse: Warehouse, run: Run, number: number): Promise<void> {
  const { table, dates, mode } = run;
  const [first] = dates;
  if (first === undefined) return;
  const isLoaded = isRaw(table.definition);
  const staged = valueOf(
    await warehouse.stage({
      table,
      runId: `run-${number}`,
      token: number,
      mode,
      dates,
      readStart: first,
      ...(isLoaded ? { rows: dates.map((date) => ({ game_date: date, team: 'BOS', points: 100 })) } : {}),
    }),
  );
  expect(staged.dates.map(({ rows }) => rows)).toEqual(dates.map(() => 1));
  valueOf(await warehouse.publish({ staged, dates, token: number, mode, processedAt: AT }));
  expect(valueOf(await warehouse.readBack(staged, dates))).toEqual([]);
  await warehouse.discard(staged);
}

/** Carries out all runs, `atOnce` of them at a time, each table's in their order. */
async function inParallel(warehouse: Warehouse, runs: readonly Run[], atOnce: number): Promise<void> {
  const waiting = runs.map((run, i) => [run, i + 1] as const);
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        await carryOut(warehouse, ...next);
    }),
  );
}

/** A server whose time goes on by `ms` with every statement. */
async function serverAt(ms: number): Promise<BigQueryServer> {
  let time = AT.getTime();
  return startBigQueryServer({
    project: PROJECT,
    now: () => time,
    pause: async () => {
      time += ms;
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
}

describe('a backfill of 900 dates and five tables', () => {
  it('meets no limit of BigQuery', async () => {
    const server = await serverAt(100);
    try {
      const warehouse = bigQueryWarehouse(cloudAt(server.host), registry, {
        clock: () => AT,
        sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 5))),
      });
      await warehouse.prepare();
      const runsOf = (table: RegisteredTable, mode: Mode): Run[] =>
        SEASONS.flatMap((dates) => {
          return cutInBatches(table, dates, bigQueryBatchSize).map((part) => ({ table, dates: part, mode }));
        });
      const tonight = gameDate('2024-12-25');
      const raw = runsOf(games, 'backfill');
      await inParallel(warehouse, [...raw, { table: games, dates: [tonight], mode: 'live' }], 4);
      const prepared = server.jobs().length;
      const backfill = computed.flatMap((table) => runsOf(table, 'backfill'));
      // Tonight's games come in the middle of it, into the same tables.
      const live = computed.map((table): Run => ({ table, dates: [tonight], mode: 'live' }));
      await inParallel(warehouse, [...backfill.slice(0, 10), ...live, ...backfill.slice(10)], 8);
      const jobs = server.jobs().length - prepared;
      const failed = server.jobs().filter(({ error }) => error !== undefined);
      const usage = [...server.limits.usage()].filter(([table]) => table.startsWith('nba_precompute.'));
      const billed = server.jobs().reduce((sum, { outcome }) => sum + (outcome?.bytesBilled ?? 0), 0);
      console.log(
        `900 dates x 5 tables: ${backfill.length} runs, ${jobs - live.length * 4} jobs, ${(billed / 2 ** 30).toFixed(2)} GiB charged, ` +
          `at most ${Math.max(...usage.map(([, { peakOutstanding }]) => peakOutstanding))} statement(s) at a table at once`,
      );

      expect(server.limits.broken()).toEqual([]);
      expect(failed).toEqual([]);
      expect(jobs).toBe((backfill.length + live.length) * 4);
      expect(backfill.length * 4).toBeLessThan(200);
      expect(usage).toHaveLength(5);
      for (const [, { peakOutstanding, partitionModifications, loads }] of usage) {
        expect(peakOutstanding).toBeLessThanOrEqual(LIMITS.runningDml);
        // What is streamed or changed by statements is not counted, and nothing else is done.
        expect([partitionModifications, loads]).toEqual([0, 0]);
      }
      const [first, last] = [SEASONS[0]?.[0], SEASONS.at(-1)?.at(-1)];
      if (first === undefined || last === undefined) throw new Error('no dates');
      const counts = valueOf(await warehouse.rowCounts(computed.map((table) => ({ table, first, last }))));
      expect(counts.map((dates) => dates.size)).toEqual(computed.map(() => 900));
    } finally {
      await server.stop();
    }
  });

  it('would meet them without turns and batches: a statement for each date is refused', async () => {
    const server = await serverAt(1);
    try {
      const client = await bigQueryClient(cloudAt(server.host));
      await bigQueryWarehouse(cloudAt(server.host), registry).prepare();
      const results = await Promise.allSettled(
        (SEASONS[0] ?? []).slice(0, 60).map(async (date) => {
          const [job] = await client.createQueryJob({
            query: `BEGIN TRANSACTION; DELETE FROM nba_precompute.zones WHERE game_date = DATE '${date}';
                    INSERT INTO nba_precompute.zones (game_date, team) VALUES (DATE '${date}', 'BOS'); COMMIT TRANSACTION;`,
          });
          await job.getQueryResults();
        }),
      );

      expect(results.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(20);
      expect(server.limits.broken().join('\n')).toMatch(/too many DML statements for this table/);
      const messages = server.jobs().map(({ error }) => error?.message ?? '');
      expect(messages.some((message) => /concurrent update/.test(message))).toBe(true);
    } finally {
      await server.stop();
    }
  });
});

describe('the server', () => {
  it('refuses the 23rd statement that waits for a table, and lets two of them run', async () => {
    const { makeLimits } = await import('../support/bigquery-server/limits.ts');
    let time = 0;
    const limits = makeLimits(() => (time += 1000));
    const leaving: Promise<() => void>[] = Array.from({ length: 22 }, () => limits.enterDml('d.t'));
    await expect(limits.enterDml('d.t')).rejects.toThrow(/Too many DML statements outstanding/);
    const [first, second] = await Promise.all(leaving.slice(0, 2));
    first?.();
    second?.();
    (await leaving[2])?.();

    expect(limits.usage().get('d.t')?.peakOutstanding).toBe(22);
  });

  it('refuses more partitions, loads and updates than a table may have', async () => {
    const { makeLimits } = await import('../support/bigquery-server/limits.ts');
    let time = 0;
    const limits = makeLimits(() => time);
    expect(() => limits.touched('d.t', LIMITS.partitionsPerJob + 1)).toThrow(/Too many partitions/);
    for (let i = 0; i < 7; i += 1) limits.loaded('d.t', 4000);
    expect(() => limits.loaded('d.t', 4000)).toThrow(/partition modifications/);
    time += 86_400_001;
    limits.loaded('d.t', 4000);
    for (let i = 0; i < 49; i += 1) limits.defined('d.t');
    expect(() => limits.defined('d.t')).toThrow(/table update operations/);
    time += 10_001;
    limits.defined('d.t');

    expect(limits.broken()).toHaveLength(3);
  });
});
