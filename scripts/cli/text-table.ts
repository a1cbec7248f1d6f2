/** Draws tables as text, no wider than the terminal. */
import { paint } from './colours.ts';
import { textWidth } from './text-width.ts';
import { environment } from '../../shared/config.ts';
import { grouped } from '../../shared/domain/counted.ts';
import { shown } from './shown.ts';

/** A text with a colour. */
export interface Painted {
  readonly text: string;
  readonly paint: (text: string) => string;
}

/** The value of a cell. A number is grouped by thousands and stands to the right; an id, year or line is given as text. */
export type TableCell = string | number | null | Painted;

const GAP = '  ';
/** Free text is wrapped to no less than this, and to the second where the columns are divided. */
const NARROWEST = 24;
const NARROWEST_DIVIDED = 14;

/** Columns of the terminal that a stream writes to; unlimited where it writes to a file or to another program. */
export function terminalWidth(stream: NodeJS.WriteStream = process.stdout): number {
  if (stream.isTTY) return stream.columns > 0 ? stream.columns : 80;
  const told = Number(environment['COLUMNS']);
  return Number.isInteger(told) && told >= 20 ? told : Infinity;
}

interface Column {
  readonly head: string;
  readonly cells: readonly string[];
  readonly paints: readonly ((text: string) => string)[];
  readonly toTheRight: boolean;
  width: number;
}

/**
 * A table as text without frames. Where it is wider than the terminal, texts of several words are wrapped; where that does not
 * help, the columns are divided among tables one under the other, each with the first column and the rows that say something
 * there. A column that says nothing in any row is left out.
 * @param width columns of the terminal
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly TableCell[])[],
  width: number = terminalWidth(),
): string {
  const natural = head.map((title, i): Column => {
    const values = rows.map((row) => row[i] ?? null);
    const cells = values.map(cellText);
    return {
      head: title,
      cells,
      paints: values.map(paintOf),
      toTheRight: rows.length > 0 && values.every((value) => value === null || typeof value === 'number'),
      width: Math.max(textWidth(title), ...cells.map((cell) => textWidth(cell))),
    };
  });
  const saying =
    rows.length === 0 ? natural : natural.filter(({ cells }, i) => i === 0 || cells.some(isText));
  const columns = narrowed(saying, width, NARROWEST);
  if (widthOf(columns) <= width) return drawn(columns);
  return groups(saying, width)
    .map((group) => drawn(narrowed(withoutSilentRows(group), width, NARROWEST_DIVIDED)))
    .join('\n\n');
}

const isText = (cell: string): boolean => cell !== '';

/** The columns without the rows that have a text in the first of them only. */
function withoutSilentRows(columns: readonly Column[]): Column[] {
  const says = (row: number): boolean => columns.slice(1).some(({ cells }) => isText(cells[row] ?? ''));
  return columns.map((column) => ({
    ...column,
    cells: column.cells.filter((_, row) => says(row)),
    paints: column.paints.filter((_, row) => says(row)),
  }));
}

function cellText(value: TableCell): string {
  if (value === null) return '-';
  if (typeof value === 'number') return grouped(value);
  return shown(typeof value === 'string' ? value : value.text);
}

function paintOf(value: TableCell): (text: string) => string {
  return typeof value === 'object' && value !== null ? value.paint : (text) => text;
}

const widthOf = (columns: readonly Column[]): number =>
  columns.reduce((sum, column) => sum + column.width, 0) + GAP.length * (columns.length - 1);

/** The columns, the widest ones of text made narrower until the table fits or all are narrow. */
function narrowed(natural: readonly Column[], width: number, least: number): Column[] {
  const columns = natural.map((column) => ({ ...column }));
  const flowing = columns.filter((column, i) => i > 0 && isFlowing(column));
  for (let excess = widthOf(columns) - width; excess > 0; excess = widthOf(columns) - width) {
    const widest = flowing
      .filter((column) => column.width > leastOf(column, least))
      .sort((a, b) => b.width - a.width)[0];
    if (widest === undefined) break;
    widest.width = Math.max(leastOf(widest, least), widest.width - excess);
  }
  return columns;
}

/** Whether the cells are texts that may be wrapped. */
function isFlowing({ cells, toTheRight }: Column): boolean {
  return (
    !toTheRight && cells.some((cell) => textWidth(cell) > NARROWEST_DIVIDED && /[a-z]{2}[ ,]/i.test(cell))
  );
}

function leastOf({ head }: Column, least: number): number {
  return Math.max(least, textWidth(head));
}

/** The columns in groups that fit, each with the first column, which says what the row is. */
function groups(columns: readonly Column[], width: number): Column[][] {
  const [first, ...others] = columns;
  if (first === undefined) return [];
  const found: Column[][] = [];
  for (const column of others) {
    const last = found.at(-1);
    const least = isFlowing(column) ? Math.min(column.width, leastOf(column, NARROWEST)) : column.width;
    if (last !== undefined && widthOf([...last, { ...column, width: least }]) <= width) last.push(column);
    else found.push([first, column]);
  }
  return found;
}

function drawn(columns: readonly Column[]): string {
  const rows = columns[0]?.cells.length ?? 0;
  const lines = [
    line(
      columns,
      columns.map(({ head }) => (head === '' ? '' : paint.bold(head))),
      columns.map(({ head }) => head),
    ),
  ];
  for (let row = 0; row < rows; row += 1) {
    const wrapped = columns.map(({ cells, width }) => wrappedTo(cells[row] ?? '', width));
    const height = Math.max(...wrapped.map((parts) => parts.length));
    for (let at = 0; at < height; at += 1) {
      const texts = wrapped.map((parts) => parts[at] ?? '');
      lines.push(
        line(
          columns,
          texts.map((text, i) => (text === '' ? text : (columns[i]?.paints[row] ?? String)(text))),
          texts,
        ),
      );
    }
  }
  return lines.join('\n');
}

/** One line: `painted` is what is printed, `plain` the same without colours. */
function line(columns: readonly Column[], painted: readonly string[], plain: readonly string[]): string {
  const texts = columns.map(({ width, toTheRight }, i) => {
    const blanks = ' '.repeat(Math.max(0, width - textWidth(plain[i] ?? '')));
    return toTheRight ? `${blanks}${painted[i] ?? ''}` : `${painted[i] ?? ''}${blanks}`;
  });
  return texts.join(GAP).trimEnd();
}

/** A text in lines of at most `width`, broken after blanks and commas; a longer word is broken anywhere. */
export function wrappedTo(text: string, width: number): string[] {
  if (textWidth(text) <= width) return [text];
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(/(?<=[ ,/])/)) {
    if (textWidth((current + word).trimEnd()) <= width) {
      current += word;
      continue;
    }
    if (current.trim() !== '') lines.push(current.trimEnd());
    current = word;
    while (textWidth(current.trimEnd()) > width) {
      const kept = prefixOf(current, width);
      lines.push(kept);
      current = current.slice(kept.length);
    }
  }
  if (current.trim() !== '') lines.push(current.trimEnd());
  return lines;
}

/** The longest beginning of a text that is no wider than `width`; at least one character. */
function prefixOf(text: string, width: number): string {
  let kept = '';
  for (const character of text) {
    if (kept !== '' && textWidth(kept + character) > width) break;
    kept += character;
  }
  return kept;
}
