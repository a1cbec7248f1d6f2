-- For each date of the batch the kinds of games that a source of shots has: somebody's games that count on the date include one
-- of the kind with a shot chart. A game of such a kind without whole zones is a gap; a game of another kind has none because no
-- source has them. Needs `dates` and `rolling`, CTEs of the query.
charted_kinds AS (
  SELECT
    dates.analysis_date,
    MAX(rolling.charted_regular) AS regular,
    MAX(rolling.charted_play_in) AS play_in,
    MAX(rolling.charted_playoffs) AS playoffs
  FROM dates
  JOIN rolling
    ON rolling.game_date < dates.analysis_date
    AND rolling.valid_until >= dates.analysis_date
  GROUP BY dates.analysis_date
),
