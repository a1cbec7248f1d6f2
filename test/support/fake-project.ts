/**
 * A project that exists on this machine only: gcloud and bq as they are installed, Google's APIs as a recording server,
 * and the Pub/Sub emulator of the run behind it where there is one.
 */
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { deploy, type Deployed, type DeployRequest } from '../../infra/apply/deploy.ts';
import { projectRoot, type Ran, type Runner } from '../../infra/apply/runner.ts';
import { folderOf, UNKNOWN_NUMBER } from '../../infra/apply/target.ts';
import { findGoogleEmulators, isMissing } from '../../scripts/tools/find.ts';
import type { CommandLine } from '../../infra/steps/command-line.ts';
import type { DeployTarget, Release } from '../../infra/declared/target.ts';
import { startFakeGoogle, type FakeGoogle } from './fake-google/server.ts';
import { startWarmSdk, type WarmSdk } from './google-sdk/warm-sdk.ts';
import { RELEASE, targetOf } from './planned-commands.ts';
import { sharedEmulator } from './run-emulators.ts';
import { removeFolder } from './remove-folder.ts';

export interface FakeProject {
  readonly request: DeployRequest;
  readonly google: FakeGoogle;
  readonly sdk: WarmSdk;
  /** Runs a command line as a deployment does. */
  readonly run: Runner;
  /** The command lines that were run, in order. */
  readonly lines: CommandLine[];
  /** `host:port` of the Pub/Sub emulator; undefined where the recording server stands in for it. */
  readonly pubsub: string | undefined;
  readonly deploy: (run?: Runner) => Promise<Deployed>;
  readonly close: () => Promise<void>;
}

export interface FakeProjectOptions {
  readonly project: string;
  readonly prefix?: string;
  readonly release?: Release;
  /** Makes what is uploaded for a function. */
  readonly sources: (folder: string) => Promise<void>;
  readonly emulator?: boolean;
}

/** Commands whose modules are loaded once. */
const COMMANDS = [
  'alpha.monitoring.policies.create',
  'alpha.monitoring.policies.list',
  'beta.services.identity.create',
  'builds.submit',
  'firestore.backups.schedules.create',
  'firestore.backups.schedules.list',
  'firestore.databases.create',
  'firestore.databases.describe',
  'firestore.fields.ttls.list',
  'firestore.fields.ttls.update',
  'firestore.indexes.composite.create',
  'firestore.indexes.composite.list',
  'firestore.indexes.fields.list',
  'firestore.indexes.fields.update',
  'iam.service-accounts.create',
  'iam.service-accounts.list',
  'iam.service-accounts.get-iam-policy',
  'logging.metrics.create',
  'logging.metrics.list',
  'monitoring.dashboards.create',
  'monitoring.dashboards.list',
  'projects.add-iam-policy-binding',
  'projects.describe',
  'projects.get-iam-policy',
  'pubsub.subscriptions.add-iam-policy-binding',
  'pubsub.subscriptions.create',
  'pubsub.subscriptions.get-iam-policy',
  'pubsub.subscriptions.list',
  'pubsub.topics.add-iam-policy-binding',
  'pubsub.topics.create',
  'pubsub.topics.get-iam-policy',
  'pubsub.topics.list',
  'run.deploy',
  'run.jobs.add-iam-policy-binding',
  'run.jobs.deploy',
  'run.jobs.get-iam-policy',
  'run.jobs.list',
  'run.services.add-iam-policy-binding',
  'run.services.get-iam-policy',
  'run.services.list',
  'scheduler.jobs.create.http',
  'scheduler.jobs.create.pubsub',
  'scheduler.jobs.list',
  'scheduler.jobs.pause',
  'services.enable',
  'services.list',
  'storage.buckets.add-iam-policy-binding',
  'storage.buckets.create',
  'storage.buckets.describe',
  'storage.buckets.get-iam-policy',
  'storage.buckets.list',
  'storage.buckets.update',
];

export async function openFakeProject(options: FakeProjectOptions): Promise<FakeProject> {
  const { project, prefix = '', release = RELEASE } = options;
  const pubsub =
    options.emulator === true && !isMissing(findGoogleEmulators())
      ? await sharedEmulator('pubsub')
      : undefined;
  const discovery = (root: string): string => join(root, 'platform', 'bq', 'discovery_next', 'bigquery.json');
  const google = await startFakeGoogle({
    project,
    ...(pubsub === undefined ? {} : { pubsub }),
  });
  const sdk = await startWarmSdk({ commands: COMMANDS, bigQuery: `http://127.0.0.1:${google.port}` });
  google.world.bigQueryDiscovery = discovery(sdk.sdk.root);

  // Sources of its own, and the files of the plan where every deployment has them.
  const folder = mkdtempSync(join(tmpdir(), 'fullcourt-project-'));
  mkdirSync(join(projectRoot, '.deploy'), { recursive: true });
  symlinkSync(join(projectRoot, '.deploy'), join(folder, '.deploy'));
  await options.sources(join(folder, 'dist'));

  const target: DeployTarget = {
    ...targetOf(prefix),
    project,
    projectNumber: UNKNOWN_NUMBER,
    bucket: `${project}-nba-archive`,
    notificationChannels: [`projects/${project}/notificationChannels/1`],
  };
  const request: DeployRequest = { target, release, registry: loadRegistry() };
  const lines: CommandLine[] = [];
  const env = google.environment(sdk.config);
  const run: Runner = async (command): Promise<Ran> => {
    lines.push(command);
    const [program = '', ...argv] = command.argv;
    if (program !== 'gcloud' && program !== 'bq') throw new Error(`A deployment does not run ${program}`);
    return sdk.run(program, argv, {
      env,
      cwd: folder,
      ...(command.input === undefined
        ? {}
        : { input: readFileSync(join(projectRoot, command.input), 'utf8') }),
    });
  };
  return {
    request,
    google,
    sdk,
    run,
    lines,
    pubsub,
    deploy: (runner = run) =>
      deploy(runner, request, { tell: () => undefined, sleep: () => Promise.resolve() }),
    close: async () => {
      await sdk.close();
      await google.close();
      removeFolder(folder);
      removeFolder(dirname(join(projectRoot, folderOf(target))));
    },
  };
}
