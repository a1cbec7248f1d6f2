/** Rows out of the text of one table in a case. Every value knows its line, for messages. */
import type { TableDefinition } from '../../../shared/domain/table.ts';
import { alternativesOf, cellsOf, filledIn, goesOn, pairOf, valueOf, type CellValue } from './cells.ts';

/** Text of a case file and where it stands. */
export interface PlacedText {
  readonly text: string;
  readonly file: string;
  /** Line of the file on which the text begins, counted from 1. */
  readonly line: number;
}

export interface PlacedRow {
  readonly values: Readonly<Record<string, CellValue>>;
  /** The line that gives each value. */
  readonly lines: Readonly<Record<string, number>>;
}

export interface TableText {
  /** `column=value`: what every row has that says nothing else. */
  readonly base: PlacedText | undefined;
  /**
   * `rows`: a header of columns, then one line for each row, which may end in `column=value` for columns outside the
   * header. `columns`: one line for each column,
   * with one cell for each row. In both an indented line continues the line above it.
   */
  readonly layout: 'rows' | 'columns';
  readonly body: PlacedText;
}

/** What a case says about a column that it leaves out of a row. */
export type Absence =
  /** Refused: a row of an input holds a value or NULL in every column. */
  | 'refused'
  /** Allowed as `-`: the column of this expected row is not compared. */
  | 'not compared';

interface Place {
  readonly file: string;
  readonly line: number;
}

/** A cell with its column and where it stands. */
interface Cell extends Place {
  readonly column: string;
  readonly text: string;
}

/** The rows of a table as the case writes them. @throws Error naming file and line */
export function rowsOf(
  { base, layout, body }: TableText,
  table: TableDefinition,
  absence: Absence,
): PlacedRow[] {
  const shared = base === undefined ? [] : linesOf(base).flatMap((line) => pairsOf(line));
  refuseRepeated(shared);
  const rows = layout === 'rows' ? uprightRows(body) : sidewaysRows(body);
  return rows.flatMap((own) => {
    refuseRepeated(own);
    const named = new Set(own.map(({ column }) => column));
    const cells = [...shared.filter(({ column }) => !named.has(column)), ...own];
    return spread(cells).map((each) => placedRow(each, table, absence));
  });
}

function uprightRows(body: PlacedText): Cell[][] {
  const [header, ...lines] = linesOf(body);
  if (header === undefined) fault(body, 'a table needs a header');
  return lines.map((line) => {
    if (line.length < header.length)
      fault(line[0] ?? body, `${line.length} cells under a header of ${header.length} columns`);
    const own = line
      .slice(0, header.length)
      .map((part, index) => ({ ...part, column: header[index]?.text ?? '' }));
    return [...own, ...pairsOf(line.slice(header.length))];
  });
}

function sidewaysRows(body: PlacedText): Cell[][] {
  const lines = linesOf(body);
  const count = (lines[0]?.length ?? 0) - 1;
  if (count < 1) fault(body, 'a line for each column needs at least one row');
  const columns = lines.map(([column, ...cells]) => {
    if (cells.length !== count)
      fault(
        column ?? body,
        `${cells.length} cells for ${String(column?.text)}, ${count} rows in the first line`,
      );
    return cells.map((cell) => ({ ...cell, column: column?.text ?? '' }));
  });
  return Array.from({ length: count }, (_, row) =>
    columns.map((cells) => cells[row]).filter((cell) => cell !== undefined),
  );
}

/** A cell and where it stands. */
interface Part extends Place {
  readonly text: string;
}

/** The lines that hold cells. An indented line continues the line above it, in the middle of a list too. */
function linesOf({ text, file, line }: PlacedText): (readonly Part[])[] {
  const lines: Part[][] = [];
  for (const [index, written] of text.split('\n').entries()) {
    const place = { file, line: line + index };
    const parts = at(place, () => cellsOf(written)).map((cell) => ({ text: cell, ...place }));
    const above = lines.at(-1);
    const open = above?.at(-1);
    if (parts.length === 0) continue;
    if (above === undefined || !/^\s/.test(written)) lines.push(parts);
    else if (open !== undefined && goesOn(open.text)) {
      above[above.length - 1] = { ...open, text: `${open.text}${parts[0]?.text ?? ''}` };
      above.push(...parts.slice(1));
    } else above.push(...parts);
  }
  return lines;
}

function pairsOf(parts: readonly Part[]): Cell[] {
  return parts.map((part) => {
    const [column, text] =
      pairOf(part.text) ?? fault(part, `${part.text} is neither under a column nor column=value`);
    return { ...part, column, text };
  });
}

function refuseRepeated(cells: readonly Cell[]): void {
  const seen = new Set<string>();
  for (const cell of cells) {
    if (seen.has(cell.column)) fault(cell, `the column ${cell.column} is given twice`);
    seen.add(cell.column);
  }
}

/** One row for each combination of the alternatives in its cells. */
function spread(cells: readonly Cell[]): Cell[][] {
  return cells.reduce<Cell[][]>(
    (rows, cell) =>
      rows.flatMap((row) =>
        at(cell, () => alternativesOf(cell.text)).map((text) => [...row, { ...cell, text }]),
      ),
    [[]],
  );
}

function placedRow(cells: readonly Cell[], table: TableDefinition, absence: Absence): PlacedRow {
  const values: Record<string, CellValue> = {};
  const lines: Record<string, number> = {};
  const textIn = (column: string) => cells.find((cell) => cell.column === column)?.text;
  for (const cell of cells) {
    const type =
      table.columns[cell.column]?.type ?? fault(cell, `${table.name} has no column ${cell.column}`);
    if (cell.text === '-') {
      if (absence === 'refused') fault(cell, `the column ${cell.column} needs a value or NULL`);
      continue;
    }
    values[cell.column] = at(cell, () => valueOf(filledIn(cell.text, textIn), type), cell.column);
    lines[cell.column] = cell.line;
  }
  return { values, lines };
}

function at<T>(place: Place, read: () => T, column?: string): T {
  try {
    return read();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return fault(place, column === undefined ? what : `${column}: ${what}`);
  }
}

/** @throws Error always, with the file and the line in front */
export function fault({ file, line }: Place, what: string): never {
  throw new Error(`${file}:${line}: ${what}`);
}
