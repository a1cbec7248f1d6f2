/** What a live day costs: a date through all phases, and a night's files into a home that has many. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { textOf } from '../../functions/ingest/sound-file.ts';
import { sourceFileOf, subjectColumn } from '../../functions/ingest/source-files.ts';
import { sortLines } from '../../functions/ingest/source-lines.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import type { Worker } from '../../functions/targets/client.ts';
import type { EmbeddedClient } from '../../functions/targets/embedded/client.ts';
import { environment } from '../../shared/config.ts';
import { evaluate } from '../../shared/domain/evaluation.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { tableSeason } from '../../shared/state/completions.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { requestRun } from '../../shared/state/request-run.ts';
import { loadView } from '../../shared/state/views.ts';

/** Seconds by the clock, and of all processors together. */
export interface Cost {
  readonly seconds: number;
  readonly cpu: number;
}

/** Seconds of CPU of the command that imports a night, and of a command that does nothing. */
export interface NightCost {
  readonly night: number;
  readonly nothing: number;
}

/** What one live date costs: from loading all its raw tables again until everything that depends on them is built. */
export async function liveDay(client: EmbeddedClient, worker: Worker, date: GameDate): Promise<Cost> {
  const { ports } = worker.context;
  await worker.dispatcher.drain();
  const { seasons } = await loadView(ports, client.registry, [seasonOf(date)]);
  const raw = client.registry.all.filter(
    ({ definition: { name } }) => seasons.get(seasonOf(date))?.archives.get(name)?.slices[date] !== undefined,
  );
  const started = performance.now();
  const before = process.cpuUsage();
  for (const table of raw) {
    const { name, inputs } = table.definition;
    // Read anew for each table: it sees that the tables that it reads are asked for. Else it would be loaded twice.
    const view = await loadView(ports, client.registry, [seasonOf(date)], {
      tables: [name, ...inputs.map((input) => input.table)],
    });
    const asked = await requestRun(ports, client.registry, {
      table: name,
      dates: [{ date, ...evaluate(view).inputsSeen(table, date) }],
      mode: 'live',
      backfillId: null,
      through: 'phase4',
      correlationId: 'bench',
      causationId: null,
      want: { through: 'phase4', correlationId: 'bench' },
    });
    if (asked !== undefined) await dispatchOutbox(ports, [asked.eventId]);
  }
  await worker.dispatcher.drain();
  const seconds = (performance.now() - started) / 1000;
  const cpu = secondsOf(process.cpuUsage(before));
  const index = await tableSeason(ports, 'player_game_summary', seasonOf(date));
  if (index?.dates[date]?.status !== 'success') throw new Error(`The live date ${date} was not built`);
  return { seconds, cpu };
}

const LAUNCHER = fileURLToPath(new URL('../launch.mjs', import.meta.url));
/** Times that a night is imported. The median counts. */
const NIGHTS = 5;

/**
 * What it costs to import one night again with a corrected box score: it is archived and loaded, and its readers are marked as
 * stale. Each import is a command of its own, as is the one that does nothing: it opens the home and shows the date.
 */
export function oneNight(home: string, files: readonly SourceFile[], date: GameDate): NightCost {
  const folder = mkdtempSync(join(tmpdir(), 'fullcourt-night-'));
  try {
    const costs = Array.from({ length: NIGHTS }, (_, i) => {
      const paths = nightFiles(files, date, i + 1).map(({ name, text }) => {
        const path = join(folder, name);
        writeFileSync(path, text);
        return path;
      });
      return {
        nothing: cpuOf(home, folder, ['status', '--date', date]),
        night: cpuOf(home, folder, ['import', '--season', seasonOf(date), ...paths]),
      };
    });
    return {
      night: median(costs.map(({ night }) => night)),
      nothing: median(costs.map(({ nothing }) => nothing)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The box scores of a night, in which the first player of each file has so many assists more. */
function nightFiles(
  files: readonly SourceFile[],
  date: GameDate,
  more: number,
): { readonly name: string; readonly text: string }[] {
  const { layouts } = RAW_LOADS.of('nbac_player_boxscores');
  return files.flatMap((file) => {
    const source = sourceFileOf(file.name);
    if (source === undefined || !(source.kind in layouts)) return [];
    const sorted = sortLines(textOf(file.bytes()), subjectColumn(source.kind));
    const [first, ...lines] = sorted?.seasons.get(seasonOf(date))?.get(date)?.lines ?? [];
    if (sorted === undefined || first === undefined) return [];
    const assists = sorted.header.split(',').indexOf('ast');
    const corrected = first.text
      .split(',')
      .map((cell, i) => (i === assists ? String(Number(cell) + more) : cell));
    const text = [sorted.header, corrected.join(','), ...lines.map((line) => line.text), ''].join('\n');
    return [{ name: file.name.replace(/\.gz$/, ''), text }];
  });
}

/** Seconds of CPU of a command on a home, on all its threads, and of the launcher that starts it. @throws Error when it fails */
function cpuOf(home: string, folder: string, args: readonly string[]): number {
  const told = join(folder, 'cpu.json');
  // Written when the command ends. The launcher has become the command by then, so its work is counted, too.
  const tell = `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(${JSON.stringify(told)}, JSON.stringify(process.cpuUsage())));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, [LAUNCHER, ...args], {
    env: {
      ...environment,
      FULLCOURT_HOME: home,
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tell)}`,
    },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`${args[0] ?? ''} has failed: ${stderr}${stdout}`);
  return secondsOf(JSON.parse(readFileSync(told, 'utf8')) as NodeJS.CpuUsage);
}

function secondsOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
