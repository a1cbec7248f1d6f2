CREATE TABLE IF NOT EXISTS `nba_raw`.`espn_team_rosters` (
  `game_date` DATE NOT NULL OPTIONS (description = 'US Eastern calendar date of the game.'),
  `season` STRING OPTIONS (description = 'Season of the game, such as 2023-24.'),
  `season_type` STRING OPTIONS (description = 'Kind of game, as the third digit of nba_game_id says. The cup final counts in no standings or averages.'),
  `team_abbr` STRING NOT NULL OPTIONS (description = 'Team whose roster he is on.'),
  `player_lookup` STRING NOT NULL OPTIONS (description = 'Name in the form lebronjames.'),
  `nba_player_id` INT64 OPTIONS (description = 'Id at stats.nba.com; NULL when the row was matched with nobody.'),
  `player_name` STRING OPTIONS (description = 'Name under which he is known; as the source writes it when he is matched with nobody.'),
  `matched_by` STRING OPTIONS (description = 'How the row was matched with a player: by its id, the whole name, an alias, a form of the name that only one player of the team has, or with nobody.'),
  `position` STRING OPTIONS (description = 'Position as the source writes it.'),
  `birth_date` DATE OPTIONS (description = 'Date of birth, where known.'),
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
CLUSTER BY `team_abbr`, `player_lookup`
OPTIONS (require_partition_filter = TRUE, description = 'One row for each player on the roster of a team that plays on the date.', labels = [('app', 'fullcourt')]);
