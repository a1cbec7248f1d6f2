/** Imports source files: they are archived, and a backfill of phase 2 loads the dates of which they say something new. */
import { evaluate } from '../../shared/domain/evaluation.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import type { Season } from '../../shared/domain/season.ts';
import { isRaw, RAW_PHASE, readBeside } from '../../shared/domain/table.ts';
import { partitionDates, whyNoPartition } from '../../shared/domain/view.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { ChangeCount, Warehouse } from '../../shared/ports/warehouse.ts';
import { archivesOf, forgetArchive } from '../../shared/state/archives.ts';
import { listFailures } from '../../shared/state/backfill-failures.ts';
import type { Backfill } from '../../shared/state/backfills.ts';
import { calendarOf } from '../../shared/state/calendars.ts';
import { loadView } from '../../shared/state/views.ts';
import { archivePlanned, type ImportReport, type SourceFile } from './archive-files.ts';
import { outcomeOf } from './backfills.ts';
import { changesBy, inOrder, type Change, type ChangeSummary } from './changes.ts';
import { isNewScope, type LookedAgain, type PlannedScope, type ScopeSource } from './import-scopes.ts';
import { filesWithoutRows, importedLines, toldLines, type ImportedLines } from './import-lines.ts';
import { planImport, type ImportPlan } from './import-plan.ts';
import { firstRows, rowsIn, statesOf, type States } from './import-states.ts';
import { refusalsOf, tryImport, type TriedDate } from './import-trial.ts';
import { nextCommand, staleIn, type StaleTable } from './stale-tables.ts';
import { runBackfill, type RequestingPorts, type Working } from './watch.ts';

export interface LoadResult {
  readonly seasons: readonly Season[];
  /** How many rows each raw table has in the seasons that were loaded, by its name. */
  readonly rows: Readonly<Record<string, number>>;
  /** Lines that were refused, and lines that were not used although nothing is wrong with them. */
  readonly rejected: number;
  readonly notUsed: number;
  /** Every line that was read of each file for each table was loaded, refused or not used. */
  readonly lines: ImportedLines['lines'];
  readonly causes: ImportedLines['causes'];
  readonly unused: ImportedLines['unused'];
  /** One line for each file that fills no table: its name, and why. */
  readonly notes: readonly string[];
  /** One line for each table and season that loses games. */
  readonly dropped: readonly string[];
  /** What the files mean to hold, season by season, as the import has been told. */
  readonly scopes: readonly ToldScope[];
  /** Dates that were loaded again because they came into the scope of a table, or left it. */
  readonly lookedAgain: readonly LookedAgain[];
  /** What loads tell although it is no fault. */
  readonly told: ImportedLines['notes'];
  /** Rows of raw tables that were added, changed and removed, ordered by table and date. */
  readonly changes: readonly ChangeCount[];
  /** The first changes of rows that were there before, with old and new values. */
  readonly examples: readonly Change[];
  /** What was built from something else than there is now. */
  readonly stale: readonly StaleTable[];
  /** The command that follows; null when nothing is to be done. */
  readonly next: string | null;
  readonly runs: number;
  readonly seconds: number;
  readonly failed: readonly string[];
}

/** The scope that an import gives a season. */
export interface ToldScope extends Omit<PlannedScope, 'before' | 'by'> {
  /** Whether the season had another scope, or none. */
  readonly isNew: boolean;
}

export interface ImportPorts extends RequestingPorts {
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly withWarehouse: <T>(what: string, look: (warehouse: Warehouse) => Promise<T>) => Promise<T>;
}

type ArchivingPorts = Pick<ImportPorts, 'store' | 'archive' | 'clock' | 'registry'>;

export interface ImportOptions {
  /** Only these seasons; by default all that the files have. */
  readonly seasons?: readonly Season[] | undefined;
  /** The files replace all older ones of their kinds in their seasons. */
  readonly replace?: boolean | undefined;
  /** What the files mean to hold; by default what a `scope.json` among them says. */
  readonly scope?: ScopeSource | undefined;
  /** Who gives the scope that lies among the files; by default nobody who is named. */
  readonly by?: string | undefined;
  /** When a source was asked (ISO, UTC); by default the files are historical. */
  readonly observedAt?: string | undefined;
  /** When historical files were learned (ISO, UTC); by default now. */
  readonly learnedAt?: string | undefined;
  /** The worker of this process, when it has one already. */
  readonly worker?: ImportWorker | undefined;
  readonly onProgress?: (progress: ImportProgress) => void;
}

