/** Columns that rest on what teams report before a game. */
import type { Column } from '../../../shared/domain/table.ts';

export const playerStatusColumn: Column = {
  type: 'STRING',
  nullable: true,
  oneOf: ['doubtful', 'questionable', 'probable', 'available'],
  description:
    'Latest report before tip-off; available when a report on his team does not name him, NULL without a report on his team.',
};

export const starTeammatesOutColumn: Column = {
  type: 'INT64',
  nullable: true,
  min: 0,
  description:
    'Team mates out or doubtful before tip-off who are stars: at least 10 games this season and 18 points a game, or 28 minutes and 12 points; NULL without a report on his team.',
};

/** Which comparison stands behind a projected usage: rows with and without reports do not mean the same. */
export const projectedUsageSourceColumn: Column = {
  type: 'STRING',
  nullable: true,
  oneOf: ['absent_stars', 'recent_form'],
  description:
    'absent_stars: a report on his team exists, and usage is projected from the last 7 games and absent stars, against the last 7 games. recent_form: no report, and the last 7 games are compared with the season. NULL without a projection.',
};
