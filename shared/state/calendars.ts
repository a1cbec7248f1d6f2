/** The one writer of the calendars of the seasons, `expectations/{season}`: which games exist. */
import type { SeasonCalendar } from '../domain/calendar.ts';
import type { Season } from '../domain/season.ts';
import type { Ports } from '../ports/index.ts';
import { calendarDocument, paths, type CalendarDocument } from './documents.ts';
import { readerOf } from './stored.ts';

const calendars = readerOf(calendarDocument);

export async function calendarOf(
  { store }: Pick<Ports, 'store'>,
  season: Season,
): Promise<CalendarDocument | undefined> {
  const path = paths.calendar(season);
  return calendars.read(path, await store.get(path));
}

/** The seasons that have a calendar. */
export async function calendarSeasons({ store }: Pick<Ports, 'store'>): Promise<Season[]> {
  return (await store.list('expectations')).map(({ id }) => id);
}

/**
 * Writes the calendar of a season as it was read, unless somebody else has written one since `before` was: of two that
 * read the schedule, the one that read it first must not write last.
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
