/** Messages that were set aside: list them, look at one, correct it, publish it again, delete it. */
import type * as z from 'zod';
import { BACKFILL_REQUEST_TOPIC, SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { decode } from '../../shared/messages/decode.ts';
import { backfillRequest, sweepRequested } from '../../shared/messages/schemas.ts';
import type { Publisher } from '../../shared/ports/bus.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import {
  deadLetterOf,
  deadLetters,
  deleteLetter,
  markReplayed,
  rewriteLetter,
  unmarkReplayed,
} from '../../shared/state/dead-letters.ts';
import type { DeadLetterDocument } from '../../shared/state/documents.ts';

interface Documents {
  readonly store: StateStore;
}

/** A dead letter without its message, which may be long. */
export type DeadLetterEntry = Omit<DeadLetterDocument, 'body'>;

export async function listDeadLetters(ports: Documents): Promise<DeadLetterEntry[]> {
  return (await deadLetters(ports)).map(({ body: _, ...entry }) => entry);
}

/** @throws RequestError when there is no dead letter with this id */
export async function deadLetter(ports: Documents, id: string): Promise<DeadLetterDocument> {
  const letter = await deadLetterOf(ports, id);
  if (letter === undefined)
    throw new RequestError(`There is no dead letter ${id}; see them with: fullcourt dead-letters`);
  return letter;
}

export interface Replayed {
  readonly id: string;
  readonly replayedAt: string;
  readonly topic: string;
}

/**
 * Publishes the message again on the topic it came from. When that fails, the letter is as it was.
 * @throws RequestError when there is no dead letter with this id, or when its message was too long to be kept whole
 */
export async function replayDeadLetter(
  ports: Documents & { readonly publisher: Publisher; readonly clock: Clock },
  id: string,
): Promise<Replayed> {
  const letter = await deadLetter(ports, id);
  if (!letter.isWhole)
    throw new RequestError(
      `Dead letter ${id} was too long to keep whole; publish the message again from where it came`,
    );
  // Marked before it is published, so that a message that comes back at once is known to be this letter.
  const replayedAt = await markReplayed(ports, letter);
  try {
    await ports.publisher.publish(letter.topic, letter.body);
  } catch (error) {
    await unmarkReplayed(ports, letter, replayedAt);
    throw error;
  }
  return { id, replayedAt, topic: letter.topic };
}

/** What a message of a topic must be; topics that are not named here carry messages of the pipeline itself. */
const SCHEMAS = new Map<string, z.ZodType>([
  [BACKFILL_REQUEST_TOPIC, backfillRequest],
  [SWEEP_TOPIC, sweepRequested.strict()],
]);

/**
 * Replaces the message of a dead letter; it is not published yet.
 * @throws RequestError when there is no such letter, or when the new message could not be handled either
 */
export async function editDeadLetter(ports: Documents, id: string, body: string): Promise<void> {
  const letter = await deadLetter(ports, id);
  const schema = SCHEMAS.get(letter.topic);
  if (schema === undefined)
    throw new RequestError(
      `Messages on ${letter.topic} are written by the pipeline itself; replay or delete ${id}, or publish a request`,
    );
  const decoded = decode(schema, body);
  if (!decoded.ok) throw new RequestError(`Nothing was changed: ${decoded.reason}`);
  await rewriteLetter(ports, letter, body);
}

/** @throws RequestError when there is no such letter */
export async function deleteDeadLetter(ports: Documents, id: string): Promise<void> {
  await deadLetter(ports, id);
  await deleteLetter(ports, id);
}
