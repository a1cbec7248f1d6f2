/**
 * What every warehouse measures in the same way: fingerprints of rows, and the checks of columns. Equal rows
 * have the same fingerprint on every engine, and a check has the same name.
 */
import { digest } from '../domain/hash.ts';
import type { TableDefinition } from '../domain/table.ts';
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

/** How an engine writes the SQL of column checks. */
export interface PromiseSpelling {
  readonly identifier: (name: string) => string;
  readonly string: (value: string) => string;
  /** The condition that a number is infinite or NaN. */
  readonly notFinite: (identifier: string) => string;
}

/** A rule that every value of a column must keep. */
export interface ColumnPromise {
  /** Name of the check, such as `null(points)`. */
  readonly check: string;
  /** SQL condition that is true for a value that breaks the rule. */
  readonly broken: string;
  /** Whether the value is outside of the range or the list of its column, so that its row may be set aside. */
  readonly isRange: boolean;
}

/** The rules of all columns of a table, in the order of the columns. */
export function promisesOf(definition: TableDefinition, spelling: PromiseSpelling): readonly ColumnPromise[] {
  return Object.entries(definition.columns).flatMap(([name, column]) => {
    const quoted = spelling.identifier(name);
    const promises: ColumnPromise[] = [];
    if (column.nullable !== true)
      promises.push({ check: `null(${name})`, broken: `${quoted} IS NULL`, isRange: false });
    if (column.min !== undefined)
      promises.push({
        check: `below_${column.min}(${name})`,
        broken: `${quoted} < ${column.min}`,
        isRange: true,
      });
    if (column.max !== undefined)
      promises.push({
        check: `above_${column.max}(${name})`,
        broken: `${quoted} > ${column.max}`,
        isRange: true,
      });
    if (column.oneOf !== undefined)
      promises.push({
        check: `unknown_value(${name})`,
        broken: `${quoted} NOT IN (${column.oneOf.map(spelling.string).join(', ')})`,
        isRange: true,
      });
    if (column.type === 'FLOAT64')
      promises.push({ check: `not_finite(${name})`, broken: spelling.notFinite(quoted), isRange: true });
    return promises;
  });
}

/** SQL condition that is true for a row with a value outside of its range. */
export function outOfRange(promises: readonly ColumnPromise[]): string {
  return (
    promises
      .filter(({ isRange }) => isRange)
      .map(({ broken }) => `(${broken})`)
      .join(' OR ') || 'FALSE'
  );
}
