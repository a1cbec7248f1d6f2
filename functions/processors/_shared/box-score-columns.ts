/** Columns of a final game that the summaries of players and of teams have in common. */
import type { Column } from '../../../shared/domain/table.ts';

type Columns = Readonly<Record<string, Column>>;

const count = (description: string): Column => ({ type: 'INT64', nullable: true, min: 0, description });

/** Attempts, makes and rebounds by kind, NULL where the source does not have them. */
export const shootingColumns = {
  fg_attempts: count('Field goals attempted.'),
  fg_makes: count('Field goals made.'),
  three_pt_attempts: count('Threes attempted, box score.'),
  three_pt_makes: count('Threes made, box score.'),
  ft_attempts: count('Free throws attempted.'),
  ft_makes: count('Free throws made.'),
  offensive_rebounds: count('Offensive rebounds.'),
  defensive_rebounds: count('Defensive rebounds.'),
} satisfies Columns;

export const turnoverAndFoulColumns = {
  turnovers: count('Turnovers.'),
  personal_fouls: count('Personal fouls.'),
} satisfies Columns;

/** Three-pointers as the source of the zones counts them, and shots whose zone is unknown. */
export const chartedThreeColumns = {
  three_attempts_pbp: count('Threes by the source of the zones.'),
  three_makes_pbp: count('Those of them made.'),
  zone_unknown_attempts: count('Two-pointers without a distance.'),
} satisfies Columns;

/** Which source the zones of a game come from. Those of one game come from one source. */
export const shotZonesSourceColumn: Column = {
  type: 'STRING',
  nullable: true,
  oneOf: ['nbac_shot_chart', 'nbac_play_by_play'],
  description:
    'Where the zones of the game come from: its shot chart, or its play-by-play where it has no chart; NULL without zones.',
};

export const shotZoneMatchColumn: Column = {
  type: 'STRING',
  nullable: true,
  oneOf: ['exact', 'within_one', 'differs'],
  description:
    'How the shots in zones compare with the box score: exact when attempts, makes, threes and made threes are equal, within_one when none is off by more than 1; NULL without zones.',
};

export const gameMinutesColumn: Column = {
  type: 'FLOAT64',
  decimals: 1,
  nullable: true,
  min: 48,
  max: 78,
  description: 'Length of the game: 48 + 5 * overtime_periods.',
};

export const completeTeamBoxColumn: Column = {
  type: 'BOOL',
  description:
    'Whether nothing contradicts the box score of the team: neither the final score nor the team box score nor the minutes of the game nor a new id for a known name, and its attempts and the length of the game are not lacking for one cell. If something does, a player is lacking or a number is wrong, and nobody knows which.',
};
