/**
 * Four numbers by which the expectation of a player is adjusted: fatigue, shot-zone mismatch, pace and usage. Each has the
 * inputs beside it from which it was computed.
 *
 * Every player of the pre-game universe has a row. Where his context row is missing, rest, load, age and usage are
 * computed from his games in the same way, and the row is marked as `synthetic`.
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
  rosterTeamColumn,
  seasonPhaseColumn,
} from '../_shared/game-columns.ts';
import { OF_OPPONENT, PACE, teamMeanColumn } from '../_shared/form-columns.ts';
import {
  playerStatusColumn,
  projectedUsageSourceColumn,
  starTeammatesOutColumn,
} from '../_shared/injury-columns.ts';
import {
  lastGameColumn,
  loadColumns,
  opponentDaysRestColumn,
  paceDifferentialColumn,
  playerAgeColumn,
  restColumns,
} from '../_shared/rest-columns.ts';
import {
  allUpstreamsReadyColumn,
  readyWithUpstreamsColumn,
  zoneReadyColumns,
} from '../_shared/upstream-columns.ts';

const load = loadColumns(true);

export default defineTable({
  name: 'player_composite_factors',
  dataset: 'nba_precompute',
  phase: 'phase4',
  description:
    'One row for each player who may play on the date: four factors that move his expected points.',
  timing: 'pre_game',
  calculationVersion: 'v1_4factors.3',
  partitionColumn: 'game_date',
  key: ['game_date', 'player_lookup'],
  clusterBy: ['player_lookup'],
  readinessColumn: 'is_production_ready',
  emptyReason: 'no_known_roster',
  contextColumn: 'context_source',
  inputs: [
    { table: 'nbac_schedule', window: sameDate, required: true },
    { table: 'nbac_game_results', window: seasonToDate, required: true },
    { table: 'player_game_summary', window: seasonToDate, required: true },
    { table: 'team_offense_game_summary', window: seasonToDate, required: true },
    { table: 'upcoming_team_game_context', window: sameDate, required: true },
    { table: 'player_shot_zone_analysis', window: sameDate, required: true },
    { table: 'team_defense_zone_analysis', window: sameDate, required: true },
    { table: 'upcoming_player_game_context', window: sameDate, required: false },
    { table: 'nbac_player_boxscores', window: seasonToDate, required: false },
    { table: 'bdl_player_boxscores', window: seasonToDate, required: false },
    { table: 'nbac_injury_report', window: sameDate, required: false },
    { table: 'espn_team_rosters', window: sameDate, required: false },
  ],
  columns: {
    game_date: dateBeforeGameColumn,
    analysis_date: {
      type: 'DATE',
      description: 'Equal to game_date: the date the row is for, as the zone tables call it.',
    },
    player_lookup: playerLookupColumn,
    nba_player_id: playerIdColumn,
    game_id: gameIdColumn,
    team_abbr: rosterTeamColumn,
    opponent_team_abbr: opponentTeamColumn,
    home_game: { type: 'BOOL', description: 'Whether his team is at home.' },
    season_phase: seasonPhaseColumn,
    context_source: {
      type: 'STRING',
      oneOf: ['upcoming_context', 'synthetic'],
      description:
        'Where rest, load, age and usage come from: his row of upcoming_player_game_context, or his games because that row is missing.',
    },
    player_status: playerStatusColumn,
    days_since_last_game: lastGameColumn,
    ...restColumns,
    games_in_last_7_days: load.games_in_last_7_days,
    minutes_in_last_7_days: load.minutes_in_last_7_days,
    avg_minutes_per_game_last_7: load.avg_minutes_per_game_last_7,
    back_to_backs_last_14_days: load.back_to_backs_last_14_days,
    player_age: playerAgeColumn,
    opponent_days_rest: opponentDaysRestColumn,
    fatigue_back_to_back_penalty: {
      type: 'INT64',
      min: -15,
      max: 0,
      description: '-15 on a back-to-back, else 0.',
    },
    fatigue_rest_bonus: {
      type: 'INT64',
      min: 0,
      max: 5,
      description: '+5 with at least 3 free days, else 0.',
    },
    fatigue_games_penalty: {
      type: 'INT64',
      min: -10,
      max: 0,
      description: '-10 with at least 4 games in the last 7 days, else 0.',
    },
    fatigue_minutes_penalty: {
      type: 'INT64',
      min: -10,
      max: 0,
      description: '-10 with more than 240 minutes in the last 7 days, else 0.',
    },
    fatigue_avg_minutes_penalty: {
      type: 'INT64',
      min: -8,
      max: 0,
      description: '-8 with more than 35 minutes a game in the last 7 days, else 0.',
    },
    fatigue_prior_back_to_backs_penalty: {
      type: 'INT64',
      min: -12,
      max: 0,
      description: '-12 after two or more back-to-backs in the last 14 days, -5 after one, else 0.',
    },
    fatigue_age_penalty: {
      type: 'INT64',
      min: -10,
      max: 0,
      description: '-10 from 35 years, -5 from 30, else 0; unknown age counts as 25.',
    },
    fatigue_score: {
      type: 'INT64',
      min: 0,
      max: 100,
      description: '100 (fresh) plus the seven columns before, held within 0 to 100.',
    },
    fatigue_adjustment: {
      type: 'FLOAT64',
      decimals: 2,
      min: -5,
      max: 0,
      description: '(fatigue_score - 100) / 20, points.',
    },
    mismatch_zone: {
      type: 'STRING',
      nullable: true,
      oneOf: ['paint', 'mid_range', 'perimeter', 'balanced'],
      description: 'His primary scoring zone; NULL when unknown.',
    },
    mismatch_zone_rate: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 100,
      description:
        'Percent of his attempts in that zone; 100 for a balanced player, whose three zones all count.',
    },
    mismatch_zone_difference: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: -100,
      max: 100,
      description:
        'Percentage points by which the opponent allows more than the league there (positive = weak defence); for a balanced player the mean of the three weighted by his attempts.',
    },
    shot_zone_mismatch_score: {
      type: 'FLOAT64',
      decimals: 1,
      min: -10,
      max: 10,
      description:
        'difference * min(rate / 50, 1), times 1.2 when beyond 5 either way, held within -10 to 10; 0 when unknown.',
    },
    team_pace_last_10: teamMeanColumn(1, PACE),
    opponent_pace_last_10: teamMeanColumn(1, PACE, OF_OPPONENT),
    pace_differential: paceDifferentialColumn,
    league_pace: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description:
        'Mean over all teams of their mean pace of the last 10 games of the season before the date.',
    },
    league_pace_gaps: {
      type: 'INT64',
      min: 0,
      description:
        'Team games inside league_pace whose attempts are unknown, or whose points do not add up to the final score.',
    },
    league_zone_gaps: {
      type: 'INT64',
      min: 0,
      description:
        'league_gaps of the defence he meets: team games that the zone averages of the league lack.',
    },
    expected_game_pace: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'team_pace_last_10 * opponent_pace_last_10 / league_pace.',
    },
    pace_label: {
      type: 'STRING',
      nullable: true,
      oneOf: ['fast', 'normal', 'slow'],
      description:
        'fast when the expected game pace exceeds his own team’s by more than 2, slow when it is 2 below.',
    },
    pace_score: {
      type: 'FLOAT64',
      decimals: 1,
      min: -3,
      max: 3,
      description:
        '(expected_game_pace - team_pace_last_10) / 2, held within -3 to 3: a game faster than his own is positive; 0 when unknown.',
    },
    projected_usage_rate: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      description:
        'Percent, from his context (absent stars, else recent form); in a synthetic row his mean usage of the last 7 games.',
    },
    base_usage_rate: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      description:
        'What it is compared with: mean usage of the last 7 games where stars are known to be absent or not, else of the season.',
    },
    projected_usage_source: projectedUsageSourceColumn,
    star_teammates_out: starTeammatesOutColumn,
    usage_trend: {
      type: 'STRING',
      nullable: true,
      oneOf: ['spike', 'drop', 'stable'],
      description: 'spike when the projection exceeds the base by more than 2, drop when it is 2 below.',
    },
    usage_spike_score: {
      type: 'FLOAT64',
      decimals: 1,
      min: -3,
      max: 3,
      description:
        '0.3 * (projection - base), a rise times 1.15 with one star out and 1.30 with more, held within -3 to 3; 0 when either is unknown or the base is 0.',
    },
    total_composite_adjustment: {
      type: 'FLOAT64',
      decimals: 2,
      min: -21,
      max: 16,
      description: 'Points: fatigue_adjustment plus the three scores, before rounding.',
    },
    data_completeness_pct: {
      type: 'FLOAT64',
      decimals: 2,
      min: 0,
      max: 100,
      description:
        '20 for each of: days_rest, projected_usage_rate and pace_differential known, zone rows of the player and of the opponent there.',
    },
    missing_data_fields: {
      type: 'STRING',
      nullable: true,
      description: 'Inputs that were missing and replaced by a neutral value, sorted and comma separated.',
    },
    has_warnings: { type: 'BOOL', description: 'Whether warning_details is not NULL.' },
    warning_details: {
      type: 'STRING',
      nullable: true,
      description:
        'Sorted codes: EXTREME_ADJUSTMENT (total beyond 12), EXTREME_FATIGUE (score below 50), EXTREME_MATCHUP (mismatch beyond 8).',
    },
    ...zoneReadyColumns,
    upstream_player_context_ready: {
      type: 'BOOL',
      description: 'His row of upcoming_player_game_context is there and ready.',
    },
    upstream_team_context_ready: {
      type: 'BOOL',
      description: 'Both teams’ rows of upcoming_team_game_context are there and ready.',
    },
    all_upstreams_ready: allUpstreamsReadyColumn,
    ...completenessColumns,
    expected_games_count: {
      type: 'INT64',
      min: 0,
      max: 20,
      description:
        'His last 10 played games plus the final games of his team, among its last 10, of which no player is known.',
    },
    actual_games_count: {
      type: 'INT64',
      min: 0,
      max: 10,
      description: 'Those of his last 10 played games whose attempts are known.',
    },
    is_production_ready: readyWithUpstreamsColumn,
    data_quality_issues: {
      type: 'STRING',
      nullable: true,
      description:
        'Sorted codes: absences_in_doubt:n (as in upcoming_player_game_context), age_unknown (the roster gives no age), history_incomplete, league_gap:n (league_pace_gaps), league_zone_gap:n (league_zone_gaps), no_history, player_context_not_ready, player_shot_not_ready, season_gap:n (gaps in his season), synthetic_context, team_context_not_ready, team_defense_not_ready, unresolved_names (the report on his team is not wholly understood), zone_gap:n and zone_mismatch:n (of his last 20 games and of the last 15 of the defence he meets).',
    },
  },
});
