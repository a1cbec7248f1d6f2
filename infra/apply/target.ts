/** Finds the deployment that a command works on, from its flags and the environment. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { readConfig, type Config, type Environment } from '../../shared/config.ts';
import { DEFAULT_REGION, locationOf } from '../../shared/derive/place.ts';
import { namesOf } from '../../shared/derive/names.ts';
import { deploymentName, type DeployTarget } from '../declared/target.ts';
import { quotedWord } from '../steps/command-line.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { CommandFailed, projectRoot, type Runner } from './runner.ts';

/** The flags of the deployment commands. A flag wins over the environment variable. */
export interface TargetFlags {
  readonly project?: string;
  readonly region?: string;
  readonly location?: string;
  readonly datasetPrefix?: string;
  readonly database?: string;
  readonly bucket?: string;
  readonly projectNumber?: string;
  readonly notificationChannel?: readonly string[];
  readonly retrain?: string;
}

/** Stands for the number of the project until it is known. */
export const UNKNOWN_NUMBER = 'PROJECT_NUMBER';

/** Says that alerts go to no channel. */
const NO_CHANNEL = 'none';

/** What flags and environment say of a deployment. A field that nobody named is absent. */
export interface AskedTarget extends Partial<Omit<DeployTarget, 'project' | 'tracesEndpoint'>> {
  readonly project: string;
  /** The collector, or null when the functions must send no spans. */
  readonly tracesEndpoint?: string | null;
}

/**
 * What flags and environment say of a deployment.
 * @throws RequestError that names the wrong flag or variable
 */
export function askedOf(flags: TargetFlags, env: Environment): AskedTarget {
  const named: Environment = {
    ...env,
    FULLCOURT_TARGET: 'gcp',
    ...given('FULLCOURT_PROJECT', flags.project),
    ...given('FULLCOURT_REGION', flags.region),
    ...given('FULLCOURT_LOCATION', flags.location),
    ...given('FULLCOURT_DATASET_PREFIX', flags.datasetPrefix),
    ...given('FULLCOURT_DATABASE', flags.database),
    ...given('FULLCOURT_BUCKET', flags.bucket),
    ...given('FULLCOURT_RETRAIN', flags.retrain),
  };
  const { cloud, traces, retrain } = configOf(named);
  const number = flags.projectNumber ?? UNKNOWN_NUMBER;
  if (number !== UNKNOWN_NUMBER && !/^\d{6,20}$/.test(number))
    throw new RequestError('--project-number is digits');
  const isNamed = (name: string): boolean => named[name] !== undefined;
  return {
    project: cloud.project,
    ...(number === UNKNOWN_NUMBER ? {} : { projectNumber: number }),
    ...(isNamed('FULLCOURT_REGION') ? { region: cloud.region } : {}),
    ...(isNamed('FULLCOURT_LOCATION') ? { location: cloud.location } : {}),
    ...(isNamed('FULLCOURT_DATASET_PREFIX') ? { prefix: cloud.prefix } : {}),
    ...(isNamed('FULLCOURT_DATABASE') ? { database: cloud.database } : {}),
    ...(isNamed('FULLCOURT_BUCKET') ? { bucket: cloud.bucket } : {}),
    ...(flags.notificationChannel === undefined
      ? {}
      : { notificationChannels: channelsOf(flags.notificationChannel) }),
    ...(isNamed('FULLCOURT_RETRAIN') ? { retrain } : {}),
    ...(isNamed('FULLCOURT_TRACES') ? { tracesEndpoint: traces?.endpoint ?? null } : {}),
  };
}

/** The channels of alerts. `none` alone means that there is none. */
function channelsOf(channels: readonly string[]): readonly string[] {
  if (channels.length === 1 && channels[0] === NO_CHANNEL) return [];
  const wrong = channels.find((each) => !/^projects\/[a-z0-9-]+\/notificationChannels\/\d+$/.test(each));
  if (wrong !== undefined)
    throw new RequestError(
      `--notification-channel is projects/PROJECT/notificationChannels/NUMBER, or ${NO_CHANNEL}, not ${wrong}`,
    );
  return channels;
}

/**
 * The whole target: what was asked, else what is `found` of the deployment, else what is derived: the location from the
 * region, all names from the prefix.
 */
