CREATE TABLE IF NOT EXISTS `nba_raw`.`bettingpros_player_points_props` (
  `game_id` STRING NOT NULL OPTIONS (description = 'YYYYMMDD_AWAY_HOME: US Eastern date and tricodes.'),
  `nba_game_id` STRING OPTIONS (description = 'Ten-digit id of the game at nba.com, leading zeros kept. One that begins with 9 stands for the id of a game that only a source with ids of its own has told of.'),
  `game_date` DATE NOT NULL OPTIONS (description = 'US Eastern calendar date of the game.'),
  `season` STRING OPTIONS (description = 'Season of the game, such as 2023-24.'),
  `season_type` STRING OPTIONS (description = 'Kind of game, as the third digit of nba_game_id says. The cup final counts in no standings or averages.'),
  `player_lookup` STRING NOT NULL OPTIONS (description = 'Name in the form lebronjames: the one of the box scores where the player is known, else the book’s.'),
  `nba_player_id` INT64 OPTIONS (description = 'Id at stats.nba.com; NULL when the row was matched with nobody.'),
  `player_name` STRING OPTIONS (description = 'Name as the bookmaker writes it.'),
  `matched_by` STRING OPTIONS (description = 'How the row was matched with a player: by its id, the whole name, an alias, a form of the name that only one player of the team has, or with nobody.'),
  `bookmaker` STRING NOT NULL OPTIONS (description = 'Bookmaker as the source names it; unread for a line that was refused.'),
  `points_line` FLOAT64 OPTIONS (description = 'Points he must exceed for the over to win; a multiple of 0.5. NULL for a line that was refused: matched_by tells whether it is known on whom it was.'),
  `over_price` INT64 OPTIONS (description = 'American odds of the over.'),
  `under_price` INT64 OPTIONS (description = 'American odds of the under.'),
  `is_main_line` BOOL OPTIONS (description = 'Whether its two prices are the nearest to even among the lines of this book and source; a book has one main line on a player at one time.'),
  `snapshot_label` STRING NOT NULL OPTIONS (description = 'The time and the line as a part of the key: closing, or snapshot_at as ISO UTC text, then points_line, such as `closing 24.5`; unread for a line that was refused.'),
  `snapshot_at` TIMESTAMP OPTIONS (description = 'When the line was seen (UTC).'),
  `minutes_before_tipoff` INT64 OPTIONS (description = 'Whole minutes from the snapshot to the tip-off, rounded down; NULL when either time is unknown. Never negative: what was seen after the tip-off is not loaded.'),
  `source` STRING NOT NULL OPTIONS (description = 'Collection the line comes from.'),
  `observed_at` TIMESTAMP OPTIONS (description = 'When the file or payload of the row was archived (UTC).'),
  `entry_id` STRING OPTIONS (description = 'The archived file of the row: the first 16 digits of its SHA-256.'),
  `run_id` STRING OPTIONS (description = 'Run that wrote the row.'),
  `run_token` INT64 OPTIONS (description = 'Fencing token of that run; a newer one is never overwritten by an older one.'),
  `run_mode` STRING OPTIONS (description = 'live or backfill.'),
  `calculation_version` STRING OPTIONS (description = 'Rules the row follows.'),
  `processed_at` TIMESTAMP OPTIONS (description = 'When the row was written (UTC).')
)
PARTITION BY `game_date`
CLUSTER BY `player_lookup`, `bookmaker`
OPTIONS (require_partition_filter = TRUE, description = 'One row for each points line a bookmaker quotes on a player at one moment, by BettingPros.', labels = [('app', 'fullcourt')]);
