/**
 * Seeds and dates that a run of the tests looks at. The hash of the commit draws them: the next commit looks at others, and
 * the same one at the same. `FULLCOURT_DRAW=<text>` repeats a run or tries another draw.
 */
import { execFileSync } from 'node:child_process';
import { makeRandom, type Random } from '../../shared/domain/seeded-random.ts';

/** What the draw of this run is named by: the first letters of the commit, or what `FULLCOURT_DRAW` says. */
export const DRAW = process.env['FULLCOURT_DRAW'] ?? commit();

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'no-commit';
  }
}

/** Randomness of this run for one purpose, such as the dates of one table. */
export function drawn(...purpose: readonly (number | string)[]): Random {
  return makeRandom('draw', DRAW, ...purpose);
}

/** `n` different whole numbers below `bound`, ascending. @throws RangeError when there are not so many */
export function drawnNumbers(random: Random, n: number, bound: number): number[] {
  if (n > bound) throw new RangeError(`There are no ${n} numbers below ${bound}`);
  const found = new Set<number>();
  while (found.size < n) found.add(random.below(bound));
  return [...found].sort((a, b) => a - b);
}

/** `n` of a list in their order, by the draw of this run; the whole list when it is shorter. */
export function drawnOf<T>(list: readonly T[], n: number, ...purpose: readonly (number | string)[]): T[] {
  const places = drawnNumbers(drawn(...purpose), Math.min(n, list.length), list.length);
  return list.filter((_, i) => places.includes(i));
}

/** `length` neighbours of a list, wherever the draw begins; the whole list when it is shorter. */
export function drawnStretch<T>(random: Random, list: readonly T[], length: number): T[] {
  const first = random.below(Math.max(1, list.length - length + 1));
  return list.slice(first, first + length);
}
