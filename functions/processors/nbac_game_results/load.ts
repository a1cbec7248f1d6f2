/**
 * Loads the final scores from `schedule_*` files, and the points of each quarter from `game_odds_*` files. The points of the
 * quarters are used when they add up to the final score.
 */
import { checkTeams, gameOf, isLeftOut, teamOf, type RawLoad } from '../../ingest/raw-load.ts';
import type { ScheduledGame } from '../../ingest/schedule.ts';
import { refuse, type SourceRow } from '../../ingest/source-row.ts';
import type { Cell } from '../../../shared/ports/warehouse.ts';
import definition from './definition.ts';

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
    return {
      read: (source, file) => {
        const game = gameOf(source, file, job);
        if (isLeftOut(game)) return game;
        checkTeams(source, game);
        if (file.kind === 'schedule') {
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
    };
  },
} satisfies RawLoad;

function resultOf(source: SourceRow, game: ScheduledGame): Record<string, Cell> | undefined {
  const unknown = ['home_pts', 'visitor_pts'].filter((column) => source.isUnknown(column));
  if (unknown.length === 2) return undefined;
  if (unknown.length === 1) refuse('only one of home_pts and visitor_pts is known');
  // A score that cannot be read refuses the row: the game must not pass for one that was not played.
  const home = source.count('home_pts');
  const away = source.count('visitor_pts');
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
    ...Object.fromEntries(SIDES.flatMap(([, side]) => PERIODS.map((period) => [`${side}_${period}`, null]))),
  };
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
