/**
 * `npm test`: every promise once, on small worlds, and by name what it leaves to the gate and to the full proof. With files
 * or `FULLCOURT_PROOF` it runs more; what this machine cannot run is named with the reason.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import { findGoogleEmulators, findGoogleSdk, findPythonTool, isMissing, type Missing } from './tools/find.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const data = resolve(root, process.env['FULLCOURT_DATA'] ?? '../shared/data');

/** What a suite needs beside Node, with the suites that are left out without it. */
const needs: readonly (readonly [suites: string, found: object | Missing])[] = [
  [
    'real seasons',
    existsSync(`${data}/schedule_2023-24.csv.gz`)
      ? {}
      : {
          missing: `there is no data in ${data} (set FULLCOURT_DATA to a folder in the format of docs/import.md)`,
        },
  ],
  ['the Firestore and Pub/Sub emulators', findGoogleEmulators()],
  ['deployment by the real gcloud and bq', findGoogleSdk()],
  ['BigQuery on a local server, the emulator target', findPythonTool('bqemulator')],
  ["GoogleSQL's reference implementation", findPythonTool('zetasql')],
  ["Google's Python clients", findPythonTool('clients')],
];

interface LeftToTheGate {
  readonly suites: string;
  /** What the gate proves with them that small worlds do not. */
  readonly adds: string;
  /** Files that are not even loaded; of the others some tests are skipped. */
  readonly files: readonly string[];
}

/** What the small proof leaves to `.ci/run`. */
const LEFT_TO_THE_GATE: readonly LeftToTheGate[] = [
  {
    suites: 'real seasons',
    adds: 'imports, backfills, restatements, lost rows, killed processes and known games of 2023-24',
    files: [
      'test/real/main-job.test.ts',
      'test/real/processes.test.ts',
      'test/real/restatement.test.ts',
      'test/sql/phase*-real.test.ts',
      'test/ingest/real-files.test.ts',
    ],
  },
  {
    suites: 'a simulated season of full size',
    adds: 'that a league of 30 teams looks like the real one',
    files: ['test/simulate/full-season.test.ts'],
  },
  {
    suites: 'the emulator target',
    adds: 'one message through functions, Pub/Sub, Firestore and BigQuery in processes of their own, killed and silenced',
    files: ['test/emulator/**', 'test/tools/**', 'test/deploy/probe-emulators.test.ts'],
  },
  {
    suites: "GoogleSQL's reference implementation",
    adds: 'every query, case, statement and fingerprint on the engine that says what BigQuery means',
    files: ['test/googlesql/differential*.test.ts'],
  },
  {
    suites: 'deployment by the real gcloud and bq',
    adds: 'that they take every command line, twice, and change nothing the second time',
    files: ['test/gcloud/**'],
  },
  {
    suites: "BigQuery on bqemulator and Google's Python clients",
    adds: 'the contract of the warehouse on a second server, and that the servers of the tests satisfy a stranger',
    files: ['test/contract/warehouse-bqemulator.test.ts', 'test/strangers/**'],
  },
];

/** What the whole proof adds to the gate. */
const LEFT_TO_THE_WHOLE =
  '1000 seeds on the model and 50 on DuckDB, leakage and clipped reads in three real seasons, GoogleSQL over a month, and ' +
  'December 2023 on the emulator target';

const args = process.argv.slice(2);
const namesFiles = args.some((arg) => !arg.startsWith('-'));
// Whoever names files wants all of them.
const proof = process.env['FULLCOURT_PROOF'] ?? (namesFiles ? 'ci' : 'small');
const isSmall = proof === 'small';

const leftOut = isSmall
  ? LEFT_TO_THE_GATE.map(({ suites, adds }) => `${suites}: .ci/run adds ${adds}`)
  : needs.flatMap(([suites, found]) => (isMissing(found) ? [`${suites}: ${found.missing}`] : []));
const notLoaded = isSmall && !namesFiles ? LEFT_TO_THE_GATE.flatMap(({ files }) => files).join(',') : '';

const vitest = spawn(
  process.execPath,
  ['--disable-warning=ExperimentalWarning', `${root}node_modules/vitest/vitest.mjs`, 'run', ...args],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      FULLCOURT_DATA: data,
      FULLCOURT_PROOF: proof,
      FULLCOURT_LEAVE_OUT: notLoaded,
    },
  },
);
vitest.on('exit', (code, signal) => {
  for (const suite of leftOut) console.log(`Left out: ${suite}`);
  if (proof !== 'all') console.log(`FULLCOURT_PROOF=all .ci/run adds to the gate: ${LEFT_TO_THE_WHOLE}`);
  const required = process.env['FULLCOURT_REQUIRE_ALL'] === '1' && leftOut.length > 0;
  if (required) console.error('FULLCOURT_REQUIRE_ALL is set: a suite that was left out is a failure');
  process.exitCode = signal !== null || required ? 1 : (code ?? 1);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => vitest.kill(signal));
