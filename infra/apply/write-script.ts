/** Writes the script of a deployment into a folder, with the files and the bundles that its command lines name. */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Deployment } from '../declared/deployment.ts';
import { deployPlan } from '../steps/plan.ts';
import { runnableScript } from '../steps/runnable.ts';
import { placeFor } from '../../functions/targets/folders.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { projectRoot } from './runner.ts';

const SCRIPT = 'deploy.sh';
/** Folder of the files, within that of the script. */
const FILES = 'files';

/**
 * The whole path of a folder that a script may be written to. Nothing is written yet.
 * @throws RequestError when no folder can be there, or it holds something else
 */
export function scriptFolder(folder: string): string {
  const to = placeFor('--out', folder);
  if (existsSync(to) && readdirSync(to).length > 0 && !existsSync(join(to, SCRIPT)))
    throw new RequestError(`--out: ${to} holds other files; name a folder that is empty or does not exist`);
  return to;
}

/**
 * Writes the script. What an earlier script has left in the folder is replaced.
 * @param bundles folder that holds the bundle of each function and of the job
 * @returns the path of the script
 * @throws RequestError when the folder holds something else
 */
export function writeScript(folder: string, deployment: Deployment, bundles = projectRoot): string {
  const to = scriptFolder(folder);
  const script = join(to, SCRIPT);
  const { stages, files } = deployPlan(deployment, FILES);
  rmSync(join(to, FILES), { recursive: true, force: true });
  for (const [name, text] of files) {
    const file = join(to, FILES, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  for (const { source } of [...deployment.functions, deployment.training]) {
    rmSync(join(to, source), { recursive: true, force: true });
    cpSync(join(bundles, source), join(to, source), { recursive: true });
  }
  writeFileSync(script, runnableScript(deployment.target, stages), { mode: 0o755 });
  return script;
}
