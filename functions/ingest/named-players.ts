/** Which persons a source file names with their NBA id, and for which teams. */
import type { FileKind } from '../../shared/domain/file-kinds.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { firstNameFirst } from '../../shared/domain/player-names.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { canonicalTeam } from '../../shared/domain/teams.ts';
import type { NamedPerson } from '../../shared/state/players.ts';
import { plainCell } from './plain-cells.ts';
import { datesOfCells } from './source-dates.ts';
import { plainNumber } from './source-row.ts';
import { cellAt, columnsOf, linesOf } from './source-text.ts';

/** Kinds of files that tell who a player is and for which team he plays. Others only mention players. */
const TELLING: readonly FileKind[] = ['player_box', 'player_box_lite', 'rosters'];

interface Found {
  id: number;
  name: string;
  date: GameDate;
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
  const parsed = header === undefined ? undefined : columnsOf(header.text);
  const columns = parsed !== undefined && 'cells' in parsed ? parsed.cells : [];
  const [idAt = -1, nameAt = -1, dateAt = -1, teamAt = -1] = [
    'player_id',
    'player_name',
    'game_date',
    'team',
  ].map((name) => columns.indexOf(name));
  const found = new Map<number, Found>();
  const all = [...lines];
  const dates = datesOfCells(new Set(all.map(({ text: line }) => cellAt(line, dateAt) ?? '')));
  for (const { text: line } of all) {
    const id = Number(plainNumber(plainCell(cellAt(line, idAt) ?? '')) ?? Number.NaN);
    const date = dates.get(cellAt(line, dateAt) ?? '');
    if (date === undefined || !Number.isSafeInteger(id) || id < 1) continue;
    let person = found.get(id);
    if (person === undefined || date < person.date) {
      const name = firstNameFirst(plainCell(cellAt(line, nameAt) ?? ''));
      person = { id, name, date, teams: person?.teams ?? new Map<Season, Set<string>>() };
      found.set(id, person);
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
