/**
 * A model of the warehouse: its tables are maps in memory, and its rows are hashes of what they were made from (see
 * `model-rows.ts`). So two warehouses have the same contents only if every run saw the same inputs and the right write
 * came last. Deterministic, and fast enough for thousands of whole pipelines.
 */
import type { GameDate } from '../../../shared/domain/game-date.ts';
import { ok, permanent, RequestError, transient, type Result } from '../../../shared/domain/failure.ts';
import type {
  PublishedDate,
  RowChange,
  RunHistoryRow,
  Staged,
  StageJob,
  Warehouse,
} from '../../../shared/ports/warehouse.ts';
import { modelRead } from './model-read.ts';
import { modelOverlay } from './model-overlay.ts';
import { changesBetween, countsOf, eventsOf, isAskedFor } from './model-changes.ts';
import {
  EMPTY_FINGERPRINT,
  fingerprintOf,
  measure,
  partitionOf,
  rowsOf,
  scheduleFactsIn,
  type ModelOptions,
  type ModelPartition,
  type ModelRow,
  type Tables,
} from './model-rows.ts';

export interface ModelWarehouse extends Warehouse {
  /** `table@date` -> fingerprint of every partition that has rows. */
  readonly contents: () => Map<string, string>;
  readonly tokenOf: (table: string, date: GameDate) => number | undefined;
  /** Why this partition cannot be computed, as a query that fails would; undefined repairs it. */
  readonly refuse: (table: string, date: GameDate, reason: string | undefined) => void;
  /** Removes rows behind the pipeline's back: keeps the first `rows`. */
  readonly truncate: (table: string, date: GameDate, rows: number) => void;
  readonly history: () => readonly RunHistoryRow[];
  /** Stagings that have not been discarded. */
  readonly openStagings: () => number;
  readonly copy: () => ModelWarehouse;
}

export function modelWarehouse(options: ModelOptions): ModelWarehouse {
  return build(options, new Map(), [], []);
}

