/** Computes the rows of tables whose rows come from code: reads their inputs once for a batch, and hands each date its own windows. */
import type { Compute, InputSource } from '../../shared/domain/code-table.ts';
import { columnsToRead, rowsInWindow } from '../../shared/domain/code-table.ts';
import type { SeasonCalendar } from '../../shared/domain/calendar.ts';
import { ok, permanent, type Result } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { RegisteredTable, Registry } from '../../shared/domain/registry.ts';
import { gamesIn, nameOfInput, type CodeInput, type CodeTable } from '../../shared/domain/table.ts';
import type { Row, TableRows } from '../../shared/domain/table-rows.ts';
import { readEnd, readStart } from '../../shared/domain/window.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';

/** Where the rows of inputs are read: the warehouse, or an overlay of it. */
export type RowReader = Pick<Warehouse, 'read'>;

/** What is read of one input for a whole batch. */
interface ReadInput {
  readonly input: CodeInput;
  readonly source: InputSource;
  readonly rows: TableRows;
}

/**
 * The rows of some dates of a table that code computes; undefined where they do not come from code. An error of the code is a permanent
 * failure, as that of a query is.
 * @param dates ascending, of one season
 */
export async function computedRows(
  { registry }: { readonly registry: Registry },
  reader: RowReader,
  table: RegisteredTable,
  dates: readonly GameDate[],
  calendar: SeasonCalendar | undefined,
): Promise<Result<readonly Row[] | undefined>> {
  const { definition } = table;
  if (definition.rowsFrom !== 'code') return ok(undefined);
  const openingNight = calendar?.openingNight ?? dates[0];
  if (openingNight === undefined || table.compute === undefined)
    throw new Error(`A run of ${definition.name} has no dates or no code`);
  const inputs: ReadInput[] = [];
  for (const input of definition.inputs) {
    const read = await readInput(registry, reader, input, dates, openingNight);
    if (!read.ok) return read;
    inputs.push(read.value);
  }
  const compute = await table.compute();
  try {
    return ok(dates.flatMap((date) => rowsOn(definition, compute, inputs, date, openingNight)));
  } catch (error) {
    return permanent('code_failed', error instanceof Error ? error.message : String(error));
  }
}

async function readInput(
  registry: Registry,
  reader: RowReader,
  input: CodeInput,
  dates: readonly GameDate[],
  openingNight: GameDate,
): Promise<Result<ReadInput>> {
  const table = registry.get(input.table);
  const source = { partitionColumn: table.definition.partitionColumn, games: gamesIn(table.definition) };
  const reached = dates.flatMap((date) => [
    readStart(input.window, date, openingNight),
    readEnd(input.window, date),
  ]);
  const read = await reader.read({
    table,
    columns: columnsToRead(input, source),
    first: reached.reduce((a, b) => (a < b ? a : b)),
    last: reached.reduce((a, b) => (a > b ? a : b)),
  });
  return read.ok ? ok({ input, source, rows: read.value }) : read;
}

/** @throws Error of the code, or one that says which row is none of the table and date */
function rowsOn(
  { name, columns, partitionColumn }: CodeTable,
  compute: Compute,
  inputs: readonly ReadInput[],
  date: GameDate,
  openingNight: GameDate,
): readonly Row[] {
  const rows = compute({
    date,
    rowsOf: (asked) => {
      const found = inputs.find(({ input }) => nameOfInput(input) === asked);
      if (found === undefined)
        throw new Error(`The code of ${name} asks for ${asked}, which is none of its inputs`);
      return rowsInWindow(found.rows, found.input, found.source, date, openingNight);
    },
  });
  for (const row of rows) {
    if (row[partitionColumn] !== date)
      throw new Error(`The code of ${name} gives a row of ${String(row[partitionColumn])} for ${date}`);
    const other = Object.keys(row).find((column) => !(column in columns));
    if (other !== undefined)
      throw new Error(`The code of ${name} gives a column ${other}, which is not declared`);
  }
  return rows;
}
