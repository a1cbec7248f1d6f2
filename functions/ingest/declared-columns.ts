/** Checks rows against the columns that a definition declares, before they are sent to a warehouse. */
import { parseGameDate } from '../../shared/domain/game-date.ts';
import type { Column, RawTable } from '../../shared/domain/table.ts';
import type { Cell, Row } from '../../shared/ports/warehouse.ts';

/** A cell that does not fit its column: the column, and why, such as `is 40, outside -30 to 30`. */
export interface ColumnFault {
  readonly column: string;
  readonly reason: string;
  /** Whether the cell has the right type and is outside of the range or the list of its column. */
  readonly isRange: boolean;
}

/** Makes a check of rows. It names the first fault of a row against the declared columns; `undefined` when there is none. */
export function declaredColumnsCheck(definition: RawTable): (row: Row) => ColumnFault | undefined {
  const checks = Object.entries(definition.columns).map(([name, column]) => ({
    name,
    faultOf: cellCheck(column),
  }));
  return (row) => {
    for (const { name, faultOf } of checks) {
      const cell = row[name];
      const fault = cell === undefined ? { reason: 'is missing', isRange: false } : faultOf(cell);
      if (fault !== undefined) return { column: name, ...fault };
    }
    return undefined;
  };
}

function cellCheck(column: Column): (cell: Cell) => Omit<ColumnFault, 'column'> | undefined {
  const { type, nullable = false, min = -Infinity, max = Infinity } = column;
  const allowed = column.oneOf === undefined ? undefined : new Set<Cell>(column.oneOf);
  const fits = typeCheck(type);
  return (cell) => {
    if (cell === null) return nullable ? undefined : { reason: 'is empty', isRange: false };
    if (!fits(cell)) return { reason: `is ${JSON.stringify(cell)}, which is no ${type}`, isRange: false };
    if (typeof cell === 'number' && (cell < min || cell > max))
      return { reason: `is ${cell}, outside ${min} to ${max}`, isRange: true };
    if (allowed !== undefined && !allowed.has(cell))
      return { reason: `is "${String(cell)}", which is not one of the known values`, isRange: true };
    return undefined;
  };
}

function typeCheck(type: Column['type']): (cell: Cell) => boolean {
  switch (type) {
    case 'STRING':
      return (cell) => typeof cell === 'string';
    case 'INT64':
      return Number.isSafeInteger;
    case 'FLOAT64':
      return Number.isFinite;
    case 'BOOL':
      return (cell) => typeof cell === 'boolean';
    case 'DATE':
      return rememberingGood((cell) => parseGameDate(cell) !== undefined);
    case 'TIMESTAMP':
      return rememberingGood((cell) => cell.endsWith('Z') && !Number.isNaN(Date.parse(cell)));
    default:
      return type satisfies never;
  }
}

/** Remembers the result of a check for each text, because the same few dates come in every row. */
function rememberingGood(isGood: (text: string) => boolean): (cell: Cell) => boolean {
  const good = new Set<Cell>();
  return (cell) => {
    if (good.has(cell)) return true;
    if (typeof cell !== 'string' || !isGood(cell)) return false;
    good.add(cell);
    return true;
  };
}
