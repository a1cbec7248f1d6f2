/**
 * Which store of a deployment is lost, as the others tell. It looks at little, so that every command can ask: whether there are
 * documents, whether the archive has a journal or lines by date, and whether a few partitions that the documents know have rows.
 */
import type { GameDate } from '../../shared/domain/game-date.ts';
import { isBuilt, isInFlight } from '../../shared/domain/partition.ts';
import type { RegisteredTable, Registry } from '../../shared/domain/registry.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { Loss } from '../../shared/domain/stamp.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { calendarSeasons } from '../../shared/state/calendars.ts';
import { tableSeason } from '../../shared/state/completions.ts';
import { holdsDocuments } from '../../shared/state/recovered.ts';
import { hasArchives } from '../../shared/state/archives.ts';
import { datesWithRows, TABLE_GONE } from './recover-tables.ts';

interface LookingPorts extends Pick<Ports, 'store' | 'clock'> {
  readonly archive: Pick<ArchiveStore, 'list'>;
  readonly registry: Registry;
  readonly warehouse: Pick<Warehouse, 'rowCounts'>;
}

/** Newest dates of a table that are looked at. One of them may have just been built again with no rows, so one alone proves nothing. */
const DATES = 5;

/**
 * Looks for lost stores. Tables and an archive that do not answer are taken for whole: whoever needs them is told so then.
 * @throws Error when the documents do not answer, or the archive where there are none
 * @param beginsEmpty documents and tables are new whenever the deployment starts, and only its archive is kept
 */
export async function lostStores(ports: LookingPorts, beginsEmpty: boolean): Promise<Loss[]> {
  if (!(await holdsDocuments(ports))) {
    const isTold = !beginsEmpty && (await hasJournal(ports));
    return isTold || (await hasRows(ports)) ? [{ store: 'documents', what: 'lost' }] : [];
  }
  const [isArchiveLost, areTablesLost] = await Promise.all([isArchiveEmpty(ports), lackRows(ports)]);
  return [
    ...(isArchiveLost ? [{ store: 'archive', what: 'lost' } as const] : []),
    ...(areTablesLost ? [{ store: 'tables', what: 'lost' } as const] : []),
  ];
}

async function hasJournal({ archive }: LookingPorts): Promise<boolean> {
  return (await archive.list('journal', 1)).length > 0;
}

/** Whether the archive has nothing of what the documents say it has. Archives of earlier versions have no journal. */
async function isArchiveEmpty({ store, archive }: LookingPorts): Promise<boolean> {
  if (!(await hasArchives({ store }))) return false;
  for (const folder of ['journal', 'by-date']) {
    const found = await archive.list(folder, 1).catch(() => undefined);
    if (found === undefined || found.length > 0) return false;
  }
  return true;
}

async function hasRows(ports: LookingPorts): Promise<boolean> {
  const found = await datesWithRows(ports);
  return found.ok && [...found.value.dates.values()].some((dates) => dates.length > 0);
}

/** Whether a table is gone, or has rows of none of its newest dates. One table of each dataset is looked at. */
async function lackRows({ store, registry, warehouse }: LookingPorts): Promise<boolean> {
  const known = await newestDates({ store, registry });
  if (known.length === 0) return false;
  const counted = await warehouse.rowCounts(
    known.map(({ table, dates: [last, ...earlier] }) => ({ table, first: earlier.at(-1) ?? last, last })),
  );
  if (!counted.ok) return counted.failure.code === TABLE_GONE;
  return known.some(({ dates }, i) => dates.every((date) => (counted.value[i]?.get(date) ?? 0) === 0));
}

interface KnownDates {
  readonly table: RegisteredTable;
  readonly dates: readonly [GameDate, ...GameDate[]];
}

/** Of the newest season with rows: for each dataset the first of its tables of which the documents know rows, with its newest dates. */
async function newestDates({
  store,
  registry,
}: Pick<LookingPorts, 'store' | 'registry'>): Promise<KnownDates[]> {
  const datasets = [...Map.groupBy(registry.all, ({ definition }) => definition.dataset).values()];
  for (const season of (await calendarSeasons({ store })).sort().reverse()) {
    const found = await Promise.all(datasets.map((tables) => firstWithRows(store, tables, season)));
    const known = found.filter((each) => each !== undefined);
    if (known.length > 0) return known;
  }
  return [];
}

/** The first of the tables that has rows in a season. The others are not read. */
async function firstWithRows(
  store: LookingPorts['store'],
  tables: readonly RegisteredTable[],
  season: Season,
): Promise<KnownDates | undefined> {
  for (const table of tables) {
    const states = (await tableSeason({ store }, table.definition.name, season))?.dates ?? {};
    const [newest, ...earlier] = (Object.keys(states) as GameDate[])
      .filter((date) => isBuilt(states[date]) && !isInFlight(states[date]) && states[date].rows > 0)
      .sort()
      .reverse()
      .slice(0, DATES);
    if (newest !== undefined) return { table, dates: [newest, ...earlier] };
  }
  return undefined;
}
