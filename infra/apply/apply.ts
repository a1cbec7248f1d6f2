/** Takes the steps of a plan, one stage after the other. */
import { shellText, type CommandLine } from '../steps/command-line.ts';
import type { Stage, Step } from '../steps/step.ts';
import { atMost, CommandFailed, type Ran, type Runner } from './runner.ts';

export interface ApplyOptions {
  /** Told of each stage, each step and each wait. */
  readonly tell: (text: string) => void;
  readonly sleep: (ms: number) => Promise<void>;
  /** Seconds before each further try of a command whose failure passes by itself. */
  readonly waits?: readonly number[];
}

/** What Google Cloud says while something that was just made is not known everywhere, or while others are busy. */
const PASSING =
  /does not exist|not found|already exists|concurrent policy changes|etag|has not been used in project|it is disabled|Cannot find metric|RESOURCE_EXHAUSTED|rateLimitExceeded|quota exceeded|UNAVAILABLE|DEADLINE_EXCEEDED|internal error|try again/i;

/** Somebody has made it since it was looked at; the next look compares it. */
const THERE = /already exists|ALREADY_EXISTS|Already Exists/;

const WAITS = [5, 10, 20, 40, 60];

/** @throws CommandFailed for the first command that failed; the steps before it are done and stay done */
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

/** Only of the thing itself: a command that deploys a function makes other things on its way, and has not done its work. */
function isThere(step: Step, { argv }: CommandLine, ran: Ran): boolean {
  return step.change === 'create' && argv.includes('create') && THERE.test(said(ran));
}

function isGone(step: Step, ran: Ran): boolean {
  return step.change === 'remove' && /not[ _]found|does not exist/i.test(said(ran));
}

function said({ stdout, stderr }: Ran): string {
  return `${stdout}\n${stderr}`;
}

/** A plan in words: what is to be done, and why. */
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

/** Command lines of a plan, for a machine. */
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
