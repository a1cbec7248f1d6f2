/** The query of the view `nba_reference.nba_players_registry`, written for both engines. Nothing reads it to decide. */
import type { Registry } from '../domain/registry.ts';
import type { Column } from '../domain/table.ts';

/** The raw table that names the persons: rows of box scores have their NBA ids. */
export const BOX_SCORES = 'nbac_player_boxscores';

/** The columns of the view, in the order of its query. */
export const PLAYERS_VIEW_COLUMNS = {
  nba_player_id: { type: 'INT64', description: 'Id at stats.nba.com.' },
  player_lookup: { type: 'STRING', description: 'Name in the form lebronjames; unique.' },
  universal_player_id: { type: 'STRING', description: 'player_lookup, underscore, nba_player_id.' },
  player_name: { type: 'STRING', description: 'Name in his latest box score.' },
  first_season: { type: 'STRING', description: 'Season of his first box score, such as 2023-24.' },
  last_season: { type: 'STRING', description: 'Season of his latest box score.' },
  teams: { type: 'STRING', description: 'Tricodes of his teams, sorted and comma separated.' },
} as const satisfies Readonly<Record<string, Column>>;

/** Whether the registry has the table that the view reads. */
export function hasPlayersView(registry: Registry): boolean {
  return registry.has(BOX_SCORES);
}

/**
 * Selects one row for each person: his id, his lookup, the name in his latest row, his first and last season, and the codes
 * of his teams.
 * @param boxScores the name of the raw table in the way of the engine
 * @param since earliest game date, as SQL; given where the engine requires a filter by date
 */
export function playersQuery(boxScores: (table: typeof BOX_SCORES) => string, since?: string): string {
  return [
    'SELECT nba_player_id, player_lookup,',
    "  player_lookup || '_' || CAST(nba_player_id AS STRING) AS universal_player_id,",
    // The name in the latest row: a date has ten letters, so the greatest text begins with the latest date.
    '  SUBSTR(MAX(CAST(game_date AS STRING) || player_name), 11) AS player_name,',
    '  MIN(season) AS first_season, MAX(season) AS last_season,',
    "  STRING_AGG(DISTINCT team_abbr, ',' ORDER BY team_abbr) AS teams",
    `FROM ${boxScores(BOX_SCORES)}`,
    ...(since === undefined ? [] : [`WHERE game_date >= ${since}`]),
    'GROUP BY nba_player_id, player_lookup',
  ].join('\n');
}
