/** Gives one run of the tests a folder of its own, in which files share what takes long to build; it goes with the run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DRAW } from '../support/draw.ts';
import { proof } from '../support/proof.ts';

export const RUN_FOLDER = 'FULLCOURT_TEST_RUN';

/** Called by vitest before the first test file. @returns what it calls after the last one */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'fullcourt-run-'));
  process.env[RUN_FOLDER] = folder;
  // Every file draws from the same, also when the commit changes while they run.
  process.env['FULLCOURT_DRAW'] = DRAW;
  console.log(`Proof: ${proof}. Draw: ${DRAW} (FULLCOURT_DRAW=${DRAW} repeats it)`);
  return () => rmSync(folder, { recursive: true, force: true });
}
