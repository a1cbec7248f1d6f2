/**
 * Makes up a league. The same seed makes the same league on every machine. It has the files and the shape of the real one:
 * schedule, box scores whose sums agree, shots, lines, injury reports, rosters. It has no play-offs.
 */
import { checkedLeague, seasonPlans, type LeagueOptions } from './season-plans.ts';
import { playSeason } from './season.ts';
import type { SimulatedFile } from './season-text.ts';
import { seasonStarting, type Season } from '../../shared/domain/season.ts';

export type { LeagueOptions } from './season-plans.ts';
export type { SimulatedFile } from './season-text.ts';

/** A season with its files. */
export interface SimulatedSeason {
  readonly season: Season;
  readonly files: readonly SimulatedFile[];
}

/**
 * The files of one season: the `index`th (from 0) of the league that `options` describe, equal to those that
 * {@link simulateLeague} gives for it. The seasons before it are only planned (players age, move and retire). Their games
 * are not played.
 * @throws RangeError when an option is out of its range
 */
export function simulateSeason(
  options: LeagueOptions & { readonly index: number },
): readonly SimulatedFile[] {
  const { index, ...league } = options;
  if (!Number.isInteger(index) || index < 0)
    throw new RangeError(`index is ${index}, but must be a whole number from 0`);
  const plan = [...seasonPlans(checkedLeague(league), index + 1)].at(-1);
  if (plan === undefined) throw new RangeError(`The league has no season ${index}`);
  return playSeason(plan);
}

/**
 * The seasons of a league one after the other. A season is simulated when the caller asks for the next one.
 * @throws RangeError when an option is out of its range
 */
export function* simulateLeague(
  options: LeagueOptions & { readonly seasons: number },
): Generator<SimulatedSeason> {
  const { seasons, ...league } = options;
  if (!Number.isInteger(seasons) || seasons < 1) {
    throw new RangeError(`seasons is ${seasons}, but must be a whole number from 1`);
  }
  for (const plan of seasonPlans(checkedLeague(league), seasons)) {
    yield { season: seasonStarting(plan.year), files: playSeason(plan) };
  }
}
