/** Takes off a cell what is decoration, and knows the words that stand for "unknown". */

/** Blanks of every kind around a cell, zero-width marks included. */
const BLANKS = /^[\s\u200B\u2060\uFEFF]+|[\s\u200B\u2060\uFEFF]+$/g;
/** Quotation marks that a program has put around the whole cell, as a spreadsheet does with `="0022200001"`. */
const QUOTED = /^(?:=?"([^"]*)"|'([^']*)'|“([^”]*)”)$/;

const UNKNOWN = new Set(['', '-', '--', '–', '—', 'na', 'n/a', '#n/a', 'nan', 'none', 'null', '<na>', '\\n']);

/** The text of a cell without the blanks and the quotation marks around it: ` "LAL" ` is `LAL`. */
export function plainCell(cell: string): string {
  if (cell === '' || (isInner(cell.charCodeAt(0)) && isInner(cell.charCodeAt(cell.length - 1)))) return cell;
  const bare = cell.replace(BLANKS, '');
  const [, double, single, curly] = QUOTED.exec(bare) ?? [];
  return (double ?? single ?? curly)?.replace(BLANKS, '') ?? bare;
}

/** Whether a character can stand at the end of a plain cell: it is no blank and no quotation mark. */
function isInner(code: number): boolean {
  return code > 0x27 && code !== 0x3d && code < 0xa0;
}

/** Whether a plain cell says that its value is unknown: it is empty, `-`, `NaN`, `NULL`, `None` or `N/A`. */
export function isUnknown(cell: string): boolean {
  return cell === '' || (cell.length <= 4 && UNKNOWN.has(cell.toLowerCase()));
}
