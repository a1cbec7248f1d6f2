/** What the commands of a deployment do alike: they look for gcloud, and find the deployment that is meant. */
import { setTimeout as sleep } from 'node:timers/promises';
import { environment } from '../../shared/config.ts';
import { missingTools } from '../../infra/apply/doctor.ts';
import { patientLooks, type Waiting } from '../../infra/apply/patience.ts';
import { readBack, type ReadBack } from '../../infra/apply/read-back.ts';
import { processRunner, type Runner } from '../../infra/apply/runner.ts';
import { askedOf, type TargetFlags } from '../../infra/apply/target.ts';
import { tell, type GlobalOptions } from './command.ts';

/** The flags of every command of a deployment. */
export type DeploymentFlags = TargetFlags & GlobalOptions;

/** How the commands tell of a pause, and wait. */
export const waiting: Waiting = { tell, sleep: (ms) => sleep(ms) };

/** @throws Error when gcloud or one of its components is not there, with how to get it */
async function assertTools(run: Runner): Promise<void> {
  const [lack] = await missingTools(run);
  if (lack !== undefined) throw new Error(`${lack.check}: ${lack.detail}. Install it: ${lack.fix ?? ''}`);
}

/** The deployment that a command is about, as it is deployed. @throws Error when gcloud is not there */
export async function meant(
  flags: DeploymentFlags,
  guessesPrefix = true,
): Promise<ReadBack & { readonly run: Runner }> {
  const asked = askedOf(flags, environment);
  const run = processRunner(asked.project, environment);
  await assertTools(run);
  tell(`Looking at ${asked.project}`);
  const found = await readBack(patientLooks(run, waiting), asked, guessesPrefix);
  for (const note of found.notes) tell(note);
  return { ...found, run };
}
