/** What a command of the command line is started with, and how it ends. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderOfRun } from './once-in-a-run.ts';

const LAUNCHER = fileURLToPath(new URL('../../scripts/launch.mjs', import.meta.url));
/** Where the launcher keeps compiled code, so that a command starts as fast as it does for a user. */
export const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/node', import.meta.url));

/**
 * The program and the arguments that every command begins with: what `npx fullcourt` runs, the bundle of the present sources.
 * The launcher is asked once in a run of the tests, and makes the bundle when no earlier run has.
 */
export function commandLine(): readonly [program: string, ...args: string[]] {
  const known = join(folderOfRun(), 'command-line.json');
  if (!existsSync(known)) {
    const asking = `${known}.${process.pid}`;
    writeFileSync(asking, execFileSync(process.execPath, [LAUNCHER, '--which']));
    // A file that asks at the same time is told the same.
    renameSync(asking, known);
  }
  return JSON.parse(readFileSync(known, 'utf8')) as [string, ...string[]];
}

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
