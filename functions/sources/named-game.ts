/** A game as a source with ids of its own names it: by its date and its teams, in the columns of a source file. */
import { gameId, type GameId } from '../../shared/domain/game-id.ts';
import { parseGameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { canonicalTeam, type Tricode } from '../../shared/domain/teams.ts';
import { PayloadFault } from './source.ts';

/** Which game an entry of an answer is about. */
export interface NamedGame {
  readonly game: GameId;
  readonly game_date: GameDate;
  readonly home_team: Tricode;
  readonly visitor_team: Tricode;
}

/** The columns of a `named_games` file. */
export const NAMED_GAMES_COLUMNS = [
  'game',
  'game_date',
  'home_team',
  'visitor_team',
  'home_pts',
  'visitor_pts',
] as const;

/**
 * @param date the day of the game, as the source writes it
 * @param asked the date that was asked about
 * @throws PayloadFault when the entry is of another date, or of a team that is none of the league
 */
export function namedGame(date: string, home: string, visitor: string, asked: string): NamedGame {
  const day = parseGameDate(date.slice(0, 10));
  if (day === undefined || day !== asked) throw new PayloadFault(`is of the date ${date}`);
  const [homeTeam, visitorTeam] = [canonicalTeam(home), canonicalTeam(visitor)];
  if (homeTeam === undefined || visitorTeam === undefined)
    throw new PayloadFault(
      `has the team ${homeTeam === undefined ? home : visitor}, which is none of the league`,
    );
  if (homeTeam === visitorTeam) throw new PayloadFault(`has a game of ${visitor} at ${home}`);
  return {
    game: gameId(day, visitorTeam, homeTeam),
    ...{ game_date: day, home_team: homeTeam, visitor_team: visitorTeam },
  };
}
