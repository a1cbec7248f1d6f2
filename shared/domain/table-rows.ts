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

/** Gathers rows, one after the other or many at a time. */
export interface RowGatherer {
  /**
   * Takes one row, with a cell for each column in the order in which the columns were asked for.
   * @throws RangeError for a whole number beyond 2^53, which cannot be held exactly, and for a cell of another type than its column
   */
  readonly take: (cells: readonly Cell[]) => void;
  /**
   * Takes `length` rows column by column.
   * @param cellAt the cell of a column (its place among those asked for) and row (0 for the first of these rows)
   * @throws RangeError as `take` does
   */
  readonly takeColumns: (length: number, cellAt: (column: number, row: number) => Cell) => void;
  /** The rows taken so far. */
  readonly rows: () => TableRows;
}

/**
 * The types of columns of a table, in the order asked for.
 * @throws RangeError that names a column that the table does not have, or that is asked for twice
 */
export function typesOf(definition: TableDefinition, columns: readonly string[]): ColumnType[] {
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

/** The gathered values of one column. */
interface ColumnGatherer {
  /** Puts a cell at the next free place. @throws RangeError for a cell that the column cannot hold */
  readonly put: (cell: Cell) => void;
  /** Adds what was gathered to the columns of its kind. */
  readonly addTo: (columns: {
    numbers: Record<string, Float64Array>;
    texts: Record<string, (string | null)[]>;
    flags: Record<string, (boolean | null)[]>;
  }) => void;
}

/** Gathers rows of some columns of a table. @throws RangeError for a column that cannot be read */
export function gatherRows(definition: TableDefinition, columns: readonly string[]): RowGatherer {
  const types = typesOf(definition, columns);
  const gatherers = columns.map((name, i) => gathererOf(definition.name, name, types[i] ?? 'STRING'));
  let count = 0;
  return {
    take: (cells) => {
      for (const [i, { put }] of gatherers.entries()) put(cells[i] ?? null);
      count += 1;
    },
    takeColumns: (length, cellAt) => {
      for (const [i, { put }] of gatherers.entries())
        for (let row = 0; row < length; row += 1) put(cellAt(i, row));
      count += length;
    },
    rows: () => {
      const gathered = { numbers: {}, texts: {}, flags: {} };
      for (const { addTo } of gatherers) addTo(gathered);
      return { count, ...gathered };
    },
  };
}

function gathererOf(table: string, name: string, type: ColumnType): ColumnGatherer {
  const fault = (cell: Cell): never => {
    throw new RangeError(
      `The value ${JSON.stringify(cell)} of ${table}.${name} is no ${type} that can be read`,
    );
  };
  switch (type) {
    case 'INT64':
    case 'FLOAT64': {
      const isKnown = type === 'INT64' ? Number.isSafeInteger : Number.isFinite;
      let values = new Float64Array(1024);
      let count = 0;
      return {
        put: (cell) => {
          if (count === values.length) {
            const larger = new Float64Array(2 * count);
            larger.set(values);
            values = larger;
          }
          if (cell === null) values[count] = Number.NaN;
          else {
            const value = typeof cell === 'boolean' ? fault(cell) : Number(cell);
            values[count] = isKnown(value) ? value : fault(cell);
          }
          count += 1;
        },
        addTo: ({ numbers }) => {
          numbers[name] = values.subarray(0, count);
        },
      };
    }
    case 'STRING':
    case 'DATE':
    case 'TIMESTAMP': {
      const values: (string | null)[] = [];
      return {
        put: (cell) => {
          values.push(cell === null || typeof cell === 'string' ? cell : fault(cell));
        },
        addTo: ({ texts }) => {
          texts[name] = values;
        },
      };
    }
    case 'BOOL': {
      const values: (boolean | null)[] = [];
      return {
        put: (cell) => {
          values.push(cell === null || typeof cell === 'boolean' ? cell : fault(cell));
        },
        addTo: ({ flags }) => {
          flags[name] = values;
        },
      };
    }
    default:
      return type satisfies never;
  }
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
  if (from === 0 && to === rows.count) return rows;
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

/** The names of all columns. */
export function columnNames({ numbers, texts, flags }: Omit<TableRows, 'count'>): string[] {
  return [numbers, texts, flags].flatMap((columns) => Object.keys(columns));
}

/** All rows, each with all of its columns. */
export function eachRow(rows: TableRows): Row[] {
  const read = rowReader(rows);
  return Array.from({ length: rows.count }, (_, place) => read(place));
}

/**
 * Reads rows by their place, each with all of its columns and then these.
 * @param more names of columns that the rows do not have; they hold NULL
 */
export function rowReader(
  { numbers, texts, flags }: TableRows,
  more: readonly string[] = [],
): (place: number) => Record<string, Cell> {
  const ofNumbers = Object.entries(numbers);
  const ofOthers = [...Object.entries(texts), ...Object.entries(flags)];
  const names = [...columnNames({ numbers, texts, flags }), ...more];
  // Copies of one object are made several times as fast as objects whose many columns are added one by one.
  const empty: Record<string, Cell> = Object.fromEntries(names.map((name) => [name, null]));
  return (place) => {
    const cells = { ...empty };
    for (const [name, values] of ofNumbers) {
      const value = values[place] ?? Number.NaN;
      if (!Number.isNaN(value)) cells[name] = value;
    }
    for (const [name, values] of ofOthers) cells[name] = values[place] ?? null;
    return cells;
  };
}
