/** Every field-goal attempt with its place on the court. The source has no assists, so `assisted` is NULL. */
import { defineRawTable } from '../../../shared/domain/table.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import { gameColumns, SCHEDULE, teamColumn } from '../_shared/raw-columns.ts';

export default defineRawTable({
  name: 'nbac_shot_chart',
  description: 'One row for each field-goal attempt.',
  timing: 'post_game',
  calculationVersion: 'v1',
  partitionColumn: 'game_date',
  key: ['game_id', 'shot_number'],
  clusterBy: ['game_id', 'player_lookup'],
  inputs: [
    { table: SCHEDULE, window: sameDate, required: true },
    { table: 'nbac_game_results', window: sameDate, required: false },
    { table: 'nbac_player_boxscores', window: sameDate, required: false },
  ],
  columns: {
    ...gameColumns,
    shot_number: {
      type: 'INT64',
      min: 1,
      description: 'Place of the shot among those of its game in the file, from 1.',
    },
    team_abbr: teamColumn('Team of the shooter.'),
    player_lookup: { type: 'STRING', description: 'Shooter, name in the form lebronjames.' },
    nba_player_id: { type: 'INT64', min: 1, description: 'Shooter, id at stats.nba.com.' },
    period: { type: 'INT64', min: 1, max: 10, description: '1 to 4 the quarters, from 5 the overtimes.' },
    seconds_left: { type: 'INT64', min: 0, max: 720, description: 'Seconds left in the period.' },
    shot_made: { type: 'BOOL', description: 'Whether it went in.' },
    shot_type: {
      type: 'STRING',
      oneOf: ['2PT', '3PT'],
      description: 'What it was worth, by the official scorer and not by its distance.',
    },
    shot_distance: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      max: 94,
      description: 'Feet from the basket, as the source gives them (whole feet).',
    },
    zone: {
      type: 'STRING',
      oneOf: [
        'Restricted Area',
        'In The Paint (Non-RA)',
        'Mid-Range',
        'Left Corner 3',
        'Right Corner 3',
        'Above the Break 3',
        'Backcourt',
      ],
      description: 'Area of the court by the source; kept, but not the zone of the analytics.',
    },
    zone_side: {
      type: 'STRING',
      nullable: true,
      oneOf: ['Left Side', 'Left Side Center', 'Center', 'Right Side Center', 'Right Side', 'Back Court'],
      description: 'Side of the court by the source.',
    },
    zone_range: {
      type: 'STRING',
      nullable: true,
      oneOf: ['Less Than 8 ft.', '8-16 ft.', '16-24 ft.', '24+ ft.', 'Back Court Shot'],
      description: 'Class of distance by the source.',
    },
    action: { type: 'STRING', nullable: true, description: 'Kind of shot, such as Driving Layup Shot.' },
    loc_x: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: -30,
      max: 30,
      description: 'Feet to the side of the basket.',
    },
    loc_y: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: -5,
      max: 94,
      description: 'Feet from the baseline; the basket is near 5.25.',
    },
    assisted: {
      type: 'BOOL',
      nullable: true,
      description: 'Whether a make came from an assist; NULL when the source does not say.',
    },
  },
});
