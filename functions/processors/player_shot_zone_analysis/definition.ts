/**
 * Where each player shot from in his last 10 and 20 played games, and how well.
 *
 * Every player of the season with at least three earlier played games has a row on every game date, whether he plays
 * that day or not. Zone numbers use only games whose zones are complete. They are NULL when fewer than five of his last ten
 * games are complete.
 */
import { defineTable } from '../../../shared/domain/table.ts';
import { lastGames, sameDate, seasonToDate } from '../../../shared/domain/window.ts';
import { completenessColumns } from '../_shared/completeness-columns.ts';
import { analysisDateColumn, playerIdColumn } from '../_shared/game-columns.ts';

export default defineTable({
  name: 'player_shot_zone_analysis',
  dataset: 'nba_precompute',
  phase: 'phase4',
  description: "A player's shots by zone over his last 10 and 20 played games before the analysis date.",
  timing: 'pre_game',
  partitionColumn: 'analysis_date',
  key: ['analysis_date', 'player_lookup'],
  clusterBy: ['player_lookup'],
  calculationVersion: 'v1.2',
  readinessColumn: 'is_production_ready',
  inputs: [
    { table: 'nbac_schedule', window: sameDate, required: true },
    { table: 'nbac_game_results', window: seasonToDate, required: true },
    { table: 'player_game_summary', window: lastGames(20, 'player'), required: true },
  ],
  columns: {
    analysis_date: analysisDateColumn,
    player_lookup: { type: 'STRING', description: 'Player (normalised name).' },
    nba_player_id: playerIdColumn,
    team_abbr: { type: 'STRING', description: 'Team of his latest played game (tricode).' },
    games_in_sample_10: {
      type: 'INT64',
      min: 3,
      max: 10,
      description: 'Played games among the last 10.',
    },
    zone_games_10: {
      type: 'INT64',
      min: 0,
      max: 10,
      description: 'How many of those have complete shot zones.',
    },
    zone_gaps_10: {
      type: 'INT64',
      min: 0,
      max: 10,
      description:
        'How many of those have no zones although a source has shots of their kind: there are none of the game, or they differ from the box score by more than 1.',
    },
    zone_mismatches_10: {
      type: 'INT64',
      min: 0,
      max: 10,
      description: 'In how many of those the shots differ from the box score by 1.',
    },
    sample_quality_10: {
      type: 'STRING',
      oneOf: ['excellent', 'good', 'limited', 'insufficient'],
      description: 'By games_in_sample_10: excellent 10, good 7, limited 5, insufficient below.',
    },
    games_in_sample_20: {
      type: 'INT64',
      min: 3,
      max: 20,
      description: 'Played games among the last 20.',
    },
    zone_games_20: {
      type: 'INT64',
      min: 0,
      max: 20,
      description: 'How many of those have complete shot zones.',
    },
    zone_gaps_20: {
      type: 'INT64',
      min: 0,
      max: 20,
      description: 'As zone_gaps_10, of the last 20.',
    },
    zone_mismatches_20: {
      type: 'INT64',
      min: 0,
      max: 20,
      description: 'As zone_mismatches_10, of the last 20.',
    },
    sample_quality_20: {
      type: 'STRING',
      oneOf: ['excellent', 'good', 'limited', 'insufficient'],
      description: 'By games_in_sample_20: excellent 20, good 14, limited 10, insufficient below.',
    },
    paint_rate_last_10: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 100,
      description:
        'Percent of his attempts taken in the paint; NULL below five zone games or without attempts.',
    },
    mid_range_rate_last_10: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 100,
      description: 'Percent of his attempts taken from mid-range; the three rates add up to 100.',
    },
    three_pt_rate_last_10: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 100,
      description: 'Percent of his attempts taken behind the arc.',
    },
    paint_pct_last_10: {
      type: 'FLOAT64',
      decimals: 3,
      nullable: true,
      min: 0,
      max: 1,
      description: 'Makes / attempts in the paint; NULL without attempts.',
    },
    mid_range_pct_last_10: {
      type: 'FLOAT64',
      decimals: 3,
      nullable: true,
      min: 0,
      max: 1,
      description: 'Makes / attempts from mid-range; NULL without attempts.',
    },
    three_pt_pct_last_10: {
      type: 'FLOAT64',
      decimals: 3,
      nullable: true,
      min: 0,
      max: 1,
      description: 'Makes / attempts of three-pointers; NULL without attempts.',
    },
    paint_attempts_per_game: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'Paint attempts for each zone game of the last 10.',
    },
    mid_range_attempts_per_game: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'Mid-range attempts for each zone game of the last 10.',
    },
    three_pt_attempts_per_game: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'Three-point attempts for each zone game of the last 10.',
    },
    total_shots_last_10: {
      type: 'INT64',
      nullable: true,
      min: 1,
      description: 'Attempts with a zone in the zone games of the last 10; NULL when there are none.',
    },
    paint_rate_last_20: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 100,
      description: 'As paint_rate_last_10 over the last 20 games.',
    },
    paint_pct_last_20: {
      type: 'FLOAT64',
      decimals: 3,
      nullable: true,
      min: 0,
      max: 1,
      description: 'As paint_pct_last_10 over the last 20 games.',
    },
    assisted_rate_last_10: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 100,
      description:
        'Percent of his makes that were assisted, over the zone games that know it; NULL where the source has no assists.',
    },
    unassisted_rate_last_10: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 100,
      description: 'Percent of his makes that were not assisted, over the same games.',
    },
    primary_scoring_zone: {
      type: 'STRING',
      nullable: true,
      oneOf: ['paint', 'perimeter', 'mid_range', 'balanced'],
      description:
        'First that holds: paint rate >= 40, three-point rate >= 40 (perimeter), mid-range rate >= 35; else balanced. NULL without rates.',
    },
    data_quality_tier: {
      type: 'STRING',
      oneOf: ['high', 'medium', 'low'],
      description: 'By games_in_sample_10: high 10, medium 7 or more, low below.',
    },
    ...completenessColumns,
    expected_games_count: {
      type: 'INT64',
      min: 0,
      max: 20,
      description:
        'Sampled games plus final games of his team, among its last 10, of which no player is known. Games he sat out are not expected.',
    },
    actual_games_count: {
      type: 'INT64',
      min: 0,
      max: 10,
      description: 'Sampled games whose attempts are known.',
    },
    is_production_ready: {
      type: 'BOOL',
      description:
        'At least 90 % complete, zone_gaps_20 is 0, and at least five of the last 10 games have zones. Games of a kind (regular season, play-in, play-offs) of which nobody’s last 20 games have a shot chart need no zones.',
    },
    data_quality_issues: {
      type: 'STRING',
      nullable: true,
      description:
        'Sorted codes: assists_unknown, history_incomplete, no_zone_data, shots_unavailable (of the last 20, some are of a kind that no source has shots of), thin_sample, thin_zone_sample, zone_gap:n (zone_gaps_20), zone_mismatch:n (zone_mismatches_20).',
    },
  },
});
