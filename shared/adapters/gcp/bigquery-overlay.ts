/**
 * An overlay in BigQuery: one dataset of its own, with a view for each table of the registry and the rows that it holds. Its tables
 * and views expire after some hours by themselves. A dataset that was left by a process that has died is deleted when the next
 * overlay is opened.
 */
import { randomBytes } from 'node:crypto';
import type { BigQuery, Job } from '@google-cloud/bigquery';
import { viewShapes } from '../../derive/ddl.ts';
import type { Names } from '../../derive/names.ts';
import { permanent, RequestError, transient, type Result } from '../../domain/failure.ts';
import type { GameDate } from '../../domain/game-date.ts';
import type { Registry } from '../../domain/registry.ts';
import type { TableDefinition } from '../../domain/table.ts';
import type { Answer, Overlay, Row, ShownDate, Staged, StageJob, TableDates } from '../../ports/warehouse.ts';
import { EMPTY_FINGERPRINT, fingerprintOf } from '../audited-rows.ts';
import { overlayDates } from '../overlay-dates.ts';
import { scheduleFactOf } from '../schedule-facts.ts';
import { askedOfBigQuery, datasetsLeftIn } from './bigquery-dialect.ts';
import {
  createOverlaySql,
  createOverlayViewSql,
  overlayViewSql,
  type OverlayDataset,
} from './bigquery-overlay-sql.ts';
import { readRows } from './bigquery-read.ts';
import { scheduleFactsSql, shownSql } from './bigquery-statements.ts';
import type { Work } from './bigquery-work.ts';

/** Hours after which BigQuery deletes what an overlay holds. */
const HOURS = 6;

/** What an overlay uses of the warehouse it belongs to. */
export interface OverlayTools {
  readonly client: BigQuery;
  readonly registry: Registry;
  readonly location: string;
  readonly now: Date;
  readonly run: (work: Work, take?: (job: Job) => Promise<void>) => Promise<Row[]>;
  readonly stageIn: (names: Names, job: StageJob) => Promise<Result<Staged>>;
  readonly drop: (handle: string, names: Names) => Promise<void>;
  readonly ask: (sql: string) => Promise<Answer>;
  readonly guarded: <T>(work: () => Promise<T>) => Promise<Result<T>>;
}

