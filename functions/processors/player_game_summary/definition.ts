/**
 * What one player did in one final game: the box score line, shooting and usage rates, shots by zone, and how his points
 * compare with the bookmakers' last line before the game.
 */
import { defineTable } from '../../../shared/domain/table.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import { completenessColumns } from '../_shared/completeness-columns.ts';
import {
  chartedThreeColumns,
  completeTeamBoxColumn,
  shootingColumns,
  shotZoneMatchColumn,
  shotZonesSourceColumn,
  turnoverAndFoulColumns,
} from '../_shared/box-score-columns.ts';
import { countedGameColumns, opponentTeamColumn, playerLookupColumn } from '../_shared/game-columns.ts';
import { pointsLineProviderColumn } from '../_shared/game-line-columns.ts';

export default defineTable({
  name: 'player_game_summary',
  dataset: 'nba_analytics',
  phase: 'phase3',
  description: 'One row for each player in the box score of a final game.',
  timing: 'post_game',
  calculationVersion: 'v1.3',
  partitionColumn: 'game_date',
  key: ['game_id', 'player_lookup'],
  clusterBy: ['player_lookup', 'team_abbr'],
  readinessColumn: 'is_production_ready',
  games: { entityColumn: 'player_lookup', playedColumn: 'is_active' },
  inputs: [
    { table: 'nbac_schedule', window: sameDate, required: true },
    { table: 'nbac_game_results', window: sameDate, required: true },
    { table: 'nbac_player_boxscores', window: sameDate, required: true },
    { table: 'bdl_player_boxscores', window: sameDate, required: false },
    { table: 'team_offense_game_summary', window: sameDate, required: true },
    { table: 'nbac_shot_chart', window: sameDate, required: false },
    { table: 'nbac_play_by_play', window: sameDate, required: false },
    { table: 'odds_api_player_points_props', window: sameDate, required: false },
    { table: 'bettingpros_player_points_props', window: sameDate, required: false },
  ],
  columns: {
    ...countedGameColumns,
    player_lookup: playerLookupColumn,
    player_name: { type: 'STRING', description: 'Name as the source writes it.' },
    nba_player_id: { type: 'INT64', description: 'Id at stats.nba.com.' },
    universal_player_id: { type: 'STRING', description: 'player_lookup, underscore, nba_player_id.' },
    team_abbr: { type: 'STRING', description: 'Team he played for.' },
    opponent_team_abbr: opponentTeamColumn,
    home_game: { type: 'BOOL', description: 'Whether his team was at home.' },
    position: {
      type: 'STRING',
      nullable: true,
      description: 'Position of the season as the source writes it.',
    },
    starter_flag: {
      type: 'BOOL',
      nullable: true,
      description: 'Whether he started; NULL when the source does not say.',
    },
    is_active: {
      type: 'BOOL',
      description:
        'Whether he played: minutes > 0 or any statistic, or 0 minutes in a game whose minutes are all whole (under half a minute). FALSE without minutes and statistics.',
    },
    win_flag: { type: 'BOOL', description: 'Whether his team won.' },
    minutes_played: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      max: 80,
      description: 'Minutes.',
    },
    points: { type: 'INT64', min: 0, description: 'Points.' },
    ...shootingColumns,
    rebounds: { type: 'INT64', nullable: true, min: 0, description: 'All rebounds.' },
    assists: { type: 'INT64', nullable: true, min: 0, description: 'Assists.' },
    steals: { type: 'INT64', nullable: true, min: 0, description: 'Steals.' },
    blocks: { type: 'INT64', nullable: true, min: 0, description: 'Blocks.' },
    ...turnoverAndFoulColumns,
    plus_minus: {
      type: 'INT64',
      nullable: true,
      description: 'Own minus opponent points while he was on the court.',
    },
    ts_pct: {
      type: 'FLOAT64',
      decimals: 3,
      nullable: true,
      min: 0,
      description:
        'True shooting, a fraction: points / (2 * (FGA + 0.44 * FTA)); NULL without attempts of either kind.',
    },
    efg_pct: {
      type: 'FLOAT64',
      decimals: 3,
      nullable: true,
      min: 0,
      max: 1.5,
      description: 'Effective field goal share, a fraction: (FGM + 0.5 * 3PM) / FGA; NULL when FGA = 0.',
    },
    usage_rate: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 100,
      description:
        'Percent of his team’s plays he used while on the court: 100 * (FGA + 0.44 * FTA + TOV) * game minutes / (MIN * the same sum of the team); NULL when the raw value exceeds 100.',
    },
    usage_rate_raw: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      description: 'The same without any bound; a stint of one or two minutes can exceed 50.',
    },
    usage_rate_valid: {
      type: 'BOOL',
      nullable: true,
      description:
        'Whether the team row is complete and usage_rate_raw is at most 50; NULL when there is no usage.',
    },
    usage_rate_capped: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 50,
      description: 'The smaller of usage_rate_raw and 50.',
    },
    usage_rate_anomaly_reason: {
      type: 'STRING',
      nullable: true,
      oneOf: ['partial_team_data', 'short_stint'],
      description:
        'Why usage_rate_raw exceeds 50: the team row is incomplete, or it is complete and he hardly played.',
    },
    paint_attempts: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description:
        'Two-pointers from at most 8.0 feet; NULL when the game has neither a shot chart nor a play-by-play that adds up to the box score, 0 when it has and he took none.',
    },
    paint_makes: { type: 'INT64', nullable: true, min: 0, description: 'Those of them made.' },
    mid_range_attempts: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Two-pointers from beyond 8.0 feet.',
    },
    mid_range_makes: { type: 'INT64', nullable: true, min: 0, description: 'Those of them made.' },
    ...chartedThreeColumns,
    assisted_fg_makes: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description:
        'Makes from an assist, by a play-by-play that adds up to the box score or by a shot chart; NULL when neither says it for all of his makes.',
    },
    unassisted_fg_makes: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Makes without an assist; NULL likewise.',
    },
    and1_count: {
      type: 'INT64',
      nullable: true,
      min: 0,
      unit: 'free throws',
      description:
        'Free throws alone, made or missed, after a foul on a make of his; those for technical and flagrant fouls are not among them. NULL without a play-by-play that adds up to the box score.',
    },
    paint_blocks: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Shots from the paint that he blocked; NULL likewise.',
    },
    mid_range_blocks: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Shots from mid-range that he blocked; NULL likewise.',
    },
    three_pt_blocks: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Threes that he blocked; NULL likewise.',
    },
    has_complete_shot_zones: {
      type: 'BOOL',
      description:
        'Whether the zones of the game are known and his shots equal his box score attempts within 1.',
    },
    shot_zones_source: shotZonesSourceColumn,
    shot_zone_match: shotZoneMatchColumn,
    has_complete_team_box: completeTeamBoxColumn,
    lacks_minutes: {
      type: 'BOOL',
      description: 'Whether his minutes are unknown although others who took part in the game have theirs.',
    },
    lacks_attempts: {
      type: 'BOOL',
      description:
        'Whether one of his shots, threes, free throws (attempted or made) or turnovers is unknown although others of the game have it.',
    },
    points_line: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'Closing main line on his points.',
    },
    points_line_source: {
      type: 'STRING',
      nullable: true,
      description: 'Bookmaker of the line: draftkings, then fanduel, then the first by name.',
    },
    points_line_provider: pointsLineProviderColumn,
    opening_line: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'Earliest main line of the same bookmaker; NULL when seen once only.',
    },
    line_movement: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      description: 'Closing minus opening line; NULL when the bookmaker was seen once only.',
    },
    over_under_result: {
      type: 'STRING',
      nullable: true,
      oneOf: ['OVER', 'UNDER', 'PUSH'],
      description: 'Points against points_line; NULL without line or when he did not play.',
    },
    margin: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      description: 'points - points_line, under the same condition.',
    },
    primary_source_used: {
      type: 'STRING',
      oneOf: ['nbac_player_boxscores', 'bdl_player_boxscores'],
      description:
        'The table of his line. bdl_player_boxscores stands in for games and players that the league’s box scores lack; such a row says second_source.',
    },
    data_quality_tier: {
      type: 'STRING',
      oneOf: ['gold', 'silver', 'bronze'],
      description:
        'silver: full league box score; bronze: attempts unknown, or of a second source; gold is kept for the official gamebook.',
    },
    ...completenessColumns,
  },
});
