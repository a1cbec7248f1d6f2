CREATE TABLE IF NOT EXISTS `nba_raw`.`nbac_game_results` (
  `game_id` STRING NOT NULL OPTIONS (description = 'YYYYMMDD_AWAY_HOME: US Eastern date and tricodes.'),
  `nba_game_id` STRING OPTIONS (description = 'Ten-digit id of the game at nba.com, leading zeros kept. One that begins with 9 stands for the id of a game that only a source with ids of its own has told of.'),
  `game_date` DATE NOT NULL OPTIONS (description = 'US Eastern calendar date of the game.'),
  `season` STRING OPTIONS (description = 'Season of the game, such as 2023-24.'),
  `season_type` STRING OPTIONS (description = 'Kind of game, as the third digit of nba_game_id says. The cup final counts in no standings or averages. unread: the line of the schedule about the game is refused, or only box scores know the game.'),
  `home_team_abbr` STRING OPTIONS (description = 'Home team.'),
  `away_team_abbr` STRING OPTIONS (description = 'Visiting team; NULL in an unread row that names one team.'),
  `game_status` STRING OPTIONS (description = 'unread: the game was played and its line is refused or lacking; its score is NULL.'),
  `home_points` INT64 OPTIONS (description = 'Final score of the home team.'),
  `away_points` INT64 OPTIONS (description = 'Final score of the visiting team.'),
  `winning_team_abbr` STRING OPTIONS (description = 'Team with more points.'),
  `home_q1` INT64 OPTIONS (description = 'Points of the home team in quarter 1.'),
  `home_q2` INT64 OPTIONS (description = 'Points of the home team in quarter 2.'),
  `home_q3` INT64 OPTIONS (description = 'Points of the home team in quarter 3.'),
  `home_q4` INT64 OPTIONS (description = 'Points of the home team in quarter 4.'),
  `home_ot` INT64 OPTIONS (description = 'Points of the home team in all overtimes; 0 when there was none.'),
  `away_q1` INT64 OPTIONS (description = 'Points of the visiting team in quarter 1.'),
  `away_q2` INT64 OPTIONS (description = 'Points of the visiting team in quarter 2.'),
  `away_q3` INT64 OPTIONS (description = 'Points of the visiting team in quarter 3.'),
  `away_q4` INT64 OPTIONS (description = 'Points of the visiting team in quarter 4.'),
  `away_ot` INT64 OPTIONS (description = 'Points of the visiting team in all overtimes; 0 when there was none.'),
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
CLUSTER BY `home_team_abbr`, `away_team_abbr`
OPTIONS (require_partition_filter = TRUE, description = 'One row for each final game, and for each that was played and whose line in the schedule is refused or lacking.', labels = [('app', 'fullcourt')]);
