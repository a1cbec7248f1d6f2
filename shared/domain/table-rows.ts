/**
 * Rows of one table, column by column. A number takes eight bytes, so 100 000 rows of 60 numbers take 48 MB, and a part of the rows
 * that lie together shares the memory of the whole.
 */
import type { GameDate } from './game-date.ts';
import { sourceColumns, type ColumnType, type TableDefinition } from './table.ts';

/** A value of a row. */
export type Cell = string | number | boolean | null;
/** A row: column -> value. */
export type Row = Readonly<Record<string, Cell>>;

/** Rows of one table. They are ordered by date, then by the other columns of the key. Every column has a value for each row. */
export interface TableRows {
  readonly count: number;
  /** INT64 and FLOAT64 columns. NaN stands for NULL: no stored number is NaN. */
  readonly numbers: Readonly<Record<string, Float64Array>>;
  /** STRING, DATE (`2024-01-26`) and TIMESTAMP (`2024-01-26T23:30:00.000Z`) columns. */
  readonly texts: Readonly<Record<string, readonly (string | null)[]>>;
  /** BOOL columns. */
  readonly flags: Readonly<Record<string, readonly (boolean | null)[]>>;
}

/** Gathers rows one after the other. */
export interface RowGatherer {
  /**
   * Takes one row, with a cell for each column in the order in which the columns were asked for.
   * @throws RangeError for a whole number beyond 2^53, which cannot be held exactly, and for a cell of another type than its column
   */
  readonly take: (cells: readonly Cell[]) => void;
  /** The rows taken so far. */
  readonly rows: () => TableRows;
}

/**
 * The types of columns of a table, in the order asked for.
 * @throws RangeError that names a column that the table does not have, or that is asked for twice
 */
function typesOf(definition: TableDefinition, columns: readonly string[]): ColumnType[] {
  const known = new Map([...Object.entries(definition.columns), ...sourceColumns(definition)]);
  if (columns.length === 0) throw new RangeError(`No column of ${definition.name} is asked for`);
  return columns.map((name, i) => {
    const column = known.get(name);
    if (column === undefined) throw new RangeError(`Table ${definition.name} has no column ${name}`);
    if (columns.indexOf(name) !== i)
      throw new RangeError(`The column ${name} of ${definition.name} is asked for twice`);
    return column.type;
  });
}

/** The columns by which rows are ordered: the date, then the rest of the key. */
export function orderOf({ key, partitionColumn }: TableDefinition): string[] {
  return [partitionColumn, ...key.filter((column) => column !== partitionColumn)];
}

/** Gathers rows of some columns of a table. @throws RangeError for a column that cannot be read */
export function gatherRows(definition: TableDefinition, columns: readonly string[]): RowGatherer {
  const types = typesOf(definition, columns);
  const numbers: Record<string, Float64Array> = {};
  const texts: Record<string, (string | null)[]> = {};
  const flags: Record<string, (boolean | null)[]> = {};
  let count = 0;
  let room = 1024;
  const fault = (name: string, cell: Cell): never => {
    throw new RangeError(
      `The value ${JSON.stringify(cell)} of ${definition.name}.${name} is no ${types[columns.indexOf(name)]} that can be read`,
    );
  };
  const takers = columns.map((name, i) => takerOf(name, types[i] ?? 'STRING'));
  function takerOf(name: string, type: ColumnType): (cell: Cell) => void {
    switch (type) {
      case 'INT64':
      case 'FLOAT64': {
        numbers[name] = new Float64Array(room);
        return (cell) => {
          const value =
            cell === null ? Number.NaN : typeof cell === 'boolean' ? fault(name, cell) : Number(cell);
          if (
            cell !== null &&
            (!Number.isFinite(value) || (type === 'INT64' && !Number.isSafeInteger(value)))
          )
            fault(name, cell);
          (numbers[name] as Float64Array)[count] = value;
        };
      }
      case 'STRING':
      case 'DATE':
      case 'TIMESTAMP': {
        const values: (string | null)[] = [];
        texts[name] = values;
        return (cell) => {
          values.push(cell === null || typeof cell === 'string' ? cell : fault(name, cell));
        };
      }
      case 'BOOL': {
        const values: (boolean | null)[] = [];
        flags[name] = values;
        return (cell) => {
          values.push(cell === null || typeof cell === 'boolean' ? cell : fault(name, cell));
        };
      }
      default:
        return type satisfies never;
    }
  }
  return {
    take: (cells) => {
      if (count === room) {
        room *= 2;
        for (const [name, values] of Object.entries(numbers)) {
          const larger = new Float64Array(room);
          larger.set(values);
          numbers[name] = larger;
        }
      }
      for (const [i, take] of takers.entries()) take(cells[i] ?? null);
      count += 1;
    },
    rows: () => ({
      count,
      numbers: Object.fromEntries(
        Object.entries(numbers).map(([name, values]) => [name, values.subarray(0, count)]),
      ),
      texts,
      flags,
    }),
  };
}

