/** Loads gamebooks. */
import { minutesOf, statisticsOf } from '../../ingest/box-score.ts';
import { gameOf, isLeftOut, playerOfTeam, sideOf, type RawLoad } from '../../ingest/raw-load.ts';
import { refuse } from '../../ingest/source-row.ts';
import type { Row } from '../../../shared/ports/warehouse.ts';
import definition from './definition.ts';

const NUMBERS = [
  ...['fgm', 'fga', 'fg3m', 'fg3a', 'ftm', 'fta', 'oreb', 'dreb', 'reb', 'ast', 'pf', 'stl', 'tov', 'blk'],
  ...['plus_minus', 'pts'],
] as const;

/** The statistics of who did not play. */
const NO_STATISTICS: Row = Object.fromEntries(
  [
    ...['field_goals_made', 'field_goals_attempted', 'three_pointers_made', 'three_pointers_attempted'],
    ...['free_throws_made', 'free_throws_attempted', 'offensive_rebounds', 'defensive_rebounds', 'rebounds'],
    ...['assists', 'steals', 'blocks', 'turnovers', 'personal_fouls', 'plus_minus', 'points', 'minutes'],
    'starter',
  ].map((column) => [column, null]),
);

export default {
  definition,
  knows: ['nbac_schedule', 'nbac_game_results', 'nbac_player_boxscores'],
  layouts: {
    gamebook: {
      needed: [
        ...['game_date', 'home_team', 'visitor_team', 'team', 'player_name', 'player_status', 'reason'],
        ...['starter', 'minutes', ...NUMBERS],
      ],
      unused: ['snapshot'],
    },
  },
  begin: (job) => ({
    read: (source, file) => {
      const game = gameOf(source, file, job);
      if (isLeftOut(game)) return game;
      const side = sideOf(source, game);
      const { cells } = playerOfTeam(source, job, side.team_abbr, side.opponent_team_abbr);
      const status = source.text('player_status');
      const reason = source.optionalText('reason');
      const whose = {
        ...{ ...game.cells, ...side, ...cells, player_status: status },
        dnp_reason: status === 'active' ? null : reason,
        dnp_reason_category: status === 'active' || reason === null ? null : categoryOf(reason),
      };
      if (status === 'dnp' || status === 'inactive') return [{ ...NO_STATISTICS, ...whose }];
      if (status !== 'active') refuse(`player_status is "${status}"; it is active, dnp or inactive`);
      const statistics = statisticsOf(source, false);
      const final = side.is_home ? game.score?.home : game.score?.away;
      if (final !== undefined && Number(statistics['points']) > final)
        refuse(`pts is ${statistics['points']}, ${side.team_abbr} has ${final} points in ${game.gameId}`);
      return [{ ...whose, ...statistics, starter: source.flag('starter'), minutes: minutesOf(source) }];
    },
  }),
} satisfies RawLoad;

/** The kind of a reason such as "DNP - Coach's Decision" or "Injury/Illness - Left Knee; Soreness". */
function categoryOf(reason: string): string {
  if (/coach.?s decision/i.test(reason)) return 'coach_decision';
  if (/injury|illness|concussion|health and safety|reconditioning|return to competition/i.test(reason))
    return 'injury';
  return /\brest\b/i.test(reason) ? 'rest' : 'other';
}
