/** Writes what a person decides of a backfill: to pause it, to go on, or to cancel it. */
import type { Ports } from '../ports/index.ts';
import { backfillIn, isFinished, type ActiveBackfill, type BackfillState } from './backfills.ts';
import { paths } from './documents.ts';

/** Changes the state of a backfill from one of `from` to `to`. @returns whether it was in one of `from` */
export function moveBackfill(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  id: string,
  from: readonly BackfillState[],
  to: ActiveBackfill['state'],
): Promise<boolean> {
  return store.transaction(async (tx) => {
    const current = await backfillIn(tx, id);
    if (current === undefined || isFinished(current) || !from.includes(current.state)) return false;
    const now = clock();
    tx.set(paths.backfill(id), { ...withPause(current, to, now), state: to, updatedAt: now.toISOString() });
    return true;
  });
}

/** A backfill with the time of its pauses, as it is when it goes from its state to another. */
function withPause(
  { pausedAt, ...rest }: ActiveBackfill,
  to: ActiveBackfill['state'],
  now: Date,
): ActiveBackfill {
  const paused = pausedAt === undefined ? 0 : (now.getTime() - new Date(pausedAt).getTime()) / 1000;
  return {
    ...rest,
    ...(to === 'paused' ? { pausedAt: now.toISOString() } : {}),
    ...(paused === 0 ? {} : { pausedSeconds: (rest.pausedSeconds ?? 0) + paused }),
  };
}
