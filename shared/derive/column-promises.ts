/** The rules that the values of columns must keep, as SQL. A rule has the same name on every engine. */
import type { TableDefinition } from '../domain/table.ts';

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
