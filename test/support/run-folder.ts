/**
 * Gives one run of the tests a folder of its own, in which files share what takes long to build, and the emulators that
 * files share. Both go with the run.
 * Who sets `FULLCOURT_TEST_RUN` to a folder keeps it, and what was built in it, for the next run.
 */
import { appendFileSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DRAW } from './draw.ts';
import { KEEPER, keepEmulators } from './emulator-keeper.ts';
import { proof } from './proof.ts';
import { removeFolder } from './remove-folder.ts';

export const RUN_FOLDER = 'FULLCOURT_TEST_RUN';
/** Name of the list of CPU seconds in the folder of the run: in each line seconds, and a file or an emulator. */
export const CPU_LIST = 'cpu-seconds.txt';

/** Signals that end a run, and what it exits with then. */
const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

/** Called by vitest before the first test file. @returns what it calls after the last one */
export default async function setup(): Promise<() => Promise<void>> {
  const given = process.env[RUN_FOLDER];
  const folder = given ?? mkdtempSync(join(tmpdir(), 'fullcourt-run-'));
  process.env[RUN_FOLDER] = folder;
  const keeper = await keepEmulators();
  process.env[KEEPER] = keeper.host;
  // Every file draws from the same, also when the commit changes while they run.
  process.env['FULLCOURT_DRAW'] = DRAW;
  console.log(`Proof: ${proof}. Draw: ${DRAW} (FULLCOURT_DRAW=${DRAW} repeats it)`);
  const remove = (): void => {
    if (given === undefined) removeFolder(folder);
  };
  // At Ctrl-C nobody calls what is returned here. The emulators end with this process in any case.
  process.once('exit', remove);
  for (const [signal, code] of SIGNALS) process.once(signal, () => process.exit(code));
  return async () => {
    const emulators = await keeper.stop();
    for (const [name, seconds] of emulators)
      appendFileSync(join(folder, CPU_LIST), `${seconds.toFixed(1)} ${name}\n`);
    if (process.env['FULLCOURT_CPU_TIMES'] === '1') printCpuTimes(join(folder, CPU_LIST));
    remove();
  };
}

/** Files that took less than this many seconds of CPU are printed as one sum. */
const SHOWN_FROM = 2;

/** Prints the seconds of CPU of each long file and shared emulator, most first, and the sum of all. */
function printCpuTimes(list: string): void {
  const lines = existsSync(list) ? readFileSync(list, 'utf8').trim().split('\n') : [];
  const seconds = (line: string): number => Number(line.split(' ')[0]);
  const sum = (of: readonly string[]): string => of.reduce((all, line) => all + seconds(line), 0).toFixed(0);
  const [long, short] = [
    lines.filter((line) => seconds(line) >= SHOWN_FROM),
    lines.filter((line) => seconds(line) < SHOWN_FROM),
  ];
  console.log('CPU seconds by file:');
  for (const line of long.sort((a, b) => seconds(b) - seconds(a))) {
    const [of = '', ...name] = line.split(' ');
    console.log(`${of.padStart(7)} ${name.join(' ')}`);
  }
  console.log(`${sum(short).padStart(7)} ${short.length} others`);
  console.log(`${sum(lines)} in all`);
}
