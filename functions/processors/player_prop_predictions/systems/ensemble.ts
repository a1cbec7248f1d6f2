/** `ensemble_v1`: the mean of the other systems, weighted by their confidence. */
import { clamp } from '../../../../shared/domain/seeded-random.ts';
import { answered, unanswered, type SystemAnswer, type SystemResult } from './system.ts';

const SYSTEMS = 4;

/** An answer of the ensemble with what it consists of. */
export interface EnsembleAnswer {
  readonly result: SystemResult;
  /** Standard deviation of the predictions around their mean, points. */
  readonly spread: number | null;
  readonly systems: number;
}

/**
 * The confidence-weighted mean of at least two answers. Its confidence is the mean of theirs and up to 0.15 more: 0.10
 * when the predictions lie within 2 points (standard deviation), 0.05 within 3, 0.05 less from 3 to 6 and 0.10 less beyond; 0.05 more
 * when all four systems have answered; held within 0.20 and 0.95.
 */
export function ensemble(answers: readonly SystemAnswer[]): EnsembleAnswer {
  const systems = answers.length;
  if (systems < 2) return { result: unanswered('few_systems'), spread: null, systems };
  let weight = 0;
  let weighted = 0;
  let sum = 0;
  for (const { confidence, points } of answers) {
    weight += confidence;
    weighted += confidence * points;
    sum += points;
  }
  const mean = sum / systems;
  const spread = Math.sqrt(
    answers.reduce((total, { points }) => total + (points - mean) * (points - mean), 0) / systems,
  );
  const agreement = spread < 2 ? 0.1 : spread < 3 ? 0.05 : spread < 6 ? -0.05 : -0.1;
  const confidence = clamp(weight / systems + agreement + (systems === SYSTEMS ? 0.05 : 0), 0.2, 0.95);
  return { result: answered({ points: weighted / weight, confidence }), spread, systems };
}
