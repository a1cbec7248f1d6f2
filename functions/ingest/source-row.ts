/**
 * Reads the cells of one row of a source file with their types. Decoration that leaves no doubt is taken off; see
 * docs/import.md. An empty cell is never read as 0.
 */
import type { GameDate } from '../../shared/domain/game-date.ts';
import { isUnknown, plainCell } from './plain-cells.ts';
import { dateIn } from './source-dates.ts';

/** Says why a row must not be loaded. It is thrown where the fault is found; `loadTable` catches it for each row. */
export class RowRefusal extends Error {
  override readonly name = 'RowRefusal';
}

/** @throws RowRefusal always */
export function refuse(reason: string): never {
  throw new RowRefusal(reason);
}

/**
 * A method throws {@link RowRefusal} when the cell does not have its type. `optional…` gives null instead, and notes the
 * cell; it gives null for an unknown value without a note.
 */
export interface SourceRow {
  readonly has: (column: string) => boolean;
  /** The text of the cell without blanks and quotation marks around it. It may be empty. */
  readonly raw: (column: string) => string;
  /** Whether the cell is empty, or says that the value is unknown, such as `NaN`. */
  readonly isUnknown: (column: string) => boolean;
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
  /** The cell `game_date`. */
  readonly gameDate: () => GameDate;
  /** What `read` gives; null, with a note, where it refuses. */
  readonly optional: <T>(read: () => T) => T | null;
}

const WHOLE = /^-?\d{1,15}(?:\.0+)?$/;
const DECIMAL = /^-?\d{1,15}(?:\.\d+)?$/;
/** A number with a sign, with commas between thousands, without the digit before the point, or with a half as one letter. */
const DECORATED = /^([+-]?)((?:\d{1,3}(?:,\d{3})+|\d{0,15})?)(\.\d*|½)?$/;
/** A number with a comma for the point: one or two digits follow it, where a comma between thousands has three. */
const DECIMAL_COMMA = /^([+-]?\d{1,15}),(\d{1,2})$/;

const FLAGS: Readonly<Record<string, boolean>> = {
  true: true,
  t: true,
  yes: true,
  y: true,
  '1': true,
  '1.0': true,
  false: false,
  f: false,
  no: false,
  n: false,
  '0': false,
  '0.0': false,
};

/**
 * Reads the rows of one file, one at a time: its methods give the cells of the row that was last passed to `show`.
 * @param note counts a cell that is left NULL
 * @param date the date to which the lines were sorted when they were archived, where a cell shows it with decoration
 */
export function sourceRowsOf(
  header: readonly string[],
  note: (text: string) => void,
  date?: GameDate,
): {
  readonly row: SourceRow;
  readonly show: (cells: readonly string[]) => void;
} {
  const places = new Map(header.map((column, place) => [column, place]));
  let cells: readonly string[] = [];

  const raw = (column: string): string => {
    const place = places.get(column);
    if (place === undefined) throw new Error(`The file has no column ${column}`);
    return plainCell(cells[place] ?? '');
  };
  const text = (column: string, cell: string): string => (cell === '' ? refuse(`${column} is empty`) : cell);
  const number = (column: string, cell: string, pattern: RegExp, what: string): number => {
    if (pattern.test(cell)) return Number(cell) + 0;
    const plain = plainNumber(text(column, cell));
    return plain !== undefined && pattern.test(plain)
      ? Number(plain) + 0
      : refuse(`${column} is "${cell}", which is not ${what}`);
  };
  const whole = (column: string, cell: string): number => number(column, cell, WHOLE, 'a whole number');
  const count = (column: string, cell: string): number => {
    const value = whole(column, cell);
    return value < 0 ? refuse(`${column} is negative: ${value}`) : value;
  };
  const decimal = (column: string, cell: string): number => number(column, cell, DECIMAL, 'a number');
  const flag = (column: string, cell: string): boolean =>
    FLAGS[cell] ??
    FLAGS[text(column, cell).toLowerCase()] ??
    refuse(`${column} is "${cell}", which is neither true nor false`);
  const leftNull = (error: unknown): null => {
    if (!(error instanceof RowRefusal)) throw error;
    note(`${error.message}: left NULL`);
    return null;
  };
  const needed =
    <T>(parse: (column: string, cell: string) => T) =>
    (column: string): T =>
      parse(column, raw(column));
  const optional =
    <T>(parse: (column: string, cell: string) => T) =>
    (column: string): T | null => {
      const cell = raw(column);
      if (isUnknown(cell)) return null;
      try {
        return parse(column, cell);
      } catch (error) {
        return leftNull(error);
      }
    };

  return {
    show: (next) => {
      cells = next;
    },
    row: {
      has: (column) => places.has(column),
      raw,
      isUnknown: (column) => isUnknown(raw(column)),
      text: needed(text),
      optionalText: optional(text),
      whole: needed(whole),
      count: needed(count),
      optionalWhole: optional(whole),
      optionalCount: optional(count),
      decimal: needed(decimal),
      optionalDecimal: optional(decimal),
      flag: needed(flag),
      optionalFlag: optional(flag),
      gameDate: () => {
        const cell = text('game_date', raw('game_date'));
        return date ?? dateIn(cell) ?? refuse(`game_date is "${cell}"`);
      },
      optional: (read) => {
        try {
          return read();
        } catch (error) {
          return leftNull(error);
        }
      },
    },
  };
}

/** A cell with a point in place of a decimal comma: `34,5` is `34.5`, `1,234` stays as it is. */
export function withDecimalPoint(cell: string): string {
  return cell.replace(DECIMAL_COMMA, '$1.$2');
}

/** A number without its decoration: `+7` is `7`, `1,234` is `1234`, `2,5` is `2.5`, `-5½` is `-5.5`. Undefined when it is no number. */
export function plainNumber(cell: string): string | undefined {
  if (WHOLE.test(cell)) return cell;
  const [, sign, whole = '', rest = ''] = DECORATED.exec(withDecimalPoint(cell.replace(/^[−–]/, '-'))) ?? [];
  if (sign === undefined || (whole === '' && !/\d|½/.test(rest))) return undefined;
  const fraction = rest === '½' ? '.5' : rest === '.' ? '' : rest;
  return `${sign === '-' ? '-' : ''}${whole.replaceAll(',', '') || '0'}${fraction}`;
}
