/** Reads the counts of games that `scheduleFactsQuery` gives. */
import type { GameDate } from '../domain/game-date.ts';
import type { Row, ScheduleFact } from '../ports/warehouse.ts';

/** A row of `scheduleFactsQuery`. */
export function scheduleFactOf(row: Row): ScheduleFact {
  return {
    date: String(row['date']) as GameDate,
    season: String(row['season']),
    games: Number(row['games']),
    finalGames: Number(row['final_games']),
    regularGames: Number(row['regular_games']),
    playedGames: Number(row['played_games']),
  };
}
