/** What the documents know of the rows of a deployment, as far as it takes to see whether its stores belong together. */
import type { GameDate } from '../../shared/domain/game-date.ts';
import { isBuilt, isInFlight, type PartitionState } from '../../shared/domain/partition.ts';
import type { RegisteredTable, Registry } from '../../shared/domain/registry.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { calendarSeasons } from '../../shared/state/calendars.ts';
import { tableSeason } from '../../shared/state/completions.ts';

/** What the documents know of one table in one season. */
export interface KnownRows {
  readonly table: RegisteredTable;
  readonly season: Season;
  readonly states: Readonly<Record<string, PartitionState>>;
  /** The partitions with rows of which no run is under way, by date, ascending. */
  readonly withRows: readonly { readonly date: GameDate; readonly state: PartitionState }[];
}

/**
 * Of the newest season with rows: for each dataset the first of its tables with rows, else its first table. The tables after that
 * one are not read. Empty when no season has rows.
 */
export async function newestKnownRows({
  store,
  registry,
}: Pick<Ports, 'store'> & { readonly registry: Registry }): Promise<KnownRows[]> {
  const datasets = [...Map.groupBy(registry.all, ({ definition }) => definition.dataset).values()];
  for (const season of (await calendarSeasons({ store })).sort().reverse()) {
    const known = await Promise.all(datasets.map((tables) => firstWithRows({ store }, tables, season)));
    if (known.some(({ withRows }) => withRows.length > 0)) return known;
  }
  return [];
}

async function firstWithRows(
  ports: Pick<Ports, 'store'>,
  tables: readonly RegisteredTable[],
  season: Season,
): Promise<KnownRows> {
  let first: KnownRows | undefined;
  for (const table of tables) {
    const states = (await tableSeason(ports, table.definition.name, season))?.dates ?? {};
    const withRows = (Object.keys(states) as GameDate[]).sort().flatMap((date) => {
      const state = states[date];
      return isBuilt(state) && !isInFlight(state) && state.rows > 0 ? [{ date, state }] : [];
    });
    const known = { table, season, states, withRows };
    if (withRows.length > 0) return known;
    first ??= known;
  }
  if (first === undefined) throw new Error('A dataset has at least one table');
  return first;
}
