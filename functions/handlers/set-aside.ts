/** Sets a message aside that was given up: a person can read and replay it, and no run waits for it any longer. */
import { deadLettered } from '../../shared/observe/events/deliveries.ts';
import { decode, runIdIn } from '../../shared/messages/decode.ts';
import {
  fetchRequested,
  runRequested,
  type DeadLettered,
  type FetchRequested,
} from '../../shared/messages/schemas.ts';
import { ack, type Outcome } from '../../shared/ports/bus.ts';
import { writeFetchPlan } from '../../shared/state/backfill-fetches.ts';
import { keepDeadLetter } from '../../shared/state/dead-letters.ts';
import { giveUpFetch } from '../../shared/state/fetches.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { abandonRun, isRun } from '../../shared/state/runs.ts';
import { within } from '../../shared/observe/tracing.ts';
import type { DocumentContext } from '../steps/context.ts';
import { contextOfLetter } from '../steps/message-context.ts';

/**
 * Keeps a message as a dead letter. If it asked for a run, the run is settled with every date failed, so that the runs that
 * wait for it learn of it. A run that only newer code can read stays as it is: that code does it.
 */
export async function setAside(context: DocumentContext, letter: DeadLettered): Promise<Outcome> {
  const ports = within(context.ports, contextOfLetter(letter));
  const runId = runIdIn(letter.body);
  // The sweep asks again for a run that goes on, so its message may come here more than once.
  const id = await keepDeadLetter(ports, letter, runId !== undefined && (await isRun(ports, runId)));
  const { topic, subscription, messageId, attempts, reason } = letter;
  deadLettered(ports, { deadLetterId: id, topic, subscription, messageId, attempt: attempts, reason });
  const request = decode(runRequested, letter.body);
  if (request.ok) {
    const eventId = await abandonRun(ports, request.value.runId, letter.reason);
    if (eventId !== undefined) await dispatchOutbox(ports, [eventId]);
  }
  const fetch = decode(fetchRequested, letter.body);
  if (fetch.ok) await giveUp(ports, fetch.value, letter.reason);
  return ack;
}

/** No backfill waits for a fetch whose message was given up: the next sweep moves it on, and its verdict says what is missing. */
async function giveUp(
  ports: DocumentContext['ports'],
  { fetchId, plans }: FetchRequested,
  reason: string,
): Promise<void> {
  if (plans === undefined) await giveUpFetch(ports, fetchId, reason);
  else await writeFetchPlan(ports, plans, { items: [], prices: [], leftOut: [], problem: reason });
}
