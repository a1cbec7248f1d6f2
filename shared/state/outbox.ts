/**
 * The one writer of the outbox: messages that are still to be published. A message is written in the transaction of the
 * change that it announces, and published afterwards. So no change is stored without its message.
 */
import { completeTopic, FETCH_BACKFILL_TOPIC, FETCH_TOPIC, runTopic } from '../derive/topic-names.ts';
import type { FetchRequested, Message } from '../messages/schemas.ts';
import type { DocumentPorts } from '../ports/index.ts';
import type { Transaction } from '../ports/state-store.ts';
import type { Mode } from '../domain/partition.ts';
import type { Phase } from '../domain/table.ts';
import { inSpan } from '../observe/tracing.ts';
import { outboxDocument, paths, type OutboxDocument } from './documents.ts';
import { readerOf } from './stored.ts';

const intents = readerOf(outboxDocument);

type Sending = Pick<DocumentPorts, 'store' | 'publisher' | 'tracer' | 'context'>;

/**
 * Writes that a message is to be published. The same event has the same id each time, so written twice it is one document.
 */
export function intend(
  tx: Transaction,
  phase: Phase,
  message: Exclude<Message, FetchRequested>,
  now: Date,
): void {
  const topic = message.kind === 'run_requested' ? runTopic(phase, message.mode) : completeTopic(phase);
  write(tx, topic, message, now);
}

/** Writes that a fetch, or one question of it, is to be asked for. @param mode that of whoever wants it */
export function intendFetch(tx: Transaction, mode: Mode, message: FetchRequested, now: Date): void {
  write(tx, mode === 'live' ? FETCH_TOPIC : FETCH_BACKFILL_TOPIC, message, now);
}

function write(tx: Transaction, topic: string, message: Message, now: Date): void {
  const intent: OutboxDocument = {
    eventId: message.eventId,
    topic,
    body: JSON.stringify(message),
    createdAt: now.toISOString(),
  };
  tx.set(paths.outbox(message.eventId), intent);
}

/**
 * Publishes waiting messages: those of the given events, or all of them. A message leaves the outbox only after the broker
 * has accepted it. After a crash in between it is published once more, under the same event id.
 * @returns how many were published
 */
export function dispatchOutbox(ports: Sending, eventIds?: readonly string[]): Promise<number> {
  return inSpan(ports, 'dispatch', () => dispatch(ports, eventIds));
}

/** When the oldest message was written that is not published yet (ISO, UTC); null when there is none. */
export async function oldestIntent({ store }: Pick<DocumentPorts, 'store'>): Promise<string | null> {
  const times = intents.readAll(await store.list('outbox')).map(({ createdAt }) => createdAt);
  return times.sort()[0] ?? null;
}

async function dispatch(ports: Sending, eventIds: readonly string[] | undefined): Promise<number> {
  const waiting =
    eventIds === undefined
      ? intents.readAll(await ports.store.list('outbox'))
      : await intentsOf(ports, eventIds.map(paths.outbox));
  for (const intent of waiting) {
    await ports.publisher.publish(intent.topic, intent.body);
    await ports.store.transaction((tx) => Promise.resolve(tx.delete(paths.outbox(intent.eventId))));
  }
  return waiting.length;
}

async function intentsOf(
  { store }: Pick<DocumentPorts, 'store'>,
  wanted: readonly string[],
): Promise<OutboxDocument[]> {
  const found = await store.getAll(wanted);
  return wanted.map((path, i) => intents.read(path, found[i])).filter((intent) => intent !== undefined);
}
