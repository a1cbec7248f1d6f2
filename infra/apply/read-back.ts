/** Reads back from a project what a deployment was deployed with, so that a flag that is left out changes nothing. */
import * as z from 'zod';
import { runtimeAccount } from '../declared/accounts.ts';
import { marksIn } from '../declared/mark.ts';
import { deploymentName, labelsOf, targetNames, type DeployTarget } from '../declared/target.ts';
import { namesOf, PREFIX_PATTERN } from '../../shared/derive/names.ts';
import { services } from '../../shared/derive/services.ts';
import { RETRAINING } from '../../shared/derive/training-job.ts';
import type { CommandLine } from '../steps/command-line.ts';
import { list, lookWith, type Look } from './observe.ts';
import { documentList, fieldKey, fieldList, policyDocument } from './parse-documents.ts';
import { bareName, observedSchedule, scheduleList, topicList } from './parse-pubsub.ts';
import { observedFunction, serviceList } from './parse-run.ts';
import type { Runner } from './runner.ts';
import { completed, numbered, type AskedTarget } from './target.ts';

/** The target of a command, and what stands against it. */
export interface ReadBack {
  readonly target: DeployTarget;
  /** Whether the deployment has functions in the project. */
  readonly isDeployed: boolean;
  /** What was read back instead of being asked for, in words. */
  readonly notes: readonly string[];
  /** Why what was asked for cannot be had, each with what it would mean. */
  readonly refusals: readonly string[];
}

/** What the functions of one deployment say of it. */
interface Standing {
  readonly target: Pick<DeployTarget, 'prefix' | 'location' | 'database' | 'bucket'> & {
    readonly tracesEndpoint?: string;
  };
  readonly regions: readonly string[];
}

/**
 * The target that is meant: what was asked, else what is deployed, else what is derived.
 * @param guessesPrefix whether the only deployment of the project is meant when no prefix was asked for
 * @throws CommandFailed when the project cannot be read
 */
export async function readBack(run: Runner, asked: AskedTarget, guessesPrefix = true): Promise<ReadBack> {
  const { project } = asked;
  const { projectNumber } = await numbered(run, completed(asked));
  const look = lookWith(run);
  const gcloud = (...words: readonly string[]): CommandLine => ({
    argv: ['gcloud', ...words, `--project=${project}`, '--format=json'],
  });
  const apis = new Set(
    (
      await list(
        look,
        gcloud('services', 'list', '--enabled'),
        z.array(z.object({ config: z.object({ name: z.string() }) })),
      )
    ).map(({ config }) => config.name),
  );
  /** The answer of a list; empty where the API is off, because nothing can exist then. */
  const all = <T>(api: string, schema: z.ZodType<T[]>, ...words: readonly string[]): Promise<T[]> =>
    apis.has(`${api}.googleapis.com`) ? list(look, gcloud(...words), schema) : Promise.resolve([]);

  const standing = standingIn(await all('run', serviceList, 'run', 'services', 'list'));
  const { prefix, notes, refusals } = prefixOf(asked, standing, guessesPrefix);
  const found = standing.get(prefix);
  const [region, ...others] = found?.regions ?? [];
  if (others.length > 0)
    refusals.push(
      `functions of ${deploymentName({ prefix })} are in ${found?.regions.join(' and in ')}, and one deployment has one region: delete those that are not used (gcloud run services delete NAME --region=REGION)`,
    );
  const channels = channelsIn(
    await all('monitoring', documentList, 'alpha', 'monitoring', 'policies', 'list'),
    prefix,
  );
  const known: Partial<DeployTarget> = {
    projectNumber,
    prefix,
    ...(channels === undefined ? {} : { notificationChannels: channels }),
    ...(await retrainIn(all, prefix, found?.regions[0])),
    ...(found === undefined
      ? await remainsOf({ look, gcloud, all, project, prefix, asked })
      : { ...found.target, ...(region === undefined ? {} : { region }) }),
  };
  const target = completed(asked, known);
  return {
    target,
    isDeployed: found !== undefined,
    notes: [...notes, ...readNotes(asked, known, found !== undefined)],
    refusals: [
      ...refusals,
      ...(found === undefined ? [] : changesOf(target, known)),
      ...sharedWith(target, standing),
    ],
  };
}

