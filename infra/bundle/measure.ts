/** Measures the size of each function's bundle and the time of its cold start. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { services } from '../../shared/derive/services.ts';
import { bundleService } from './bundle.ts';
import { startBundle } from './check.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Milliseconds that the import of a function may take. */
export const IMPORT_GOAL_MS = 300;

/** Best and median of several cold starts, in milliseconds. */
export interface Times {
  readonly best: number;
  readonly median: number;
}

/** Size and times of one bundle. */
export interface BundleMeasure {
  readonly name: string;
  readonly bytes: number;
  /** The five largest packages, with their bytes. */
  readonly packages: readonly { readonly name: string; readonly bytes: number }[];
  /** Time of the import, which must end before the function can answer. */
  readonly import: Times;
  /** Time to load all other parts, mainly Google's clients. A function loads each part at its first use. */
  readonly rest: Times;
  /** Time from the start of the process to the first answer. */
  readonly serves: Times;
}

/**
 * Builds every bundle and starts it `runs` times, one process at a time.
 * @throws Error when one does not start
 */
export async function measureBundles(runs = 5): Promise<BundleMeasure[]> {
  // The folder is inside the project, so that the bundles find the functions framework in `node_modules`.
  const folder = mkdtempSync(join(root, 'node_modules', '.bundles-'));
  try {
    const measures: BundleMeasure[] = [];
    for (const service of services()) {
      const bundle = await bundleService(service, folder);
      const starts = [];
      for (let run = 0; run < runs; run += 1) starts.push(await startBundle(bundle));
      measures.push({
        name: service.name,
        bytes: bundle.bytes,
        packages: bundle.packages.slice(0, 5),
        import: timesOf(starts.map(({ importMs }) => importMs)),
        rest: timesOf(starts.map(({ restMs }) => restMs)),
        serves: timesOf(starts.map(({ servesMs }) => servesMs)),
      });
    }
    return measures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function timesOf(values: readonly number[]): Times {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return { best: at(0), median: at(0.5) };
}
