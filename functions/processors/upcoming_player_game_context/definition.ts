/**
 * What is known of a player before a game: rest, load, form, usage, lines, team mates, opponent and schedule ahead.
 *
 * `_shared/player-universe.sql` decides which players have a row. The box score of the game is not read for it.
 */
import { defineTable } from '../../../shared/domain/table.ts';
import { aroundDate, sameDate, seasonToDate } from '../../../shared/domain/window.ts';
import { completenessColumns } from '../_shared/completeness-columns.ts';
import {
  countedGameColumns,
  opponentTeamColumn,
  playerLookupColumn,
  seasonPhaseColumn,
} from '../_shared/game-columns.ts';
import {
  pointsLineProviderColumn,
  spreadColumn,
  spreadMovementColumns,
  totalColumns,
} from '../_shared/game-line-columns.ts';
import {
  DEFENSIVE_RATING,
  OF_OPPONENT,
  PACE,
  playerMeanColumn,
  teamMeanColumn,
} from '../_shared/form-columns.ts';
import {
  playerStatusColumn,
  projectedUsageSourceColumn,
  starTeammatesOutColumn,
} from '../_shared/injury-columns.ts';
import {
  gamesAheadColumns,
  lastGameColumn,
  loadColumns,
  opponentDaysRestColumn,
  paceDifferentialColumn,
  playerAgeColumn,
  restColumns,
} from '../_shared/rest-columns.ts';

