/**
 * What each team's defence allowed by zone over its last 15 games, and how that compares with the league.
 *
 * Every team with at least five earlier games of the season has a row on every game date, whether it plays that day
 * or not. A game without shot zones is one of the 15 games, but adds nothing to the zone numbers.
 */
import { defineTable } from '../../../shared/domain/table.ts';
import { lastGames, previousDays, sameDate, seasonToDate } from '../../../shared/domain/window.ts';
import { completenessColumns } from '../_shared/completeness-columns.ts';
import { analysisDateColumn } from '../_shared/game-columns.ts';

export default defineTable({
  name: 'team_defense_zone_analysis',
  dataset: 'nba_precompute',
  phase: 'phase4',
  description: "A team's defence by zone over its last 15 games before the analysis date.",
  timing: 'pre_game',
  partitionColumn: 'analysis_date',
  key: ['analysis_date', 'team_abbr'],
  clusterBy: ['team_abbr'],
  calculationVersion: 'v1.2',
  readinessColumn: 'is_production_ready',
  inputs: [
    { table: 'nbac_schedule', window: sameDate, required: true },
    { table: 'nbac_game_results', window: seasonToDate, required: true },
    { table: 'team_defense_game_summary', window: lastGames(15, 'team'), required: true },
    { table: 'team_defense_game_summary', window: previousDays(30), required: true },
  ],
  columns: {
    analysis_date: analysisDateColumn,
    team_abbr: { type: 'STRING', description: 'Defending team (tricode).' },
    games_in_sample: {
      type: 'INT64',
      min: 5,
      max: 15,
      description: 'Games in the sample: the last 15 of the season, fewer early on.',
    },
    zone_games_in_sample: {
      type: 'INT64',
      min: 0,
      max: 15,
      description: 'Games of the sample whose shots are known; zone numbers come from these alone.',
    },
    zone_gaps: {
      type: 'INT64',
      min: 0,
      max: 15,
      description:
        'Games of the sample without zones although a source has shots of their kind: there are none of the game, or they differ from the box score by more than 1.',
    },
    zone_mismatches: {
      type: 'INT64',
      min: 0,
      max: 15,
      description: 'Games of the sample whose shots differ from the box score by 1.',
    },
    paint_pct_allowed_last_15: {
      type: 'FLOAT64',
      decimals: 3,
      nullable: true,
      min: 0,
      max: 1,
      description: 'Opponents’ makes / attempts in the paint; NULL without attempts.',
    },
    paint_attempts_allowed_per_game: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'Opponents’ paint attempts for each game with zones.',
    },
    paint_points_allowed_per_game: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'Points in the paint allowed for each game with zones.',
    },
    paint_blocks_per_game: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'Own blocks in the paint for each game whose blocks are known by zone.',
    },
    paint_defense_vs_league_avg: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: -100,
      max: 100,
      description: 'Percentage points above the league’s paint percentage; positive = weak defence.',
    },
    mid_range_pct_allowed_last_15: {
      type: 'FLOAT64',
      decimals: 3,
      nullable: true,
      min: 0,
      max: 1,
      description: 'Opponents’ makes / attempts from mid-range; NULL without attempts.',
    },
    mid_range_attempts_allowed_per_game: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'Opponents’ mid-range attempts for each game with zones.',
    },
    mid_range_blocks_per_game: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'Own mid-range blocks for each game whose blocks are known by zone.',
    },
    mid_range_defense_vs_league_avg: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: -100,
      max: 100,
      description: 'Percentage points above the league’s mid-range percentage; positive = weak defence.',
    },
    three_pt_pct_allowed_last_15: {
      type: 'FLOAT64',
      decimals: 3,
      nullable: true,
      min: 0,
      max: 1,
      description: 'Opponents’ makes / attempts of three-pointers; NULL without attempts.',
    },
    three_pt_attempts_allowed_per_game: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'Opponents’ three-point attempts for each game with zones.',
    },
    three_pt_blocks_per_game: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'Own blocks of three-pointers for each game whose blocks are known by zone.',
    },
    three_pt_defense_vs_league_avg: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: -100,
      max: 100,
      description: 'Percentage points above the league’s three-point percentage; positive = weak defence.',
    },
    league_paint_pct: {
      type: 'FLOAT64',
      decimals: 3,
      min: 0,
      max: 1,
      description:
        'Mean over teams with at least 10 zone games in the 30 days before the date; 0.580 with fewer than 10 such teams.',
    },
    league_mid_range_pct: {
      type: 'FLOAT64',
      decimals: 3,
      min: 0,
      max: 1,
      description: 'As league_paint_pct for mid-range; default 0.410.',
    },
    league_three_pt_pct: {
      type: 'FLOAT64',
      decimals: 3,
      min: 0,
      max: 1,
      description: 'As league_paint_pct for three-pointers; default 0.355.',
    },
    league_avg_defaulted: {
      type: 'BOOL',
      description: 'TRUE when the league averages are the fixed defaults.',
    },
    league_gaps: {
      type: 'INT64',
      min: 0,
      description:
        'Final team games in the 30 days before the date that the league averages lack or that are not wholly known; 0 while no source has shots.',
    },
    defensive_rating_last_15: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 250,
      description:
        'Points allowed for each 100 opponent possessions over the whole sample (weighted by possessions).',
    },
    defensive_rating_mean_last_15: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 250,
      description: 'Unweighted mean of the game ratings.',
    },
    opponent_points_per_game: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'Points allowed for each game.',
    },
    opponent_pace: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'Mean pace of the opponents in the sample, possessions for 48 minutes.',
    },
    strongest_zone: {
      type: 'STRING',
      nullable: true,
      oneOf: ['paint', 'mid_range', 'perimeter'],
      description:
        'Zone with the smallest difference to the league; ties in the order paint, mid_range, perimeter.',
    },
    weakest_zone: {
      type: 'STRING',
      nullable: true,
      oneOf: ['paint', 'mid_range', 'perimeter'],
      description:
        'Zone with the largest difference to the league; ties in the order paint, mid_range, perimeter.',
    },
    data_quality_tier: {
      type: 'STRING',
      oneOf: ['high', 'medium', 'low'],
      description: 'By games_in_sample: high 15, medium 10 or more, low below.',
    },
    calculation_notes: {
      type: 'STRING',
      nullable: true,
      description:
        'Why a zone number is absent, sorted codes: no_mid_range_attempts, no_paint_attempts, no_three_pt_attempts.',
    },
    ...completenessColumns,
    expected_games_count: {
      type: 'INT64',
      min: 0,
      max: 15,
      description: 'Final games of the team among its last 15 of the season.',
    },
    actual_games_count: {
      type: 'INT64',
      min: 0,
      max: 15,
      description: 'Those of them whose possessions are known.',
    },
    is_production_ready: {
      type: 'BOOL',
      description:
        'At least 90 % complete, and zone_gaps is 0. Games of a kind (regular season, play-in, play-offs) of which the last 15 games of no team have a shot chart need no zones.',
    },
    data_quality_issues: {
      type: 'STRING',
      nullable: true,
      description:
        'Sorted codes: attempts_unknown, history_incomplete, league_avg_defaulted, league_gap:n (league_gaps), no_zone_data, shots_unavailable (some games of the sample are of a kind that no source has shots of), thin_sample, thin_zone_sample, zone_gap:n (zone_gaps), zone_mismatch:n (zone_mismatches).',
    },
  },
});
