/** Starts a bundle the way the platform does, before anything is deployed. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bundle } from './bundle.ts';

const coldStart = fileURLToPath(new URL('cold-start.mjs', import.meta.url));

/** What a start that went well has measured, in milliseconds. */
export interface ColdStart {
  readonly importMs: number;
  readonly servesMs: number;
  readonly restMs: number;
}

/**
 * Imports the bundle and every part of it in a process of its own and lets the function answer once.
 * @throws Error with what the process said when a module is missing or the function does not answer
 */
export async function startBundle({
  folder,
  service,
}: Pick<Bundle, 'folder' | 'service'>): Promise<ColdStart> {
  const started = await promisify(execFile)(process.execPath, [coldStart, join(folder), service.name], {
    env: {
      FULLCOURT_TARGET: 'gcp',
      FULLCOURT_PROJECT: 'demo-fullcourt',
      // Nobody looks for the metadata server of a machine that has none.
      METADATA_SERVER_DETECTION: 'none',
    },
    timeout: 120_000,
  }).catch((error: unknown) => {
    throw new Error(
      `The bundle of ${service.name} does not start: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  });
  const line = started.stdout
    .trim()
    .split('\n')
    .findLast((each) => each.startsWith('{'));
  const { status, ...measured } = JSON.parse(line ?? '{}') as ColdStart & { readonly status: number };
  if (status !== 200) throw new Error(`The bundle of ${service.name} answers with ${status}`);
  return measured;
}
