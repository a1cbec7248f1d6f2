/**
 * What of a player's earlier seasons counts in the features of a season: sums over his games of the two seasons before, in which an older
 * game has a smaller weight.
 *
 * There is one partition for each season, on its opening night. So the features of a date read the games of their own season and this
 * table, however long a career is. The weight of a game is 2^(-g/h), where g is the number of his later games before the opening
 * night and h the half-life in the column's name. In the sums over 30 and 80 games, a game of the older season also weighs 0.6 times as
 * much.
 */
import { defineTable, type Column } from '../../../shared/domain/table.ts';
import { previousSeasons, sameDate } from '../../../shared/domain/window.ts';
import { playerIdColumn, playerLookupColumn } from '../_shared/game-columns.ts';

const count = (description: string): Column => ({ type: 'INT64', min: 0, description });
const sum = (unit: string, description: string): Column => ({
  type: 'FLOAT64',
  decimals: 6,
  min: 0,
  unit,
  description,
});

export default defineTable({
  name: 'player_season_carry',
  dataset: 'nba_precompute',
  phase: 'phase4',
  description: 'One row for each player of the two seasons before: what he brings into a season.',
  timing: 'pre_game',
  onlyOn: 'opening_night',
  calculationVersion: 'v1',
  partitionColumn: 'carry_date',
  key: ['carry_date', 'player_lookup'],
  clusterBy: ['player_lookup'],
  readinessColumn: 'is_production_ready',
  emptyReason: 'no_previous_season',
  inputs: [
    { table: 'nbac_schedule', window: sameDate, required: true },
    { table: 'nbac_game_results', window: previousSeasons(2), required: false },
    { table: 'player_game_summary', window: previousSeasons(2), required: false },
  ],
  columns: {
    carry_date: { type: 'DATE', description: 'Opening night of the season into which the sums are carried.' },
    player_lookup: playerLookupColumn,
    nba_player_id: playerIdColumn,
    games_last_season: count('Games he played in the season before.'),
    points_last_season: count('Points he scored in the season before.'),
    career_games: count('Games he played in the two seasons before.'),
    career_points: count('Points he scored in the two seasons before.'),
    points_30: sum('points', 'Weighted sum of his points, half-life 30 games.'),
    weight_30: sum('games', 'Sum of the weights of points_30.'),
    minutes_30: sum('minutes', 'Weighted sum of his known minutes, half-life 30 games.'),
    minutes_weight_30: sum('games', 'Sum of the weights of minutes_30.'),
    points_80: sum('points', 'Weighted sum of his points in games with known attempts, half-life 80 games.'),
    shots_80: sum('shots', 'Weighted sum of FGA + 0.44 FTA in the same games.'),
    points_10: sum('points', 'Weighted sum of his points, half-life 10 games; both seasons weigh alike.'),
    weight_10: sum('games', 'Sum of the weights of points_10.'),
    season_gaps: count('Final regular-season games of the two seasons of which no player is known.'),
    is_production_ready: { type: 'BOOL', description: 'Whether there are no such games.' },
    data_quality_issues: {
      type: 'STRING',
      nullable: true,
      description:
        'Sorted codes: no_last_season (he played in the older of the two seasons alone), season_gap:n (season_gaps).',
    },
  },
});
