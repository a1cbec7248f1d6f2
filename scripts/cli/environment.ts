/** The variables that are read, for `--help`. */
const VARIABLES: readonly (readonly [name: string, what: string])[] = [
  ['FULLCOURT_TARGET', 'embedded (default), emulator or gcp; --target is used instead where it is given'],
  [
    'FULLCOURT_HOME',
    'folder that holds documents, tables and files of the embedded target, and the logs of the emulators (default .fullcourt)',
  ],
  [
    'FULLCOURT_LOG',
    'debug, info, warning, error or off (default off, info for functions on gcp and emulator): structured lines on stderr',
  ],
  [
    'FULLCOURT_TRACES, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS',
    'otlp to send traces, and the address and headers of their collector (default off)',
  ],
  [
    'FULLCOURT_THREADS, FULLCOURT_MEMORY',
    'cores and memory that the embedded warehouse may use (default: all cores, 1GB)',
  ],
  ['FULLCOURT_PROJECT', 'project of Google Cloud; the target gcp needs it'],
  [
    'FULLCOURT_REGION, FULLCOURT_LOCATION',
    'region of the functions (default us-central1), location of the datasets (default US)',
  ],
  ['FULLCOURT_DATASET_PREFIX', 'prefix of a deployment beside production, such as staging_'],
  [
    'FULLCOURT_DATABASE, FULLCOURT_BUCKET',
    'Firestore database and bucket of the source files, if not the derived ones',
  ],
  [
    'PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST, FULLCOURT_BIGQUERY_HOST',
    'local servers that run already, for the target emulator',
  ],
  [
    'FULLCOURT_LEASE_SECONDS, FULLCOURT_TELL_AGAIN_SECONDS',
    'for the target emulator: seconds until a run is taken over from a process that died, and until a lost message is sent again',
  ],
];

export const ENVIRONMENT_HELP = `Environment:\n${VARIABLES.map(([name, what]) => `  ${name}\n      ${what}`).join('\n')}`;
