/** Messages that were set aside: list them, look at one, correct it, publish it again, delete it. */
import { RequestError } from '../../shared/domain/failure.ts';
import { decode } from '../../shared/messages/decode.ts';
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
import { faultOf, schemaOfTopic } from './letter-fault.ts';
import type { PlanningPorts } from './plan.ts';

interface Documents {
  readonly store: StateStore;
}

/** A dead letter without its message, which may be long. */
export type DeadLetterEntry = Omit<DeadLetterDocument, 'body'>;

export async function listDeadLetters(ports: PlanningPorts): Promise<DeadLetterEntry[]> {
  const entries: DeadLetterEntry[] = [];
  for (const letter of await deadLetters(ports)) {
    const { body: _, ...entry } = await withReasonOfNow(ports, letter);
    entries.push(entry);
  }
  return entries;
}

/**
 * The dead letter with an id. The reason of a letter that was corrected is what is wrong with the corrected message now.
 * @throws RequestError when there is no dead letter with this id
 */
export async function shownDeadLetter(ports: PlanningPorts, id: string): Promise<DeadLetterDocument> {
  return withReasonOfNow(ports, await deadLetter(ports, id));
}

async function withReasonOfNow(
  ports: PlanningPorts,
  letter: DeadLetterDocument,
): Promise<DeadLetterDocument> {
  return letter.editedAt === undefined || letter.replayedAt !== null
    ? letter
    : { ...letter, reason: await faultOf(ports, letter) };
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

/**
 * Replaces the message of a dead letter; it is not published yet.
 * @returns what is still wrong with the new message, such as a table that does not exist, or that nothing is
 * @throws RequestError when there is no such letter, or when the new message could not be read either
 */
export async function editDeadLetter(ports: PlanningPorts, id: string, body: string): Promise<string> {
  const letter = await deadLetter(ports, id);
  const schema = schemaOfTopic(letter.topic);
  if (schema === undefined)
    throw new RequestError(
      `Messages on ${letter.topic} are written by the pipeline itself; replay or delete ${id}, or publish a request`,
    );
  const decoded = decode(schema, body);
  if (!decoded.ok) throw new RequestError(`Nothing was changed: ${decoded.reason}`);
  const reason = await faultOf(ports, { ...letter, body });
  await rewriteLetter(ports, letter, { body, reason });
  return reason;
}

/** @throws RequestError when there is no such letter */
export async function deleteDeadLetter(ports: Documents, id: string): Promise<void> {
  await deadLetter(ports, id);
  await deleteLetter(ports, id);
}
