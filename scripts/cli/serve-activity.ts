/** Says what happens on a home while it is served: each request, how it ended, and each message that is set aside. */
import type { ReadingPorts } from '../../functions/control/ports.ts';
import { addDays, gameDateOf } from '../../shared/domain/game-date.ts';
import { businessNow, type Clock } from '../../shared/ports/index.ts';
import { listFetches, type FetchAsk, type FetchDocument } from '../../shared/state/fetches.ts';
import { deadLetters } from '../../shared/state/dead-letters.ts';
import { isFinished, listBackfills } from '../../shared/state/backfills.ts';
import { requestText } from './request-text.ts';

/** Milliseconds between two looks. */
const LOOK_MS = 1000;

/** What this looks at. The business clock says which dates sources are asked about. */
type LookingPorts = ReadingPorts & { readonly businessClock?: Clock };

/** Looks at the home again and again and says what is new since the call. */
export function tellActivity(
  ports: LookingPorts,
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
  ports: LookingPorts,
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
  const today = gameDateOf(businessNow(ports));
  for (const date of [-1, 0, 1].map((days) => addDays(today, days)))
    for (const fetch of await listFetches(ports, date))
      for (const ask of fetch.asks)
        if (ask.finishedAt !== null)
          sayOnce(`fetch ${fetch.fetchId} ${ask.askId}`, ask.finishedAt, () => askText(fetch, ask));
  for (const { id, topic, reason, receivedAt } of await deadLetters(ports))
    sayOnce(
      `letter ${id} ${receivedAt}`,
      receivedAt,
      () => `${id} set aside from ${topic}: ${reason.slice(0, 200)}`,
    );
}

/** What became of the questions to a source, in a line: `nba_cdn has told schedule of 2024-01-26 in 0.4 s`. */
function askText({ date }: FetchDocument, ask: FetchAsk): string {
  const { source, targets, failed, entries, seconds, fallbackFor, details } = ask;
  const told = targets.filter((target) => !failed.includes(target));
  const named = (list: readonly string[]): string => list.join(', ').replaceAll('_', ' ');
  const instead = fallbackFor === null ? '' : ` in the place of ${fallbackFor}`;
  const [why = 'no answer'] = details;
  if (failed.length > 0) return `${source} has not told ${named(failed)} of ${date}${instead}: ${why}`;
  if (entries === 0) return `${source} had nothing to tell of ${date} (${named(told)})${instead}`;
  return `${source} has told ${named(told)} of ${date} in ${seconds.toFixed(1)} s${instead}`;
}

function timeOf({ clock }: Pick<ReadingPorts, 'clock'>): string {
  return clock().toISOString().slice(11, 19);
}
