/** Runs the steps of a plan, one stage after the other. */
import { shellText, type CommandLine } from '../steps/command-line.ts';
import type { Stage, Step } from '../steps/step.ts';
import { atMost, CommandFailed, type Ran, type Runner } from './runner.ts';

/** Functions that report progress and wait, and the pauses between tries. */
export interface ApplyOptions {
  /** Called with a line of text for each stage, each step and each pause. */
  readonly tell: (text: string) => void;
  readonly sleep: (ms: number) => Promise<void>;
  /** Seconds before each further try of a command that failed for a moment. */
  readonly waits?: readonly number[];
}

/** Messages of failures that often pass: a new resource is not known everywhere yet, or a limit was reached. */
const PASSING =
  /does not exist|not found|already exists|concurrent policy changes|etag|has not been used in project|it is disabled|Cannot find metric|RESOURCE_EXHAUSTED|rateLimitExceeded|quota exceeded|UNAVAILABLE|DEADLINE_EXCEEDED|internal error|try again/i;

/** Messages that say that the resource exists already. The next deployment compares it with its declaration. */
const THERE = /already exists|ALREADY_EXISTS|Already Exists/;

/** Seconds before each further try. */
const WAITS = [5, 10, 20, 40, 60];

/**
 * Runs the steps of all stages. The steps that were done before a failure stay done.
 * @returns the number of changes
 * @throws CommandFailed for the first command that failed
 */
export async function apply(run: Runner, stages: readonly Stage[], options: ApplyOptions): Promise<number> {
  const { tell } = options;
  let changed = 0;
  for (const { title, steps, atOnce } of stages) {
    if (steps.length === 0) continue;
    tell(`${title}: ${steps.length}`);
    await atMost(atOnce, steps, async (step) => {
      for (const command of step.commands) await persist(run, step, command, options);
      changed += 1;
      tell(`  ${DONE[step.change]} ${step.what}`);
    });
  }
  return changed;
}

const DONE: Readonly<Record<Step['change'], string>> = {
  create: 'made',
  update: 'changed',
  remove: 'removed',
};

async function persist(run: Runner, step: Step, command: CommandLine, options: ApplyOptions): Promise<void> {
  const waits = options.waits ?? WAITS;
  for (let attempt = 0; ; attempt++) {
    const ran = await run(command);
    if (ran.code === 0 || isThere(step, command, ran) || isGone(step, ran)) return;
    const wait = waits[attempt];
    if (wait === undefined || !PASSING.test(said(ran))) throw new CommandFailed(command, ran);
    options.tell(
      `  ${step.what}: waits ${wait} s and tries again (${said(ran).trim().split('\n').at(-1) ?? ''})`,
    );
    await options.sleep(wait * 1000);
  }
}

/**
 * Whether a step has nothing to do because its resource exists already. This counts only for commands that
 * `create` the resource itself. A command that deploys a function may say the same of another resource, and
 * has not done its work.
 */
function isThere(step: Step, { argv }: CommandLine, ran: Ran): boolean {
  return step.change === 'create' && argv.includes('create') && THERE.test(said(ran));
}

/** Whether a step has nothing to do because the resource that it removes does not exist. */
function isGone(step: Step, ran: Ran): boolean {
  return step.change === 'remove' && /not[ _]found|does not exist/i.test(said(ran));
}

function said({ stdout, stderr }: Ran): string {
  return `${stdout}\n${stderr}`;
}

/** A plan in words: each change and its reasons. */
export function planText(stages: readonly Stage[]): string[] {
  return stages.flatMap(({ title, steps }) =>
    steps.length === 0
      ? []
      : [
          `${title}:`,
          ...steps.flatMap(({ what, change, because }) => [
            `  ${change} ${what}`,
            ...because.slice(0, 8).map((reason) => `      ${reason}`),
            ...(because.length > 8 ? [`      and ${because.length - 8} more`] : []),
          ]),
        ],
  );
}

/** A plan as a document for programs: each change, its reasons and its command lines. */
export function planDocument(stages: readonly Stage[]) {
  return stages.flatMap(({ title, steps }) =>
    steps.map(({ what, change, because, commands }) => ({
      stage: title,
      what,
      change,
      because,
      commands: commands.map(shellText),
    })),
  );
}
