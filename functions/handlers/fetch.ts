/**
 * `FetchRequested`: asks live sources what they know of a date. A fetch is opened first: for everything that it is about, the first
 * source in order that is on is asked, each by a message of its own. Where a source fails, a message asks the next one. Every answer
 * is archived before it is loaded, and the loads are asked for like any other run; the handler waits for none. What a backfill asks
 * for comes through here, too: it is planned first, and loaded by the runs of the backfill.
 */
import type { FetchRequested } from '../../shared/messages/schemas.ts';
import {
  fetchAsked,
  fetchFallback,
  fetchFinished,
  fetchRefused,
} from '../../shared/observe/events/fetches.ts';
import { ack, type Outcome } from '../../shared/ports/bus.ts';
import {
  changeFetch,
  fetchesOf,
  freeAsks,
  holdAsk,
  openEvents,
  type FetchAsk,
  type FetchChange,
  type FetchDocument,
  type Told,
} from '../../shared/state/fetches.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import type { Target } from '../../shared/domain/fetch.ts';
import {
  isAnswered,
  nextAsks,
  ordersOf,
  unansweredOf,
  type AnsweredAsk,
  type Orders,
} from '../control/fetch-plan.ts';
import { advanceBackfill } from '../steps/advance.ts';
import type { HandlerContext, LiveSources } from '../steps/context.ts';
import { answersOf, sourcesOn } from '../steps/live-answers.ts';
import { planBackfillFetches } from '../steps/plan-fetches.ts';

/** Seconds for which a question is held: longer than a source may keep a date waiting. */
const HOLD_SECONDS = 240;

/** Opens a fetch, or asks one source of it. A message that comes again finds what was done, and does nothing twice that matters. */
export async function fetchDue(context: HandlerContext, message: FetchRequested): Promise<Outcome> {
  const { ports, live } = context;
  if (message.plans !== undefined) {
    await planBackfillFetches(context, message.plans);
    await advanceBackfill(context, message.plans);
    return ack;
  }
  if (live === undefined) throw new Error('This process asks no live sources');
  const [fetch] = await fetchesOf(ports, [message.fetchId]);
  if (fetch === undefined)
    return {
      kind: 'dead_letter',
      reason: `There is no fetch ${message.fetchId}; ask with: fullcourt ingest --date ${message.date}`,
    };
  const { askId } = message;
  const after =
    askId === null ? await open(context, live, fetch) : await askOne(context, live, fetch, askId, message);
  if (after !== undefined) await dispatchOutbox(ports, openEvents(after));
  if (after?.backfillId !== undefined && after.finishedAt !== null)
    await advanceBackfill(context, after.backfillId);
  return ack;
}

/** Writes down who is asked for what, and asks the first ones. */
async function open(
  { ports }: HandlerContext,
  { settings }: LiveSources,
  { fetchId }: FetchDocument,
): Promise<FetchDocument | undefined> {
  const on = sourcesOn(await settings());
  return changeFetch(ports, fetchId, (fetch) => {
    if (fetch.orders !== null) return undefined;
    const orders = upTo(wantedOf(ordersOf(fetch.occasion), fetch.targets), fetch.before);
    const newAsks = nextAsks(orders, (name) => on.includes(name), []);
    return { orders, on, newAsks, isFinished: newAsks.length === 0 };
  });
}

/** Those of the orders that are about what is wanted. */
function wantedOf(orders: Orders, targets: readonly Target[] | undefined): Orders {
  return targets === undefined
    ? orders
    : Object.fromEntries(Object.entries(orders).filter(([target]) => targets.includes(target as Target)));
}

/** The orders without the source that has told before in the place of the first ones, and without those after it. */
function upTo(orders: Orders, before: Told = {}): Orders {
  return Object.fromEntries(
    Object.entries(orders).map(([target, sources]) => {
      const teller = sources.indexOf(before[target as Target] ?? '');
      return [target, teller === -1 ? sources : sources.slice(0, teller)];
    }),
  );
}

async function askOne(
  context: HandlerContext,
  live: LiveSources,
  fetch: FetchDocument,
  askId: string,
  { eventId, correlationId }: FetchRequested,
): Promise<FetchDocument | undefined> {
  const { ports } = context;
  const ask = fetch.asks.find((each) => each.askId === askId);
  if (ask === undefined || ask.finishedAt !== null) return fetch;
  // A second delivery of the message leaves the question to the first. Should its process end, the sweep asks again.
  if (fetch.backfillId !== undefined && !(await holdAsk(ports, fetch.fetchId, askId, HOLD_SECONDS)))
    return undefined;
  const done = await answersOf(context, live, fetch, ask, { eventId, correlationId }).catch(
    async (error: unknown) => {
      // The message comes again at once.
      if (fetch.backfillId !== undefined) await freeAsks(ports, [fetch]);
      throw error;
    },
  );
  const { isWaiting, ...found } = done;
  const after = await changeFetch(ports, fetch.fetchId, (stored, now) => {
    const own = stored.asks.find((each) => each.askId === askId);
    if (own === undefined || own.finishedAt !== null) return undefined;
    const { heldUntil: _, ...free } = own;
    const asks = stored.asks.map((each) => (each === own ? { ...free, ...found, finishedAt: now } : each));
    return changeOf({ ...stored, isWaiting: stored.isWaiting || isWaiting }, asks);
  });
  tell(context, fetch, { ...ask, ...found }, after);
  return after;
}

/** What follows when one more question of a fetch has its answer. */
function changeOf(fetch: FetchDocument, asks: readonly FetchAsk[]): FetchChange {
  const orders = fetch.orders ?? {};
  const isSourceOn = (name: string): boolean => fetch.on.includes(name);
  const answered = asks.filter(({ finishedAt }) => finishedAt !== null) satisfies readonly AnsweredAsk[];
  const underWay = asks.filter(({ finishedAt }) => finishedAt === null);
  const newAsks = nextAsks(orders, isSourceOn, answered, underWay);
  const isFinished = underWay.length + newAsks.length === 0;
  return {
    ...{ asks, newAsks, isFinished, isWaiting: fetch.isWaiting },
    isAnswered: isFinished && !fetch.isWaiting && isAnswered(orders, isSourceOn, answered),
    // Another source has told what is only asked again.
    unanswered: isFinished
      ? unansweredOf(orders, isSourceOn, answered).filter((target) => fetch.before?.[target] === undefined)
      : [],
  };
}

/** Tells what became of the questions to a source, and of the fetch when it was the last. */
function tell(
  { ports }: HandlerContext,
  { fetchId, date, occasion }: FetchDocument,
  { source, targets, status, failed, entries, seconds, details, fallbackFor }: FetchAsk,
  after: FetchDocument | undefined,
): void {
  const about = { fetchId, date, source };
  fetchAsked(ports, { ...about, status: status ?? 'nothing_due', entries, seconds, occasion });
  const [detail = ''] = details;
  if (failed.length > 0)
    fetchRefused(ports, { ...about, status: status ?? 'failed', targets: failed, detail });
  if (fallbackFor !== null && entries > 0 && failed.length < targets.length)
    fetchFallback(ports, { ...about, insteadOf: fallbackFor, targets });
  if (after?.finishedAt != null)
    fetchFinished(ports, {
      ...{ fetchId, date, occasion, targets: after.unanswered },
      status: after.unanswered.length > 0 ? 'unanswered' : after.isAnswered ? 'answered' : 'not_yet',
    });
}
