/** What the points of an answer consist of: a base and what each feature adds to it. */
import type { Explanation } from '../../../shared/modeling/points-model.ts';
import type { Answered } from './answers.ts';
import { totalOf, type Term } from './systems/system.ts';

/** Base, terms and rest, added up in this order, are the points to the last bit. */
export interface Explained {
  /** Predicted points before they are rounded to a tenth. */
  readonly points: number;
  /** Of a rule its intercept; of a model its mean prediction on the rows that it has learned from; of the ensemble 0. */
  readonly base: number;
  /** Those that add most come first. */
  readonly terms: readonly Term[];
  /** What holding the points within 0 to 60 and the rounding of sums adds. */
  readonly rest: number;
}

const INTERCEPT = 'intercept';

/** @param ofModel what the model says of its own answer; for the answer of a model alone */
export function explainedOf({ answer, system, together }: Answered, ofModel?: Explanation): Explained {
  if (ofModel !== undefined)
    return added(
      answer.points,
      ofModel.base,
      ofModel.parts.map(({ feature, value, adds }) => ({
        name: feature,
        value: Number.isNaN(value) ? null : value,
        adds,
      })),
    );
  if (together !== undefined) return added(answer.points, 0, membersOf(together));
  if (answer.terms === undefined) throw new Error(`Nobody says what the answer of ${system} consists of`);
  return added(
    answer.points,
    answer.terms.find(({ name }) => name === INTERCEPT)?.adds ?? 0,
    answer.terms.filter(({ name }) => name !== INTERCEPT),
  );
}

/** The systems of an ensemble: the points of each, and what they add by its share of the confidence. */
function membersOf({ of, names }: NonNullable<Answered['together']>): Term[] {
  const weight = of.reduce((sum, { confidence }) => sum + confidence, 0);
  return of.map(({ points, confidence }, i) => ({
    name: names[i] ?? '',
    value: points,
    adds: (confidence * points) / weight,
  }));
}

function added(points: number, base: number, terms: readonly Term[]): Explained {
  const ordered = terms.toSorted((a, b) => Math.abs(b.adds) - Math.abs(a.adds) || (a.name < b.name ? -1 : 1));
  const sum = totalOf([{ name: INTERCEPT, value: null, adds: base }, ...ordered]);
  let rest = points - sum;
  // The difference of two numbers is rounded where they are far apart; then the next number up or down is meant.
  for (let i = 0; sum + rest !== points && i < 4; i += 1) rest += points - (sum + rest);
  return { points, base, terms: ordered, rest };
}
