/** Reads from the schedule which games there are. */
import { calendarAfter } from '../../shared/domain/calendar.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { calendarOf, replaceCalendar } from '../../shared/state/calendars.ts';

/** Reads the schedule from the warehouse and replaces the calendars. @returns the reason when it cannot be read now */
export async function refreshCalendars(
  ports: Pick<Ports, 'store'> & { readonly warehouse: Pick<Warehouse, 'scheduleFacts'> },
  seasons: readonly Season[],
): Promise<string | undefined> {
  for (const season of seasons) {
    for (;;) {
      const before = await calendarOf(ports, season);
      const facts = await ports.warehouse.scheduleFacts([season]);
      if (!facts.ok) return `The schedule could not be read: ${facts.failure.detail}`;
      const openingNight = facts.value.find(({ regularGames }) => regularGames > 0)?.date;
      if (openingNight === undefined) break;
      const calendar = calendarAfter(before, season, openingNight, facts.value);
      if (await replaceCalendar(ports, before, calendar)) break;
    }
  }
  return undefined;
}
