-- The main line on a player's points before tip-off, latest and earliest, of one bookmaker: draftkings, then fanduel, then
-- the first by name. A line without a time is the closing one. A row without a line stands for one that was refused: where
-- the player is known, nothing is known of his line; where he is not, nothing is known of any line of the game.
-- The lines of BettingPros (source_order 2) count for players on whom The Odds API (source_order 1) has none, and what is not known
-- of them takes nothing from a line of The Odds API.
all_points_lines AS (
  SELECT game_id, player_lookup, matched_by, bookmaker, points_line, is_main_line, minutes_before_tipoff, snapshot_at, source,
    1 AS source_order
  FROM nba_raw.odds_api_player_points_props
  WHERE game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT game_id, player_lookup, matched_by, bookmaker, points_line, is_main_line, minutes_before_tipoff, snapshot_at, source,
    2 AS source_order
  FROM nba_raw.bettingpros_player_points_props
  WHERE game_date BETWEEN @start_date AND @end_date
),
points_quotes AS (
  SELECT game_id, player_lookup, bookmaker, points_line, snapshot_at, source, source_order,
    IF(snapshot_at IS NULL, 1, 0) AS is_closing
  FROM all_points_lines
  WHERE is_main_line
    AND points_line IS NOT NULL
    AND (minutes_before_tipoff IS NULL OR minutes_before_tipoff >= 0)
  QUALIFY source_order = MIN(source_order) OVER (PARTITION BY game_id, player_lookup)
    AND bookmaker = FIRST_VALUE(bookmaker) OVER (
      PARTITION BY game_id, player_lookup
      ORDER BY source_order, CASE bookmaker WHEN 'draftkings' THEN 1 WHEN 'fanduel' THEN 2 ELSE 3 END, bookmaker
    )
),
ranked_points_quotes AS (
  SELECT game_id, player_lookup, bookmaker, points_line, snapshot_at, source_order,
    ROW_NUMBER() OVER (
      PARTITION BY game_id, player_lookup ORDER BY is_closing DESC, snapshot_at DESC, source DESC, points_line DESC
    ) AS from_latest,
    ROW_NUMBER() OVER (
      PARTITION BY game_id, player_lookup ORDER BY is_closing, snapshot_at, source, points_line
    ) AS from_earliest
  FROM points_quotes
),
-- Games with a line that was matched with nobody: it may be that of anybody in the game. The first source that has one, and the
-- first of which one was refused.
games_with_nobodys_lines AS (
  SELECT game_id, MIN(source_order) AS source_order, MIN(IF(points_line IS NULL, source_order, NULL)) AS unread_source_order
  FROM all_points_lines
  WHERE matched_by = 'nobody'
  GROUP BY game_id
),
players_with_unread_lines AS (
  SELECT game_id, player_lookup, MIN(source_order) AS source_order
  FROM all_points_lines
  WHERE points_line IS NULL
  GROUP BY game_id, player_lookup
),
player_points_lines AS (
  SELECT ranked.game_id, ranked.player_lookup, MAX(ranked.bookmaker) AS bookmaker,
    MAX(IF(ranked.from_latest = 1, ranked.points_line, NULL)) AS latest_line,
    MAX(IF(ranked.from_latest = 1, ranked.snapshot_at, NULL)) AS latest_snapshot_at,
    MAX(IF(ranked.from_earliest = 1, ranked.points_line, NULL)) AS earliest_line,
    COUNT(*) AS quotes,
    MAX(ranked.source_order) AS source_order
  FROM ranked_points_quotes AS ranked
  LEFT JOIN players_with_unread_lines AS own
    ON own.game_id = ranked.game_id AND own.player_lookup = ranked.player_lookup AND own.source_order <= ranked.source_order
  LEFT JOIN games_with_nobodys_lines AS nobodys
    ON nobodys.game_id = ranked.game_id AND nobodys.unread_source_order <= ranked.source_order
  WHERE own.game_id IS NULL AND nobodys.game_id IS NULL
  GROUP BY ranked.game_id, ranked.player_lookup
),
