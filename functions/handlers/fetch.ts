/**
 * `FetchRequested`: asks live sources what they know of a date. A fetch is opened first: for everything that it is about, the first
 * source in order that is on is asked, each by a message of its own. Where a source fails, a message asks the next one. Every answer
 * is archived before it is loaded, and the loads are asked for like any other run; the handler waits for none.
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
  openEvents,
  type FetchAsk,
  type FetchChange,
  type FetchDocument,
} from '../../shared/state/fetches.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { isAnswered, nextAsks, ordersOf, unansweredOf, type AnsweredAsk } from '../control/fetch-plan.ts';
import type { HandlerContext, LiveSources } from '../steps/context.ts';
import { answersOf, sourcesOn } from '../steps/live-answers.ts';

/** Opens a fetch, or asks one source of it. A message that comes again finds what was done, and does nothing twice that matters. */
export async function fetchDue(context: HandlerContext, message: FetchRequested): Promise<Outcome> {
  const { ports, live } = context;
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
    const orders = ordersOf(fetch.occasion);
    const newAsks = nextAsks(orders, (name) => on.includes(name), []);
    return { orders, on, newAsks, isFinished: newAsks.length === 0 };
  });
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
  const done = await answersOf(context, live, fetch, ask, { eventId, correlationId });
  const { isWaiting, ...found } = done;
  const after = await changeFetch(ports, fetch.fetchId, (stored, now) => {
    const own = stored.asks.find((each) => each.askId === askId);
    if (own === undefined || own.finishedAt !== null) return undefined;
    const asks = stored.asks.map((each) => (each === own ? { ...own, ...found, finishedAt: now } : each));
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
    unanswered: isFinished ? unansweredOf(orders, isSourceOn, answered) : [],
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
