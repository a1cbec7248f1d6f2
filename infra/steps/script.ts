/** A plan as the text of a shell script, which a person can review or run. */
import { shellText, wrappedText } from './command-line.ts';
import type { Stage } from './step.ts';

/** The lines of the script. Each command is one line, under the title of its stage. */
export function scriptLines(stages: readonly Stage[]): string[] {
  return stages.flatMap(({ title, steps }) =>
    steps.length === 0 ? [] : [`# ${title}`, ...steps.flatMap(({ commands }) => commands.map(shellText)), ''],
  );
}

/** The script with one flag on each line, so that a changed flag is one changed line. */
export function wrappedScript(stages: readonly Stage[]): string {
  return stages
    .flatMap(({ title, steps }) => [
      `# ${title}`,
      '',
      ...steps.flatMap(({ commands }) => commands.map((command) => `${wrappedText(command)}\n`)),
    ])
    .join('\n');
}
