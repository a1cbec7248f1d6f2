/** Plans what a backfill asks live sources, in the service that knows which of them are on. */
import { businessNow } from '../../shared/ports/index.ts';
import { readFetchPlan, writeFetchPlan } from '../../shared/state/backfill-fetches.ts';
import { isFinished, readBackfill } from '../../shared/state/backfills.ts';
import { NOTHING_TO_FETCH, plannedFetches } from '../control/planned-fetches.ts';
import type { HandlerContext } from './context.ts';

/** Plans the fetches of a backfill once; a message that comes again changes nothing. */
export async function planBackfillFetches(
  { ports, registry, archive, live }: HandlerContext,
  backfillId: string,
): Promise<void> {
  const backfill = await readBackfill(ports, backfillId);
  if (backfill?.stage !== 'fetch' || isFinished(backfill)) return;
  if ((await readFetchPlan(ports, backfillId)) !== undefined) return;
  const plan =
    live === undefined
      ? NOTHING_TO_FETCH
      : await plannedFetches(
          { ...ports, registry, archive, config: live.config },
          await live.settings(),
          backfill.request,
          businessNow(ports),
        );
  await writeFetchPlan(ports, backfillId, plan);
}
