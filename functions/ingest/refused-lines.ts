/** What is still known of a refused line on a game: which games it can be on, and whether it was seen during the game. */
import { canonicalTeam } from '../../shared/domain/teams.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { minutesBetween, parseUtc } from './instants.ts';
import { checkTeams, gameOf, isLeftOut, nbaGameIdOf, type LoadJob } from './raw-load.ts';
import type { ScheduledGame } from './schedule.ts';
import type { SourceFile } from './source-files.ts';
import { RowRefusal, type SourceRow } from './source-row.ts';

/** What stands in a column of text for a line that was refused. */
export const UNREAD = 'unread';

/** Nobody quotes a game so many minutes after its tip-off: such a time is a wrong one. */
const TOO_LATE_MINUTES = 12 * 60;

/** The game that a line is on without any doubt; undefined when the line contradicts the schedule. */
export function gameWithoutDoubt(
  source: SourceRow,
  file: SourceFile,
  job: LoadJob,
): ScheduledGame | undefined {
  return unlessRefused(() => {
    const game = gameOf(source, file, job);
    if (isLeftOut(game)) return undefined;
    checkTeams(source, game);
    return game;
  });
}

/**
 * The games of a date that a line can be on: the one of its id, and the one of the teams that it names, or of the team where it
 * names one only. A line of which nothing
 * can be read can be on any game of the date.
 */
export function gamesInDoubt(
  source: SourceRow | undefined,
  { schedule }: LoadJob,
  date: GameDate | undefined,
): ScheduledGame[] {
  const games = [...schedule.values()];
  if (source === undefined) return games.filter((game) => game.date === date);
  const on = date ?? unlessRefused(() => source.gameDate());
  const id = unlessRefused(() => nbaGameIdOf(source));
  const teams = ['home_team', 'visitor_team'].flatMap((column) => canonicalTeam(source.raw(column)) ?? []);
  return games.filter(
    ({ nbaGameId, home, away, date: itsDate }) =>
      itsDate === on &&
      (nbaGameId === id || (teams.length > 0 && teams.every((team) => team === home || team === away))),
  );
}

/** Whether a line was seen during its game: it says nothing of what was known before. */
export function isInPlay(source: SourceRow, { tipoffAt }: ScheduledGame): boolean {
  const at = parseUtc(source.raw('snapshot_utc'));
  const tipoff = parseUtc(source.raw('commence_utc')) ?? tipoffAt;
  if (at === undefined || tipoff === null) return false;
  const minutes = minutesBetween(tipoff, at);
  return minutes >= 0 && minutes <= TOO_LATE_MINUTES && at !== tipoff;
}

/** What `read` returns; undefined when it refuses the row. */
export function unlessRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RowRefusal) return undefined;
    throw error;
  }
}
