/** `import` and `simulate`: load the files of a folder, or of a simulated league, into the raw tables. */
import { userInfo } from 'node:os';
import { gzipSync } from 'node:zlib';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { admit, claimOrigin, type Coming } from '../../functions/control/origins.ts';
import { dryRunImport } from '../../functions/control/import-dry-run.ts';
import { loadFiles, type ImportOptions, type ImportProgress } from '../../functions/control/imports.ts';
import { withTextsOfPdfs } from '../../functions/control/pdf-files.ts';
import type { Client, Worker } from '../../functions/targets/client.ts';
import { counted } from '../../shared/domain/counted.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { Origin } from '../../shared/domain/origin.ts';
import { isSeason, lastDateOf, seasonStarting } from '../../shared/domain/season.ts';
import { answer, copyable, EXIT, tell, type GlobalOptions } from './command.ts';
import { dryRunText, loadText } from './import-text.ts';
import { FIRST_YEAR, LAST_YEAR } from '../simulate/season-years.ts';
import { numberOption } from './options.ts';
import { progressDisplay, type ProgressDisplay } from './progress.ts';
import { scopeFileAt, sourceFilesAt } from './source-paths.ts';
import { loadingUnlessStopped } from './stopped.ts';

/** Reads the files of a folder, plain or gzipped. @throws RequestError when there is no such folder */
export function readFolder(folder: string): SourceFile[] {
  return sourceFilesAt([folder]);
}

/** What prints the progress of an import on stderr: what was found, how far each season is, and what it took. */
export function loadingProgress(): (progress: ImportProgress) => void {
  const displays = new Map<string, ProgressDisplay>();
  return (progress) => {
    switch (progress.kind) {
      case 'note':
        tell(progress.note);
        break;
      case 'looked':
        tell(
          `  ${counted(progress.files, 'file is', 'files are')} sound; something new is said of ${counted(progress.dates, 'date')} of raw tables`,
        );
        break;
      case 'loading': {
        const { season, backfill } = progress;
        const display = displays.get(backfill.id) ?? progressDisplay('lines', `  loading ${season}`);
        displays.set(backfill.id, display);
        display.show(backfill);
        break;
      }
      case 'loaded': {
        const { season, tables, dates, runs, seconds } = progress;
        tell(
          `  ${season}: ${counted(tables, 'raw table')}, ${counted(dates, 'date')}, ${counted(runs, 'run')} in ${seconds.toFixed(1)} s`,
        );
        break;
      }
      default:
        progress satisfies never;
    }
  };
}

export interface ImportFlags {
  readonly from?: string;
  readonly season?: readonly string[];
  readonly dryRun?: boolean;
  readonly replace?: boolean;
  readonly scope?: string;
}

export async function importCommand(
  client: Client,
  flags: ImportFlags,
  options: GlobalOptions,
  paths: readonly string[] = [],
): Promise<number> {
  const seasons = flags.season;
  const given = [...(flags.from === undefined ? [] : [flags.from]), ...paths];
  if (given.length === 0)
    throw new RequestError(
      'Name files or folders, such as: fullcourt import FOLDER, or fullcourt import --from FOLDER',
    );
  for (const season of seasons ?? [])
    if (!isSeason(season))
      throw new RequestError(`--season must be a season such as 2023-24, not "${season}"`);
  const coming: Coming = { command: 'import', origin: { kind: 'files' } };
  const by = userInfo().username;
  const scope = flags.scope === undefined ? undefined : { ...scopeFileAt(flags.scope), by };
  const chosen = { seasons, replace: flags.replace === true, scope, by };
  if (flags.dryRun === true) {
    await admit(client, coming);
    const found = withNext(await dryRunImport(client, await withTextsOfPdfs(sourceFilesAt(given)), chosen));
    answer(options, found, () => dryRunText(found));
    return found.failed.length === 0 ? EXIT.done : EXIT.failed;
  }
  const files = () => withTextsOfPdfs(sourceFilesAt(given), client.archive.put);
  return loadAndAnswer(client, coming, files, chosen, options);
}

