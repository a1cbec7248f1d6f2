/**
 * Advances a backfill as far as it can go now. Any handler may do so at any time, also two at once: what is done next is
 * decided from what is stored.
 */
import {
  decideBackfill,
  withInputsSeen,
  type BackfillDecision,
} from '../../shared/domain/decide/backfill.ts';
import type { BackfillWork } from '../../shared/domain/decide/backfill-survey.ts';
import {
  decideLife,
  isOver,
  lateBatches,
  type BackfillLife,
  type NextStep,
  type Remaining,
} from '../../shared/domain/decide/backfill-life.ts';
import { incompleteOf, type Incomplete } from '../../shared/domain/decide/incomplete.ts';
import { decideRestatement } from '../../shared/domain/decide/restatement.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { isBuilt, type PartitionRef } from '../../shared/domain/partition.ts';
import { tablesInScope } from '../../shared/domain/plan.ts';
import { isLastGames, RAW_PHASE } from '../../shared/domain/table.ts';
import { stateOf, type View } from '../../shared/domain/view.ts';
import {
  backfillExtended,
  backfillFinished,
  backfillOfOtherCode,
} from '../../shared/observe/events/backfills.ts';
import { contextOfBackfill, originInBackfill, recordBackfill, within } from '../../shared/observe/tracing.ts';
import { recordFailedDates } from '../../shared/state/backfill-dates.ts';
import { failuresOf } from '../../shared/state/backfill-failures.ts';
import {
  endBackfill,
  extendBackfill,
  isFinished,
  readBackfill,
  readPlan,
  type ActiveBackfill,
  type Extension,
  type PlanDocument,
} from '../../shared/state/backfills.ts';
import { noteOtherCode } from '../../shared/state/backfill-other-code.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { seasonsOf, withLaterSeasons } from '../../shared/state/views.ts';
import { measuredOf } from '../control/forecast.ts';
import { settledValidation } from '../control/settled-validation.ts';
import { carryOut } from './actions.ts';
import { advanceFetches } from './backfill-fetches.ts';
import type { HandlerContext } from './context.ts';
import { settleExcluded } from './exclusions.ts';
import { messageView, type MessageView } from './message-view.ts';
import { recordProgress } from './progress.ts';

/** A backfill that has not ended, with its plan. */
export interface PlannedBackfill {
  readonly backfill: ActiveBackfill;
  readonly plan: PlanDocument;
}

/** Reads a backfill and its plan, and advances it. Nothing happens when it has ended. */
export async function advanceBackfill(context: HandlerContext, id: string): Promise<void> {
  const { ports, registry } = context;
  const backfill = await readBackfill(ports, id);
  if (backfill === undefined || isFinished(backfill)) return;
  if (backfill.stage === 'fetch') {
    const own = { ...context, ports: within(ports, contextOfBackfill(ports, backfill)) };
    return (await advanceFetches(own, backfill)) ? advanceBackfill(context, id) : undefined;
  }
  const plan = await readPlan(ports, backfill);
  if (plan === undefined) return;
  const others = plan.batches.filter(({ table }) => !registry.has(table)).map(({ table }) => table);
  const tables = await noteOtherCode(ports, backfill, others);
  if (tables.length > 0) backfillOfOtherCode(ports, { backfillId: id, tables });
  await advancePlanned(context, messageView(context), { backfill, plan });
}

/**
 * Advances a backfill whose plan has been read: carries out what is possible, then extends, restates or ends it.
 * @param seen the view that the handling of the message has read already
 * @param changed dates whose partitions have just changed; undefined: any of them may have
 */
