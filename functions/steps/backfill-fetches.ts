/**
 * Advances a backfill that asks live sources first: has its fetches planned, asks for them one after the other, and plans its runs when
 * all have ended. Any handler may do so at any time, also two at once: what is done next follows from what is stored.
 */
import { counted } from '../../shared/domain/counted.ts';
import { decideFetches } from '../../shared/domain/decide/backfill-fetches.ts';
import { refName } from '../../shared/domain/partition.ts';
import { partitionsOf, type Plan } from '../../shared/domain/plan.ts';
import { traceIdOf } from '../../shared/domain/trace-context.ts';
import { stateOf, type View } from '../../shared/domain/view.ts';
import { backfillRefused, backfillStarted } from '../../shared/observe/events/backfills.ts';
import { recordBackfill } from '../../shared/observe/tracing.ts';
import {
  askForFetchPlan,
  beginRuns,
  readFetchPlan,
  recordFetches,
  type FetchPlan,
} from '../../shared/state/backfill-fetches.ts';
import {
  endBackfill,
  type ActiveBackfill,
  type FetchProgress,
  type PlanDocument,
} from '../../shared/state/backfills.ts';
import {
  fetchesOf,
  fetchIdOf,
  openFetchesOf,
  requestFetch,
  reviveFetch,
  type DueFetch,
  type FetchDocument,
} from '../../shared/state/fetches.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { listText } from '../control/list-text.ts';
import { describeMissing, planAgain } from '../control/plan.ts';
import type { HandlerContext } from './context.ts';
import { settleExcluded } from './exclusions.ts';

/** @returns whether the runs of the backfill are planned, so that it can be advanced with them */
export async function advanceFetches(context: HandlerContext, backfill: ActiveBackfill): Promise<boolean> {
  const { ports, policy } = context;
  const { id, state } = backfill;
  let asked = backfill.fetches?.asked ?? 0;
  for (;;) {
    const plan = await readFetchPlan(ports, id);
    const open = await openFetchesOf(ports, id);
    const planned = plan?.items.length;
    if (planned !== undefined)
      await recordFetches(ports, id, { planned, asked, done: Math.max(0, asked - open.length) });
    const step = decideFetches({ state, planned, asked, open: open.length });
    switch (step.kind) {
      case 'plan': {
        const waits = ports.clock().getTime() - Date.parse(backfill.updatedAt);
        const [first] = backfill.request.dates;
        if (first !== undefined && waits > policy.tellAgainSeconds * 1000)
          await dispatchOutbox(ports, [await askForFetchPlan(ports, backfill, first)]);
        return false;
      }
      case 'ask': {
        const events: string[] = [];
        for (const item of plan?.items.slice(step.from, step.until) ?? []) {
          const event = await requestFetch(ports, dueOf(backfill, item));
          if (event !== undefined) events.push(event);
        }
        asked = step.until;
        if (events.length > 0) await dispatchOutbox(ports, events);
        // What another handler had asked for may have ended already: look again.
        break;
      }
      case 'wait':
        for (const { fetchId } of open) {
          const events = await reviveFetch(ports, fetchId, policy.tellAgainSeconds);
          if (events.length > 0) await dispatchOutbox(ports, events);
        }
        return false;
      case 'go on':
        return plan !== undefined && planRuns(context, backfill, plan);
      case 'cancel': {
        const now = ports.clock().toISOString();
        const verdict = 'cancelled; what was told is archived';
        const ended = await endBackfill(ports, backfill, 'cancelled', verdict, now);
        if (ended !== undefined) recordBackfill(ports, ended);
        return false;
      }
      default:
        return step satisfies never;
    }
  }
}

function dueOf({ id, createdAt }: ActiveBackfill, { date, targets }: FetchPlan['items'][number]): DueFetch {
  return { date, occasion: 'history', at: new Date(createdAt), backfill: { id, targets } };
}

