/** The functions as they are deployed: resources, identity, environment. */
import { buildAccount, pushAccount, runtimeAccount } from './accounts.ts';
import { BUDGETS } from '../../shared/derive/budgets.ts';
import { services, type Service } from '../../shared/derive/services.ts';
import { labelsOf, serviceUrl, targetNames, type DeployTarget, type Release } from './target.ts';

export interface FunctionSpec {
  readonly service: Service;
  /** Name of the Cloud Run service. */
  readonly name: string;
  /** Name under which the code registers it. */
  readonly entryPoint: string;
  /** Folder of its bundle, from the root of the project. */
  readonly source: string;
  readonly baseImage: string;
  readonly region: string;
  readonly account: string;
  readonly buildAccount: string;
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly concurrency: number;
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** Runtime of every function. */
export const BASE_IMAGE = 'nodejs24';

/** Folder of the bundles. */
export const SOURCE_FOLDER = 'dist';

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
    // More than one request at once needs a whole processor.
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

/** All that a function is told; what is not here it takes by default. */
function environmentOf(target: DeployTarget, service: Service): Record<string, string> {
  return {
    FULLCOURT_TARGET: 'gcp',
    FULLCOURT_LOG: 'info',
    FULLCOURT_PROJECT: target.project,
    FULLCOURT_REGION: target.region,
    FULLCOURT_LOCATION: target.location,
    FULLCOURT_DATASET_PREFIX: target.prefix,
    FULLCOURT_DATABASE: target.database,
    FULLCOURT_BUCKET: target.bucket,
    FULLCOURT_PUSH_ACCOUNT: pushAccount(target).email,
    FULLCOURT_PUSH_AUDIENCE: serviceUrl(target, service),
    ...(target.tracesEndpoint === undefined
      ? {}
      : { FULLCOURT_TRACES: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: target.tracesEndpoint }),
  };
}
