/** The arithmetic by which every engine stores a float, as text of SQL that all of them read. */

/**
 * `x` to `decimals`, rounded twice: to six decimals more, which takes away what the order of additions left, then to
 * those that are kept. It is spelled as products and quotients, which are the same everywhere; ROUND to decimals is not:
 * 2.675 is stored as a little less, and GoogleSQL rounds what is stored where DuckDB rounds what is written.
 */
export function roundedTwice(x: string, decimals: number): string {
  const [fine, kept] = [`1e${decimals + 6}`, `1e${decimals}`];
  return `ROUND(ROUND(${x} * ${fine}) / ${fine} * ${kept}) / ${kept}`;
}
