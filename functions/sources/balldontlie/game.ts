/** A game as Ball Don't Lie names it: by its date and its teams, because its ids are its own. */
import { z } from 'zod';
import { gameId, type GameId } from '../../../shared/domain/game-id.ts';
import { parseGameDate } from '../../../shared/domain/game-date.ts';
import { canonicalTeam, type Tricode } from '../../../shared/domain/teams.ts';
import { PayloadFault } from '../source.ts';

/** Quarters of a game without an overtime. */
const QUARTERS = 4;

/** The fields that say which game an entry is about, and whether it is over. */
export const gameFields = {
  date: z.string(),
  status: z.string(),
  period: z.number().int().nonnegative().nullable(),
  home_team_score: z.number().int().nonnegative().nullable(),
  visitor_team_score: z.number().int().nonnegative().nullable(),
};

const team = z.object({ abbreviation: z.string() });
export const gameEntry = z.object({ ...gameFields, home_team: team, visitor_team: team });
type GameEntry = z.infer<typeof gameEntry>;

/** Which game an entry is about, in the columns of a source file. */
export interface NamedGame {
  readonly game: GameId;
  readonly game_date: string;
  readonly home_team: Tricode;
  readonly visitor_team: Tricode;
}

/** @throws PayloadFault when the entry is of another date, or of a team that is none of the league */
export function namedGame({ date, home_team, visitor_team }: GameEntry, asked: string): NamedGame {
  const day = parseGameDate(date.slice(0, 10));
  if (day === undefined || day !== asked) throw new PayloadFault(`is of the date ${date}`);
  const [home, away] = [home_team, visitor_team].map(({ abbreviation }) => {
    const code = canonicalTeam(abbreviation);
    if (code === undefined)
      throw new PayloadFault(`has the team ${abbreviation}, which is none of the league`);
    return code;
  });
  if (home === undefined || away === undefined || home === away)
    throw new PayloadFault(`has a game of ${visitor_team.abbreviation} at ${home_team.abbreviation}`);
  return { game: gameId(day, away, home), game_date: day, home_team: home, visitor_team: away };
}

/** A key for a game that an answer may have once: its date and its teams. */
export function keyOfGame({ date, home_team, visitor_team }: GameEntry): string {
  return `the game ${visitor_team.abbreviation} at ${home_team.abbreviation} on ${date.slice(0, 10)}`;
}

/**
 * The final score; undefined while the game is not over.
 * @throws PayloadFault when the game is over and its periods or its score cannot be those of a game that is over
 */
export function finalScore(entry: GameEntry): { readonly home: number; readonly away: number } | undefined {
  const { status, period, home_team_score: home, visitor_team_score: away } = entry;
  if (!/^\s*final\b/i.test(status)) return undefined;
  if (home === null || away === null || home === away || home * away === 0 || (period ?? 0) < QUARTERS)
    throw new PayloadFault(
      `says that ${keyOfGame(entry)} is over after ${period ?? 0} periods with ${away ?? 'no'} : ${home ?? 'no'} points`,
    );
  return { home, away };
}
