-- The zone of every shot of the batch. Players, offence and defence all use this classification.
-- `shot_source` says where a shot is from: 0 the shot chart, 1 a play-by-play that adds up to the box score, 2 one that does not.
-- The zones of a game come from one source, the first of the two that has it; what only the play-by-play knows comes from 1.
-- A play-by-play has distances to the hundredth of a foot. They are cut off to whole feet, as those of shot charts are, so that a
-- shot is in the same zone in both. `told_actions` has the shots and free throws of play-by-plays; those of a game that no box score
-- of which is known are left out, because nobody can tell whether they add up.
told_actions AS (
  SELECT game_id, team_abbr, player_lookup, assist_player_lookup, block_player_lookup, shot_type, shot_made, shot_distance,
    event_action_type, event_descriptor, IF(adds_up, 1, 2) AS shot_source
  FROM nba_raw.nbac_play_by_play
  WHERE game_date BETWEEN @start_date AND @end_date
    AND shot_type IS NOT NULL AND adds_up IS NOT NULL
),
shots AS (
  SELECT game_id, team_abbr, player_lookup, shot_made, shot_type, shot_distance, assisted,
    CAST(NULL AS STRING) AS block_player_lookup, 0 AS shot_source
  FROM nba_raw.nbac_shot_chart
  WHERE game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT game_id, team_abbr, player_lookup, shot_made, shot_type, FLOOR(shot_distance) AS shot_distance,
    IF(shot_source = 1, assist_player_lookup IS NOT NULL, NULL) AS assisted, block_player_lookup, shot_source
  FROM told_actions
  WHERE shot_type <> 'FT'
),
zoned_shots AS (
  SELECT game_id, team_abbr, player_lookup, shot_made, assisted, block_player_lookup, shot_source,
    CASE
      WHEN shot_type = '3PT' THEN 'three'
      WHEN shot_distance IS NULL THEN 'unknown'
      WHEN shot_distance <= 8.0 THEN 'paint'
      ELSE 'mid_range'
    END AS shot_zone
  FROM shots
),
