/** The commands of a deployment on Google Cloud, and `deploy`. */
import type { Command } from 'commander';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { environment } from '../../shared/config.ts';
import { placeLine, placesOf } from '../../infra/declared/places.ts';
import { deploymentName, type DeployTarget } from '../../infra/declared/target.ts';
import { DEFAULT_REGION } from '../../shared/derive/place.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { planDocument, planText } from '../../infra/apply/apply.ts';
import { declared, deploy, difference, dryRun, type Deployed } from '../../infra/apply/deploy.ts';
import { patientLooks } from '../../infra/apply/patience.ts';
import { releaseOf } from '../../infra/apply/release.ts';
import { CommandFailed, processRunner, type Runner } from '../../infra/apply/runner.ts';
import {
  askedOf,
  completed,
  deployCommandOf,
  exportLine,
  flagsOf,
  folderOf,
  numbered,
  UNKNOWN_NUMBER,
  writeFiles,
} from '../../infra/apply/target.ts';
import { writeScript } from '../../infra/apply/write-script.ts';
import { quotedWord } from '../../infra/steps/command-line.ts';
import { scriptLines } from '../../infra/steps/script.ts';
import { answer, EXIT, tell } from './command.ts';
import {
  doctorCommand,
  undeployCommand,
  verifyCommand,
  type UndeployFlags,
  type VerifyFlags,
} from './deployed.ts';
import { meant, waiting, type DeploymentFlags as Flags } from './deployment.ts';

/** Adds a command with `--json`. */
export type AddCommand = (name: string, description: string) => Command;

/** Adds the four commands. `work` runs one of them and keeps its exit code. */
export function addDeployCommands(
  add: AddCommand,
  work: <F>(run: (flags: F) => Promise<number>) => (...given: unknown[]) => Promise<void>,
): void {
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
      '--project-number <digits>',
      'with --dry-run: the number of the project, because a dry run does not look at the project',
    )
    .action(work<DeployFlags>(deployCommand));
  withTargetFlags(
    add('verify-deploy', 'compare a deployment with what is declared, and send a message through it'),
  )
    .option('--no-probe', 'compare only; send no message')
    .option('--timeout <seconds>', 'how long the message may take', '120')
    .action(work<VerifyFlags>(verifyCommand));
  withTargetFlags(add('doctor', 'say what a deployment still needs, and how to get it')).action(
    work<Flags>(doctorCommand),
  );
  withTargetFlags(add('undeploy', 'remove a deployment; its tables, documents and files stay'))
    .option('--yes', 'do not ask to confirm')
    .option('--dry-run', 'say what would be removed')
    .action(work<UndeployFlags>(undeployCommand));
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

interface DeployFlags extends Flags {
  readonly dryRun?: boolean;
  readonly out?: string;
  readonly diff?: boolean;
}

async function deployCommand(flags: DeployFlags): Promise<number> {
  if (flags.out !== undefined && flags.dryRun !== true)
    throw new RequestError('--out goes with --dry-run: the script is written and not run');
  if (flags.dryRun === true) return dryRunCommand(flags);
  const { target, run, refusals } = await meant(flags);
  tell(placeLine(target));
  if (refusals.length > 0) return answerRefused(flags, target, refusals, []);
  // Each function is started on this machine before anything is sent to Google Cloud.
  const release = await releaseOf(run, tell, flags.diff !== true);
  const request = { target, release, registry: loadRegistry() };
  try {
    if (flags.diff === true) {
      const compared = await difference(patientLooks(run, waiting), request);
      return answerDeployed(flags, compared, planText(compared.plan.stages).join('\n'));
    }
    return answerDeployed(flags, await deploy(run, request, waiting));
  } catch (error) {
    if (error instanceof CommandFailed && flags.diff !== true)
      tell(`${error.message}\nWhat is done stays done. Go on with:\n  ${deployCommandOf(target)}`);
    else throw error;
    return EXIT.failed;
  }
}

/** Prints or writes the plan for an empty project. Only `--out` asks gcloud anything: the number of the project. */
async function dryRunCommand(flags: DeployFlags): Promise<number> {
  const asked = askedOf(flags, environment);
  const run = processRunner(asked.project, environment);
  const { out } = flags;
  const target = out === undefined ? completed(asked) : await numberedForScript(run, completed(asked));
  tell(placeLine(target));
  const release = await releaseOf(run, tell);
  const request = { target, release, registry: loadRegistry() };
  const places = placesOf(declared(request));
  if (out !== undefined) {
    const written = writeScript(out, declared(request));
    answer(flags, { target, place: placeLine(target), places, script: written }, () =>
      [
        `Wrote ${written} with everything that it needs; nothing was run.`,
        'Whoever has gcloud, bq and a login can run it, and run it again to go on:',
        `  bash ${quotedWord(written)}`,
      ].join('\n'),
    );
    return EXIT.done;
  }
  const plan = dryRun(request);
  writeFiles(folderOf(target), plan.files);
  tell(`The files that the command lines name are in ${folderOf(target)}; nothing was run`);
  if (target.projectNumber === UNKNOWN_NUMBER)
    tell(
      `Replace ${UNKNOWN_NUMBER} by the number that \`gcloud projects describe ${target.project} --format='value(projectNumber)'\` prints`,
    );
  answer(flags, { target, place: placeLine(target), places, steps: planDocument(plan.stages) }, () =>
    [`# ${placeLine(target)}`, '', ...scriptLines(plan.stages)].join('\n'),
  );
  return EXIT.done;
}

/** @throws RequestError when nobody says the number of the project, which names of accounts and addresses contain */
async function numberedForScript(run: Runner, target: DeployTarget): Promise<DeployTarget> {
  try {
    return await numbered(run, target);
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw new RequestError(
      `--out needs the number of the project: pass --project-number with what \`gcloud projects describe ${target.project} --format='value(projectNumber)'\` prints`,
    );
  }
}

function answerRefused(
  flags: Flags,
  target: DeployTarget,
  refusals: readonly string[],
  steps: readonly unknown[],
): number {
  answer(flags, { target, place: placeLine(target), refusals, steps }, () =>
    [`Nothing was changed in ${whereOf(target)}, because:`, ...refusals.map((reason) => `- ${reason}`)].join(
      '\n',
    ),
  );
  return EXIT.failed;
}

/** A deployment in words: its project and its name there. */
function whereOf(target: DeployTarget): string {
  return `${target.project} (${deploymentName(target)})`;
}

function answerDeployed(flags: Flags, deployed: Deployed, changes?: string): number {
  const { target, plan } = deployed;
  const steps = planDocument(plan.stages);
  if (deployed.kind === 'refused') return answerRefused(flags, target, plan.refusals, steps);
  const document = { target, place: placeLine(target), refusals: [], changed: deployed.changed, steps };
  answer(flags, document, () => {
    if (steps.length === 0) return `Nothing to change in ${whereOf(target)}: everything is as declared`;
    if (changes !== undefined) return changes;
    return [
      `${deployed.changed} changes in ${whereOf(target)}. Check that it works with: fullcourt verify-deploy ${flagsOf(target)}`,
      `Commands reach it after: ${exportLine(target)}`,
    ].join('\n');
  });
  return changes !== undefined && steps.length > 0 ? EXIT.failed : EXIT.done;
}
