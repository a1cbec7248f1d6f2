/**
 * The features of a prediction, one typed column each, for every player with composite factors on the date.
 *
 * `feature_version` names the list below: 25 base features, four more that training uses (minutes_avg_last_10,
 * days_rest, assisted_rate_last_10, usage_rate_last_10) and four of the market. A base feature that is unknown takes a
 * default and is named in `defaulted_features`; all other columns are NULL when unknown. The columns after the list
 * repeat features under the names and in the units of training, without defaults.
 */
import { defineTable } from '../../../shared/domain/table.ts';
import { sameDate, seasonToDate } from '../../../shared/domain/window.ts';
import { completenessColumns } from '../_shared/completeness-columns.ts';

export default defineTable({
  name: 'ml_feature_store_v2',
  dataset: 'nba_predictions',
  phase: 'phase4',
  description:
    'One row for each player who may play on the date: the features of a prediction of his points.',
  timing: 'pre_game',
  calculationVersion: 'v1_33features',
  partitionColumn: 'game_date',
  key: ['player_lookup', 'game_date', 'feature_version'],
  clusterBy: ['player_lookup', 'feature_version'],
  readinessColumn: 'is_production_ready',
  emptyReason: 'no_known_roster',
  contextColumn: 'context_source',
  inputs: [
    { table: 'nbac_schedule', window: sameDate, required: true },
    { table: 'player_game_summary', window: seasonToDate, required: true },
    { table: 'team_offense_game_summary', window: seasonToDate, required: true },
    { table: 'team_defense_zone_analysis', window: sameDate, required: true },
    { table: 'player_shot_zone_analysis', window: sameDate, required: true },
    { table: 'player_daily_cache', window: sameDate, required: true },
    { table: 'player_composite_factors', window: sameDate, required: true },
    { table: 'upcoming_player_game_context', window: sameDate, required: false },
    { table: 'nbac_injury_report', window: sameDate, required: false },
    { table: 'espn_team_rosters', window: sameDate, required: false },
  ],
  columns: {
    game_date: {
      type: 'DATE',
      description: 'US Eastern date of the game; only earlier games are in the row.',
    },
    player_lookup: { type: 'STRING', description: 'Name in the form lebronjames.' },
    feature_version: {
      type: 'STRING',
      oneOf: ['v1_33features'],
      description: 'Name of the list of features; a changed list has another name.',
    },
    game_id: { type: 'STRING', description: 'YYYYMMDD_AWAY_HOME.' },
    team_abbr: { type: 'STRING', description: 'His team.' },
    opponent_team_abbr: { type: 'STRING', description: 'The other team.' },
    context_source: {
      type: 'STRING',
      oneOf: ['upcoming_context', 'synthetic'],
      description: 'As in player_composite_factors.',
    },

    points_avg_last_5: {
      type: 'FLOAT64',
      decimals: 4,
      min: 0,
      max: 100,
      description: 'Mean points of his last 5 played games; default 10.',
    },
    points_avg_last_10: {
      type: 'FLOAT64',
      decimals: 4,
      min: 0,
      max: 100,
      description: 'Mean points of his last 10 played games; default 10.',
    },
    points_avg_season: {
      type: 'FLOAT64',
      decimals: 4,
      min: 0,
      max: 100,
      description: 'Mean points of his played games this season; default 10.',
    },
    points_std_last_10: {
      type: 'FLOAT64',
      decimals: 4,
      min: 0,
      max: 60,
      description: 'Sample standard deviation of points over his last 10 played games; default 5.',
    },
    games_in_last_7_days: {
      type: 'INT64',
      min: 0,
      max: 7,
      description: 'Distinct dates he played, D-7 to D-1; default 3.',
    },
    fatigue_score: { type: 'INT64', min: 0, max: 100, description: '100 = fresh.' },
    shot_zone_mismatch_score: {
      type: 'FLOAT64',
      decimals: 1,
      min: -10,
      max: 10,
      description: 'Positive where the opponent is weak in the zone he shoots from; default 0.',
    },
    pace_score: {
      type: 'FLOAT64',
      decimals: 1,
      min: -3,
      max: 3,
      description: 'Positive in a game faster than his own team’s; default 0.',
    },
    usage_spike_score: {
      type: 'FLOAT64',
      decimals: 1,
      min: -3,
      max: 3,
      description: 'Positive when his usage is projected to rise; default 0.',
    },
    rest_advantage: {
      type: 'INT64',
      min: -2,
      max: 2,
      description: 'His free days minus those of the opponent, held within -2 to 2; default 0.',
    },
    injury_risk: {
      type: 'INT64',
      min: 0,
      max: 3,
      description:
        'available 0, probable 1, questionable 2, doubtful 3; default 0 without reports of the date.',
    },
    recent_trend: {
      type: 'INT64',
      min: -2,
      max: 2,
      description:
        'Mean points of his last 2 games minus that of the 3 before: from 5 it is 2, from 2 it is 1, likewise down; positive = improving. Default 0 below 5 games.',
    },
    minutes_change: {
      type: 'INT64',
      min: -2,
      max: 2,
      description:
        'Minutes of the last 10 games against the season: from +20 % it is 2, from +10 % it is 1, likewise down; default 0.',
    },
    opponent_def_rating: {
      type: 'FLOAT64',
      decimals: 2,
      min: 0,
      max: 250,
      description:
        'Points the opponent allows for 100 possessions, last 15 games; else last 10; default 112.',
    },
    opponent_pace: {
      type: 'FLOAT64',
      decimals: 1,
      min: 0,
      max: 200,
      description:
        'Pace of the teams that faced the opponent, last 15 games; else of the opponent, last 10; default 100.',
    },
    home_away: { type: 'INT64', min: 0, max: 1, description: '1 at home.' },
    back_to_back: { type: 'INT64', min: 0, max: 1, description: '1 if he played on D-1.' },
    playoff_game: { type: 'INT64', min: 0, max: 1, description: '1 in the play-in and the play-offs.' },
    pct_paint: {
      type: 'FLOAT64',
      decimals: 9,
      min: 0,
      max: 1,
      description: 'Share of his attempts in the paint, a fraction; default 0.30.',
    },
    pct_mid_range: {
      type: 'FLOAT64',
      decimals: 9,
      min: 0,
      max: 1,
      description: 'Share of his attempts from mid-range, a fraction; default 0.20.',
    },
    pct_three: {
      type: 'FLOAT64',
      decimals: 9,
      min: 0,
      max: 1,
      description: 'Share of his attempts behind the arc, a fraction; default 0.35.',
    },
    pct_free_throw: {
      type: 'FLOAT64',
      decimals: 9,
      min: 0,
      max: 0.5,
      description:
        'Free throws made / points over his last 10 played games that know both, at most 0.5; default 0.15 below 5 such games or without points.',
    },
    team_pace: {
      type: 'FLOAT64',
      decimals: 4,
      min: 0,
      max: 200,
      description: "Mean pace of his team's last 10 games; default 100.",
    },
    team_off_rating: {
      type: 'FLOAT64',
      decimals: 4,
      min: 0,
      max: 250,
      description: "Mean offensive rating of his team's last 10 games; default 112.",
    },
    team_win_pct: {
      type: 'FLOAT64',
      decimals: 9,
      min: 0,
      max: 1,
      description: "Share of his team's games this season it has won; default 0.5 below 5 games.",
    },

    vegas_points_line: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'Latest line on his points before tip-off; NULL without one.',
    },
    vegas_opening_line: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'Earliest line of the same bookmaker.',
    },
    vegas_line_move: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      description: 'Latest minus earliest; NULL when seen once only.',
    },
    has_vegas_line: { type: 'INT64', min: 0, max: 1, description: '1 if there is a line.' },
    minutes_avg_last_10: {
      type: 'FLOAT64',
      decimals: 4,
      nullable: true,
      min: 0,
      description: 'Mean known minutes of his last 10 played games.',
    },
    days_rest: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Free days since his last game: 0 is a back-to-back.',
    },
    assisted_rate_last_10: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 100,
      description: 'Percent of his makes that were assisted.',
    },
    usage_rate_last_10: {
      type: 'FLOAT64',
      decimals: 4,
      nullable: true,
      min: 0,
      max: 100,
      description: 'Mean known usage of his last 10 played games, percent.',
    },

    is_home: { type: 'INT64', min: 0, max: 1, description: 'home_away under the name training uses.' },
    opponent_def_rating_last_15: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      description: 'opponent_def_rating of the last 15 games alone.',
    },
    opponent_pace_last_15: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'opponent_pace of the last 15 games alone.',
    },
    paint_rate_last_10: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 100,
      description: 'pct_paint in percent.',
    },
    mid_range_rate_last_10: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 100,
      description: 'pct_mid_range in percent.',
    },
    three_pt_rate_last_10: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 100,
      description: 'pct_three in percent.',
    },
    team_pace_last_10: {
      type: 'FLOAT64',
      decimals: 4,
      nullable: true,
      min: 0,
      description: 'team_pace without a default.',
    },
    team_off_rating_last_10: {
      type: 'FLOAT64',
      decimals: 4,
      nullable: true,
      min: 0,
      description: 'team_off_rating without a default.',
    },

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
        'Mean over the 33 features of: 100 from phase 4, the market or a calculation on known inputs, 87 from phase 3, 40 default, 0 missing; an optional feature that is missing does not count. At most 69 with a required default, 49 with five.',
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
      description: 'By feature_quality_score: gold 95, silver 85, bronze 70, poor 50, unusable below.',
    },
    data_source: {
      type: 'STRING',
      oneOf: ['phase4', 'phase4_partial', 'phase3', 'mixed'],
      description:
        'Of the 16 base features read from tables: phase4 from 90 % of phase 4, phase4_partial from 50 %, phase3 from 50 % of phase 3, else mixed.',
    },
    is_quality_ready: {
      type: 'BOOL',
      description: 'Score at least 70, critical_quality at least 50, and no required default.',
    },
    is_training_ready: {
      type: 'BOOL',
      description: 'Tier gold or silver, critical_quality at least 70, player_history_quality at least 80.',
    },
    upstream_daily_cache_ready: {
      type: 'BOOL',
      description: 'His row of player_daily_cache is there and ready.',
    },
    upstream_composite_ready: {
      type: 'BOOL',
      description: 'His row of player_composite_factors is ready.',
    },
    upstream_player_shot_ready: {
      type: 'BOOL',
      description: 'His row of player_shot_zone_analysis is there and ready.',
    },
    upstream_team_defense_ready: {
      type: 'BOOL',
      description: "The opponent's row of team_defense_zone_analysis is there and ready.",
    },
    all_upstreams_ready: { type: 'BOOL', description: 'All four.' },
    ...completenessColumns,
    expected_games_count: {
      type: 'INT64',
      min: 0,
      max: 20,
      description: 'As in player_composite_factors.',
    },
    actual_games_count: { type: 'INT64', min: 0, max: 10, description: 'As in player_composite_factors.' },
    is_production_ready: { type: 'BOOL', description: 'At least 90 % complete, and all_upstreams_ready.' },
    data_quality_issues: {
      type: 'STRING',
      nullable: true,
      description:
        'Sorted codes: composite_not_ready, daily_cache_not_ready, history_incomplete, player_shot_not_ready, required_defaults, synthetic_context, team_defense_not_ready.',
    },
  },
});
