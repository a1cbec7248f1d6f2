/** Steps for the job that trains. */
import type { JobSpec } from '../declared/training.ts';
import { environmentFile, IMAGE_BUILD_FILE } from './files.ts';
import type { Observed, ObservedJob } from './observed.ts';
import { differences, gcloud, keyValues, type Step, type StepContext } from './step.ts';

/**
 * Builds the image of the job and deploys it, when the job is missing or differs. The image is built by the account that also builds the
 * functions; `run jobs deploy --source` would build it by an account of Google's that may do more.
 */
export function trainingSteps(context: StepContext, { jobs }: Observed): Step[] {
  const { training: spec } = context.deployment;
  const found = jobs.get(spec.name);
  const because = found === undefined ? [] : jobDrift(spec, found);
  if (found !== undefined && because.length === 0) return [];
  return [
    {
      what: `job ${spec.name}`,
      change: found === undefined ? 'create' : 'update',
      because,
      commands: [
        ...(found?.image === spec.image ? [] : [buildOf(context, spec)]),
        gcloud(context, 'run', 'jobs', 'deploy', spec.name, ...flagsOf(context, spec)),
      ],
    },
  ];
}

/** The differences between a job and its specification, in words. */
export function jobDrift(spec: JobSpec, found: ObservedJob): string[] {
  const { image, account, cpu, memoryMiB, timeoutSeconds, maxRetries } = spec;
  const unknown = Object.keys(found.environment).filter((name) => !(name in spec.environment));
  return [
    ...differences({ image, account, cpu, memoryMiB, timeoutSeconds, maxRetries, tasks: TASKS }, found),
    ...differences(spec.labels, found.labels).map((text) => `label ${text}`),
    ...differences(spec.environment, found.environment),
    ...unknown.map((name) => `${name} is set and should not be`),
  ];
}

/** Processes of one execution. */
const TASKS = 1;

function buildOf(context: StepContext, { source, region, name }: JobSpec): ReturnType<typeof gcloud> {
  const { project } = context.deployment.target;
  return gcloud(
    context,
    ...['builds', 'submit', source, `--config=${context.folder}/${IMAGE_BUILD_FILE}`, `--region=${region}`],
    // The bucket in which gcloud keeps the sources of functions; the account that builds may read it.
    `--gcs-source-staging-dir=gs://run-sources-${project}-${region}/jobs/${name}`,
    '--suppress-logs',
  );
}

function flagsOf({ folder }: StepContext, spec: JobSpec): string[] {
  return [
    `--image=${spec.image}`,
    `--region=${spec.region}`,
    `--service-account=${spec.account}`,
    `--cpu=${spec.cpu}`,
    `--memory=${spec.memoryMiB}Mi`,
    `--tasks=${TASKS}`,
    `--max-retries=${spec.maxRetries}`,
    `--task-timeout=${spec.timeoutSeconds}s`,
    `--env-vars-file=${folder}/${environmentFile(spec)}`,
    `--labels=${keyValues(spec.labels)}`,
  ];
}
