CREATE TABLE IF NOT EXISTS `nba_raw`.`nbac_schedule` (
  `game_id` STRING NOT NULL OPTIONS (description = 'YYYYMMDD_AWAY_HOME: US Eastern date and tricodes.'),
  `nba_game_id` STRING OPTIONS (description = 'Ten-digit id of the game at nba.com, leading zeros kept. One that begins with 9 stands for the id of a game that only a source with ids of its own has told of.'),
  `game_date` DATE NOT NULL OPTIONS (description = 'US Eastern calendar date of the game.'),
  `season` STRING OPTIONS (description = 'Season of the game, such as 2023-24.'),
  `season_type` STRING OPTIONS (description = 'Kind of game, as the third digit of nba_game_id says. The cup final counts in no standings or averages. unread: the line of the schedule about the game is refused, or only box scores know the game.'),
  `home_team_abbr` STRING OPTIONS (description = 'Home team; at a neutral site the team named second in game_id.'),
  `away_team_abbr` STRING OPTIONS (description = 'Visiting team; NULL in an unread row that names one team.'),
  `tipoff_at` TIMESTAMP OPTIONS (description = 'Scheduled tip-off (UTC), from the US Eastern local time of the source; NULL when unknown.'),
  `arena` STRING OPTIONS (description = 'Name of the arena.'),
  `arena_city` STRING OPTIONS (description = 'City of the arena.'),
  `neutral_site` BOOL OPTIONS (description = 'Whether neither team is at home; NULL when the source does not say.'),
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
OPTIONS (require_partition_filter = TRUE, description = 'One row for each scheduled game, without its result, for each game whose line is refused and that names a team, and for each that only box scores know.', labels = [('app', 'fullcourt')]);
