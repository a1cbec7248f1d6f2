/** What differs between the rows a query gave and the rows its case expects, one sentence for each difference. */
import type { Case } from './read-cases.ts';

type Row = Readonly<Record<string, unknown>>;

/** Empty when every expected row is there once, equal in each column it names, and no other row is. */
export function mismatches(actual: readonly Row[], { expect, keys, file }: Case): string[] {
  const found = Map.groupBy(actual, (row) => keyOf(row, keys));
  const expected = Map.groupBy(expect, ({ values }) => keyOf(values, keys));
  const unexpected = [...found].filter(([key]) => !expected.has(key));
  return [
    ...[...expected].flatMap(([key, wanted]) => {
      const [{ values, lines } = { values: {}, lines: {} }] = wanted;
      const place = (column = '') => `${file}:${lines[column] ?? 1}: row ${key}`;
      if (wanted.length > 1) return [`${place(keys[0])} is expected ${wanted.length} times`];
      const rows = found.get(key) ?? [];
      const [row] = rows;
      if (row === undefined) return [`${place(keys[0])} is missing`];
      if (rows.length > 1) return [`${place(keys[0])} is there ${rows.length} times`];
      return Object.entries(values)
        .filter(([column, value]) => !Object.is(row[column], value))
        .map(
          ([column, value]) =>
            `${place(column)}, column ${column}: expected ${JSON.stringify(value)}, is ${JSON.stringify(row[column])}`,
        );
    }),
    ...unexpected.map(([key, rows]) => `${file}: row ${key} is not expected: ${JSON.stringify(rows[0])}`),
  ];
}

function keyOf(row: Row, keys: readonly string[]): string {
  return keys.map((key) => `${key}=${String(row[key])}`).join(' ');
}
