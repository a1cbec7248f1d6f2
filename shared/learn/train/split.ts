/** The best split of a node, as XGBoost scores it. */
import type { Binned } from './bins.ts';
import { readBins, type BinSums, type Gradients, type Histogram } from './histogram.ts';
import type { WholeParameters } from './parameters.ts';

/** Sum of the gradients and of the weights of some rows. */
export interface Totals {
  readonly gradient: number;
  readonly weight: number;
}

/** A way to divide the rows of a node. */
export interface Split {
  readonly feature: number;
  /** Last bin of the left side; -1 when only missing values go there. */
  readonly bin: number;
  readonly isMissingLeft: boolean;
  readonly gain: number;
  readonly left: Totals;
  readonly right: Totals;
}

/** A gain must be more than this, which also keeps rounding errors from being taken for gains (XGBoost's `kRtEps`). */
const LEAST_GAIN = 1e-6;

type Terms = Pick<WholeParameters, 'reg_alpha' | 'reg_lambda' | 'gamma' | 'min_child_weight'>;

/** The gradient that is left when the L1 term has drawn it towards 0. */
function drawn(gradient: number, alpha: number): number {
  if (gradient > alpha) return gradient - alpha;
  return gradient < -alpha ? gradient + alpha : 0;
}

function scoreOf(gradient: number, weight: number, { reg_alpha: alpha, reg_lambda: lambda }: Terms): number {
  const left = alpha === 0 ? gradient : drawn(gradient, alpha);
  return (left * left) / (weight + lambda);
}

/** What a leaf with these rows would add by its gradients alone, before the learning rate. */
export function newtonStep({ gradient, weight }: Totals, terms: Terms): number {
  const bottom = weight + terms.reg_lambda;
  return bottom > 0 ? (0 - drawn(gradient, terms.reg_alpha)) / bottom : 0;
}

/** Finds splits of nodes whose rows are summed up in histograms. */
export function makeSplitter(binned: Binned, gradients: Gradients, terms: Terms) {
  const sums: BinSums = { gradient: new Float64Array(257), weight: new Float64Array(257) };
  const best = { feature: -1, bin: 0, isMissingLeft: false, score: 0, gradient: 0, weight: 0 };
  const least = terms.min_child_weight;

  /** Keeps the split with these rows on its left side when it is the best so far. */
  const offer = (
    feature: number,
    bin: number,
    isMissingLeft: boolean,
    gradient: number,
    weight: number,
    total: Totals,
  ): void => {
    const other = total.weight - weight;
    if (weight < least || other < least || weight <= 0 || other <= 0) return;
    const score = scoreOf(gradient, weight, terms) + scoreOf(total.gradient - gradient, other, terms);
    if (!(score > best.score)) return;
    best.feature = feature;
    best.bin = bin;
    best.isMissingLeft = isMissingLeft;
    best.score = score;
    best.gradient = gradient;
    best.weight = weight;
  };

  const search = (histogram: Histogram, feature: number, total: Totals): void => {
    const last = binned.cuts[feature]!.length;
    const hasMissing = binned.hasMissing[feature] === true;
    readBins(histogram, gradients, binned.offsets[feature]!, last + (hasMissing ? 2 : 1), sums);
    const missingWeight = hasMissing ? sums.weight[last + 1]! : 0;
    const missingGradient = hasMissing ? sums.gradient[last + 1]! : 0;
    let gradient = 0;
    let weight = 0;
    for (let bin = 0; bin < last; bin += 1) {
      const added = sums.weight[bin]!;
      // Without rows in the bin the split divides the rows as the one before it does.
      if (added === 0) continue;
      gradient += sums.gradient[bin]!;
      weight += added;
      offer(feature, bin, false, gradient, weight, total);
      if (missingWeight > 0)
        offer(feature, bin, true, gradient + missingGradient, weight + missingWeight, total);
    }
    if (missingWeight > 0) offer(feature, -1, true, missingGradient, missingWeight, total);
  };

  /** The split with the greatest gain; of equal ones that of the first feature and the lowest bin. */
  return (histogram: Histogram, total: Totals, features: readonly number[]): Split | undefined => {
    const unsplit = scoreOf(total.gradient, total.weight, terms);
    best.feature = -1;
    best.score = unsplit + LEAST_GAIN;
    for (const feature of features) search(histogram, feature, total);
    const gain = best.score - unsplit;
    if (best.feature === -1 || gain < terms.gamma) return undefined;
    const { feature, bin, isMissingLeft, gradient, weight } = best;
    return {
      feature,
      bin,
      isMissingLeft,
      gain,
      left: { gradient, weight },
      right: { gradient: total.gradient - gradient, weight: total.weight - weight },
    };
  };
}
