/**
 * Checks what a deployment needs before it can begin. For each thing that is missing, it names the command
 * that helps.
 */
import * as z from 'zod';
import { APIS } from '../declared/deployment.ts';
import type { DeployTarget } from '../declared/target.ts';
import { policyDocument } from './parse-documents.ts';
import { NOT_STARTED, type Ran, type Runner } from './runner.ts';
import { commitOf } from './release.ts';

/** The result of one check. */
export interface Finding {
  readonly check: string;
  /** `note`: does not prevent a deployment. `unknown`: could not be checked. */
  readonly state: 'ok' | 'note' | 'missing' | 'unknown';
  readonly detail: string;
  /** Command that helps. */
  readonly fix?: string;
}

/** Oldest version of the SDK whose flags the command lines were checked against. */
const OLDEST_SDK = 528;
const OLDEST_NODE = 24;

/** The roles that together allow everything that `deploy` does. `roles/owner` alone allows it too. */
const DEPLOYER_ROLES: readonly string[] = [
  'roles/bigquery.admin',
  'roles/cloudbuild.builds.editor',
  'roles/cloudscheduler.admin',
  'roles/datastore.owner',
  'roles/iam.serviceAccountAdmin',
  'roles/iam.serviceAccountUser',
  'roles/logging.configWriter',
  'roles/monitoring.editor',
  'roles/pubsub.admin',
  'roles/resourcemanager.projectIamAdmin',
  'roles/run.admin',
  'roles/run.sourceDeveloper',
  'roles/serviceusage.serviceUsageAdmin',
  'roles/storage.admin',
];

const VERSION = { argv: ['gcloud', 'version', '--format=json'] };

/** What the command lines of a deployment lack on this machine: gcloud, bq or another component of the SDK. */
export async function missingTools(run: Runner): Promise<Finding[]> {
  const sdk = await run(VERSION);
  // A version that is not understood prevents nothing; the commands say themselves what they lack.
  if (sdk.code !== 0 && sdk.code !== NOT_STARTED) return [];
  return sdkFindings(sdk).filter(({ state }) => state === 'missing');
}

/** Checks Node, the SDK, the logins and the project. It stops early when a later check could not work. */
export async function examine(run: Runner, target: DeployTarget, nodeVersion: string): Promise<Finding[]> {
  const findings: Finding[] = [node(nodeVersion)];
  const sdk = await run(VERSION);
  findings.push(...sdkFindings(sdk));
  findings.push(await commit(run));
  if (sdk.code !== 0) return findings;

  const logins = await run({
    argv: ['gcloud', 'auth', 'list', '--filter=status:ACTIVE', '--format=json'],
  });
  const account = accountOf(logins);
  findings.push(
    account === undefined
      ? {
          check: 'login of gcloud',
          state: 'missing',
          detail: 'nobody is logged in',
          fix: 'gcloud auth login',
        }
      : { check: 'login of gcloud', state: 'ok', detail: account },
  );
  if (account === undefined) return findings;
  findings.push(await applicationLogin(run));

  const { project } = target;
  const described = await run({ argv: ['gcloud', 'projects', 'describe', project, '--format=json'] });
  const state = stateOf(described);
  findings.push(
    state === 'ACTIVE'
      ? { check: 'project', state: 'ok', detail: project }
      : {
          check: 'project',
          state: 'missing',
          detail: state === undefined ? lastLine(described) : `${project} is ${state}`,
          fix: `gcloud projects create ${project}`,
        },
  );
  if (state !== 'ACTIVE') return findings;
  findings.push(await billing(run, project), await apis(run, project), await roles(run, project, account));
  return findings;
}

function node(version: string): Finding {
  const major = Number.parseInt(version.replace(/^v/, ''), 10);
  return major >= OLDEST_NODE
    ? { check: 'Node', state: 'ok', detail: version }
    : {
        check: 'Node',
        state: 'missing',
        detail: `${version}; ${OLDEST_NODE} or newer is needed`,
        fix: 'npm install (brings its own Node), or https://nodejs.org',
      };
}

function sdkFindings(ran: Ran): Finding[] {
  if (ran.code !== 0)
    return [
      {
        check: 'Google Cloud SDK',
        state: 'missing',
        detail: lastLine(ran),
        fix: 'https://cloud.google.com/sdk/docs/install',
      },
    ];
  const versions = read(z.record(z.string(), z.string()), ran) ?? {};
  const version = versions['Google Cloud SDK'] ?? 'unknown';
  const isNew = Number.parseInt(version, 10) >= OLDEST_SDK;
  const components = ['alpha', 'beta', 'bq'].filter((name) => !(name in versions));
  return [
    isNew
      ? { check: 'Google Cloud SDK', state: 'ok', detail: version }
      : {
          check: 'Google Cloud SDK',
          state: 'missing',
          detail: `${version}; ${OLDEST_SDK}.0.0 or newer is needed`,
          fix: 'gcloud components update',
        },
    components.length === 0
      ? { check: 'components of the SDK', state: 'ok', detail: 'alpha, beta, bq' }
      : {
          check: 'components of the SDK',
          state: 'missing',
          detail: `without ${components.join(', ')}`,
          fix: `gcloud components install ${components.join(' ')}`,
        },
  ];
}

