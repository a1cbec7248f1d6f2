/** Commands on a disk that fails from one of their writes on, or that are killed there. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderOfRun } from './once-in-a-run.ts';
import type { Ended } from './command-line.ts';
import { startCliWith } from './run-cli.ts';

const SOURCE = fileURLToPath(new URL('failing-disk.c', import.meta.url));

/** From which write on a disk fails, and how. Write 0 does not exist: then nothing fails. */
export interface FailingDisk {
  readonly from: number;
  /** `kill` ends the process at that write. */
  readonly how: 'no room' | 'input/output error' | 'kill';
}

const HOW: Readonly<Record<FailingDisk['how'], string>> = {
  'no room': '28',
  'input/output error': '5',
  kill: 'kill',
};

/** The library that makes writes fail; undefined, and a line on the console, where it cannot be compiled. */
export function compiledDisk(leftOut: string): string | undefined {
  const library = join(folderOfRun(), `failing-disk-${process.pid}.so`);
  const made = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, SOURCE, '-ldl']);
  if (process.platform === 'linux' && made.status === 0) return library;
  console.log(`Left out: ${leftOut} (it needs Linux and a C compiler)`);
  return undefined;
}

/** Runs a command whose writes below its home fail. @returns also the number of those writes, where it was not killed */
export async function cliOn(
  library: string,
  disk: FailingDisk,
  folder: string,
  ...args: readonly string[]
): Promise<Ended & { readonly writes: number }> {
  const count = `${folder}.writes`;
  const env = {
    LD_PRELOAD: library,
    FAILING_DISK_FOLDER: `${folder}/`,
    FAILING_DISK_FROM: String(disk.from),
    FAILING_DISK_HOW: HOW[disk.how],
    FAILING_DISK_COUNT: count,
  };
  const ended = await startCliWith({ env }, folder, ...args).ended;
  const writes = existsSync(count) ? Number(readFileSync(count, 'utf8')) : 0;
  rmSync(count, { force: true });
  return { ...ended, writes };
}
