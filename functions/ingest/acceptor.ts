/** Accepts the rows that a load makes of a line: they must fit the declared columns, and their keys must be new. */
import type { RawTable } from '../../shared/domain/table.ts';
import type { Cell, Row } from '../../shared/ports/warehouse.ts';
import { declaredColumnsCheck } from './declared-columns.ts';
import { LEFT_NULL } from './notebook.ts';
import { isLeftOut, type LeftOut, type Loading } from './raw-load.ts';
import type { SourceFile } from './source-files.ts';
import { refuse, RowRefusal } from './source-row.ts';
import type { Line } from './source-text.ts';

/** What a load makes of a line: rows, or the reason why the line is not used. */
export type Read = readonly Row[] | LeftOut;

/** Thrown for a row with the key of a row that was read before. */
export class DoubleRow extends RowRefusal {}

/** Whether a reason, or a cause of many, is that of a {@link DoubleRow}. */
export function tellsOfDouble(reason: string): boolean {
  return /^same .+ as line /.test(reason);
}

/**
 * Accepts rows that fit the declared columns and whose key is new. A cell out of its bounds that may be NULL is left NULL,
 * and noted. @throws RowRefusal for other rows
 * @param outside is told of each refused row whose value is out of bounds
 */
export function acceptor(
  definition: RawTable,
  loading: Loading,
  note: (text: string) => void,
  outside: (row: Row) => void = () => undefined,
): (read: Read, file: SourceFile, line: Line) => Read {
  const faultOf = declaredColumnsCheck(definition);
  const keysOfFiles = new Map<string, KeyIndex>();
  return (read, file, line) => {
    if (isLeftOut(read)) return read;
    for (const row of read) {
      for (let fault = faultOf(row); fault !== undefined; fault = faultOf(row)) {
        const { column, reason, isRange } = fault;
        if (definition.columns[column]?.nullable !== true || row[column] == null) {
          if (isRange) outside(row);
          refuse(`${column} ${reason}`);
        }
        note(`${column} ${reason}${LEFT_NULL}`);
        clear(row, column, loading);
      }
      for (const [name, keys] of keysOfFiles) {
        const other = keys.lineOf(row);
        if (other !== undefined)
          throw new DoubleRow(`same ${definition.key.join(', ')} as line ${other} of ${name}`);
      }
    }
    const keys = keysOfFiles.get(file.name) ?? keyIndex(definition.key);
    keysOfFiles.set(file.name, keys);
    for (const row of read) keys.add(row, line.number);
    return read;
  };
}

/** Leaves a cell NULL in a row that was just made and that nobody else has yet. */
export function clear(row: Row, column: string, { amended }: Loading): void {
  const own = row as Record<string, Cell>;
  own[column] = null;
  amended?.(own);
}

/** The keys of the rows of one file, each with the line it was read from. */
interface KeyIndex {
  readonly lineOf: (row: Row) => number | undefined;
  readonly add: (row: Row, line: number) => void;
}

/** Looks up the first column of the key and then the rest, which is quick because fewer texts are joined. */
function keyIndex([first = '', ...rest]: readonly string[]): KeyIndex {
  const [second] = rest;
  const restOf = (row: Row): unknown =>
    rest.length === 1 && second !== undefined ? row[second] : rest.map((column) => row[column]).join('\n');
  const lines = new Map<unknown, Map<unknown, number>>();
  return {
    lineOf: (row) => lines.get(row[first])?.get(restOf(row)),
    add: (row, line) => {
      const ofFirst = lines.get(row[first]);
      if (ofFirst === undefined) lines.set(row[first], new Map([[restOf(row), line]]));
      else ofFirst.set(restOf(row), line);
    },
  };
}
