/** What `npm test` leaves to `.ci/run`, and what that leaves to `FULLCOURT_PROOF=all .ci/run`. */
export interface LeftToTheGate {
  readonly suites: string;
  /** What the gate proves with them that small worlds do not. */
  readonly adds: string;
  /** Files that are not even loaded; of the others some tests are skipped. */
  readonly files: readonly string[];
}

/** What the small proof leaves to `.ci/run`. */
export const LEFT_TO_THE_GATE: readonly LeftToTheGate[] = [
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
export const LEFT_TO_THE_WHOLE =
  '1000 seeds on the model and 50 on DuckDB, leakage and clipped reads in three real seasons, GoogleSQL over a month, and ' +
  'December 2023 on the emulator target';
