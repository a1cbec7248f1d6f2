/**
 * What one team did with the ball in one final game: totals, possessions, ratings, pace and shots by zone.
 *
 * Totals come from the official team box score. Where it is missing, they are the sum of the players who took part, and
 * the row is marked `team_box_reconstructed`.
 */
import { defineTable } from '../../../shared/domain/table.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import { completenessColumns } from '../_shared/completeness-columns.ts';
import {
  chartedThreeColumns,
  completeTeamBoxColumn,
  gameMinutesColumn,
  shootingColumns,
  shotZoneMatchColumn,
  shotZonesSourceColumn,
  turnoverAndFoulColumns,
} from '../_shared/box-score-columns.ts';
import { countedGameColumns, opponentTeamColumn } from '../_shared/game-columns.ts';

export default defineTable({
  name: 'team_offense_game_summary',
  dataset: 'nba_analytics',
  phase: 'phase3',
  description: 'One row for each team of a final game: its own offence.',
  timing: 'post_game',
  calculationVersion: 'v1.3',
  partitionColumn: 'game_date',
  key: ['game_id', 'team_abbr'],
  clusterBy: ['team_abbr'],
  readinessColumn: 'is_production_ready',
  games: { entityColumn: 'team_abbr' },
  inputs: [
    { table: 'nbac_schedule', window: sameDate, required: true },
    { table: 'nbac_game_results', window: sameDate, required: true },
    { table: 'nbac_team_boxscore', window: sameDate, required: false },
    { table: 'nbac_player_boxscores', window: sameDate, required: true },
    { table: 'bdl_player_boxscores', window: sameDate, required: false },
    { table: 'nbac_shot_chart', window: sameDate, required: false },
    { table: 'nbac_play_by_play', window: sameDate, required: false },
  ],
  columns: {
    ...countedGameColumns,
    team_abbr: { type: 'STRING', description: 'The team with the ball.' },
    opponent_team_abbr: opponentTeamColumn,
    home_game: { type: 'BOOL', description: 'Whether team_abbr is the home team.' },
    win_flag: { type: 'BOOL', description: 'Own points > opponent points, by the official result.' },
    margin_of_victory: { type: 'INT64', description: 'Own minus opponent points, by the official result.' },
    points_scored: { type: 'INT64', min: 0, description: 'Points of the team.' },
    ...shootingColumns,
    rebounds: { type: 'INT64', nullable: true, min: 0, description: 'All rebounds of players.' },
    assists: { type: 'INT64', nullable: true, min: 0, description: 'Assists.' },
    steals: { type: 'INT64', nullable: true, min: 0, description: 'Steals by this team.' },
    blocks: { type: 'INT64', nullable: true, min: 0, description: 'Blocks by this team.' },
    ...turnoverAndFoulColumns,
    team_minutes: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description:
        'Minutes of its players together: 239 to 242 in regulation when the source has whole minutes. Where not all of them have minutes, those of the team box.',
    },
    overtime_periods: {
      type: 'INT64',
      nullable: true,
      min: 0,
      max: 6,
      description:
        'ROUND((player-minutes - 240) / 25), not below 0; the larger of the two teams. NULL without minutes.',
    },
    game_minutes: gameMinutesColumn,
    possessions: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      description: 'FGA + 0.44 * FTA + TOV - OREB; NULL while one of them is unknown.',
    },
    offensive_rating: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      description: '100 * points / possessions, from the unrounded possessions.',
    },
    pace: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'Possessions in 48 minutes: possessions * 48 / game_minutes.',
    },
    ts_pct: {
      type: 'FLOAT64',
      decimals: 3,
      nullable: true,
      min: 0,
      description: 'True shooting, a fraction: points / (2 * (FGA + 0.44 * FTA)).',
    },
    team_paint_attempts: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description:
        'Two-pointers from at most 8.0 feet; NULL when the game has neither a shot chart nor a play-by-play that adds up to the box score.',
    },
    team_paint_makes: { type: 'INT64', nullable: true, min: 0, description: 'Those of them made.' },
    team_mid_range_attempts: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Two-pointers from beyond 8.0 feet.',
    },
    team_mid_range_makes: { type: 'INT64', nullable: true, min: 0, description: 'Those of them made.' },
    ...chartedThreeColumns,
    points_in_paint_scored: { type: 'INT64', nullable: true, min: 0, description: '2 * team_paint_makes.' },
    second_chance_points_scored: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description:
        'Points after an own offensive rebound in the same possession; NULL where the team box does not say.',
    },
    paint_attempts_blocked: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description:
        'Own shots from the paint that the opponent blocked; NULL without a play-by-play that adds up to the box score.',
    },
    mid_range_attempts_blocked: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Own shots from mid-range that the opponent blocked; NULL likewise.',
    },
    three_pt_attempts_blocked: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Own threes that the opponent blocked; NULL likewise.',
    },
    has_complete_shot_zones: {
      type: 'BOOL',
      description:
        'Whether the zones of the game are known and its shots equal the box score attempts within 1.',
    },
    shot_zones_source: shotZonesSourceColumn,
    shot_zone_match: shotZoneMatchColumn,
    plays_add_up: {
      type: 'BOOL',
      nullable: true,
      description:
        'Whether the play-by-play of the game adds up to the box scores of all players: points, makes, threes, assists and blocks. NULL without a play-by-play.',
    },
    points_add_up: {
      type: 'BOOL',
      description:
        'Whether the team box and the sum of the players, as far as they are there, have the points of the final score.',
    },
    minutes_add_up: {
      type: 'BOOL',
      description:
        'Whether the minutes of the team box and of the players are those of the game: 240 and 25 more for each overtime, within 4 for whole minutes and 1 for minutes with seconds; TRUE where they are unknown.',
    },
    team_box_agrees: {
      type: 'BOOL',
      description:
        'Whether the players add up to the team box in every statistic that both have; a lite team box may have up to 6 turnovers more. TRUE where one of the two is lacking.',
    },
    has_complete_team_box: completeTeamBoxColumn,
    lacks_numbers: {
      type: 'BOOL',
      description:
        'Whether a total of the team is unknown although its source gives it: one cell of a team box or of a player is lacking.',
    },
    data_quality_tier: {
      type: 'STRING',
      oneOf: ['high', 'medium', 'low'],
      description:
        'high: team box and zones; medium: team box only; low: rebuilt from players, or attempts unknown.',
    },
    primary_source_used: {
      type: 'STRING',
      oneOf: ['nbac_team_boxscore', 'nbac_player_boxscores', 'bdl_player_boxscores'],
      description:
        'Where the totals come from; nbac_player_boxscores means the sum of the players, bdl_player_boxscores that lines of Ball Don’t Lie are among them.',
    },
    ...completenessColumns,
  },
});
