/** The deployed job that trains: its resources, image, account and environment variables, and the schedule that starts it. */
import { RETRAINING, TRAINING_JOB } from '../../shared/derive/training-job.ts';
import { buildAccount, retrainingAccount, trainingAccount } from './accounts.ts';
import { placeVariables, SOURCE_FOLDER } from './functions.ts';
import { SCHEDULE_ZONE, type ScheduleSpec } from './schedules.ts';
import { labelsOf, targetNames, type DeployTarget, type Release } from './target.ts';

/** The repository in which gcloud keeps the images of functions that are deployed from sources. */
export const IMAGES = 'cloud-run-source-deploy';

/** A Cloud Run job to deploy. */
export interface JobSpec {
  readonly name: string;
  /** Folder of its bundle, from the root of the project. */
  readonly source: string;
  /** The image that is built from the bundle. Another bundle has another one. */
  readonly image: string;
  readonly region: string;
  readonly account: string;
  readonly buildAccount: string;
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
  readonly maxRetries: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** The job of a deployment. */
export function trainingSpec(target: DeployTarget, release: Release): JobSpec {
  const { project, region } = target;
  const { name: own, account: _, ...size } = TRAINING_JOB;
  const name = targetNames(target).resource(own);
  const bundle = release.bundles.get(own) ?? 'none';
  return {
    ...{ name, region, ...size },
    source: `${SOURCE_FOLDER}/${own}`,
    image: `${region}-docker.pkg.dev/${project}/${IMAGES}/${name}:${bundle}`,
    account: trainingAccount(target).email,
    buildAccount: buildAccount(target).email,
    environment: placeVariables(target),
    labels: { ...labelsOf(target), commit: release.commit, bundle },
  };
}

/** The build of its image, as Cloud Build reads it. */
export function imageBuild({ project }: DeployTarget, { image, buildAccount: account }: JobSpec) {
  return {
    steps: [{ name: 'gcr.io/cloud-builders/docker', args: ['build', '--tag', image, '.'] }],
    images: [image],
    serviceAccount: `projects/${project}/serviceAccounts/${account}`,
    options: { logging: 'CLOUD_LOGGING_ONLY' },
  };
}

/** The schedule that starts the job. It is paused unless the operator has switched it on. */
export function retrainingSpec(target: DeployTarget): ScheduleSpec {
  const names = targetNames(target);
  const { project, region, retrain } = target;
  return {
    name: names.resource(RETRAINING.name),
    description: RETRAINING.description,
    cron: RETRAINING.cron,
    zone: SCHEDULE_ZONE,
    isEnabled: retrain === 'monthly',
    does: {
      kind: 'start',
      uri: `https://run.googleapis.com/v2/projects/${project}/locations/${region}/jobs/${names.resource(TRAINING_JOB.name)}:run`,
      account: retrainingAccount(target).email,
    },
  };
}
