/**
 * What it costs to print one season of the widest table as CSV: with nobody else at the home, and while another process serves
 * it. Memory is that of all processes that take part, shared pages counted once (Linux only).
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { environment } from '../../shared/config.ts';
import { table } from '../cli/text-table.ts';

const LAUNCHER = fileURLToPath(new URL('../launch.mjs', import.meta.url));
const ROWS = 'SELECT * FROM nba_analytics.upcoming_player_game_context';
/** Milliseconds between two looks at the memory. */
const LOOK_MS = 10;

/** What one printing cost. */
interface Printed {
  readonly lines: number;
  readonly seconds: number;
  /** Most MiB at one time, the pages that processes share divided among them. */
  readonly mib: number;
  /** Most MiB of each process since it began, shared pages counted in each. */
  readonly residentMib: readonly number[];
}

/** Simulates a season, prints it in both ways, and tells what that cost. */
export async function queryCsv(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'fullcourt-query-'));
  try {
    for (const args of [['simulate'], ['backfill', '--season', '2021-22']])
      if (
        spawnSync(process.execPath, [LAUNCHER, ...args], { env: envOf(home), stdio: 'ignore' }).status !== 0
      )
        throw new Error(`fullcourt ${args.join(' ')} failed`);
    const alone = await printed(home, []);
    const serving = spawn(process.execPath, [LAUNCHER, 'serve', '--port', '0'], {
      env: envOf(home),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let beside: Printed;
    try {
      for (let said = ''; !said.includes('Ctrl-C ends it');)
        said += String((await once(serving.stderr, 'data'))[0]);
      beside = await printed(home, [serving.pid ?? 0]);
    } finally {
      const ended = once(serving, 'exit');
      serving.kill();
      await ended;
    }
    console.log(
      table(
        ['a season as CSV', 'rows', 's', 'MiB', 'MiB of each process'],
        [line('nobody else has the home', alone), line('another process serves it', beside)],
      ),
    );
    console.log('\nGoal: under 3 s and 300 MiB.');
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const line = (how: string, { lines, seconds, mib, residentMib }: Printed): (string | number)[] => [
  how,
  lines - 1,
  seconds.toFixed(2),
  Math.round(mib),
  residentMib.map((each) => Math.round(each)).join(' + '),
];

const envOf = (home: string): NodeJS.ProcessEnv => ({ ...environment, FULLCOURT_HOME: home });

/** @param others ids of processes that take part beside the command */
async function printed(home: string, others: readonly number[]): Promise<Printed> {
  const started = performance.now();
  const command = spawn(process.execPath, [LAUNCHER, 'query', ROWS, '--format', 'csv'], {
    env: envOf(home),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let lines = 0;
  command.stdout.on('data', (bytes: Buffer) => (lines += bytes.filter((byte) => byte === 0x0a).length));
  const ended = once(command, 'close');
  const memory = await memoryUntilEnd(command, others);
  await ended;
  return { lines, seconds: (performance.now() - started) / 1000, ...memory };
}

async function memoryUntilEnd(
  command: ChildProcess,
  others: readonly number[],
): Promise<Pick<Printed, 'mib' | 'residentMib'>> {
  let mib = 0;
  const resident = new Map<number, number>();
  while (command.exitCode === null && command.signalCode === null) {
    const all = [...familyOf(command.pid ?? 0), ...others];
    mib = Math.max(
      mib,
      all.reduce((sum, pid) => sum + mibOf(pid, 'smaps_rollup', 'Pss'), 0),
    );
    for (const pid of all) resident.set(pid, Math.max(resident.get(pid) ?? 0, mibOf(pid, 'status', 'VmHWM')));
    await sleep(LOOK_MS);
  }
  return { mib, residentMib: [...resident.values()] };
}

/** A process and those that it has started. */
function familyOf(pid: number): number[] {
  try {
    return [
      pid,
      ...readdirSync(`/proc/${pid}/task`).flatMap((task) =>
        readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
          .split(' ')
          .filter((each) => each !== '')
          .flatMap((each) => familyOf(Number(each))),
      ),
    ];
  } catch {
    return [];
  }
}

/** A number of KiB in a file of `/proc`, as MiB; 0 when the process has ended. */
function mibOf(pid: number, file: string, name: string): number {
  try {
    const text = readFileSync(`/proc/${pid}/${file}`, 'utf8');
    return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
