/** Steps for the functions and for the traffic of their revisions. */
import type { FunctionSpec } from '../declared/functions.ts';
import { environmentFile } from './files.ts';
import type { Observed, ObservedFunction } from './observed.ts';
import { differences, gcloud, keyValues, type Step, type StepContext } from './step.ts';

/** Functions may be called only from inside the project. Pub/Sub of the same project counts as inside. */
const INGRESS = 'internal';

/** Deploys the functions that are missing or differ. */
export function functionSteps(context: StepContext, { functions }: Observed): Step[] {
  return context.deployment.functions.flatMap((spec): Step[] => {
    const found = functions.get(spec.name);
    const what = `function ${spec.name}`;
    const deploy = gcloud(context, 'run', 'deploy', spec.name, ...functionFlags(context, spec));
    if (found === undefined) return [{ what, change: 'create', because: [], commands: [deploy] }];
    const because = functionDrift(spec, found);
    return because.length === 0 ? [] : [{ what, change: 'update', because, commands: [deploy] }];
  });
}

/** The differences between a function and its specification, in words. */
export function functionDrift(spec: FunctionSpec, found: ObservedFunction): string[] {
  const { account, cpu, memoryMiB, concurrency, minInstances, maxInstances, timeoutSeconds } = spec;
  const wanted = { account, cpu, memoryMiB, concurrency, minInstances, maxInstances, timeoutSeconds };
  const labels = differences(spec.labels, found.labels as Record<keyof typeof spec.labels, unknown>);
  const environment = differences(spec.environment, found.environment);
  const unknown = Object.keys(found.environment).filter((name) => !(name in spec.environment));
  return [
    ...differences({ ...wanted, ingress: INGRESS }, found),
    ...labels.map((text) => `label ${text}`),
    ...environment,
    ...unknown.map((name) => `${name} is set and should not be`),
    ...(found.isReady ? [] : ['its newest revision never became ready']),
  ];
}

/** Sends all traffic to the newest revision, where an older one still gets some. */
export function trafficSteps(context: StepContext, { functions }: Observed): Step[] {
  return context.deployment.functions.flatMap((spec): Step[] => {
    const share = functions.get(spec.name)?.newestShare ?? 100;
    if (share === 100) return [];
    return [
      {
        what: `traffic of ${spec.name}`,
        change: 'update',
        because: [`the newest revision has ${share} %`],
        commands: [
          gcloud(
            context,
            'run',
            'services',
            'update-traffic',
            spec.name,
            `--region=${spec.region}`,
            '--to-latest',
          ),
        ],
      },
    ];
  });
}

function functionFlags({ folder, deployment }: StepContext, spec: FunctionSpec): string[] {
  return [
    `--source=${spec.source}`,
    `--function=${spec.entryPoint}`,
    `--base-image=${spec.baseImage}`,
    `--region=${spec.region}`,
    '--no-allow-unauthenticated',
    `--ingress=${INGRESS}`,
    `--service-account=${spec.account}`,
    `--build-service-account=projects/${deployment.target.project}/serviceAccounts/${spec.buildAccount}`,
    `--cpu=${spec.cpu}`,
    `--memory=${spec.memoryMiB}Mi`,
    `--concurrency=${spec.concurrency}`,
    `--min-instances=${spec.minInstances}`,
    `--max-instances=${spec.maxInstances}`,
    `--timeout=${spec.timeoutSeconds}`,
    `--env-vars-file=${folder}/${environmentFile(spec)}`,
    `--labels=${keyValues(spec.labels)}`,
    '--cpu-boost',
  ];
}
