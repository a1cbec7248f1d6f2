/** `dead-letters`: messages that were set aside; list them, show one, publish one again. */
import { deadLetter, listDeadLetters, replayDeadLetter } from '../../functions/control/dead-letters.ts';
import type { Client } from '../../functions/targets/client.ts';
import { counted } from '../../shared/domain/counted.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { table } from './text-table.ts';

export async function listLetters(client: Client, options: GlobalOptions): Promise<number> {
  const letters = await listDeadLetters(client);
  answer(options, { deadLetters: letters }, () =>
    letters.length === 0
      ? 'No message has been set aside'
      : table(
          ['id', 'topic', 'received', 'tries', 'replayed', 'reason'],
          letters.map((each) => [
            each.id,
            each.topic,
            each.receivedAt.slice(0, 19),
            each.attempts,
            each.replayedAt?.slice(0, 19) ?? '',
            each.reason.slice(0, 90),
          ]),
        ),
  );
  return EXIT.done;
}

export async function showLetter(client: Client, id: string, options: GlobalOptions): Promise<number> {
  const letter = await deadLetter(client, id);
  answer(options, letter, () =>
    [
      `${letter.id} from ${letter.topic} after ${counted(letter.attempts, 'try', 'tries')}`,
      `Reason: ${letter.reason}`,
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
      `Published again on ${replayed.topic}${client.config.target === 'embedded' ? '; it is handled by the next command that works on this home' : ''}`,
  );
  return EXIT.done;
}