/** A worker of this process, which has the warehouse open. */
interface ImportWorker extends Working {
  readonly context: { readonly ports: { readonly warehouse: Warehouse } };
}

export type ImportProgress =
  | { readonly kind: 'note'; readonly note: string }
  | { readonly kind: 'looked'; readonly files: number; readonly dates: number }
  | { readonly kind: 'loading'; readonly season: Season; readonly backfill: Backfill }
  | {
      readonly kind: 'loaded';
      readonly season: Season;
      readonly tables: number;
      readonly dates: number;
      readonly runs: number;
      readonly seconds: number;
    };

/**
 * Archives the files and loads every raw table and date of which they say something new. Files that would take away more than
 * half of the rows of a date are refused as a whole: then nothing is archived, and `failed` says why.
 * @throws RequestError when no file fills a table, or a file is damaged
 */
export async function loadFiles(
  ports: ImportPorts,
  files: readonly SourceFile[],
  { worker, onProgress = () => undefined, ...options }: ImportOptions = {},
): Promise<LoadResult> {
  const started = Date.now();
  const archived = await archiveUnlessRefused(ports, files, options, onProgress);
  const { plan, refused, before, report, fewer } = archived;
  if (report === undefined) return refusedImport(plan, refused, started);
  const loaded = await loadAll(ports, report, plan, fewer, worker, onProgress);
  const lines = await importedLines(ports, plan);
  const forgotten = await forgetUnknownSeasons(ports, plan);
  const failed: string[] = [
    ...plan.held,
    ...filesWithoutRows(lines, plan),
    ...loaded.failed,
    ...forgotten.map((season) => `${season}: no game of it is known, so nothing of it is kept`),
  ];
  const kept = report.seasons.filter((season) => !forgotten.includes(season));
  const after = await statesOf(ports, plan);
  const look = <T>(work: (warehouse: Warehouse) => Promise<T>): Promise<T> =>
    worker === undefined ? ports.withWarehouse('import', work) : work(worker.context.ports.warehouse);
  const restated = await look((warehouse) => changesBy(ports, warehouse, loaded.backfillIds)).catch(
    (error: unknown): ChangeSummary => {
      if (!(error instanceof RequestError)) throw error;
      failed.push(
        `The files are loaded; what changed in rows that were there before cannot be read: ${error.message}`,
      );
      return { changes: [], examples: [] };
    },
  );
  const changes = inOrder([...firstRows(before, after), ...restated.changes]);
  const again = plan.lookedAgain.map(({ season }) => season);
  const stale = await staleIn(ports, [...new Set([...kept, ...again])].sort());
  return {
    seasons: kept,
    rows: rowsIn(after, report.tables),
    ...toldLines(lines),
    notes: report.notes,
    dropped: plan.dropped,
    ...toldScopes(plan),
    changes,
    examples: restated.examples,
    stale,
    next:
      failed.length > plan.held.length ? 'fullcourt rejects' : nextCommand(changes, stale, plan.lookedAgain),
    runs: loaded.runs,
    seconds: (Date.now() - started) / 1000,
    failed,
  };
}

/** A plan without the files, which may take much memory. */
type PlanOfSources = Omit<ImportPlan, 'files'>;

/** What is known when the files are archived; without a report they were refused. */
interface Archived {
  readonly plan: PlanOfSources;
  readonly refused: readonly string[];
  /** The states of the raw tables before anything was loaded. */
  readonly before: States;
  readonly report?: ImportReport;
  readonly fewer: ReadonlyMap<Season, readonly TriedDate[]>;
}

