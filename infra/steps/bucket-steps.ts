/** Steps for the bucket of the source files, and the reasons why a bucket cannot be used. */
import type { Observed } from './observed.ts';
import { gcloud, type Step, type StepContext } from './step.ts';

/** Creates the bucket when it is missing. Makes it private, and lets it keep what is overwritten or deleted. */
export function bucketSteps(context: StepContext, { bucket }: Observed): Step[] {
  const { target } = context.deployment;
  const what = `bucket ${target.bucket}`;
  const url = `gs://${target.bucket}`;
  const isPrivate = ['--uniform-bucket-level-access', '--public-access-prevention'];
  const create: Step = {
    what,
    change: 'create',
    because: [],
    // Names of buckets are shared by all projects.
    mustBeNew: 'The name is taken: choose another with --bucket.',
    done: gcloud(
      context,
      ...['storage', 'buckets', 'list', `--filter=name=${target.bucket}`, '--format=value(name)'],
    ),
    commands: [
      gcloud(context, 'storage', 'buckets', 'create', url, `--location=${target.location}`, ...isPrivate),
    ],
  };
  const because = [
    ...(bucket === undefined || bucket.isPrivate ? [] : ['it could be made public']),
    ...(bucket?.isVersioned === true ? [] : ['what is overwritten or deleted would be gone']),
  ];
  return [
    ...(bucket === undefined ? [create] : []),
    ...(because.length === 0
      ? []
      : [
          {
            what: bucket === undefined ? `versions in the ${what}` : what,
            change: 'update' as const,
            because: bucket === undefined ? [] : because,
            commands: [gcloud(context, 'storage', 'buckets', 'update', url, ...isPrivate, '--versioning')],
          },
        ]),
  ];
}

/** Why the bucket that exists cannot be used: it is of another project, or elsewhere. */
export function bucketRefusals({ deployment }: StepContext, { bucket }: Observed): string[] {
  const { target } = deployment;
  if (bucket === undefined) return [];
  if (!bucket.isOwn)
    return [
      `the bucket ${target.bucket} is of another project, or you may not look at it: choose another with --bucket`,
    ];
  return bucket.location.toLowerCase() === target.location.toLowerCase()
    ? []
    : [
        `the bucket ${target.bucket} is in ${bucket.location}, not ${target.location}, and a bucket cannot move: deploy with --location ${bucket.location}, or choose another with --bucket`,
      ];
}
