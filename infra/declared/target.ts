/** The target of a deployment: its project, and the names that it uses there. */
import type { Retrain } from '../../shared/config.ts';
import { namesOf, type Names } from '../../shared/derive/names.ts';
import { services, type Service } from '../../shared/derive/services.ts';
import { TRAINING_JOB } from '../../shared/derive/training-job.ts';

/** One deployment in a project. */
export interface DeployTarget {
  readonly project: string;
  /** Digits, or `PROJECT_NUMBER` when the number is not known. */
  readonly projectNumber: string;
  readonly region: string;
  /** Location of the BigQuery datasets and of the bucket. */
  readonly location: string;
  /** First part of the deployment's names, such as `staging_`; empty for production. */
  readonly prefix: string;
  readonly database: string;
  readonly bucket: string;
  /** Full names of the notification channels that alerts are sent to. */
  readonly notificationChannels: readonly string[];
  /** Address of the collector that functions send their spans to. Without it they send none. */
  readonly tracesEndpoint?: string;
  /** Whether the schedule trains a model each month. */
  readonly retrain: Retrain;
}

/** What is deployed: the commit, and for each service and for the job the digest of its bundle. */
export interface Release {
  readonly commit: string;
  readonly bundles: ReadonlyMap<string, string>;
}

/** The label of every resource that can have one. */
const APP_LABEL = { app: 'fullcourt' } as const;

/** The target that the committed texts in `infra/generated` are made for. */
export const NOMINAL_TARGET: DeployTarget = {
  project: 'PROJECT',
  projectNumber: 'PROJECT_NUMBER',
  region: 'REGION',
  location: 'LOCATION',
  prefix: '',
  database: namesOf('').database,
  bucket: 'PROJECT-nba-archive',
  notificationChannels: [],
  retrain: 'off',
};

/** The release that the committed texts are made for. */
export const NOMINAL_RELEASE: Release = {
  commit: 'COMMIT',
  bundles: new Map([...services(), TRAINING_JOB].map(({ name }) => [name, 'BUNDLE'])),
};

/** The names of a deployment. */
export function targetNames(target: Pick<DeployTarget, 'prefix'>): Names {
  return namesOf(target.prefix);
}

/** The labels of a deployment's resources: the product and the name of the deployment. */
export function labelsOf(target: Pick<DeployTarget, 'prefix'>): Readonly<Record<string, string>> {
  return { ...APP_LABEL, deployment: deploymentName(target) };
}

/** The name of a deployment: `production`, or its prefix without the underscore, such as `staging`. */
export function deploymentName({ prefix }: Pick<DeployTarget, 'prefix'>): string {
  return prefix === '' ? 'production' : prefix.replace(/_$/, '');
}

/** The address of a service. Pushes are sent to it, and their tokens name it as their audience. */
export function serviceUrl(target: DeployTarget, service: Service): string {
  const name = targetNames(target).resource(service.name);
  return `https://${name}-${target.projectNumber}.${target.region}.run.app`;
}

/** Names of the Cloud Run services of a deployment. */
export function functionNames(target: Pick<DeployTarget, 'prefix'>): string[] {
  const names = targetNames(target);
  return services().map(({ name }) => names.resource(name));
}
