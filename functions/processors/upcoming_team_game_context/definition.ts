/** What is known of a team before a game: rest, load, form, streaks and lines. Nothing of the game itself. */
import { defineTable } from '../../../shared/domain/table.ts';
import { aroundDate, sameDate, seasonToDate } from '../../../shared/domain/window.ts';
import { completenessColumns } from '../_shared/completeness-columns.ts';
import { DEFENSIVE_RATING, OFFENSIVE_RATING, PACE, teamMeanColumn } from '../_shared/form-columns.ts';
import { countedGameColumns, opponentTeamColumn, seasonPhaseColumn } from '../_shared/game-columns.ts';
import { spreadColumn, spreadMovementColumns, totalColumns } from '../_shared/game-line-columns.ts';
import { gamesAheadColumns } from '../_shared/rest-columns.ts';

export default defineTable({
  name: 'upcoming_team_game_context',
  dataset: 'nba_analytics',
  phase: 'phase3',
  description: 'One row for each team of a scheduled game, from what was known before it.',
  timing: 'pre_game',
  calculationVersion: 'v1.2',
  partitionColumn: 'game_date',
  key: ['game_id', 'team_abbr'],
  clusterBy: ['team_abbr'],
  readinessColumn: 'is_production_ready',
  inputs: [
    { table: 'nbac_schedule', window: aroundDate(0, 14), required: true },
    { table: 'nbac_game_results', window: seasonToDate, required: true },
    { table: 'team_offense_game_summary', window: seasonToDate, required: true },
    { table: 'team_defense_game_summary', window: seasonToDate, required: true },
    { table: 'player_game_summary', window: seasonToDate, required: true },
    { table: 'odds_api_game_lines', window: sameDate, required: false },
    { table: 'nbac_injury_report', window: sameDate, required: false },
  ],
  columns: {
    ...countedGameColumns,
    season_phase: seasonPhaseColumn,
    team_abbr: { type: 'STRING', description: 'The team.' },
    opponent_team_abbr: opponentTeamColumn,
    home_game: { type: 'BOOL', description: 'Whether the team is at home.' },
    game_number_in_season: { type: 'INT64', min: 1, description: '1 + its final games before D.' },
    days_since_last_game: {
      type: 'INT64',
      nullable: true,
      min: 1,
      description: 'D minus the date of its last game, the Cup final included; NULL before its first.',
    },
    team_days_rest: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'days_since_last_game - 1: 0 is a back-to-back.',
    },
    team_back_to_back: { type: 'BOOL', description: 'Whether it played on D-1.' },
    opponent_days_rest: { type: 'INT64', nullable: true, min: 0, description: 'The same for the opponent.' },
    games_in_last_7_days: {
      type: 'INT64',
      min: 0,
      max: 7,
      description: 'Distinct game dates D-7 to D-1, the Cup final included.',
    },
    games_in_last_14_days: {
      type: 'INT64',
      min: 0,
      max: 14,
      description: 'Distinct game dates D-14 to D-1, the Cup final included.',
    },
    back_to_backs_last_14_days: {
      type: 'INT64',
      min: 0,
      max: 13,
      description: 'Pairs of consecutive dates, both D-14 to D-1.',
    },
    consecutive_road_games: {
      type: 'INT64',
      min: 0,
      description: 'Games away since the last one at home, this one included; 0 at home.',
    },
    team_win_streak_entering: { type: 'INT64', min: 0, description: 'Games won in a row before D.' },
    team_loss_streak_entering: { type: 'INT64', min: 0, description: 'Games lost in a row before D.' },
    last_game_margin: {
      type: 'INT64',
      nullable: true,
      description: 'Own minus opponent points of its last game.',
    },
    last_game_result: {
      type: 'STRING',
      nullable: true,
      oneOf: ['W', 'L'],
      description: 'Whether it won its last game.',
    },
    team_win_pct: {
      type: 'FLOAT64',
      decimals: 3,
      nullable: true,
      min: 0,
      max: 1,
      description:
        'Share of its games won before D, the play-in and the play-offs included; NULL before its first.',
    },
    team_pace_last_10: teamMeanColumn(1, PACE),
    team_off_rating_last_10: teamMeanColumn(2, OFFENSIVE_RATING),
    team_def_rating_last_10: teamMeanColumn(2, DEFENSIVE_RATING),
    game_spread: spreadColumn(
      'Latest spread before tip-off, points, from the side of this team: negative = favoured.',
    ),
    ...spreadMovementColumns,
    game_spread_source: {
      type: 'STRING',
      nullable: true,
      description: 'Bookmaker of the spread: draftkings, fanduel, closing_line, then the first by name.',
    },
    ...totalColumns,
    betting_lines_updated_at: {
      type: 'TIMESTAMP',
      nullable: true,
      description: 'Time of the newer of the two lines, where the source says.',
    },
    starters_out_count: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description:
        'Players out or doubtful who started at least 3 of the last 5 games; NULL without a report on the team, when the starters are unknown, or when so many starts of one of them are that he may have.',
    },
    questionable_players_count: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Players questionable in the latest report; NULL without a report on the team.',
    },
    ...gamesAheadColumns,
    ...completenessColumns,
    data_quality_issues: {
      type: 'STRING',
      nullable: true,
      description:
        'Sorted codes: first_game, incomplete_history, injuries_unknown, missing_game_spread, missing_game_total, schedule_gap:n (games of the team in the next 14 days whose line in the schedule is refused), season_gap:n (games of the team this season whose score is in doubt), starters_unknown, unread_lines (a line on the game was refused), unresolved_names.',
    },
  },
});
