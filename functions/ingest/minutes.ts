/** Reads minutes as the sources write them. */

const UNKNOWN = new Set(['', '-', 'null']);
const PATTERN = /^(\d{1,3})(?::(\d{2})|(\.\d+))?$/;

/**
 * Decimal minutes from `MM:SS` (to 2 decimals), `MM` or `MM.m`: `34:30` is 34.5. `null` when `text` is empty, `-` or
 * `null`, which mean unknown. `undefined` for any other text.
 */
export function parseMinutes(text: string): number | null | undefined {
  if (UNKNOWN.has(text)) return null;
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [, whole, seconds] = match;
  if (seconds === undefined) return Number(text);
  return Number(seconds) < 60 ? Math.round((Number(whole) + Number(seconds) / 60) * 100) / 100 : undefined;
}
