/** When each live source is asked next by itself. */
import { OCCASIONS, type Occasion } from '../../shared/domain/fetch.ts';
import { addDays, gameDateOf } from '../../shared/domain/game-date.ts';
import { listFetches } from '../../shared/state/fetches.ts';
import type { Endpoint, Source } from '../sources/source.ts';
import { gamesReader, type SeeingPorts } from './asking.ts';
import { nextSlot, toldSlotOf } from './due.ts';
import { belongsTo } from './fetch-plan.ts';

/** Dates around today of which a source may be asked something next. */
const DAYS = [-1, 0, 1] as const;

/**
 * Computes when something is due next of the dates around today.
 * @param now the business time
 * @returns what tells for a source the first time after `now`; null when nothing is due of these dates
 */
export async function nextDueOf(ports: SeeingPorts, now: Date): Promise<(source: Source) => Date | null> {
  const found = new Map<Occasion, Date>();
  const today = gameDateOf(now);
  const gamesOf = gamesReader(ports);
  for (const days of DAYS) {
    const date = addDays(today, days);
    const day = { date, games: await gamesOf(date), season: null };
    const used = (await listFetches(ports, date)).map(toldSlotOf);
    for (const occasion of OCCASIONS) {
      const at = nextSlot(day, occasion, now, used)?.at;
      const known = found.get(occasion);
      if (at !== undefined && (known === undefined || at < known)) found.set(occasion, at);
    }
  }
  return ({ endpoints }) => {
    const times = [...found].flatMap(([occasion, at]) =>
      Object.values<Endpoint>(endpoints).some(
        (endpoint) => endpoint.rhythm !== 'led' && belongsTo(occasion, endpoint),
      )
        ? [at.getTime()]
        : [],
    );
    return times.length === 0 ? null : new Date(Math.min(...times));
  };
}
