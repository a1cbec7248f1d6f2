/** The configuration of a process, which is read from its environment variables and checked when it starts. */
import { resolve } from 'node:path';
import * as z from 'zod';
import { namesOf, PREFIX_PATTERN } from './derive/names.ts';
import { DEFAULT_REGION, locationOf } from './derive/place.ts';
import { RequestError } from './domain/failure.ts';

/** Environment variables by name. Functions take them as an argument, so that tests can pass their own. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of this process. No other file of the product reads `process.env`. */
export const environment: Environment = process.env;

/** Where the pipeline may run. */
export const TARGETS = ['embedded', 'emulator', 'gcp'] as const;

/** Whether a model is trained on the first of each month. */
export const RETRAIN = ['off', 'monthly'] as const;
export type Retrain = (typeof RETRAIN)[number];

const loopback = z
  .string()
  .regex(/^(?:127\.0\.0\.1|localhost):\d{1,5}$/, 'must be host:port on the loopback address');

/**
 * `FULLCOURT_SOURCE_NBA_CDN_URL` and `FULLCOURT_SOURCE_NBA_CDN_HEADERS`: how the live source `nba_cdn` is reached.
 * `FULLCOURT_SOURCE_ODDS_API_FLOOR`: credits of `odds_api` that are kept for the lines just before tip-off.
 * `FULLCOURT_SOURCE_ODDS_API_DAY`: credits of it that the readings of one date should cost at most.
 */
const OF_SOURCE = /^FULLCOURT_SOURCE_([A-Z_]+)_(URL|HEADERS|FLOOR|DAY)$/;

const headersOfSource = z.record(
  z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/),
  z.string().regex(/^[\x20-\x7e]*$/),
);

/** Seconds of a century: by more than this no clock is set. */
const MOST_AHEAD = 3_155_760_000;

/** One of some words; any other is refused with all of them. */
const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, { error: `must be one of ${words.join(', ')}` });

const numbered = (error: string, value: z.ZodNumber) =>
  z.string().regex(/\d/, error).transform(Number).pipe(value);

const numberWithin = (least: number, most: number) => {
  const error = `must be a number from ${least} to ${most}`;
  return numbered(error, z.number({ error }).min(least, error).max(most, error));
};

const whole = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return numbered(error, z.number({ error }).int(error).min(least, error).max(most, error));
};

const variables = z.object({
  FULLCOURT_TARGET: oneOf(TARGETS).default('embedded'),
  FULLCOURT_HOME: z.string().regex(/\S/, 'must be the path of a folder').default('.fullcourt'),
  FULLCOURT_HOME_MODE: z
    .enum(['0700', '0750', '700', '750'], {
      error: 'must be 0700 (the owner) or 0750 (the owner, and a group may read)',
    })
    .optional(),
  FULLCOURT_LOG: oneOf(['debug', 'info', 'warning', 'error', 'off']).optional(),
  FULLCOURT_TRACES: oneOf(['off', 'otlp']).default('off'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
  FULLCOURT_THREADS: whole(1, 256).optional(),
  FULLCOURT_MEMORY: z
    .string()
    .regex(/^[1-9]\d*(MB|GB)$/, 'must be a size such as 500MB or 2GB')
    .default('1GB'),
  FULLCOURT_PROJECT: z
    .string()
    .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'must be a project id of Google Cloud')
    .optional(),
  FULLCOURT_REGION: z
    .string()
    .regex(/^[a-z]+-[a-z]+[0-9]+$/, 'must be a region such as us-central1')
    .default(DEFAULT_REGION),
  FULLCOURT_LOCATION: z
    .string()
    .regex(/^(?:US|EU|[a-z]+-[a-z]+[0-9]+)$/, 'must be US, EU or a region')
    .optional(),
  FULLCOURT_DATASET_PREFIX: z
    .string()
    .regex(PREFIX_PATTERN, 'must be lower-case letters and digits that end in "_", such as staging_')
    .default(''),
  FULLCOURT_DATABASE: z
    .string()
    .regex(
      /^(?:\(default\)|[a-z][a-z0-9-]{2,61}[a-z0-9])$/,
      'must be "(default)" or the id of a Firestore database',
    )
    .optional(),
  FULLCOURT_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
    .optional(),
  FULLCOURT_PUSH_ACCOUNT: z.email('must be the e-mail address of a service account').optional(),
  FULLCOURT_PUSH_AUDIENCE: z
    .string()
    .min(1, 'must be a text of 1 to 500 characters')
    .max(500, 'must be a text of 1 to 500 characters')
    .optional(),
  FULLCOURT_ALLOW_UNKEYED: oneOf(['0', '1']).default('0'),
  FULLCOURT_LEASE_SECONDS: whole(5, 3600).optional(),
  FULLCOURT_TELL_AGAIN_SECONDS: whole(5, 86_400).optional(),
  FULLCOURT_CLOCK_AHEAD_SECONDS: numberWithin(-MOST_AHEAD, MOST_AHEAD).prefault('0'),
  FULLCOURT_RETRAIN: oneOf(RETRAIN).default('off'),
  PUBSUB_EMULATOR_HOST: loopback.optional(),
  FIRESTORE_EMULATOR_HOST: loopback.optional(),
  FULLCOURT_BIGQUERY_HOST: loopback.optional(),
  // Cloud Run sets it to the name of the service.
  K_SERVICE: z.string().optional(),
  // And this one to the name of the revision.
  K_REVISION: z.string().min(1, 'must be a name').max(200, 'must be a name').optional(),
  // And this one, for a job, to the name of the job.
  CLOUD_RUN_JOB: z.string().optional(),
});

