/** Reads minutes as the sources write them. */
import { isUnknown } from './plain-cells.ts';
import { withDecimalPoint } from './source-row.ts';

const PATTERN = /^\+?(\d{1,3})(?:(?:\.0+)?:(\d{2})|(\.\d+))?$/;
/** As a spreadsheet writes minutes and seconds that it takes for hours. No game has two hours of play. */
const OF_SPREADSHEET = /^((?:[2-9]|\d{2})):(\d{2}):00$/;
/** As the league's live data writes it: `PT34M30.00S`. */
const ISO = /^PT(\d{1,3})M(\d{2}(?:\.\d+)?)S$/;

/**
 * Decimal minutes from `MM:SS`, `MM`, `MM.m`, `MM,m`, `MM.000000:SS`, `MM:SS:00` or `PT34M30.00S`: `34:30` is 34.5. Minutes with seconds are
 * rounded to 2 decimals. `null` when `text` says that they are unknown. `undefined` for any other text.
 */
export function parseMinutes(text: string): number | null | undefined {
  if (isUnknown(text)) return null;
  const pointed = withDecimalPoint(text);
  const match = ISO.exec(pointed) ?? PATTERN.exec(pointed) ?? OF_SPREADSHEET.exec(pointed);
  if (match === null) return undefined;
  const [, whole, seconds] = match;
  if (seconds === undefined) return Number(pointed);
  return Number(seconds) < 60 ? Math.round((Number(whole) + Number(seconds) / 60) * 100) / 100 : undefined;
}

/**
 * The seconds of a clock that the league's live data writes as a duration: `PT11M47.20S` is 707.2. Minutes may have three digits.
 * `undefined` for any other text.
 */
export function parseClock(text: string): number | undefined {
  const [, minutes, seconds] = ISO.exec(text) ?? [];
  if (minutes === undefined || Number(seconds) >= 60) return undefined;
  return Math.round((Number(minutes) * 60 + Number(seconds)) * 100) / 100;
}
