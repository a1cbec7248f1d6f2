/** What one team allowed in one final game: what the opponent's offence did in this game. */
import { defineTable } from '../../../shared/domain/table.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import { completenessColumns } from '../_shared/completeness-columns.ts';
import {
  gameMinutesColumn,
  shotZoneMatchColumn,
  shotZonesSourceColumn,
} from '../_shared/box-score-columns.ts';
import { countedGameColumns } from '../_shared/game-columns.ts';

export default defineTable({
  name: 'team_defense_game_summary',
  dataset: 'nba_analytics',
  phase: 'phase3',
  description: 'One row for each team of a final game: what it allowed.',
  timing: 'post_game',
  calculationVersion: 'v1.3',
  partitionColumn: 'game_date',
  key: ['game_id', 'defending_team_abbr'],
  clusterBy: ['defending_team_abbr'],
  readinessColumn: 'is_production_ready',
  games: { entityColumn: 'defending_team_abbr' },
  inputs: [
    { table: 'nbac_game_results', window: sameDate, required: true },
    { table: 'team_offense_game_summary', window: sameDate, required: true },
  ],
  columns: {
    ...countedGameColumns,
    defending_team_abbr: { type: 'STRING', description: 'The team that defends.' },
    opponent_team_abbr: { type: 'STRING', description: 'The team with the ball.' },
    home_game: { type: 'BOOL', description: 'Whether the defending team is at home.' },
    win_flag: { type: 'BOOL', description: 'Whether the defending team won.' },
    margin_of_victory: {
      type: 'INT64',
      description: 'Points of the defending team minus those of the opponent.',
    },
    overtime_periods: { type: 'INT64', nullable: true, min: 0, max: 6, description: 'Overtimes played.' },
    game_minutes: gameMinutesColumn,
    points_allowed: { type: 'INT64', min: 0, description: 'Points of the opponent.' },
    opp_fg_attempts: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Field goals the opponent attempted.',
    },
    opp_fg_makes: { type: 'INT64', nullable: true, min: 0, description: 'Field goals the opponent made.' },
    opp_three_pt_attempts: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Threes the opponent attempted, box score.',
    },
    opp_three_pt_makes: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Threes the opponent made, box score.',
    },
    opp_ft_attempts: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Free throws the opponent attempted.',
    },
    opp_ft_makes: { type: 'INT64', nullable: true, min: 0, description: 'Free throws the opponent made.' },
    opp_offensive_rebounds: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Offensive rebounds of the opponent.',
    },
    opp_rebounds: { type: 'INT64', nullable: true, min: 0, description: 'All rebounds of the opponent.' },
    opp_assists: { type: 'INT64', nullable: true, min: 0, description: 'Assists of the opponent.' },
    turnovers_forced: { type: 'INT64', nullable: true, min: 0, description: 'Turnovers of the opponent.' },
    fouls_committed: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Personal fouls of the defending team.',
    },
    steals: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Steals of the defending team; NULL when unknown.',
    },
    blocks: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Blocks of the defending team; NULL when unknown.',
    },
    defensive_rebounds: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Defensive rebounds of the defending team; NULL when unknown.',
    },
    opp_possessions: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      description: 'FGA + 0.44 * FTA + TOV - OREB of the opponent.',
    },
    defensive_rating: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      description: '100 * points_allowed / opp_possessions.',
    },
    opponent_pace: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'Possessions of the opponent in 48 minutes: opp_possessions * 48 / game_minutes.',
    },
    opponent_ts_pct: {
      type: 'FLOAT64',
      decimals: 3,
      nullable: true,
      min: 0,
      description: 'True shooting of the opponent, a fraction.',
    },
    opp_paint_attempts: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description:
        'Two-pointers of the opponent from at most 8.0 feet; NULL when the game has neither a shot chart nor a play-by-play that adds up to the box score.',
    },
    opp_paint_makes: { type: 'INT64', nullable: true, min: 0, description: 'Those of them made.' },
    opp_mid_range_attempts: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Two-pointers from beyond 8.0 feet.',
    },
    opp_mid_range_makes: { type: 'INT64', nullable: true, min: 0, description: 'Those of them made.' },
    opp_three_attempts_pbp: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Threes by the source of the zones.',
    },
    opp_three_makes_pbp: { type: 'INT64', nullable: true, min: 0, description: 'Those of them made.' },
    opp_zone_unknown_attempts: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Two-pointers without a distance.',
    },
    points_in_paint_allowed: { type: 'INT64', nullable: true, min: 0, description: '2 * opp_paint_makes.' },
    mid_range_points_allowed: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: '2 * opp_mid_range_makes.',
    },
    three_pt_points_allowed: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: '3 * opp_three_makes_pbp.',
    },
    blocks_paint: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Blocks on paint shots; NULL without a play-by-play that adds up to the box score.',
    },
    blocks_mid_range: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Blocks on mid-range shots; NULL likewise.',
    },
    blocks_three_pt: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Blocks on threes; NULL likewise.',
    },
    has_complete_shot_zones: {
      type: 'BOOL',
      description:
        'Whether the zones of the game are known and the shots equal the opponent attempts within 1.',
    },
    shot_zones_source: shotZonesSourceColumn,
    shot_zone_match: shotZoneMatchColumn,
    has_complete_team_box: {
      type: 'BOOL',
      description: 'Whether has_complete_team_box holds for both teams of the game.',
    },
    data_quality_tier: {
      type: 'STRING',
      oneOf: ['high', 'medium', 'low'],
      description:
        'high: team box, defensive actions and zones; medium: without zones or rebuilt from players; low: no defensive actions or attempts unknown.',
    },
    ...completenessColumns,
  },
});
