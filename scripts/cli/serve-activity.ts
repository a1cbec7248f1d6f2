/** Says what happens on a home while it is served: each request, how it ended, and each message that is set aside. */
import { listDeadLetters } from '../../functions/control/dead-letters.ts';
import type { ReadingPorts } from '../../functions/control/ports.ts';
import { isFinished, listBackfills } from '../../shared/state/backfills.ts';
import { requestText } from './request-text.ts';

/** Milliseconds between two looks. */
const LOOK_MS = 1000;

interface Told {
  readonly begun: Set<string>;
  readonly ended: Set<string>;
  readonly letters: Set<string>;
}

/** Looks at the home again and again and says what is new since the call. */
export function tellActivity(
  ports: ReadingPorts,
  say: (line: string) => void,
): { readonly stop: () => Promise<void> } {
  let told: Told | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopping = false;
  const look = async (): Promise<void> => {
    try {
      const isFirst = told === undefined;
      told ??= { begun: new Set(), ended: new Set(), letters: new Set() };
      await tellNews(ports, told, isFirst ? () => undefined : (line) => say(`${timeOf(ports)} ${line}`));
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

async function tellNews(ports: ReadingPorts, told: Told, say: (line: string) => void): Promise<void> {
  for (const backfill of await listBackfills(ports)) {
    const { id, state, request, createdAt, finishedAt, verdict } = backfill;
    // An id that a refused request has freed may begin again.
    const key = `${id} ${createdAt}`;
    if (!told.begun.has(key) && state !== 'refused')
      say(`${id} asked for by ${request.requestedBy ?? 'a message'}: ${requestText(request)}`);
    told.begun.add(key);
    if (!isFinished(backfill) || told.ended.has(key)) continue;
    told.ended.add(key);
    const seconds = (new Date(finishedAt ?? createdAt).getTime() - new Date(createdAt).getTime()) / 1000;
    say(`${id} ${state} after ${seconds.toFixed(1)} s: ${verdict ?? ''}`);
  }
  for (const { id, topic, reason, receivedAt } of await listDeadLetters(ports)) {
    const key = `${id} ${receivedAt}`;
    if (!told.letters.has(key)) say(`${id} set aside from ${topic}: ${reason.slice(0, 200)}`);
    told.letters.add(key);
  }
}

function timeOf({ clock }: Pick<ReadingPorts, 'clock'>): string {
  return clock().toISOString().slice(11, 19);
}
