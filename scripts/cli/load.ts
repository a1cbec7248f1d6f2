/** `import` and `simulate`: load the files of a folder, or of a simulated league, into the raw tables. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { admit, claimOrigin, type Coming } from '../../functions/control/origins.ts';
import { loadFiles, type ImportProgress, type LoadResult } from '../../functions/control/imports.ts';
import type { Client } from '../../functions/targets/client.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { Origin } from '../../shared/domain/origin.ts';
import { isSeason, type Season } from '../../shared/domain/season.ts';
import { answer, EXIT, tell, type GlobalOptions } from './command.ts';
import { grouped, table } from './render.ts';

/** Reads the files of a folder, plain or gzipped. @throws RequestError when there is no such folder */
export function readFolder(folder: string): SourceFile[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter(
      (name) => /\.csv(\.gz)?$/.test(name) && statSync(join(folder, name)).isFile(),
    );
  } catch (error) {
    throw new RequestError(
      `${folder} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (names.length === 0)
    throw new RequestError(`${folder} holds no .csv or .csv.gz files; see docs/import.md for the format`);
  return names.sort().map((name) => ({ name, bytes: () => readFileSync(join(folder, name)) }));
}

/** Prints the progress of an import on stderr. */
export function tellProgress(progress: ImportProgress): void {
  switch (progress.kind) {
    case 'note':
      tell(progress.note);
      break;
    case 'loaded': {
      const { season, tables, dates, runs, seconds } = progress;
      tell(`  ${season}: ${tables} raw tables, ${dates} dates, ${runs} runs in ${seconds.toFixed(1)} s`);
      break;
    }
    default:
      progress satisfies never;
  }
}

function loadText(result: LoadResult): string {
  const lines = [
    table(['raw table', 'rows'], Object.entries(result.rows)),
    '',
    `${result.seasons.join(', ')}: ${grouped(Object.values(result.rows).reduce((sum, n) => sum + n, 0))} rows, ${result.rejected} rejected, ${result.runs} runs in ${result.seconds.toFixed(1)} s`,
  ];
  if (result.rejected > 0) lines.push('Rejected rows, with file, line and reason: fullcourt rejects');
  for (const failure of result.failed) lines.push(failure);
  return lines.join('\n');
}

export interface ImportFlags {
  readonly from: string;
  readonly season?: readonly string[];
}

export async function importCommand(
  client: Client,
  flags: ImportFlags,
  options: GlobalOptions,
): Promise<number> {
  const seasons = flags.season;
  for (const season of seasons ?? [])
    if (!isSeason(season))
      throw new RequestError(`--season must be a season such as 2023-24, not "${season}"`);
  const coming: Coming = { command: 'import', origin: { kind: 'files' } };
  return loadAndAnswer(client, coming, () => readFolder(flags.from), seasons, options);
}

/**
 * Loads the files in this process and prints what was loaded.
 * @throws RequestError when another process serves the home, or holds rows of another origin
 */
async function loadAndAnswer(
  client: Client,
  coming: Coming,
  filesOf: () => readonly SourceFile[] | Promise<readonly SourceFile[]>,
  seasons: readonly Season[] | undefined,
  options: GlobalOptions,
): Promise<number> {
  await admit(client, coming);
  const files = await filesOf();
  const worker = await client.openWorkerOrRefuse(coming.command);
  try {
    await claimOrigin(client, coming);
    worker?.dispatcher.start();
    const result = await loadFiles(client, files, { seasons, worker, onProgress: tellProgress });
    answer(options, result, () => loadText(result));
    return result.failed.length === 0 ? EXIT.done : EXIT.failed;
  } finally {
    await worker?.close();
  }
}

export interface SimulateFlags {
  readonly seasons: string;
  readonly seed: string;
  readonly firstSeason: string;
}

/** The whole numbers that describe a simulated league. @throws RequestError when one of them is not */
function leagueNumbers(flags: SimulateFlags): { seasons: number; seed: number; firstSeason: number } {
  const [seasons = NaN, seed = NaN, firstSeason = NaN] = [flags.seasons, flags.seed, flags.firstSeason].map(
    Number,
  );
  if (![seasons, seed, firstSeason].every(Number.isInteger))
    throw new RequestError('--seasons, --seed and --first-season must be whole numbers');
  return { seasons, seed, firstSeason };
}

/** The origin of the rows of a simulated league, which has the same seasons however many are asked for. */
export function leagueOf(flags: SimulateFlags): Origin {
  const { seed, firstSeason } = leagueNumbers(flags);
  return { kind: 'simulated', seed, firstSeason };
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
  return loadAndAnswer(client, coming, () => simulatedFiles(flags), undefined, options);
}
