/** The live day: asks for the fetches that are due, and for the tables of a date that wait for no other word. */
import { decideWants } from '../../shared/domain/decide/live.ts';
import { addDays, gameDateOf, type GameDate } from '../../shared/domain/game-date.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import type { SeasonCalendar } from '../../shared/domain/calendar.ts';
import { businessNow } from '../../shared/ports/index.ts';
import { calendarOf } from '../../shared/state/calendars.ts';
import { fetchesOf, fetchIdOf, lastRefresh, noteRefresh, requestFetch } from '../../shared/state/fetches.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { loadView } from '../../shared/state/views.ts';
import { gamesReader } from '../control/asking.ts';
import {
  datesToLookAt,
  dueSlots,
  lackingAt,
  slotsOf,
  tipoffsOf,
  toldSlotOf,
  type DueDay,
  type ToldSlot,
} from '../control/due.ts';
import { carryOut } from './actions.ts';
import type { HandlerContext } from './context.ts';

const MINUTE = 60_000;
/** Minutes between two times at which the tables of a date are built again for what has moved. */
const REFRESH_MINUTES = 10;
/** Minutes before each tip-off at which they are built again in any case. */
const BEFORE_TIPOFF_MINUTES = 45;

/** Does both for the present time. @returns how many fetches were asked for */
export async function liveDay(context: HandlerContext): Promise<number> {
  const { ports } = context;
  const now = businessNow(ports);
  const today = gameDateOf(now);
  const calendars = await calendarsAround(context, today);
  const dates = datesToLookAt(today, calendars.get(seasonOf(today))?.dates ?? []);
  const gamesOf = gamesReader({ ...ports, archive: context.archive });
  const events: string[] = [];
  for (const date of dates) {
    const day = await dayOf(gamesOf, calendars, date);
    const used = await usedSlots(context, day, now);
    for (const slot of dueSlots(day, now, used)) {
      const event = await requestFetch(ports, { ...slot, ...lackingAt(slot, used, day.games) });
      if (event !== undefined) events.push(event);
    }
    if (date === today || date === addDays(today, 1)) await wantBefore(context, day, now);
    if (date === today || date === addDays(today, -1)) await want(context, date, 'after', now);
  }
  if (events.length > 0) await dispatchOutbox(ports, events);
  return events.length;
}

/** The calendars of the seasons in which something may be due. */
async function calendarsAround(
  { ports }: HandlerContext,
  today: GameDate,
): Promise<ReadonlyMap<Season, SeasonCalendar>> {
  const found = new Map<Season, SeasonCalendar>();
  for (const season of new Set([addDays(today, -31), today].map(seasonOf))) {
    const calendar = await calendarOf(ports, season);
    if (calendar !== undefined) found.set(season, calendar);
  }
  return found;
}

/** A date with its games as the archived schedule has them. */
async function dayOf(
  gamesOf: ReturnType<typeof gamesReader>,
  calendars: ReadonlyMap<Season, SeasonCalendar>,
  date: GameDate,
): Promise<DueDay> {
  const calendar = calendars.get(seasonOf(date));
  const lastDate = calendar?.dates.at(-1);
  return {
    date,
    games: await gamesOf(date),
    season:
      calendar === undefined || lastDate === undefined
        ? null
        : { lastDate, datesBefore: calendar.dates.filter((each) => each < date).length },
  };
}

/** The slots of a date that were used before, as far as they decide what is due now. */
async function usedSlots({ ports }: HandlerContext, day: DueDay, now: Date): Promise<ToldSlot[]> {
  const candidates = dueSlots(day, now, []);
  const slots = slotsOf(day).filter(
    (slot) =>
      slot.at <= now &&
      candidates.some(
        (due) => due.occasion === slot.occasion && (due.retryFrom ?? due.at) <= slot.at && slot.at <= due.at,
      ),
  );
  const fetches = await fetchesOf(ports, slots.map(fetchIdOf));
  return fetches.flatMap((fetch) => (fetch === undefined ? [] : [toldSlotOf(fetch)]));
}

/**
 * Before the last tip-off of a date: asks for its tables that were never built or have become stale, at most once in ten minutes,
 * and once 45 minutes before each tip-off.
 */
async function wantBefore(context: HandlerContext, day: DueDay, now: Date): Promise<void> {
  const tips = tipoffsOf(day);
  const last = tips.at(-1);
  // The lines that were read just before the last tip-off are built in, too.
  if (last === undefined || now.getTime() > last + REFRESH_MINUTES * MINUTE) return;
  const at = await lastRefresh(context.ports, day.date);
  const since = at === undefined ? undefined : Date.parse(at);
  const isPaused = since !== undefined && now.getTime() - since < REFRESH_MINUTES * MINUTE;
  const isLast = tips.some((tip) => {
    const due = tip - BEFORE_TIPOFF_MINUTES * MINUTE;
    return due <= now.getTime() && (since === undefined || since < due);
  });
  if (isPaused && !isLast) return;
  if (await want(context, day.date, 'before', now)) await noteRefresh(context.ports, day.date, now);
}

/** Makes the live wants of a date; the sweep asks for the runs of those that can be built. @returns whether there were any */
async function want(
  context: HandlerContext,
  date: GameDate,
  when: 'before' | 'after',
  now: Date,
): Promise<boolean> {
  const { ports, registry } = context;
  const view = await loadView(ports, registry, [seasonOf(date)], { gameHashes: false });
  if (view.seasons.size === 0) return false;
  const correlationId = `live:${date}:${when}:${now.getTime()}`;
  const actions = decideWants(view, date, when, correlationId);
  if (actions.length === 0) return false;
  await carryOut(context, view, actions, {
    ...{ mode: 'live', backfillId: null, through: 'phase5', correlationId, causationId: null },
    acceptMissing: false,
  });
  return true;
}
