/** Intents to publish: written in the transaction of the state change they tell of, published afterwards. */
import { completeTopic, runTopic } from '../derive/topic-names.ts';
import type { Message } from '../messages/schemas.ts';
import type { DocumentPorts } from '../ports/index.ts';
import type { Transaction } from '../ports/state-store.ts';
import type { Phase } from '../domain/table.ts';
import { inSpan } from '../observe/tracing.ts';
import { outboxDocument, paths, type OutboxDocument } from './documents.ts';
import { readerOf } from './stored.ts';

const intents = readerOf(outboxDocument);

/** Writes the intent. The event id is deterministic: the same event twice is one document. */
export function intend(tx: Transaction, phase: Phase, message: Message, now: Date): void {
  const topic = message.kind === 'run_requested' ? runTopic(phase, message.mode) : completeTopic(phase);
  const intent: OutboxDocument = {
    eventId: message.eventId,
    topic,
    body: JSON.stringify(message),
    createdAt: now.toISOString(),
  };
  tx.set(paths.outbox(message.eventId), intent);
}

/**
 * Publishes what is waiting: the given events, or all. An intent is deleted only after the broker has accepted the
 * message, so a crash in between publishes it again under the same event id.
 * @returns how many were published
 */
export function dispatchOutbox(ports: DocumentPorts, eventIds?: readonly string[]): Promise<number> {
  return inSpan(ports, 'dispatch', () => dispatch(ports, eventIds));
}

async function dispatch(ports: DocumentPorts, eventIds: readonly string[] | undefined): Promise<number> {
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
