/** Columns that several raw tables have in common. */
import { MATCHES } from '../../../shared/domain/identity.ts';
import { TRICODES } from '../../../shared/domain/teams.ts';
import type { Column } from '../../../shared/domain/table.ts';

type Columns = Readonly<Record<string, Column>>;

const KINDS = ['regular', 'play_in', 'playoffs', 'cup_final'];

/** The date of a row and what kind of games are played on it. */
export const dateColumns = {
  game_date: { type: 'DATE', description: 'US Eastern calendar date of the game.' },
  season: { type: 'STRING', description: 'Season of the game, such as 2023-24.' },
  season_type: {
    type: 'STRING',
    oneOf: KINDS,
    description:
      'Kind of game, as the third digit of nba_game_id says. The cup final counts in no standings or averages.',
  },
} satisfies Columns;

/** The game a row belongs to. */
export const gameColumns = {
  game_id: { type: 'STRING', description: 'YYYYMMDD_AWAY_HOME: US Eastern date and tricodes.' },
  nba_game_id: {
    type: 'STRING',
    description:
      'Ten-digit id of the game at nba.com, leading zeros kept. One that begins with 9 stands for the id of a game that only a source with ids of its own has told of.',
  },
  ...dateColumns,
} satisfies Columns;

/** The same in a schedule, which has rows of games whose lines are refused. */
export const scheduledGameColumns = {
  ...gameColumns,
  season_type: {
    type: 'STRING',
    oneOf: [...KINDS, 'unread'],
    description: `${dateColumns.season_type.description} unread: the line of the schedule about the game is refused, or only box scores know the game.`,
  },
} satisfies Columns;

/** A column that names a team by its tricode. */
export function teamColumn(description: string): Column {
  return { type: 'STRING', oneOf: TRICODES, description };
}

/** The visiting team of a schedule that may have refused lines. */
export const awayTeamColumn: Column = {
  ...teamColumn('Visiting team; NULL in an unread row that names one team.'),
  nullable: true,
};

export const playerLookupColumn: Column = { type: 'STRING', description: 'Name in the form lebronjames.' };

/** Id of a player in a source that may lack it. */
export const matchedIdColumn: Column = {
  type: 'INT64',
  nullable: true,
  min: 1,
  description: 'Id at stats.nba.com; NULL when the row was matched with nobody.',
};

/** How a row of a source that may lack ids was matched with a player. */
export const matchedByColumn: Column = {
  type: 'STRING',
  nullable: true,
  oneOf: MATCHES,
  description:
    'How the row was matched with a player: by its id, the whole name, an alias, a form of the name that only one player of the team has, or with nobody.',
};

/** A count that every row must have. */
export function countColumn(max: number, description: string): Column {
  return { type: 'INT64', min: 0, max, description };
}

/** A count that is NULL where the source does not have it. An unknown count is never 0. */
export function optionalCountColumn(max: number, description: string): Column {
  return { type: 'INT64', nullable: true, min: 0, max, description };
}

/** The counting statistics of a box score after the points. `max` is the largest believable count of one of them. */
export function boxScoreColumns(max: number, plusMinus: string): Columns {
  return {
    field_goals_made: optionalCountColumn(max, 'Field goals made, threes included.'),
    field_goals_attempted: optionalCountColumn(max, 'Field goals attempted, threes included.'),
    three_pointers_made: optionalCountColumn(max, 'Three-pointers made.'),
    three_pointers_attempted: optionalCountColumn(max, 'Three-pointers attempted.'),
    free_throws_made: optionalCountColumn(max, 'Free throws made.'),
    free_throws_attempted: optionalCountColumn(max, 'Free throws attempted.'),
    offensive_rebounds: optionalCountColumn(max, 'Offensive rebounds.'),
    defensive_rebounds: optionalCountColumn(max, 'Defensive rebounds.'),
    rebounds: optionalCountColumn(max, 'Rebounds; the sum of the two kinds where both are known.'),
    assists: optionalCountColumn(max, 'Assists.'),
    steals: optionalCountColumn(max, 'Steals.'),
    blocks: optionalCountColumn(max, 'Blocks.'),
    turnovers: optionalCountColumn(max, 'Turnovers.'),
    personal_fouls: optionalCountColumn(max, 'Personal fouls.'),
    plus_minus: { type: 'INT64', nullable: true, min: -100, max: 100, description: plusMinus },
  };
}

/** Where a box score row comes from and what it lacks. */
export const boxScoreSourceColumns = {
  source_detail: {
    type: 'STRING',
    oneOf: ['full', 'lite'],
    description: 'full: the whole box score line; lite: a source without makes and attempts.',
  },
  data_quality_issues: {
    type: 'STRING',
    nullable: true,
    description:
      'Codes of what the source lacks, sorted and comma separated: attempts_unknown (in a lite row with fouls and rebounds by kind), minutes_unknown, position_unknown, and one such code for each other count that is NULL, such as assists_unknown; minutes_unreadable in a row without statistics whose minutes were written and could not be read. NULL when nothing is missing.',
  },
} satisfies Columns;

/** The time of a line, as a part of the key. It may not be NULL. */
export const snapshotLabelColumn: Column = {
  type: 'STRING',
  description: 'closing when the source gives no time, otherwise snapshot_at as ISO UTC text.',
};

/** Whole minutes from the time of a line or a report to the tip-off. */
export const minutesBeforeTipoffColumn: Column = {
  type: 'INT64',
  nullable: true,
  min: 0,
  description:
    'Whole minutes from the snapshot to the tip-off, rounded down; NULL when either time is unknown. Never negative: what was seen after the tip-off is not loaded.',
};

/** The input every raw table but the schedule declares. */
export const SCHEDULE = 'nbac_schedule';
