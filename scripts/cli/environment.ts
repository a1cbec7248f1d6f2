/** The environment variables that are read, as `--help` lists them. */
import { wrappedTo } from './text-table.ts';

const VARIABLES: readonly (readonly [name: string, what: string])[] = [
  ['FULLCOURT_TARGET', 'embedded (default), emulator or gcp; --target overrides it'],
  [
    'FULLCOURT_HOME',
    'the home: folder of the documents, tables and files of the embedded target, and of the logs of the emulators (default .fullcourt)',
  ],
  [
    'FULLCOURT_HOME_MODE',
    'rights of the home: 0700, its owner alone (default for a new one), or 0750, a group may read it',
  ],
  [
    'FULLCOURT_LOG',
    'lowest severity of the log lines on stderr: debug, info, warning, error or off (default off; info for functions on gcp and emulator)',
  ],
  [
    'FULLCOURT_TRACES, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS',
    'otlp sends traces to the collector with this address and these headers (default off)',
  ],
  [
    'FULLCOURT_THREADS, FULLCOURT_MEMORY',
    'cores and memory that the embedded warehouse may use (default: all cores, 1GB)',
  ],
  [
    'FULLCOURT_ALLOW_UNKEYED',
    '1 lets live sources be asked that need no key (default 0; see docs/sources.md)',
  ],
  ['ODDS_API_KEY', 'key of the live source odds_api; it switches the source on'],
  [
    'FULLCOURT_SOURCE_NAME_URL, FULLCOURT_SOURCE_NAME_HEADERS',
    'another host for the live source NAME, such as NBA_CDN, and headers as JSON; headers switch it on',
  ],
  [
    'FULLCOURT_SOURCE_NAME_FLOOR',
    'credits of the live source NAME, such as ODDS_API, that are kept for the lines just before tip-off (default 50)',
  ],
  [
    'FULLCOURT_RETRAIN',
    'monthly lets serve, or the schedule of a deployment, train a challenger on the first of each month (default off; see docs/models.md)',
  ],
  ['FULLCOURT_PROJECT', 'Google Cloud project; the target gcp needs it'],
  [
    'FULLCOURT_REGION, FULLCOURT_LOCATION',
    'region of the functions (default us-central1), location of the datasets (default: US in us-*, EU in europe-*, else the region)',
  ],
  ['FULLCOURT_DATASET_PREFIX', 'prefix of a deployment beside production, such as staging_'],
  [
    'FULLCOURT_DATABASE, FULLCOURT_BUCKET',
    'Firestore database (default fullcourt) and bucket of the source files (default PROJECT-nba-archive)',
  ],
  [
    'PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST, FULLCOURT_BIGQUERY_HOST',
    'for the target emulator: addresses of local servers that run already',
  ],
  [
    'FULLCOURT_LEASE_SECONDS, FULLCOURT_TELL_AGAIN_SECONDS',
    'for the target emulator: seconds until a run is taken over from a process that died, and until a lost message is sent again',
  ],
  [
    'FULLCOURT_CLOCK_AHEAD_SECONDS',
    'seconds by which the clock of the live day (what is due, what is today) is ahead of that of the machine, such as -86400 for a day before; --now sets it for one command; not on Google Cloud',
  ],
];

/** @param width columns of the terminal */
export function environmentHelp(width: number): string {
  const lines = VARIABLES.flatMap(([name, what]) => [
    ...wrappedTo(name, Math.min(width, 100) - 2).map((line) => `  ${line}`),
    ...wrappedTo(what, Math.min(width, 100) - 6).map((line) => `      ${line}`),
  ]);
  return ['Environment:', ...lines].join('\n');
}
