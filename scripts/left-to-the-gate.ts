/** The suites that `npm test` leaves to `.ci/run`, and those that `.ci/run` leaves to `FULLCOURT_PROOF=all .ci/run`. */
export interface LeftToTheGate {
  readonly suites: string;
  /** What these suites prove that small worlds do not. */
  readonly adds: string;
  /** Test files that are not loaded. In the other files some tests are skipped. */
  readonly files: readonly string[];
}

/** What `npm test` leaves to `.ci/run`. */
export const LEFT_TO_THE_GATE: readonly LeftToTheGate[] = [
  {
    suites: 'real seasons',
    adds: 'imports, backfills, restatements, lost rows, killed processes and known games of 2023-24',
    files: [
      'test/real/main-job.test.ts',
      'test/real/processes.test.ts',
      'test/real/restatement.test.ts',
      'test/sql/*-real.test.ts',
      'test/ingest/real-files.test.ts',
    ],
  },
  {
    suites: 'a simulated season of full size',
    adds: 'that a league of 30 teams looks like the real one',
    files: ['test/simulate/full-season.test.ts'],
  },
  {
    suites: 'the pipeline on DuckDB under faults',
    adds: 'that loss, duplicates, crashes and a failing warehouse change no row that queries compute; the model of the pipeline runs in both',
    files: ['test/simulator/duckdb.test.ts'],
  },
  {
    suites: 'live days in full',
    adds: 'days on which a source is blind, a day of an operator who has keys alone, how often each host is asked, fetches under faults, what a correction moves in a season, and tables as they were known at a time; a live day runs in both',
    files: [
      'test/functions/blind-day.test.ts',
      'test/functions/keyed-day.test.ts',
      'test/functions/live-day-questions.test.ts',
      'test/functions/known-then.test.ts',
      'test/functions/known-then-seasons.test.ts',
      'test/simulator/live-day.test.ts',
      'test/simulator/blind-days.test.ts',
      'test/simulator/two-weeks.test.ts',
    ],
  },
  {
    suites: 'a season of sealed predictions',
    adds: 'that a season that was predicted night by night is explained, is made again bit for bit, moves with no later line, and comes back after a loss; sealed rows are carried over in both',
    files: [
      'test/cli/explain.test.ts',
      'test/predictions/moving-lines.test.ts',
      'test/predictions/recovered.test.ts',
      'test/predictions/reproduced.test.ts',
      'test/predictions/told-by-rosters.test.ts',
    ],
  },
  {
    suites: 'the launcher and the package',
    adds: 'that the launcher makes its bundle when it must, and that the package runs where it is installed',
    files: ['test/cli/launcher.test.ts', 'test/cli/package.test.ts'],
  },
  {
    suites: 'the emulator target',
    adds: 'one message through functions, Pub/Sub, Firestore and BigQuery in processes of their own, killed and silenced, a live day with its fetches, and the loss of each store',
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
    adds: "the contract of the warehouse on a second server, and that Google's Python clients can use the local servers",
    files: ['test/contract/warehouse-bqemulator.test.ts', 'test/strangers/**'],
  },
  {
    suites: 'trees beside XGBoost',
    adds: 'that XGBoost in Python loads our model files and predicts the same, that we serve its files, and that both learn equally well from 5000 rows',
    files: ['test/learn/xgboost.test.ts'],
  },
];

/** What `FULLCOURT_PROOF=all` adds to `.ci/run`. */
export const LEFT_TO_THE_WHOLE =
  '1000 seeds on the model and 50 on DuckDB, leakage and clipped reads in three real seasons, GoogleSQL over a month and ' +
  'every statement and case, December 2023 on the emulator target, 50 seeds of each drill of a blind day, 40 moments of a season read as they were known then, 10 000 sealed predictions of two seasons made again, and kills, outages and a live day beside bqemulator';
