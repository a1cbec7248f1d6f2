/** Which partitions others are built from, through every window. */
import type { GameDate } from './game-date.ts';
import type { Registry } from './registry.ts';
import type { Season } from './season.ts';
import { partitionDates, type SeasonView } from './view.ts';
import { reads, seasonsRead } from './window.ts';
import { isComputed } from './table.ts';

/**
 * The tables that `tables` are built from in earlier seasons, by season. Example: the features of a date of 2023-24 are built from the box
 * scores of 2021-22 and 2022-23. Such a table is read on every date of its season that is built.
 */
export function neededSeasons(
  registry: Registry,
  tables: readonly string[],
  seasons: readonly Season[],
): ReadonlyMap<Season, ReadonlySet<string>> {
  const needed = new Map<Season, Set<string>>();
  const seen = new Set<string>();
  const look = (name: string, season: Season): void => {
    if (seen.has(`${name}@${season}`)) return;
    seen.add(`${name}@${season}`);
    for (const { table, window } of registry.get(name).definition.inputs) {
      if (window.kind !== 'previous_seasons') look(table, season);
      for (const earlier of seasonsRead(window, season)) {
        needed.set(earlier, (needed.get(earlier) ?? new Set()).add(table));
        look(table, earlier);
      }
    }
  };
  for (const season of seasons) for (const name of tables) look(name, season);
  return needed;
}

/**
 * The dates of each table that the asked ones are built from in the same season, through every window, with the asked ones themselves.
 * @param asked tables with their dates; a table may come several times
 */
export function neededDates(
  registry: Registry,
  view: SeasonView,
  asked: Iterable<readonly [table: string, dates: readonly GameDate[]]>,
): ReadonlyMap<string, ReadonlySet<GameDate>> {
  const needed = new Map<string, Set<GameDate>>(
    registry.all.map(({ definition }) => [definition.name, new Set()]),
  );
  for (const [name, dates] of asked) {
    const possible = new Set(partitionDates(registry.get(name), view));
    for (const date of dates) if (possible.has(date)) needed.get(name)?.add(date);
  }
  for (const { definition } of registry.all.toReversed())
    for (const date of needed.get(definition.name) ?? []) {
      for (const { table, window } of definition.inputs)
        for (const read of window.kind === 'same_date' ? [date] : reads(window, date, view.calendar.dates))
          needed.get(table)?.add(read);
      if (isComputed(definition)) for (const source of registry.neededSources) needed.get(source)?.add(date);
    }
  return needed;
}