export default defineTable({
  name: 'upcoming_player_game_context',
  dataset: 'nba_analytics',
  phase: 'phase3',
  description: 'One row for each player who may play in a scheduled game, from what was known before it.',
  timing: 'pre_game',
  calculationVersion: 'v1.3',
  partitionColumn: 'game_date',
  key: ['game_id', 'player_lookup'],
  clusterBy: ['player_lookup'],
  readinessColumn: 'is_production_ready',
  emptyReason: 'no_known_roster',
  inputs: [
    { table: 'nbac_schedule', window: aroundDate(0, 14), required: true },
    { table: 'nbac_game_results', window: seasonToDate, required: true },
    { table: 'team_offense_game_summary', window: seasonToDate, required: true },
    { table: 'team_defense_game_summary', window: seasonToDate, required: true },
    { table: 'player_game_summary', window: seasonToDate, required: true },
    { table: 'odds_api_game_lines', window: sameDate, required: false },
    { table: 'odds_api_player_points_props', window: sameDate, required: false },
    { table: 'bettingpros_player_points_props', window: sameDate, required: false },
    { table: 'nbac_player_boxscores', window: seasonToDate, required: false },
    { table: 'bdl_player_boxscores', window: seasonToDate, required: false },
    { table: 'nbac_injury_report', window: sameDate, required: false },
    { table: 'espn_team_rosters', window: sameDate, required: false },
  ],
  columns: {
    ...countedGameColumns,
    season_phase: seasonPhaseColumn,
    player_lookup: playerLookupColumn,
    player_name: {
      type: 'STRING',
      nullable: true,
      description: 'Name as the roster or the last box score writes it.',
    },
    nba_player_id: { type: 'INT64', nullable: true, description: 'Id at stats.nba.com.' },
    universal_player_id: {
      type: 'STRING',
      nullable: true,
      description: 'player_lookup, underscore, nba_player_id.',
    },
    team_abbr: { type: 'STRING', description: 'His team: by the roster of D, else by his last game.' },
    opponent_team_abbr: opponentTeamColumn,
    home_game: { type: 'BOOL', description: 'Whether his team is at home.' },
    universe_source: {
      type: 'STRING',
      oneOf: ['roster', 'recent_games'],
      description: 'Why he is here: on the roster of D, or in a game of this team within 30 days.',
    },
    player_status: playerStatusColumn,
    player_age: playerAgeColumn,
    games_history: { type: 'INT64', min: 0, description: 'Games he played this season before D.' },
    days_since_last_game: lastGameColumn,
    ...restColumns,
    ...loadColumns(false),
    days_rest_before_last_game: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Free days before his last game; NULL before his second.',
    },
    days_since_2_plus_days_rest: {
      type: 'INT64',
      nullable: true,
      min: 1,
      description:
        'D minus the date of his latest game that followed at least 2 free days; NULL when there is none.',
    },
    points_avg_last_5: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      description: 'Mean points of his last 5 games.',
    },
    points_avg_last_10: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      description: 'Mean points of his last 10 games.',
    },
    points_avg_season: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      description: 'Mean points of his games this season.',
    },
    minutes_avg_season: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      description: 'Mean minutes of his games this season.',
    },
    avg_usage_rate_last_7_games: playerMeanColumn(2, 'usage, percent,', 7),
    season_usage_rate: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      description: 'Mean usage, percent, of his games this season.',
    },
    base_usage_rate: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      description:
        'What projected_usage_rate is compared with: avg_usage_rate_last_7_games where injuries are known, season_usage_rate where it is projected from form.',
    },
    projected_usage_rate: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      description:
        'Percent. Injuries known: base + the sum over absent stars of (their season usage - 20) * his share of the usage of available team mates, at most base + 8. Unknown: avg_usage_rate_last_7_games.',
    },
    projected_usage_source: projectedUsageSourceColumn,
    has_prop_line: {
      type: 'BOOL',
      nullable: true,
      description:
        'Whether a line on his points was seen before tip-off; NULL when the one for him may be among those refused or matched with nobody.',
    },
    points_line_doubt: {
      type: 'STRING',
      nullable: true,
      oneOf: ['unread_lines', 'unresolved_names'],
      description:
        'unread_lines: a line on him, or one of his game, was refused, so that his is not known. unresolved_names: a line of his game was matched with nobody; it may be his latest. NULL without a doubt.',
    },
    current_points_line: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'Latest main line before tip-off.',
    },
    opening_points_line: {
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
      description: 'Latest minus earliest; NULL when seen once only.',
    },
    points_line_snapshot_at: {
      type: 'TIMESTAMP',
      nullable: true,
      description:
        'When current_points_line was seen (UTC); NULL without a line, and for a closing line without a time.',
    },
    points_line_source: {
      type: 'STRING',
      nullable: true,
      description: 'Bookmaker: draftkings, then fanduel, then the first by name.',
    },
    points_line_provider: pointsLineProviderColumn,
    prop_over_streak: {
      type: 'INT64',
      min: 0,
      description: 'Latest games in a row above the line of today; 0 without a line.',
    },
    prop_under_streak: {
      type: 'INT64',
      min: 0,
      description: 'Latest games in a row below the line of today; 0 without a line.',
    },
    game_spread: spreadColumn(
      'Latest spread before tip-off, points, from the side of his team: negative = favoured.',
    ),
    ...spreadMovementColumns,
    game_spread_source: { type: 'STRING', nullable: true, description: 'Bookmaker of the spread.' },
    ...totalColumns,
    team_pace_last_10: teamMeanColumn(1, PACE),
    opponent_pace_last_10: teamMeanColumn(1, PACE, OF_OPPONENT),
    pace_differential: paceDifferentialColumn,
    opponent_def_rating_last_10: teamMeanColumn(2, DEFENSIVE_RATING, OF_OPPONENT),
    opponent_ft_rate_allowed: teamMeanColumn(
      3,
      'ratio of free throws to field goals attempted against it',
      OF_OPPONENT,
    ),
    opponent_days_rest: opponentDaysRestColumn,
    star_teammates_out: starTeammatesOutColumn,
    absences_in_doubt: {
      type: 'INT64',
      unit: 'players',
      min: 0,
      description:
        'Team mates out or doubtful of whose season a game or a number is not wholly known, so that it is in doubt whether they are stars and what usage they leave.',
    },
    questionable_teammates: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Team mates questionable; NULL without a report on his team.',
    },
    probable_teammates: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Team mates probable; NULL without a report on his team.',
    },
    ...gamesAheadColumns,
    next_opponent_win_pct: {
      type: 'FLOAT64',
      decimals: 3,
      nullable: true,
      min: 0,
      max: 1,
      description: 'Share of games the opponent of that next game has won before D.',
    },
    opponent_next_game_days_rest: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'next_game_days_rest of the opponent.',
    },
    opponent_games_in_next_7_days: {
      type: 'INT64',
      nullable: true,
      min: 0,
      max: 7,
      description: 'games_in_next_7_days of the opponent.',
    },
    data_quality_tier: {
      type: 'STRING',
      oneOf: ['gold', 'silver', 'bronze'],
      description: 'gold: at least 10 games of history; silver: at least 5; bronze: fewer.',
    },
    ...completenessColumns,
    data_quality_issues: {
      type: 'STRING',
      nullable: true,
      description:
        'Sorted codes: absences_in_doubt:n (the column), age_unknown (the roster gives no age), incomplete_history, injuries_unknown, missing_game_spread, missing_game_total, next_opponent_gap:n (games of the next opponent this season whose score is in doubt), no_history, projected_usage_from_form, rest_assumed, schedule_gap:n (games of his team and the opponent in the next 14 days whose line in the schedule is refused), season_gap:n (gaps in his season), team_form_incomplete, team_usage_incomplete (a star is out, and the last 7 games of a team mate are not wholly known), thin_sample, unread_lines (a line on the game or on him was refused), unresolved_names.',
    },
  },
});