/**
 * The values of a number column; NaN stands for NULL.
 * @throws Error when the rows have no such column of numbers
 */
export function numbersOf({ numbers }: TableRows, column: string): Float64Array {
  return columnIn(numbers, column);
}

/** The values of a text, date or time column. @throws Error when the rows have no such column */
export function textsOf({ texts }: TableRows, column: string): readonly (string | null)[] {
  return columnIn(texts, column);
}

/** The values of a BOOL column. @throws Error when the rows have no such column */
export function flagsOf({ flags }: TableRows, column: string): readonly (boolean | null)[] {
  return columnIn(flags, column);
}

function columnIn<T>(columns: Readonly<Record<string, T>>, name: string): T {
  const found = columns[name];
  if (found === undefined)
    throw new Error(
      `There is no column ${name} of this type here; there are ${Object.keys(columns).join(', ')}`,
    );
  return found;
}

/** The rows of the dates from `first` to `last`. Numbers share the memory of `rows`. @param dates the column by which `rows` are ordered */
export function rowsBetween(rows: TableRows, dates: string, first: GameDate, last: GameDate): TableRows {
  const ordered = textsOf(rows, dates);
  const from = countWhere(ordered, (date) => date < first);
  const to = countWhere(ordered, (date) => date <= last);
  return mapColumns(
    rows,
    Math.max(0, to - from),
    (values) => values.subarray(from, to),
    (values) => values.slice(from, to),
  );
}

/** How many values at the beginning hold a condition that none after them holds. */
function countWhere(values: readonly (string | null)[], holds: (value: string) => boolean): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(values[middle] ?? '')) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The rows at these places, in this order. */
export function pickedRows(rows: TableRows, places: readonly number[]): TableRows {
  return mapColumns(
    rows,
    places.length,
    (values) => Float64Array.from(places, (place) => values[place] ?? Number.NaN),
    <T>(values: readonly (T | null)[]) => places.map((place) => values[place] ?? null),
  );
}

/** The same rows with these columns only. */
export function someColumns(rows: TableRows, columns: readonly string[]): TableRows {
  const only = <T>(all: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(all).filter(([name]) => columns.includes(name)));
  return { count: rows.count, numbers: only(rows.numbers), texts: only(rows.texts), flags: only(rows.flags) };
}

function mapColumns(
  { numbers, texts, flags }: TableRows,
  count: number,
  ofNumbers: (values: Float64Array) => Float64Array,
  ofOthers: <T>(values: readonly (T | null)[]) => readonly (T | null)[],
): TableRows {
  const mapped = <T, R>(columns: Readonly<Record<string, T>>, change: (values: T) => R): Record<string, R> =>
    Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, change(values)]));
  return {
    count,
    numbers: mapped(numbers, ofNumbers),
    texts: mapped(texts, (values) => ofOthers(values)),
    flags: mapped(flags, (values) => ofOthers(values)),
  };
}

/** All rows, each with all of its columns. */
export function eachRow(rows: TableRows): Row[] {
  return Array.from({ length: rows.count }, (_, place) => rowAt(rows, place));
}

/** One of the rows, with all of its columns. */
export function rowAt({ numbers, texts, flags }: TableRows, place: number): Row {
  const cells: Record<string, Cell> = {};
  for (const [name, values] of Object.entries(numbers)) {
    const value = values[place] ?? Number.NaN;
    cells[name] = Number.isNaN(value) ? null : value;
  }
  for (const [name, values] of [...Object.entries(texts), ...Object.entries(flags)])
    cells[name] = values[place] ?? null;
  return cells;
}
