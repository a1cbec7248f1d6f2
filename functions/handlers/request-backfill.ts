/** `BackfillRequest`: expands it to dates, plans the runs, stores the plan and starts the backfill. */
import { RequestError } from '../../shared/domain/failure.ts';
import { traceIdOf, type TraceOrigin } from '../../shared/domain/trace-context.ts';
import { backfillDryRun, backfillRefused, backfillStarted } from '../../shared/observe/events/backfills.ts';
import { backfillIdOf } from '../../shared/messages/backfill-id.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import { ack, type Outcome } from '../../shared/ports/bus.ts';
import {
  readBackfill,
  refuseBackfill,
  startBackfill,
  type NewBackfill,
} from '../../shared/state/backfills.ts';
import { intendFetchPlan } from '../../shared/state/backfill-fetches.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { recordBackfill } from '../../shared/observe/tracing.ts';
import { acceptCellsOf } from '../control/accept.ts';
import { noDatesText } from '../control/date-range.ts';
import { forecastPlan } from '../control/forecast.ts';
import { decidedOf, describeMissing, planRequest, type PlannedRequest } from '../control/plan.ts';
import { otherPlanText, planIdOf } from '../control/plan-id.ts';
import { asksForOther, contentOf, meaningOf } from '../control/request-content.ts';
import { targetsFilling } from '../control/target-tables.ts';
import { advanceBackfill } from '../steps/advance.ts';
import { mainPlanOf } from '../steps/backfill-fetches.ts';
import { settleExcluded } from '../steps/exclusions.ts';
import type { HandlerContext } from '../steps/context.ts';

/**
 * Starts the backfill that is asked for. A request that is delivered again finds its backfill and advances it. A request that
 * cannot be planned, such as one for an unknown table, is set aside; so is one that has the id of another request. A request
 * whose inputs are missing is refused: nothing of it is done, and its id is free for another request.
 * @param trace where the backfill begins; by default at the top of a trace of its own
 */
export async function requestBackfill(
  context: HandlerContext,
  request: BackfillRequest,
  messageId: string,
  trace: TraceOrigin = { traceId: traceIdOf(backfillIdOf(request, messageId)), parentId: null },
): Promise<Outcome> {
  const { ports, registry, policy } = context;
  const id = backfillIdOf(request, messageId);
  const known = await readBackfill(ports, id);
  if (known !== undefined && known.state !== 'refused') {
    const other = await asksForOther({ ...ports, registry, policy }, known, request);
    if (other !== undefined) return { kind: 'dead_letter', reason: other };
    await advanceBackfill(context, id);
    return ack;
  }
  // The message that was refused is delivered again: its answer stands.
  if (known?.messageId === messageId) return ack;
  let planned: PlannedRequest;
  try {
    const asked =
      request.accept === undefined || request.dryRun === true
        ? request
        : await acceptCellsOf({ ...ports, registry }, context.archive, request, id);
    planned = await planRequest({ ...ports, registry, policy }, asked);
  } catch (error) {
    if (error instanceof RequestError) return { kind: 'dead_letter', reason: error.message };
    throw error;
  }
  if (request.dryRun === true) {
    const { dates, batches } = planned.plan;
    backfillDryRun(ports, { backfillId: id, dateCounts: { ...dates }, runs: batches.length });
    return ack;
  }
  const digests = {
    content: contentOf(request, context),
    meaning: meaningOf(request, planned.view, context),
  };
  await start(context, { id, messageId, trace, ...digests }, request, planned);
  return ack;
}

async function start(
  context: HandlerContext,
  asked: Required<Pick<NewBackfill, 'id' | 'messageId' | 'content'>> & { readonly trace: TraceOrigin },
  request: BackfillRequest,
  planned: PlannedRequest,
): Promise<void> {
  const { ports } = context;
  const { id, trace } = asked;
  const { request: normal, view, plan } = planned;
  const isFetched = targetsFilling(planned.fetched).length > 0;
  // What is missing may be what live sources are asked for.
  const noGo = request.skipPreflight === undefined && !isFetched ? plan.missing : [];
  const planId = request.expect === undefined ? undefined : planIdOf(planned);
  const isOther = planId !== request.expect;
  const refused = isOther || noGo.length > 0 || normal.dates.length === 0;
  const expected =
    refused || isFetched
      ? undefined
      : await forecastPlan({ ...ports, registry: context.registry }, plan.batches, normal.maxInFlight);
  const backfill: NewBackfill = {
    ...asked,
    requestId: request.requestId ?? asked.messageId,
    request: normal,
    dates: plan.dates,
    plannedRuns: refused ? 0 : plan.batches.length,
    ...(expected === undefined ? {} : { forecast: expected }),
    decided: await decidedOf({ ...ports, registry: context.registry }, planned, isFetched),
    outsideScope: plan.outsideScope,
    skipPreflight: request.skipPreflight ?? null,
  };
  if (refused) {
    const verdict = isOther
      ? `NO-GO: ${otherPlanText(request.expect ?? '', planId ?? '')}`
      : normal.dates.length === 0
        ? `NO-GO: ${noDatesText(view)}`
        : `NO-GO: ${noGo.map(describeMissing).join('; ')}`;
    recordBackfill(ports, await refuseBackfill(ports, backfill, noGo, verdict));
    backfillRefused(ports, { backfillId: id, reason: verdict });
    return;
  }
  const [first] = normal.dates;
  if (isFetched && first !== undefined) {
    let event = '';
    await startBackfill(ports, { ...backfill, plannedRuns: 0 }, undefined, (tx) => {
      event = intendFetchPlan(ports, tx, backfill, first);
    });
    if (event !== '') await dispatchOutbox(ports, [event]);
    return;
  }
  await settleExcluded(context, plan.excluded, id);
  const started = await startBackfill(ports, backfill, mainPlanOf(view, plan, normal.force));
  if (started)
    backfillStarted(ports, {
      backfillId: id,
      traceId: trace.traceId,
      dateCounts: { ...plan.dates },
      runs: plan.batches.length,
    });
  await advanceBackfill(context, id);
}
