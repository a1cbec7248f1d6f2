/** A plan as the text of a shell script: what a review looks at, and what a person could run by hand. */
import { shellText, wrappedText } from './command-line.ts';
import type { Stage } from './step.ts';

/** One line for each command, under the title of its stage. */
export function scriptLines(stages: readonly Stage[]): string[] {
  return stages.flatMap(({ title, steps }) =>
    steps.length === 0 ? [] : [`# ${title}`, ...steps.flatMap(({ commands }) => commands.map(shellText)), ''],
  );
}

/** The same with an argument to a line, so that a difference shows in one line. */
export function wrappedScript(stages: readonly Stage[]): string {
  return stages
    .flatMap(({ title, steps }) => [
      `# ${title}`,
      '',
      ...steps.flatMap(({ commands }) => commands.map((command) => `${wrappedText(command)}\n`)),
    ])
    .join('\n');
}
