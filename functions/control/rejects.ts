/** Rows of source files that loaders refused, from the report of the last load of each table, season and date. */
import { addedUp, isConsequence, type RejectCause } from '../../shared/domain/reject-causes.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { DateReport, LoadReportDocument } from '../../shared/state/load-reports.ts';
import { loadReports, totalsOf } from '../../shared/state/load-reports.ts';
import { RAW_LOADS } from '../processors/loads.ts';

export interface Rejects {
  /** How many rows were refused. A report names only the first rows of each date. */
  readonly total: number;
  /** All refused rows by cause, causes before their consequences. */
  readonly causes: readonly TableCause[];
  readonly rejects: readonly ({
    readonly table: string;
    readonly season: Season;
  } & DateReport['rejects'][number])[];
}

/** A cause for which rows of a file did not get into a table. */
export interface TableCause extends RejectCause {
  readonly table: string;
}

export async function rejectedRows(ports: { readonly store: StateStore }): Promise<Rejects> {
  const reports = inLoadingOrder(await loadReports(ports));
  return {
    total: reports.reduce((sum, report) => sum + totalsOf(report).rejected, 0),
    causes: causesFirst(
      reports.flatMap(({ table, dates }) =>
        addedUp(byDate(dates).flatMap(({ causes }) => causes)).map((cause) => ({ ...cause, table })),
      ),
    ),
    rejects: reports.flatMap(({ table, season, dates }) =>
      byDate(dates).flatMap(({ rejects }) => rejects.map((reject) => ({ table, season, ...reject }))),
    ),
  };
}

/**
 * Causes before what follows from them: first what is wrong with the rows themselves, in the order in which tables are loaded,
 * then the rows whose game the schedule lacks or has otherwise.
 */
export function causesFirst(causes: readonly TableCause[]): TableCause[] {
  const places = new Map(RAW_LOADS.all.map(({ definition }, i) => [definition.name, i]));
  const placeOf = ({ table, cause }: TableCause): number =>
    (isConsequence(cause) ? 1000 : 0) + (places.get(table) ?? places.size);
  return causes.toSorted((a, b) => placeOf(a) - placeOf(b) || b.rows - a.rows);
}

function inLoadingOrder(reports: readonly LoadReportDocument[]): LoadReportDocument[] {
  const names = RAW_LOADS.all.map(({ definition }) => definition.name);
  return reports.toSorted((a, b) => names.indexOf(a.table) - names.indexOf(b.table));
}

function byDate(dates: LoadReportDocument['dates']): DateReport[] {
  return Object.entries(dates)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, report]) => report);
}
