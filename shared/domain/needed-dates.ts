/** Which partitions others are built from, through every window. */
import type { GameDate } from './game-date.ts';
import type { Registry } from './registry.ts';
import { partitionDates, type SeasonView } from './view.ts';
import { reads } from './window.ts';
import { isComputed } from './table.ts';

/** The dates of each table that the asked ones are built from, through every window, with the asked ones themselves. */
export function neededDates(
  registry: Registry,
  view: SeasonView,
  tables: readonly string[],
  dates: readonly GameDate[],
): ReadonlyMap<string, ReadonlySet<GameDate>> {
  const needed = new Map<string, Set<GameDate>>(
    registry.all.map(({ definition }) => [definition.name, new Set()]),
  );
  for (const name of tables) {
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
