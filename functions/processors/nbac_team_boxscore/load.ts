/** Loads `team_box_*` files. When a game has rows in a full file, its rows in lite files are not used. */
import {
  doubtedLines,
  fullLayout,
  liteLayout,
  minutesOf,
  nameIssues,
  statisticsOf,
} from '../../ingest/box-score.ts';
import { playerMinutes } from '../../ingest/game-length.ts';
import { gameOf, isLeftOut, sideOf, type Amend, type RawLoad } from '../../ingest/raw-load.ts';
import type { ScheduledGame } from '../../ingest/schedule.ts';
import { refuse, type SourceRow } from '../../ingest/source-row.ts';
import type { Cell, Row } from '../../../shared/ports/warehouse.ts';
import { strangeGames } from '../../ingest/unread-games.ts';
import definition from './definition.ts';

export default {
  definition,
  knows: ['nbac_schedule', 'nbac_game_results'],
  layouts: {
    team_box: fullLayout(['minutes'], ['second_chance_pts']),
    team_box_lite: liteLayout([], ['minutes']),
  },
  begin: (job) => {
    const gamesInFull = new Set<ScheduledGame>();
    const doubted = doubtedLines();
    const strange = strangeGames(job);
    return {
      read: (source, file) => {
        const lite = file.kind === 'team_box_lite';
        const game = gameOf(source, file, job);
        if (isLeftOut(game)) return game;
        if (lite && gamesInFull.has(game)) return { leftOut: 'lite rows of games with full rows not used' };
        const side = sideOf(source, game);
        const statistics = statisticsOf(source, lite);
        const minutes = source.has('minutes') ? playerMinutes(minutesOf(source)) : null;
        const final = side.is_home ? game.score?.home : game.score?.away;
        if (final !== undefined && final !== statistics['points']) {
          job.note(
            `game ${game.gameId}: ${side.team_abbr} has ${statistics['points']} points, the final score says ${final}`,
          );
        }
        if (!lite) gamesInFull.add(game);
        const row: Record<string, Cell> = {
          ...game.cells,
          ...side,
          minutes,
          ...statistics,
          second_chance_points: secondChances(source, Number(statistics['points'])),
          source_detail: lite ? 'lite' : 'full',
          data_quality_issues: null,
        };
        nameIssues(row);
        doubted.see(`${game.nbaGameId} ${side.team_abbr}`, row);
        return [row];
      },
      amended: nameIssues,
      standIns: (source, _file, date) => {
        strange.see(source, date);
        return [];
      },
      finish: (rows, amend) => {
        strange.tell(amend);
        doubted.settle(amend);
        boundMinutes(rows, amend);
      },
    };
  },
} satisfies RawLoad;

/** Most player-minutes by which the two teams of a game may differ: each may be a sum of whole minutes. */
const MAX_DIFFERENCE = 12;

/** Leaves the minutes NULL of two teams whose minutes cannot be those of one game. */
function boundMinutes(rows: readonly Row[], { leaveNull }: Amend): void {
  for (const ofGame of Map.groupBy(rows, (row) => row['nba_game_id']).values()) {
    const [one, other] = ofGame.filter(({ minutes }) => minutes !== null);
    if (one === undefined || other === undefined) continue;
    const [first, second] = [Number(one['minutes']), Number(other['minutes'])];
    if (Math.abs(first - second) <= MAX_DIFFERENCE) continue;
    leaveNull(one, 'minutes', `the other team has ${second}`);
    leaveNull(other, 'minutes', `the other team has ${first}`);
  }
}

/** Points after offensive rebounds; null when they are unknown, or, with a note, when they are more than all points. */
function secondChances(source: SourceRow, points: number): number | null {
  if (!source.has('second_chance_pts') || source.isUnknown('second_chance_pts')) return null;
  return source.optional(() => {
    const found = source.count('second_chance_pts');
    return found > points ? refuse(`second_chance_pts ${found} exceeds pts ${points}`) : found;
  });
}
