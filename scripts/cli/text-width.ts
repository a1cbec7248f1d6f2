/** How many columns of a terminal a text takes. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Latin letters, digits and signs that take one column each, with codes of colours, which take none. */
const PLAIN = /^(?:[\x20-\x7e\u00c0-\u024f\u2026]|\x1b\[[\d;]*m)*$/;
const COLOURS = /\x1b\[[\d;]*m/g;

let widthOf: ((text: string) => number) | undefined;

/** The columns that a text takes. What measures other letters is loaded for the first text that has some: it takes a while. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.replaceAll(COLOURS, '').length;
  widthOf ??= (require('string-width') as typeof import('string-width')).default;
  return widthOf(text);
}
