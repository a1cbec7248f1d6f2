/** Gives one run of the tests a folder of its own, in which files share what takes long to build; it goes with the run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const RUN_FOLDER = 'FULLCOURT_TEST_RUN';

/** Called by vitest before the first test file. @returns what it calls after the last one */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'fullcourt-run-'));
  process.env[RUN_FOLDER] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
