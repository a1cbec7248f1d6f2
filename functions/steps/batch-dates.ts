/** What the dates of a batch read, and which of them may lose their rows. */
import { playedGamesOf, type SeasonCalendar } from '../../shared/domain/calendar.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { RegisteredTable } from '../../shared/domain/registry.ts';
import { readStart } from '../../shared/domain/window.ts';
import type { LoadedRows } from './context.ts';
import { isComputed, isOncePerSeason } from '../../shared/domain/table.ts';

/**
 * The dates that may lose all their rows: no file speaks of them any more, they have no games any more, or they are not the opening
 * night any more of a table that has no other date.
 */
export function goneDates(
  table: RegisteredTable,
  dates: readonly GameDate[],
  calendar: SeasonCalendar | undefined,
  loaded: LoadedRows | undefined,
): ReadonlySet<GameDate> {
  return new Set(
    dates.filter((date) => {
      const day = calendar?.games[date];
      if (isComputed(table.definition)) {
        const isElsewhere = isOncePerSeason(table.definition) && date !== calendar?.openingNight;
        return calendar !== undefined && ((day?.games ?? 0) === 0 || isElsewhere);
      }
      const hasGames = (day?.games ?? 0) > 0 || playedGamesOf(day) > 0;
      const isCalendar = table.definition.tells === 'calendar';
      return loaded?.dates.get(date)?.isArchived === false && (isCalendar || !hasGames);
    }),
  );
}

/** The earliest date that a window of a batch from `first` on can reach. */
export function earliestRead(
  table: RegisteredTable,
  first: GameDate,
  calendar: SeasonCalendar | undefined,
): GameDate {
  if (calendar === undefined) return first;
  return table.definition.inputs
    .map((input) => readStart(input.window, first, calendar.openingNight))
    .reduce((a, b) => (a < b ? a : b), first);
}