/** Looks at the files, tries them, and archives them when nothing speaks against it. The files are let go of then. */
export async function archiveUnlessRefused(
  ports: ArchivingPorts,
  files: readonly SourceFile[],
  options: Omit<ImportOptions, 'worker' | 'onProgress'>,
  onProgress: (progress: ImportProgress) => void = () => undefined,
): Promise<Archived> {
  const { replace = false } = options;
  const { files: looked, ...plan } = await planImport(ports, files, options);
  for (const note of [...plan.notes, ...plan.dropped]) onProgress({ kind: 'note', note });
  onProgress({ kind: 'looked', files: looked.size, dates: datesIn(plan) });
  const tried = await tryImport(ports, { ...plan, files: looked }, { onlyKnown: true });
  const refused = refusalsOf(tried, replace);
  const before = await statesOf(ports, plan);
  const fewer = fewerRows(tried, replace);
  if (refused.length > 0) return { plan, refused, before, fewer };
  return { plan, refused, before, fewer, report: await archivePlanned(ports, { ...plan, files: looked }) };
}

/** The scopes of an import as its answer has them. */
export function toldScopes({
  scopes,
  lookedAgain,
}: Pick<ImportPlan, 'scopes' | 'lookedAgain'>): Pick<LoadResult, 'scopes' | 'lookedAgain'> {
  return {
    scopes: scopes.map(({ before, by: _, ...scope }) => ({
      ...scope,
      isNew: isNewScope({ ...scope, before, by: null }),
    })),
    lookedAgain,
  };
}

/** How many pairs of raw table and date the files say something new of. */
function datesIn({ sources }: PlanOfSources): number {
  return sources.reduce((sum, { dates }) => sum + dates.length, 0);
}

/** The answer to files that were refused as a whole. */
function refusedImport(plan: PlanOfSources, refused: readonly string[], started: number): LoadResult {
  const nothing = { rows: {}, rejected: 0, notUsed: 0, lines: [], causes: [], unused: [], told: [] };
  return {
    ...nothing,
    ...{ seasons: [], changes: [], examples: [], stale: [], runs: 0, notes: plan.notes, dropped: [] },
    ...{ scopes: [], lookedAgain: [] },
    next: 'fullcourt import --replace FILES',
    seconds: (Date.now() - started) / 1000,
    failed: [
      'Nothing was imported: the files would take away rows of games of which they speak. If they are right, import them with --replace',
      ...refused,
    ],
  };
}

interface Loaded {
  readonly backfillIds: readonly string[];
  readonly runs: number;
  readonly failed: readonly string[];
}

/** Runs the backfills of phase 2 that load what was archived. */
async function loadAll(
  ports: ImportPorts,
  report: ImportReport,
  { lookedAgain }: PlanOfSources,
  fewer: ReadonlyMap<Season, readonly TriedDate[]>,
  worker: ImportWorker | undefined,
  onProgress: (progress: ImportProgress) => void,
): Promise<Loaded> {
  const backfillIds: string[] = [];
  let runs = 0;
  const failed: string[] = [];
  const run = async (season: Season, request: BackfillRequest, tables: readonly string[]): Promise<void> => {
    const { backfill, seconds } = await runBackfill(
      ports,
      {
        ...{
          from: RAW_PHASE,
          through: RAW_PHASE,
          tables: [...tables],
          restate: 'mark',
          requestedBy: 'import',
        },
        fetch: false,
        ...request,
      },
      { worker, onLook: (backfill) => onProgress({ kind: 'loading', season, backfill }) },
    );
    const outcome = await outcomeOf(ports, backfill, seconds);
    backfillIds.push(backfill.id);
    runs += outcome.runs;
    const { asked, unchanged, leftOut } = outcome.dates;
    const dates = asked - unchanged - leftOut;
    onProgress({ kind: 'loaded', season, tables: tables.length, dates, runs: outcome.runs, seconds });
    if (backfill.state === 'done') return;
    failed.push(`${season}: ${backfill.verdict}`);
    for (const { partition, reason } of await listFailures(ports, backfill.id, 5))
      failed.push(`  ${partition}: ${reason}`);
  };
  const seasons = [...new Set([...report.seasons, ...lookedAgain.map(({ season }) => season)])].sort();
  const rest = await Promise.all(
    seasons.map(async (season) => [season, await othersToLoad(ports, report, lookedAgain, season)] as const),
  );
  // The tables that say which games exist are loaded first, because every other table needs the games to be read.
  const first = report.seasons.map((season) => [season, ports.registry.calendarSources] as const);
  for (const [season, tables] of [...first, ...rest]) {
    if (tables.length === 0 || (!fewer.has(season) && (await isLoaded(ports, tables, season)))) continue;
    // The trial has found that these dates rightly have fewer rows; the audit would refuse them.
    const forced = (fewer.get(season) ?? []).filter(({ table }) => tables.includes(table));
    if (forced.length > 0) {
      const dates = [...new Set(forced.map(({ date }) => date))].sort();
      await run(season, { dates, force: true }, [...new Set(forced.map(({ table }) => table))]);
    }
    await run(season, { season }, tables);
  }
  return { backfillIds, runs, failed };
}

