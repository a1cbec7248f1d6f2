/** What a prediction says about a line: the side that it leans to, and whether that is worth a bet. */
import type { SystemId } from './system.ts';

/** The usual price of either side, as American odds: 110 are staked to win 100. */
const USUAL_PRICE = -110;

/** The smallest distance from the line in points, and the smallest confidence, with which a system recommends. */
const RULES: Readonly<Record<SystemId, { readonly edge: number; readonly confidence: number }>> = {
  moving_average: { edge: 2, confidence: 0.45 },
  zone_matchup_v1: { edge: 2, confidence: 0.45 },
  similarity_balanced_v1: { edge: 2, confidence: 0.65 },
  xgboost_v1: { edge: 1.5, confidence: 0.6 },
  ensemble_v1: { edge: 1.5, confidence: 0.65 },
};

/** How likely points above the line are, and the bounds of its 95 % interval; fractions. Without bounds no side is recommended. */
export interface OverProbability {
  readonly probability: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** The sides of a line. */
export type Side = 'OVER' | 'UNDER';
/** What a system advises. `NO_LINE` where no bookmaker has a line on the player; `PASS` when no side is worth its price. */
export type Recommendation = Side | 'PASS' | 'NO_LINE';

/** What a prediction is compared with. */
export interface Compared {
  readonly system: SystemId;
  /** Predicted points. */
  readonly points: number;
  /** 0 to 1, before calibration. */
  readonly confidence: number;
  /** The current line of a bookmaker, points; null without one. */
  readonly line: number | null;
  /** Null where no map from the distance to a probability is known for the date. */
  readonly over: OverProbability | null;
  /** Whether the player may be recommended at all. */
  readonly isEligible: boolean;
  /** Systems whose predictions lie above and below the line; for the ensemble alone. */
  readonly votes?: { readonly over: number; readonly under: number };
}

/** The share of bets that must be won to lose nothing at a price in American odds: 0.524 at -110. */
export function breakEven(price: number): number {
  return price < 0 ? -price / (-price + 100) : 100 / (price + 100);
}

/**
 * The side of a line that is more likely: by the probability where there is one, else by the prediction. Null without a line and when
 * neither side is.
 */
export function leanOf({ points, line, over }: Pick<Compared, 'points' | 'line' | 'over'>): Side | null {
  if (line === null) return null;
  const above = over === null ? points - line : over.probability - 0.5;
  if (above === 0) return null;
  return above > 0 ? 'OVER' : 'UNDER';
}

/**
 * A side is recommended when the prediction lies far enough from the line with enough confidence, the player is
 * eligible, the probability leans to the same side, and the lower bound of its interval beats the usual price (nothing is recommended otherwise). Of the
 * ensemble's systems, most must lie on that side.
 */
export function recommendationOf(compared: Compared): Recommendation {
  const { system, points, confidence, line, over, isEligible, votes } = compared;
  if (line === null) return 'NO_LINE';
  const rule = RULES[system];
  const edge = points - line;
  if (!isEligible || over === null || Math.abs(edge) < rule.edge || confidence < rule.confidence)
    return 'PASS';
  const side: Side = edge > 0 ? 'OVER' : 'UNDER';
  if (leanOf(compared) !== side) return 'PASS';
  if (votes !== undefined && 2 * (side === 'OVER' ? votes.over : votes.under) <= votes.over + votes.under)
    return 'PASS';
  const { lower, upper } = over;
  if (lower === null || upper === null) return 'PASS';
  return (side === 'OVER' ? lower : 1 - upper) > breakEven(USUAL_PRICE) ? side : 'PASS';
}
