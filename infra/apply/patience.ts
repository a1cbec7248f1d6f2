/** Runs command lines again while they fail with something that passes. */
import type { CommandLine } from '../steps/command-line.ts';
import { troubleIn, waitsFor } from '../steps/troubles.ts';
import type { Ran, Runner } from './runner.ts';

/** Functions that report progress and wait. */
export interface Waiting {
  /** Called with a line of text for each pause, and for each step of a deployment. */
  readonly tell: (text: string) => void;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * Runs a command until it succeeds, fails for good, or had its time.
 * @param what what the command is for, in words
 * @param judge says of a failure that it counts as success, or that trying again is wrong; told the number of tries before
 * @param isLook whether the command changes nothing
 */
export async function persist(
  run: Runner,
  command: CommandLine,
  { tell, sleep }: Waiting,
  what: string,
  {
    judge = () => undefined,
    isLook = false,
  }: {
    readonly judge?: (ran: Ran, triedBefore: number) => 'done' | 'failed' | undefined;
    readonly isLook?: boolean;
  } = {},
): Promise<Ran> {
  for (let tried = 0; ; tried++) {
    const ran = await run(command);
    if (ran.code === 0) return ran;
    const verdict = judge(ran, tried);
    if (verdict === 'done') return { ...ran, code: 0 };
    if (verdict === 'failed') return ran;
    const trouble = troubleIn(said(ran), isLook);
    const wait = trouble === undefined ? undefined : waitsFor(trouble)[tried];
    if (trouble === undefined || wait === undefined) return ran;
    const last = said(ran).trim().split('\n').at(-1) ?? '';
    tell(`  ${what}: waits ${wait} s and tries again, because ${trouble.why} (${last.slice(0, 300)})`);
    await sleep(wait * 1000);
  }
}

/** A runner of commands that only look. It waits while a service does not answer. */
export function patientLooks(run: Runner, waiting: Waiting): Runner {
  return (command) => persist(run, command, waiting, command.argv.slice(0, 4).join(' '), { isLook: true });
}

/** Everything that a command has printed. */
export function said({ stdout, stderr }: Ran): string {
  return `${stdout}\n${stderr}`;
}
