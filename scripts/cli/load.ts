/** `import` and `simulate`: source files into raw partitions, through the same door as everything. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Client, Worker } from '../../functions/targets/client.ts';
import { archiveFiles, type ImportReport, type SourceFile } from '../../functions/steps/archive-files.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { isSeason, type Season } from '../../shared/domain/season.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import { tableSeason } from '../../shared/state/completions.ts';
import { loadReportOf } from '../../shared/state/load-reports.ts';
import { answer, EXIT, tell, type GlobalOptions } from './command.ts';
import { outcomeOf } from '../../functions/control/backfills.ts';
import { listFailures } from '../../shared/state/backfills.ts';
import { grouped, table } from './render.ts';
import { runBackfill } from './watch.ts';

export interface LoadResult {
  readonly seasons: readonly Season[];
  readonly rows: Readonly<Record<string, number>>;
  readonly rejected: number;
  readonly notes: readonly string[];
  readonly runs: number;
  readonly seconds: number;
  readonly failed: readonly string[];
}

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

/** Archives the files and loads every raw table and season they fill. */
export async function loadFiles(
  client: Client,
  worker: Worker | undefined,
  files: readonly SourceFile[],
  seasons: readonly Season[] | undefined,
  quiet: boolean,
): Promise<LoadResult> {
  const started = Date.now();
  const report = await archiveFiles(client, files, seasons);
  for (const note of report.notes) if (!quiet) tell(note);
  let runs = 0;
  const failed: string[] = [];
  const { calendarSources } = client.registry;
  const rest = await Promise.all(
    report.seasons.map(async (season) => [season, await othersToLoad(client, report, season)] as const),
  );
  const first = report.seasons.map((season) => [season, calendarSources] as const);
  for (const [season, tables] of [...first, ...rest]) {
    if (tables.length === 0) continue;
    const { backfill, seconds } = await runBackfill(
      client,
      {
        season,
        from: 'phase2',
        through: 'phase2',
        tables: [...tables],
        restate: 'mark',
        requestedBy: 'import',
      },
      { worker, quiet: true },
    );
    const outcome = await outcomeOf(client, backfill, seconds);
    runs += outcome.runs;
    if (!quiet)
      tell(
        `  ${season}: ${tables.length} raw tables, ${outcome.dates.planned} dates, ${outcome.runs} runs in ${seconds.toFixed(1)} s`,
      );
    if (backfill.state !== 'done') {
      failed.push(`${season}: ${backfill.verdict}`);
      for (const { partition, reason } of await listFailures(client, backfill.id, 5))
        failed.push(`  ${partition}: ${reason}`);
    }
  }
  const rejected = await rejectedIn(client, report);
  return {
    seasons: report.seasons,
    rows: await rowsIn(client, report),
    rejected,
    notes: report.notes,
    runs,
    seconds: (Date.now() - started) / 1000,
    failed,
  };
}

/** Beside those of the calendar: the tables that the files fill, and those loaded earlier that read one of them. */
async function othersToLoad(client: Client, { tables }: ImportReport, season: Season): Promise<string[]> {
  const readers = tables.flatMap((name) =>
    client.registry.readersOf(name).map(({ table }) => table.definition),
  );
  const loaded = [...new Set(readers.flatMap(({ kind, name }) => (kind === 'loaded' ? [name] : [])))];
  const archived = await archivesOf(client, loaded, season);
  const loadedEarlier = loaded.filter((_, i) => archived[i] !== undefined);
  return [...new Set([...tables, ...loadedEarlier])].filter(
    (name) => !client.registry.calendarSources.includes(name),
  );
}

async function rejectedIn(client: Client, report: ImportReport): Promise<number> {
  let rejected = 0;
  for (const season of report.seasons) {
    for (const name of report.tables) {
      rejected += (await loadReportOf(client, name, season))?.rejected ?? 0;
    }
  }
  return rejected;
}

async function rowsIn(client: Client, report: ImportReport): Promise<Record<string, number>> {
  const rows: Record<string, number> = {};
  for (const season of report.seasons) {
    for (const name of report.tables) {
      const index = await tableSeason(client, name, season);
      rows[name] =
        (rows[name] ?? 0) + Object.values(index?.dates ?? {}).reduce((sum, state) => sum + state.rows, 0);
    }
  }
  return rows;
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
  const files = readFolder(flags.from);
  const worker = await client.openWorkerOrRefuse('import');
  try {
    worker?.dispatcher.start();
    const result = await loadFiles(client, worker, files, seasons, false);
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

/** Files of a simulated league, season by season, as the importer takes them. */
export async function simulatedFiles(flags: SimulateFlags): Promise<SourceFile[]> {
  const [seasons, seed, firstSeason] = [flags.seasons, flags.seed, flags.firstSeason].map(Number);
  if (
    !Number.isInteger(seasons) ||
    !Number.isInteger(seed) ||
    !Number.isInteger(firstSeason) ||
    seasons === undefined ||
    seed === undefined ||
    firstSeason === undefined
  ) {
    throw new RequestError('--seasons, --seed and --first-season must be whole numbers');
  }
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
  const files = await simulatedFiles(flags);
  const worker = await client.openWorkerOrRefuse('simulate');
  try {
    worker?.dispatcher.start();
    const result = await loadFiles(client, worker, files, undefined, false);
    answer(options, result, () => loadText(result));
    return result.failed.length === 0 ? EXIT.done : EXIT.failed;
  } finally {
    await worker?.close();
  }
}
