/** Sentences on a terminal: lines that are broken between words, so that the terminal breaks none of them inside. */
import { textWidth } from './text-width.ts';

/** A line of a table: its cells stand apart. */
const HAS_COLUMNS = /\S {2,}\S/;
/** A document, or a command that stands alone: it is copied as it is. */
const IS_COPIED = /^\s*(?:[[{]|(?:\$ )?(?:bash|bq|curl|docker|fullcourt|gcloud|node|npm|npx|python3?) )/;
/** A command in a sentence: in backquotes, or after a colon up to the next sign. */
const COMMANDS = /`[^`]+`|(?<=: )fullcourt [^;,()]+/g;
/** Stands for a blank at which a line is not broken. No text that is shown has this character. */
const FIXED = '\u0000';
/** Columns that the next lines of a sentence which is indented itself stand further to the right. */
const HANGING = 2;

/**
 * A text in which every sentence that is wider than the terminal is broken between words. The commands in it stay in one line
 * where they fit. Tables, documents and commands that stand alone are left as they are; so is a word that is too long.
 * @param width columns of the terminal; unlimited where there is none
 */
export function wrappedProse(text: string, width: number): string {
  if (width === Infinity) return text;
  return text
    .split('\n')
    .flatMap((line) =>
      textWidth(line) <= width || HAS_COLUMNS.test(line) || IS_COPIED.test(line) ? line : broken(line, width),
    )
    .join('\n');
}

function broken(line: string, width: number): string[] {
  const begin = /^ */.exec(line)?.[0] ?? '';
  const indent = begin === '' ? '' : `${begin}${' '.repeat(HANGING)}`;
  const whole = line
    .slice(begin.length)
    .replaceAll(COMMANDS, (command) =>
      textWidth(command) < width - indent.length ? command.replaceAll(' ', FIXED) : command,
    );
  const lines: string[] = [];
  let current = '';
  for (const word of whole.split(' ')) {
    const before = lines.length === 0 ? begin : indent;
    const longer = current === '' ? `${before}${word}` : `${current} ${word}`;
    if (current === '' || textWidth(longer.replaceAll(FIXED, ' ')) <= width) {
      current = longer;
      continue;
    }
    lines.push(current);
    current = `${indent}${word}`;
  }
  return [...lines, current].map((each) => each.replaceAll(FIXED, ' '));
}
