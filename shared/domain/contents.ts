/** What the partitions of one table and season add to the fingerprint and to the version of the runs that read them. */
import type { GameDate } from './game-date.ts';
import { digest } from './hash.ts';
import { memoized } from './memoized.ts';
import { isBuilt, isSettled, type PartitionState } from './partition.ts';

/** Date -> state of a partition, for one table and season. */
export type States = Readonly<Record<string, PartitionState>>;

/** What a partition without rows adds to a fingerprint, whether it was looked at or not. */
const NOTHING = 'none';

/** The content of a partition, as its readers' fingerprints have it. */
export function contentOf(state: PartitionState | undefined): string {
  if (state?.status === 'success' || state?.status === 'partial') {
    return state.reopened > 0
      ? `${state.outputFingerprint} after ${state.reopened}`
      : (state.outputFingerprint ?? NOTHING);
  }
  return isBuilt(state) && !isSettled(state) ? 'unsettled' : NOTHING;
}

interface KnownPrefixes {
  readonly contents: readonly string[];
  readonly prefixes: readonly string[];
}

/** The newest prefixes of each table, kept with the game dates of the calendar and gone with them. */
const newest = new WeakMap<readonly GameDate[], Map<string, KnownPrefixes>>();
/** The prefixes of states that were seen before, kept with the states. */
const ofStates = new WeakMap<
  States,
  { readonly dates: readonly GameDate[]; readonly prefixes: readonly string[] }
>();

/**
 * For each position in the game dates of a season, one hash of all contents of `table` before it. A run that reads the
 * season to date takes one of them, so that a date in April costs as little as one in October. Hashes before the first
 * date whose content has changed are taken over: a run that has only been asked for changes none.
 */
export function contentsBefore(table: string, states: States, dates: readonly GameDate[]): readonly string[] {
  const seen = ofStates.get(states);
  if (seen?.dates === dates) return seen.prefixes;
  const prefixes = prefixesOf(table, states, dates);
  ofStates.set(states, { dates, prefixes });
  return prefixes;
}

function prefixesOf(table: string, states: States, dates: readonly GameDate[]): readonly string[] {
  const contents = dates.map((date) => `${date}:${contentOf(states[date])}`);
  const ofSeason = newest.get(dates) ?? new Map<string, KnownPrefixes>();
  const known = ofSeason.get(table);
  let same = 0;
  while (same < contents.length && known?.contents[same] === contents[same]) same += 1;
  if (known !== undefined && same === contents.length) return known.prefixes;
  const prefixes = [...(known?.prefixes.slice(0, same + 1) ?? [''])];
  for (const content of contents.slice(same)) prefixes.push(digest(`${prefixes.at(-1) ?? ''} ${content}`));
  newest.set(dates, ofSeason.set(table, { contents, prefixes }));
  return prefixes;
}

/** Counts the runs asked for and the damage found in one partition. */
export function versionOf(state: PartitionState | undefined): number {
  return (state?.token ?? 0) + (state?.reopened ?? 0);
}

/** For each position in the game dates of a season, the versions of the dates before it, added up. */
export const versionsBefore = memoized((states: States, dates: readonly GameDate[]): readonly number[] => {
  let sum = 0;
  return [sum, ...dates.map((date) => (sum += versionOf(states[date])))];
});
