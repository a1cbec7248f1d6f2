/**
 * What the partitions of one table contribute to the fingerprint and to the input version of the runs that
 * read them.
 */
import type { GameDate } from './game-date.ts';
import { digest } from './hash.ts';
import { memoized } from './memoized.ts';
import { isAccepted, isBuilt, isSettled, isShrunk, type PartitionState } from './partition.ts';

/** Date -> state of a partition, for one table and season. */
export type States = Readonly<Record<string, PartitionState>>;

/**
 * Stands in a fingerprint for a partition without rows: one that is `empty` and one that was never built
 * look the same to a reader.
 */
const NOTHING = 'none';

/**
 * The content of a partition as it enters the fingerprints of its readers: its output fingerprint, `none`
 * without rows, that with `accepted` where a person has accepted that it is not there, or `unsettled` while a partition with published rows is being built again. After the
 * reconciliation has found the rows damaged, the count of such findings is added, because a reader may have
 * read the damaged rows.
 */
export function contentOf(state: PartitionState | undefined): string {
  if (state?.status === 'success' || state?.status === 'partial' || isShrunk(state)) {
    return state.reopened > 0
      ? `${state.outputFingerprint} after ${state.reopened}`
      : (state.outputFingerprint ?? NOTHING);
  }
  // What was built in its place is built again when the partition is there, even with the content that it had before.
  if (isAccepted(state)) return `${state.outputFingerprint ?? NOTHING} accepted`;
  return isBuilt(state) && !isSettled(state) ? 'unsettled' : NOTHING;
}

/**
 * `date:content` for each game date of a season, for windows of several dates. A date that lacks all its rows contributes what a
 * date without rows does: nothing can be read of either. Example: all box scores of 2024-01-26 are refused, where no file had
 * spoken of that date before. The summaries of that date become `partial` and have no rows as before; the averages of later
 * dates are not built again.
 */
export const contentsOn = memoized((states: States, dates: readonly GameDate[]): readonly string[] =>
  dates.map((date) => `${date}:${rowsContent(states[date])}`),
);

function rowsContent(state: PartitionState | undefined): string {
  const hasNothing = state?.status === 'partial' && state.rows === 0 && state.reopened === 0;
  return hasNothing ? NOTHING : contentOf(state);
}

/** Contents of the game dates of a season, and the prefix hashes that were computed from them. */
interface KnownPrefixes {
  readonly contents: readonly string[];
  readonly prefixes: readonly string[];
}

/**
 * The newest prefix hashes of each table. They are kept with the game dates of a calendar and are released
 * together with them.
 */
const newest = new WeakMap<readonly GameDate[], Map<string, KnownPrefixes>>();
/**
 * The prefix hashes of states that were seen before. They are kept with the states and are released
 * together with them.
 */
const ofStates = new WeakMap<
  States,
  { readonly dates: readonly GameDate[]; readonly prefixes: readonly string[] }
>();

/**
 * For each position i in the game dates of a season, one hash of the contents of `table` on all dates
 * before the i-th. A run that reads the season to date takes a single one of them, so a date in April costs
 * as little as one in October.
 *
 * When the content of 2024-01-26 changes, the hashes up to that date are taken over from the last call and
 * only the later ones are computed. A partition that was merely asked for has the same content, so no hash
 * is computed.
 * @param dates game dates of one season, ascending
 */
export function contentsBefore(table: string, states: States, dates: readonly GameDate[]): readonly string[] {
  const seen = ofStates.get(states);
  if (seen?.dates === dates) return seen.prefixes;
  const prefixes = prefixesOf(table, states, dates);
  ofStates.set(states, { dates, prefixes });
  return prefixes;
}

function prefixesOf(table: string, states: States, dates: readonly GameDate[]): readonly string[] {
  const contents = contentsOn(states, dates);
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

/**
 * The content of `table` on all dates of a season that have rows, as one hash; none where no date has any, as in a season that
 * nobody has loaded.
 */
export const wholeSeason = memoized((states: States, dates: readonly GameDate[]): readonly string[] => {
  const known = contentsOn(states, dates).filter((content) => !content.endsWith(`:${NOTHING}`));
  return known.length === 0 ? [] : [digest(known.join(' '))];
});

/**
 * How often something has happened to one partition: the runs asked for plus the findings of damaged rows.
 * It never decreases.
 */
export function versionOf(state: PartitionState | undefined): number {
  return (state?.token ?? 0) + (state?.reopened ?? 0);
}

/**
 * For each position i in the game dates of a season, the sum of the versions of all dates before the i-th.
 */
export const versionsBefore = memoized((states: States, dates: readonly GameDate[]): readonly number[] => {
  let sum = 0;
  return [sum, ...dates.map((date) => (sum += versionOf(states[date])))];
});
