/** Names of the topics. No other file writes the name of a topic. */
import type { Mode } from '../domain/partition.ts';
import type { Phase } from '../domain/table.ts';

/** The topic on which a person asks for a backfill. */
export const BACKFILL_REQUEST_TOPIC = 'nba-backfill-request';
/** The topic that starts a sweep. */
export const SWEEP_TOPIC = 'nba-sweep';
/** The topic that asks for live fetches. */
export const FETCH_TOPIC = 'nba-phase1-fetch';
/** The topic that asks for the fetches of backfills, so that they never delay a live one. */
export const FETCH_BACKFILL_TOPIC = 'nba-phase1-backfill';

/**
 * The topic that asks for runs of a phase: `nba-phase3-run` in the live lane, `nba-phase3-backfill` in the
 * backfill lane.
 */
export function runTopic(phase: Phase, mode: Mode): string {
  return `nba-${phase}-${mode === 'live' ? 'run' : 'backfill'}`;
}

/** The topic that announces completed runs of a phase, such as `nba-phase3-complete`. */
export function completeTopic(phase: Phase): string {
  return `nba-${phase}-complete`;
}
