/**
 * `npm test`: proves every promise once, on small worlds. It names what it leaves to the gate (`.ci/run`) and to the full
 * proof. With files or `FULLCOURT_PROOF` it runs more. It also names what this machine cannot run, with the reason.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import { environment } from '../shared/config.ts';
import { LEFT_TO_THE_GATE, LEFT_TO_THE_WHOLE } from './left-to-the-gate.ts';
import { findGoogleEmulators, findGoogleSdk, findPythonTool, isMissing, type Missing } from './tools/find.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const data = resolve(root, environment['FULLCOURT_DATA'] ?? '../shared/data');

/** The suites that `npm test` runs where the emulators are. What else needs a tool is left to the gate in any case. */
const EMULATORS = 'ports on the Firestore and Pub/Sub emulators';

/** What some suites need beside Node, and the suites that do not run without it. */
const needs: readonly (readonly [suites: string, found: object | Missing])[] = [
  [
    'real seasons',
    existsSync(`${data}/schedule_2023-24.csv.gz`)
      ? {}
      : {
          missing: `there is no data in ${data} (set FULLCOURT_DATA to a folder in the format of docs/import.md)`,
        },
  ],
  [EMULATORS, findGoogleEmulators()],
  ['deployment by the real gcloud and bq', findGoogleSdk()],
  ['BigQuery on a local server, the emulator target', findPythonTool('bqemulator')],
  ["GoogleSQL's reference implementation", findPythonTool('zetasql')],
  ["Google's Python clients", findPythonTool('clients')],
  ['trees beside XGBoost', findPythonTool('xgboost')],
];

const args = process.argv.slice(2);
const namesFiles = args.some((arg) => !arg.startsWith('-'));
// When files are named, all of their tests run.
const proof = environment['FULLCOURT_PROOF'] ?? (namesFiles ? 'ci' : 'small');
const isSmall = proof === 'small';

const leftToTheGate = isSmall ? LEFT_TO_THE_GATE : [];
const leftOut = [
  ...leftToTheGate.map(({ suites, adds }) => `${suites}: .ci/run adds ${adds}`),
  ...needs.flatMap(([suites, found]) =>
    isMissing(found) && (!isSmall || suites === EMULATORS) ? [`${suites}: ${found.missing}`] : [],
  ),
];
const notLoaded = isSmall && !namesFiles ? LEFT_TO_THE_GATE.flatMap(({ files }) => files).join(',') : '';

const vitest = spawn(
  process.execPath,
  ['--disable-warning=ExperimentalWarning', `${root}node_modules/vitest/vitest.mjs`, 'run', ...args],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...environment,
      FULLCOURT_DATA: data,
      FULLCOURT_PROOF: proof,
      FULLCOURT_LEAVE_OUT: notLoaded,
    },
  },
);
vitest.on('exit', (code, signal) => {
  for (const suite of leftOut) console.log(`Left out: ${suite}`);
  if (proof !== 'all') console.log(`FULLCOURT_PROOF=all .ci/run adds to the gate: ${LEFT_TO_THE_WHOLE}`);
  const required = environment['FULLCOURT_REQUIRE_ALL'] === '1' && leftOut.length > 0;
  if (required) console.error('FULLCOURT_REQUIRE_ALL is set: a suite that was left out is a failure');
  process.exitCode = signal !== null || required ? 1 : (code ?? 1);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => vitest.kill(signal));
