/** Starts a bundle as the platform does, to test it before it is deployed. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bundle } from './bundle.ts';

const coldStart = fileURLToPath(new URL('cold-start.mjs', import.meta.url));

/** Times of a successful start, in milliseconds; `cold-start.mjs` measures them. */
export interface ColdStart {
  readonly importMs: number;
  readonly servesMs: number;
  readonly restMs: number;
}

/**
 * Starts a process that imports the bundle and all its parts, and calls the function once.
 * @throws Error with the output of the process, when a module is missing or the function does not answer
 */
export async function startBundle({ folder, name }: Pick<Bundle, 'folder' | 'name'>): Promise<ColdStart> {
  const started = await promisify(execFile)(process.execPath, [coldStart, join(folder), name], {
    env: {
      FULLCOURT_TARGET: 'gcp',
      FULLCOURT_PROJECT: 'demo-fullcourt',
      FULLCOURT_PUSH_ACCOUNT: 'nba-push@demo-fullcourt.iam.gserviceaccount.com',
      FULLCOURT_PUSH_AUDIENCE: 'https://demo-fullcourt.example',
      // This machine has no metadata server, so Google's clients must not look for one.
      METADATA_SERVER_DETECTION: 'none',
    },
    timeout: 120_000,
  }).catch((error: unknown) => {
    throw new Error(
      `The bundle of ${name} does not start: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  });
  const line = started.stdout
    .trim()
    .split('\n')
    .findLast((each) => each.startsWith('{'));
  const { status, ...measured } = JSON.parse(line ?? '{}') as ColdStart & { readonly status: number };
  if (status !== 200) throw new Error(`The bundle of ${name} answers with ${status}`);
  return measured;
}
