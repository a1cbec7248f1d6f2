/** Where the rows of a home come from, and which further rows may be loaded beside them. */

/**
 * `simulated`: a made-up league. `files`: files that were imported, or live sources. The seed and the first
 * season of a league are null where it was loaded before homes remembered them.
 */
export type Origin =
  | {
      readonly kind: 'simulated';
      readonly seed: number | null;
      /** The year in which the first season of the league starts. The same seed makes another league from another year. */
      readonly firstSeason: number | null;
    }
  | { readonly kind: 'files' };

/**
 * What happens when rows of another origin are to be loaded. `load`: they belong together. `replace`: what
 * the home holds is forgotten first. `refuse`: they would be mixed.
 */
export type Admission = 'load' | 'replace' | 'refuse';

/**
 * Whether rows of the origin `coming` may be loaded into a home.
 * @param home where the rows of the home come from; undefined when it has none
 * @param mayReplace whether the command may replace a simulated league; nothing ever replaces files
 */
export function admissionOf(home: Origin | undefined, coming: Origin, mayReplace: boolean): Admission {
  if (home === undefined || isSameOrigin(home, coming)) return 'load';
  return home.kind === 'simulated' && mayReplace ? 'replace' : 'refuse';
}

/** Whether two origins are the same. A league whose seed is not known equals no other. */
export function isSameOrigin(a: Origin, b: Origin): boolean {
  if (a.kind === 'files' || b.kind === 'files') return a.kind === b.kind;
  return a.seed !== null && a.seed === b.seed && a.firstSeason === b.firstSeason;
}

/** An origin for a person, such as `a simulated league (seed 7, from 2021)`. */
export function originText(origin: Origin): string {
  if (origin.kind === 'files') return 'imported files';
  const { seed, firstSeason } = origin;
  return seed === null ? 'a simulated league' : `a simulated league (seed ${seed}, from ${firstSeason})`;
}
