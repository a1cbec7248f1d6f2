/**
 * The features of a prediction, one typed column each, for every player with composite factors on the date.
 *
 * `feature_version` names the list below: 25 base features, four more that training uses (minutes_avg_last_10,
 * days_rest, assisted_rate_last_10, usage_rate_last_10) and four of the market. A base feature that is unknown gets a
 * default and is named in `defaulted_features`; all other columns are NULL when unknown. The columns after the list
 * repeat features with the names and units that training uses, without defaults. The twenty after them are the feature version
 * points_v1 (`shared/domain/features.ts`), from which models learn.
 */
import { defineTable } from '../../../shared/domain/table.ts';
import { sameDate, seasonToDate } from '../../../shared/domain/window.ts';
import { completenessColumns } from '../_shared/completeness-columns.ts';
import {
  dateBeforeGameColumn,
  gameIdColumn,
  opponentTeamColumn,
  playerIdColumn,
  playerLookupColumn,
} from '../_shared/game-columns.ts';
import { projectedUsageSourceColumn } from '../_shared/injury-columns.ts';
import {
  allUpstreamsReadyColumn,
  readyWithUpstreamsColumn,
  zoneReadyColumns,
} from '../_shared/upstream-columns.ts';
import { baseFeatures, furtherFeatures, trainingFeatures } from './features.ts';
import { pointsFeatures } from './points-columns.ts';

export default defineTable({
  name: 'ml_feature_store_v2',
  dataset: 'nba_predictions',
  phase: 'phase4',
  description:
    'One row for each player who may play on the date: the features of a prediction of his points.',
  timing: 'pre_game',
  calculationVersion: 'v1_33features.3',
  partitionColumn: 'game_date',
  key: ['player_lookup', 'game_date', 'feature_version'],
  clusterBy: ['player_lookup', 'feature_version'],
  readinessColumn: 'is_production_ready',
  emptyReason: 'no_known_roster',
  contextColumn: 'context_source',
  inputs: [
    { table: 'nbac_schedule', window: sameDate, required: true },
    { table: 'nbac_game_results', window: seasonToDate, required: true },
    { table: 'player_game_summary', window: seasonToDate, required: true },
    { table: 'team_offense_game_summary', window: seasonToDate, required: true },
    { table: 'team_defense_zone_analysis', window: sameDate, required: true },
    { table: 'player_shot_zone_analysis', window: sameDate, required: true },
    { table: 'player_daily_cache', window: sameDate, required: true },
    { table: 'player_composite_factors', window: sameDate, required: true },
    { table: 'player_season_carry', window: seasonToDate, required: false },
    { table: 'upcoming_player_game_context', window: sameDate, required: false },
    { table: 'upcoming_team_game_context', window: sameDate, required: false },
    { table: 'upcoming_team_game_context', window: seasonToDate, required: false },
    { table: 'nbac_injury_report', window: sameDate, required: false },
    { table: 'espn_team_rosters', window: sameDate, required: false },
  ],
  columns: {
    game_date: dateBeforeGameColumn,
    player_lookup: playerLookupColumn,
    nba_player_id: playerIdColumn,
    feature_version: {
      type: 'STRING',
      oneOf: ['v1_33features'],
      description: 'Name of the list of features; a changed list has another name.',
    },
    game_id: gameIdColumn,
    team_abbr: { type: 'STRING', description: 'His team.' },
    opponent_team_abbr: opponentTeamColumn,
    context_source: {
      type: 'STRING',
      oneOf: ['upcoming_context', 'synthetic'],
      description: 'As in player_composite_factors.',
    },
    projected_usage_source: projectedUsageSourceColumn,
    ...baseFeatures,
    ...furtherFeatures,
    ...trainingFeatures,
    ...pointsFeatures,
    defaulted_features: {
      type: 'STRING',
      nullable: true,
      description: 'Base features that hold their default, sorted and comma separated.',
    },
    required_default_count: {
      type: 'INT64',
      min: 0,
      max: 24,
      description:
        'How many of those are required: all but injury_risk, whose reports are an optional source.',
    },
    feature_quality_score: {
      type: 'FLOAT64',
      decimals: 2,
      min: 0,
      max: 100,
      description:
        'Mean over the 33 features of: 100 from phase 4, the market or a calculation on known inputs, 87 from phase 3, 40 default, injury_risk without reports included, 0 missing. A missing line and missing assists do not count.',
    },
    critical_quality: {
      type: 'FLOAT64',
      decimals: 2,
      min: 0,
      max: 100,
      description:
        'The same mean over fatigue_score, shot_zone_mismatch_score, pace_score, usage_spike_score, opponent_def_rating and opponent_pace.',
    },
    player_history_quality: {
      type: 'FLOAT64',
      decimals: 2,
      min: 0,
      max: 100,
      description: 'The same mean over the points averages, their deviation and games_in_last_7_days.',
    },
    feature_quality_tier: {
      type: 'STRING',
      oneOf: ['gold', 'silver', 'bronze', 'poor', 'unusable'],
      description: 'By feature_quality_score: gold 95, silver 85, bronze 75, poor 70, unusable below.',
    },
    data_source: {
      type: 'STRING',
      oneOf: ['phase4', 'phase4_partial', 'phase3', 'mixed'],
      description:
        'Of the 16 base features read from tables: phase4 from 90 % of phase 4, phase4_partial from 50 %, phase3 from 50 % of phase 3, else mixed.',
    },
    is_quality_ready: {
      type: 'BOOL',
      description: 'Tier bronze or better, critical_quality at least 50, and no required default.',
    },
    is_training_ready: {
      type: 'BOOL',
      description:
        'Tier gold or silver, critical_quality at least 70, player_history_quality at least 80, and no required default.',
    },
    upstream_daily_cache_ready: {
      type: 'BOOL',
      description: 'His row of player_daily_cache is there and ready.',
    },
    upstream_composite_ready: {
      type: 'BOOL',
      description: 'His row of player_composite_factors is ready.',
    },
    ...zoneReadyColumns,
    all_upstreams_ready: allUpstreamsReadyColumn,
    ...completenessColumns,
    expected_games_count: {
      type: 'INT64',
      min: 0,
      max: 20,
      description: 'As in player_composite_factors.',
    },
    actual_games_count: { type: 'INT64', min: 0, max: 10, description: 'As in player_composite_factors.' },
    is_production_ready: readyWithUpstreamsColumn,
    data_quality_issues: {
      type: 'STRING',
      nullable: true,
      description:
        'Sorted codes: absences_in_doubt:n (as in upcoming_player_game_context), age_unknown (the roster gives no age), composite_not_ready, daily_cache_not_ready, earlier_season_gap:n (games of the two seasons before of which no player is known), history_incomplete, league_gap:n and league_zone_gap:n (as in player_composite_factors), lines_in_doubt:n (games of his team this season, up to this one, that lack a spread or a total, or of which a line was refused), no_previous_season (no season before is known, so the career means begin with this one), player_shot_not_ready, points_gap:n (games of the season before the date, of any team, that are not wholly known; the features of points_v1 about teams rest on them), required_defaults, season_gap:n (gaps in his season), synthetic_context, team_defense_not_ready, team_season_gap:n (games of his team this season whose score is in doubt), unread_lines (a line on him or his game was refused), unresolved_names (the report on his team is not wholly understood, or a line of his game was matched with nobody), zone_gap:n and zone_mismatch:n (as in player_composite_factors).',
    },
  },
});
