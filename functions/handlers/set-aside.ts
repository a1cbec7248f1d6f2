/** A message that used up its tries: keep it where a person can read and replay it, and let nobody wait for it. */
import { digest } from '../../shared/domain/hash.ts';
import { deadLettered } from '../../shared/observe/events.ts';
import { decode } from '../../shared/messages/decode.ts';
import { runRequested, type DeadLettered } from '../../shared/messages/schemas.ts';
import { ack, type Outcome } from '../../shared/ports/bus.ts';
import { paths, type DeadLetterDocument } from '../../shared/state/documents.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { abandonRun } from '../../shared/state/runs.ts';
import { within } from '../../shared/observe/tracing.ts';
import type { HandlerContext } from '../steps/context.ts';
import { contextOfLetter } from '../steps/message-context.ts';

/** Longest message kept whole; a longer one keeps its beginning and cannot be replayed. A document holds 1 MiB. */
const MAX_KEPT = 900_000;

export async function setAside(
  context: Pick<HandlerContext, 'ports'>,
  letter: DeadLettered,
): Promise<Outcome> {
  const ports = within(context.ports, contextOfLetter(letter));
  const id = `dl-${digest(`${letter.subscription} ${letter.messageId}`).slice(0, 12)}`;
  const document: DeadLetterDocument = {
    id,
    topic: letter.topic,
    subscription: letter.subscription,
    messageId: letter.messageId,
    body: letter.body.slice(0, MAX_KEPT),
    isWhole: letter.body.length <= MAX_KEPT,
    reason: letter.reason.slice(0, 4000),
    attempts: letter.attempts,
    receivedAt: ports.clock().toISOString(),
    replayedAt: null,
  };
  await ports.store.transaction(async (tx) => {
    if ((await tx.get(paths.deadLetter(id))) === undefined) tx.set(paths.deadLetter(id), document);
  });
  const { topic, subscription, messageId, attempts, reason } = letter;
  deadLettered(ports, { deadLetterId: id, topic, subscription, messageId, attempt: attempts, reason });
  const request = decode(runRequested, letter.body);
  if (request.ok) {
    const eventId = await abandonRun(ports, request.value.runId, letter.reason);
    if (eventId !== undefined) await dispatchOutbox(ports, [eventId]);
  }
  return ack;
}
