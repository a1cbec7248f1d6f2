/** Reads from box scores the teams of the games of which the schedule has no final score. */
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { NbaGameId } from '../../shared/domain/game-id.ts';
import { canonicalTeam, type Tricode } from '../../shared/domain/teams.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import type { SourcePart } from './load-table.ts';
import { gameIdIn } from './source-codes.ts';
import { unlessRefused } from './refused-lines.ts';
import { sourceRowsOf } from './source-row.ts';
import { cellsOf, columnsOf } from './source-text.ts';

/** A game as a line of a box score has it. */
export interface BoxedGame {
  readonly nbaGameId: NbaGameId;
  readonly date: GameDate;
  /** The home team first where the line says which one that is; one team where the other is not known. */
  readonly teams: readonly Tricode[];
  /** The file with the line, and the columns that its rows get beside their own. */
  readonly file: string;
  readonly stamp: Row | undefined;
}

/**
 * What the lines say of these games, each pair of teams once: first those that name both teams and the home team, and of these
 * what most lines say.
 * @param busy teams that have another final game on the date: nobody plays twice, so a line that names them has a wrong team or game
 */
export function boxedGamesIn(
  parts: readonly SourcePart[],
  date: GameDate,
  games: readonly string[],
  busy: ReadonlySet<string>,
): BoxedGame[] {
  const found = new Map<string, { readonly game: BoxedGame; readonly isWhole: boolean; lines: number }>();
  for (const { name, header, lines, stamp } of parts) {
    const columns = columnsOf(header);
    if ('fault' in columns) continue;
    const { row, show } = sourceRowsOf(columns.cells, () => undefined, date);
    if (!['game_id', 'team', 'opponent', 'is_home'].every(row.has)) continue;
    for (const { text } of lines) {
      const line = cellsOf(text);
      if ('fault' in line) continue;
      show(line.cells);
      const id = gameIdIn(row.raw('game_id'));
      if (id === undefined || !games.includes(id)) continue;
      const isHome = unlessRefused(() => row.flag('is_home'));
      const named = ['team', 'opponent'].flatMap((column) => canonicalTeam(row.raw(column)) ?? []);
      const teams = (isHome === false ? named.toReversed() : named).filter((team) => !busy.has(team));
      if (teams.length === 0) continue;
      const isWhole = new Set(teams).size === 2 && isHome !== undefined;
      const key = `${id} ${isWhole} ${teams.join(' ')}`;
      const known = found.get(key);
      if (known !== undefined) known.lines += 1;
      else found.set(key, { game: { nbaGameId: id, date, teams, file: name, stamp }, isWhole, lines: 1 });
    }
  }
  return [...found.values()]
    .sort((a, b) => Number(b.isWhole) - Number(a.isWhole) || b.lines - a.lines)
    .map(({ game }) => game);
}
