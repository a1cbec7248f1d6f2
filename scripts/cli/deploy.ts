/** `deploy`: makes or changes a deployment on Google Cloud. */
import { loadRegistry } from '../../functions/processors/registry.ts';
import { environment } from '../../shared/config.ts';
import { placeLine, placesOf } from '../../infra/declared/places.ts';
import { secretLines, secretSpec } from '../../infra/declared/secrets.ts';
import { deploymentName, type DeployTarget } from '../../infra/declared/target.ts';
import { counted } from '../../shared/domain/counted.ts';
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
import { scriptFolder, writeScript } from '../../infra/apply/write-script.ts';
import { quotedWord } from '../../infra/steps/command-line.ts';
import { scriptLines } from '../../infra/steps/script.ts';
import { answer, EXIT, tell } from './command.ts';
import { meant, waiting, type DeploymentFlags as Flags } from './deployment.ts';

export interface DeployFlags extends Flags {
  readonly dryRun?: boolean;
  readonly out?: string;
  readonly diff?: boolean;
}

export async function deployCommand(flags: DeployFlags): Promise<number> {
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
  if (out !== undefined) scriptFolder(out);
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
  const secrets = [secretSpec(target)];
  for (const line of secretLines(target)) tell(line);
  answer(flags, { target, place: placeLine(target), places, secrets, steps: planDocument(plan.stages) }, () =>
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
      `${counted(deployed.changed, 'change')} in ${whereOf(target)}. Check that it works with: fullcourt verify-deploy ${flagsOf(target)}`,
      `Commands reach it after: ${exportLine(target)}`,
      ...secretLines(target),
    ].join('\n');
  });
  return changes !== undefined && steps.length > 0 ? EXIT.failed : EXIT.done;
}
