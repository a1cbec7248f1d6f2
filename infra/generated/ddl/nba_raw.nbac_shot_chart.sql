CREATE TABLE IF NOT EXISTS `nba_raw`.`nbac_shot_chart` (
  `game_id` STRING NOT NULL OPTIONS (description = 'YYYYMMDD_AWAY_HOME: US Eastern date and tricodes.'),
  `nba_game_id` STRING OPTIONS (description = 'Ten-digit id of the game at nba.com, leading zeros kept. One that begins with 9 stands for the id of a game that only a source with ids of its own has told of.'),
  `game_date` DATE NOT NULL OPTIONS (description = 'US Eastern calendar date of the game.'),
  `season` STRING OPTIONS (description = 'Season of the game, such as 2023-24.'),
  `season_type` STRING OPTIONS (description = 'Kind of game, as the third digit of nba_game_id says. The cup final counts in no standings or averages.'),
  `shot_number` INT64 NOT NULL OPTIONS (description = 'Place of the shot among those of its game in the file, from 1.'),
  `team_abbr` STRING OPTIONS (description = 'Team of the shooter.'),
  `player_lookup` STRING OPTIONS (description = 'Shooter, name in the form lebronjames.'),
  `nba_player_id` INT64 OPTIONS (description = 'Shooter, id at stats.nba.com.'),
  `period` INT64 OPTIONS (description = '1 to 4 the quarters, from 5 the overtimes.'),
  `seconds_left` INT64 OPTIONS (description = 'Seconds left in the period.'),
  `shot_made` BOOL OPTIONS (description = 'Whether it went in.'),
  `shot_type` STRING OPTIONS (description = 'What it was worth, by the official scorer and not by its distance.'),
  `shot_distance` FLOAT64 OPTIONS (description = 'Feet from the basket, as the source gives them (whole feet).'),
  `zone` STRING OPTIONS (description = 'Area of the court by the source; kept, but not the zone of the analytics.'),
  `zone_side` STRING OPTIONS (description = 'Side of the court by the source.'),
  `zone_range` STRING OPTIONS (description = 'Class of distance by the source.'),
  `action` STRING OPTIONS (description = 'Kind of shot, such as Driving Layup Shot.'),
  `loc_x` FLOAT64 OPTIONS (description = 'Feet to the side of the basket.'),
  `loc_y` FLOAT64 OPTIONS (description = 'Feet from the baseline; the basket is near 5.25.'),
  `assisted` BOOL OPTIONS (description = 'Whether a make came from an assist; NULL when the source does not say.'),
  `source` STRING OPTIONS (description = 'Who said it: files, or the name of a live source.'),
  `observed_at` TIMESTAMP OPTIONS (description = 'When the file or payload of the row was archived (UTC).'),
  `entry_id` STRING OPTIONS (description = 'The archived file of the row: the first 16 digits of its SHA-256.'),
  `run_id` STRING OPTIONS (description = 'Run that wrote the row.'),
  `run_token` INT64 OPTIONS (description = 'Fencing token of that run; a newer one is never overwritten by an older one.'),
  `run_mode` STRING OPTIONS (description = 'live or backfill.'),
  `calculation_version` STRING OPTIONS (description = 'Rules the row follows.'),
  `processed_at` TIMESTAMP OPTIONS (description = 'When the row was written (UTC).')
)
PARTITION BY `game_date`
CLUSTER BY `game_id`, `player_lookup`
OPTIONS (require_partition_filter = TRUE, description = 'One row for each field-goal attempt.', labels = [('app', 'fullcourt')]);
