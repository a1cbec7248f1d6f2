/** The cells of a table in a case: how a line is cut into cells, and what the text of a cell means in its column. */
import { addDays, dayNumber, gameDate } from '../../../shared/domain/game-date.ts';
import type { ColumnType } from '../../../shared/domain/table.ts';

export type CellValue = string | number | boolean | null;

/** One cell, or the start of a comment that runs to the end of the line. */
const PART = /\s*(?<part>#.*|(?:[^\s"]|"(?:[^"\\]|\\.)*")+)/y;

/**
 * The cells of a line without its comment: parted by spaces, `"in quotes"` where a text has spaces. A cell that ends
 * in a comma goes on with the next one: `a, b` is the list `a,b`. @throws Error
 */
export function cellsOf(line: string): string[] {
  const cells: string[] = [];
  const part = new RegExp(PART);
  while (line.slice(part.lastIndex).trim() !== '') {
    const start = part.lastIndex;
    const cell = part.exec(line)?.groups?.['part'];
    if (cell === undefined) throw new Error(`a quote is not closed in: ${line.slice(start).trim()}`);
    if (cell.startsWith('#')) break;
    if (goesOn(cells.at(-1) ?? '')) cells.push(`${String(cells.pop())}${cell}`);
    else cells.push(cell);
  }
  return cells;
}

/** Whether a cell is a list that has not come to its end. */
export function goesOn(cell: string): boolean {
  return cell.endsWith(',');
}

/** `column=value` as its two halves; undefined for any other cell. */
export function pairOf(cell: string): readonly [column: string, text: string] | undefined {
  const { column, text } = /^(?<column>[a-z][a-z0-9_]*)=(?<text>.+)$/.exec(cell)?.groups ?? {};
  return column === undefined || text === undefined ? undefined : [column, text];
}

const DATES = /^(?<first>\d{4}-\d\d-\d\d)\.\.(?<last>\d{4}-\d\d-\d\d)(?:\/(?<step>\d+))?$/;

/**
 * The alternatives of a cell. `a|b|c` stands for three rows that differ only in this cell, `2024-01-01..2024-01-05`
 * for one row on each date, `2024-01-01..2024-01-05/2` for every second date from the first. @throws Error
 */
export function alternativesOf(cell: string): string[] {
  return cell.startsWith('"') ? [cell] : cell.split('|').flatMap(datesOf);
}

function datesOf(cell: string): string[] {
  const { first, last, step = '1' } = DATES.exec(cell)?.groups ?? {};
  if (first === undefined || last === undefined) return [cell];
  const days = dayNumber(gameDate(last)) - dayNumber(gameDate(first));
  if (days < 0 || days % Number(step) !== 0) throw new Error(`${cell} does not end on its last date`);
  return Array.from({ length: days / Number(step) + 1 }, (_, index) =>
    addDays(gameDate(first), index * Number(step)),
  );
}

/**
 * `{column}` in a cell stands for the text of another cell of the row, `{game_date:compact}` for 20240110 where that
 * cell says 2024-01-10. @throws Error when the row has no such cell
 */
export function filledIn(cell: string, textIn: (column: string) => string | undefined): string {
  return cell.replaceAll(/\{([a-z0-9_]+)(:compact)?\}/g, (reference, column: string, compact?: string) => {
    const text = textIn(column);
    if (text === undefined) throw new Error(`${reference} names a column the row does not have`);
    return compact === undefined ? text : text.replaceAll('-', '');
  });
}

const NUMBERS = { INT64: /^-?\d+$/, FLOAT64: /^-?\d+(?:\.\d+)?$/ };
const INSTANT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ?$/;

/** What a cell says in a column of `type`. @throws Error when it says nothing such a column can hold */
export function valueOf(cell: string, type: ColumnType): CellValue {
  if (cell === 'NULL') return null;
  switch (type) {
    case 'STRING':
      return textOf(cell);
    case 'DATE':
      return gameDate(cell);
    case 'TIMESTAMP': {
      const text = textOf(cell);
      if (!INSTANT.test(text)) throw new Error(`${cell} is no TIMESTAMP (2024-01-10T18:00:00Z)`);
      return text;
    }
    case 'BOOL':
      if (cell !== 'true' && cell !== 'false') throw new Error(`${cell} is no BOOL (true or false)`);
      return cell === 'true';
    case 'INT64':
    case 'FLOAT64':
      if (!NUMBERS[type].test(cell)) throw new Error(`${cell} is no ${type}`);
      return Number(cell);
    default:
      return type satisfies never;
  }
}

function textOf(cell: string): string {
  return cell.startsWith('"') ? String(JSON.parse(cell)) : cell;
}
