/** What the BigQuery adapter makes of a BigQuery that fails, is slow, loses answers or says that a job is there already. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bigQueryWarehouse } from '../../shared/adapters/gcp/bigquery-warehouse.ts';
import type { Result } from '../../shared/domain/failure.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { Row, Staged, StageJob, Warehouse } from '../../shared/ports/warehouse.ts';
import { startBigQueryServer, type BigQueryServer } from '../support/bigquery-server/index.ts';
import { cloudAt, PROJECT } from '../support/bigquery-warehouses.ts';
import { registry } from '../support/warehouse-suite.ts';

const D1 = gameDate('2024-01-10');
const D2 = gameDate('2024-01-11');
const AT = new Date('2026-01-01T00:00:00Z');
const scores = registry.get('scores');

const score = (player: string, points: number, date = D1): Row => ({
  game_id: `${date}_A_B`,
  game_date: date,
  player,
  points,
  minutes: 30.5,
  starter: true,
  status: null,
  seen_at: null,
});

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.detail}`);
  return result.value;
}

describe('a BigQuery that fails', () => {
  let server: BigQueryServer;
  let warehouse: Warehouse;
  let slept: number[];
  let time: number;
  beforeEach(async () => {
    time = AT.getTime();
    slept = [];
    server = await startBigQueryServer({ project: PROJECT, now: () => (time += 10) });
    warehouse = open();
    await warehouse.prepare();
  });
  afterEach(() => server.stop());

  const open = (): Warehouse =>
    bigQueryWarehouse(cloudAt(server.host), registry, {
      clock: () => AT,
      sleep: (ms) => {
        slept.push(ms);
        return Promise.resolve();
      },
    });
  const job = (rows: readonly Row[], more: Partial<StageJob> = {}): StageJob => ({
    table: scores,
    runId: 'run-1',
    token: 1,
    mode: 'backfill',
    dates: [D1, D2],
    readStart: D1,
    rows,
    ...more,
  });
  const publish = (staged: Staged, token = 1, by = warehouse): Promise<Result<void>> =>
    by.publish({ staged, dates: [D1, D2], token, mode: 'backfill', processedAt: AT });
  const rowsNow = async (): Promise<number[]> =>
    valueOf(await open().published(scores, [D1, D2])).map(({ rows }) => rows);
  const sent = (purpose: string) => server.jobs().filter(({ id }) => id.includes(`-${purpose}-`));
  const isPost = (method: string, path: string): boolean => method === 'POST' && path.endsWith('/jobs');

  it('has every job under an id of its run, with labels, a price limit, a time limit and the priority of its lane', async () => {
    const staged = valueOf(await warehouse.stage(job([score('a', 1)])));
    valueOf(await publish(staged));
    const jobs = server.jobs().filter(({ id }) => !id.includes('prepare'));

    expect(jobs.map(({ id }) => id.replace(/-[0-9a-f]{16}$/, ''))).toEqual([
      'fullcourt-scores-load-run-1-t1',
      'fullcourt-scores-stage-run-1-t1',
      'fullcourt-scores-measure-run-1-t1',
      'fullcourt-scores-publish-run-1-t1',
    ]);
    for (const { id, configuration } of jobs.slice(1)) {
      expect(configuration.labels).toMatchObject({
        app: 'fullcourt',
        table: 'scores',
        run: 'run-1',
        mode: 'backfill',
      });
      expect(Number(configuration.query?.maximumBytesBilled)).toBeGreaterThan(10 * 2 ** 20);
      expect(Number(configuration.jobTimeoutMs)).toBeLessThan(480_000);
      // A publication holds the turn of its table, so it does not wait for slots.
      expect(configuration.query?.priority).toBe(id.includes('-publish-') ? 'INTERACTIVE' : 'BATCH');
    }
  });

  it('that loses the answer to a job is asked again and runs the job once', async () => {
    const staged = valueOf(await warehouse.stage(job([score('a', 1)])));
    server.faults.add({ at: 'answer', fits: isPost });
    valueOf(await publish(staged));

    expect(server.faults.left()).toBe(0);
    expect(sent('publish')).toHaveLength(1);
    expect(await rowsNow()).toEqual([1, 0]);
  });

  it('that loses the answer to a load runs the load once', async () => {
    server.faults.add({ at: 'answer', fits: isPost });
    const staged = valueOf(await warehouse.stage(job([score('a', 1), score('b', 2)])));

    expect(sent('load')).toHaveLength(1);
    expect(staged.dates[0]?.rows).toBe(2);
  });

  it('that has the job already gives its result: a process that died is followed by one that reads on', async () => {
    const staged = valueOf(await warehouse.stage(job([score('a', 1)])));
    valueOf(await publish(staged));
    // The same attempt is carried out again, as by a process that did not see its answer.
    const again = valueOf(await warehouse.stage(job([score('a', 1)])));
    valueOf(await publish(again));

    expect([
      sent('load').length,
      sent('stage').length,
      sent('measure').length,
      sent('publish').length,
    ]).toEqual([1, 1, 1, 1]);
    expect(again.dates).toEqual(staged.dates);
    expect(await rowsNow()).toEqual([1, 0]);
  });

  it('does not give a failed job for the next attempt: that takes another id', async () => {
    const staged = valueOf(await warehouse.stage(job([score('a', 1)])));
    server.faults.add({
      at: 'job',
      fits: (id) => id.includes('-publish-'),
      before: 1,
      reason: 'invalidQuery',
      message: 'refused once',
    });
    expect(await publish(staged)).toMatchObject({
      ok: false,
      failure: { kind: 'permanent', code: 'query_refused' },
    });
    valueOf(await publish(staged));

    expect(sent('publish').map(({ id }) => id.endsWith('_2'))).toEqual([false, true]);
    expect(await rowsNow()).toEqual([1, 0]);
  });

  it.each([0, 1, 2, 3, 4])(
    'that dies before statement %i of a publication changes nothing, or everything after it',
    async (before) => {
      const old = valueOf(await warehouse.stage(job([score('old', 1), score('old', 1, D2)])));
      valueOf(await publish(old));
      const staged = valueOf(
        await warehouse.stage(job([score('a', 1), score('b', 1)], { runId: 'run-2', token: 2 })),
      );
      server.faults.add({
        at: 'job',
        fits: (id) => id.includes('-publish-run-2'),
        before,
        reason: 'backendError',
        message: 'the machine is gone',
      });
      let seen: number[] = [];
      const watching = bigQueryWarehouse(cloudAt(server.host), registry, {
        clock: () => AT,
        // What others read while the job waits for its next try.
        sleep: async () => {
          seen = await rowsNow();
        },
      });
      const again = valueOf(
        await watching.stage(job([score('a', 1), score('b', 1)], { runId: 'run-2', token: 2 })),
      );
      expect(again.handle).toBe(staged.handle);
      valueOf(await publish(again, 2, watching));

      expect(seen).toEqual([1, 1]);
      expect(await rowsNow()).toEqual([2, 0]);
      expect(sent('publish').map(({ error }) => error?.reason)).toEqual([
        undefined,
        'backendError',
        undefined,
      ]);
    },
  );

  it.each([
    ['rateLimitExceeded', 403],
    ['backendError', 503],
    ['internalError', 500],
  ])('for a moment (%s, %i) is asked again', async (reason, status) => {
    server.faults.add({ at: 'request', fits: isPost, status, reason });
    const staged = valueOf(await warehouse.stage(job([], { dates: [D1] })));

    expect(staged.dates).toMatchObject([{ rows: 0 }]);
    expect(server.faults.left()).toBe(0);
  });

  it('for longer is a temporary failure, after pauses that grow', async () => {
    for (let i = 0; i < 40; i += 1)
      server.faults.add({
        at: 'job',
        fits: (id) => id.includes('-stage-'),
        before: 0,
        reason: 'jobRateLimitExceeded',
        message: 'Exceeded rate limits',
      });
    const result = await warehouse.stage(job([]));

    expect(result).toMatchObject({ ok: false, failure: { kind: 'transient', code: 'rate_limited' } });
    expect(slept.length).toBeGreaterThan(2);
    expect(slept).toEqual(slept.toSorted((a, b) => a - b));
  });

  it.each([
    ['quotaExceeded', 'transient', 'quota_exceeded'],
    ['accessDenied', 'permanent', 'not_allowed'],
    ['bytesBilledLimitExceeded', 'permanent', 'too_expensive'],
    ['billingTierLimitExceeded', 'permanent', 'resources_exceeded'],
    ['stopped', 'transient', 'job_stopped'],
  ])('with %s is not asked again at once: %s, %s', async (reason, kind, code) => {
    server.faults.add({
      at: 'job',
      fits: (id) => id.includes('-stage-'),
      before: 0,
      reason,
      message: `told: ${reason}`,
    });
    const result = await warehouse.stage(job([]));

    expect(result).toMatchObject({ ok: false, failure: { kind, code } });
    expect(sent('stage')).toHaveLength(1);
  });

  it('that is slow is waited for', async () => {
    for (const purpose of ['load', 'stage', 'measure'])
      server.faults.add({ at: 'lag', fits: (id) => id.includes(`-${purpose}-`), looks: 5 });
    const staged = valueOf(await warehouse.stage(job([score('a', 1)])));

    expect(staged.dates[0]?.rows).toBe(1);
    expect(slept.length).toBeGreaterThan(10);
  });

  it('breaks the connection while a job is waited for, and is asked on', async () => {
    const staged = valueOf(await warehouse.stage(job([score('a', 1)])));
    server.faults.add({ at: 'lag', fits: (id) => id.includes('-publish-'), looks: 3 });
    server.faults.add({
      at: 'answer',
      fits: (method, path) => method === 'GET' && path.includes('-publish-'),
    });
    valueOf(await publish(staged));

    expect(sent('publish')).toHaveLength(1);
    expect(await rowsNow()).toEqual([1, 0]);
  });

  it('does not run what would cost more than it may', async () => {
    const poor = bigQueryWarehouse(cloudAt(server.host), registry, { maximumBytesBilled: 10 * 2 ** 20 - 1 });

    expect(await poor.rowCounts([{ table: scores, first: D1, last: D2 }])).toMatchObject({
      ok: false,
      failure: { kind: 'permanent', code: 'too_expensive' },
    });
  });

  it('is not asked about a table without its filter', async () => {
    const refused = await warehouse.query('SELECT COUNT(*) AS n FROM nba_raw.scores');

    expect(refused).toMatchObject({
      ok: false,
      failure: { kind: 'permanent', code: 'partition_filter_missing' },
    });
  });

  it('reads nothing but queries for a person', async () => {
    expect(await warehouse.query(`DELETE FROM nba_raw.scores WHERE game_date = DATE '${D1}'`)).toMatchObject({
      ok: false,
      failure: { kind: 'permanent', code: 'query_refused' },
    });
  });

  it('drops staged rows when it is told to, and after their time when it is not', async () => {
    const [kept, dropped] = [
      valueOf(await warehouse.stage(job([score('a', 1)], { runId: 'kept' }))),
      valueOf(await warehouse.stage(job([score('a', 1)], { runId: 'dropped' }))),
    ];
    await warehouse.discard(dropped);
    const tables = server.catalog.dataset('nba_staging').tables;
    const left = [...tables.keys()].toSorted();
    expect(left).toEqual([kept.handle, `${kept.handle}_rows`].toSorted());
    time = AT.getTime() + 8 * 3_600_000;

    expect(server.catalog.find({ dataset: 'nba_staging', table: kept.handle })).toBeUndefined();
    expect(await publish(kept)).toMatchObject({
      ok: false,
      failure: { kind: 'transient', code: 'staging_gone' },
    });
  });
});
