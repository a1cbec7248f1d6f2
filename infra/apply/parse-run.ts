/** Parses gcloud's answers on Cloud Run services and jobs. */
import * as z from 'zod';
import type { ObservedFunction, ObservedJob } from '../steps/observed.ts';

const strings = z.record(z.string(), z.string()).default({});

/** A container of a service or of a job. */
const container = {
  resources: z.object({ limits: strings }).optional(),
  env: z.array(z.object({ name: z.string(), value: z.string().default('') })).default([]),
};

/** gcloud's list of Cloud Run services. */
export const serviceList = z.array(
  z.object({
    metadata: z.object({ name: z.string(), labels: strings, annotations: strings }),
    spec: z.object({
      template: z.object({
        metadata: z.object({ annotations: strings }).default({ annotations: {} }),
        spec: z.object({
          serviceAccountName: z.string().default(''),
          containerConcurrency: z.number().default(0),
          timeoutSeconds: z.number().default(0),
          containers: z.array(z.object(container)).min(1),
        }),
      }),
    }),
    status: z
      .object({
        url: z.string().optional(),
        latestCreatedRevisionName: z.string().optional(),
        latestReadyRevisionName: z.string().optional(),
        traffic: z
          .array(
            z.object({
              percent: z.number().default(0),
              latestRevision: z.boolean().default(false),
              revisionName: z.string().optional(),
            }),
          )
          .optional(),
      })
      .default({}),
  }),
);

/** gcloud's list of Cloud Run jobs. Numbers of seconds are texts there. */
export const jobList = z.array(
  z.object({
    metadata: z.object({ name: z.string(), labels: strings }),
    spec: z.object({
      template: z.object({
        spec: z.object({
          taskCount: z.number().default(1),
          template: z.object({
            spec: z.object({
              serviceAccountName: z.string().default(''),
              timeoutSeconds: z.coerce.number().default(0),
              // Cloud Run takes 3 where nothing is said.
              maxRetries: z.number().default(3),
              containers: z.array(z.object({ image: z.string().default(''), ...container })).min(1),
            }),
          }),
        }),
      }),
    }),
  }),
);

/** A Cloud Run job in the form that a plan compares. */
export function observedJob({ metadata, spec }: z.infer<typeof jobList>[number]): ObservedJob {
  const { taskCount, template } = spec.template.spec;
  const [only] = template.spec.containers;
  const limits = only?.resources?.limits ?? {};
  return {
    labels: metadata.labels,
    image: only?.image ?? '',
    account: template.spec.serviceAccountName,
    cpu: processors(limits['cpu'] ?? '0'),
    memoryMiB: mebibytes(limits['memory'] ?? '0'),
    timeoutSeconds: template.spec.timeoutSeconds,
    maxRetries: template.spec.maxRetries,
    tasks: taskCount,
    environment: environmentIn(only?.env ?? []),
  };
}

function environmentIn(
  variables: readonly { readonly name: string; readonly value: string }[],
): Record<string, string> {
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

/** A Cloud Run service in the form that a plan compares. */
export function observedFunction(found: z.infer<typeof serviceList>[number]): ObservedFunction {
  const { metadata, spec, status } = found;
  const { template } = spec;
  const [first] = template.spec.containers;
  const scale = (name: string): number =>
    Number(template.metadata.annotations[`autoscaling.knative.dev/${name}`] ?? 0);
  const limits = first?.resources?.limits ?? {};
  const newest = status.latestReadyRevisionName;
  return {
    labels: metadata.labels,
    account: template.spec.serviceAccountName,
    cpu: processors(limits['cpu'] ?? '0'),
    memoryMiB: mebibytes(limits['memory'] ?? '0'),
    concurrency: template.spec.containerConcurrency,
    minInstances: scale('minScale'),
    maxInstances: scale('maxScale'),
    timeoutSeconds: template.spec.timeoutSeconds,
    ingress: metadata.annotations['run.googleapis.com/ingress'] ?? 'all',
    environment: environmentIn(first?.env ?? []),
    newestShare:
      status.traffic === undefined
        ? 100
        : status.traffic
            .filter(
              ({ latestRevision, revisionName }) =>
                latestRevision || (newest !== undefined && revisionName === newest),
            )
            .reduce((sum, { percent }) => sum + percent, 0),
    isReady: status.latestCreatedRevisionName === status.latestReadyRevisionName,
    urls: urlsOf(metadata.annotations['run.googleapis.com/urls']),
  };
}

function urlsOf(text: string | undefined): string[] {
  if (text === undefined) return [];
  const urls = z.array(z.string()).safeParse(JSON.parse(text));
  return urls.success ? urls.data : [];
}

/** The number of CPUs in a text such as `1` or `1000m`. */
function processors(text: string): number {
  return text.endsWith('m') ? Number.parseInt(text, 10) / 1000 : Number(text);
}

/** Mebibytes of a text such as `512Mi`, `2Gi`, or a number of bytes. */
function mebibytes(text: string): number {
  const [, digits = '0', unit = ''] = /^(\d+)(\w*)$/.exec(text) ?? [];
  const factor = { Ki: 1 / 1024, Mi: 1, Gi: 1024, M: 1e6 / 1024 ** 2, G: 1e9 / 1024 ** 2 }[unit];
  return Number(digits) * (factor ?? 1 / 1024 ** 2);
}
