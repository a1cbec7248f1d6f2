/** Loads `team_box_*` files. When a game has rows in a full file, its rows in lite files are not used. */
import { fullLayout, issuesOf, liteLayout, statisticsOf } from '../../ingest/box-score.ts';
import { gameOf, isLeftOut, sideOf, type RawLoad } from '../../ingest/raw-load.ts';
import { parseMinutes } from '../../ingest/minutes.ts';
import type { SourceRow } from '../../ingest/source-row.ts';
import type { ScheduledGame } from '../../ingest/schedule.ts';
import definition from './definition.ts';

export default {
  definition,
  knows: ['nbac_schedule', 'nbac_game_results'],
  layouts: {
    team_box: fullLayout(['minutes']),
    team_box_lite: liteLayout([], ['minutes']),
  },
  begin: (job) => {
    const gamesInFull = new Set<ScheduledGame>();
    return {
      read: (source, file) => {
        const lite = file.kind === 'team_box_lite';
        const game = gameOf(source, file, job);
        if (isLeftOut(game)) return game;
        if (lite && gamesInFull.has(game)) return { leftOut: 'lite rows of games with full rows not used' };
        const side = sideOf(source, game);
        const statistics = statisticsOf(source, lite);
        const minutes = source.has('minutes') ? teamMinutesOf(source, job.note) : null;
        const final = side.is_home ? game.score?.home : game.score?.away;
        if (final !== undefined && final !== statistics['points']) {
          job.note(
            `game ${game.gameId}: ${side.team_abbr} has ${statistics['points']} points, the final score says ${final}`,
          );
        }
        if (!lite) gamesInFull.add(game);
        return [
          {
            ...game.cells,
            ...side,
            minutes,
            ...statistics,
            source_detail: lite ? 'lite' : 'full',
            data_quality_issues: issuesOf({ attempts_unknown: lite, minutes_unknown: minutes === null }),
          },
        ];
      },
    };
  },
} satisfies RawLoad;

/** Minutes of a game without overtime, and of one overtime. */
const [GAME, OVERTIME] = [48, 5];
const PLAYERS = 5;
const MOST_OVERTIMES = 6;
/** Bounds of the column `minutes`. */
const [FEWEST, MOST] = [230, 400];

/**
 * The player-minutes of the team. Where a source gives the length of the game instead, 48 or 53, it is five times as much.
 * NULL for a cell that says nothing of the minutes of a team: the row is not refused for it.
 */
function teamMinutesOf(source: SourceRow, note: (text: string) => void): number | null {
  const minutes = parseMinutes(source.raw('minutes'));
  if (minutes === null) return null;
  if (minutes !== undefined && minutes >= FEWEST && minutes <= MOST) return minutes;
  const overtimes = ((minutes ?? 0) - GAME) / OVERTIME;
  if (minutes !== undefined && Number.isInteger(overtimes) && overtimes >= 0 && overtimes <= MOST_OVERTIMES) {
    note('minutes that are the length of the game, read as five times as many');
    return minutes * PLAYERS;
  }
  note('minutes that are not those of a team, left NULL');
  return null;
}
