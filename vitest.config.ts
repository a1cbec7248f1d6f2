import { globSync, readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const report = process.env['FULLCOURT_TEST_REPORT'];

/**
 * Files that run long, in the order in which they begin: the one that builds the home that others share, those that mostly
 * wait for other processes, then by their length, so that at the end no worker waits for another one.
 */
const FIRST = [
  'test/real/main-job',
  'test/emulator/',
  'test/googlesql/differential-simulated',
  'test/real/',
  'test/googlesql/',
  'test/simulator/',
  'test/gcloud/',
  'test/cli/',
  'test/sql/',
  'test/docs/',
  'test/failures/',
  'test/contract/',
  'test/functions/',
  'test/adapters/',
] as const;

/** Place of a file in {@link FIRST}; all others come after them. */
function placeOf({ moduleId }: TestSpecification): number {
  const place = FIRST.findIndex((part) => moduleId.includes(part));
  return place === -1 ? FIRST.length : place;
}

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

/** Files that `npm test` leaves to the gate. */
const LEFT_OUT = (process.env['FULLCOURT_LEAVE_OUT'] ?? '').split(',').filter((glob) => glob !== '');

/**
 * Suites that start processes or servers, or set what belongs to the whole process, and files that replace modules: each
 * file has a process of its own.
 */
const OWN_PROCESS = [
  ...['cli', 'contract', 'docs', 'emulator', 'gcloud', 'observability', 'real', 'strangers', 'tools'].map(
    (folder) => `test/${folder}/**/*.test.ts`,
  ),
  ...globSync('test/**/*.test.ts').filter((file) => readFileSync(file, 'utf8').includes('vi.mock(')),
];

/** In small worlds threads of DuckDB take more than they save, and the files that run side by side use the cores. */
const ONE_THREAD = { FULLCOURT_THREADS: '1' };
const REAL_SEASONS = ['test/real/**/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/support/run-folder.ts'],
    setupFiles: ['test/support/cpu-time.ts'],
    // Far beyond what anything here takes: a machine on which much else runs fails no test.
    testTimeout: 240_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    // On two cores, further files work while others wait for a clock or for a process. Each may take two gigabytes.
    maxWorkers: totalmem() < 8e9 ? 2 : totalmem() < 16e9 ? 3 : 4,
    sequence: { sequencer: SlowFirst },
    // The bundle of the command line is imported as Node imports it.
    server: { deps: { external: [/\/dist\/command-line\//] } },
    projects: [
      {
        extends: true,
        // DuckDB takes the threads that it takes by itself.
        test: { name: 'real seasons', include: REAL_SEASONS, exclude: LEFT_OUT },
      },
      {
        extends: true,
        test: {
          name: 'own process',
          include: OWN_PROCESS,
          exclude: [...REAL_SEASONS, ...LEFT_OUT],
          env: ONE_THREAD,
        },
      },
      {
        extends: true,
        test: {
          name: 'shared process',
          include: ['test/**/*.test.ts'],
          exclude: [...OWN_PROCESS, ...LEFT_OUT],
          env: ONE_THREAD,
          // A module that one file has loaded is there for the next one.
          isolate: false,
        },
      },
    ],
    reporters: report === undefined ? ['default'] : ['default', 'json'],
    ...(report === undefined ? {} : { outputFile: { json: report } }),
  },
});
