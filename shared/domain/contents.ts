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

/**
 * For each position in the game dates of a season, one hash of all contents before it. A run that reads the season to
 * date takes one of them, so that a date in April costs as little as one in October.
 */
export const contentsBefore = memoized((states: States, dates: readonly GameDate[]): readonly string[] => {
  let running = '';
  return [
    running,
    ...dates.map((date) => (running = digest(`${running} ${date}:${contentOf(states[date])}`))),
  ];
});

/** Counts the runs asked for and the damage found in one partition. */
export function versionOf(state: PartitionState | undefined): number {
  return (state?.token ?? 0) + (state?.reopened ?? 0);
}

/** For each position in the game dates of a season, the versions of the dates before it, added up. */
export const versionsBefore = memoized((states: States, dates: readonly GameDate[]): readonly number[] => {
  let sum = 0;
  return [sum, ...dates.map((date) => (sum += versionOf(states[date])))];
});
