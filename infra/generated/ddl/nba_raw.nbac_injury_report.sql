CREATE TABLE IF NOT EXISTS `nba_raw`.`nbac_injury_report` (
  `game_id` STRING NOT NULL OPTIONS (description = 'YYYYMMDD_AWAY_HOME: US Eastern date and tricodes.'),
  `nba_game_id` STRING OPTIONS (description = 'Ten-digit id of the game at nba.com, leading zeros kept. One that begins with 9 stands for the id of a game that only a source with ids of its own has told of.'),
  `game_date` DATE NOT NULL OPTIONS (description = 'US Eastern calendar date of the game.'),
  `season` STRING OPTIONS (description = 'Season of the game, such as 2023-24.'),
  `season_type` STRING OPTIONS (description = 'Kind of game, as the third digit of nba_game_id says. The cup final counts in no standings or averages.'),
  `team_abbr` STRING OPTIONS (description = 'Team that reports on him.'),
  `player_lookup` STRING NOT NULL OPTIONS (description = 'Name in the form lebronjames.'),
  `nba_player_id` INT64 OPTIONS (description = 'Id at stats.nba.com; NULL when the row was matched with nobody.'),
  `player_name` STRING OPTIONS (description = 'Name as the report writes it.'),
  `matched_by` STRING OPTIONS (description = 'How the row was matched with a player: by its id, the whole name, an alias, a form of the name that only one player of the team has, or with nobody.'),
  `injury_status` STRING OPTIONS (description = 'How likely he is to play, from surely not to surely; NULL when the line could not be read as a whole.'),
  `reason` STRING OPTIONS (description = 'Reason as the report writes it.'),
  `report_at` TIMESTAMP NOT NULL OPTIONS (description = 'When the report was published, or the list of a second source asked for (UTC); where its line does not say, the tip-off.'),
  `minutes_before_tipoff` INT64 OPTIONS (description = 'Whole minutes from the snapshot to the tip-off, rounded down; NULL when either time is unknown. Never negative: what was seen after the tip-off is not loaded.'),
  `is_whole_report` BOOL OPTIONS (description = 'Whether the report names everybody whom the team reports at that time, as the hourly ones do; who is no more in the latest of them is available. NULL in rows that were loaded before this was known.'),
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
CLUSTER BY `player_lookup`, `game_id`
OPTIONS (require_partition_filter = TRUE, description = 'One row for each player named in a report on a game.', labels = [('app', 'fullcourt')]);
