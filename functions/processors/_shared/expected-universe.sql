-- Whom the universe should have, for expectations: those who are in it, and those who may have played in a gap of their team in the
-- last 30 days, because their last known game is older. A team with such a gap of which nobody is known has at least one player,
-- called `somebody of` the team. A player who is lacking on the roster of his team is expected when a row of it was matched with
-- nobody: it may be he. So is a player whose team changed to the opponent of a game that is a gap of his team: it may still be his. The
-- result is `expected_universe`, `recent_gaps` a step.
-- @include player-universe
-- @include played
-- @include possible-games
recent_gaps AS (
  SELECT DISTINCT games.game_date, games.game_id, games.team_abbr
  FROM universe_team_games AS games
  JOIN games_without_rows AS gaps
    ON gaps.team_abbr = games.team_abbr AND gaps.game_date >= games.game_date - 30 AND gaps.known_on < games.game_date
  LEFT JOIN universe_rostered_teams AS rostered
    ON rostered.game_date = games.game_date AND rostered.team_abbr = games.team_abbr
  WHERE rostered.team_abbr IS NULL
),
-- Teams of which somebody may be lacking, and the date before which he was last seen.
teams_with_somebody AS (
  SELECT game_date, game_id, team_abbr, game_date - 30 AS seen_before
  FROM recent_gaps
  UNION ALL
  SELECT DISTINCT games.game_date, games.game_id, games.team_abbr, games.game_date AS seen_before
  FROM universe_team_games AS games
  JOIN universe_rosters AS unresolved
    ON unresolved.game_date = games.game_date AND unresolved.team_abbr = games.team_abbr
    AND unresolved.matched_by = 'nobody'
),
-- The team of each player who was ever on one of these teams, after each of his games.
last_teams AS (
  SELECT played.player_lookup, played.team_abbr, played.game_date AS last_seen,
    COALESCE(LEAD(played.game_date) OVER (PARTITION BY played.player_lookup ORDER BY played.game_date, played.game_id), @end_date)
      AS next_seen
  FROM played
  JOIN (
    SELECT DISTINCT own.player_lookup
    FROM played AS own
    JOIN (SELECT DISTINCT team_abbr FROM teams_with_somebody) AS teams ON teams.team_abbr = own.team_abbr
  ) AS members ON members.player_lookup = played.player_lookup
),
-- Players who were in a game that is a gap of the other team.
opponents_of_gaps AS (
  SELECT DISTINCT played.player_lookup
  FROM played
  JOIN team_gaps AS gaps ON gaps.game_id = played.game_id AND gaps.team_abbr <> played.team_abbr
),
-- Those of them whose team of the game before is that other team, until their next game.
crossed AS (
  SELECT games.player_lookup, games.game_date, games.next_seen, gaps.team_abbr
  FROM (
    SELECT played.player_lookup, played.game_id, played.game_date, played.team_abbr,
      LAG(played.team_abbr) OVER by_game AS former_team,
      COALESCE(LEAD(played.game_date) OVER by_game, @end_date) AS next_seen
    FROM played
    JOIN opponents_of_gaps AS opponents ON opponents.player_lookup = played.player_lookup
    WINDOW by_game AS (PARTITION BY played.player_lookup ORDER BY played.game_date, played.game_id)
  ) AS games
  JOIN team_gaps AS gaps ON gaps.game_id = games.game_id AND gaps.team_abbr = games.former_team
  WHERE games.team_abbr <> games.former_team
),
expected_universe AS (
  SELECT game_date, game_id, player_lookup
  FROM universe
  UNION ALL
  SELECT games.game_date, games.game_id, crossed.player_lookup
  FROM universe_team_games AS games
  JOIN crossed
    ON crossed.team_abbr = games.team_abbr AND games.game_date > crossed.game_date AND games.game_date <= crossed.next_seen
  LEFT JOIN universe_injuries AS injuries
    ON injuries.game_date = games.game_date AND injuries.player_lookup = crossed.player_lookup
  LEFT JOIN universe_players AS known
    ON known.game_date = games.game_date AND known.player_lookup = crossed.player_lookup
  LEFT JOIN universe_rostered_teams AS rostered
    ON rostered.game_date = games.game_date AND rostered.team_abbr = games.team_abbr
  WHERE known.player_lookup IS NULL AND rostered.team_abbr IS NULL
    AND (injuries.injury_status IS NULL OR injuries.injury_status <> 'out')
  UNION ALL
  SELECT games.game_date, games.game_id, teams.player_lookup
  FROM teams_with_somebody AS games
  JOIN last_teams AS teams
    ON teams.team_abbr = games.team_abbr
    AND teams.last_seen < games.seen_before
    AND teams.next_seen >= games.game_date
  LEFT JOIN universe_injuries AS injuries
    ON injuries.game_date = games.game_date AND injuries.player_lookup = teams.player_lookup
  LEFT JOIN universe_players AS known
    ON known.game_date = games.game_date AND known.player_lookup = teams.player_lookup
  WHERE known.player_lookup IS NULL AND (injuries.injury_status IS NULL OR injuries.injury_status <> 'out')
  UNION ALL
  SELECT gaps.game_date, gaps.game_id, 'somebody of ' || gaps.team_abbr AS player_lookup
  FROM recent_gaps AS gaps
  LEFT JOIN last_teams AS known ON known.team_abbr = gaps.team_abbr AND known.last_seen < gaps.game_date
  WHERE known.team_abbr IS NULL
),
