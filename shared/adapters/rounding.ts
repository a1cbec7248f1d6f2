/** The rounding of stored floats, as SQL that every engine reads. */

/**
 * The SQL that rounds `x` to `decimals` in two steps. The first step rounds to six decimals more: that
 * removes the differences that come from the order of additions. The second rounds to `decimals`.
 *
 * It multiplies, rounds and divides, because `ROUND(x, 2)` differs between engines. For example, 2.675 is
 * stored as a little less than 2.675. GoogleSQL rounds the stored number (2.67), DuckDB the written one
 * (2.68).
 */
export function roundedTwice(x: string, decimals: number): string {
  const [fine, kept] = [`1e${decimals + 6}`, `1e${decimals}`];
  return `ROUND(ROUND(${x} * ${fine}) / ${fine} * ${kept}) / ${kept}`;
}
