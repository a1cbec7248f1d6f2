/** Reads `/v1/games`: the games of a date, and the scores of those that are over. */
import { PayloadFault, type Reading } from '../source.ts';
import { NAMED_GAMES_COLUMNS } from '../named-game.ts';
import { finalScore, gameEntry, gameOfEntry, isPostponed, keyOfGame } from './game.ts';
import { entriesOf } from './pages.ts';

/** @throws PayloadFault when the answer has no games or games of another date, or has a game or a page twice */
export function readGames(document: unknown, date: string): Reading[] {
  const games = entriesOf(gameEntry, document, keyOfGame);
  if (games.length === 0) throw new PayloadFault('has no games');
  return [
    {
      kind: 'named_games',
      columns: NAMED_GAMES_COLUMNS,
      // The schedule does not have a postponed game on this date.
      lines: games
        .filter((entry) => !isPostponed(entry))
        .map((entry) => {
          const score = finalScore(entry);
          return {
            ...gameOfEntry(entry, date),
            home_pts: score?.home ?? null,
            visitor_pts: score?.away ?? null,
          };
        }),
    },
  ];
}
