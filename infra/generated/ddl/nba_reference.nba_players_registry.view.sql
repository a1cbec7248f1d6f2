CREATE OR REPLACE VIEW `nba_reference`.`nba_players_registry`
OPTIONS (description = 'Every player of a box score with his id, lookup, seasons and teams.', labels = [('app', 'fullcourt')]) AS
SELECT nba_player_id, player_lookup,
  player_lookup || '_' || CAST(nba_player_id AS STRING) AS universal_player_id,
  SUBSTR(MAX(CAST(game_date AS STRING) || player_name), 11) AS player_name,
  MIN(season) AS first_season, MAX(season) AS last_season,
  STRING_AGG(DISTINCT team_abbr, ',' ORDER BY team_abbr) AS teams
FROM `nba_raw`.`nbac_player_boxscores`
WHERE game_date >= DATE '1946-11-01'
GROUP BY nba_player_id, player_lookup;