/** Plans the runs from what is archived by now. Without what they need, the backfill ends. */
async function planRuns(
  context: HandlerContext,
  backfill: ActiveBackfill,
  fetchPlan: FetchPlan,
): Promise<boolean> {
  const { ports, registry, policy } = context;
  const { id, request, skipPreflight } = backfill;
  const ids = fetchPlan.items.map((item) => fetchIdOf(dueOf(backfill, item)));
  const found = (await fetchesOf(ports, ids)).filter((fetch) => fetch !== undefined);
  const fetches = progressOf(fetchPlan, found);
  const { view, plan } = await planAgain({ ...ports, registry, policy }, request, skipPreflight !== null);
  const noGo = skipPreflight === null ? plan.missing : [];
  if (noGo.length > 0) {
    const verdict = [`NO-GO: ${noGo.map(describeMissing).join('; ')}`, ...fetches.lacks].join('; ');
    const now = ports.clock().toISOString();
    const ended = await endBackfill(ports, backfill, 'refused', verdict, now, { noGo: [...noGo], fetches });
    if (ended === undefined) return false;
    recordBackfill(ports, ended);
    backfillRefused(ports, { backfillId: id, reason: verdict });
    return false;
  }
  await settleExcluded(context, plan.excluded, id);
  const { dates, batches, outsideScope } = plan;
  const planned = { dates, plannedRuns: batches.length, outsideScope, fetches };
  if (!(await beginRuns(ports, backfill, planned, mainPlanOf(view, plan, request.force)))) return false;
  backfillStarted(ports, {
    ...{ backfillId: id, traceId: backfill.trace?.traceId ?? traceIdOf(id) },
    ...{ dateCounts: { ...dates }, runs: batches.length },
  });
  return true;
}

/** The plan of the runs of a request. @param force whether partitions are built again that are unchanged */
export function mainPlanOf(view: View, { batches }: Plan, force: boolean): PlanDocument {
  const tokens = (): Record<string, number> =>
    Object.fromEntries(
      partitionsOf(batches).map((ref) => [refName(ref), stateOf(view, ref.table, ref.date)?.token ?? 0]),
    );
  return { stage: 'main', batches, ...(force ? { forcedSince: tokens() } : {}) };
}

/** Dates that a verdict names one by one. */
const MAX_NAMED = 3;

/** What became of the fetches, as the verdict tells it. */
function progressOf(
  { items, leftOut, problem }: FetchPlan,
  fetches: readonly FetchDocument[],
): FetchProgress {
  const untold = new Map<string, { readonly dates: readonly string[]; readonly why: string }>();
  for (const { date, unanswered, asks } of fetches)
    for (const target of unanswered) {
      const why = asks.findLast(({ failed }) => failed.includes(target))?.details[0] ?? '';
      const known = untold.get(target) ?? { dates: [], why };
      untold.set(target, { ...known, dates: [...known.dates, date] });
    }
  const named = (dates: readonly string[]): string =>
    `${counted(dates.length, 'date')} (${listText(dates, MAX_NAMED)})`;
  return {
    ...{ planned: items.length, asked: items.length, done: fetches.length },
    failed: fetches.flatMap(({ date, unanswered }) => (unanswered.length > 0 ? [date] : [])),
    lacks: [
      ...(problem === null ? [] : [`live sources were not asked: ${problem}`]),
      ...[...untold].map(
        ([target, { dates, why }]) =>
          `no source has told ${worded(target)} of ${named(dates)}${why === '' ? '' : `: ${why}`}; the same request asks again`,
      ),
      ...leftOut
        .filter(({ reason }) => reason === 'floor')
        .map(
          ({ target, dates, source, detail }) =>
            `${worded(target)} of ${named(dates)} were not asked for: ${source} has too few credits left, and ${detail}`,
        ),
    ],
  };
}

const worded = (target: string): string => target.replaceAll('_', ' ');
