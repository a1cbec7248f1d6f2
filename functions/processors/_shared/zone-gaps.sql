-- For each date of the batch and each player or team of `zone_games`, a CTE of the query, how many of its last 10, 15 and 20 games are
-- zone gaps: games without whole zones, of a kind (regular season, play-in, play-offs) that a source of shots has. A kind is one that
-- a source has when the last 20 games of anybody include one with a shot chart; a game of another kind is no gap. `zone_games` has the
-- number of each game and the date of the next one, `valid_until`. Needs `dates`, too. The result is `zone_gaps`; `zone_counts` and
-- `charted_kinds` are steps.
last_zone_games AS (
  SELECT latest.subject, latest.game_number, latest.game_date, latest.valid_until,
    latest.game_number - games.game_number AS games_ago, games.season_type, games.charted_game, games.without_zones
  FROM zone_games AS latest
  JOIN zone_games AS games
    ON games.subject = latest.subject AND games.game_number BETWEEN latest.game_number - 19 AND latest.game_number
  WHERE latest.valid_until >= @start_date
),
zone_counts AS (
  SELECT
    subject,
    game_date,
    valid_until,
    MAX(IF(season_type = 'regular', charted_game, 0)) AS charted_regular,
    MAX(IF(season_type = 'play_in', charted_game, 0)) AS charted_play_in,
    MAX(IF(season_type = 'playoffs', charted_game, 0)) AS charted_playoffs,
    SUM(IF(season_type = 'regular' AND games_ago < 10, without_zones, 0)) AS regular_10,
    SUM(IF(season_type = 'play_in' AND games_ago < 10, without_zones, 0)) AS play_in_10,
    SUM(IF(season_type = 'playoffs' AND games_ago < 10, without_zones, 0)) AS playoffs_10,
    SUM(IF(season_type = 'regular' AND games_ago < 15, without_zones, 0)) AS regular_15,
    SUM(IF(season_type = 'play_in' AND games_ago < 15, without_zones, 0)) AS play_in_15,
    SUM(IF(season_type = 'playoffs' AND games_ago < 15, without_zones, 0)) AS playoffs_15,
    SUM(IF(season_type = 'regular', without_zones, 0)) AS regular_20,
    SUM(IF(season_type = 'play_in', without_zones, 0)) AS play_in_20,
    SUM(IF(season_type = 'playoffs', without_zones, 0)) AS playoffs_20
  FROM last_zone_games
  GROUP BY subject, game_number, game_date, valid_until
),
charted_kinds AS (
  SELECT
    dates.analysis_date,
    MAX(counts.charted_regular) AS regular,
    MAX(counts.charted_play_in) AS play_in,
    MAX(counts.charted_playoffs) AS playoffs
  FROM dates
  JOIN zone_counts AS counts
    ON counts.game_date < dates.analysis_date
    AND counts.valid_until >= dates.analysis_date
  GROUP BY dates.analysis_date
),
zone_gaps AS (
  SELECT
    dates.analysis_date,
    counts.subject,
    kinds.regular + kinds.play_in + kinds.playoffs > 0 AS has_charts,
    counts.regular_10 * kinds.regular + counts.play_in_10 * kinds.play_in + counts.playoffs_10 * kinds.playoffs AS zone_gaps_10,
    counts.regular_15 * kinds.regular + counts.play_in_15 * kinds.play_in + counts.playoffs_15 * kinds.playoffs AS zone_gaps_15,
    counts.regular_20 * kinds.regular + counts.play_in_20 * kinds.play_in + counts.playoffs_20 * kinds.playoffs AS zone_gaps_20
  FROM dates
  JOIN zone_counts AS counts
    ON counts.game_date < dates.analysis_date
    AND counts.valid_until >= dates.analysis_date
  JOIN charted_kinds AS kinds ON kinds.analysis_date = dates.analysis_date
),
