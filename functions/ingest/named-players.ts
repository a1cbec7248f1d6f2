/** Which persons a source file names with their NBA id. */
import type { GameDate } from '../../shared/domain/game-date.ts';
import { plainCell } from './plain-cells.ts';
import { dateIn } from './source-dates.ts';
import type { FileKind } from './source-files.ts';
import { plainNumber } from './source-row.ts';
import { cellAt, columnsOf, linesOf } from './source-text.ts';

/** A person as a file names him, in the season of the first row that does. */
export interface NamedPlayer {
  readonly id: number;
  readonly name: string;
  /** Game date of that row. */
  readonly date: GameDate;
}

/** Kinds of files that tell who a player is. Others only mention players. */
const TELLING: readonly FileKind[] = ['player_box', 'player_box_lite'];

/** The persons in a file, each with the name of his first row; none for a file that does not tell who a player is. */
export function playersIn(kind: FileKind, text: string): NamedPlayer[] {
  if (!TELLING.includes(kind)) return [];
  const lines = linesOf(text);
  const header = lines.next().value;
  const parsed = header === undefined ? undefined : columnsOf(header.text);
  const columns = parsed !== undefined && 'cells' in parsed ? parsed.cells : [];
  const [idAt, nameAt, dateAt] = ['player_id', 'player_name', 'game_date'].map((name) =>
    columns.indexOf(name),
  );
  const found = new Map<number, NamedPlayer>();
  const dates = new Map<string, GameDate | undefined>();
  const dateOf = (cell: string): GameDate | undefined => {
    if (!dates.has(cell)) dates.set(cell, dateIn(cell) ?? dateIn(plainCell(cell).slice(0, 10)));
    return dates.get(cell);
  };
  for (const { text: line } of lines) {
    const id = Number(plainNumber(plainCell(cellAt(line, idAt ?? -1) ?? '')) ?? Number.NaN);
    const date = dateOf(cellAt(line, dateAt ?? -1) ?? '');
    const known = found.get(id);
    if (
      date === undefined ||
      !Number.isSafeInteger(id) ||
      id < 1 ||
      (known !== undefined && known.date <= date)
    )
      continue;
    found.set(id, { id, name: plainCell(cellAt(line, nameAt ?? -1) ?? ''), date });
  }
  return [...found.values()];
}
