/** Compares the completion documents with the tables, and makes them tell of the rows that are there. */
import { ok, type Result } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { addDays, gameDate, gameDateOf } from '../../shared/domain/game-date.ts';
import { isBuilt, type PartitionState } from '../../shared/domain/partition.ts';
import { mendPartition, type Found, type Mended } from '../../shared/domain/recover.ts';
import type { RegisteredTable, Registry } from '../../shared/domain/registry.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import type { SeasonCalendar } from '../../shared/domain/calendar.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { calendarOf } from '../../shared/state/calendars.ts';
import { tableSeason, updateStates } from '../../shared/state/completions.ts';
import { countRows, TABLE_GONE } from './count-rows.ts';

interface ComparingPorts extends Pick<Ports, 'store' | 'clock'> {
  readonly warehouse: Pick<Warehouse, 'published'>;
  readonly registry: Registry;
}

/** How many partitions of a table in a season were mended, by what became of them. */
export interface MendedTable {
  readonly table: string;
  readonly season: Season;
  readonly recovered: number;
  readonly reopened: number;
  readonly raised: number;
}

/** The first game date that a table may have. */
const FIRST = gameDate('1946-11-01');
/** Days after today until which schedules may have games. */
const AHEAD = 400;
/** Dates of one table that are read from the warehouse at once. */
const AT_ONCE = 250;

/** What the tables of a warehouse hold. */
export interface TablesWithRows {
  /** The dates on which each table has rows, by the name of the table; a table that is gone has none. */
  readonly dates: ReadonlyMap<string, readonly GameDate[]>;
  /** Names of the tables that are gone. */
  readonly gone: readonly string[];
}

/** The dates on which each table has rows, and the tables that are gone. */
export async function datesWithRows({
  warehouse,
  registry,
  clock,
}: Pick<ComparingPorts, 'registry' | 'clock'> & {
  readonly warehouse: Pick<Warehouse, 'rowCounts'>;
}): Promise<Result<TablesWithRows>> {
  const last = addDays(gameDateOf(clock()), AHEAD);
  const counts = await countRows(
    warehouse,
    registry.all.map((table) => ({ table, first: FIRST, last })),
  );
  const dates = new Map<string, readonly GameDate[]>();
  const gone: string[] = [];
  for (const { range, counted } of counts) {
    const { name } = range.table.definition;
    if (counted.ok) dates.set(name, [...counted.value.keys()].sort());
    else if (counted.failure.code === TABLE_GONE) gone.push(name);
    else return counted;
  }
  return ok({ dates, gone });
}

/**
 * Mends the completion documents of every table in the given seasons.
 * @param withRows the dates on which each table has rows
 * @param dryRun nothing is written
 * @throws Error when the warehouse does not answer
 */
export async function mendTables(
  ports: ComparingPorts,
  seasons: readonly Season[],
  withRows: ReadonlyMap<string, readonly GameDate[]>,
  dryRun: boolean,
): Promise<MendedTable[]> {
  const mended: MendedTable[] = [];
  for (const table of ports.registry.all) {
    const found = Map.groupBy(withRows.get(table.definition.name) ?? [], seasonOf);
    for (const season of seasons) {
      const count = { recovered: 0, reopened: 0, raised: 0 };
      const index = (await tableSeason(ports, table.definition.name, season))?.dates ?? {};
      const built = (Object.keys(index) as GameDate[]).filter((date) => isBuilt(index[date]));
      const dates = [...new Set([...built, ...(found.get(season) ?? [])])].sort();
      for (let i = 0; i < dates.length; i += AT_ONCE) {
        const chunk = dates.slice(i, i + AT_ONCE);
        for (const { kind } of await mendDates(ports, table, season, chunk, index, dryRun)) count[kind] += 1;
      }
      if (count.recovered + count.reopened + count.raised > 0)
        mended.push({ table: table.definition.name, season, ...count });
    }
  }
  return mended;
}

async function mendDates(
  ports: ComparingPorts,
  table: RegisteredTable,
  season: Season,
  dates: readonly GameDate[],
  index: Readonly<Record<string, PartitionState>>,
  dryRun: boolean,
): Promise<Mended[]> {
  const answer = await ports.warehouse.published(table, dates);
  if (!answer.ok) throw new Error(answer.failure.detail);
  const found = new Map<GameDate, Found>(answer.value.map((each) => [each.date, each]));
  const calendar = await calendarOf(ports, season);
  const at = ports.clock().toISOString();
  const mend = (state: PartitionState | undefined, date: GameDate): Mended | undefined =>
    mendPartition(
      state,
      found.get(date) ?? { rows: 0, fingerprint: '', token: 0 },
      gamesOf(table, calendar, date),
      at,
    );
  const mended = dates.flatMap((date) => mend(index[date], date) ?? []);
  if (!dryRun && mended.length > 0)
    await updateStates(ports, table, dates, (state, date) => mend(state, date)?.state);
  return mended;
}

/** How many games the table should have on a date, by the calendar. */
function gamesOf(
  { definition }: RegisteredTable,
  calendar: SeasonCalendar | undefined,
  date: GameDate,
): number {
  const day = calendar?.games[date];
  if (!('game_id' in definition.columns)) return 0;
  return (definition.timing === 'post_game' ? day?.finalGames : day?.games) ?? 0;
}
