/** How long a game lasted, by the minutes in its box score: 48 minutes, and 5 more for each overtime. */
import type { Cell, Row } from '../../shared/ports/warehouse.ts';

const REGULATION = 48;
const OVERTIME = 5;
const PLAYERS = 5;
/** A sum of whole minutes may miss the player-minutes of a team by so many. */
const ROUNDING = 8;

/** The nearest length that a game can have. */
function lengthNearest(minutes: number): number {
  return REGULATION + OVERTIME * Math.max(0, Math.round((minutes - REGULATION) / OVERTIME));
}

/**
 * The length of each game by its league id, by the minutes of its players. A game has the length to which the sum of a team
 * comes; where the teams disagree, the longer one. A game in which no sum comes to a length is not in the answer.
 */
export function gameLengths(rows: readonly Row[]): ReadonlyMap<Cell | undefined, number> {
  const sums = new Map<Cell | undefined, Map<Cell | undefined, number>>();
  for (const { nba_game_id: game, team_abbr: team, minutes = null } of rows) {
    const ofGame = sums.get(game) ?? new Map<Cell | undefined, number>();
    sums.set(game, ofGame.set(team, (ofGame.get(team) ?? 0) + Number(minutes)));
  }
  const lengths = new Map<Cell | undefined, number>();
  for (const [game, ofGame] of sums)
    for (const sum of ofGame.values()) {
      const length = lengthNearest(sum / PLAYERS);
      if (Math.abs(sum - PLAYERS * length) > ROUNDING) continue;
      lengths.set(game, Math.max(length, lengths.get(game) ?? 0));
    }
  return lengths;
}

/** Below this, minutes of a team are the length of the game: no team plays fewer than 240 player-minutes. */
const MOST_AS_LENGTH = 120;

/** The player-minutes of a team where a source gives the length of the game: 48 is 240, 53 is 265. */
export function playerMinutes(minutes: number | null): number | null {
  return minutes !== null && minutes >= REGULATION && minutes < MOST_AS_LENGTH ? PLAYERS * minutes : minutes;
}
