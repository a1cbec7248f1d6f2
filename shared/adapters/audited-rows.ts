/** The fingerprint of rows. Equal rows have the same one on every engine. */
import { digest } from '../domain/hash.ts';
import type { Cell } from '../ports/warehouse.ts';

/**
 * The fingerprint of the rows of one date, whatever their order.
 * @param rows the number of rows
 * @param lane0 the sum of the first 32-bit part ("lane") of each row's hash, as a number or as decimal text
 * @param lane1 the sum of the second part, in the same form
 */
export function fingerprintOf(
  rows: Cell | undefined,
  lane0: Cell | undefined,
  lane1: Cell | undefined,
): string {
  return digest([rows, lane0, lane1].map(String).join(' '));
}

/** The fingerprint of a date without rows. */
export const EMPTY_FINGERPRINT = digest('0');
