/**
 * Command lines as lists of arguments. They are started without a shell, and printed as text that a shell can
 * run.
 */

/** One command line. */
export interface CommandLine {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** File that the program reads as its standard input. */
  readonly input?: string;
}

/** The command line as text. A shell splits it into exactly these arguments. */
export function shellText({ argv, input }: CommandLine): string {
  return [...argv.map(quotedWord), ...(input === undefined ? [] : ['<', quotedWord(input)])].join(' ');
}

/** A word as a shell reads it: in quotes where it needs them. */
export function quotedWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The same command line with each flag on a line of its own. */
export function wrappedText(command: CommandLine): string {
  const { argv, input } = command;
  const first = argv.findIndex((word) => word.startsWith('--'));
  const head = first === -1 ? argv : argv.slice(0, first);
  const rest = first === -1 ? [] : argv.slice(first).map(quotedWord);
  const lines = [
    head.map(quotedWord).join(' '),
    ...rest,
    ...(input === undefined ? [] : [`< ${quotedWord(input)}`]),
  ];
  return lines.join(' \\\n  ');
}