/** Whether every date of these raw tables holds what the archive says of it, as after an import that has no schedule. */
async function isLoaded(ports: ImportPorts, tables: readonly string[], season: Season): Promise<boolean> {
  const { registry } = ports;
  const view = await loadView(ports, registry, [season], { gameHashes: false, tables });
  const found = view.seasons.get(season);
  if (found === undefined || found.calendar.dates.length === 0) return false;
  const evaluation = evaluate(view);
  return tables
    .map((name) => registry.get(name))
    .every((table) =>
      partitionDates(table, found).every(
        (date) => whyNoPartition(view, table, date) !== undefined || evaluation.isCurrent(table, date),
      ),
    );
}

/**
 * The dates that keep less than half of their rows, by season. A date of which no file speaks any more keeps none; it is among
 * them when a person has said so. A date whose older rows are all set aside keeps none either.
 */
export function fewerRows(
  tried: readonly TriedDate[],
  replace: boolean,
): ReadonlyMap<Season, readonly TriedDate[]> {
  const fewer = tried.filter(({ before, after }) => {
    const rows = after?.rows.length ?? 0;
    const maybeFewer = after === undefined ? replace : rows + after.setAside > 0;
    return maybeFewer && rows < (before?.rows.length ?? 0) / 2;
  });
  return Map.groupBy(fewer, ({ season }) => season);
}

/**
 * The tables to load for a season beside those that say which games exist: the tables that the files fill, and tables that
 * were loaded earlier and read one of these or have it as a witness, in which the files have explained a name, or of which
 * dates come into the scope or leave it.
 */
async function othersToLoad(
  { store, registry }: ImportPorts,
  { seasons, tables, matchedAnew }: ImportReport,
  lookedAgain: readonly LookedAgain[],
  season: Season,
): Promise<string[]> {
  const ofFiles = seasons.includes(season) ? tables : [];
  const loaded = loadedWith(registry, ofFiles);
  const archived = await archivesOf({ store }, loaded, season);
  const loadedEarlier = loaded.filter((_, i) => archived[i] !== undefined);
  const anew = [...matchedAnew, ...lookedAgain].filter((found) => found.season === season);
  return [...new Set([...ofFiles, ...loadedEarlier, ...anew.map(({ table }) => table)])].filter(
    (name) => !registry.calendarSources.includes(name),
  );
}

/** The raw tables whose loads know what files say of these ones: their readers, and those that have one of them as a witness. */
export function loadedWith(registry: Registry, tables: readonly string[]): string[] {
  const readers = tables.flatMap((name) => registry.readersOf(name).map(({ table }) => table.definition));
  const besides = registry.all.flatMap(({ definition }) =>
    readBeside(definition).some((name) => tables.includes(name)) ? [definition] : [],
  );
  return [...new Set([...readers, ...besides].filter(isRaw).map(({ name }) => name))];
}

/**
 * Forgets the archives of seasons that were not known before and of which no game was accepted, so that no season stays of
 * which nothing is known. What was refused stays in the load reports.
 */
async function forgetUnknownSeasons(ports: ImportPorts, { sources }: PlanOfSources): Promise<Season[]> {
  const forgotten: Season[] = [];
  for (const [season, ofSeason] of Map.groupBy(sources, (source) => source.season)) {
    if (ofSeason.some(({ before }) => before !== undefined)) continue;
    if ((await calendarOf(ports, season)) !== undefined) continue;
    for (const { table } of ofSeason) await forgetArchive(ports, table, season);
    forgotten.push(season);
  }
  return forgotten;
}
