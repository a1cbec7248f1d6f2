/** The few ways in which mistakes change rows. */
import type { Cells } from '../real-part.ts';
import { isRow, type Kind } from './ground.ts';
import type { Edit, Mutation, Witness } from './mutation.ts';

type Test = (row: Cells) => boolean;
type NewCells = Readonly<Record<string, string>>;

/** The rows that `fits` accepts get other cells. */
export function change(of: Kind, fits: Test, cells: NewCells | ((row: Cells) => NewCells)): Edit {
  return {
    of,
    change: (rows) =>
      rows.map((row) =>
        fits(row) ? { ...row, ...(typeof cells === 'function' ? cells(row) : cells) } : row,
      ),
  };
}

export function drop(of: Kind, fits: Test): Edit {
  return { of, change: (rows) => rows.filter((row) => !fits(row)) };
}

/** The rows that `fits` accepts are there twice. */
export function double(of: Kind, fits: Test): Edit {
  return { of, change: (rows) => rows.flatMap((row) => (fits(row) ? [row, row] : [row])) };
}

/** Two rows exchange the cells of some columns. */
export function exchange(of: Kind, one: Cells, other: Cells, columns: readonly string[]): Edit {
  const cellsOf = (row: Cells): NewCells =>
    Object.fromEntries(columns.map((column) => [column, row[column] ?? '']));
  return {
    of,
    change: (rows) => {
      const [first, second] = [rows.find(isRow(one)), rows.find(isRow(other))];
      return rows.map((row) => {
        const from = row === first ? second : row === second ? first : undefined;
        return from === undefined ? row : { ...row, ...cellsOf(from) };
      });
    },
  };
}

export const all =
  (...tests: readonly Test[]) =>
  (row: Cells): boolean =>
    tests.every((test) => test(row));

/** Rows that are equal to `row` in these columns. */
export const like =
  (row: Cells, ...columns: readonly string[]) =>
  (other: Cells): boolean =>
    columns.every((column) => other[column] === row[column]);

export const plus = (row: Cells, column: string, more: number): string => String(Number(row[column]) + more);

export function mistake(witness: Witness, what: string, ...edits: readonly Edit[]): Omit<Mutation, 'kind'> {
  return { witness, what, edits };
}