function build(
  options: ModelOptions,
  tables: Tables,
  history: RunHistoryRow[],
  kept: RowChange[],
): ModelWarehouse {
  const staging = new Map<string, ReadonlyMap<GameDate, readonly ModelRow[]>>();
  const refused = new Map<string, string>();
  let handles = 0;

  const partition = (table: string, date: GameDate): ModelPartition | undefined =>
    tables.get(table)?.get(date);
  const put = (table: string, date: GameDate, rows: readonly ModelRow[], token: number): void => {
    const dates = tables.get(table) ?? new Map<GameDate, ModelPartition>();
    tables.set(table, dates);
    if (rows.length === 0) dates.delete(date);
    else dates.set(date, partitionOf(table, rows, token, options));
  };

  const stage = (job: StageJob): Promise<Result<Staged>> => {
    const { definition } = job.table;
    const stopped = job.dates
      .map((date) => refused.get(`${definition.name}@${date}`))
      .find((reason) => reason !== undefined);
    if (stopped !== undefined) return Promise.resolve(permanent('query_refused', stopped));
    const handle = `staging_${(handles += 1)}`;
    const staged = new Map(
      job.dates.map((date) => [
        date,
        rowsOf(job, date, tables, options).filter(
          ({ broken }) => !broken || job.inRangeOnly?.includes(date) !== true,
        ),
      ]),
    );
    staging.set(handle, staged);
    const dates = job.dates.map((date) => measure(definition, date, staged.get(date) ?? [], tables, options));
    return Promise.resolve(ok({ table: job.table, runId: job.runId, dates, handle }));
  };

  return {
    prepare: () => Promise.resolve(),
    stage,
    publish: ({ staged, dates, token, restated = [], backfillId = null, processedAt }) => {
      const rows = staging.get(staged.handle);
      if (rows === undefined)
        return Promise.resolve(transient('staging_gone', `The staged rows of ${staged.runId} are gone`));
      const { name } = staged.table.definition;
      const newest = Math.max(0, ...dates.map((date) => partition(name, date)?.token ?? 0));
      if (newest > token)
        return Promise.resolve(
          permanent('fenced', `${name} carries rows of a newer run (token ${newest}, this one has ${token})`),
        );
      const facts = { table: name, runId: staged.runId, backfillId, at: processedAt.toISOString() };
      for (const date of restated)
        kept.push(
          ...changesBetween(partition(name, date)?.rows ?? [], rows.get(date) ?? []).map((change) => ({
            ...facts,
            date,
            ...change,
          })),
        );
      for (const date of dates) put(name, date, rows.get(date) ?? [], token);
      return Promise.resolve(ok(undefined));
    },
    readBack: (staged, dates) => {
      const rows = staging.get(staged.handle);
      if (rows === undefined)
        return Promise.resolve(transient('staging_gone', `The staged rows of ${staged.runId} are gone`));
      const { name } = staged.table.definition;
      return Promise.resolve(
        ok(
          dates.filter(
            (date) =>
              fingerprintOf(rows.get(date) ?? []) !== fingerprintOf(partition(name, date)?.rows ?? []),
          ),
        ),
      );
    },
    published: ({ definition }, dates) =>
      Promise.resolve(
        ok(
          dates.map((date): PublishedDate => {
            const found = partition(definition.name, date);
            return {
              date,
              rows: found?.rows.length ?? 0,
              fingerprint: found?.fingerprint ?? EMPTY_FINGERPRINT,
              token: found === undefined || found.rows.length === 0 ? 0 : found.token,
            };
          }),
        ),
      ),
    read: (asked) => Promise.resolve(modelRead(tables, asked)),
    discard: ({ handle }) => {
      staging.delete(handle);
      return Promise.resolve();
    },
    rowCounts: (ranges) => {
      const counts = ranges.map(({ table: { definition }, first, last }) => {
        const found = [...(tables.get(definition.name) ?? [])].filter(
          ([date]) => date >= first && date <= last,
        );
        return new Map(found.map(([date, { rows }]) => [date, rows.length]));
      });
      return Promise.resolve(ok(counts));
    },
    scheduleFacts: (seasons) => Promise.resolve(ok(scheduleFactsIn(tables, seasons))),
    openOverlay: (shows) => Promise.resolve(ok(modelOverlay({ tables, options }, shows))),
    appendRunHistory: (rows) => {
      history.push(...rows);
      return Promise.resolve(ok(undefined));
    },
    changes: (asked, limit) =>
      Promise.resolve(ok(kept.filter((change) => isAskedFor(change, asked)).slice(0, limit))),
    changeCounts: (asked) =>
      Promise.resolve(ok(countsOf(kept.filter((change) => isAskedFor(change, asked))))),
    changeEvents: (asked) =>
      Promise.resolve(ok(eventsOf(kept.filter((change) => isAskedFor(change, asked))))),
    query: () => Promise.resolve(permanent('not_modelled', 'The model of the warehouse runs no SQL')),
    notPortable: () => Promise.resolve([]),
    ask: () => Promise.reject(new RequestError('The model of the warehouse runs no SQL')),
    contents: () =>
      new Map(
        [...tables].flatMap(([table, dates]) =>
          [...dates].map(([date, { fingerprint }]): [string, string] => [`${table}@${date}`, fingerprint]),
        ),
      ),
    tokenOf: (table, date) => partition(table, date)?.token,
    refuse: (table, date, reason) => {
      if (reason === undefined) refused.delete(`${table}@${date}`);
      else refused.set(`${table}@${date}`, reason);
    },
    truncate: (table, date, rows) => {
      const found = partition(table, date);
      if (found !== undefined) put(table, date, found.rows.slice(0, rows), found.token);
    },
    history: () => history,
    openStagings: () => staging.size,
    copy: () =>
      build(
        options,
        new Map([...tables].map(([name, dates]) => [name, new Map(dates)])),
        [...history],
        [...kept],
      ),
  };
}
