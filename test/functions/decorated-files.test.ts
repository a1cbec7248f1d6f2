/** The same files with decorated cells fill the same rows. */
import { describe, expect, it } from 'vitest';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { archiveHome } from '../support/archive-home.ts';
import { boxLine, samples, secondGame, type Cells } from '../support/source-lines.ts';
import { sourceFile } from '../support/source-file.ts';

/** A second game, and the box score of the shooter. */
const MORE_ROWS: Readonly<Record<string, readonly Cells[]>> = {
  'schedule_2023-24.csv': [secondGame],
  'player_box_2023-24.csv': [
    {
      ...boxLine,
      ...{ team: 'DEN', opponent: 'LAL', is_home: true, win: true },
      ...{ player_id: 203999, player_name: 'Nikola Jokić', position: 'C' },
    },
  ],
};

/** The rows of opening night in every raw table, after files with the sample rows were imported. */
async function rowsWith(
  decorate: (column: string, cell: string) => string,
): Promise<Record<string, unknown>> {
  const { importFiles, rowsOf } = archiveHome('2024-06-01T12:00:00Z');
  const files = new Map(
    Object.values(samples).map(({ file, row }) => [file, [row, ...(MORE_ROWS[file] ?? [])]]),
  );
  await importFiles([...files].map(([name, rows]) => sourceFile(name, textOf(rows, decorate))));
  const found: Record<string, unknown> = {};
  for (const { definition } of RAW_LOADS.all) {
    const rows = await rowsOf(definition.name, [gameDate('2023-10-24')]);
    found[definition.name] = rows.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([column]) => column !== 'entry_id')),
    );
  }
  return found;
}

function textOf(rows: readonly Cells[], decorate: (column: string, cell: string) => string): string {
  const columns = Object.keys(rows[0] ?? {});
  const quoted = (cell: string): string => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const lines = rows.map((row) =>
    columns.map((column) => quoted(decorate(column, String(row[column] ?? '')))).join(','),
  );
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}

const FLAGS: Readonly<Record<string, string>> = { true: 'TRUE', false: 'f' };
const DECORATIONS: Readonly<Record<string, (column: string, cell: string) => string>> = {
  'blanks around every cell': (_column, cell) => ` ${cell}\u00A0`,
  'quotation marks that are part of the cell': (_column, cell) => `"${cell}"`,
  'ids without their leading zeros': (column, cell) => (column === 'game_id' ? String(Number(cell)) : cell),
  'ids as decimal numbers': (column, cell) => (/_id$/.test(column) ? `${Number(cell)}.0` : cell),
  'dates as in the United States': (column, cell) =>
    column === 'game_date' ? `${cell.slice(5, 7)}/${cell.slice(8)}/${cell.slice(0, 4)}` : cell,
  'dates with a time': (column, cell) => (/_date$/.test(column) ? `${cell}T00:00:00` : cell),
  'dates as instants at midnight': (column, cell) => (column === 'game_date' ? `${cell}T00:00:00Z` : cell),
  'dates with names of months': (column, cell) => (column === 'game_date' ? 'Tue, Oct 24, 2023' : cell),
  'every number as a decimal number': (_column, cell) => (/^-?\d{1,9}$/.test(cell) ? `${cell}.0` : cell),
  'a sign before every number': (_column, cell) =>
    /^\d+(\.\d+)?$/.test(cell) && !/^00/.test(cell) ? `+${cell}` : cell,
  'other words for true and false': (_column, cell) => FLAGS[cell] ?? cell,
  'other words for unknown': (_column, cell) => (cell === '' ? 'NaN' : cell),
  'other names of kinds and seasons': (column, cell) =>
    column === 'season' ? '2023-2024' : column === 'season_type' ? 'Regular Season' : cell,
  'codes of teams in lower case': (_column, cell) =>
    /^(DEN|LAL|GSW|PHX)$/.test(cell) ? cell.toLowerCase() : cell,
  'times with an offset': (column, cell) =>
    column === 'tipoff_et' && cell !== '' ? `${cell}-04:00` : cell.replace(/Z$/, '+00:00'),
  'positions by name': (column, cell) =>
    column === 'position' ? (cell === 'F' ? 'Power Forward' : cell) : cell,
};

describe('files whose cells are decorated', () => {
  it.each(Object.entries(DECORATIONS))('with %s fill the same rows', async (_name, decorate) => {
    const clean = await rowsWith((_column, cell) => cell);
    expect(Object.values(clean).map((rows) => (rows as unknown[]).length)).not.toContain(0);
    expect(await rowsWith(decorate)).toEqual(clean);
  });
});
