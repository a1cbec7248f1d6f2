CREATE TABLE IF NOT EXISTS `nba_raw`.`odds_api_game_lines` (
  `game_id` STRING NOT NULL OPTIONS (description = 'YYYYMMDD_AWAY_HOME: US Eastern date and tricodes.'),
  `nba_game_id` STRING OPTIONS (description = 'Ten-digit id of the game at nba.com, leading zeros kept. One that begins with 9 stands for the id of a game that only a source with ids of its own has told of.'),
  `game_date` DATE NOT NULL OPTIONS (description = 'US Eastern calendar date of the game.'),
  `season` STRING OPTIONS (description = 'Season of the game, such as 2023-24.'),
  `season_type` STRING OPTIONS (description = 'Kind of game, as the third digit of nba_game_id says. The cup final counts in no standings or averages.'),
  `home_team_abbr` STRING OPTIONS (description = 'Home team.'),
  `away_team_abbr` STRING OPTIONS (description = 'Visiting team.'),
  `bookmaker_key` STRING NOT NULL OPTIONS (description = 'Bookmaker as the source names it; closing_line when it names none, unread for a quote that was refused.'),
  `market_key` STRING NOT NULL OPTIONS (description = 'What is quoted.'),
  `outcome_name` STRING NOT NULL OPTIONS (description = 'The side: a tricode for a spread, Over or Under for a total.'),
  `outcome_point` FLOAT64 OPTIONS (description = 'Points: the spread from the side of outcome_name (negative = favoured), -60 to 60, or the total of both teams, 100 to 400. NULL for a quote that was refused.'),
  `outcome_price` FLOAT64 OPTIONS (description = 'Decimal odds; NULL when the source has none.'),
  `snapshot_label` STRING NOT NULL OPTIONS (description = 'closing when the source gives no time, otherwise snapshot_at as ISO UTC text.'),
  `snapshot_at` TIMESTAMP OPTIONS (description = 'When the quote was seen (UTC).'),
  `minutes_before_tipoff` INT64 OPTIONS (description = 'Whole minutes from the snapshot to the tip-off, rounded down; NULL when either time is unknown. Never negative: what was seen after the tip-off is not loaded.'),
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
CLUSTER BY `game_id`, `bookmaker_key`
OPTIONS (require_partition_filter = TRUE, description = 'One row for each outcome a bookmaker quotes on a game at one moment: each side of the spread, over and under.', labels = [('app', 'fullcourt')]);
