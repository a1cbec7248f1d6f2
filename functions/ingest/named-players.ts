/** Which persons a source file names with their NBA id. */
import type { FileKind } from './source-files.ts';
import { cellAt, cellsOf, linesOf } from './source-text.ts';

/** A person as a file names him, in the season of the first row that does. */
export interface NamedPlayer {
  readonly id: number;
  readonly name: string;
  /** Game date of that row. */
  readonly date: string;
}

/** Kinds of files that tell who a player is. Others only mention players. */
const TELLING: readonly FileKind[] = ['player_box', 'player_box_lite'];

/** The persons in a file, each with the name of his first row; none for a file that does not tell who a player is. */
export function playersIn(kind: FileKind, text: string): NamedPlayer[] {
  if (!TELLING.includes(kind)) return [];
  const lines = linesOf(text);
  const header = lines.next().value;
  const parsed = header === undefined ? undefined : cellsOf(header.text);
  const columns = parsed !== undefined && 'cells' in parsed ? parsed.cells : [];
  const [idAt, nameAt, dateAt] = ['player_id', 'player_name', 'game_date'].map((name) =>
    columns.indexOf(name),
  );
  const found = new Map<string, NamedPlayer>();
  for (const { text: line } of lines) {
    const id = cellAt(line, idAt ?? -1);
    const date = cellAt(line, dateAt ?? -1) ?? '';
    const known = id === undefined ? undefined : found.get(id);
    if (id === undefined || !/^\d{1,15}$/.test(id) || (known !== undefined && known.date <= date)) continue;
    found.set(id, { id: Number(id), name: cellAt(line, nameAt ?? -1) ?? '', date });
  }
  return [...found.values()];
}
