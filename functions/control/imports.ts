/** Imports source files: they are archived, and a backfill of phase 2 loads every table and season that they fill. */
import type { Registry } from '../../shared/domain/registry.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import { tableSeason } from '../../shared/state/completions.ts';
import { loadReportOf, totalsOf } from '../../shared/state/load-reports.ts';
import { listFailures } from '../../shared/state/backfills.ts';
import { archiveFiles, type ImportReport, type SourceFile } from './archive-files.ts';
import { outcomeOf } from './backfills.ts';
import { runBackfill, type RequestingPorts, type Working } from './watch.ts';

export interface LoadResult {
  readonly seasons: readonly Season[];
  /** How many rows each raw table has in the seasons that were loaded, by its name. */
  readonly rows: Readonly<Record<string, number>>;
  readonly rejected: number;
  /** One line for each file that fills no table: its name, and why. */
  readonly notes: readonly string[];
  readonly runs: number;
  readonly seconds: number;
  readonly failed: readonly string[];
}

export interface ImportPorts extends RequestingPorts {
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  readonly registry: Registry;
}

export interface ImportOptions {
  /** Only these seasons; by default all that the files have. */
  readonly seasons?: readonly Season[] | undefined;
  /** Files of the same kinds that are archived for these seasons are replaced, also where the new ones say nothing. */
  readonly replace?: boolean | undefined;
  /** The worker of this process, when it has one already. */
  readonly worker?: Working | undefined;
  readonly onProgress?: (progress: ImportProgress) => void;
}

export type ImportProgress =
  | { readonly kind: 'note'; readonly note: string }
  | {
      readonly kind: 'loaded';
      readonly season: Season;
      readonly tables: number;
      readonly dates: number;
      readonly runs: number;
      readonly seconds: number;
    };

/**
 * Archives the files and loads every raw table and season that they fill.
 * @throws RequestError when no file fills a table
 */
export async function loadFiles(
  ports: ImportPorts,
  files: readonly SourceFile[],
  { seasons, replace, worker, onProgress = () => undefined }: ImportOptions = {},
): Promise<LoadResult> {
  const { store, registry } = ports;
  const started = Date.now();
  const report = await archiveFiles(ports, files, { seasons, replace });
  for (const note of report.notes) onProgress({ kind: 'note', note });
  let runs = 0;
  const failed: string[] = [];
  const rest = await Promise.all(
    report.seasons.map(async (season) => [season, await othersToLoad(ports, report, season)] as const),
  );
  // The tables that say which games exist are loaded first, because every other table needs the games to be read.
  const first = report.seasons.map((season) => [season, registry.calendarSources] as const);
  for (const [season, tables] of [...first, ...rest]) {
    if (tables.length === 0) continue;
    const { backfill, seconds } = await runBackfill(
      ports,
      {
        season,
        from: 'phase2',
        through: 'phase2',
        tables: [...tables],
        restate: 'mark',
        requestedBy: 'import',
      },
      { worker },
    );
    const outcome = await outcomeOf(ports, backfill, seconds);
    runs += outcome.runs;
    onProgress({
      kind: 'loaded',
      season,
      tables: tables.length,
      dates: outcome.dates.planned,
      runs: outcome.runs,
      seconds,
    });
    if (backfill.state !== 'done') {
      failed.push(`${season}: ${backfill.verdict}`);
      for (const { partition, reason } of await listFailures(ports, backfill.id, 5))
        failed.push(`  ${partition}: ${reason}`);
    }
  }
  failed.push(...(await withoutRows(store, report)));
  return {
    seasons: report.seasons,
    rows: await rowsIn(store, report),
    rejected: await rejectedIn(store, report),
    notes: report.notes,
    runs,
    seconds: (Date.now() - started) / 1000,
    failed,
  };
}

/**
 * The tables to load for a season beside those that say which games exist: the tables that the files fill, and tables that
 * were loaded earlier and read one of these.
 */
async function othersToLoad(
  { store, registry }: ImportPorts,
  { tables }: ImportReport,
  season: Season,
): Promise<string[]> {
  const readers = tables.flatMap((name) => registry.readersOf(name).map(({ table }) => table.definition));
  const loaded = [...new Set(readers.flatMap(({ kind, name }) => (kind === 'loaded' ? [name] : [])))];
  const archived = await archivesOf({ store }, loaded, season);
  const loadedEarlier = loaded.filter((_, i) => archived[i] !== undefined);
  return [...new Set([...tables, ...loadedEarlier])].filter(
    (name) => !registry.calendarSources.includes(name),
  );
}

/** One line for each table and season whose files gave rows, none of which was accepted, with the first reason. */
async function withoutRows(store: StateStore, report: ImportReport): Promise<string[]> {
  const found: string[] = [];
  for (const season of report.seasons) {
    for (const table of report.tables) {
      const loaded = await loadReportOf({ store }, table, season);
      const [first] = Object.values(loaded?.dates ?? {}).flatMap(({ rejects }) => rejects);
      const { rows, rejected } = totalsOf(loaded);
      if (first === undefined || rows > 0) continue;
      found.push(
        `${season}: no row of ${table} was accepted, ${rejected} were refused; the first is line ${first.line} of ${first.file}: ${first.reason}`,
      );
    }
  }
  return found;
}

async function rejectedIn(store: StateStore, report: ImportReport): Promise<number> {
  let rejected = 0;
  for (const season of report.seasons) {
    for (const name of report.tables) {
      rejected += totalsOf(await loadReportOf({ store }, name, season)).rejected;
    }
  }
  return rejected;
}

async function rowsIn(store: StateStore, report: ImportReport): Promise<Record<string, number>> {
  const rows: Record<string, number> = {};
  for (const season of report.seasons) {
    for (const name of report.tables) {
      const index = await tableSeason({ store }, name, season);
      rows[name] =
        (rows[name] ?? 0) + Object.values(index?.dates ?? {}).reduce((sum, state) => sum + state.rows, 0);
    }
  }
  return rows;
}
