/** Reads rows of the model of the warehouse. */
import { ok, permanent, type Result } from '../../../shared/domain/failure.ts';
import type { GameDate } from '../../../shared/domain/game-date.ts';
import { ORIGIN_COLUMN } from '../../../shared/domain/seal.ts';
import { gatherRows, orderOf, type Cell, type TableRows } from '../../../shared/domain/table-rows.ts';
import type { TableDefinition } from '../../../shared/domain/table.ts';
import type { RowsAsked } from '../../../shared/ports/warehouse.ts';
import type { ModelRow, Tables } from './model-rows.ts';

/** The rows that a table of the model has, ordered as every warehouse orders them. */
export function modelRead(tables: Tables, asked: RowsAsked): Result<TableRows> {
  try {
    return ok(readIn(tables, asked));
  } catch (error) {
    if (error instanceof RangeError) return permanent('value_refused', error.message);
    throw error;
  }
}

function readIn(
  tables: Tables,
  { table: { definition }, columns, first, last, onlyLive }: RowsAsked,
): TableRows {
  const gathered = gatherRows(definition, columns);
  const order = orderOf(definition);
  const found = [...(tables.get(definition.name) ?? [])]
    .filter(([date]) => date >= first && date <= last)
    .flatMap(([date, { rows }]) => rows.map((row) => ({ date, row })))
    .filter(({ date, row }) => onlyLive !== true || cellOf(definition, row, date, ORIGIN_COLUMN) === 'live')
    .map(({ date, row }) => ({
      sortedBy: order.map((column) => cellOf(definition, row, date, column)),
      cells: columns.map((column) => cellOf(definition, row, date, column)),
    }))
    .sort((a, b) => compare(a.sortedBy, b.sortedBy));
  for (const { cells } of found) gathered.take(cells);
  return gathered.rows();
}

/**
 * A value of a row. Of a row that a query stands for, the columns that name its game, player or team are what the model knows of it; every
 * other column is made of the hash of the row, so that whoever reads it sees each change of the row.
 */
function cellOf(definition: TableDefinition, row: ModelRow, date: GameDate, name: string): Cell {
  if (name === definition.partitionColumn) return date;
  if (row.cells !== undefined) return row.cells[name] ?? null;
  if (name === 'game_id') return row.game ?? row.entity;
  if (name === 'team_abbr') return row.teams[0] ?? null;
  if (definition.key.includes(name)) return row.entity;
  switch (definition.columns[name]?.type) {
    case 'INT64':
    case 'FLOAT64':
      return Number.parseInt(row.core.slice(0, 6), 16);
    case 'BOOL':
      return row.played;
    case 'STRING':
      return name === 'note' ? row.note : row.core;
    default:
      return null;
  }
}

function compare(a: readonly Cell[], b: readonly Cell[]): number {
  const at = a.findIndex((cell, i) => cell !== b[i]);
  return at < 0 ? 0 : (a[at] ?? '') < (b[at] ?? '') ? -1 : 1;
}