/** The least severity of log lines that are written. */
export type LogLevel = 'debug' | 'info' | 'warning' | 'error' | 'off';

/** The configuration of one process. */
export interface Config {
  readonly target: 'embedded' | 'emulator' | 'gcp';
  /** Whether the process is a function or a job that Google Cloud runs. */
  readonly isDeployed: boolean;
  /** The revision of the service that the process is, such as `nba-sweep-00007-abc`; undefined outside of services. */
  readonly revision: string | undefined;
  /** Folder that holds the state of the embedded target. */
  readonly home: string;
  /** Rights of that folder; undefined leaves a home as it is, and makes a new one for its owner alone. */
  readonly homeMode?: number | undefined;
  /** Log level: by default `off` on the embedded target and `info` on the others. */
  readonly log: LogLevel;
  /** Log level of a command on a cloud target: by default `off`, so that the command prints only its answer. */
  readonly commandLog: LogLevel;
  /** Where spans are sent; undefined when none are. */
  readonly traces:
    { readonly endpoint: string; readonly headers: Readonly<Record<string, string>> } | undefined;
  /** Threads of DuckDB; undefined lets DuckDB choose. */
  readonly threads: number | undefined;
  /** Memory of DuckDB, such as `1GB`. */
  readonly memoryLimit: string;
  /**
   * Seconds by which the business clock (what is due, what is today) is ahead of the clock of the machine; negative when it is behind,
   * 0 when they are the same. Leases and `processed_at` are always by the clock of the machine.
   */
  readonly clockAheadSeconds: number;
  /** Whether `serve` trains a model on the first of each month, or `deploy` lets the schedule do it. */
  readonly retrain: Retrain;
  /** Which live sources may be asked, and how they are reached. */
  readonly sources: SourceSettings;
  /** Settings of the targets `emulator` and `gcp`. These targets always have a project. */
  readonly cloud: CloudConfig;
}

/** Which live sources may be asked, and how they are reached. */
export interface SourceSettings {
  /** Whether the operator has said that sources which need no key may be asked. */
  readonly allowUnkeyed: boolean;
  /** The key of a source by its variable, such as `ODDS_API_KEY`; undefined when it is not set. It is a secret. */
  readonly key: (variable: string) => string | undefined;
  /** By the name of a source. */
  readonly access: Readonly<Record<string, SourceAccess>>;
}

/** How a live source is reached. */
export interface SourceAccess {
  /** Scheme and host in place of its own, such as `https://mirror.example`. */
  readonly address?: string;
  /** Headers of every question. They may be secrets. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Credits that are kept for the lines just before tip-off. */
  readonly floor?: number;
  /** Credits that the readings of one date should cost at most. */
  readonly day?: number;
}

