/**
 * The features of a prediction, in the order of the columns: `baseFeatures` and then `furtherFeatures`. `feature_version`
 * names this list. When the list changes, its name must change, too.
 */
import type { Column } from '../../../shared/domain/table.ts';
import { playerMeanColumn } from '../_shared/form-columns.ts';

type Columns = Readonly<Record<string, Column>>;

/** 25 features that are never NULL. An unknown one gets its default value and is named in `defaulted_features`. */
export const baseFeatures = {
  points_avg_last_5: {
    type: 'FLOAT64',
    decimals: 4,
    min: 0,
    max: 100,
    description: 'Mean points of his last 5 played games; default 10.',
  },
  points_avg_last_10: {
    type: 'FLOAT64',
    decimals: 4,
    min: 0,
    max: 100,
    description: 'Mean points of his last 10 played games; default 10.',
  },
  points_avg_season: {
    type: 'FLOAT64',
    decimals: 4,
    min: 0,
    max: 100,
    description: 'Mean points of his played games this season; default 10.',
  },
  points_std_last_10: {
    type: 'FLOAT64',
    decimals: 4,
    min: 0,
    max: 60,
    description: 'Sample standard deviation of points over his last 10 played games; default 5.',
  },
  games_in_last_7_days: {
    type: 'INT64',
    min: 0,
    max: 7,
    description: 'Distinct dates he played, D-7 to D-1; default 3.',
  },
  fatigue_score: { type: 'INT64', min: 0, max: 100, description: '100 = fresh.' },
  shot_zone_mismatch_score: {
    type: 'FLOAT64',
    decimals: 1,
    min: -10,
    max: 10,
    description: 'Positive where the opponent is weak in the zone he shoots from; default 0.',
  },
  pace_score: {
    type: 'FLOAT64',
    decimals: 1,
    min: -3,
    max: 3,
    description: 'Positive in a game faster than his own team’s; default 0.',
  },
  usage_spike_score: {
    type: 'FLOAT64',
    decimals: 1,
    min: -3,
    max: 3,
    description: 'Positive when his usage is projected to rise; default 0.',
  },
  rest_advantage: {
    type: 'INT64',
    min: -2,
    max: 2,
    description: 'His free days minus those of the opponent, held within -2 to 2; default 0.',
  },
  injury_risk: {
    type: 'INT64',
    min: 0,
    max: 3,
    description:
      'available 0, probable 1, questionable 2, doubtful 3; default 0 without a report on his team.',
  },
  recent_trend: {
    type: 'INT64',
    min: -2,
    max: 2,
    description:
      'Mean points of his last 2 games minus that of the 3 before: from 5 it is 2, from 2 it is 1, likewise down; positive = improving. Default 0 below 5 games.',
  },
  minutes_change: {
    type: 'INT64',
    min: -2,
    max: 2,
    description:
      'Minutes of the last 10 games against the season: from +20 % it is 2, from +10 % it is 1, likewise down; default 0.',
  },
  opponent_def_rating: {
    type: 'FLOAT64',
    decimals: 2,
    min: 0,
    max: 250,
    description: 'Points the opponent allows for 100 possessions, last 15 games; else last 10; default 112.',
  },
  opponent_pace: {
    type: 'FLOAT64',
    decimals: 1,
    min: 0,
    max: 200,
    description:
      'Pace of the teams that faced the opponent, last 15 games; else of the opponent, last 10; default 100.',
  },
  home_away: { type: 'INT64', min: 0, max: 1, description: '1 at home.' },
  back_to_back: { type: 'INT64', min: 0, max: 1, description: '1 if he played on D-1.' },
  playoff_game: { type: 'INT64', min: 0, max: 1, description: '1 in the play-in and the play-offs.' },
  pct_paint: {
    type: 'FLOAT64',
    decimals: 9,
    min: 0,
    max: 1,
    description: 'Share of his attempts in the paint, a fraction; default 0.30.',
  },
  pct_mid_range: {
    type: 'FLOAT64',
    decimals: 9,
    min: 0,
    max: 1,
    description: 'Share of his attempts from mid-range, a fraction; default 0.20.',
  },
  pct_three: {
    type: 'FLOAT64',
    decimals: 9,
    min: 0,
    max: 1,
    description: 'Share of his attempts behind the arc, a fraction; default 0.35.',
  },
  pct_free_throw: {
    type: 'FLOAT64',
    decimals: 9,
    min: 0,
    max: 0.5,
    description:
      'Free throws made / points over his last 10 played games that know both, at most 0.5; default 0.15 below 5 such games or without points.',
  },
  team_pace: {
    type: 'FLOAT64',
    decimals: 4,
    min: 0,
    max: 200,
    description: "Mean pace of his team's last 10 games; default 100.",
  },
  team_off_rating: {
    type: 'FLOAT64',
    decimals: 4,
    min: 0,
    max: 250,
    description: "Mean offensive rating of his team's last 10 games; default 112.",
  },
  team_win_pct: {
    type: 'FLOAT64',
    decimals: 9,
    min: 0,
    max: 1,
    description:
      "Share of his team's games this season it has won, the play-in and the play-offs included; default 0.5 below 5 games.",
  },
} satisfies Columns;

