/** Reads the cells of one row of a source file with their types. An empty cell is never read as 0. */

/** Says why a row must not be loaded. It is thrown where the fault is found; `loadTable` catches it for each row. */
export class RowRefusal extends Error {
  override readonly name = 'RowRefusal';
}

/** @throws RowRefusal always */
export function refuse(reason: string): never {
  throw new RowRefusal(reason);
}

/** A method throws {@link RowRefusal} when the cell does not have its type. `optional…` gives null for an empty cell. */
export interface SourceRow {
  readonly has: (column: string) => boolean;
  /** The text of the cell, which may be empty. */
  readonly raw: (column: string) => string;
  readonly text: (column: string) => string;
  readonly optionalText: (column: string) => string | null;
  readonly whole: (column: string) => number;
  readonly optionalWhole: (column: string) => number | null;
  /** A whole number that is not negative. */
  readonly count: (column: string) => number;
  readonly optionalCount: (column: string) => number | null;
  readonly decimal: (column: string) => number;
  readonly optionalDecimal: (column: string) => number | null;
  readonly flag: (column: string) => boolean;
  readonly optionalFlag: (column: string) => boolean | null;
}

const WHOLE = /^-?\d{1,15}(?:\.0+)?$/;
const DECIMAL = /^-?\d{1,15}(?:\.\d+)?$/;

/** Reads the rows of one file, one at a time: its methods give the cells of the row that was last passed to `show`. */
export function sourceRowsOf(header: readonly string[]): {
  readonly row: SourceRow;
  readonly show: (cells: readonly string[]) => void;
} {
  const places = new Map(header.map((column, place) => [column, place]));
  let cells: readonly string[] = [];

  const raw = (column: string): string => {
    const place = places.get(column);
    if (place === undefined) throw new Error(`The file has no column ${column}`);
    return cells[place] ?? '';
  };
  const text = (column: string): string => {
    const cell = raw(column);
    return cell === '' ? refuse(`${column} is empty`) : cell;
  };
  const number = (column: string, cell: string, pattern: RegExp, what: string): number =>
    pattern.test(cell) ? Number(cell) + 0 : refuse(`${column} is "${cell}", which is not ${what}`);
  const whole = (column: string): number => number(column, text(column), WHOLE, 'a whole number');
  const count = (column: string): number => {
    const value = whole(column);
    return value < 0 ? refuse(`${column} is negative: ${value}`) : value;
  };
  const decimal = (column: string): number => number(column, text(column), DECIMAL, 'a number');
  const flag = (column: string): boolean => {
    const cell = text(column);
    if (cell === 'true' || cell === 'True') return true;
    if (cell === 'false' || cell === 'False') return false;
    return refuse(`${column} is "${cell}", which is neither true nor false`);
  };
  const optional =
    <T>(read: (column: string) => T) =>
    (column: string): T | null =>
      raw(column) === '' ? null : read(column);

  return {
    show: (next) => {
      cells = next;
    },
    row: {
      has: (column) => places.has(column),
      raw,
      text,
      optionalText: optional(text),
      whole,
      optionalWhole: optional(whole),
      count,
      optionalCount: optional(count),
      decimal,
      optionalDecimal: optional(decimal),
      flag,
      optionalFlag: optional(flag),
    },
  };
}
