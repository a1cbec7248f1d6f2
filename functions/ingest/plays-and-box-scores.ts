/**
 * Compares the play-by-play of a date with what its box scores say of each player. Only a play-by-play that adds up says who passed,
 * who blocked, and where shots came from. Pure but for the verdict that it writes into the rows.
 */
import type { NbaGameId } from '../../shared/domain/game-id.ts';
import { canonicalTeam } from '../../shared/domain/teams.ts';
import type { Cell, Row } from '../../shared/ports/warehouse.ts';
import type { SourcePart } from './load-table.ts';
import { plainCell } from './plain-cells.ts';
import type { Amend } from './raw-load.ts';
import { gameIdIn } from './source-codes.ts';
import { plainNumber } from './source-row.ts';
import { cellsOf, columnsOf } from './source-text.ts';

/** What a box score and the actions of a game both say of a player, and how it is called there. */
const COMPARED = { points: 'pts', makes: 'fgm', threes: 'fg3m', assists: 'ast', blocks: 'blk' } as const;
type What = keyof typeof COMPARED;
const WHATS = Object.keys(COMPARED) as What[];

/** What the box score says of a player in one game. A number is null where it does not have it. */
export interface Credits {
  readonly game: NbaGameId;
  readonly player: number;
  /** His team; null when the cell names none. */
  readonly team: string | null;
  readonly credits: Readonly<Record<What, number | null>>;
}

/** What the box scores of a date say. Of two lines about a player in a game the one with more numbers counts, else the first. */
export function creditsIn(parts: readonly SourcePart[]): Credits[] {
  const found = new Map<string, Credits>();
  for (const { header, lines } of parts) {
    const columns = columnsOf(header);
    if (!('cells' in columns)) continue;
    const place = (name: string): number => columns.cells.indexOf(name);
    const places = Object.fromEntries(WHATS.map((what) => [what, place(COMPARED[what])])) as Record<
      What,
      number
    >;
    const [gameAt, playerAt, teamAt] = [place('game_id'), place('player_id'), place('team')];
    for (const { text } of lines) {
      const line = cellsOf(text);
      if ('fault' in line) continue;
      const cellAt = (at: number): string => plainCell(line.cells[at] ?? '');
      const game = gameIdIn(cellAt(gameAt));
      const player = countIn(cellAt(playerAt));
      if (game === undefined || player === null) continue;
      const credits = Object.fromEntries(
        WHATS.map((what) => [what, countIn(cellAt(places[what]))]),
      ) as Credits['credits'];
      const key = `${game} ${player}`;
      const known = found.get(key);
      if (known !== undefined && numbersOf(known) >= numbersOf({ credits })) continue;
      found.set(key, { game, player, team: canonicalTeam(cellAt(teamAt)) ?? null, credits });
    }
  }
  return [...found.values()];
}

function numbersOf({ credits }: Pick<Credits, 'credits'>): number {
  return WHATS.filter((what) => credits[what] !== null).length;
}

function countIn(cell: string): number | null {
  const text = plainNumber(cell);
  return text === undefined ? null : Number(text);
}

interface Told {
  readonly lookup: Cell;
  readonly counts: Record<What, number>;
  /** The teams for which he took shots and free throws. */
  readonly teams: Set<Cell>;
}

/** A game as its actions tell it. */
interface ToldGame {
  readonly name: Cell;
  readonly rows: Row[];
  readonly players: Map<number, Told>;
}

/**
 * Sets `adds_up` in all rows of a game: whether each player has the points, makes, threes, assists and blocks of his box score; NULL when
 * no box score of the game is known. A number that a box score does not have contradicts nothing. Games that do not add up are told as
 * `plays_do_not_add_up`, each with the first such player. The order of the rows does not matter.
 */
export function comparePlays(
  rows: readonly Row[],
  boxes: readonly Credits[],
  { lacks }: Pick<Amend, 'lacks'>,
): void {
  const boxed = Map.groupBy(boxes, ({ game }) => game as string);
  const told: string[] = [];
  for (const [id, game] of gamesOf(rows)) {
    const difference = differenceIn(game, boxed.get(id) ?? []);
    if (difference !== undefined) told.push(`${game.name} (${difference})`);
    const verdict = boxed.has(id) ? difference === undefined : null;
    for (const row of game.rows) (row as Record<string, Cell>)['adds_up'] = verdict;
  }
  if (told.length > 0) lacks({ code: 'plays_do_not_add_up', detail: told.sort().join(', '), rows: 0 });
}

function gamesOf(rows: readonly Row[]): ReadonlyMap<string, ToldGame> {
  const games = new Map<string, ToldGame>();
  for (const row of rows) {
    const id = String(row['nba_game_id']);
    const game = games.get(id) ?? {
      name: row['game_id'] ?? null,
      rows: [],
      players: new Map<number, Told>(),
    };
    games.set(id, game);
    game.rows.push(row);
    const of = (role: '' | 'assist_' | 'block_'): Told | undefined => {
      const player = row[`${role}nba_player_id`];
      if (player == null) return undefined;
      const known = game.players.get(Number(player)) ?? {
        lookup: row[`${role}player_lookup`] ?? null,
        counts: { points: 0, makes: 0, threes: 0, assists: 0, blocks: 0 },
        teams: new Set<Cell>(),
      };
      game.players.set(Number(player), known);
      return known;
    };
    if (row['shot_type'] == null) continue;
    const shooter = of('');
    if (shooter !== undefined) {
      const isMake = row['shot_made'] === true && row['shot_type'] !== 'FT';
      shooter.teams.add(row['team_abbr'] ?? null);
      shooter.counts.points += Number(row['points_scored']);
      if (isMake) shooter.counts.makes += 1;
      if (isMake && row['shot_type'] === '3PT') shooter.counts.threes += 1;
    }
    const [passer, blocker] = [of('assist_'), of('block_')];
    if (passer !== undefined) passer.counts.assists += 1;
    if (blocker !== undefined) blocker.counts.blocks += 1;
  }
  return games;
}

/** How the actions of a game differ from its box score, by the first player by id; undefined when they do not, or there is none. */
function differenceIn({ players }: ToldGame, boxes: readonly Credits[]): string | undefined {
  if (boxes.length === 0) return undefined;
  const byId = new Map(boxes.map((box) => [box.player, box]));
  for (const player of [...new Set([...players.keys(), ...byId.keys()])].sort((a, b) => a - b)) {
    const [told, box] = [players.get(player), byId.get(player)];
    const who = told === undefined ? `player ${player}` : String(told.lookup);
    if (box === undefined) return `${who} is in no box score`;
    const other = [...(told?.teams ?? [])].find((team) => box.team !== null && team !== box.team);
    if (other !== undefined)
      return `${who} shoots for ${String(other)}, by his box score he plays for ${box.team}`;
    for (const what of WHATS) {
      const [found, inBox] = [told?.counts[what] ?? 0, box.credits[what]];
      if (inBox !== null && found !== inBox) return `${who} has ${found} of ${inBox} ${what}`;
    }
  }
  return undefined;
}