/** Four features of the market and four more that training uses; NULL when unknown. */
export const furtherFeatures = {
  vegas_points_line: {
    type: 'FLOAT64',
    decimals: 1,
    nullable: true,
    min: 0,
    description: 'Latest line on his points before tip-off; NULL without one.',
  },
  vegas_opening_line: {
    type: 'FLOAT64',
    decimals: 1,
    nullable: true,
    min: 0,
    description: 'Earliest line of the same bookmaker; NULL when seen once only.',
  },
  vegas_line_move: {
    type: 'FLOAT64',
    decimals: 1,
    nullable: true,
    description: 'Latest minus earliest; NULL when seen once only.',
  },
  has_vegas_line: {
    type: 'INT64',
    nullable: true,
    min: 0,
    max: 1,
    description:
      '1 if there is a line; NULL where a line of his game was refused or matched with nobody and may be his.',
  },
  minutes_avg_last_10: {
    type: 'FLOAT64',
    decimals: 4,
    nullable: true,
    min: 0,
    description: 'Mean known minutes of his last 10 played games.',
  },
  days_rest: {
    type: 'INT64',
    nullable: true,
    min: 0,
    description: 'Free days since his last game: 0 is a back-to-back.',
  },
  assisted_rate_last_10: {
    type: 'FLOAT64',
    decimals: 2,
    nullable: true,
    min: 0,
    max: 100,
    description: 'Percent of his makes that were assisted.',
  },
  usage_rate_last_10: playerMeanColumn(4, 'usage, percent,', 10, 100),
} satisfies Columns;

/** Some of the features again, with the names and units that training uses. They have no defaults. */
export const trainingFeatures = {
  is_home: { type: 'INT64', min: 0, max: 1, description: 'home_away under the name training uses.' },
  opponent_def_rating_last_15: {
    type: 'FLOAT64',
    decimals: 2,
    nullable: true,
    min: 0,
    description: 'opponent_def_rating of the last 15 games alone.',
  },
  opponent_pace_last_15: {
    type: 'FLOAT64',
    decimals: 1,
    nullable: true,
    min: 0,
    description: 'opponent_pace of the last 15 games alone.',
  },
  paint_rate_last_10: {
    type: 'FLOAT64',
    decimals: 2,
    nullable: true,
    min: 0,
    max: 100,
    description: 'pct_paint in percent.',
  },
  mid_range_rate_last_10: {
    type: 'FLOAT64',
    decimals: 2,
    nullable: true,
    min: 0,
    max: 100,
    description: 'pct_mid_range in percent.',
  },
  three_pt_rate_last_10: {
    type: 'FLOAT64',
    decimals: 2,
    nullable: true,
    min: 0,
    max: 100,
    description: 'pct_three in percent.',
  },
  team_pace_last_10: {
    type: 'FLOAT64',
    decimals: 4,
    nullable: true,
    min: 0,
    description: 'team_pace without a default.',
  },
  team_off_rating_last_10: {
    type: 'FLOAT64',
    decimals: 4,
    nullable: true,
    min: 0,
    description: 'team_off_rating without a default.',
  },
} satisfies Columns;
