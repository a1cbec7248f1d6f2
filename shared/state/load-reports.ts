/** The one writer of load reports: what the last load of a table read, refused and did not use, by date. */
import * as z from 'zod';
import type { GameDate } from '../domain/game-date.ts';
import { addedUp, causesOf, type RejectCause } from '../domain/reject-causes.ts';
import type { Season } from '../domain/season.ts';
import type { Ports } from '../ports/index.ts';
import { paths } from './documents.ts';
import { objectOf, readerOf } from './stored.ts';

const text = z.string();
const count = z.int();
const reject = z.object({ file: text, line: count, reason: text, excerpt: text }).readonly();
const dateReport = z
  .object({
    /** Lines that were read; each was loaded, refused or not used. */
    read: count,
    rows: count,
    rejected: count,
    notUsed: count,
    /** The first of the refused lines. */
    rejects: z.array(reject).readonly(),
    /** All of the refused lines by their cause. */
    causes: z.array(z.object({ cause: text, file: text, rows: count, example: text }).readonly()).readonly(),
    notes: z
      .array(
        z.object({ file: text.nullable(), text, count, notUsed: z.literal(true).exactOptional() }).readonly(),
      )
      .readonly(),
    /** The lines of each file: `read` is the sum of those loaded, refused and not used. */
    files: z
      .array(z.object({ file: text, read: count, loaded: count, refused: count, notUsed: count }).readonly())
      .readonly(),
  })
  .readonly();
export type DateReport = z.infer<typeof dateReport>;

/**
 * `load_reports/{table}_{season}`: for each date what the last load read, refused and did not use. Under `undated` are the
 * lines of the files that belong to no date of the season.
 */
const loadReportDocument = z
  .object({ table: text, season: text, dates: objectOf<DateReport>(), loadedAt: text })
  .readonly();
export type LoadReportDocument = z.infer<typeof loadReportDocument>;

/**
 * Refused lines that a report has one by one for each date, and causes; `rejected` and the causes count all of them. A season
 * of which every line was refused fits into one document.
 */
const MAX_KEPT = 10;
const MAX_CAUSES = 12;
/** What a load tells of a date; the causes are found when it is written. */
export type ReportOfLoad = Omit<DateReport, 'causes'>;

/** Where the lines are that belong to no date. */
export const UNDATED = 'undated';

const reports = readerOf<LoadReportDocument>(loadReportDocument);

/** Replaces the reports of the dates that have just been loaded. */
export async function writeLoadReport(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  { table, season }: { readonly table: string; readonly season: Season },
  dates: ReadonlyMap<GameDate | typeof UNDATED, ReportOfLoad>,
): Promise<void> {
  const fields = new Map<readonly string[], unknown>([
    [['table'], table],
    [['season'], season],
    [['loadedAt'], clock().toISOString()],
  ]);
  for (const [date, report] of dates)
    fields.set(['dates', date], {
      ...report,
      rejects: report.rejects.slice(0, MAX_KEPT),
      causes: mostOf(causesOf(report.rejects)),
    });
  await store.transaction((tx) => Promise.resolve(tx.merge(paths.loadReport(table, season), fields)));
}

/** The causes with most rows; the others are added up as one. */
function mostOf(causes: readonly RejectCause[]): RejectCause[] {
  if (causes.length <= MAX_CAUSES) return [...causes];
  const ordered = causes.toSorted((a, b) => b.rows - a.rows);
  const others = ordered.slice(MAX_CAUSES - 1).map((each) => ({ ...each, cause: 'other causes' }));
  return [...ordered.slice(0, MAX_CAUSES - 1), ...addedUp(others)];
}

/** Writes down the lines of the files of a season that belong to none of its dates; nothing when there are none. */
export async function writeUndated(
  ports: Pick<Ports, 'store' | 'clock'>,
  { table, season }: { readonly table: string; readonly season: Season },
  rejects: DateReport['rejects'],
): Promise<void> {
  const before = await loadReportOf(ports, table, season);
  if (rejects.length === 0 && before?.dates[UNDATED] === undefined) return;
  const rejected = rejects.length;
  const files = [...Map.groupBy(rejects, ({ file }) => file)].map(([file, of]) => {
    const lines = of.length;
    return { file, read: lines, loaded: 0, refused: lines, notUsed: 0 };
  });
  const report: ReportOfLoad = { read: rejected, rows: 0, rejected, notUsed: 0, rejects, notes: [], files };
  await writeLoadReport(ports, { table, season }, new Map([[UNDATED, report]]));
}

/** The report of the last loads of a table for a season; undefined when it was never loaded. */
export async function loadReportOf(
  { store }: Pick<Ports, 'store'>,
  table: string,
  season: Season,
): Promise<LoadReportDocument | undefined> {
  const path = paths.loadReport(table, season);
  return reports.read(path, await store.get(path));
}

/** The reports of all tables and seasons. */
export async function loadReports({ store }: Pick<Ports, 'store'>): Promise<LoadReportDocument[]> {
  return reports.readAll(await store.list('load_reports'));
}

/** What the reports of all dates add up to. */
export function totalsOf(
  report: LoadReportDocument | undefined,
): Pick<DateReport, 'read' | 'rows' | 'rejected' | 'notUsed'> {
  const total = { read: 0, rows: 0, rejected: 0, notUsed: 0 };
  for (const { read, rows, rejected, notUsed } of Object.values(report?.dates ?? {})) {
    total.read += read;
    total.rows += rows;
    total.rejected += rejected;
    total.notUsed += notUsed;
  }
  return total;
}
