/** The one writer of dead letters: messages that were given up, kept where a person can read and replay them. */
import { digest } from '../domain/hash.ts';
import type { DeadLettered } from '../messages/schemas.ts';
import type { Ports } from '../ports/index.ts';
import { deadLetterDocument, paths, type DeadLetterDocument } from './documents.ts';
import { readerOf } from './stored.ts';

/**
 * Bytes of a message, in UTF-8, that are kept. Of a longer message only the beginning is kept, and it cannot be replayed: a
 * document holds 1 MiB.
 */
const MAX_KEPT = 900_000;
/** The same for the reason. */
const MAX_REASON = 8000;

const letters = readerOf(deadLetterDocument);

/**
 * Keeps a message that was given up; one that is kept already stays as it is. A letter that was published again and comes
 * back is the same letter: it has the new reason, and is open again.
 * @param isAskedAgain whether the sweep publishes such a message again: then the same text is the same letter, also while it is open
 * @returns its id
 */
export async function keepDeadLetter(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  letter: DeadLettered,
  isAskedAgain = false,
): Promise<string> {
  const isSame = (known: DeadLetterDocument): boolean =>
    (isAskedAgain || known.replayedAt !== null) && isSameText(known, letter);
  const bodyDigest = digest(letter.body);
  const back = (await deadLetters({ store }, { bodyDigest })).find(isSame);
  const id = back?.id ?? `dl-${digest(`${letter.subscription} ${letter.messageId}`).slice(0, 12)}`;
  const body = beginningOf(letter.body, MAX_KEPT);
  const document: DeadLetterDocument = {
    id,
    topic: letter.topic,
    subscription: letter.subscription,
    messageId: letter.messageId,
    body,
    bodyDigest,
    isWhole: body === letter.body,
    reason: beginningOf(letter.reason, MAX_REASON),
    attempts: letter.attempts,
    receivedAt: clock().toISOString(),
    replayedAt: null,
  };
  const path = paths.deadLetter(id);
  await store.transaction(async (tx) => {
    const known = letters.read(path, await tx.get(path));
    if (known === undefined) tx.set(path, document);
    else if (isSame(known))
      tx.set(path, {
        ...document,
        attempts: known.attempts + letter.attempts,
        ...(known.replays === undefined ? {} : { replays: known.replays }),
      });
  });
  return id;
}

/** Whether another message has the text of a letter, on the same way. */
function isSameText(known: DeadLetterDocument, letter: DeadLettered): boolean {
  return (
    known.isWhole &&
    known.subscription === letter.subscription &&
    known.messageId !== letter.messageId &&
    known.body === letter.body
  );
}

/** As much of a text as fits into so many bytes of UTF-8. Halves of characters that stand alone become U+FFFD. */
function beginningOf(text: string, bytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytes));
  return text.slice(0, read).toWellFormed();
}

/** The dead letter with an id; undefined when there is none. */
export async function deadLetterOf(
  { store }: Pick<Ports, 'store'>,
  id: string,
): Promise<DeadLetterDocument | undefined> {
  const path = paths.deadLetter(id);
  return letters.read(path, await store.get(path));
}

/** All dead letters, or those of one message or of one text. */
export async function deadLetters(
  { store }: Pick<Ports, 'store'>,
  where: { readonly messageId?: string; readonly bodyDigest?: string } = {},
): Promise<DeadLetterDocument[]> {
  return letters.readAll(await store.list('dead_letters', where));
}

/** Writes down that the message has been published again. @returns when */
export async function markReplayed(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  letter: DeadLetterDocument,
): Promise<string> {
  const replayedAt = clock().toISOString();
  await store.transaction((tx) =>
    Promise.resolve(
      tx.set(paths.deadLetter(letter.id), {
        ...letter,
        // By its digest the letter is found when its message comes back.
        bodyDigest: digest(letter.body),
        replayedAt,
        replays: (letter.replays ?? 0) + 1,
      }),
    ),
  );
  return replayedAt;
}

/** Takes back that a letter was published again at an instant; one that has come back since stays as it is. */
export async function unmarkReplayed(
  { store }: Pick<Ports, 'store'>,
  letter: DeadLetterDocument,
  replayedAt: string,
): Promise<void> {
  const path = paths.deadLetter(letter.id);
  await store.transaction(async (tx) => {
    if (letters.read(path, await tx.get(path))?.replayedAt === replayedAt) tx.set(path, letter);
  });
}

/** Replaces the message of a letter, and what is wrong with it. */
export async function rewriteLetter(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  letter: DeadLetterDocument,
  { body, reason }: Pick<DeadLetterDocument, 'body' | 'reason'>,
): Promise<void> {
  const editedAt = clock().toISOString();
  await store.transaction((tx) =>
    Promise.resolve(
      tx.set(paths.deadLetter(letter.id), {
        ...letter,
        body,
        bodyDigest: digest(body),
        isWhole: true,
        reason: beginningOf(reason, MAX_REASON),
        editedAt,
        replayedAt: null,
      }),
    ),
  );
}

/** Deletes a letter. */
export async function deleteLetter({ store }: Pick<Ports, 'store'>, id: string): Promise<void> {
  await store.transaction((tx) => Promise.resolve(tx.delete(paths.deadLetter(id))));
}
