/**
 * A spot recomputes one row of a table from raw rows, slowly and plainly, and not by the SQL of the table, so that a mistake in one of the
 * two shows. It stands in `spot.ts` beside `query.sql`.
 */
import type { GameDate } from '../../../shared/domain/game-date.ts';
import type { Cell } from '../../../shared/ports/warehouse.ts';

/** A raw row: column -> value. */
export type RawRow = Readonly<Record<string, Cell>>;

/** The raw tables, as they are published. */
export interface Raw {
  /**
   * The rows of a raw table from one date to another, both included, by date.
   * @param where a column must have one of these values
   * @throws Error when the warehouse does not answer
   */
  readonly rows: (
    table: string,
    range: readonly [first: GameDate, last: GameDate],
    where: Readonly<Record<string, readonly string[]>>,
  ) => Promise<readonly RawRow[]>;
}

/** The row that is asked about: its date, and the columns of its key. */
export interface SpotKey {
  readonly date: GameDate;
  readonly key: Readonly<Record<string, Cell>>;
}

/** What its columns should hold. A column that is absent cannot be told from raw rows in a plain way. */
export type SpotValues = Readonly<Record<string, Cell>>;

/** What a row should hold, or in words why that cannot be told in a plain way. */
export type SpotAnswer = { readonly values: SpotValues } | { readonly why: string };

export type Spot = (raw: Raw, asked: SpotKey) => Promise<SpotAnswer>;

/** A number rounded as a column with this many decimals stores it. */
export function stored(value: number | null, decimals: number): number | null {
  if (value === null) return null;
  const scale = 10 ** decimals;
  return Math.round((Math.round(value * 1e8) / 1e8) * scale) / scale;
}

/** A quotient; null where a part is not known or the divisor is 0. */
export function over(value: number | null, divisor: number | null): number | null {
  return value === null || divisor === null || divisor === 0 ? null : value / divisor;
}

/** A number of a raw row; null where it is not known. */
export function numberOf(row: RawRow | undefined, column: string): number | null {
  const value = row?.[column];
  return value === null || value === undefined ? null : Number(value);
}

/** Their sum; null where any of them is not known. */
export function sumOf(values: readonly (number | null)[]): number | null {
  return values.reduce((sum, value) => (sum === null || value === null ? null : sum + value), 0);
}

/** The mean of those that are known; null without any. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return over(sumOf(known), known.length);
}
