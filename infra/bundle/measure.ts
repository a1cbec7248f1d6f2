/**
 * How large the bundle of each function is and how long a cold start takes.
 *
 *   node scripts/launch.mjs --run bundle/measure [--runs N] [--json]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { services } from '../../shared/derive/services.ts';
import { bundleService } from './bundle.ts';
import { startBundle } from './check.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Milliseconds within which a function is to be imported. */
export const IMPORT_GOAL_MS = 300;

/** Best and middle of several cold starts, in milliseconds. */
export interface Times {
  readonly best: number;
  readonly median: number;
}

export interface BundleMeasure {
  readonly name: string;
  readonly bytes: number;
  /** What takes the most room, largest first. */
  readonly packages: readonly { readonly name: string; readonly bytes: number }[];
  /** Import of the function: what has to be there before it can serve. */
  readonly import: Times;
  /** Everything else the bundle holds, Google's clients above all; each part is loaded by its first use. */
  readonly rest: Times;
  /** From the start of the process to the first answer. */
  readonly serves: Times;
}

/** Builds every bundle and starts each one cold `runs` times, one process at a time. */
export async function measureBundles(runs = 5): Promise<BundleMeasure[]> {
  // Inside the project, because that is where a function finds the functions framework.
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

/** The measures as a table for a terminal. */
export function bundleTable(measures: readonly BundleMeasure[]): string {
  const table = new Table({
    head: ['function', 'MB', 'import ms', 'serves after ms', 'all the rest ms', 'largest inside'],
    style: { head: [], border: [] },
  });
  const shown = ({ best, median }: Times): string => `${best.toFixed(0)} (${median.toFixed(0)})`;
  for (const each of measures) {
    const largest = each.packages.slice(0, 3).map(({ name, bytes }) => `${name} ${megabytes(bytes)}`);
    table.push([
      each.name,
      megabytes(each.bytes),
      shown(each.import),
      shown(each.serves),
      shown(each.rest),
      largest.join(', '),
    ]);
  }
  const slow = measures.filter(({ import: { best } }) => best > IMPORT_GOAL_MS);
  const verdict =
    slow.length === 0
      ? `Every function is imported within ${IMPORT_GOAL_MS} ms.`
      : `Longer than ${IMPORT_GOAL_MS} ms: ${slow.map(({ name }) => name).join(', ')}.`;
  return `${table.toString()}\nBest of cold starts, and their median in brackets. ${verdict}`;
}

function timesOf(values: readonly number[]): Times {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return { best: at(0), median: at(0.5) };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { runs: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } },
  });
  const measures = await measureBundles(Number(values.runs));
  console.log(values.json ? JSON.stringify(measures, null, 2) : bundleTable(measures));
}
