/**
 * Constants of the rule systems. `npm run refit-rules` fits them again and prints them. Those of the first three were fitted to the
 * absolute error on the games of 2021-22 and 2022-23 that each system can predict, with `trainLad`; the figures beside them are mean
 * absolute errors in points.
 */
import type { OverStep } from './over.ts';
import type { SystemId } from './system.ts';

/**
 * Points for each unit of a term. 4.621 on 50 331 games, 4.533 on 25 461 games of 2023-24. No player of these seasons had a fatigue
 * score under 50, so that `tired` has no weight of its own.
 */
export const MOVING_AVERAGE = {
  intercept: -0.432,
  last5: 0.262,
  last10: 0.273,
  season: 0.459,
  tired: 0,
  aLittleTired: 0.26,
  mismatch: 0.0252,
  pace: 0.166,
  usage: -0.0837,
  home: 0.0313,
  backToBack: 0.467,
} as const;

/** Points for each unit of a term. 4.728 on 23 729 games of 2022-23, 4.653 on 24 049 of 2023-24; 2021-22 has no shots. */
export const ZONE_MATCHUP = {
  intercept: -0.413,
  season: 1.01,
  paint: 0.0172,
  midRange: 0.00212,
  three: 0.0543,
  freeThrow: -0.000643,
  pace: 0.173,
  home: 0.00978,
  tired: 0,
  aLittleTired: 0.664,
} as const;

/** Points for each unit of a term. 4.876 on 41 184 games, 4.828 on 23 377 of 2023-24. */
export const SIMILARITY = {
  intercept: 1.06,
  baseline: 0.954,
  fatigue: -0.0483,
  mismatch: 0.0185,
  pace: 0.175,
  usage: 0.3,
  home: 0.0396,
} as const;

/**
 * How often the prediction of similar games lay on the right side of the mean of the last five games, by its raw confidence; rising
 * steps. Measured on 39 424 games of 2021-22 and 2022-23.
 */
export const SIMILARITY_CALIBRATION: readonly { readonly from: number; readonly confidence: number }[] = [
  { from: 0, confidence: 0.573 },
  { from: 0.7, confidence: 0.574 },
  { from: 0.73, confidence: 0.589 },
];

/**
 * Tenth and ninetieth percentile of (points - prediction) / sqrt(prediction + 2), measured on 2021-22 and 2022-23; the ensemble of the
 * three systems of rules. On 2023-24 the intervals hold 0.806, 0.805, 0.800 and 0.804 of the games.
 */
export const SPREADS: Readonly<Partial<Record<SystemId, { readonly p10: number; readonly p90: number }>>> = {
  moving_average: { p10: -1.792, p90: 2.602 },
  zone_matchup_v1: { p10: -1.832, p90: 2.612 },
  similarity_balanced_v1: { p10: -1.895, p90: 2.647 },
  ensemble_v1: { p10: -1.823, p90: 2.566 },
};

/** The maps below were fitted on lines before this date, and say nothing of earlier ones. */
export const OVER_MAPS_FROM = '2024-07-01';

/**
 * Share of games over the line by predicted points - line: rising steps with 95 % Wilson intervals, from 3 245 to 3 639 main lines of
 * 2024-03-02 to 2024-05-25. No step of any system beats the usual price.
 */
export const OVER_MAPS: Readonly<Partial<Record<SystemId, readonly OverStep[]>>> = {
  moving_average: [
    { from: -14.352, probability: 0.461, lower: 0.405, upper: 0.517 },
    { from: -3.107, probability: 0.471, lower: 0.446, upper: 0.496 },
    { from: -0.317, probability: 0.488, lower: 0.449, upper: 0.528 },
    { from: 0.366, probability: 0.502, lower: 0.474, upper: 0.53 },
  ],
  zone_matchup_v1: [
    { from: -18.657, probability: 0.432, lower: 0.374, upper: 0.491 },
    { from: -4.267, probability: 0.469, lower: 0.439, upper: 0.498 },
    { from: -0.74, probability: 0.487, lower: 0.461, upper: 0.514 },
    { from: 1.541, probability: 0.52, lower: 0.477, upper: 0.562 },
  ],
  similarity_balanced_v1: [
    { from: -13.698, probability: 0.452, lower: 0.396, upper: 0.509 },
    { from: -4.486, probability: 0.467, lower: 0.427, upper: 0.508 },
    { from: -2.31, probability: 0.469, lower: 0.413, upper: 0.526 },
    { from: -1.693, probability: 0.473, lower: 0.44, upper: 0.506 },
    { from: -0.132, probability: 0.495, lower: 0.454, upper: 0.535 },
    { from: 0.894, probability: 0.503, lower: 0.47, upper: 0.536 },
  ],
  ensemble_v1: [
    { from: -14.133, probability: 0.442, lower: 0.387, upper: 0.499 },
    { from: -3.766, probability: 0.46, lower: 0.432, upper: 0.489 },
    { from: -0.807, probability: 0.49, lower: 0.45, upper: 0.53 },
    { from: -0.06, probability: 0.503, lower: 0.478, upper: 0.529 },
  ],
};
