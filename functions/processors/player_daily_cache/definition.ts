/**
 * What a player brings into a game: his form and usage over 5 games, 10 games and the season, his team's pace and rating,
 * his load and his shot profile.
 *
 * It has the players of the pre-game universe with at least three earlier played games. A game that a player sat out is left
 * out of his averages, not counted as 0.
 */
import { defineTable } from '../../../shared/domain/table.ts';
import { sameDate, seasonToDate } from '../../../shared/domain/window.ts';
import { completenessColumns } from '../_shared/completeness-columns.ts';
import { loadColumns, playerAgeColumn } from '../_shared/rest-columns.ts';
import { OFFENSIVE_RATING, PACE, playerMeanColumn, teamMeanColumn } from '../_shared/form-columns.ts';
import {
  analysisDateColumn,
  opponentTeamColumn,
  playerIdColumn,
  playerLookupColumn,
  rosterTeamColumn,
} from '../_shared/game-columns.ts';

export default defineTable({
  name: 'player_daily_cache',
  dataset: 'nba_precompute',
  phase: 'phase4',
  description: 'One row for each player who may play on the date: his form, load and profile before it.',
  timing: 'pre_game',
  calculationVersion: 'v1.2',
  partitionColumn: 'cache_date',
  key: ['cache_date', 'player_lookup'],
  clusterBy: ['player_lookup'],
  readinessColumn: 'is_production_ready',
  emptyReason: 'no_known_roster',
  inputs: [
    { table: 'nbac_schedule', window: sameDate, required: true },
    { table: 'nbac_game_results', window: seasonToDate, required: true },
    { table: 'player_game_summary', window: seasonToDate, required: true },
    { table: 'team_offense_game_summary', window: seasonToDate, required: true },
    { table: 'player_shot_zone_analysis', window: sameDate, required: true },
    { table: 'upcoming_player_game_context', window: sameDate, required: false },
    { table: 'nbac_injury_report', window: sameDate, required: false },
    { table: 'espn_team_rosters', window: sameDate, required: false },
  ],
  columns: {
    cache_date: analysisDateColumn,
    player_lookup: playerLookupColumn,
    nba_player_id: playerIdColumn,
    game_id: { type: 'STRING', description: 'His game of the date, YYYYMMDD_AWAY_HOME.' },
    team_abbr: rosterTeamColumn,
    opponent_team_abbr: opponentTeamColumn,
    games_played_season: {
      type: 'INT64',
      min: 3,
      description: 'Games he played this season before the date.',
    },
    early_season_flag: { type: 'BOOL', description: 'Fewer than 10 played games.' },
    points_avg_last_5: {
      type: 'FLOAT64',
      decimals: 4,
      min: 0,
      description: 'Mean points of his last 5 played games.',
    },
    points_avg_last_10: {
      type: 'FLOAT64',
      decimals: 4,
      min: 0,
      description: 'Mean points of his last 10 played games.',
    },
    points_avg_season: {
      type: 'FLOAT64',
      decimals: 4,
      min: 0,
      description: 'Mean points of his played games this season.',
    },
    points_std_last_10: {
      type: 'FLOAT64',
      decimals: 4,
      nullable: true,
      min: 0,
      description: 'Sample standard deviation (n - 1) of points over his last 10 played games.',
    },
    minutes_avg_last_10: {
      type: 'FLOAT64',
      decimals: 4,
      nullable: true,
      min: 0,
      description: 'Mean known minutes of his last 10 played games.',
    },
    minutes_avg_season: {
      type: 'FLOAT64',
      decimals: 4,
      nullable: true,
      min: 0,
      description: 'Mean known minutes of his played games this season.',
    },
    usage_rate_last_10: playerMeanColumn(4, 'usage, percent,', 10, 100),
    player_usage_rate_season: {
      type: 'FLOAT64',
      decimals: 4,
      nullable: true,
      min: 0,
      max: 100,
      description: 'Mean known usage of his played games this season, percent.',
    },
    ts_pct_last_10: playerMeanColumn(4, 'true shooting, a fraction,', 10),
    team_pace_last_10: teamMeanColumn(4, PACE),
    team_off_rating_last_10: teamMeanColumn(4, OFFENSIVE_RATING),
    ...loadColumns(true),
    player_age: playerAgeColumn,
    shot_zone_data_available: { type: 'BOOL', description: 'Whether his shot profile has zone rates.' },
    primary_scoring_zone: {
      type: 'STRING',
      nullable: true,
      oneOf: ['paint', 'perimeter', 'mid_range', 'balanced'],
      description: 'From player_shot_zone_analysis.',
    },
    paint_rate_last_10: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 100,
      description: 'Percent of his attempts in the paint, from player_shot_zone_analysis.',
    },
    mid_range_rate_last_10: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 100,
      description: 'Percent of his attempts from mid-range, likewise.',
    },
    three_pt_rate_last_10: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 100,
      description: 'Percent of his attempts behind the arc, likewise.',
    },
    assisted_rate_last_10: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 100,
      description: 'Percent of his makes that were assisted, likewise.',
    },
    quality_tier: {
      type: 'STRING',
      oneOf: ['gold', 'silver', 'bronze', 'poor', 'unusable'],
      description: 'By completeness_percentage: gold 95, silver 75, bronze 50, poor 25, unusable below.',
    },
    ...completenessColumns,
    expected_games_count: {
      type: 'INT64',
      min: 0,
      max: 10,
      description:
        'His last 5 played games plus the final games of his team, among its last 5, of which no player is known.',
    },
    actual_games_count: {
      type: 'INT64',
      min: 0,
      max: 5,
      description: 'Those of his last 5 played games whose attempts are known.',
    },
    is_production_ready: {
      type: 'BOOL',
      description:
        'Whether at least 90 % of his last 5 and last 10 games are known, every game of his team in the last 7 and the last 14 game dates of the league, and the zones of his last 10 games where a source has shots.',
    },
    data_quality_issues: {
      type: 'STRING',
      nullable: true,
      description:
        'Sorted codes: age_unknown (the roster gives no age), incomplete_l10, incomplete_l14d, incomplete_l5, incomplete_l7d, missing_player_context, missing_shot_zones, season_gap:n (gaps in his season), team_form_incomplete, team_pace_unknown, thin_sample, unresolved_names (the report on his team is not wholly understood), zone_gap:n and zone_mismatch:n (zone_gaps_10 and zone_mismatches_10 of player_shot_zone_analysis).',
    },
  },
});
