/** The commands that make, check and remove a deployment, with their flags. */
import type { Command } from 'commander';
import { DEFAULT_REGION } from '../../shared/derive/place.ts';
import type { DeployFlags } from './deploy.ts';
import type { UndeployFlags, VerifyFlags } from './deployed.ts';
import type { DeploymentFlags as Flags } from './deployment.ts';

/** Adds a command with `--json`, by default at the top. */
export type AddCommand = (name: string, description: string, parent?: Command) => Command;

/** Makes the action of a command that needs no home: it runs `run` and keeps its exit code. */
export type Work = <F>(
  run: (flags: F, args: readonly string[]) => Promise<number>,
) => (...given: unknown[]) => Promise<void>;

/** Adds the four commands. `work` runs one of them and keeps its exit code. */
export function addDeployCommands(add: AddCommand, work: Work): void {
  withTargetFlags(add('deploy', 'make or change a deployment on Google Cloud until it is as declared'))
    .option('--dry-run', 'print the command lines for an empty project and run none of them')
    .option(
      '--out <dir>',
      'with --dry-run: write a script that a person with gcloud alone can run, and all that it needs',
    )
    .option('--diff', 'look at the project and say what would change; exit code 1 when anything would')
    .option(
      '--notification-channel <name>',
      'where alerts go: projects/PROJECT/notificationChannels/NUMBER (repeat for several), or none; left out, it stays as it is',
      (value: string, all: string[] | undefined) => [...(all ?? []), value],
    )
    .option(
      '--retrain <off|monthly>',
      'whether the schedule trains a challenger each month; left out, it stays as it is (default: off)',
    )
    .option(
      '--project-number <digits>',
      'with --dry-run: the number of the project, because a dry run does not look at the project',
    )
    .action(work<DeployFlags>(async (flags) => (await import('./deploy.ts')).deployCommand(flags)));
  withTargetFlags(
    add('verify-deploy', 'compare a deployment with what is declared, and send a message through it'),
  )
    .option('--no-probe', 'compare only; send no message')
    .option('--timeout <seconds>', 'how long the message may take', '120')
    .action(work<VerifyFlags>(async (flags) => (await import('./deployed.ts')).verifyCommand(flags)));
  withTargetFlags(add('doctor', 'say what a deployment still needs, and how to get it')).action(
    work<Flags>(async (flags) => (await import('./deployed.ts')).doctorCommand(flags)),
  );
  withTargetFlags(add('undeploy', 'remove a deployment; its tables, documents and files stay'))
    .option('--yes', 'do not ask to confirm')
    .option('--dry-run', 'say what would be removed')
    .action(work<UndeployFlags>(async (flags) => (await import('./deployed.ts')).undeployCommand(flags)));
}

/** What is left out of these flags is read back from what is deployed. The defaults are those of a new deployment. */
function withTargetFlags(command: Command): Command {
  return command
    .option('--project <id>', 'Google Cloud project (default: FULLCOURT_PROJECT)')
    .option(
      '--region <region>',
      `where functions, messages, schedules and the database are (default: as deployed, else ${DEFAULT_REGION})`,
    )
    .option(
      '--location <location>',
      'where datasets and the bucket are (default: as deployed, else US in us-*, EU in europe-*, and the region itself elsewhere)',
    )
    .option(
      '--dataset-prefix <prefix>',
      "prefix of every name, for a copy beside production, such as staging_; '' is production",
    )
    .option('--database <id>', 'Firestore database (default: as deployed, else fullcourt)')
    .option('--bucket <name>', 'bucket of the source files (default: as deployed, else PROJECT-nba-archive)');
}