/** The project of a cloud target, and what belongs to one deployment in it. */
export interface CloudConfig {
  /** Project id. By default `demo-fullcourt` on the target `emulator`, and empty on `embedded`. */
  readonly project: string;
  readonly region: string;
  /** Location of the BigQuery datasets: by default that which `locationOf` derives from the region. */
  readonly location: string;
  /** First part of the names of one deployment, such as `staging_`; empty for production. See `namesOf`. */
  readonly prefix: string;
  /** Id of the Firestore database. */
  readonly database: string;
  /** Name of the bucket of the source files. */
  readonly bucket: string;
  /** `host:port` of the local servers that replace Google's services; undefined for the real service. */
  readonly hosts: {
    readonly pubsub: string | undefined;
    readonly firestore: string | undefined;
    readonly bigquery: string | undefined;
  };
  /**
   * The only account whose pushes a function accepts; undefined when it accepts all, which a function on the target
   * `gcp` refuses to do.
   */
  readonly push: { readonly account: string; readonly audience: string } | undefined;
  /**
   * Seconds that replace the target's, for local runs that must not wait long: `lease` is how long a run may
   * be silent before another process takes it over, `tellAgain` how long before the sweep repeats an
   * unanswered message.
   */
  readonly seconds: { readonly lease: number | undefined; readonly tellAgain: number | undefined };
}

const EMULATED_PROJECT = 'demo-fullcourt';

/**
 * Reads and checks the configuration.
 * @throws RequestError that names the variable and says what it must be
 */
export function readConfig(env: Environment): Config {
  const parsed = variables.safeParse(env);
  if (!parsed.success) {
    throw new RequestError(
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
    );
  }
  const found = parsed.data;
  const isDeployed = (found.K_SERVICE ?? found.CLOUD_RUN_JOB) !== undefined;
  const project =
    found.FULLCOURT_PROJECT ?? (found.FULLCOURT_TARGET === 'emulator' ? EMULATED_PROJECT : undefined);
  if (found.FULLCOURT_TARGET === 'gcp' && project === undefined)
    throw new RequestError('FULLCOURT_PROJECT: the target gcp needs the id of a project');
  if (isDeployed && found.FULLCOURT_CLOCK_AHEAD_SECONDS !== 0)
    throw new RequestError(
      'FULLCOURT_CLOCK_AHEAD_SECONDS: a deployed function goes by the clock of the machine',
    );
  if ((found.FULLCOURT_PUSH_ACCOUNT === undefined) !== (found.FULLCOURT_PUSH_AUDIENCE === undefined))
    throw new RequestError('FULLCOURT_PUSH_ACCOUNT and FULLCOURT_PUSH_AUDIENCE go together');
  return {
    target: found.FULLCOURT_TARGET,
    isDeployed,
    revision: found.K_REVISION,
    home: resolve(found.FULLCOURT_HOME),
    homeMode: found.FULLCOURT_HOME_MODE === undefined ? undefined : parseInt(found.FULLCOURT_HOME_MODE, 8),
    log: found.FULLCOURT_LOG ?? (found.FULLCOURT_TARGET === 'embedded' ? 'off' : 'info'),
    commandLog: found.FULLCOURT_LOG ?? 'off',
    traces: found.FULLCOURT_TRACES === 'otlp' ? tracesOf(found) : undefined,
    threads: found.FULLCOURT_THREADS,
    memoryLimit: found.FULLCOURT_MEMORY,
    clockAheadSeconds: found.FULLCOURT_CLOCK_AHEAD_SECONDS,
    retrain: found.FULLCOURT_RETRAIN,
    sources: sourceSettings(env),
    cloud: {
      project: project ?? '',
      region: found.FULLCOURT_REGION,
      location: found.FULLCOURT_LOCATION ?? locationOf(found.FULLCOURT_REGION),
      prefix: found.FULLCOURT_DATASET_PREFIX,
      database: found.FULLCOURT_DATABASE ?? namesOf(found.FULLCOURT_DATASET_PREFIX).database,
      bucket:
        found.FULLCOURT_BUCKET ??
        (project === undefined
          ? ''
          : `${project}-${namesOf(found.FULLCOURT_DATASET_PREFIX).resource('nba-archive')}`),
      hosts: {
        pubsub: found.PUBSUB_EMULATOR_HOST,
        firestore: found.FIRESTORE_EMULATOR_HOST,
        bigquery: found.FULLCOURT_BIGQUERY_HOST,
      },
      push:
        found.FULLCOURT_PUSH_ACCOUNT === undefined || found.FULLCOURT_PUSH_AUDIENCE === undefined
          ? undefined
          : { account: found.FULLCOURT_PUSH_ACCOUNT, audience: found.FULLCOURT_PUSH_AUDIENCE },
      seconds: { lease: found.FULLCOURT_LEASE_SECONDS, tellAgain: found.FULLCOURT_TELL_AGAIN_SECONDS },
    },
  };
}