/** The deployments whose functions are in the project, by prefix. */
function standingIn(found: z.infer<typeof serviceList>): Map<string, Standing> {
  const deployments = new Map<string, Standing>();
  for (const each of found) {
    const { labels, environment } = observedFunction(each);
    const prefix = environment['FULLCOURT_DATASET_PREFIX'] ?? '';
    if (labels['app'] !== 'fullcourt' || !PREFIX_PATTERN.test(prefix)) continue;
    const region = environment['FULLCOURT_REGION'] ?? labels['cloud.googleapis.com/location'];
    const { FULLCOURT_LOCATION: location, FULLCOURT_DATABASE: database } = environment;
    const { FULLCOURT_BUCKET: bucket, OTEL_EXPORTER_OTLP_ENDPOINT: tracesEndpoint } = environment;
    const isOurs = services().some(
      ({ name }) => targetNames({ prefix }).resource(name) === each.metadata.name,
    );
    if (!isOurs || [region, location, database, bucket].some((value) => value === undefined)) continue;
    const before = deployments.get(prefix);
    deployments.set(prefix, {
      target: before?.target ?? {
        prefix,
        location: location ?? '',
        database: database ?? '',
        bucket: bucket ?? '',
        ...(tracesEndpoint === undefined ? {} : { tracesEndpoint }),
      },
      regions: [...new Set([...(before?.regions ?? []), region ?? ''])],
    });
  }
  return deployments;
}

/** Which deployment is meant. Production is, unless another was named or is the only one. */
function prefixOf(
  asked: AskedTarget,
  standing: ReadonlyMap<string, Standing>,
  guesses: boolean,
): { readonly prefix: string; readonly notes: string[]; readonly refusals: string[] } {
  const none = { notes: [], refusals: [] };
  if (asked.prefix !== undefined) return { prefix: asked.prefix, ...none };
  const [only, ...others] = [...standing.keys()];
  if (!guesses || only === undefined || standing.has('')) return { prefix: '', ...none };
  const flag = "--dataset-prefix '' means production";
  if (others.length > 0)
    return {
      prefix: '',
      notes: [],
      refusals: [
        `the project has the deployments ${[...standing.keys()].map((prefix) => deploymentName({ prefix })).join(', ')}: name one with --dataset-prefix (${[...standing.keys()].join(', ')}); ${flag}`,
      ],
    };
  return {
    prefix: only,
    notes: [`the only deployment of the project is meant: --dataset-prefix ${only} (${flag})`],
    refusals: [],
  };
}

/** Whether the schedule of the training is on; nothing where there is none. */
async function retrainIn(
  all: <T>(api: string, schema: z.ZodType<T[]>, ...words: readonly string[]) => Promise<T[]>,
  prefix: string,
  region: string | undefined,
): Promise<Pick<DeployTarget, 'retrain'> | undefined> {
  if (region === undefined) return undefined;
  const schedules = await all(
    'cloudscheduler',
    scheduleList,
    ...['scheduler', 'jobs', 'list', `--location=${region}`],
  );
  const name = targetNames({ prefix }).resource(RETRAINING.name);
  const found = schedules.find((each) => bareName(each.name) === name);
  return found && { retrain: observedSchedule(found).isEnabled ? 'monthly' : 'off' };
}

/** The notification channels of the alerts of a deployment; undefined when it has no alerts. */
function channelsIn(policies: z.infer<typeof documentList>, prefix: string): readonly string[] | undefined {
  const labels = labelsOf({ prefix });
  const labelled = z.object({
    userLabels: z.record(z.string(), z.string()),
    notificationChannels: z.array(z.string()).default([]),
  });
  for (const policy of policies) {
    const { data } = labelled.safeParse(policy);
    if (data !== undefined && Object.entries(labels).every(([key, value]) => data.userLabels[key] === value))
      return data.notificationChannels;
  }
  return undefined;
}

/**
 * What is left of a deployment whose functions are not there: one that stopped early, or one that was taken away and
 * whose data stayed.
 */
async function remainsOf(from: {
  readonly look: Look;
  readonly gcloud: (...words: readonly string[]) => CommandLine;
  readonly all: <T>(api: string, schema: z.ZodType<T[]>, ...words: readonly string[]) => Promise<T[]>;
  readonly project: string;
  readonly prefix: string;
  readonly asked: AskedTarget;
}): Promise<Partial<DeployTarget>> {
  const { look, gcloud, all, project, prefix, asked } = from;
  const names = namesOf(prefix);
  const topics = new Map(
    (await all('pubsub', topicList, 'pubsub', 'topics', 'list')).map((topic) => [
      topic.name.split('/').at(-1) ?? '',
      topic.messageStoragePolicy.allowedPersistenceRegions,
    ]),
  );
  const kept = services()
    .flatMap((service) => service.topics.map(({ name }) => topics.get(names.resource(name)) ?? []))
    .find((regions) => regions.length === 1);
  const [region] = kept ?? [];
  const database = asked.database ?? (await databaseLeft({ look, gcloud, all, project, prefix, asked }));
  return { ...(region === undefined ? {} : { region }), ...(database === undefined ? {} : { database }) };
}

