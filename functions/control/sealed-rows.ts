/**
 * Sealed rows beside the files of the archive. What was predicted before a game cannot be computed again once more is known, so the rows
 * are kept there, too, and a table that has lost them gets them back.
 */
import * as z from 'zod';
import { gameDate, parseGameDate, type GameDate } from '../../shared/domain/game-date.ts';
import type { RegisteredTable } from '../../shared/domain/registry.ts';
import type { TableDefinition } from '../../shared/domain/table.ts';
import { eachRow, rowsBetween, type Row } from '../../shared/domain/table-rows.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';

const FOLDER = 'sealed';

const kept = z.object({
  table: z.string(),
  date: z.string(),
  rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
});

function pathOf(table: string, date: GameDate): string {
  return `${FOLDER}/${table}.${date}.json`;
}

/**
 * Keeps the rows of these dates that were made before their games, as they are published. A date without any is passed over.
 * @throws Error when the table or the archive does not answer; what was written until then stays
 */
export async function keepSealed(
  archive: Pick<ArchiveStore, 'write'>,
  warehouse: Pick<Warehouse, 'read'>,
  table: RegisteredTable,
  dates: readonly GameDate[],
): Promise<void> {
  const { name, columns, partitionColumn } = table.definition;
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return;
  const read = await warehouse.read({ table, columns: Object.keys(columns), first, last, onlyLive: true });
  if (!read.ok) throw new Error(`${read.failure.code}: ${read.failure.detail}`);
  for (const date of dates) {
    const rows = eachRow(rowsBetween(read.value, partitionColumn, date, date));
    if (rows.length === 0) continue;
    const lines = rows.map((row) => JSON.stringify(row)).join(',\n');
    const text = `{"table":${JSON.stringify(name)},"date":"${date}","rows":[\n${lines}\n]}\n`;
    await archive.write(pathOf(name, date), new TextEncoder().encode(text));
  }
}

/** The dates of which sealed rows of a table are kept. @throws Error when the archive does not answer */
export async function keptDates(archive: Pick<ArchiveStore, 'list'>, table: string): Promise<Set<GameDate>> {
  const found = new Set<GameDate>();
  for (const path of await archive.list(FOLDER)) {
    const [, name, date = ''] = /^[^/]+\/([^.]+)\.([^.]+)\.json$/.exec(path) ?? [];
    if (name === table && parseGameDate(date) !== undefined) found.add(gameDate(date));
  }
  return found;
}

/**
 * The sealed rows that are kept of a date, with the columns that the table has now; none where nothing is kept.
 * @throws Error when the archive does not answer, or what it has is not what was written
 */
export async function keptRows(
  archive: Pick<ArchiveStore, 'read'>,
  { name, columns }: Pick<TableDefinition, 'name' | 'columns'>,
  date: GameDate,
): Promise<Row[]> {
  const path = pathOf(name, date);
  const bytes = await archive.read(path);
  if (bytes === undefined) return [];
  try {
    const { rows } = kept.parse(JSON.parse(new TextDecoder().decode(bytes)));
    return rows.map((row) =>
      Object.fromEntries(Object.keys(columns).map((column) => [column, row[column] ?? null])),
    );
  } catch (error) {
    throw new Error(
      `${path} of the archive holds no sealed rows: bring the file back from a copy of the archive`,
      { cause: error },
    );
  }
}
