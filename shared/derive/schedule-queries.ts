/**
 * The queries that join the schedule with the results, written for both engines: the view
 * `nba_reference.nba_schedule`, and the counts from which the calendar of a season is made.
 */
import type { Registry } from '../domain/registry.ts';

/** Writes the name of a raw table in the way of one engine. */
export type RawTableName = (table: 'nbac_schedule' | 'nbac_game_results') => string;

/** The columns of the view, in the order of its query; those of results are NULL while a game has none. */
export const SCHEDULE_VIEW_COLUMNS = [
  {
    table: 'nbac_schedule',
    optional: false,
    columns: [
      'game_id',
      'nba_game_id',
      'game_date',
      'season',
      'season_type',
      'home_team_abbr',
      'away_team_abbr',
      'tipoff_at',
    ],
  },
  {
    table: 'nbac_game_results',
    optional: true,
    columns: ['game_status', 'home_points', 'away_points', 'winning_team_abbr'],
  },
] as const;

const COUNTS = "s.season_type IN ('regular', 'play_in', 'playoffs')";
const SAME_GAME = 'r.game_id = s.game_id AND r.game_date = s.game_date';

/** Whether the registry has the two tables that these queries read. */
export function hasScheduleView(registry: Registry): boolean {
  return registry.has('nbac_schedule') && registry.has('nbac_game_results');
}

/**
 * Selects every game, with its result where there is one.
 * @param since earliest game date, as SQL; given where the engine requires a filter by date on both tables
 */
export function scheduleQuery(rawTable: RawTableName, since?: string): string {
  const [schedule, results] = SCHEDULE_VIEW_COLUMNS;
  return [
    `SELECT ${schedule.columns.map((name) => `s.${name}`).join(', ')},`,
    `  ${results.columns.map((name) => `r.${name}`).join(', ')}`,
    `FROM ${rawTable('nbac_schedule')} AS s`,
    `LEFT JOIN ${rawTable('nbac_game_results')} AS r ON ${SAME_GAME}`,
    ...(since === undefined ? [] : [`  AND r.game_date >= ${since}`, `WHERE s.game_date >= ${since}`]),
  ].join('\n');
}

/**
 * Counts the games of each date: of those that count the scheduled ones, those with a final result and those
 * of the regular season; and all that were played, the Cup final included, which counts in no standings.
 * @param seasons each season as SQL: a literal or a parameter
 * @param range condition on `game_date`, as SQL; given where the engine requires a filter by date on both
 * tables
 */
export function scheduleFactsQuery(
  rawTable: RawTableName,
  seasons: readonly string[],
  range: string | undefined,
): string {
  const dated = range === undefined ? '' : `game_date ${range}`;
  return [
    `SELECT CAST(s.game_date AS STRING) AS date, s.season, COUNTIF(${COUNTS}) AS games,`,
    `  COUNTIF(${COUNTS} AND r.game_id IS NOT NULL) AS final_games,`,
    `  COUNTIF(s.season_type = 'regular') AS regular_games, COUNT(r.game_id) AS played_games`,
    `FROM (SELECT game_id, game_date, season, season_type FROM ${rawTable('nbac_schedule')}`,
    `  WHERE ${dated === '' ? '' : `${dated} AND `}season IN (${seasons.join(', ')})) AS s`,
    `LEFT JOIN (SELECT game_id, game_date FROM ${rawTable('nbac_game_results')}${dated === '' ? '' : `\n  WHERE ${dated}`}) AS r ON ${SAME_GAME}`,
    `GROUP BY s.game_date, s.season ORDER BY s.game_date`,
  ].join('\n');
}
