/** Reads minutes as the sources write them. */
import { isUnknown } from './plain-cells.ts';

const PATTERN = /^\+?(\d{1,3})(?:(?:\.0+)?:(\d{2})|(\.\d+))?$/;
/** As the league's live data writes it: `PT34M30.00S`. */
const ISO = /^PT(\d{1,3})M(\d{2}(?:\.\d+)?)S$/;

/**
 * Decimal minutes from `MM:SS`, `MM`, `MM.m`, `MM.000000:SS` or `PT34M30.00S`: `34:30` is 34.5. Minutes with seconds are
 * rounded to 2 decimals. `null` when `text` says that they are unknown. `undefined` for any other text.
 */
export function parseMinutes(text: string): number | null | undefined {
  if (isUnknown(text)) return null;
  const match = ISO.exec(text) ?? PATTERN.exec(text);
  if (match === null) return undefined;
  const [, whole, seconds] = match;
  if (seconds === undefined) return Number(text);
  return Number(seconds) < 60 ? Math.round((Number(whole) + Number(seconds) / 60) * 100) / 100 : undefined;
}