async function commit(run: Runner): Promise<Finding> {
  const found = await commitOf(run);
  const check = 'commit';
  if (found === 'unversioned')
    return { check, state: 'note', detail: 'the sources are in no repository; the label will say so' };
  return found.endsWith('-dirty')
    ? {
        check,
        state: 'note',
        detail: `${found}: the sources differ from the commit, and the label will say so`,
        fix: 'git commit',
      }
    : { check, state: 'ok', detail: found };
}

async function applicationLogin(run: Runner): Promise<Finding> {
  const check = 'login of the commands (--target gcp, verify-deploy)';
  // Only the exit code is used, not the token.
  const { code } = await run({ argv: ['gcloud', 'auth', 'application-default', 'print-access-token'] });
  return code === 0
    ? { check, state: 'ok', detail: 'application default credentials' }
    : {
        check,
        state: 'missing',
        detail: 'no application default credentials',
        fix: 'gcloud auth application-default login',
      };
}

async function billing(run: Runner, project: string): Promise<Finding> {
  const check = 'billing';
  const ran = await run({ argv: ['gcloud', 'billing', 'projects', 'describe', project, '--format=json'] });
  const found = read(z.object({ billingEnabled: z.boolean().default(false) }), ran);
  if (found === undefined) return { check, state: 'unknown', detail: lastLine(ran) };
  return found.billingEnabled
    ? { check, state: 'ok', detail: 'enabled' }
    : {
        check,
        state: 'missing',
        detail: 'the project has no billing account',
        fix: `gcloud billing projects link ${project} --billing-account=ACCOUNT`,
      };
}

async function apis(run: Runner, project: string): Promise<Finding> {
  const check = 'APIs';
  const ran = await run({
    argv: ['gcloud', 'services', 'list', '--enabled', `--project=${project}`, '--format=json'],
  });
  const found = read(z.array(z.object({ config: z.object({ name: z.string() }) })), ran);
  if (found === undefined) return { check, state: 'unknown', detail: lastLine(ran) };
  const on = new Set(found.map(({ config }) => config.name));
  const off = APIS.filter((api) => !on.has(api));
  return off.length === 0
    ? { check, state: 'ok', detail: `${APIS.length} are on` }
    : { check, state: 'note', detail: `${off.join(', ')} will be switched on by deploy` };
}

async function roles(run: Runner, project: string, account: string): Promise<Finding> {
  const check = 'roles in the project';
  const ran = await run({ argv: ['gcloud', 'projects', 'get-iam-policy', project, '--format=json'] });
  const policy = read(policyDocument, ran);
  if (policy === undefined) return { check, state: 'unknown', detail: lastLine(ran) };
  const kind = account.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user';
  const has = new Set(
    policy.bindings.filter(({ members }) => members.includes(`${kind}:${account}`)).map(({ role }) => role),
  );
  if (has.has('roles/owner')) return { check, state: 'ok', detail: 'owner' };
  const lacking = DEPLOYER_ROLES.filter((role) => !has.has(role));
  if (lacking.length === 0) return { check, state: 'ok', detail: `${DEPLOYER_ROLES.length} roles` };
  const groups = policy.bindings.some(({ members }) => members.some((member) => member.startsWith('group:')));
  return {
    check,
    state: groups ? 'unknown' : 'missing',
    detail: `${account} does not have ${lacking.join(', ')} by name${groups ? '; groups may give them' : ''}`,
    fix: `gcloud projects add-iam-policy-binding ${project} --member=${kind}:${account} --condition=None --role=${lacking[0] ?? ''}`,
  };
}

function accountOf(ran: Ran): string | undefined {
  return read(z.array(z.object({ account: z.string() })), ran)?.[0]?.account;
}

function stateOf(ran: Ran): string | undefined {
  return read(z.object({ lifecycleState: z.string() }), ran)?.lifecycleState;
}

function read<T>(schema: z.ZodType<T>, { code, stdout }: Ran): T | undefined {
  if (code !== 0) return undefined;
  try {
    return schema.safeParse(JSON.parse(stdout)).data;
  } catch {
    return undefined;
  }
}

function lastLine({ stderr, stdout }: Ran): string {
  return (stderr.trim() || stdout.trim()).split('\n').at(-1) ?? '';
}
