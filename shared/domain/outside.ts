/** Which final games of a date a raw table of a season is not meant to have. */
import type { GameDate } from './game-date.ts';
import { SEASON_TYPES, type SeasonType } from './game-id.ts';
import type { Registry, RegisteredTable } from './registry.ts';
import {
  finalsOn,
  isInside,
  meantOf,
  NOTHING_OUTSIDE,
  outsideOn,
  type Outside,
  type Scoped,
} from './scope.ts';
import { isExpectedWhereTold, isRaw, type TableDefinition } from './table.ts';
import { seasonOf } from './season.ts';
import type { SeasonView, View } from './view.ts';

/** Whether a table has a scope: it is filled from files about games that were played, and is expected on other dates than those of its files. */
export function hasScope(definition: TableDefinition): boolean {
  return (
    isRaw(definition) &&
    definition.timing === 'post_game' &&
    definition.tells !== 'calendar' &&
    !isExpectedWhereTold(definition)
  );
}

/** The kinds of games of which a table filled from files should have the final ones of a date. */
export function kindsInside(
  definition: TableDefinition,
  scoped: Scoped,
  date: GameDate,
): ReadonlySet<SeasonType> {
  return new Set(SEASON_TYPES.filter((kind) => !hasScope(definition) || isInside(scoped, kind, date)));
}

/** The table from whose files the final games are known: the first of its inputs that says which games exist. */
export function scheduleOf(
  { inputs }: Pick<TableDefinition, 'inputs'>,
  calendarSources: readonly string[],
): string | undefined {
  return inputs.find(({ table }) => calendarSources.includes(table))?.table;
}

/** What lies outside of the scope of a table on a date. Of other tables than those of files about played games nothing does. */
export function outsideOf(
  season: Pick<SeasonView, 'archives' | 'scope'> | undefined,
  { calendarSources }: Pick<Registry, 'calendarSources'>,
  { definition }: RegisteredTable,
  date: GameDate,
): Outside {
  if (season === undefined || !hasScope(definition)) return NOTHING_OUTSIDE;
  const finals = finalsOn(season.archives.get(scheduleOf(definition, calendarSources) ?? ''), date);
  if (finals === undefined) return NOTHING_OUTSIDE;
  return outsideOn(
    { archive: season.archives.get(definition.name), meant: meantOf(season.scope, definition.name) },
    finals,
    date,
  );
}

/**
 * The final games of a date for which a table has no rows because they are outside of the scope of the files: for a raw table
 * of played games those that it is not meant to have, for a computed one those of a date that a raw table which it cannot do
 * without is not meant to have at all.
 */
export function outsideScopeOf(view: View, table: RegisteredTable, date: GameDate): Outside {
  const { registry } = view;
  const season = view.seasons.get(seasonOf(date));
  const { timing } = table.definition;
  if (isRaw(table.definition)) return outsideOf(season, registry, table, date);
  if (timing !== 'post_game') return NOTHING_OUTSIDE;
  const found = registry.neededSources.map((name) => outsideOf(season, registry, registry.get(name), date));
  return found.find(({ isWhole }) => isWhole) ?? NOTHING_OUTSIDE;
}
