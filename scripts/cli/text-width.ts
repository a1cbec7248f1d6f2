/** How many columns of a terminal a text takes. */
import { createRequire } from 'node:module';
import { stripVTControlCharacters } from 'node:util';

const require = createRequire(import.meta.url);

/** Latin letters, digits and signs that take one column each. */
const PLAIN = /^[\x20-\x7e\u00c0-\u024f\u2026]*$/;

let widthOf: ((text: string) => number) | undefined;

/** The columns that a text takes. What measures other letters is loaded for the first text that has some: it takes a while. */
export function textWidth(text: string): number {
  const letters = stripVTControlCharacters(text);
  if (PLAIN.test(letters)) return letters.length;
  widthOf ??= (require('string-width') as typeof import('string-width')).default;
  return widthOf(text);
}
