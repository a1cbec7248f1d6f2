/** The one writer of the calendars of the seasons, `calendars/{season}`: which games exist. */
import type { SeasonCalendar } from '../domain/calendar.ts';
import type { Season } from '../domain/season.ts';
import type { Ports } from '../ports/index.ts';
import { calendarDocument, paths, type CalendarDocument } from './documents.ts';
import { readerOf } from './stored.ts';

const calendars = readerOf(calendarDocument);

/** The calendar of a season; undefined before its schedule has been loaded. */
export async function calendarOf(
  { store }: Pick<Ports, 'store'>,
  season: Season,
): Promise<CalendarDocument | undefined> {
  const path = paths.calendar(season);
  return calendars.read(path, await store.get(path));
}

/** The seasons that have a calendar. */
export async function calendarSeasons({ store }: Pick<Ports, 'store'>): Promise<Season[]> {
  return store.ids('calendars');
}

/**
 * Replaces the calendar of a season, unless another handler has replaced it since `before` was read. Two handlers may read
 * the schedule at about the same time; the older of the two readings must not be the one that stays.
 * @returns whether it was written
 */
export function replaceCalendar(
  { store }: Pick<Ports, 'store'>,
  before: CalendarDocument | undefined,
  calendar: SeasonCalendar,
): Promise<boolean> {
  const path = paths.calendar(calendar.season);
  const readings = before?.readings ?? 0;
  return store.transaction(async (tx) => {
    const current = calendars.read(path, await tx.get(path));
    if ((current?.readings ?? 0) !== readings) return false;
    tx.set(path, { ...calendar, readings: readings + 1 } satisfies CalendarDocument);
    return true;
  });
}
