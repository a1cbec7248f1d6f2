/** Text from outside as a terminal may print it. */
import { OWN_COLOURS } from './colours.ts';

/**
 * Characters that steer a terminal or are not seen: escape sequences, marks that turn the direction of writing, and characters
 * without width, but for those that join letters of some scripts.
 */
// oxlint-disable-next-line no-control-regex
const UNSEEN = /[\p{Cc}\u2028\u2029]|(?![\u200c\u200d])\p{Cf}/gu;

/** A text with its control characters made visible, written as `\\u001b`, so that it cannot steer a terminal. */
export function shown(text: string): string {
  return text.replace(UNSEEN, escaped);
}

/** A text of several lines with the colours of the command line, in which every other control character is made visible. */
export function shownLines(text: string): string {
  return text
    .split(OWN_COLOURS)
    .map((part, i) => (i % 2 === 1 ? `\u001b[${part}m` : part.split('\n').map(shown).join('\n')))
    .join('');
}

/** A document as JSON in which characters that could steer a terminal are escaped as JSON allows; its value is the same. */
export function shownJson(json: string): string {
  return json.replace(UNSEEN, escaped);
}

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');
}
