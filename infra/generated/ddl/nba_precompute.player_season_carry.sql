CREATE TABLE IF NOT EXISTS `nba_precompute`.`player_season_carry` (
  `carry_date` DATE NOT NULL OPTIONS (description = 'Opening night of the season into which the sums are carried.'),
  `player_lookup` STRING NOT NULL OPTIONS (description = 'Name in the form lebronjames.'),
  `nba_player_id` INT64 OPTIONS (description = 'Id at stats.nba.com; NULL while no file has named the player with one.'),
  `games_last_season` INT64 OPTIONS (description = 'Games he played in the season before.'),
  `points_last_season` INT64 OPTIONS (description = 'Points he scored in the season before.'),
  `career_games` INT64 OPTIONS (description = 'Games he played in the two seasons before.'),
  `career_points` INT64 OPTIONS (description = 'Points he scored in the two seasons before.'),
  `points_30` FLOAT64 OPTIONS (description = 'Weighted sum of his points, half-life 30 games.'),
  `weight_30` FLOAT64 OPTIONS (description = 'Sum of the weights of points_30.'),
  `minutes_30` FLOAT64 OPTIONS (description = 'Weighted sum of his known minutes, half-life 30 games.'),
  `minutes_weight_30` FLOAT64 OPTIONS (description = 'Sum of the weights of minutes_30.'),
  `points_80` FLOAT64 OPTIONS (description = 'Weighted sum of his points in games with known attempts, half-life 80 games.'),
  `shots_80` FLOAT64 OPTIONS (description = 'Weighted sum of FGA + 0.44 FTA in the same games.'),
  `points_10` FLOAT64 OPTIONS (description = 'Weighted sum of his points, half-life 10 games; both seasons weigh alike.'),
  `weight_10` FLOAT64 OPTIONS (description = 'Sum of the weights of points_10.'),
  `season_gaps` INT64 OPTIONS (description = 'Final regular-season games of the two seasons of which no player is known.'),
  `is_production_ready` BOOL OPTIONS (description = 'Whether there are no such games.'),
  `data_quality_issues` STRING OPTIONS (description = 'Sorted codes: no_last_season (he played in the older of the two seasons alone), season_gap:n (season_gaps).'),
  `run_id` STRING OPTIONS (description = 'Run that wrote the row.'),
  `run_token` INT64 OPTIONS (description = 'Fencing token of that run; a newer one is never overwritten by an older one.'),
  `run_mode` STRING OPTIONS (description = 'live or backfill.'),
  `calculation_version` STRING OPTIONS (description = 'Rules the row follows.'),
  `processed_at` TIMESTAMP OPTIONS (description = 'When the row was written (UTC).')
)
PARTITION BY `carry_date`
CLUSTER BY `player_lookup`
OPTIONS (require_partition_filter = TRUE, description = 'One row for each player of the two seasons before: what he brings into a season.', labels = [('app', 'fullcourt')]);
