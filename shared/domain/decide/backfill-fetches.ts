/** What happens next to a backfill that asks live sources before it builds anything, computed from values alone. */

/** Where the fetches of a backfill stand. A fetch is all that is asked about one date. */
export interface FetchSituation {
  readonly state: 'running' | 'paused' | 'cancelled';
  /** How many fetches its plan has; undefined while the plan is not made. */
  readonly planned: number | undefined;
  /** How many of them were asked for, in the order of the plan. */
  readonly asked: number;
  /** Those of them that are not finished. */
  readonly open: number;
}

/** What is done next. */
export type FetchStep =
  /** Have the fetches planned, or wait until they are. */
  | { readonly kind: 'plan' }
  /** Ask for the fetches of these places in the plan. */
  | { readonly kind: 'ask'; readonly from: number; readonly until: number }
  /** Nothing: fetches are under way, or the backfill is paused. */
  | { readonly kind: 'wait' }
  /** Plan the runs, from what was told. */
  | { readonly kind: 'go on' }
  /** End: it was cancelled, and nothing of it is under way. */
  | { readonly kind: 'cancel' };

/**
 * Fetches that are under way at once. One: questions to a host then follow each other at its rate, and a source that refuses is left
 * before it is asked about the next date.
 */
const FETCHES_AT_ONCE = 1;

/** What happens next to the fetches of a backfill. */
export function decideFetches({ state, planned, asked, open }: FetchSituation): FetchStep {
  if (state === 'cancelled') return open > 0 ? { kind: 'wait' } : { kind: 'cancel' };
  if (state === 'paused') return { kind: 'wait' };
  if (planned === undefined) return { kind: 'plan' };
  const until = Math.min(planned, asked + FETCHES_AT_ONCE - open);
  if (until > asked) return { kind: 'ask', from: asked, until };
  return open === 0 && asked >= planned ? { kind: 'go on' } : { kind: 'wait' };
}
