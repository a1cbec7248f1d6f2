/** The one writer of load reports: what the last load of a table for a season refused. */
import type { Season } from '../domain/season.ts';
import type { Ports } from '../ports/index.ts';
import { loadReportDocument, paths, type LoadReportDocument } from './documents.ts';
import { readerOf } from './stored.ts';

/** Refused rows that a report has one by one; `rejected` counts all of them. */
const MAX_KEPT = 500;

const reports = readerOf(loadReportDocument);

/** Replaces the report of a table and season by that of the load that has just ended. */
export async function writeLoadReport(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  report: Omit<LoadReportDocument, 'rejected' | 'loadedAt'>,
): Promise<void> {
  const { table, season, rows, rejects, notes } = report;
  const document: LoadReportDocument = {
    table,
    season,
    rows,
    rejected: rejects.length,
    rejects: rejects.slice(0, MAX_KEPT),
    notes,
    loadedAt: clock().toISOString(),
  };
  await store.transaction((tx) => Promise.resolve(tx.set(paths.loadReport(table, season), document)));
}

/** The report of the last load of a table for a season; undefined when it was never loaded. */
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
