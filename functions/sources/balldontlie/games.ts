/** Reads `/v1/games`: the games of a date, and the scores of those that are over. */
import { PayloadFault, type Reading } from '../source.ts';
import { finalScore, gameEntry, keyOfGame, namedGame } from './game.ts';
import { entriesOf } from './pages.ts';

/** @throws PayloadFault when the answer has no games or games of another date, or has a game or a page twice */
export function readGames(document: unknown, date: string): Reading[] {
  const games = entriesOf(gameEntry, document, keyOfGame);
  if (games.length === 0) throw new PayloadFault('has no games');
  return [
    {
      kind: 'named_games',
      columns: ['game', 'game_date', 'home_team', 'visitor_team', 'home_pts', 'visitor_pts'],
      lines: games.map((entry) => {
        const score = finalScore(entry);
        return { ...namedGame(entry, date), home_pts: score?.home ?? null, visitor_pts: score?.away ?? null };
      }),
    },
  ];
}