/** What was loaded, with a next command that names the target. */
export function withNext<T extends { readonly next: string | null }>(found: T): T {
  return { ...found, next: found.next === null ? null : copyable(found.next) };
}

/**
 * Loads the files in this process and prints what was loaded.
 * @throws RequestError when another process serves the home, or holds rows of another origin
 */
export async function loadAndAnswer(
  client: Client,
  coming: Coming,
  filesOf: () => readonly SourceFile[] | Promise<readonly SourceFile[]>,
  chosen: Omit<ImportOptions, 'worker' | 'onProgress'>,
  options: GlobalOptions,
): Promise<number> {
  await admit(client, coming);
  const files = await filesOf();
  return asLoader(client, coming, async (worker) => {
    const result = withNext(
      await loadFiles(client, files, { ...chosen, worker, onProgress: loadingProgress() }),
    );
    answer(options, result, () => loadText(result));
    return result.failed.length === 0 ? EXIT.done : EXIT.failed;
  });
}

/**
 * Calls `load` as the process that does the work of the home. The rows that it loads have been admitted.
 * @throws RequestError when another process serves the home, or holds rows of another origin
 */
export async function asLoader<T>(
  client: Client,
  coming: Coming,
  load: (worker: Worker | undefined) => Promise<T>,
): Promise<T> {
  const worker = await client.openWorkerOrRefuse(coming.command);
  try {
    await claimOrigin(client, coming);
    worker?.dispatcher.start();
    return await loadingUnlessStopped(() => load(worker));
  } finally {
    await worker?.close();
  }
}

export interface SimulateFlags {
  readonly seasons: string;
  readonly seed: string;
  readonly firstSeason: string;
}

/** The whole numbers that describe a simulated league. @throws RequestError that names a flag that is none */
function leagueNumbers(flags: SimulateFlags): { seasons: number; seed: number; firstSeason: number } {
  const seasons = numberOption('--seasons', flags.seasons, { least: 1 });
  const seed = numberOption('--seed', flags.seed);
  const firstSeason = numberOption('--first-season', flags.firstSeason, {
    least: FIRST_YEAR,
    most: LAST_YEAR,
  });
  return { seasons, seed, firstSeason };
}

/** The origin of the rows of a simulated league, which has the same seasons however many are asked for. */
export function leagueOf(flags: SimulateFlags): Origin {
  const { seed, firstSeason } = leagueNumbers(flags);
  return { kind: 'simulated', seed, firstSeason };
}

/**
 * When the files of a simulated league count as learned (ISO, UTC): at noon Eastern of the last day of its last season, so that the
 * same league has the same rows in every home; now where that day is still to come.
 */
export function leagueLearnedAt(flags: SimulateFlags, now: Date): string {
  const { seasons, firstSeason } = leagueNumbers(flags);
  const end = `${lastDateOf(seasonStarting(firstSeason + seasons - 1))}T16:00:00.000Z`;
  return end < now.toISOString() ? end : now.toISOString();
}

/** The files of a simulated league, season by season, in the form that an import takes. */
export async function simulatedFiles(flags: SimulateFlags): Promise<SourceFile[]> {
  const { seasons, seed, firstSeason } = leagueNumbers(flags);
  const { simulateLeague } = await import('../simulate/league.ts');
  const files: SourceFile[] = [];
  try {
    for (const season of simulateLeague({ seasons, seed, firstSeason })) {
      for (const { name, text } of season.files) {
        const bytes = gzipSync(text, { level: 1 });
        files.push({ name: `${name}.gz`, bytes: () => bytes });
      }
    }
  } catch (error) {
    if (error instanceof RangeError) throw new RequestError(error.message);
    throw error;
  }
  return files;
}

export async function simulateCommand(
  client: Client,
  flags: SimulateFlags,
  options: GlobalOptions,
): Promise<number> {
  const coming: Coming = { command: 'simulate', origin: leagueOf(flags) };
  const chosen = { learnedAt: leagueLearnedAt(flags, client.clock()) };
  return loadAndAnswer(client, coming, () => simulatedFiles(flags), chosen, options);
}
