/** Rows of source files that loaders refused, from the report of the last load of each table and season. */
import type { Season } from '../../shared/domain/season.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { DateReport } from '../../shared/state/documents.ts';
import { loadReports, totalsOf } from '../../shared/state/load-reports.ts';

export interface Rejects {
  /** How many rows were refused. A report names only the first rows of its load. */
  readonly total: number;
  readonly rejects: readonly ({
    readonly table: string;
    readonly season: Season;
  } & DateReport['rejects'][number])[];
}

export async function rejectedRows(ports: { readonly store: StateStore }): Promise<Rejects> {
  const reports = await loadReports(ports);
  return {
    total: reports.reduce((sum, report) => sum + totalsOf(report).rejected, 0),
    rejects: reports.flatMap(({ table, season, dates }) =>
      Object.entries(dates)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([, { rejects }]) => rejects.map((reject) => ({ table, season, ...reject }))),
    ),
  };
}
