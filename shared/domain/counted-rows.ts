/** How many rows a date should have, of a table of which `expected.sql` can count only some rows; see `countedRows` in `table.ts`. */

/** Rows that a date has. */
export interface FoundRows {
  readonly rows: number;
  /** Those among them that `expected.sql` counts. */
  readonly counted: number;
}

/**
 * The rows that a date should have, rounded up. The rows that are not counted are expected in the proportion in which they were found, so
 * that the share of the rows that are there is the share of the counted ones. For example, 380 of 400 moving averages and 1 520 rows in all
 * give 1 600. Without any counted row, the rows that were found are expected besides.
 * @param expected what `expected.sql` says
 */
export function allExpected(expected: number, { rows, counted }: FoundRows): number {
  if (counted === rows) return expected;
  return counted === 0 ? expected + rows : Math.ceil((rows * expected) / counted);
}
