/** `config`: what is in force, and where it comes from. */
import { environment, type Config, type Environment } from '../../shared/config.ts';
import { SOURCES } from '../../functions/sources/index.ts';
import type { Source } from '../../functions/sources/source.ts';
import { nearest } from '../../shared/domain/nearest.ts';
import { answer, configOf, EXIT, type GlobalOptions } from './command.ts';
import { table } from './text-table.ts';

interface Setting {
  readonly variable: string;
  /** What is in force; null for nothing. */
  readonly value: (config: Config) => string | number | null;
}

/** Every variable that `readConfig` reads for a person; values that may hold secrets are not shown. */
export const SETTINGS: readonly Setting[] = [
  { variable: 'FULLCOURT_TARGET', value: ({ target }) => target },
  { variable: 'FULLCOURT_HOME', value: ({ home }) => home },
  {
    variable: 'FULLCOURT_HOME_MODE',
    value: ({ homeMode }) => (homeMode === undefined ? '0700 for a new home' : `0${homeMode.toString(8)}`),
  },
  { variable: 'FULLCOURT_LOG', value: ({ log }) => log },
  { variable: 'FULLCOURT_TRACES', value: ({ traces }) => (traces === undefined ? 'off' : 'otlp') },
  { variable: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: ({ traces }) => traces?.endpoint ?? null },
  {
    variable: 'OTEL_EXPORTER_OTLP_HEADERS',
    value: ({ traces }) => (Object.keys(traces?.headers ?? {}).length > 0 ? '(set)' : null),
  },
  { variable: 'FULLCOURT_THREADS', value: ({ threads }) => threads ?? 'all cores' },
  { variable: 'FULLCOURT_MEMORY', value: ({ memoryLimit }) => memoryLimit },
  { variable: 'FULLCOURT_ALLOW_UNKEYED', value: ({ sources }) => (sources.allowUnkeyed ? 1 : 0) },
  ...SOURCES.flatMap(({ name, address, key, creditsFloor }: Source): Setting[] => {
    const prefix = `FULLCOURT_SOURCE_${name.toUpperCase()}`;
    return [
      ...(key === undefined
        ? []
        : [
            {
              variable: key.variable,
              value: ({ sources }: Config) => (sources.key(key.variable) === undefined ? null : '(set)'),
            },
          ]),
      { variable: `${prefix}_URL`, value: ({ sources }) => sources.access[name]?.address ?? address },
      {
        variable: `${prefix}_HEADERS`,
        value: ({ sources }) => (sources.access[name]?.headers === undefined ? null : '(set)'),
      },
      ...(creditsFloor === undefined
        ? []
        : [
            {
              variable: `${prefix}_FLOOR`,
              value: ({ sources }: Config) => sources.access[name]?.floor ?? creditsFloor,
            },
          ]),
    ];
  }),
  { variable: 'FULLCOURT_PROJECT', value: ({ cloud }) => cloud.project || null },
  { variable: 'FULLCOURT_REGION', value: ({ cloud }) => cloud.region },
  { variable: 'FULLCOURT_LOCATION', value: ({ cloud }) => cloud.location },
  { variable: 'FULLCOURT_DATASET_PREFIX', value: ({ cloud }) => cloud.prefix || null },
  { variable: 'FULLCOURT_DATABASE', value: ({ cloud }) => cloud.database },
  { variable: 'FULLCOURT_BUCKET', value: ({ cloud }) => cloud.bucket || null },
  { variable: 'PUBSUB_EMULATOR_HOST', value: ({ cloud }) => cloud.hosts.pubsub ?? null },
  { variable: 'FIRESTORE_EMULATOR_HOST', value: ({ cloud }) => cloud.hosts.firestore ?? null },
  { variable: 'FULLCOURT_BIGQUERY_HOST', value: ({ cloud }) => cloud.hosts.bigquery ?? null },
  { variable: 'FULLCOURT_PUSH_ACCOUNT', value: ({ cloud }) => cloud.push?.account ?? null },
  { variable: 'FULLCOURT_PUSH_AUDIENCE', value: ({ cloud }) => cloud.push?.audience ?? null },
  { variable: 'FULLCOURT_LEASE_SECONDS', value: ({ cloud }) => cloud.seconds.lease ?? null },
  { variable: 'FULLCOURT_TELL_AGAIN_SECONDS', value: ({ cloud }) => cloud.seconds.tellAgain ?? null },
  { variable: 'FULLCOURT_CLOCK_AHEAD_SECONDS', value: ({ clockAheadSeconds }) => clockAheadSeconds },
];

export interface ConfigAnswer {
  readonly settings: readonly {
    readonly name: string;
    readonly value: string | number | null;
    /** `default`, `environment` or `--target`. */
    readonly from: string;
  }[];
  /** Variables that begin with FULLCOURT_ and that nobody reads, each with the one that may be meant. */
  readonly unknown: readonly { readonly name: string; readonly mean: string | null }[];
}

/** @throws RequestError when a variable has a value that is none */
export function configAnswer(env: Environment, options: GlobalOptions): ConfigAnswer {
  const config = configOf(options, env);
  const known = SETTINGS.map(({ variable }) => variable);
  return {
    settings: SETTINGS.map(({ variable, value }) => ({
      name: variable,
      value: value(config),
      from:
        variable === 'FULLCOURT_TARGET' && options.target !== undefined
          ? '--target'
          : env[variable] === undefined
            ? 'default'
            : 'environment',
    })),
    unknown: Object.keys(env)
      .filter((name) => /^FULLCOURT_(?!TEST_)/.test(name) && !known.includes(name) && !OTHERS.has(name))
      .sort()
      .map((name) => ({ name, mean: nearest(name, known)[0] ?? null })),
  };
}

/** Variables of the project that no command reads: where tests find real seasons, and how much they prove. */
const OTHERS: ReadonlySet<string> = new Set(['FULLCOURT_DATA', 'FULLCOURT_PROOF', 'FULLCOURT_DRAW']);

export function configCommand(options: GlobalOptions): number {
  const found = configAnswer(environment, options);
  answer(options, found, () =>
    [
      table(
        ['setting', 'value', 'from'],
        found.settings.map(({ name, value, from }) => [name, value === null ? '' : String(value), from]),
      ),
      ...(found.unknown.length === 0 ? [] : ['']),
      ...found.unknown.map(
        ({ name, mean }) =>
          `${name} is set and nobody reads it${mean === null ? '' : `; did you mean ${mean}?`}`,
      ),
    ].join('\n'),
  );
  return EXIT.done;
}
