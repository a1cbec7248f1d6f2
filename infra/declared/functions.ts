/** The deployed functions: their resources, accounts and environment variables. */
import { buildAccount, pushAccount, runtimeAccount } from './accounts.ts';
import { BUDGETS } from '../../shared/derive/budgets.ts';
import { services, type Service } from '../../shared/derive/services.ts';
import { labelsOf, serviceUrl, targetNames, type DeployTarget, type Release } from './target.ts';

/** A function to deploy, as a Cloud Run service. */
export interface FunctionSpec {
  readonly service: Service;
  /** Name of the Cloud Run service. */
  readonly name: string;
  /** Name that the code registers the function under. */
  readonly entryPoint: string;
  /** Folder of its bundle, from the root of the project. */
  readonly source: string;
  readonly baseImage: string;
  readonly region: string;
  readonly account: string;
  readonly buildAccount: string;
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Requests that one instance handles at once. */
  readonly concurrency: number;
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** The base image of every function. */
const BASE_IMAGE = 'nodejs24';

/** Folder of the bundles, from the root of the project. */
export const SOURCE_FOLDER = 'dist';

/** The functions of a deployment. */
export function functionSpecs(target: DeployTarget, release: Release): FunctionSpec[] {
  return services().map((service) => functionSpec(target, release, service));
}

function functionSpec(target: DeployTarget, release: Release, service: Service): FunctionSpec {
  const { kind, lane, phase, name } = service;
  return {
    service,
    name: targetNames(target).resource(name),
    entryPoint: name,
    source: `${SOURCE_FOLDER}/${name}`,
    baseImage: BASE_IMAGE,
    region: target.region,
    account: runtimeAccount(target, service).email,
    buildAccount: buildAccount(target).email,
    // Cloud Run allows several requests at once only with a whole CPU.
    cpu: 1,
    memoryMiB: kind.memoryMiB(phase),
    ...kind.size(lane),
    minInstances: 0,
    timeoutSeconds: BUDGETS.functionSeconds,
    environment: environmentOf(target, service),
    labels: {
      ...labelsOf(target),
      commit: release.commit,
      bundle: release.bundles.get(name) ?? 'none',
    },
  };
}

/** The variables that say where a deployment is. */
export function placeVariables(target: DeployTarget): Record<string, string> {
  return {
    FULLCOURT_TARGET: 'gcp',
    FULLCOURT_LOG: 'info',
    FULLCOURT_PROJECT: target.project,
    FULLCOURT_REGION: target.region,
    FULLCOURT_LOCATION: target.location,
    FULLCOURT_DATASET_PREFIX: target.prefix,
    FULLCOURT_DATABASE: target.database,
    FULLCOURT_BUCKET: target.bucket,
  };
}

/** The environment variables of a function. All other variables have their defaults. */
function environmentOf(target: DeployTarget, service: Service): Record<string, string> {
  return {
    ...placeVariables(target),
    FULLCOURT_PUSH_ACCOUNT: pushAccount(target).email,
    FULLCOURT_PUSH_AUDIENCE: serviceUrl(target, service),
    ...(target.tracesEndpoint === undefined
      ? {}
      : { FULLCOURT_TRACES: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: target.tracesEndpoint }),
  };
}