/** The database that the accounts of a deployment may use, or the default one with the mark or the settings of production. */
async function databaseLeft(from: Parameters<typeof remainsOf>[0]): Promise<string | undefined> {
  const { look, gcloud, all, project, prefix } = from;
  const policy = await look(
    { argv: ['gcloud', 'projects', 'get-iam-policy', project, '--format=json'] },
    policyDocument,
  );
  const accounts = new Set(
    services().map(
      (service) => `serviceAccount:${runtimeAccount(completed({ project, prefix }), service).email}`,
    ),
  );
  const granted = (policy?.bindings ?? [])
    .filter(
      ({ role, members }) => role === 'roles/datastore.user' && members.some((each) => accounts.has(each)),
    )
    .flatMap(({ condition }) => /databases\/([^/']+)'/.exec(condition?.expression ?? '')?.[1] ?? []);
  if (granted[0] !== undefined) return granted[0];
  if (prefix !== '') return undefined;
  const databases = await all(
    'firestore',
    z.array(z.object({ name: z.string() })),
    'firestore',
    'databases',
    'list',
  );
  const present = new Set(databases.map(({ name }) => name.split('/').at(-1)));
  if (!present.has('(default)') || present.has(namesOf(prefix).database)) return undefined;
  const settings = async (...words: readonly string[]): Promise<string[]> =>
    (await list(look, gcloud('firestore', ...words, '--database=(default)'), fieldList)).map(({ name }) =>
      fieldKey(name),
    );
  const ttls = await settings('fields', 'ttls', 'list');
  const isOurs =
    marksIn(ttls).includes(deploymentName({ prefix })) ||
    ['runs/expireAt', 'dead_letters/expireAt'].every((key) => ttls.includes(key));
  return isOurs ? '(default)' : undefined;
}

/** The fields of a target that cannot change while a deployment stands, and the flag of each. */
const LASTING = {
  region: '--region',
  location: '--location',
  database: '--database',
  bucket: '--bucket',
} as const;

/** What was read back and not asked for, where it is not what would have been derived. */
function readNotes(asked: AskedTarget, known: Partial<DeployTarget>, isDeployed: boolean): string[] {
  const { prefix, region } = known;
  const meant = { ...asked, ...(prefix === undefined ? {} : { prefix }) };
  const derived = {
    ...completed(region === undefined ? meant : { region, ...meant }),
    region: completed(meant).region,
  };
  const flags = (Object.keys(LASTING) as (keyof typeof LASTING)[]).flatMap((field) =>
    asked[field] === undefined && known[field] !== undefined && known[field] !== derived[field]
      ? [`${LASTING[field]} ${known[field]}`]
      : [],
  );
  if (flags.length === 0) return [];
  return [`${isDeployed ? 'as it is deployed' : 'as an earlier deployment has left it'}: ${flags.join(' ')}`];
}

/** The database and the bucket that another deployment of the project has. */
function sharedWith(target: DeployTarget, standing: ReadonlyMap<string, Standing>): string[] {
  return [...standing.values()].flatMap(({ target: other }) =>
    other.prefix === target.prefix
      ? []
      : (['database', 'bucket'] as const).flatMap((field) =>
          other[field] === target[field]
            ? [
                `the ${field} ${target[field]} is that of the deployment ${deploymentName(other)}, and the two would write over each other: choose another with ${LASTING[field]}`,
              ]
            : [],
        ),
  );
}

/** What the change of a lasting field would mean, for each that was asked to change. */
function changesOf(target: DeployTarget, known: Partial<DeployTarget>): string[] {
  const name = deploymentName(target);
  const { region, location, database, bucket } = known;
  const meaning = {
    region: `its functions, schedules, messages and documents are in ${region}; in ${target.region} there would be a second set of functions, and documents cannot move`,
    location: `its tables and files are in ${location}, and cannot move to ${target.location}`,
    database: `its documents are in the database ${database}, and would stay there: in ${target.database} no partition would count as built, and no backfill, alias, acceptance or dead letter would be known`,
    bucket: `its source files are in gs://${bucket}, and would stay there: from gs://${target.bucket} nothing that was loaded could be loaded again`,
  } as const;
  return (Object.keys(LASTING) as (keyof typeof LASTING)[]).flatMap((field) =>
    known[field] === undefined || known[field] === target[field]
      ? []
      : [
          `${name} is deployed with ${LASTING[field]} ${known[field]}, not ${target[field]}: ${meaning[field]}. Leave ${LASTING[field]} out to keep what it has; for a deployment that begins anew, name another --dataset-prefix, or run fullcourt undeploy first`,
        ],
  );
}
