/** Which windows of the last n games hold a game of a stale partition. */
import type { GameDate } from './game-date.ts';
import type { GameHashes } from './view.ts';

/**
 * For each game date whose window of last games holds a game of a stale date, the earliest such date. The
 * games are followed player by player (or team by team). A stale date of which it is not known who played
 * is held by the windows of all later dates.
 *
 * Example with the last two games: 2024-01-05 is stale, and ATL plays on 01-05, 01-07, 01-09 and 01-11. The
 * windows of 01-07 and 01-09 hold the game of 01-05, that of 01-11 does not.
 * @param dates game dates of one season, ascending
 * @param games number of games in the window, at least 1
 * @param playedOn the players or teams with a game on a date; undefined where that is not known
 * @param stale those of `dates` that are stale, ascending
 */
export function datesWithStaleGames(
  dates: readonly GameDate[],
  games: number,
  playedOn: (date: GameDate) => GameHashes | undefined,
  stale: readonly GameDate[],
): ReadonlyMap<GameDate, GameDate> {
  const isStale = new Set(stale);
  const first = stale[0];
  const held = new Map<GameDate, GameDate>();
  /** Player or team -> its last games, oldest first. */
  const recent = new Map<string, GameDate[]>();
  /** Stale date -> how many windows hold a game of it, in ascending order of the dates. */
  const holders = new Map<GameDate, number>();
  let unknown: GameDate | undefined;
  for (const date of dates) {
    // A stale game leaves a window when enough games have followed it; those before it do not matter.
    if (first === undefined || date < first) continue;
    const known = holders.keys().next().value;
    const earliest = unknown !== undefined && (known === undefined || unknown < known) ? unknown : known;
    if (earliest !== undefined) held.set(date, earliest);
    const entities = Object.keys(playedOn(date) ?? {});
    if (entities.length === 0 && isStale.has(date)) unknown ??= date;
    if (isStale.has(date) && entities.length > 0) holders.set(date, entities.length);
    for (const entity of entities) {
      const own = recent.get(entity) ?? [];
      if (own.length === 0) recent.set(entity, own);
      own.push(date);
      const oldest = own.length > games ? own.shift() : undefined;
      const left = oldest === undefined ? undefined : holders.get(oldest);
      if (oldest === undefined || left === undefined) continue;
      if (left === 1) holders.delete(oldest);
      else holders.set(oldest, left - 1);
    }
  }
  return held;
}
