/**
 * Every action of a game, as the official scorers wrote it down. Actions are told out of order and are changed and inserted later:
 * whatever is derived from them must be a sum that does not depend on their order.
 */
import { defineRawTable, type Column } from '../../../shared/domain/table.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import { gameColumns, SCHEDULE, teamColumn } from '../_shared/raw-columns.ts';

const optionalText = (description: string): Column => ({ type: 'STRING', nullable: true, description });
const optionalId = (description: string): Column => ({
  type: 'INT64',
  nullable: true,
  min: 1,
  description,
});

export default defineRawTable({
  name: 'nbac_play_by_play',
  description: 'One row for each action of a final game: shots, free throws, rebounds, fouls and the rest.',
  timing: 'post_game',
  isExpectedWhereTold: true,
  calculationVersion: 'v1',
  partitionColumn: 'game_date',
  key: ['game_id', 'event_sequence'],
  clusterBy: ['game_id', 'player_lookup'],
  inputs: [
    { table: SCHEDULE, window: sameDate, required: true },
    { table: 'nbac_game_results', window: sameDate, required: false },
    // The box scores name the players, who have only ids here, and say whether the actions add up.
    { table: 'nbac_player_boxscores', window: sameDate, required: false },
  ],
  columns: {
    ...gameColumns,
    event_sequence: {
      type: 'INT64',
      min: 1,
      unit: 'number',
      description:
        'Number of the action in its game, by the source. It is no order: actions are inserted and moved later.',
    },
    period: { type: 'INT64', min: 1, max: 10, description: '1 to 4 the quarters, from 5 the overtimes.' },
    game_clock_seconds: {
      type: 'FLOAT64',
      decimals: 2,
      min: 0,
      max: 720,
      description: 'Seconds left in the period.',
    },
    event_type: {
      type: 'STRING',
      description:
        'Kind of action as the source writes it, such as 2pt, 3pt, heave, freethrow, rebound or foul.',
    },
    event_action_type: optionalText('Kind within it, such as Layup, offensive, or 1 of 2.'),
    event_descriptor: optionalText('How it came about, such as pullup, shooting or technical.'),
    team_abbr: { ...teamColumn('Team that acts; NULL where no team does.'), nullable: true },
    player_lookup: optionalText(
      'Player who acts, name in the form lebronjames; NULL where nobody does or the one who does has no name, such as a coach.',
    ),
    nba_player_id: optionalId('Player who acts, id at stats.nba.com.'),
    assist_player_lookup: optionalText('Player whose pass led to a make; NULL without one.'),
    assist_nba_player_id: optionalId('The same, id at stats.nba.com.'),
    block_player_lookup: optionalText('Opponent who blocked a miss; NULL without one.'),
    block_nba_player_id: optionalId('The same, id at stats.nba.com.'),
    shot_type: {
      type: 'STRING',
      nullable: true,
      oneOf: ['2PT', '3PT', 'FT'],
      description:
        'What a shot is worth; FT is a free throw. NULL for any other action, and for a missed heave, which is an attempt of no player.',
    },
    shot_made: { type: 'BOOL', nullable: true, description: 'Whether a shot or a free throw went in.' },
    shot_distance: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 94,
      description: 'Feet from the basket; NULL for a free throw.',
    },
    shot_x: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: -10,
      max: 110,
      unit: 'percent',
      description: 'Place along the court in percent of its length, from one baseline to the other.',
    },
    shot_y: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: -10,
      max: 110,
      unit: 'percent',
      description: 'Place across the court in percent of its width.',
    },
    points_scored: {
      type: 'INT64',
      min: 0,
      max: 3,
      description: 'Points of the action; 0 for a miss and for what is no shot.',
    },
    adds_up: {
      type: 'BOOL',
      nullable: true,
      description:
        'Whether the actions of the game add up to the box score of every player: points, makes, threes, assists and blocks. NULL while no box score of the game is known.',
    },
  },
});
