/** Compares the shots of a date with what its box scores say each player took. Pure but for the amendments that it asks for. */
import type { Cell, Row } from '../../shared/ports/warehouse.ts';
import type { Attempts } from './attempts.ts';
import type { Amend } from './raw-load.ts';

/** By how much a player may have more shots than his box score: the league corrects box scores and not their shots. */
const TOLERATED = 1;
const COMPARED = ['shots', 'makes', 'threes', 'made threes'] as const;
type Compared = (typeof COMPARED)[number];
type Counts = Record<Compared, number>;

/** A game with shots: how it is named, and what each of its players has. */
interface Game {
  readonly name: Cell;
  readonly players: Map<Cell, Counts & { readonly lookup: Cell }>;
}

/** A number of a player that is not the one of his box score. */
interface Difference {
  readonly what: Compared;
  readonly found: number;
  readonly inBox: number;
}

/**
 * Sets aside the shots of a game in which a player has more shots, threes, or makes than his box score, by more than one: it is
 * unknown which of the shots of the game are right. Any other difference is told as `shots_do_not_add_up`, and shots that a
 * player lacks are lacking rows. A game without any shot is not looked at: whether the source should have it is not known here.
 */
export function compareShots(
  shots: readonly Row[],
  attempts: readonly Attempts[],
  { setAside, lacks }: Amend,
): void {
  if (attempts.length === 0) return;
  const games = gamesOf(shots);
  const doubts = new Map<Cell, string>();
  const differing = new Map<Cell, { readonly first: string; players: number; lacking: number }>();
  for (const box of attempts) {
    const game = games.get(box.game);
    const difference =
      game === undefined ? undefined : differenceOf(box, game.players.get(box.player) ?? NONE);
    if (game === undefined || difference === undefined) continue;
    const { what, found, inBox } = difference;
    const player = game.players.get(box.player)?.lookup ?? `player ${box.player}`;
    if (found > inBox + TOLERATED)
      doubts.set(
        box.game,
        `the shots of game ${game.name} are in doubt: ${player} has ${found} ${what}, his box score ${inBox}`,
      );
    const told = differing.get(box.game) ?? {
      first: `${player} has ${found} of ${inBox} ${what}`,
      players: 0,
      lacking: 0,
    };
    told.players += 1;
    if (what === 'shots') told.lacking += Math.max(0, inBox - found);
    differing.set(box.game, told);
  }
  for (const row of doubts.size === 0 ? [] : shots) {
    const reason = doubts.get(row['nba_game_id'] ?? null);
    if (reason !== undefined) setAside(row, reason);
  }
  const told = [...differing].filter(([game]) => !doubts.has(game));
  if (told.length === 0) return;
  const detail = told
    .map(([game, { first, players }]) => {
      const others = players === 2 ? '1 more player' : `${players - 1} more players`;
      const more = players === 1 ? '' : `, and ${others}`;
      return `${games.get(game)?.name} (${first}${more})`;
    })
    .join(', ');
  lacks({
    code: 'shots_do_not_add_up',
    detail,
    rows: told.reduce((sum, [, { lacking }]) => sum + lacking, 0),
  });
}

function gamesOf(shots: readonly Row[]): ReadonlyMap<Cell, Game> {
  const games = new Map<Cell, Game>();
  for (const row of shots) {
    const { nba_game_id: id = null, nba_player_id: player = null, game_id: name = null } = row;
    const game = games.get(id) ?? { name, players: new Map() };
    if (game.players.size === 0) games.set(id, game);
    const counts = game.players.get(player) ?? { lookup: row['player_lookup'] ?? null, ...NONE };
    if (counts.shots === 0) game.players.set(player, counts);
    const [isMade, isThree] = [row['shot_made'] === true, row['shot_type'] === '3PT'];
    counts.shots += 1;
    if (isMade) counts.makes += 1;
    if (isThree) counts.threes += 1;
    if (isMade && isThree) counts['made threes'] += 1;
  }
  return games;
}

const NONE: Counts = { shots: 0, makes: 0, threes: 0, 'made threes': 0 };

/** What of the shots of a player is not as in his box score: a surplus beyond what is tolerated first, then the first difference. */
function differenceOf(box: Attempts, counts: Counts): Difference | undefined {
  const differences = COMPARED.flatMap((what) => {
    const inBox = box[what];
    return inBox === null || counts[what] === inBox ? [] : [{ what, found: counts[what], inBox }];
  });
  return differences.find(({ found, inBox }) => found > inBox + TOLERATED) ?? differences[0];
}
