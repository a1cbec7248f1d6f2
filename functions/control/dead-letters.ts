/** Messages that were set aside: list them, look at one, publish one again. */
import { RequestError } from '../../shared/domain/failure.ts';
import type { Publisher } from '../../shared/ports/bus.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { deadLetterOf, deadLetters, markReplayed } from '../../shared/state/dead-letters.ts';
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
 * Publishes the message again on the topic it came from.
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
  await ports.publisher.publish(letter.topic, letter.body);
  const replayedAt = await markReplayed(ports, letter);
  return { id, replayedAt, topic: letter.topic };
}
