/** Reads from box scores how many shots each player took: a few cells of each line, because the rest is not needed for shots. */
import type { NbaGameId } from '../../shared/domain/game-id.ts';
import type { SourcePart } from './load-table.ts';
import { plainCell } from './plain-cells.ts';
import { gameIdIn } from './source-codes.ts';
import { plainNumber } from './source-row.ts';
import { cellsOf, columnsOf } from './source-text.ts';

/** The shots of a player in one game. A number is null where his box score does not have it. */
export interface Attempts {
  readonly game: NbaGameId;
  readonly player: number;
  readonly shots: number | null;
  readonly makes: number | null;
  readonly threes: number | null;
  readonly 'made threes': number | null;
}

const COLUMNS = ['game_id', 'player_id', 'fga', 'fgm', 'fg3a', 'fg3m'];

/** What the box scores say; nothing for files without attempts. Of two lines about a player in a game the first counts. */
export function attemptsIn(parts: readonly SourcePart[]): Attempts[] {
  const found = new Map<string, Attempts>();
  for (const { header, lines } of parts) {
    const columns = columnsOf(header);
    const places = COLUMNS.map((name) => ('cells' in columns ? columns.cells.indexOf(name) : -1));
    if (places.includes(-1)) continue;
    for (const { text } of lines) {
      const line = cellsOf(text);
      if ('fault' in line) continue;
      const [id = '', ...numbers] = places.map((at) => plainCell(line.cells[at] ?? ''));
      const [player = null, shots = null, makes = null, threes = null, made = null] = numbers.map(countIn);
      const game = gameIdIn(id);
      const key = `${game} ${player}`;
      if (game === undefined || player === null || found.has(key)) continue;
      found.set(key, { game, player, shots, makes, threes, 'made threes': made });
    }
  }
  return [...found.values()];
}

function countIn(cell: string): number | null {
  const text = plainNumber(cell);
  return text === undefined ? null : Number(text);
}
