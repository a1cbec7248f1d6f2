/** A game as Ball Don't Lie names it: by its date and its teams, because its ids are its own. */
import { z } from 'zod';
import { namedGame, type NamedGame } from '../named-game.ts';
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

/** @throws PayloadFault when the entry is of another date, or of a team that is none of the league */
export function gameOfEntry({ date, home_team, visitor_team }: GameEntry, asked: string): NamedGame {
  return namedGame(date, home_team.abbreviation, visitor_team.abbreviation, asked);
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

/** Whether the game is not going to be played on its date. */
export function isPostponed({ status }: Pick<GameEntry, 'status'>): boolean {
  return /^\s*(?:PPD|postponed|cancel)/i.test(status);
}
