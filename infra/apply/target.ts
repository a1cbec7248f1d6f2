/** Finds the deployment that a command works on, from its flags and the environment. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { readConfig, type Config, type Environment } from '../../shared/config.ts';
import { deploymentName, type DeployTarget } from '../declared/target.ts';
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
}

/** Stands for the number of the project until it is known. */
export const UNKNOWN_NUMBER = 'PROJECT_NUMBER';

/**
 * The deployment that flags and environment name.
 * @throws RequestError that names the wrong flag or variable
 */
export function targetOf(flags: TargetFlags, env: Environment): DeployTarget {
  const { cloud, traces } = configOf({
    ...env,
    FULLCOURT_TARGET: 'gcp',
    ...given('FULLCOURT_PROJECT', flags.project),
    ...given('FULLCOURT_REGION', flags.region),
    ...given('FULLCOURT_LOCATION', flags.location),
    ...given('FULLCOURT_DATASET_PREFIX', flags.datasetPrefix),
    ...given('FULLCOURT_DATABASE', flags.database),
    ...given('FULLCOURT_BUCKET', flags.bucket),
  });
  const number = flags.projectNumber ?? UNKNOWN_NUMBER;
  if (number !== UNKNOWN_NUMBER && !/^\d{6,20}$/.test(number))
    throw new RequestError('--project-number is digits');
  const notificationChannels = flags.notificationChannel ?? [];
  const channel = notificationChannels.find(
    (each) => !/^projects\/[a-z0-9-]+\/notificationChannels\/\d+$/.test(each),
  );
  if (channel !== undefined)
    throw new RequestError(
      `--notification-channel is projects/PROJECT/notificationChannels/NUMBER, not ${channel}`,
    );
  const { project, region, location, prefix, database, bucket } = cloud;
  return {
    ...{ project, projectNumber: number, region, location, prefix, database, bucket, notificationChannels },
    ...(traces === undefined ? {} : { tracesEndpoint: traces.endpoint }),
  };
}

/** The flag that sets each variable. */
const FLAGS: Readonly<Record<string, string>> = {
  FULLCOURT_PROJECT: '--project',
  FULLCOURT_REGION: '--region',
  FULLCOURT_LOCATION: '--location',
  FULLCOURT_DATASET_PREFIX: '--dataset-prefix',
  FULLCOURT_DATABASE: '--database',
  FULLCOURT_BUCKET: '--bucket',
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
