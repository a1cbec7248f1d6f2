/**
 * Feature versions: named lists of the columns of `ml_feature_store_v2` from which a model predicts points. A model names the
 * version that it was trained on. A list never changes: another list has another name.
 */

/** Whom a feature speaks of: the player himself, his team and its opponent, or the betting market. */
export type FeatureGroup = 'player' | 'team' | 'market';

/** One feature of a version. */
export interface Feature {
  /** The column of `ml_feature_store_v2`. Its unit, range and formula stand there. */
  readonly name: string;
  readonly group: FeatureGroup;
  /** What it says, in a few words, for a page or a plot. */
  readonly says: string;
}

/** A named list of features, in the order in which a model reads them. */
export interface FeatureVersion {
  readonly name: string;
  readonly features: readonly Feature[];
}

const player = (name: string, says: string): Feature => ({ name, group: 'player', says });
const team = (name: string, says: string): Feature => ({ name, group: 'team', says });
const market = (name: string, says: string): Feature => ({ name, group: 'market', says });

/** The twenty features of points: form, role in the team, opponent, and what the market says of the game. */
export const POINTS_V1: FeatureVersion = {
  name: 'points_v1',
  features: [
    player('e_prod', 'recent minutes times points per minute'),
    player('ppm_sh', 'points per minute of his career, shrunk'),
    player('e_exp_ts', 'recent shots times true shooting of his career'),
    team('share_pts', 'his share of the points that the available roster scores'),
    team('rank_pts', 'available team-mates who score more'),
    player('e3_pts', 'points, weighted to his last 3 games'),
    player('e12_pts', 'points, weighted to his last 12 games'),
    player('e1_5_ua', 'used possessions, weighted to his last game'),
    player('e3_ua', 'used possessions, weighted to his last 3 games'),
    player('e12_ua', 'used possessions, weighted to his last 12 games'),
    player('x30_pts', 'points of his career, weighted to his last 30 games'),
    player('sh_pts', 'season mean of points, shrunk to last season'),
    player('m1', 'minutes of his last game'),
    team('d_vac_pts', 'points of absent team-mates, against his last 10 games'),
    team('season_day', 'days since the season began'),
    player('m7', 'his minutes of the last 7 days'),
    market('spread', 'spread of his team'),
    market('imp_rel_season', 'implied points of his team, against its season'),
    market('imp_rel_e5', 'implied points of his team, against its last 5 games'),
    team('dvp_allppm', 'points per minute that the opponent allows beyond what is usual'),
  ],
};

/**
 * The features that the predecessor of this pipeline trained on, with the names and units of the columns.
 * They are here so that its model can be measured on the same rows.
 */
const TRAINER_21: FeatureVersion = {
  name: 'trainer_21',
  features: [
    player('points_avg_last_5', 'points, last 5 games'),
    player('points_avg_last_10', 'points, last 10 games'),
    player('points_avg_season', 'points, this season'),
    player('points_std_last_10', 'spread of his points, last 10 games'),
    player('minutes_avg_last_10', 'minutes, last 10 games'),
    player('fatigue_score', 'freshness, 100 is fresh'),
    player('shot_zone_mismatch_score', 'weakness of the opponent where he shoots'),
    team('pace_score', 'game faster than his team plays'),
    player('usage_spike_score', 'usage projected to rise'),
    team('opponent_def_rating_last_15', 'points that the opponent allows'),
    team('opponent_pace_last_15', 'pace of the opponent'),
    team('is_home', 'at home'),
    player('days_rest', 'free days'),
    player('back_to_back', 'played the day before'),
    player('paint_rate_last_10', 'share of shots from the paint'),
    player('mid_range_rate_last_10', 'share of shots from mid-range'),
    player('three_pt_rate_last_10', 'share of shots behind the arc'),
    player('assisted_rate_last_10', 'share of makes that were assisted'),
    team('team_pace_last_10', 'pace of his team'),
    team('team_off_rating_last_10', 'points that his team scores'),
    player('usage_rate_last_10', 'usage, last 10 games'),
  ],
};

/** Every feature version there is, the one that a training prefers first. */
export const FEATURE_VERSIONS: readonly FeatureVersion[] = [POINTS_V1, TRAINER_21];

/**
 * The version of this name.
 * @throws Error that names the versions there are
 */
export function featureVersion(name: string): FeatureVersion {
  const found = FEATURE_VERSIONS.find((version) => version.name === name);
  if (found !== undefined) return found;
  const names = FEATURE_VERSIONS.map((version) => version.name).join(', ');
  throw new Error(`There is no feature version ${name}. There are: ${names}`);
}
