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