export async function advancePlanned(
  from: HandlerContext,
  seen: MessageView,
  { backfill, plan }: PlannedBackfill,
  changed?: readonly GameDate[],
): Promise<void> {
  // A message about another run may advance the backfill. The work for the backfill is still part of the backfill's trace.
  const ports = within(from.ports, contextOfBackfill(from.ports, backfill));
  const context: HandlerContext = { ...from, ports };
  const { id, stage, request } = backfill;
  // It has no runs yet, so that no completion moves it on.
  if (stage === 'fetch') return;
  const life: BackfillLife = {
    state: backfill.state,
    planKind: stage,
    round: backfill.round,
    only: request.only,
    restate: request.restate,
    ...(request.unknownSeasons === undefined ? {} : { unknownSeasons: request.unknownSeasons }),
    ...(backfill.fetches === undefined ? {} : { fetches: backfill.fetches }),
  };
  const { view, decision, failed } = await decisionOf(context, seen, { backfill, plan });
  const touched = new Set(changed);
  let failures = failed;
  let isCarriedOut = false;
  let remaining: Remaining | undefined;
  let incomplete: Incomplete | undefined;

  for (;;) {
    const step = decideLife(life, { decision, isCarriedOut, remaining, failures: failures.size, incomplete });
    switch (step.kind) {
      case 'carry out': {
        for (const action of step.actions) if (action.kind === 'block') touched.add(action.ref.date);
        const events = await carryOut(context, view, step.actions, {
          mode: 'backfill',
          backfillId: id,
          through: request.through,
          correlationId: id,
          causationId: null,
          trace: originInBackfill(backfill),
          acceptMissing: backfill.skipPreflight !== null,
        });
        if (events.length > 0) await dispatchOutbox(ports, events);
        if (step.actions.length > 0) seen.forget();
        isCarriedOut = true;
        remaining = undefined;
        const isAtEnd = isOver(backfill, decision);
        if (stage === 'main') {
          const dates = isAtEnd || changed === undefined ? undefined : touched;
          await recordProgress(ports, backfill, plan.batches, decision, dates, isAtEnd);
        }
        if (isAtEnd) {
          // Partitions that were just blocked count as failures. The end is decided from what is stored at this moment, not
          // from what was read when the message came: stale partitions that an ended backfill leaves are not rebuilt by it.
          seen.forget();
          failures = await failuresOf(ports, id);
          incomplete = incompleteOf(await endView(seen, request), request);
        }
        break;
      }
      case 'look further':
        remaining = await remainingOf(context, seen, backfill, decision, failures);
        break;
      case 'extend':
      case 'restate':
        return goOn(context, backfill, decision, {
          stage: step.kind === 'extend' ? 'main' : 'restate',
          batches: step.batches,
          lateRuns: step.kind === 'extend' ? step.batches.length : 0,
        });
      case 'wait':
        return;
      case 'finish':
        await recordFailedDates(ports, id, failures);
        return finish(context, seen, backfill, step, decision, failures.size);
      default:
        return step satisfies never;
    }
  }
}

interface Decided {
  /** The view that the decision was made from. */
  readonly view: View;
  readonly decision: BackfillDecision;
  /** Partitions, as `table@date`, that had failed or were blocked. */
  readonly failed: ReadonlySet<string>;
}

/**
 * Decides what can be done now for the partitions of a plan. Game hashes are a document for each table and month. They are
 * read only when a run of a table that reads last games is about to be asked for.
 */
async function decisionOf(
  context: HandlerContext,
  seen: MessageView,
  { backfill, plan }: PlannedBackfill,
): Promise<Decided> {
  const { ports, registry } = context;
  const { id, stage, state, request } = backfill;
  const seasons = seasonsOf(plan.batches.flatMap(({ dates }) => dates.slice(0, 1)));
  const acceptMissing = backfill.skipPreflight !== null;
  const view = await seen.of(seasons, { gameHashes: stage === 'restate', acceptMissing });
  const failed = await failuresOf(ports, id);
  const work: BackfillWork = {
    id,
    batches: plan.batches,
    planKind: planKindOf(backfill),
    ...(plan.forcedSince === undefined ? {} : { forcedSince: new Map(Object.entries(plan.forcedSince)) }),
    maxInFlight: state === 'running' ? request.maxInFlight : 0,
    failed,
    now: ports.clock().toISOString(),
  };
  const decision = decideBackfill(view, work);
  if (stage === 'restate') return { view, decision, failed };
  const readers = decision.actions.flatMap((action) =>
    action.kind === 'request run' &&
    registry.get(action.table).definition.inputs.some(({ window }) => isLastGames(window))
      ? action.dates.map(({ date }): PartitionRef => ({ table: action.table, date }))
      : [],
  );
  if (readers.length === 0) return { view, decision, failed };
  const hashed = await seen.of(seasons, { gameHashes: true, acceptMissing });
  // A partition that was never built is asked for in any case. The hashes are then needed only for the input fingerprints
  // of its run. For a partition that was built before, the hashes decide whether it is built again.
  const areNew = readers.every(({ table, date }) => !isBuilt(stateOf(view, table, date)));
  return {
    view: hashed,
    decision: areNew ? withInputsSeen(hashed, decision) : decideBackfill(hashed, work),
    failed,
  };
}

