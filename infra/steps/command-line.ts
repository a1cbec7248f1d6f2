/** Command lines as data: lists of arguments that are started as they are, and printed so that a shell reads the same. */

export interface CommandLine {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** File that is its standard input. */
  readonly input?: string;
}

/** The line as a shell reads it back into exactly these arguments. */
export function shellText({ argv, input }: CommandLine): string {
  return [...argv.map(quotedWord), ...(input === undefined ? [] : ['<', quotedWord(input)])].join(' ');
}

function quotedWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The same line over several, one flag on each. */
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