/**
 * The settings of live sources among some variables.
 * @throws RequestError that names a variable that is wrong; its value may be a secret and is not repeated
 */
export function sourceSettings(env: Environment): SourceSettings {
  return {
    allowUnkeyed: env['FULLCOURT_ALLOW_UNKEYED'] === '1',
    key: (variable) => (env[variable] === '' ? undefined : env[variable]),
    access: accessIn(env),
  };
}

/**
 * The variables in a text with a line for each, such as `ODDS_API_KEY=...`. Empty lines, and lines that begin with `#`, are passed
 * over.
 * @throws RequestError when another line has no name; the line may be a secret and is not repeated
 */
export function linesOf(text: string): Environment {
  const found: Record<string, string> = {};
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, name, value = ''] = /^\s*([A-Z][A-Z0-9_]*)\s*=(.*)$/.exec(line) ?? [];
    if (name === undefined)
      throw new RequestError(`line ${i + 1} of the settings of live sources must be NAME=VALUE`);
    found[name] = value.trim();
  }
  return found;
}

/** How each live source is reached. @throws RequestError that names the variable; its value may be a secret and is not repeated */
function accessIn(env: Environment): SourceSettings['access'] {
  const access: Record<string, { -readonly [name in keyof SourceAccess]: SourceAccess[name] }> = {};
  for (const [variable, value] of Object.entries(env)) {
    const [, source, what] = OF_SOURCE.exec(variable) ?? [];
    if (source === undefined || value === undefined || value === '') continue;
    const own = (access[source.toLowerCase()] ??= {});
    if (what === 'URL') own.address = addressIn(variable, value);
    else if (what === 'FLOOR') own.floor = creditsIn(variable, value);
    else if (what === 'DAY') own.day = creditsIn(variable, value);
    else own.headers = headersIn(variable, value);
  }
  return access;
}

function addressIn(variable: string, value: string): string {
  const url = URL.parse(value);
  const isSound =
    url !== null &&
    url.username === '' &&
    url.password === '' &&
    ['', '/'].includes(url.pathname) &&
    url.search === '' &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname)));
  if (!isSound)
    throw new RequestError(
      `${variable}: must be https and a host, such as https://cdn.nba.com (http only for 127.0.0.1)`,
    );
  return url.origin;
}

function creditsIn(variable: string, value: string): number {
  if (!/^\d{1,9}$/.test(value))
    throw new RequestError(`${variable}: must be a number of credits, such as 50`);
  return Number(value);
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost']);

function headersIn(variable: string, value: string): Readonly<Record<string, string>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    parsed = undefined;
  }
  const { data } = headersOfSource.safeParse(parsed);
  if (data === undefined)
    throw new RequestError(
      `${variable}: must be headers as JSON, such as {"Referer":"https://example.com/"}`,
    );
  return data;
}

function tracesOf(found: z.infer<typeof variables>): Config['traces'] {
  const endpoint = found.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined || !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? ''))
    throw new RequestError(
      'OTEL_EXPORTER_OTLP_ENDPOINT: FULLCOURT_TRACES=otlp needs the address of a collector, such as http://127.0.0.1:4318',
    );
  const headers = new Map<string, string>();
  for (const pair of (found.OTEL_EXPORTER_OTLP_HEADERS ?? '').split(',')) {
    if (pair.trim() === '') continue;
    const at = pair.indexOf('=');
    // The value may be a secret, so the message does not repeat it.
    if (at < 1)
      throw new RequestError('OTEL_EXPORTER_OTLP_HEADERS: must be name=value pairs, with commas between');
    headers.set(pair.slice(0, at).trim(), decodeHeader(pair.slice(at + 1).trim()));
  }
  return { endpoint, headers: Object.fromEntries(headers) };
}

function decodeHeader(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
