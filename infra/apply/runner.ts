/** Runs command lines without a shell and returns their output. */
import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../shared/config.ts';
import type { CommandLine } from '../steps/command-line.ts';
import { shellText } from '../steps/command-line.ts';

/** The exit code and the output of a command. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The exit code of a program that could not be started. */
export const NOT_STARTED = 127;

/** Runs one command line and waits for its end. It never throws: a program that cannot be started gives {@link NOT_STARTED}. */
export type Runner = (command: CommandLine) => Promise<Ran>;

/** The folder that command lines run in. Relative paths of files begin here. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** A runner of real programs. It sets gcloud's project and turns off its questions. */
export function processRunner(project: string, env: Environment): Runner {
  return ({ argv, input }) =>
    new Promise((resolve) => {
      const [program = '', ...args] = argv;
      const child = spawn(program, args, {
        cwd: projectRoot,
        env: {
          ...env,
          CLOUDSDK_CORE_PROJECT: project,
          CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
          CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: '1',
        },
        stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      });
      let stdout = '';
      let stderr = '';
      child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.on('error', (error) => resolve({ code: NOT_STARTED, stdout, stderr: error.message }));
      child.on('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
      if (input !== undefined && child.stdin !== null) {
        const file = createReadStream(join(projectRoot, input));
        file.on('error', () => child.kill());
        child.stdin.on('error', () => undefined);
        file.pipe(child.stdin);
      }
    });
}

/** A command failed. The message holds the command line, the end of its output, and advice. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly command: CommandLine;
  readonly ran: Ran;

  constructor(command: CommandLine, ran: Ran) {
    const said = (ran.stderr.trim() || ran.stdout.trim()).split('\n').slice(-12).join('\n');
    super(`${shellText(command)}\nended with ${ran.code}: ${said}\n${adviceOn(command, ran)}`);
    this.command = command;
    this.ran = ran;
  }
}

const ADVICE: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [
    /do not currently have an active account|Reauthentication|invalid_grant|gcloud auth login/i,
    'Log in: gcloud auth login',
  ],
  [
    /billing/i,
    'The project needs a billing account: gcloud billing projects link PROJECT --billing-account=ACCOUNT',
  ],
  [
    /PERMISSION_DENIED|does not have permission|Access Denied|403/i,
    'You lack a right in the project: `fullcourt doctor --project PROJECT` names the roles that a deployment needs',
  ],
  [/invalid choice|unrecognized arguments/i, 'Update the Google Cloud SDK: gcloud components update'],
  [/Build failed/i, 'The build log is at the address above'],
  [/ENOENT/, 'Install the Google Cloud SDK: https://cloud.google.com/sdk/docs/install'],
];

/** What to do about a failure, with the project of the command. */
function adviceOn({ argv }: CommandLine, { stderr, stdout }: Ran): string {
  const project = argv.flatMap((word) => /^--project(?:_id)?=(.+)$/.exec(word)?.[1] ?? [])[0] ?? 'PROJECT';
  const found = ADVICE.find(([pattern]) => pattern.test(`${stderr}\n${stdout}`));
  return (
    found?.[1].replaceAll('PROJECT', project) ??
    'When the cause is removed, run the same command again: what is done is not done twice'
  );
}

/**
 * Runs `work` for each item, at most `limit` at once. After a failure no further item is begun.
 * @throws the first error of `work`, when the items that were begun have ended
 */
export async function atMost<T, R>(
  limit: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const at = next;
      next += 1;
      try {
        results[at] = await work(items[at] as T);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
