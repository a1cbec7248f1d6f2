/**
 * Reads the text of a source file: CSV in UTF-8 with a header, in which one line is one row. Each line is parsed by itself,
 * so that a damaged line does not spoil the lines after it.
 */
import Papa from 'papaparse';
import { plainCell } from './plain-cells.ts';

/** The cells of a line, or what is wrong with the line. */
export type Cells = { readonly cells: readonly string[] } | { readonly fault: string };

/** One line that is not empty, with its place in the file, from 1. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** The lines of `text` that are not empty, in order. Line ends may be `\n` or `\r\n`; a byte order mark is skipped. */
export function* linesOf(text: string): Generator<Line, undefined> {
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  for (let number = 1; start < text.length; number++) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, text[end - 1] === '\r' ? end - 1 : end);
    if (line !== '') yield { number, text: line };
    start = end + 1;
  }
  return undefined;
}

/** Splits a line into its cells. */
export function cellsOf(line: string): Cells {
  if (!line.includes('"')) return { cells: line.split(',') };
  const { data, errors } = Papa.parse<string[]>(line, { delimiter: ',', newline: '\n' });
  const [error] = errors;
  if (error !== undefined) return { fault: `bad quoting (${error.message})` };
  return { cells: data[0] ?? [] };
}

/** The names of the columns in a header, without blanks and quotation marks around them and in lower case. */
export function columnsOf(header: string): Cells {
  const parsed = cellsOf(header);
  return 'fault' in parsed ? parsed : { cells: parsed.cells.map((cell) => plainCell(cell).toLowerCase()) };
}

/** One cell of a line, by the place of its column; the others are not parsed. Undefined when the line has no such cell. */
export function cellAt(line: string, column: number): string | undefined {
  if (line.includes('"')) {
    const parsed = cellsOf(line);
    return 'cells' in parsed ? parsed.cells[column] : undefined;
  }
  let start = 0;
  for (let passed = 0; passed < column; passed++) {
    start = line.indexOf(',', start) + 1;
    if (start === 0) return undefined;
  }
  const end = line.indexOf(',', start);
  return end === -1 ? line.slice(start) : line.slice(start, end);
}
