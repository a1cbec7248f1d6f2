/** Writes down how many seconds of CPU each test file took, its child processes included; the run prints the list at its end. */
import { appendFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, expect } from 'vitest';
import { childSeconds } from './process-seconds.ts';
import { CPU_LIST, RUN_FOLDER } from './run-folder.ts';

/** Seconds of CPU that this process and the children it has waited for have taken. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + childSeconds();
}

/** Where a process that runs several files keeps what is counted already; a new process begins at 0. */
const COUNTED = 'FULLCOURT_CPU_COUNTED';

const folder = process.env[RUN_FOLDER];
// Registered before the hooks of the file, it runs after them: what they end is counted.
afterAll(() => {
  const file = expect.getState().testPath;
  if (folder === undefined || file === undefined) return;
  const now = cpuSeconds();
  const seconds = (now - Number(process.env[COUNTED] ?? 0)).toFixed(1);
  process.env[COUNTED] = String(now);
  appendFileSync(join(folder, CPU_LIST), `${seconds} ${relative(process.cwd(), file)}\n`);
});
