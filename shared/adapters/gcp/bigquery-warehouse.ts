/**
 * The warehouse of the targets `emulator` and `gcp`: BigQuery. A run of a table takes four jobs for any
 * number of dates:
 *
 *   stage      runs the table's query into a staged table that expires (a loaded table takes a load job before)
 *   measure    measures the staged table for the audit, in one query
 *   publish    replaces the rows of exactly these dates, by one script in one transaction
 *   published  reads the number of rows and their hashes back from the published table
 *
 * The id of a job is made of its run, its token and its text, so that a job that is sent twice runs once.
 * Only `publish` changes a published table, and each table has one publication at a time.
 */
import type { BigQuery } from '@google-cloud/bigquery';
import type { CloudConfig } from '../../config.ts';
import { BUDGETS } from '../../derive/budgets.ts';
import { namesOf, STAGING_DATASET, type Names } from '../../derive/names.ts';
import { ok, permanent, RequestError, transient, type Failure, type Result } from '../../domain/failure.ts';
import type { GameDate } from '../../domain/game-date.ts';
import type { Mode } from '../../domain/partition.ts';
import type { Registry, RegisteredTable } from '../../domain/registry.ts';
import { qualifiedName } from '../../domain/table.ts';
import type { Answer, PublishedDate, Row, Staged, StageJob, Warehouse } from '../../ports/warehouse.ts';
import { EMPTY_FINGERPRINT, fingerprintOf } from '../audited-rows.ts';
import { localTurns, type PublishTurns } from '../publish-turns.ts';
import { changeCountOf, changeEventOf, changeOf } from '../row-changes-sql.ts';
import { scheduleFactOf } from '../schedule-facts.ts';
import { changeCountsSql, changeEventsSql, changesSql, type ChangeQuery } from './bigquery-changes.ts';
import { bigQueryFailure } from './bigquery-failure.ts';
import { askedOfBigQuery, toBigQuery, withoutProjects } from './bigquery-dialect.ts';
import { done, type JobTools } from './bigquery-jobs.ts';
import { answerOf } from './bigquery-answer.ts';
import { openOverlay } from './bigquery-overlay.ts';
import { jobSender } from './bigquery-send.ts';
import { readRows } from './bigquery-read.ts';
import { appendRunHistory, prepare } from './bigquery-set-up.ts';
import { batchParameters, expiryOf, namedIn, stagedDates, stagingName } from './bigquery-staging.ts';
import {
  asideSql,
  measureSql,
  setAsideSql,
  publishedSql,
  publishScript,
  rowCountsSql,
  scheduleFactsSql,
  stageSql,
} from './bigquery-statements.ts';
import { tokenOf, type JobReport } from './bigquery-work.ts';
import { bigQueryClient, lazily } from './clients.ts';

/** What a warehouse takes besides its project; tests replace the time. */
export interface BigQueryOptions {
  /**
   * Turns to publish; by default among the runs of this process. Several processes need turns in a shared
   * store.
   */
  readonly turns?: PublishTurns;
  /** Says what in a person's query is outside the portable subset. Without it, any single SELECT is allowed. */
  readonly gate?: (sql: string) => Promise<readonly string[]>;
  /**
   * Bytes that one job may be charged for at most. BigQuery charges at least 10 MiB, so a lower limit refuses
   * all.
   */
  readonly maximumBytesBilled?: number;
  /** Called after every job that succeeded. */
  readonly onJob?: (report: JobReport) => void;
  readonly clock?: () => Date;
  readonly sleep?: (ms: number) => Promise<void>;
}

/** Ten times what a query reads that reads two seasons of the widest table. */
const MAXIMUM_BYTES_BILLED = 2 * 2 ** 30;
/** What this process keeps of a staged table. */
interface Staging {
  readonly mode: Mode;
}

/**
 * Opens the warehouse. The first call of a method loads the client. Errors of BigQuery are returned as
 * failures.
 */
