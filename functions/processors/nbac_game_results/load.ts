/**
 * Loads the final scores from `schedule_*` files, from `named_schedule` and `named_games` files where these have none, and the points of each quarter from `game_odds_*` files. The points of the
 * quarters are used when they add up to the final score.
 */
import { checkTeams, gameOf, isLeftOut, nbaGameIdOf, teamOf, type RawLoad } from '../../ingest/raw-load.ts';
import type { FileKind } from '../../../shared/domain/file-kinds.ts';
import type { ScheduledGame } from '../../ingest/schedule.ts';
import { UNREAD, unlessRefused } from '../../ingest/refused-lines.ts';
import { unreadGames, type UnreadGame } from '../../ingest/unread-games.ts';
import { refuse, type SourceRow } from '../../ingest/source-row.ts';
import type { Cell, Row } from '../../../shared/ports/warehouse.ts';
import definition, { MAX_POINTS } from './definition.ts';

const PERIODS = ['q1', 'q2', 'q3', 'q4', 'ot'] as const;
const SIDES = [
  ['home', 'home'],
  ['visitor', 'away'],
] as const;
const QUARTER_COLUMNS = SIDES.flatMap(([side]) => PERIODS.map((period) => `${period}_${side}`));

export default {
  definition,
  knows: ['nbac_schedule'],
  layouts: {
    schedule: {
      needed: [
        'game_id',
        'game_date',
        'season',
        'season_type',
        'home_team',
        'visitor_team',
        'home_pts',
        'visitor_pts',
      ],
      welcome: ['winner'],
      unused: ['neutral_site', 'tipoff_et', 'arena', 'arena_city'],
    },
    named_schedule: {
      needed: ['game_date', 'season', 'home_team', 'visitor_team', 'home_pts', 'visitor_pts'],
      unused: ['game_id', 'season_type', 'tipoff_et'],
    },
    named_games: {
      needed: ['game_date', 'home_team', 'visitor_team', 'home_pts', 'visitor_pts'],
      unused: ['game'],
    },
    game_odds: {
      needed: [
        'game_id',
        'game_date',
        'season',
        'season_type',
        'home_team',
        'visitor_team',
        ...QUARTER_COLUMNS,
      ],
      unused: ['spread_home', 'total', 'moneyline_home', 'moneyline_visitor'],
    },
  },
  begin: (job) => {
    const results = new Map<string, Record<string, Cell>>();
    const unread = unreadGames();
    const withoutScore = new Set<string>();
    /** A game of which the schedule has everything but a final score that can be read. */
    const ofSchedule = ({ gameId, cells, home, away }: ScheduledGame): UnreadGame => {
      unread.add(gameId);
      return { cells: { ...cells, season_type: UNREAD }, home, away };
    };
    return {
      read: (source, file) => {
        const game = gameOf(source, file, job);
        if (isLeftOut(game)) return game;
        checkTeams(source, game);
        if (NAMED.includes(file.kind) && results.has(game.nbaGameId))
          return { leftOut: 'games whose score another source has' };
        if (file.kind !== 'game_odds') {
          const result = resultOf(source, game);
          if (result === undefined) return { leftOut: 'games without a score yet' };
          if (!results.has(game.nbaGameId)) results.set(game.nbaGameId, result);
          return [result];
        }
        const result = results.get(game.nbaGameId);
        if (result === undefined) return { leftOut: 'quarter scores of games without a final score' };
        if (result['home_q1'] !== null) refuse(`the quarters of game ${game.nbaGameId} are known already`);
        const quarters = quartersOf(source, result);
        if (quarters === undefined) return { leftOut: 'games without quarter scores' };
        Object.assign(result, quarters);
        return [];
      },
      standIns: (source, file, date) => {
        if (source === undefined || file.kind !== 'schedule') return [];
        if (SCORES.every((column) => source.isUnknown(column) || NO_POINTS.test(source.raw(column))))
          return [];
        const id = unlessRefused(() => nbaGameIdOf(source));
        if (id !== undefined && results.has(id)) return [];
        const game = id === undefined ? undefined : job.schedule.get(id);
        if (game === undefined) return unreadResult(unread.of(source, job.season, date));
        if (date !== undefined && game.date !== date) return [];
        return unreadResult(ofSchedule(game));
      },
      boxed: (boxed) => {
        if (results.has(boxed.nbaGameId)) return [];
        const game = job.schedule.get(boxed.nbaGameId);
        const found = game?.date === boxed.date ? ofSchedule(game) : unread.boxed(boxed, job.season);
        if (found !== undefined) withoutScore.add(found.cells.game_id);
        return unreadResult(found);
      },
      finish: (_rows, amend) => {
        unread.tell(amend);
        if (withoutScore.size > 0)
          amend.lacks({
            code: 'game_missing',
            detail: `${[...withoutScore].join(' ')} (box scores, but no final score)`,
            rows: 0,
          });
      },
    };
  },
} satisfies RawLoad;

