/** What every warehouse measures alike, so that checks have one name and equal rows one fingerprint on every engine. */
import { digest } from '../domain/hash.ts';
import type { TableDefinition } from '../domain/table.ts';
import type { Cell } from '../ports/warehouse.ts';

/**
 * The order-free hash of a date's rows: their number, and the sums of the two 32-bit lanes of each row's hash, as
 * numbers or as their decimal texts.
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

/** How an engine spells what the promises of columns are made of. */
export interface PromiseSpelling {
  readonly identifier: (name: string) => string;
  readonly string: (value: string) => string;
  /** The condition that a number is infinite or none at all. */
  readonly notFinite: (identifier: string) => string;
}

/** A promise of a column by its name, and the condition that breaks it. */
export interface ColumnPromise {
  readonly check: string;
  readonly broken: string;
}

/** What each column promises, in the order of the columns. */
export function promisesOf(definition: TableDefinition, spelling: PromiseSpelling): readonly ColumnPromise[] {
  return Object.entries(definition.columns).flatMap(([name, column]) => {
    const quoted = spelling.identifier(name);
    const promises: ColumnPromise[] = [];
    if (column.nullable !== true) promises.push({ check: `null(${name})`, broken: `${quoted} IS NULL` });
    if (column.min !== undefined)
      promises.push({ check: `below_${column.min}(${name})`, broken: `${quoted} < ${column.min}` });
    if (column.max !== undefined)
      promises.push({ check: `above_${column.max}(${name})`, broken: `${quoted} > ${column.max}` });
    if (column.oneOf !== undefined)
      promises.push({
        check: `unknown_value(${name})`,
        broken: `${quoted} NOT IN (${column.oneOf.map(spelling.string).join(', ')})`,
      });
    if (column.type === 'FLOAT64')
      promises.push({ check: `not_finite(${name})`, broken: spelling.notFinite(quoted) });
    return promises;
  });
}
