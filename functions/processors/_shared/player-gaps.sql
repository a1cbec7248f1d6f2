-- The gaps in the season of a player: games of his team that are not wholly known, so that a row of his may be lacking or wrong.
-- The result is `player_gaps`: for each player of the universe and date how many gaps his season has, the latest, and which of
-- the windows of his numbers hold a gap of his own or of his team. `misses_numbers`: a window holds a game in which minutes or
-- attempts of his line are lacking. `misses_last_7` is about both: his usage of the last 7 games is not wholly known. Numbers over
-- the season stand from 20 games on.
-- @include player-form
-- @include team-coverage
-- To which team each of these players belongs when: to the team of a game of his until his next game, and to the team of that next game
-- as soon as it is known, from the day after the one before. These are his `player_spans`, without a window over the season.
own_spans AS (
  SELECT player_lookup, team_abbr, game_date AS first_date,
    IF(next_game_date = @end_date, @end_date, next_game_date - 1) AS last_date, game_date AS known_from
  FROM own_games
  UNION ALL
  SELECT games.player_lookup, games.team_abbr, COALESCE(earlier.game_date + 1, @read_start) AS first_date,
    games.game_date AS last_date, games.game_date AS known_from
  FROM own_games AS games
  LEFT JOIN own_games AS earlier
    ON earlier.player_lookup = games.player_lookup AND earlier.game_number = games.game_number - 1
),
games_with_gaps AS (
  SELECT spans.player_lookup, gaps.game_id, gaps.game_date, MIN(spans.known_from) AS known_from
  FROM team_gaps AS gaps
  JOIN own_spans AS spans
    ON spans.team_abbr = gaps.team_abbr AND gaps.game_date BETWEEN spans.first_date AND spans.last_date
  GROUP BY spans.player_lookup, gaps.game_id, gaps.game_date
),
season_gaps AS (
  SELECT universe.game_date, universe.player_lookup, COUNT(*) AS season_gaps, MAX(gaps.game_date) AS last_gap
  FROM universe
  JOIN games_with_gaps AS gaps
    ON gaps.player_lookup = universe.player_lookup
    AND gaps.game_date < universe.game_date
    AND gaps.known_from < universe.game_date
  GROUP BY universe.game_date, universe.player_lookup
),
player_gaps AS (
  SELECT universe.game_date, universe.player_lookup,
    COALESCE(gaps.season_gaps, 0) AS season_gaps,
    gaps.last_gap,
    coverage.last_gap AS last_team_gap,
    COALESCE(coverage.gaps_5, 0) > 0 OR COALESCE(gaps.last_gap >= form.last_5_from, gaps.last_gap IS NOT NULL)
      AS misses_last_5,
    COALESCE(coverage.gaps_10, 0) > 0 OR COALESCE(gaps.last_gap >= form.last_10_from, gaps.last_gap IS NOT NULL)
      AS misses_last_10,
    COALESCE(gaps.last_gap >= form.last_7_from, gaps.last_gap IS NOT NULL) OR COALESCE(form.lacking_last_7 > 0, FALSE)
      AS misses_last_7,
    COALESCE(coverage.last_gap >= universe.game_date - 14, FALSE)
      OR COALESCE(gaps.last_gap >= universe.game_date - 14, FALSE) AS misses_14_days,
    gaps.season_gaps IS NOT NULL AND COALESCE(form.games_played, 0) < 20 AS misses_season,
    COALESCE(form.minutes_unknown, 0) AS minutes_unknown,
    COALESCE(form.attempts_unknown, 0) AS attempts_unknown,
    COALESCE(
      form.lacking_last_10 > 0 OR form.last_lacking >= universe.game_date - 14
      OR (form.last_lacking IS NOT NULL AND form.games_played < 20), FALSE) AS misses_numbers
  FROM universe
  LEFT JOIN season_gaps AS gaps
    ON gaps.game_date = universe.game_date AND gaps.player_lookup = universe.player_lookup
  LEFT JOIN team_coverage AS coverage
    ON coverage.team_abbr = universe.team_abbr
    AND coverage.last_game_date < universe.game_date
    AND coverage.next_game_date >= universe.game_date
  LEFT JOIN player_form AS form
    ON form.player_lookup = universe.player_lookup
    AND form.last_game_date < universe.game_date
    AND form.next_game_date >= universe.game_date
),