/** What is left to do for the request beyond the plan: dates that became due since planning, and stale later dates. */
async function remainingOf(
  context: HandlerContext,
  seen: MessageView,
  { id, stage, request, skipPreflight }: ActiveBackfill,
  decision: BackfillDecision,
  failed: ReadonlySet<string>,
): Promise<Remaining> {
  const { batchSize } = context.policy;
  const { dates, from, through, tables, only, restate } = request;
  // What is late is decided from states alone. Game hashes say which computed tables are to be restated.
  const gameHashes = restate === 'auto' && through !== RAW_PHASE;
  const changed = tablesInScope(context, { from, through, ...(tables === null ? {} : { tables }) });
  const names = changed.map(({ definition }) => definition.name);
  const seasons = await withLaterSeasons(context.ports, context.registry, seasonsOf(dates), names);
  const view = await seen.of(seasons, { gameHashes, acceptMissing: skipPreflight !== null });
  const { batches, excluded } = lateBatches(
    view,
    { planKind: planKindOf({ stage }), only },
    { dates, from, through, ...(tables === null ? {} : { tables }) },
    decision,
    failed,
    batchSize,
  );
  await settleExcluded(context, excluded, id);
  if (excluded.length > 0) seen.forget();
  return {
    late: batches,
    restatement: () => decideRestatement(view, from, through, failed, batchSize, new Set(seasonsOf(dates))),
  };
}

/** The kind of the plan in work: before it has one, that of its request. */
function planKindOf({ stage }: Pick<ActiveBackfill, 'stage'>): BackfillLife['planKind'] {
  return stage === 'restate' ? 'restate' : 'main';
}

/** Adds batches to the plan and advances the backfill with them. */
async function goOn(
  context: HandlerContext,
  backfill: ActiveBackfill,
  decision: BackfillDecision,
  extension: Omit<Extension, 'progress'>,
): Promise<void> {
  const { ports } = context;
  const counts = backfill.stage === 'main' ? { progress: decision.progress } : {};
  // If another handler has extended it in the meantime, that handler advances it.
  if (!(await extendBackfill(ports, backfill, { ...extension, ...counts }))) return;
  const { stage: status, batches } = extension;
  backfillExtended(ports, { backfillId: backfill.id, status, runs: batches.length });
  await advanceBackfill(context, backfill.id);
}

/** The seasons of a request as they are stored when a backfill ends; read once for a message. */
function endView(seen: MessageView, { dates }: ActiveBackfill['request']): Promise<View> {
  return seen.of(seasonsOf(dates), { gameHashes: false, acceptMissing: false });
}

/** Stores how a backfill ended, records its span and tells of it. */
async function finish(
  { ports, registry }: HandlerContext,
  seen: MessageView,
  backfill: ActiveBackfill,
  { state, verdict }: NextStep & { readonly kind: 'finish' },
  decision: BackfillDecision,
  failures: number,
): Promise<void> {
  const counts = backfill.stage === 'main' ? { progress: decision.progress } : {};
  const progress = [...backfill.progress, ...decision.progress];
  const hasBuilt = progress.some(({ done }) => done > 0) && backfill.request.through !== RAW_PHASE;
  const { request } = backfill;
  const validation =
    hasBuilt && state !== 'cancelled'
      ? await settledValidation({ ...ports, registry }, await endView(seen, request), request)
      : undefined;
  const now = ports.clock().toISOString();
  const measured = await measuredOf(ports, backfill, now, state === 'done');
  const more = { ...counts, ...(validation === undefined ? {} : { validation }) };
  const ended = await endBackfill(ports, backfill, state, verdict, now, more, measured);
  if (ended === undefined) return;
  recordBackfill(ports, ended);
  const seconds = (new Date(now).getTime() - new Date(backfill.createdAt).getTime()) / 1000;
  backfillFinished(ports, { backfillId: backfill.id, status: state, failures, seconds });
}
