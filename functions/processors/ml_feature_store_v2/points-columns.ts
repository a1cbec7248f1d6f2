/**
 * The features of the version points_v1, NULL when unknown.
 *
 * The mean with half-life h over n games is SUM(x * 2^(i/h)) / SUM(2^(i/h)), where i numbers the games from 1 to n. It is over his games
 * of the season before the date, and a game in which x is unknown is left out. In a career mean the games of the two seasons before
 * count too: those of a season weigh 0.6 times as much as those of the next one.
 */
import type { Column } from '../../../shared/domain/table.ts';

type Columns = Readonly<Record<string, Column>>;

const number = (unit: string, description: string, bounds: Pick<Column, 'min' | 'max'> = {}): Column => ({
  type: 'FLOAT64',
  decimals: 6,
  nullable: true,
  unit,
  ...bounds,
  description,
});
const atLeast0 = { min: 0 };
const POSSESSIONS = 'used possessions, FGA + 0.44 FTA + turnovers,';

export const pointsFeatures = {
  e_prod: number('points', 'Minutes, half-life 3 games, times ppm_sh.', atLeast0),
  ppm_sh: number(
    'points per minute',
    '(x30_pts + 1.2) / (career minutes, half-life 30 games, + 3).',
    atLeast0,
  ),
  e_exp_ts: number(
    'points',
    '2 * (FGA + 0.44 FTA, half-life 6 games) * true shooting, a fraction, of career points and attempts, half-life 80 games.',
    atLeast0,
  ),
  share_pts: number(
    'fraction',
    'r / sum of r over the available roster and himself. r: career mean of points, half-life 10 games, in which earlier seasons weigh in full. Roster: players whose latest game this season was with his team, in one of its last 15 games; available: who played in one of its last 3.',
    { min: 0, max: 1 },
  ),
  rank_pts: {
    type: 'INT64',
    nullable: true,
    min: 0,
    unit: 'players',
    description: 'How many others of the available roster have a higher r than he; see share_pts.',
  },
  e3_pts: number('points', 'Mean points, half-life 3 games.', atLeast0),
  e12_pts: number('points', 'Mean points, half-life 12 games.', atLeast0),
  e1_5_ua: number('possessions', `Mean of ${POSSESSIONS} half-life 1.5 games.`, atLeast0),
  e3_ua: number('possessions', `Mean of ${POSSESSIONS} half-life 3 games.`, atLeast0),
  e12_ua: number('possessions', `Mean of ${POSSESSIONS} half-life 12 games.`, atLeast0),
  x30_pts: number('points', 'Career mean of points, half-life 30 games.', atLeast0),
  sh_pts: number(
    'points',
    '(n * season mean + 8 * mean of last season) / (n + 8) after n games; without last season (points of this and the two seasons before + 160) / (games of them + 20).',
    atLeast0,
  ),
  m1: {
    type: 'FLOAT64',
    decimals: 1,
    nullable: true,
    min: 0,
    max: 80,
    unit: 'minutes',
    description: 'Minutes of his last game this season.',
  },
  d_vac_pts: number(
    'points',
    'Sum of r of the others of the roster who did not play in the last game of his team, minus the mean of that sum over his own last 10 games with the team; see share_pts. NULL before his first game with the team.',
  ),
  season_day: {
    type: 'INT64',
    nullable: true,
    min: 0,
    unit: 'days',
    description: 'Days since the first game of the season.',
  },
  m7: {
    type: 'FLOAT64',
    decimals: 1,
    nullable: true,
    min: 0,
    unit: 'minutes',
    description: 'His minutes from D-7 to D-1; NULL where those of one of these games are unknown.',
  },
  spread: {
    type: 'FLOAT64',
    decimals: 1,
    nullable: true,
    unit: 'points',
    description: 'Latest spread before tip-off from the side of his team: negative = favoured.',
  },
  imp_rel_season: number(
    'ratio',
    'Implied points of his team, total / 2 - spread / 2, divided by their mean over its earlier games of the season.',
    atLeast0,
  ),
  imp_rel_e5: number(
    'points',
    'Implied points of his team minus their mean over its earlier games of the season, half-life 5 games.',
  ),
  dvp_allppm: number(
    'points per minute',
    'Over the g earlier games of the opponent: points of its opponents minus what their minutes and career points per minute, half-life 30 games, up to then would give, divided by their minutes; both with half-life 15 games; times g / (g + 8).',
  ),
} satisfies Columns;
