-- Spread (for each side) and total before tip-off, latest and earliest, of one bookmaker: draftkings, fanduel, the closing
-- line of an unnamed source, then the first by name. A line without a time is the closing one. A row without points stands for
-- a quote that was refused: then nothing is known of the spread, or the total, of its game.
line_quotes AS (
  SELECT game_id, market_key, outcome_name, bookmaker_key, outcome_point, snapshot_label, snapshot_at,
    IF(snapshot_at IS NULL, 1, 0) AS is_closing
  FROM nba_raw.odds_api_game_lines
  WHERE game_date BETWEEN @start_date AND @end_date
    AND outcome_point IS NOT NULL
    AND (market_key = 'spreads' OR (market_key = 'totals' AND outcome_name = 'Over'))
    AND (minutes_before_tipoff IS NULL OR minutes_before_tipoff >= 0)
  QUALIFY bookmaker_key = FIRST_VALUE(bookmaker_key) OVER (
    PARTITION BY game_id, market_key, outcome_name
    ORDER BY CASE bookmaker_key WHEN 'draftkings' THEN 1 WHEN 'fanduel' THEN 2 WHEN 'closing_line' THEN 3 ELSE 4 END,
      bookmaker_key
  )
),
ranked_line_quotes AS (
  SELECT game_id, market_key, outcome_name, bookmaker_key, outcome_point, snapshot_at,
    ROW_NUMBER() OVER (
      PARTITION BY game_id, market_key, outcome_name ORDER BY is_closing DESC, snapshot_at DESC, snapshot_label DESC
    ) AS from_latest,
    ROW_NUMBER() OVER (
      PARTITION BY game_id, market_key, outcome_name ORDER BY is_closing, snapshot_at, snapshot_label
    ) AS from_earliest
  FROM line_quotes
),
unread_quotes AS (
  SELECT game_id, market_key
  FROM nba_raw.odds_api_game_lines
  WHERE game_date BETWEEN @start_date AND @end_date AND outcome_point IS NULL
  GROUP BY game_id, market_key
),
games_with_unread_quotes AS (
  SELECT DISTINCT game_id
  FROM unread_quotes
),
game_lines AS (
  SELECT ranked.game_id, ranked.market_key, ranked.outcome_name, MAX(ranked.bookmaker_key) AS bookmaker,
    MAX(IF(ranked.from_latest = 1, ranked.outcome_point, NULL)) AS latest_point,
    MAX(IF(ranked.from_earliest = 1, ranked.outcome_point, NULL)) AS earliest_point,
    MAX(IF(ranked.from_latest = 1, ranked.snapshot_at, NULL)) AS latest_at,
    COUNT(*) AS quotes
  FROM ranked_line_quotes AS ranked
  LEFT JOIN unread_quotes AS unread
    ON unread.game_id = ranked.game_id AND unread.market_key = ranked.market_key
  WHERE unread.game_id IS NULL
  GROUP BY ranked.game_id, ranked.market_key, ranked.outcome_name
),
