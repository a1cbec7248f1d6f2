/** The one writer of load reports: what the last load of a table for a season refused. */
import type { Season } from '../domain/season.ts';
import type { Ports } from '../ports/index.ts';
import { loadReportDocument, paths, type LoadReportDocument } from './documents.ts';
import { readerOf } from './stored.ts';

/** Rejected rows kept in the report; all are counted. */
const MAX_KEPT = 500;

const reports = readerOf(loadReportDocument);

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

export async function loadReportOf(
  { store }: Pick<Ports, 'store'>,
  table: string,
  season: Season,
): Promise<LoadReportDocument | undefined> {
  const path = paths.loadReport(table, season);
  return reports.read(path, await store.get(path));
}

export async function loadReports({ store }: Pick<Ports, 'store'>): Promise<LoadReportDocument[]> {
  return reports.readAll(await store.list('load_reports'));
}
