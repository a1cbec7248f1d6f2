/** The service accounts of a deployment: one for each function, one for pushes, one for builds, one for the job that trains and one that starts it. */
import { services, type Service } from '../../shared/derive/services.ts';
import { RETRAINING, TRAINING_JOB } from '../../shared/derive/training-job.ts';
import { targetNames, type DeployTarget } from './target.ts';

/** A service account. */
export interface Account {
  /** 6 to 30 characters, with the prefix of the deployment. */
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
}

/** The account that a function runs as. */
export function runtimeAccount(target: DeployTarget, service: Service): Account {
  // An id has at most 30 characters with the prefix, so `nba-phase3-backfill` becomes `nba-p3-backfill`.
  const short = service.kind.service?.account ?? service.name.replace('phase', 'p');
  return account(target, short, `Function ${targetNames(target).resource(service.name)}`);
}

/** The account that pushes come from. It may call the functions, and nothing else. */
export function pushAccount(target: DeployTarget): Account {
  return account(target, 'nba-push', 'Pushes of Pub/Sub to the functions');
}

/** The account that builds the functions from their sources. */
export function buildAccount(target: DeployTarget): Account {
  return account(target, 'nba-build', 'Builds of the functions');
}

/** The account that the job runs as which trains. */
export function trainingAccount(target: DeployTarget): Account {
  return account(target, TRAINING_JOB.account, `Job ${targetNames(target).resource(TRAINING_JOB.name)}`);
}

/** The account by which Cloud Scheduler starts the job. It may start it, and nothing else. */
export function retrainingAccount(target: DeployTarget): Account {
  return account(target, RETRAINING.account, `Starts of ${targetNames(target).resource(TRAINING_JOB.name)}`);
}

/** All service accounts that a deployment creates. */
export function accountsOf(target: DeployTarget): Account[] {
  return [
    ...services().map((service) => runtimeAccount(target, service)),
    pushAccount(target),
    buildAccount(target),
    trainingAccount(target),
    retrainingAccount(target),
  ];
}

/** The e-mail address of Google's account for Pub/Sub. It publishes dead letters and gets the tokens of pushes. */
export function pubsubAgent({ projectNumber }: DeployTarget): string {
  return `service-${projectNumber}@gcp-sa-pubsub.iam.gserviceaccount.com`;
}

/** The e-mail address of Google's account for Cloud Scheduler. It publishes the messages of the schedules, and starts the job. */
export function schedulerAgent({ projectNumber }: DeployTarget): string {
  return `service-${projectNumber}@gcp-sa-cloudscheduler.iam.gserviceaccount.com`;
}

function account(target: DeployTarget, name: string, displayName: string): Account {
  const id = targetNames(target).resource(name);
  return { id, email: `${id}@${target.project}.iam.gserviceaccount.com`, displayName };
}
