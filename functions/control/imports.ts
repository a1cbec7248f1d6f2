/** Imports source files: they are archived, and a backfill of phase 2 loads the dates of which they say something new. */
import { RequestError } from '../../shared/domain/failure.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { ChangeCount, Warehouse } from '../../shared/ports/warehouse.ts';
import { archivePlanned, type ImportReport, type SourceFile } from './archive-files.ts';
import { changesBy, inOrder, type Change, type ChangeSummary } from './changes.ts';
import { isNewScope, type LookedAgain, type PlannedScope, type ScopeSource } from './import-scopes.ts';
import { filesWithoutRows, importedLines, toldLines, type ImportedLines } from './import-lines.ts';
import { planImport, type ImportPlan } from './import-plan.ts';
import { firstRows, rowsIn, statesOf, type States } from './import-states.ts';
import { refusalsOf, tryImport, type TriedDate } from './import-trial.ts';
import { endWanted, loadWanted, unknownText, type LoadingPorts, type LoadProgress } from './load-wanted.ts';
import { nextCommand, staleIn, type StaleTable } from './stale-tables.ts';
import type { Working } from './watch.ts';

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

export interface ImportPorts extends LoadingPorts {
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly withWarehouse: <T>(what: string, look: (warehouse: Warehouse) => Promise<T>) => Promise<T>;
}

/** What is to be archived, and who asks for its loads. */
interface ArchivingOptions extends Omit<ImportOptions, 'worker' | 'onProgress'> {
  /** Whether what is to be loaded is written down; by default the caller asks for the loads by other means. */
  readonly wantsLoads?: boolean;
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
  | LoadProgress;

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
  const archived = await archiveUnlessRefused(ports, files, { ...options, wantsLoads: true }, onProgress);
  const { plan, refused, before, report } = archived;
  if (report === undefined) return refusedImport(plan, refused, started);
  const loaded = await loadWanted(ports, { worker, onLoad: onProgress });
  const lines = await importedLines(ports, plan);
  const forgotten = await endWanted(ports, loaded.wanted);
  const failed: string[] = [
    ...plan.held,
    ...filesWithoutRows(lines, plan),
    ...loaded.failed,
    ...unknownText(forgotten),
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
}

/** Looks at the files, tries them, and archives them when nothing speaks against it. The files are let go of then. */
export async function archiveUnlessRefused(
  ports: ArchivingPorts,
  files: readonly SourceFile[],
  options: ArchivingOptions,
  onProgress: (progress: ImportProgress) => void = () => undefined,
): Promise<Archived> {
  const { replace = false, wantsLoads = false } = options;
  const { files: looked, ...plan } = await planImport(ports, files, options);
  for (const note of [...plan.notes, ...plan.dropped]) onProgress({ kind: 'note', note });
  onProgress({ kind: 'looked', files: looked.size, dates: datesIn(plan) });
  const tried = await tryImport(ports, { ...plan, files: looked }, { onlyKnown: true });
  const refused = refusalsOf(tried, replace);
  const before = await statesOf(ports, plan);
  if (refused.length > 0) return { plan, refused, before };
  const shrinking = fewerRows(tried, replace).map(({ table, date }) => ({ table, date }));
  const wants = wantsLoads ? { shrinking } : undefined;
  return { plan, refused, before, report: await archivePlanned(ports, { ...plan, files: looked }, wants) };
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

/**
 * The dates that keep less than half of their rows. A date of which no file speaks any more keeps none; it is among
 * them when a person has said so. A date whose older rows are all set aside keeps none either.
 */
export function fewerRows(tried: readonly TriedDate[], replace: boolean): TriedDate[] {
  return tried.filter(({ before, after }) => {
    const rows = after?.rows.length ?? 0;
    const maybeFewer = after === undefined ? replace : rows + after.setAside > 0;
    return maybeFewer && rows < (before?.rows.length ?? 0) / 2;
  });
}
