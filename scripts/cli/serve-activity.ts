/** Says what happens on a home while it is served: each request, how it ended, and each message that is set aside. */
import { listDeadLetters } from '../../functions/control/dead-letters.ts';
import type { ReadingPorts } from '../../functions/control/ports.ts';
import { isFinished, listBackfills } from '../../shared/state/backfills.ts';
import { requestText } from './request-text.ts';

/** Milliseconds between two looks. */
const LOOK_MS = 1000;

/** Looks at the home again and again and says what is new since the call. */
export function tellActivity(
  ports: ReadingPorts,
  say: (line: string) => void,
): { readonly stop: () => Promise<void> } {
  const since = ports.clock().toISOString();
  const told = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let isStopping = false;
  const look = async (): Promise<void> => {
    try {
      await tellNews(ports, since, told, (line) => say(`${timeOf(ports)} ${line}`));
    } catch {
      // A store that does not answer is looked at again.
    }
    if (isStopping) return;
    timer = setTimeout(() => {
      looking = look();
    }, LOOK_MS);
  };
  let looking = look();
  return {
    stop: async () => {
      isStopping = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

async function tellNews(
  ports: ReadingPorts,
  since: string,
  told: Set<string>,
  say: (line: string) => void,
): Promise<void> {
  const sayOnce = (key: string, at: string, line: () => string): void => {
    if (at < since || told.has(key)) return;
    told.add(key);
    say(line());
  };
  for (const backfill of await listBackfills(ports)) {
    const { id, state, request, createdAt, finishedAt, verdict } = backfill;
    // An id that a refused request has freed may begin again.
    const key = `${id} ${createdAt}`;
    if (state !== 'refused')
      sayOnce(
        `begun ${key}`,
        createdAt,
        () => `${id} asked for by ${request.requestedBy ?? 'a message'}: ${requestText(request)}`,
      );
    if (!isFinished(backfill)) continue;
    const end = finishedAt ?? createdAt;
    const seconds = (new Date(end).getTime() - new Date(createdAt).getTime()) / 1000;
    sayOnce(`ended ${key}`, end, () => `${id} ${state} after ${seconds.toFixed(1)} s: ${verdict ?? ''}`);
  }
  for (const { id, topic, reason, receivedAt } of await listDeadLetters(ports))
    sayOnce(
      `letter ${id} ${receivedAt}`,
      receivedAt,
      () => `${id} set aside from ${topic}: ${reason.slice(0, 200)}`,
    );
}

function timeOf({ clock }: Pick<ReadingPorts, 'clock'>): string {
  return clock().toISOString().slice(11, 19);
}
