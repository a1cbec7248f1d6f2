-- The main line on a player's points before tip-off, latest and earliest, of one bookmaker: draftkings, then fanduel, then
-- the first by name. A line without a time is the closing one.
points_quotes AS (
  SELECT game_id, player_lookup, bookmaker, points_line, snapshot_label, snapshot_at, source,
    IF(snapshot_at IS NULL, 1, 0) AS is_closing
  FROM nba_raw.odds_api_player_points_props
  WHERE game_date BETWEEN @start_date AND @end_date
    AND is_main_line
    AND (minutes_before_tipoff IS NULL OR minutes_before_tipoff >= 0)
  QUALIFY bookmaker = FIRST_VALUE(bookmaker) OVER (
    PARTITION BY game_id, player_lookup
    ORDER BY CASE bookmaker WHEN 'draftkings' THEN 1 WHEN 'fanduel' THEN 2 ELSE 3 END, bookmaker
  )
),
ranked_points_quotes AS (
  SELECT game_id, player_lookup, bookmaker, points_line,
    ROW_NUMBER() OVER (
      PARTITION BY game_id, player_lookup
      ORDER BY is_closing DESC, snapshot_at DESC, snapshot_label DESC, source DESC, points_line DESC
    ) AS from_latest,
    ROW_NUMBER() OVER (
      PARTITION BY game_id, player_lookup
      ORDER BY is_closing, snapshot_at, snapshot_label, source, points_line
    ) AS from_earliest
  FROM points_quotes
),
-- Games with a line whose name was matched with nobody. Whoever has no line there may be the one it was for.
games_with_unresolved_lines AS (
  SELECT game_id
  FROM nba_raw.odds_api_player_points_props
  WHERE game_date BETWEEN @start_date AND @end_date AND matched_by = 'nobody'
  GROUP BY game_id
),
player_points_lines AS (
  SELECT game_id, player_lookup, MAX(bookmaker) AS bookmaker,
    MAX(IF(from_latest = 1, points_line, NULL)) AS latest_line,
    MAX(IF(from_earliest = 1, points_line, NULL)) AS earliest_line,
    COUNT(*) AS quotes
  FROM ranked_points_quotes
  GROUP BY game_id, player_lookup
),
