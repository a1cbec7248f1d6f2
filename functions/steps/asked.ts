/** What a person has asked for with the backfill that a run belongs to. */
import { readBackfill } from '../../shared/state/backfills.ts';
import type { RunningRun } from '../../shared/state/documents.ts';
import type { HandlerContext } from './context.ts';

/** What the backfill of a run has asked for. */
export interface Asked {
  /** Whether rows may be replaced by few. */
  readonly force: boolean;
  /** Who has let the request through although inputs are missing, and why; null when nobody has. */
  readonly letThrough: string | null;
}

/** Reads what the backfill of a run has asked for; a live run has asked for nothing. */
export async function askedBy({ ports }: HandlerContext, { backfillId }: RunningRun): Promise<Asked> {
  const backfill = backfillId === null ? undefined : await readBackfill(ports, backfillId);
  if (backfill === undefined) return { force: false, letThrough: null };
  const { request, skipPreflight } = backfill;
  const by = request.requestedBy ?? 'a person who is not named';
  return {
    force: request.force,
    letThrough: skipPreflight === null ? null : `let through by ${by}: ${skipPreflight.reason}`,
  };
}
