/**
 * Which store of a deployment is lost, as the others tell. It looks at little, so that every command can ask: whether there are
 * documents, whether the archive has a journal or lines by date, and whether a few partitions that the documents know have rows.
 */
import type { Registry } from '../../shared/domain/registry.ts';
import type { Loss } from '../../shared/domain/stamp.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { holdsDocuments } from '../../shared/state/recovered.ts';
import { hasArchives } from '../../shared/state/archives.ts';
import { newestKnownRows, type KnownRows } from './known-rows.ts';
import { TABLE_GONE } from './count-rows.ts';
import { datesWithRows } from './recover-tables.ts';

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
 * @param known reads what the documents know of rows; who asks for older stores, too, lets both share it
 */
export async function lostStores(
  ports: LookingPorts,
  beginsEmpty: boolean,
  known: () => Promise<readonly KnownRows[]> = () => newestKnownRows(ports),
): Promise<Loss[]> {
  if (!(await holdsDocuments(ports))) {
    const isTold = !beginsEmpty && (await hasJournal(ports));
    return isTold || (await hasRows(ports)) ? [{ store: 'documents', what: 'lost' }] : [];
  }
  const [isArchiveLost, areTablesLost] = await Promise.all([
    isArchiveEmpty(ports),
    known().then((rows) => lackRows(ports, rows)),
  ]);
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
async function lackRows({ warehouse }: LookingPorts, known: readonly KnownRows[]): Promise<boolean> {
  const newest = known.flatMap(({ table, withRows }) => {
    const dates = withRows.slice(-DATES).map(({ date }) => date);
    const [first, last] = [dates[0], dates.at(-1)];
    return first === undefined || last === undefined ? [] : [{ table, dates, first, last }];
  });
  if (newest.length === 0) return false;
  const counted = await warehouse.rowCounts(newest.map(({ table, first, last }) => ({ table, first, last })));
  if (!counted.ok) return counted.failure.code === TABLE_GONE;
  return newest.some(({ dates }, i) => dates.every((date) => (counted.value[i]?.get(date) ?? 0) === 0));
}