export function bigQueryWarehouse(
  cloud: Pick<CloudConfig, 'project' | 'location' | 'prefix' | 'hosts'>,
  registry: Registry,
  options: BigQueryOptions = {},
): Warehouse {
  const names = namesOf(cloud.prefix);
  const clock = options.clock ?? (() => new Date());
  const sleep = options.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const turns = options.turns ?? localTurns();
  const maximumBytesBilled = String(options.maximumBytesBilled ?? MAXIMUM_BYTES_BILLED);
  const open = lazily(() => bigQueryClient(cloud));
  const stagings = new Map<string, Staging>();
  const timeoutMs = BUDGETS.jobSeconds * 1000;

  const tools = async (): Promise<JobTools> => ({
    client: await open(),
    now: () => performance.now(),
    sleep,
  });

  const { run, load } = jobSender({ tools, names, maximumBytesBilled, timeoutMs, onJob: options.onJob });

  const guarded = async <T>(work: () => Promise<T>): Promise<Result<T>> => {
    try {
      return ok(await work());
    } catch (error) {
      return { ok: false, failure: bigQueryFailure(error) };
    }
  };

  /** Stages under the names of the deployment, or of an overlay. */
  const stageIn = async (of: Names, job: StageJob): Promise<Result<Staged>> => {
    const { definition } = job.table;
    const handle = stagingName(job);
    const result = await guarded(async () => {
      const loaded = job.rows === undefined ? undefined : job.rows.length === 0 ? null : `${handle}_rows`;
      if (typeof loaded === 'string') await load(loaded, job, job.rows ?? [], of);
      const owner = { table: definition.name, run: tokenOf(job), mode: job.mode };
      const all = batchParameters(job);
      const sql = stageSql(
        {
          table: job.table,
          staging: handle,
          dates: job.dates,
          expiresAt: expiryOf(clock()),
          ...(loaded === undefined ? {} : { loaded }),
        },
        of,
      );
      await run({ ...owner, purpose: 'stage', sql, params: namedIn(sql, all) });
      const aside = job.inRangeOnly === undefined ? [] : await setAside(job, handle, of);
      const measure = measureSql(job.table, handle, of);
      const rows = await run({ ...owner, purpose: 'measure', sql: measure, params: namedIn(measure, all) });
      return { table: job.table, runId: job.runId, dates: stagedDates(job, rows, aside), handle };
    });
    if (!result.ok) await drop(handle, of);
    return result;
  };

  const stage = async (job: StageJob): Promise<Result<Staged>> => {
    const result = await stageIn(names, job);
    if (result.ok) stagings.set(result.value.handle, { mode: job.mode ?? 'live' });
    return result;
  };

  /** Takes rows with values out of range away from a staged table. @returns how many they were */
  const setAside = async (job: StageJob, handle: string, of: Names): Promise<Row[]> => {
    const owner = { table: job.table.definition.name, run: tokenOf(job), mode: job.mode };
    const which = [job.table, handle, job.inRangeOnly ?? [], of] as const;
    const counted = await run({ ...owner, purpose: 'count_aside', sql: asideSql(...which) });
    await run({ ...owner, purpose: 'set_aside', sql: setAsideSql(...which) });
    return counted;
  };

  /** Deletes a staged table and its loaded rows. If that fails, they expire. */
  const drop = async (handle: string, of: Names): Promise<void> => {
    const client = await open();
    const dataset = client.dataset(of.dataset(STAGING_DATASET));
    await Promise.all(
      [handle, `${handle}_rows`].map((name) =>
        dataset
          .table(name)
          .delete({ ignoreNotFound: true })
          .catch(() => undefined),
      ),
    );
  };

  const published = async (
    table: RegisteredTable,
    dates: readonly GameDate[],
    mode?: Mode,
  ): Promise<Result<PublishedDate[]>> => {
    const { definition } = table;
    if (dates.length === 0) return ok([]);
    return guarded(async () => {
      const sql = publishedSql(definition, dates, names);
      const rows = await run({ purpose: 'published', table: definition.name, sql, mode });
      const found = new Map(rows.map((row) => [String(row['date']), row]));
      return dates.map((date) => {
        const row = found.get(date);
        return row === undefined
          ? { date, rows: 0, fingerprint: EMPTY_FINGERPRINT, token: 0 }
          : {
              date,
              rows: Number(row['n']),
              fingerprint: fingerprintOf(row['n'], row['lane0'], row['lane1']),
              token: Number(row['token']),
            };
      });
    });
  };

  const readChanges = (purpose: string, { sql, dates: params, texts }: ChangeQuery): Promise<Row[]> =>
    run({ purpose, table: 'row_changes', sql, params, texts });

  /** The answer to a query in BigQuery's own words. @throws RequestError that says what cannot be asked */
  const ask = async (text: string): Promise<Answer> => {
    try {
      const at = await tools();
      await assertReads(at.client, text);
      const [job] = await at.client.createJob({
        configuration: { query: { query: text, useLegacySql: false, maximumBytesBilled } },
      });
      await done(at, job, at.now() + timeoutMs);
      return await answerOf(job);
    } catch (error) {
      const { kind, detail } = bigQueryFailure(error);
      if (kind === 'permanent') throw new RequestError(detail);
      throw error;
    }
  };

  const gone = (staged: Staged) => transient('staging_gone', `The staged rows of ${staged.runId} are gone`);

  return {
    prepare: async () => {
      await prepare(await open(), run, registry, names, cloud.location);
    },
    stage,
    publish: async (job) => {
      const { staged, token, mode } = job;
      if (!stagings.has(staged.handle)) return gone(staged);
      const { definition } = staged.table;
      let release: () => Promise<void> | void;
      try {
        release = await turns.acquire(qualifiedName(definition), mode);
      } catch (error) {
        return transient('no_turn', error instanceof Error ? error.message : String(error));
      }
      try {
        const result = await guarded(() =>
          run({
            purpose: 'publish',
            table: definition.name,
            run: { runId: staged.runId, token },
            mode,
            sql: publishScript({ ...job, definition, staging: staged.handle, runId: staged.runId }, names),
          }),
        );
        if (result.ok) return ok(undefined);
        return isStagingGone(result.failure, names) ? gone(staged) : result;
      } finally {
        await release();
      }
    },
    readBack: async (staged, dates) => {
      const staging = stagings.get(staged.handle);
      if (staging === undefined) return gone(staged);
      const found = await published(staged.table, dates, staging.mode);
      if (!found.ok) return found;
      const expected = new Map(staged.dates.map((date) => [date.date, date]));
      return ok(
        found.value
          .filter(({ date, rows, fingerprint }) => {
            const wanted = expected.get(date);
            return wanted === undefined || wanted.rows !== rows || wanted.fingerprint !== fingerprint;
          })
          .map(({ date }) => date),
      );
    },
    read: (asked) => guarded(() => readRows(run, asked, names)),
    published: (table, dates) => published(table, dates),
    discard: async (staged) => {
      if (stagings.delete(staged.handle)) await drop(staged.handle, names);
    },
    rowCounts: (ranges) =>
      guarded(async () => {
        const counts = ranges.map(() => new Map<GameDate, number>());
        if (ranges.length === 0) return counts;
        const rows = await run({ purpose: 'row_counts', table: '', sql: rowCountsSql(ranges, names) });
        for (const row of rows)
          counts[Number(row['i'])]?.set(String(row['date']) as GameDate, Number(row['n']));
        return counts;
      }),
    scheduleFacts: (seasons) =>
      guarded(async () => {
        if (seasons.length === 0) return [];
        const rows = await run({
          purpose: 'schedule_facts',
          table: 'nbac_schedule',
          sql: scheduleFactsSql(seasons, names),
        });
        return rows.map(scheduleFactOf);
      }),
    changes: (asked, limit) =>
      guarded(async () => (await readChanges('changes', changesSql(asked, limit, names))).map(changeOf)),
    changeCounts: (asked) =>
      guarded(async () =>
        (await readChanges('change_counts', changeCountsSql(asked, names))).map(changeCountOf),
      ),
    changeEvents: (asked) =>
      guarded(async () =>
        (await readChanges('change_events', changeEventsSql(asked, names))).map(changeEventOf),
      ),
    appendRunHistory: (rows) => guarded(async () => appendRunHistory(await open(), names, rows)),
    query: async (sql) => {
      const violations = (await options.gate?.(sql)) ?? [];
      if (violations.length > 0) return permanent('not_portable', violations.join('; '));
      return guarded(async () => {
        const text = toBigQuery(sql, names);
        if (options.gate === undefined) await assertReads(await open(), text);
        return run({ purpose: 'query', table: '', sql: text });
      });
    },
    notPortable: async (sql) => (await options.gate?.(sql)) ?? [],
    ask: (sql) =>
      ask(askedOfBigQuery(cloud.hosts.bigquery === undefined ? sql : withoutProjects(sql), names)),
    openOverlay: (shows) =>
      guarded(async () =>
        openOverlay(
          {
            ...{ client: await open(), run, stageIn, drop, ask, guarded },
            ...{ registry, location: cloud.location, now: clock() },
          },
          names,
          shows,
        ),
      ),
  };
}

/** Asks BigQuery whether `sql` is one SELECT. @throws Error when it is anything else */
async function assertReads(client: BigQuery, sql: string): Promise<void> {
  const [job] = await client.createQueryJob({ query: sql, dryRun: true });
  const type = (job.metadata as { statistics?: { query?: { statementType?: string } } }).statistics?.query
    ?.statementType;
  // A local server may not say the kind of a statement; it has nothing but test data.
  if (type === undefined && /^(?:\s|\(|--[^\n]*\n|#[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:SELECT|WITH)\b/i.test(sql))
    return;
  if (type !== 'SELECT')
    throw Object.assign(new Error(`only a SELECT is read, not ${type ?? 'this'}`), {
      reason: 'invalidQuery',
    });
}

function isStagingGone({ code, detail }: Failure, names: Names): boolean {
  return code === 'not_found' && detail.includes(names.dataset(STAGING_DATASET));
}
