/** Runs the steps of a plan, one stage after the other. */
import { shellText, type CommandLine } from '../steps/command-line.ts';
import type { Stage, Step } from '../steps/step.ts';
import { persist, said, type Waiting } from './patience.ts';
import { atMost, CommandFailed, type Ran, type Runner } from './runner.ts';

/** Messages that say that the resource exists already. The next deployment compares it with its declaration. */
const THERE = /already[ _]exists|you already own it/i;

/**
 * Runs the steps of all stages. The steps that were done before a failure stay done.
 * @returns the number of changes
 * @throws CommandFailed for the first command that failed
 */
export async function apply(run: Runner, stages: readonly Stage[], options: Waiting): Promise<number> {
  const { tell } = options;
  let changed = 0;
  for (const { title, steps, atOnce } of stages) {
    if (steps.length === 0) continue;
    tell(`${title}: ${steps.length}`);
    await atMost(atOnce, steps, async (step) => {
      for (const command of step.commands) await take(run, step, command, options);
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

/** Runs one command of a step. @throws CommandFailed when it fails for good */
async function take(run: Runner, step: Step, command: CommandLine, options: Waiting): Promise<void> {
  const ran = await persist(run, command, options, step.what, {
    judge: (result, triedBefore) => {
      if (isThere(step, command, result))
        // A resource that must be new may only be the work of a try before.
        return step.mustBeNew !== undefined && triedBefore === 0 ? 'failed' : 'done';
      return isGone(step, result) ? 'done' : undefined;
    },
  });
  if (ran.code === 0) return;
  const advice = isThere(step, command, ran) ? step.mustBeNew : undefined;
  throw new CommandFailed(
    command,
    advice === undefined ? ran : { ...ran, stderr: `${ran.stderr}\n${advice}` },
  );
}

/**
 * Whether the resource of a step exists already. This counts only for commands that `create` the resource
 * itself. A command that deploys a function may say the same of another resource, and has not done its work.
 */
function isThere(step: Step, { argv }: CommandLine, ran: Ran): boolean {
  return step.change === 'create' && argv.includes('create') && THERE.test(said(ran));
}

/** Whether a step has nothing to do because the resource that it removes does not exist. */
function isGone(step: Step, ran: Ran): boolean {
  return step.change === 'remove' && /not[ _]found|does not exist/i.test(said(ran));
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
