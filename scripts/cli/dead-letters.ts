/** `dead-letters`: messages that were set aside; list them, show, correct, publish again or delete one. */
import {
  deleteDeadLetter,
  editDeadLetter,
  listDeadLetters,
  replayDeadLetter,
  shownDeadLetter,
  type DeadLetterEntry,
} from '../../functions/control/dead-letters.ts';
import { NOTHING_WRONG } from '../../functions/control/letter-fault.ts';
import type { Client } from '../../functions/targets/client.ts';
import { counted } from '../../shared/domain/counted.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { NEWER_PRODUCER } from '../../shared/messages/decode.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { fileOption } from './options.ts';
import { table } from './text-table.ts';

export async function listLetters(client: Client, options: GlobalOptions): Promise<number> {
  const letters = await listDeadLetters(client);
  answer(options, { deadLetters: letters }, () =>
    letters.length === 0
      ? 'No message has been set aside'
      : [
          table(
            ['id', 'topic', 'received', 'tries', 'published again', 'reason'],
            letters.map((each) => [
              each.id,
              each.topic,
              each.receivedAt.slice(0, 19),
              each.attempts,
              each.replayedAt?.slice(0, 19) ?? '',
              each.reason,
            ]),
          ),
          ...whatToDo(letters),
        ].join('\n'),
  );
  return EXIT.done;
}

/** What a person can do with these letters; the command has the id where one letter is meant. */
export function whatToDo(letters: readonly Pick<DeadLetterEntry, 'id' | 'reason'>[]): string[] {
  const corrected = letters.filter(({ reason }) => reason === NOTHING_WRONG);
  const [newer, others] = [true, false].map((isNewer) =>
    letters.filter(({ reason }) => reason !== NOTHING_WRONG && reason.startsWith(NEWER_PRODUCER) === isNewer),
  );
  const only = (some: typeof newer): string => (some?.length === 1 ? (some[0]?.id ?? '') : 'ID');
  return [
    ...(corrected.length === 0
      ? []
      : [`Publish what is corrected with: fullcourt dead-letters replay ${only(corrected)}`]),
    ...(newer === undefined || newer.length === 0
      ? []
      : [
          `${counted(newer.length, 'message is', 'messages are')} of newer code: deploy that code everywhere, then publish ${newer.length === 1 ? 'it' : 'each'} again with: fullcourt dead-letters replay ${only(newer)}`,
        ]),
    ...(others === undefined || others.length === 0
      ? []
      : [
          `Correct ${others.length === 1 ? 'it' : 'one'} with: fullcourt dead-letters edit ${only(others)} --message JSON; then: fullcourt dead-letters replay ${only(others)}`,
        ]),
  ];
}

export async function showLetter(client: Client, id: string, options: GlobalOptions): Promise<number> {
  const letter = await shownDeadLetter(client, id);
  answer(options, letter, () =>
    [
      `${letter.id} from ${letter.topic} after ${counted(letter.attempts, 'try', 'tries')}`,
      `Reason: ${letter.reason}`,
      ...whatToDo([letter]),
      '',
      letter.body,
    ].join('\n'),
  );
  return EXIT.done;
}

export async function replayLetter(client: Client, id: string, options: GlobalOptions): Promise<number> {
  const replayed = await replayDeadLetter(client, id);
  answer(
    options,
    replayed,
    () =>
      `Published again on ${replayed.topic}${client.config.target === 'embedded' ? `; ${client.holder?.() ?? 'the next command that works on this home'} handles it` : ''}`,
  );
  return EXIT.done;
}

export interface EditFlags extends GlobalOptions {
  readonly message?: string;
  readonly file?: string;
}

/** @throws RequestError when the flags do not give one message, or when it could not be read */
export async function editLetter(client: Client, id: string, options: EditFlags): Promise<number> {
  const { message, file } = options;
  if ((message === undefined) === (file === undefined))
    throw new RequestError('Give the corrected message with --message JSON, or with --file FILE');
  const reason = await editDeadLetter(client, id, message ?? fileOption('--file', file ?? '').trim());
  answer(options, { id, edited: true, reason }, () =>
    reason === NOTHING_WRONG
      ? `${id} is corrected; publish it with: fullcourt dead-letters replay ${id}`
      : [
          `${id} has the new message, which would be set aside too: ${reason}`,
          ...whatToDo([{ id, reason }]),
        ].join('\n'),
  );
  return EXIT.done;
}

export async function deleteLetterCommand(
  client: Client,
  id: string,
  options: GlobalOptions,
): Promise<number> {
  await deleteDeadLetter(client, id);
  answer(options, { id, deleted: true }, () => `${id} is deleted; its message is gone`);
  return EXIT.done;
}
