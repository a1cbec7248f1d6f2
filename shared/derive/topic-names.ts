/** Names of the topics. No name of a topic is written anywhere else. */
import type { Mode } from '../domain/partition.ts';
import type { Phase } from '../domain/table.ts';

export const BACKFILL_REQUEST_TOPIC = 'nba-backfill-request';
export const SWEEP_TOPIC = 'nba-sweep';

/** The topic of requests to build dates of a phase, such as `nba-phase3-run` and `nba-phase3-backfill`. */
export function runTopic(phase: Phase, mode: Mode): string {
  return `nba-${phase}-${mode === 'live' ? 'run' : 'backfill'}`;
}

/** The topic on which runs of a phase are announced, such as `nba-phase3-complete`. */
export function completeTopic(phase: Phase): string {
  return `nba-${phase}-complete`;
}