export function completed(asked: AskedTarget, found: Partial<DeployTarget> = {}): DeployTarget {
  const { project } = asked;
  const region = asked.region ?? found.region ?? DEFAULT_REGION;
  const prefix = asked.prefix ?? found.prefix ?? '';
  const names = namesOf(prefix);
  const endpoint = asked.tracesEndpoint === undefined ? found.tracesEndpoint : asked.tracesEndpoint;
  return {
    project,
    projectNumber: asked.projectNumber ?? found.projectNumber ?? UNKNOWN_NUMBER,
    region,
    location: asked.location ?? found.location ?? locationOf(region),
    prefix,
    database: asked.database ?? found.database ?? names.database,
    bucket: asked.bucket ?? found.bucket ?? `${project}-${names.resource('nba-archive')}`,
    notificationChannels: asked.notificationChannels ?? found.notificationChannels ?? [],
    retrain: asked.retrain ?? found.retrain ?? 'off',
    ...(endpoint === undefined || endpoint === null ? {} : { tracesEndpoint: endpoint }),
  };
}

/**
 * The deployment that flags and environment name, where nothing is known of the project.
 * @throws RequestError that names the wrong flag or variable
 */
export function targetOf(flags: TargetFlags, env: Environment): DeployTarget {
  return completed(askedOf(flags, env));
}

/** The flags that name exactly this deployment in another command, as a shell reads them. */
export function flagsOf(target: DeployTarget): string {
  const { project, region, location, prefix, database, bucket } = target;
  return [
    ...['--project', project, '--region', region, '--location', location],
    ...(prefix === '' ? [] : ['--dataset-prefix', prefix]),
    ...['--database', database, '--bucket', bucket],
  ]
    .map(quotedWord)
    .join(' ');
}

/** The command that deploys exactly this deployment, or goes on with it. */
export function deployCommandOf(target: DeployTarget): string {
  const { notificationChannels: channels, retrain } = target;
  return [
    'fullcourt deploy',
    flagsOf(target),
    ...(retrain === 'off' ? [] : [`--retrain ${retrain}`]),
    ...channels.map((each) => `--notification-channel ${each}`),
  ].join(' ');
}

/** The variables with which the commands of `--target gcp` reach this deployment, as a shell sets them. */
export function exportLine(target: DeployTarget): string {
  const { project, region, location, prefix, database, bucket } = target;
  const values = {
    FULLCOURT_TARGET: 'gcp',
    FULLCOURT_PROJECT: project,
    FULLCOURT_REGION: region,
    FULLCOURT_LOCATION: location,
    ...(prefix === '' ? {} : { FULLCOURT_DATASET_PREFIX: prefix }),
    FULLCOURT_DATABASE: database,
    FULLCOURT_BUCKET: bucket,
  };
  return `export ${Object.entries(values)
    .map(([name, value]) => `${name}=${quotedWord(value)}`)
    .join(' ')}`;
}

/** The flag that sets each variable. */
const FLAGS: Readonly<Record<string, string>> = {
  FULLCOURT_PROJECT: '--project',
  FULLCOURT_REGION: '--region',
  FULLCOURT_LOCATION: '--location',
  FULLCOURT_DATASET_PREFIX: '--dataset-prefix',
  FULLCOURT_DATABASE: '--database',
  FULLCOURT_BUCKET: '--bucket',
  FULLCOURT_RETRAIN: '--retrain',
};

function configOf(env: Environment): Config {
  try {
    return readConfig(env);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const message = error.message.replaceAll(/FULLCOURT_[A-Z_]+/g, (name) =>
      name in FLAGS ? `${FLAGS[name]} (${name})` : name,
    );
    throw new RequestError(message);
  }
}

function given(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}

/**
 * Adds the number of the project to a target.
 * @throws CommandFailed when the project does not exist, or the user may not see it
 */
export async function numbered(run: Runner, target: DeployTarget): Promise<DeployTarget> {
  if (target.projectNumber !== UNKNOWN_NUMBER) return target;
  const command = { argv: ['gcloud', 'projects', 'describe', target.project, '--format=json'] };
  const ran = await run(command);
  if (ran.code !== 0) throw new CommandFailed(command, ran);
  const { projectNumber } = z
    .object({ projectNumber: z.union([z.string(), z.number()]) })
    .parse(JSON.parse(ran.stdout));
  return { ...target, projectNumber: String(projectNumber) };
}

/** The folder of the files that the command lines of a deployment read, relative to the root of the project. */
export function folderOf(target: DeployTarget): string {
  return `.deploy/${target.project}/${deploymentName(target)}`;
}

/** Writes files into a folder, after deleting all that is in it. */
export function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  const root = join(projectRoot, folder);
  if (existsSync(root)) rmSync(root, { recursive: true });
  for (const [name, text] of files) {
    const file = join(root, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
