/** Loads `team_box_*` files. When a game has rows in a full file, its rows in lite files are not used. */
import { fullLayout, issuesOf, liteLayout, minutesOf, statisticsOf } from '../../ingest/box-score.ts';
import { gameOf, isLeftOut, sideOf, type RawLoad } from '../../ingest/raw-load.ts';
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
        const minutes = source.has('minutes') ? minutesOf(source) : null;
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
