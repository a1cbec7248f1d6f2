/** How much each feature moves the predictions of a model. */
import type { PointsModel } from './points-model.ts';

/** A feature and its share, 0 to 1, of how far all features together move predictions. */
export interface FeatureShare {
  readonly feature: string;
  readonly share: number;
}

/** The features by their share, the largest first. */
export function sharesOf({ importance }: PointsModel): FeatureShare[] {
  const total = Object.values(importance).reduce((sum, value) => sum + value, 0);
  return Object.entries(importance)
    .map(([feature, value]) => ({ feature, share: total === 0 ? 0 : value / total }))
    .sort((a, b) => b.share - a.share || (a.feature < b.feature ? -1 : 1));
}