/** @throws the error of BigQuery */
export async function openOverlay(
  tools: OverlayTools,
  below: Names,
  shows: TableDates | undefined,
): Promise<Overlay> {
  const { client, registry, run, guarded } = tools;
  const name = `${prefixOf(below)}${tools.now.getTime().toString(36)}_${randomBytes(4).toString('hex')}`;
  const names: Names = { ...below, dataset: () => name };
  const overlay: OverlayDataset = { name, expiresAt: new Date(tools.now.getTime() + HOURS * 3_600_000) };
  const dates = overlayDates(registry, shows);
  const staged = new Map<string, TableDefinition>();
  /** Table -> date -> the staged table that has the rows of the date. */
  const heldIn = new Map<string, Map<GameDate, string>>();
  let isClosed = false;

  const unlessClosed = <T>(work: () => Promise<T>): Promise<Result<T>> =>
    isClosed ? Promise.resolve(permanent('overlay_closed', `The overlay ${name} is closed`)) : guarded(work);

  const define = async (statements: readonly string[]): Promise<void> => {
    await run({ purpose: 'overlay', table: '', sql: statements.map((sql) => `${sql};`).join('\n') });
  };

  const viewSql = ({ name: table }: TableDefinition): string => {
    const own = heldIn.get(table) ?? new Map<GameDate, string>();
    return overlayViewSql(
      {
        ...{ overlay, definition: registry.get(table).definition, through: dates.readThrough(table) },
        held: Map.groupBy(dates.held(table), (date) => own.get(date) ?? ''),
      },
      below,
    );
  };

  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await client.dataset(name).delete({ force: true });
  };

  await sweepOverlays(client, below, tools.now);
  await run({
    purpose: 'overlay',
    table: '',
    sql: createOverlaySql(overlay, tools.location, HOURS / 24),
  });
  try {
    await define([
      ...registry.all.map(({ definition }) => viewSql(definition)),
      ...viewShapes(registry).map((view) => createOverlayViewSql(overlay, view.name, view.query(names))),
    ]);
  } catch (error) {
    await close();
    throw error;
  }

  return {
    name,
    stage: async (job) => {
      if (isClosed) return permanent('overlay_closed', `The overlay ${name} is closed`);
      const result = await tools.stageIn(names, job);
      if (result.ok) staged.set(result.value.handle, job.table.definition);
      return result;
    },
    discard: async ({ handle }) => {
      if (!staged.delete(handle)) return;
      const isHeld = [...heldIn.values()].some((of) => [...of.values()].includes(handle));
      if (!isHeld) await tools.drop(handle, names);
    },
    hold: ({ handle, runId, table: { definition } }, of) => {
      if (!staged.has(handle))
        return Promise.resolve(transient('staging_gone', `The staged rows of ${runId} are gone`));
      return unlessClosed(async () => {
        const own = heldIn.get(definition.name) ?? new Map<GameDate, string>();
        heldIn.set(definition.name, own);
        for (const date of of) own.set(date, handle);
        dates.hold(definition.name, of);
        await define([viewSql(definition)]);
      });
    },
    reveal: ({ definition }, of) =>
      unlessClosed(async () => {
        dates.reveal(definition.name, of);
        await define([viewSql(definition)]);
      }),
    read: (asked) => unlessClosed(() => readRows(run, asked, names)),
    shown: ({ definition }, of) =>
      unlessClosed(async () => {
        if (of.length === 0) return [];
        const rows = await run({
          purpose: 'shown',
          table: definition.name,
          sql: shownSql(definition, of, names),
        });
        const found = new Map(rows.map((row) => [String(row['date']), row]));
        return of.map((date): ShownDate => {
          const row = found.get(date);
          return row === undefined
            ? { date, rows: 0, fingerprint: EMPTY_FINGERPRINT }
            : {
                date,
                rows: Number(row['n']),
                fingerprint: fingerprintOf(row['n'], row['lane0'], row['lane1']),
              };
        });
      }),
    scheduleFacts: (seasons) =>
      unlessClosed(async () => {
        if (seasons.length === 0) return [];
        const sql = scheduleFactsSql(seasons, names);
        return (await run({ purpose: 'schedule_facts', table: 'nbac_schedule', sql })).map(scheduleFactOf);
      }),
    narrow: (only) =>
      unlessClosed(async () => {
        dates.narrow(only);
        await define(registry.all.map(({ definition }) => viewSql(definition)));
      }),
    ask: async (sql) => {
      if (isClosed) throw new RequestError(`The overlay ${name} is closed`);
      const text = askedOfBigQuery(sql, names);
      // A name with its project, or that of another overlay, would be read past this one.
      const [left] = datasetsLeftIn(text.replaceAll(name, ''), below, prefixOf(below));
      if (left !== undefined)
        throw new RequestError(
          `Write ${left} as dataset.table, such as nba_raw.nbac_schedule, without a project`,
        );
      dates.assertReadable(sql);
      return tools.ask(text);
    },
    close,
  };
}

/** What the names of the overlays of a deployment begin with. */
function prefixOf({ prefix }: Names): string {
  return `${prefix}overlay_`;
}

/** Deletes the datasets of overlays whose rows have expired. One that another process is deleting is left to it. */
async function sweepOverlays(client: BigQuery, below: Names, now: Date): Promise<void> {
  const [datasets] = await client.getDatasets();
  const prefix = prefixOf(below);
  for (const { id = '' } of datasets) {
    const [, opened] = id.startsWith(prefix)
      ? (/^([0-9a-z]+)_[0-9a-f]{8}$/.exec(id.slice(prefix.length)) ?? [])
      : [];
    if (opened === undefined || now.getTime() - Number.parseInt(opened, 36) < HOURS * 3_600_000) continue;
    await client
      .dataset(id)
      .delete({ force: true })
      .catch(() => undefined);
  }
}
