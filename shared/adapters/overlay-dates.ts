/** Which dates of which tables an overlay holds, which it reads through, and which it hides. The same for every warehouse. */
import { viewShapes } from '../derive/ddl.ts';
import { SCHEDULE_VIEW_COLUMNS } from '../derive/schedule-queries.ts';
import type { GameDate } from '../domain/game-date.ts';
import type { Registry } from '../domain/registry.ts';
import { qualifiedName } from '../domain/table.ts';
import type { TableDates } from '../ports/warehouse.ts';

/** The published dates of a table that are read. */
export interface ReadThrough {
  /** None but these; undefined for all. */
  readonly only: readonly GameDate[] | undefined;
  /** Not these, because the overlay holds rows of its own for them. */
  readonly without: readonly GameDate[];
}

export interface OverlayDates {
  readonly hold: (table: string, dates: readonly GameDate[]) => void;
  readonly narrow: (shows: TableDates) => void;
  /** The dates whose own rows are shown, ascending. */
  readonly held: (table: string) => readonly GameDate[];
  readonly readThrough: (table: string) => ReadThrough;
  /** The tables and views of which any date can be shown, as `dataset.table`. */
  readonly readable: () => ReadonlySet<string>;
}

/** The raw tables that the views of `nba_reference` read. */
const VIEW_TABLES: Readonly<Record<string, readonly string[]>> = {
  nba_schedule: SCHEDULE_VIEW_COLUMNS.map(({ table }) => table),
  nba_players_registry: ['nbac_player_boxscores'],
};

/** @param shows the only published dates that are read; undefined for all */
export function overlayDates(registry: Registry, shows: TableDates | undefined): OverlayDates {
  const held = new Map<string, Set<GameDate>>();
  let published = shows;
  /** The only dates that are shown at all; undefined before the overlay was narrowed. */
  let shown: TableDates | undefined;
  const isShown = (table: string, date: GameDate): boolean =>
    shown === undefined || shown.get(table)?.includes(date) === true;
  const heldOf = (table: string): GameDate[] =>
    [...(held.get(table) ?? [])].filter((date) => isShown(table, date)).sort();
  const onlyOf = (table: string): readonly GameDate[] | undefined =>
    published === undefined
      ? shown && (shown.get(table) ?? [])
      : (published.get(table) ?? []).filter((date) => isShown(table, date));
  const isReadable = (table: string): boolean => heldOf(table).length > 0 || onlyOf(table)?.length !== 0;
  return {
    hold: (table, dates) => {
      held.set(table, new Set([...(held.get(table) ?? []), ...dates]));
    },
    narrow: (only) => {
      const before = shown;
      shown =
        before === undefined
          ? only
          : new Map(
              [...only].map(([table, dates]) => [
                table,
                dates.filter((date) => before.get(table)?.includes(date) === true),
              ]),
            );
    },
    held: heldOf,
    readThrough: (table) => ({ only: onlyOf(table), without: heldOf(table) }),
    readable: () =>
      new Set([
        ...registry.all
          .filter(({ definition: { name } }) => isReadable(name))
          .map(({ definition }) => qualifiedName(definition)),
        ...viewShapes(registry).flatMap(({ name }) =>
          (VIEW_TABLES[name] ?? []).every(isReadable) ? [`nba_reference.${name}`] : [],
        ),
      ]),
  };
}