function resultOf(source: SourceRow, game: ScheduledGame): Record<string, Cell> | undefined {
  const unknown = ['home_pts', 'visitor_pts'].filter((column) => source.isUnknown(column));
  if (unknown.length === 2) return undefined;
  if (unknown.length === 1) refuse('only one of home_pts and visitor_pts is known');
  // A score that cannot be read refuses the row: the game must not pass for one that was not played.
  const home = pointsIn(source, 'home_pts');
  const away = pointsIn(source, 'visitor_pts');
  if (home === away) refuse(`${home} : ${away} is no final score`);
  const winner = home > away ? game.home : game.away;
  if (source.has('winner') && !source.isUnknown('winner') && teamOf(source, 'winner') !== winner) {
    refuse(`winner is ${source.raw('winner')}, by the score it is ${winner}`);
  }
  return {
    ...game.cells,
    home_team_abbr: game.home,
    away_team_abbr: game.away,
    game_status: 'final',
    home_points: home,
    away_points: away,
    winning_team_abbr: winner,
    ...NO_QUARTERS,
  };
}

function pointsIn(source: SourceRow, column: string): number {
  const points = source.count(column);
  return points <= MAX_POINTS ? points : refuse(`${column} is ${points}, outside 0 to ${MAX_POINTS}`);
}

/** Files of sources that have ids of their own. */
const NAMED: readonly FileKind[] = ['named_schedule', 'named_games'];

const SCORES = ['home_pts', 'visitor_pts'];
/** A score of 0 : 0 is that of a game that was never played. */
const NO_POINTS = /^0+(?:\.0+)?$/;

const NO_QUARTERS = Object.fromEntries(
  SIDES.flatMap(([, side]) => PERIODS.map((period) => [`${side}_${period}`, null])),
);

/** The row of a game that was played and of which the score, or the game itself, is not known. */
function unreadResult(game: UnreadGame | undefined): Row[] {
  if (game === undefined) return [];
  return [
    {
      ...game.cells,
      home_team_abbr: game.home,
      away_team_abbr: game.away,
      game_status: UNREAD,
      home_points: null,
      away_points: null,
      winning_team_abbr: null,
      ...NO_QUARTERS,
    },
  ];
}

function quartersOf(
  source: SourceRow,
  result: Readonly<Record<string, Cell>>,
): Record<string, Cell> | undefined {
  if (QUARTER_COLUMNS.every((column) => source.isUnknown(column))) return undefined;
  const cells: Record<string, Cell> = {};
  for (const [theirs, ours] of SIDES) {
    let sum = 0;
    for (const period of PERIODS) {
      const points = source.count(`${period}_${theirs}`);
      cells[`${ours}_${period}`] = points;
      sum += points;
    }
    const score = result[`${ours}_points`];
    if (sum !== score) {
      refuse(
        `the ${theirs} quarters add up to ${sum}, the final score is ${String(score)}; they are left NULL`,
      );
    }
  }
  return cells;
}
