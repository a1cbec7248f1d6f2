/** Whose rights everything runs with: one service account for each function, one that pushes, one that builds. */
import { services, type Service } from '../../shared/derive/services.ts';
import { targetNames, type DeployTarget } from './target.ts';

export interface Account {
  /** 6 to 30 characters, the prefix included. */
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
}

/** Longest id that Google Cloud takes. */
export const MAX_ACCOUNT_ID = 30;

/** The account a function runs as. */
export function runtimeAccount(target: DeployTarget, service: Service): Account {
  // The id of an account is at most 30 characters with the prefix: `nba-phase3-backfill` becomes `nba-p3-backfill`.
  const short = service.kind.service?.account ?? service.name.replace('phase', 'p');
  return account(target, short, `Function ${targetNames(target).resource(service.name)}`);
}

/** Signs the tokens of pushes; may call the functions and nothing else. */
export function pushAccount(target: DeployTarget): Account {
  return account(target, 'nba-push', 'Pushes of Pub/Sub to the functions');
}

/** Builds the functions from their sources. */
export function buildAccount(target: DeployTarget): Account {
  return account(target, 'nba-build', 'Builds of the functions');
}

export function accountsOf(target: DeployTarget): Account[] {
  return [
    ...services().map((service) => runtimeAccount(target, service)),
    pushAccount(target),
    buildAccount(target),
  ];
}

/** Google's own account that delivers messages: it forwards dead letters and asks for the tokens of pushes. */
export function pubsubAgent({ projectNumber }: DeployTarget): string {
  return `service-${projectNumber}@gcp-sa-pubsub.iam.gserviceaccount.com`;
}

/** Google's own account as which Cloud Scheduler publishes. */
export function schedulerAgent({ projectNumber }: DeployTarget): string {
  return `service-${projectNumber}@gcp-sa-cloudscheduler.iam.gserviceaccount.com`;
}

function account(target: DeployTarget, name: string, displayName: string): Account {
  const id = targetNames(target).resource(name);
  return { id, email: `${id}@${target.project}.iam.gserviceaccount.com`, displayName };
}
