/** Draws the rows of a query for a person: as wide as the terminal and no wider. Pure. */
import { paint } from './colours.ts';
import { textWidth } from './text-width.ts';
import type { AnswerColumn, Cell } from '../../shared/ports/warehouse.ts';
import { shown } from './shown.ts';

const GAP = '  ';
/** A text column is cut to no less than this. */
const NARROWEST = 8;

/** A value for a person. NULL is a dash; of a time without a fraction only the seconds are written. */
function cellText(cell: Cell, { type }: AnswerColumn): string {
  if (cell === null) return '-';
  if (type === 'TIMESTAMP')
    return String(cell)
      .replace('T', ' ')
      .replace(/(?:\.000)?Z$/, '');
  return shown(String(cell));
}

/**
 * The rows as a table, or one under the other when a single row is wider than the terminal.
 * @param width columns of the terminal
 */
export function rowsText(
  columns: readonly AnswerColumn[],
  rows: readonly (readonly Cell[])[],
  width: number,
): string {
  const cells = rows.map((row) => columns.map((column, i) => cellText(row[i] ?? null, column)));
  const heads = columns.map(({ name }) => shown(name));
  const wanted = heads.map((head, i) =>
    cells.reduce((most, row) => Math.max(most, textWidth(row[i] ?? '')), textWidth(head)),
  );
  if (rows.length === 1 && lineWidth(wanted) > width) return vertical(heads, cells[0] ?? []);
  const widths = narrowed(wanted, columns, width);
  const fitting = howMany(widths, width);
  const isNumber = columns.map(({ type }) => type === 'INT64' || type === 'FLOAT64');
  const line = (texts: readonly string[]): string =>
    texts
      .slice(0, fitting)
      .map((text, i) => padded(cut(text, widths[i] ?? 0), widths[i] ?? 0, isNumber[i] ?? false))
      .join(GAP)
      .trimEnd();
  const hidden = columns.length - fitting;
  return [
    paint.bold(line(heads)),
    ...cells.map(line),
    ...(hidden > 0
      ? [
          '',
          paint.dim(
            `${hidden} more ${hidden === 1 ? 'column' : 'columns'}: name those you want, or --format csv`,
          ),
        ]
      : []),
  ].join('\n');
}

function vertical(heads: readonly string[], cells: readonly string[]): string {
  const longest = Math.max(...heads.map((head) => textWidth(head)));
  return heads
    .map((head, i) => `${paint.bold(padded(head, longest, false))}${GAP}${cells[i] ?? ''}`)
    .join('\n');
}

const lineWidth = (widths: readonly number[]): number =>
  widths.reduce((sum, each) => sum + each, 0) + GAP.length * (widths.length - 1);

/** The widths of the columns, the widest texts cut until the line fits or no text is left to cut. */
function narrowed(wanted: readonly number[], columns: readonly AnswerColumn[], width: number): number[] {
  const widths = [...wanted];
  for (let excess = lineWidth(widths) - width; excess > 0;) {
    const texts = widths.flatMap((each, i) => (columns[i]?.type === 'STRING' && each > NARROWEST ? [i] : []));
    const widest = texts.sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))[0];
    if (widest === undefined) break;
    const next = Math.max(
      NARROWEST,
      ...texts
        .slice(1)
        .map((i) => widths[i] ?? 0)
        .filter((each) => each < (widths[widest] ?? 0)),
    );
    const by = Math.max(1, Math.min(excess, (widths[widest] ?? 0) - next));
    widths[widest] = (widths[widest] ?? 0) - by;
    excess -= by;
  }
  // Where it does not help, nothing is cut.
  return lineWidth(widths) <= width ? widths : [...wanted];
}

/** How many columns fit in a line; at least one. */
function howMany(widths: readonly number[], width: number): number {
  let at = 0;
  for (let used = -GAP.length; at < widths.length; at += 1) {
    used += GAP.length + (widths[at] ?? 0);
    if (used > width) break;
  }
  return Math.max(1, at);
}

function padded(text: string, width: number, toTheRight: boolean): string {
  const blanks = ' '.repeat(Math.max(0, width - textWidth(text)));
  return toTheRight ? `${blanks}${text}` : `${text}${blanks}`;
}

function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  for (const character of text) {
    if (textWidth(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
