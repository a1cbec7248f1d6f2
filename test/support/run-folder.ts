/**
 * Gives one run of the tests a folder of its own, in which files share what takes long to build; it goes with the run.
 * Who sets `FULLCOURT_TEST_RUN` to a folder keeps it, and what was built in it, for the next run.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DRAW } from './draw.ts';
import { proof } from './proof.ts';

export const RUN_FOLDER = 'FULLCOURT_TEST_RUN';
/** Name of the list of CPU seconds in the folder of the run: seconds and a file in each line. */
export const CPU_LIST = 'cpu-seconds.txt';

/** Called by vitest before the first test file. @returns what it calls after the last one */
export default function setup(): () => void {
  const given = process.env[RUN_FOLDER];
  const folder = given ?? mkdtempSync(join(tmpdir(), 'fullcourt-run-'));
  process.env[RUN_FOLDER] = folder;
  // Every file draws from the same, also when the commit changes while they run.
  process.env['FULLCOURT_DRAW'] = DRAW;
  console.log(`Proof: ${proof}. Draw: ${DRAW} (FULLCOURT_DRAW=${DRAW} repeats it)`);
  return () => {
    if (process.env['FULLCOURT_CPU_TIMES'] === '1') printCpuTimes(join(folder, CPU_LIST));
    if (given === undefined) rmSync(folder, { recursive: true, force: true });
  };
}

/** Prints the seconds of CPU of each file, most first, and their sum. */
function printCpuTimes(list: string): void {
  const lines = existsSync(list) ? readFileSync(list, 'utf8').trim().split('\n') : [];
  const seconds = (line: string): number => Number(line.split(' ')[0]);
  console.log('CPU seconds by file:');
  for (const line of lines.sort((a, b) => seconds(b) - seconds(a))) {
    const [of = '', file] = line.split(' ');
    console.log(`${of.padStart(7)} ${file}`);
  }
  console.log(`${lines.reduce((sum, line) => sum + seconds(line), 0).toFixed(0)} in all`);
}
