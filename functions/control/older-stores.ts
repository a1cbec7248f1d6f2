/**
 * Whether the documents, the tables or the archive of a deployment are older than the rest, as after a restore from a backup. It
 * looks at little, so that every command can ask: at the partitions that were written last, whether tables have rows of later
 * dates, and whether the archive has the newest entry of its journal.
 */
import { partitionToken } from '../../shared/domain/fencing.ts';
import { addDays, type GameDate } from '../../shared/domain/game-date.ts';
import { isBuilt, isInFlight, type PartitionState } from '../../shared/domain/partition.ts';
import { mendPartition } from '../../shared/domain/recover.ts';
import type { RegisteredTable, Registry } from '../../shared/domain/registry.ts';
import { firstDateOf, seasonOf } from '../../shared/domain/season.ts';
import type { Loss } from '../../shared/domain/stamp.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { tableSeason } from '../../shared/state/completions.ts';
import { lacksNewestEntry } from './journal.ts';
import { newestKnownRows, type KnownRows } from './known-rows.ts';

interface LookingPorts extends Pick<Ports, 'store' | 'clock'> {
  readonly archive: Pick<ArchiveStore, 'read'>;
  readonly registry: Registry;
  readonly warehouse: Pick<Warehouse, 'rowCounts' | 'published'>;
}

/** Tables of which the partition that was written last is compared with its rows. */
const COMPARED = 2;
/** Days after the last date of a table on which rows are looked for, and how many dates with rows are compared. */
const AHEAD = 400;
const LATER = 3;

/** A partition as the documents have it. */
interface Seen {
  readonly table: RegisteredTable;
  readonly date: GameDate;
  readonly state: PartitionState | undefined;
}

/**
 * Looks for older stores. Tables and an archive that do not answer are taken for what they should be: whoever needs them is told
 * so then.
 * @param read reads what the documents know of rows; who asks for lost stores, too, lets both share it
 * @throws Error when the documents do not answer
 */
export async function olderStores(
  ports: LookingPorts,
  read: () => Promise<readonly KnownRows[]> = () => newestKnownRows(ports),
): Promise<Loss[]> {
  const [ofRows, ofArchive] = await Promise.all([
    read().then((known) => differences(ports, known)),
    lacksNewestEntry(ports).catch(() => false),
  ]);
  return (['documents', 'tables', 'archive'] as const)
    .filter((store) => (store === 'archive' ? ofArchive : ofRows.includes(store)))
    .map((store) => ({ store, what: 'older' }));
}

/** Which of documents and tables is older, for each partition that is looked at. */
async function differences(
  ports: LookingPorts,
  known: readonly KnownRows[],
): Promise<('documents' | 'tables' | undefined)[]> {
  const newest = known
    .flatMap(writtenLast)
    .sort((a, b) => (a.state.updatedAt > b.state.updatedAt ? -1 : 1))
    .slice(0, COMPARED);
  const suspects = [...newest, ...(await datesBeyond(ports, known))];
  return Promise.all(suspects.map((each) => differenceOf(ports, each)));
}

/** Of the partitions of a table with rows, the one that was written last; of those that were written together, the newest date. */
function writtenLast({ table, withRows }: KnownRows): (Seen & { readonly state: PartitionState })[] {
  const [first, ...others] = withRows;
  if (first === undefined) return [];
  const last = others.reduce(
    (newest, each) => (newest.state.updatedAt > each.state.updatedAt ? newest : each),
    first,
  );
  return [{ table, ...last }];
}

/** The first dates after the newest ones that the documents know on which a table has rows that they do not know. */
async function datesBeyond({ warehouse }: LookingPorts, known: readonly KnownRows[]): Promise<Seen[]> {
  if (known.length === 0) return [];
  const counted = await warehouse.rowCounts(
    known.map(({ table, season, withRows }) => {
      const last = withRows.at(-1)?.date ?? addDays(firstDateOf(season), -1);
      return { table, first: addDays(last, 1), last: addDays(last, AHEAD) };
    }),
  );
  if (!counted.ok) return [];
  return known.flatMap(({ table, states }, i) =>
    [...(counted.value[i]?.keys() ?? [])]
      .filter((date) => !isBuilt(states[date]) && !isInFlight(states[date]))
      .sort()
      .slice(0, LATER)
      .map((date) => ({ table, date, state: states[date] })),
  );
}

/**
 * Which store is older, by one partition; undefined when document and table tell the same, or a run has changed the document while
 * the table was looked at. The newest run that a document knows has at least the token of the rows.
 */
async function differenceOf(
  { store, warehouse, clock }: LookingPorts,
  { table, date, state }: Seen,
): Promise<'documents' | 'tables' | undefined> {
  const answer = await warehouse.published(table, [date]);
  if (!answer.ok) return undefined;
  const found = answer.value.find((each) => each.date === date) ?? { rows: 0, fingerprint: '', token: 0 };
  if (mendPartition(state, found, 0, clock().toISOString()) === undefined) return undefined;
  const now = (await tableSeason({ store }, table.definition.name, seasonOf(date)))?.dates[date];
  if (now?.updatedAt !== state?.updatedAt || now?.token !== state?.token) return undefined;
  return partitionToken(found.token) > (now?.token ?? 0) ? 'documents' : 'tables';
}
