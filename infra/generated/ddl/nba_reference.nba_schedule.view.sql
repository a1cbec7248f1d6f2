CREATE OR REPLACE VIEW `nba_reference`.`nba_schedule`
OPTIONS (description = 'Every game of the schedule with its result, where there is one.', labels = [('app', 'fullcourt')]) AS
SELECT s.game_id, s.nba_game_id, s.game_date, s.season, s.season_type, s.home_team_abbr, s.away_team_abbr, s.tipoff_at,
  r.game_status, r.home_points, r.away_points, r.winning_team_abbr
FROM `nba_raw`.`nbac_schedule` AS s
LEFT JOIN `nba_raw`.`nbac_game_results` AS r ON r.game_id = s.game_id AND r.game_date = s.game_date
  AND r.game_date >= DATE '1946-11-01'
WHERE s.game_date >= DATE '1946-11-01';
