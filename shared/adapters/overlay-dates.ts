/** Which dates of which tables an overlay holds, which it reads through, and which it hides. The same for every warehouse. */
import { tableShapes, viewShapes } from '../derive/ddl.ts';
import { RequestError } from '../domain/failure.ts';
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
  readonly reveal: (table: string, dates: readonly GameDate[]) => void;
  readonly narrow: (shows: TableDates) => void;
  /** The dates whose own rows are shown, ascending. */
  readonly held: (table: string) => readonly GameDate[];
  readonly readThrough: (table: string) => ReadThrough;
  /** The tables and views that can be asked, as `dataset.table`. */
  readonly readable: () => ReadonlySet<string>;
  /** @throws RequestError when a query names a table of the warehouse that cannot be asked */
  readonly assertReadable: (sql: string) => void;
}

/** @param shows the only published dates that are read; undefined for all */
export function overlayDates(registry: Registry, shows: TableDates | undefined): OverlayDates {
  const held = new Map<string, Set<GameDate>>();
  const published = shows && new Map([...shows].map(([table, dates]) => [table, new Set(dates)]));
  /** The only dates that are shown at all; undefined before the overlay was narrowed. */
  let shown: TableDates | undefined;
  const isShown = (table: string, date: GameDate): boolean =>
    shown === undefined || shown.get(table)?.includes(date) === true;
  const heldOf = (table: string): GameDate[] =>
    [...(held.get(table) ?? [])].filter((date) => isShown(table, date)).sort();
  const onlyOf = (table: string): readonly GameDate[] | undefined =>
    published === undefined
      ? shown && (shown.get(table) ?? [])
      : [...(published.get(table) ?? [])].filter((date) => isShown(table, date)).sort();
  const isReadable = (table: string): boolean =>
    shown === undefined
      ? published === undefined || published.has(table) || held.has(table)
      : shown.has(table);
  const readable = (): ReadonlySet<string> =>
    new Set([
      ...registry.all
        .filter(({ definition: { name } }) => isReadable(name))
        .map(({ definition }) => qualifiedName(definition)),
      ...viewShapes(registry).flatMap(({ name, reads }) =>
        reads.every(isReadable) ? [`nba_reference.${name}`] : [],
      ),
    ]);
  return {
    hold: (table, dates) => {
      held.set(table, new Set([...(held.get(table) ?? []), ...dates]));
    },
    reveal: (table, dates) => {
      published?.set(table, new Set([...(published.get(table) ?? []), ...dates]));
    },
    narrow: (only) => {
      const before = shown;
      shown =
        before === undefined
          ? only
          : new Map(
              [...only].flatMap(([table, dates]) => {
                const ofBefore = before.get(table);
                return ofBefore === undefined
                  ? []
                  : [[table, dates.filter((date) => ofBefore.includes(date))] as const];
              }),
            );
    },
    held: heldOf,
    readThrough: (table) => ({ only: onlyOf(table), without: heldOf(table) }),
    readable,
    assertReadable: (sql) => {
      const words = new Set(sql.match(/\w+/g));
      const shown = readable();
      const known = [
        ...tableShapes(registry),
        ...viewShapes(registry).map(({ name }) => ({ dataset: 'nba_reference', name })),
      ];
      for (const { dataset, name } of known)
        if (words.has(name) && !shown.has(`${dataset}.${name}`))
          throw new RequestError(`${dataset}.${name} cannot be asked here: nothing of it is shown`);
    },
  };
}
