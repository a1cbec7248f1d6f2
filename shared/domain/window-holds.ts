/** Which of some dates the window of an input holds. */
import type { GameDate } from './game-date.ts';
import { datesWithStaleGames } from './stale-games.ts';
import type { Input } from './table.ts';
import { seasonsReadIn, seasonViewOf, type SeasonView, type View } from './view.ts';
import { reads } from './window.ts';

/**
 * @param date the game date whose run reads
 * @param amongIn the dates of a season that are looked at, ascending; it is asked for each season that the window reaches
 * @returns those that a run of `date` reads, ascending
 */
export type HeldDates = (
  input: Pick<Input, 'table' | 'window'>,
  date: GameDate,
  amongIn: (season: SeasonView) => readonly GameDate[],
) => readonly GameDate[];

/** @param view a view with game hashes; without them, last games are taken to reach back over the whole season */
export function heldDatesIn(view: View): HeldDates {
  const holders = new Map<string, ReadonlyMap<GameDate, GameDate>>();
  /** The dates whose windows of last games hold a game of one date. */
  const holdersOf = (table: string, games: number, read: GameDate, season: SeasonView) => {
    const key = `${table}|${games}|${read}`;
    const known = holders.get(key);
    if (known !== undefined) return known;
    const hashes = season.gameHashes.get(table) ?? {};
    const found = datesWithStaleGames(season.calendar.dates, games, (each) => hashes[each], [read]);
    holders.set(key, found);
    return found;
  };
  return ({ table, window }, date, amongIn) => {
    const season = seasonViewOf(view, date);
    if (season === undefined) return [];
    switch (window.kind) {
      case 'same_date':
        return amongIn(season).filter((each) => each === date);
      case 'season_to_date':
        return amongIn(season).filter((each) => each < date);
      case 'last_games':
        return amongIn(season).filter(
          (each) => each < date && holdersOf(table, window.games, each, season).has(date),
        );
      case 'previous_days':
      case 'around_date':
        return reads(window, date, amongIn(season));
      case 'previous_seasons':
        return seasonsReadIn(view, window, season.calendar.season).flatMap(amongIn);
      default:
        return window satisfies never;
    }
  };
}
