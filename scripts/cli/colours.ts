/** The colours of the command line. They are told apart from colours in a text from outside, which are not printed as colours. */
import { randomInt } from 'node:crypto';
import pc from 'picocolors';

/** Numbers that no text from outside knows. They are never printed, and take no columns. */
const OWN = Array.from({ length: 3 }, () => randomInt(1000, 10_000)).join(';');

const painting =
  (open: number, close: number) =>
  (text: string): string =>
    pc.isColorSupported ? `\u001b[${open};${OWN}m${text}\u001b[${close};${OWN}m` : text;

/** Paints a text where the terminal has colours. `shownLines` makes what is painted ready to be printed. */
export const paint = {
  bold: painting(1, 22),
  dim: painting(2, 22),
  red: painting(31, 39),
  green: painting(32, 39),
  yellow: painting(33, 39),
} as const;

/** The colours of {@link paint} in a text. */
// oxlint-disable-next-line no-control-regex
export const OWN_COLOURS = new RegExp(`\\u001b\\[(\\d+);${OWN}m`, 'g');
