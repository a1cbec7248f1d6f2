/** Which persons a source file names with their NBA id, and for which teams. */
import { parseGameDate } from '../../shared/domain/game-date.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { canonicalTeam } from '../../shared/domain/teams.ts';
import type { NamedPerson } from '../../shared/state/players.ts';
import type { FileKind } from './source-files.ts';
import { cellAt, cellsOf, linesOf } from './source-text.ts';

/** Kinds of files that tell who a player is and for which team he plays. Others only mention players. */
const TELLING: readonly FileKind[] = ['player_box', 'player_box_lite', 'rosters'];

interface Found {
  id: number;
  name: string;
  date: string;
  readonly teams: Map<Season, Set<string>>;
}

/**
 * The persons in a file, each with the name of his first row and the teams of all his rows; none for a file that does not
 * tell who a player is. Rows without an id or a date name nobody.
 */
export function playersIn(kind: FileKind, text: string): NamedPerson[] {
  if (!TELLING.includes(kind)) return [];
  const lines = linesOf(text);
  const header = lines.next().value;
  const parsed = header === undefined ? undefined : cellsOf(header.text);
  const columns = parsed !== undefined && 'cells' in parsed ? parsed.cells : [];
  const [idAt = -1, nameAt = -1, dateAt = -1, teamAt = -1] = [
    'player_id',
    'player_name',
    'game_date',
    'team',
  ].map((name) => columns.indexOf(name));
  const found = new Map<string, Found>();
  for (const { text: line } of lines) {
    const cell = cellAt(line, idAt);
    if (cell === undefined || !/^\d{1,15}$/.test(cell)) continue;
    const date = parseGameDate(cellAt(line, dateAt) ?? '');
    if (date === undefined) continue;
    let person = found.get(cell);
    if (person === undefined || date < person.date) {
      const name = cellAt(line, nameAt) ?? '';
      person = { id: Number(cell), name, date, teams: person?.teams ?? new Map<Season, Set<string>>() };
      found.set(cell, person);
    }
    const team = canonicalTeam(cellAt(line, teamAt) ?? '');
    if (team === undefined) continue;
    const season = seasonOf(date);
    const ofSeason = person.teams.get(season);
    if (ofSeason === undefined) person.teams.set(season, new Set([team]));
    else ofSeason.add(team);
  }
  return [...found.values()];
}
