/** Where a deployment goes, and what is called what there. */
import { namesOf, type Names } from '../../shared/derive/names.ts';
import { services, type Service } from '../../shared/derive/services.ts';

/** A project and the names of one deployment in it. */
export interface DeployTarget {
  readonly project: string;
  /** Digits; `PROJECT_NUMBER` in texts that are for no project yet. */
  readonly projectNumber: string;
  readonly region: string;
  /** Of the BigQuery datasets and the bucket. */
  readonly location: string;
  readonly prefix: string;
  readonly database: string;
  readonly bucket: string;
  /** Where alerts go: full names of notification channels. */
  readonly notificationChannels: readonly string[];
  /** Collector of traces that the functions send their spans to; without one they make none. */
  readonly tracesEndpoint?: string;
}

/** What is deployed: the commit, and for each service the digest of its bundle. */
export interface Release {
  readonly commit: string;
  readonly bundles: ReadonlyMap<string, string>;
}

/** On everything that can carry a label. */
export const APP_LABEL = { app: 'fullcourt' } as const;

/** The texts that are committed are made for this target. */
export const NOMINAL_TARGET: DeployTarget = {
  project: 'PROJECT',
  projectNumber: 'PROJECT_NUMBER',
  region: 'REGION',
  location: 'LOCATION',
  prefix: '',
  database: namesOf('').database,
  bucket: 'PROJECT-nba-archive',
  notificationChannels: [],
};

export const NOMINAL_RELEASE: Release = {
  commit: 'COMMIT',
  bundles: new Map(services().map(({ name }) => [name, 'BUNDLE'])),
};

export function targetNames(target: Pick<DeployTarget, 'prefix'>): Names {
  return namesOf(target.prefix);
}

/** Labels of one deployment's things: of the product, and of the copy where it is not production. */
export function labelsOf(target: Pick<DeployTarget, 'prefix'>): Readonly<Record<string, string>> {
  return { ...APP_LABEL, deployment: deploymentName(target) };
}

/** `production`, or the prefix without its underscore. */
export function deploymentName({ prefix }: Pick<DeployTarget, 'prefix'>): string {
  return prefix === '' ? 'production' : prefix.replace(/_$/, '');
}

/** The address of a service, by which pushes reach it and for which their tokens are made out. */
export function serviceUrl(target: DeployTarget, service: Service): string {
  const name = targetNames(target).resource(service.name);
  return `https://${name}-${target.projectNumber}.${target.region}.run.app`;
}

/** Names of the Cloud Run services of a deployment. */
export function functionNames(target: Pick<DeployTarget, 'prefix'>): string[] {
  const names = targetNames(target);
  return services().map(({ name }) => names.resource(name));
}
