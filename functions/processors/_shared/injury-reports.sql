-- The latest report before tip-off on each player, for the dates of the batch. Who is no more in the latest whole report of his team
-- is not reported any more.
universe_injuries AS (
  SELECT game_date, game_id, team_abbr, player_lookup, injury_status, matched_by
  FROM nba_raw.nbac_injury_report
  WHERE game_date BETWEEN @start_date AND @end_date AND (minutes_before_tipoff IS NULL OR minutes_before_tipoff >= 0)
  QUALIFY ROW_NUMBER() OVER (PARTITION BY game_date, player_lookup ORDER BY report_at DESC, game_id) = 1
    AND (
      NOT COALESCE(is_whole_report, FALSE)
      OR report_at = MAX(IF(is_whole_report, report_at, NULL)) OVER (PARTITION BY game_id, team_abbr)
    )
),
