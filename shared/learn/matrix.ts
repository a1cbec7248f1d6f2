/** Feature values of many rows, as the learner takes them. */

/** Rows and named columns of numbers. NaN is a missing value; an infinite value is refused by every trainer. */
export interface Matrix {
  readonly names: readonly string[];
  /** Number of rows, which every column has. */
  readonly rows: number;
  /** One column for each name, in the order of the names. */
  readonly columns: readonly Float64Array[];
}

/**
 * A matrix of named columns, in the order of the entries. `null` and `undefined` are missing values.
 * @throws RangeError when there is no column or when the columns differ in length
 */
export function matrixOf(
  columns: Readonly<Record<string, ArrayLike<number> | readonly (number | null | undefined)[]>>,
): Matrix {
  const names = Object.keys(columns);
  const values = Object.values(columns).map((column) =>
    column instanceof Float64Array ? column : Float64Array.from(column, (value) => value ?? NaN),
  );
  const rows = values[0]?.length;
  if (rows === undefined) throw new RangeError('A matrix needs a column');
  for (const [i, column] of values.entries())
    if (column.length !== rows)
      throw new RangeError(`Column ${names[i]} has ${column.length} rows, column ${names[0]} has ${rows}`);
  return { names, rows, columns: values };
}

/** The column of this name. @throws RangeError when the matrix has none */
function columnNamed(matrix: Matrix, name: string): Float64Array {
  const column = matrix.columns[matrix.names.indexOf(name)];
  if (column === undefined) throw new RangeError(`There is no column ${name}`);
  return column;
}

/** The same rows with these columns in this order. @throws RangeError when a column is not there */
export function withColumns(matrix: Matrix, names: readonly string[]): Matrix {
  const isSame = names.length === matrix.names.length && names.every((name, i) => name === matrix.names[i]);
  if (isSame) return matrix;
  return { names, rows: matrix.rows, columns: names.map((name) => columnNamed(matrix, name)) };
}

/** The rows at these places, in this order. A place may come twice. */
export function takeRows(matrix: Matrix, places: ArrayLike<number>): Matrix {
  return {
    names: matrix.names,
    rows: places.length,
    columns: matrix.columns.map((column) => takeNumbers(column, places)),
  };
}

/** The numbers at these places, in this order. */
export function takeNumbers(numbers: Float64Array, places: ArrayLike<number>): Float64Array {
  const taken = new Float64Array(places.length);
  for (let i = 0; i < taken.length; i += 1) taken[i] = numbers[places[i]!]!;
  return taken;
}
