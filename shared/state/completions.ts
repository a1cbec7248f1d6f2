/**
 * The one writer of completion documents, of the season index `table_seasons` that repeats their states by table, and of
 * `live_wants`, which says where wants are. Every change reads the completion document in the transaction that writes all of
 * them, so they never differ.
 */
import type { GameDate } from '../domain/game-date.ts';
import { UNTOUCHED, type LiveWant, type PartitionState } from '../domain/partition.ts';
import type { RegisteredTable } from '../domain/registry.ts';
import { seasonOf, type Season } from '../domain/season.ts';
import { PHASES } from '../domain/table.ts';
import type { Ports } from '../ports/index.ts';
import type { Transaction } from '../ports/state-store.ts';
import {
  completionDocument,
  partitionStates,
  paths,
  tableSeasonDocument,
  type CompletionDocument,
  type TableSeasonDocument,
} from './documents.ts';
import { writeLiveWants } from './live-wants.ts';
import { readerOf } from './stored.ts';

/** Dates whose completion documents one transaction reads and writes at most. */
const DATES_PER_TRANSACTION = 60;

const completions = readerOf(completionDocument);
const tableSeasons = readerOf(tableSeasonDocument);

/** The completion documents of a date, in the order of the phases. */
export async function completionsOn(
  { store }: Pick<Ports, 'store'>,
  date: GameDate,
): Promise<CompletionDocument[]> {
  const wanted = PHASES.map((phase) => paths.completion(phase, date));
  const found = await store.getAll(wanted);
  return wanted
    .map((path, i) => completions.read(path, found[i]))
    .filter((document) => document !== undefined);
}

/** The states of the partitions of a table in a season; undefined when none of them has a state yet. */
export async function tableSeason(
  { store }: Pick<Ports, 'store'>,
  table: string,
  season: Season,
): Promise<TableSeasonDocument | undefined> {
  return (await tableSeasonsOf({ store }, [{ table, season }]))[0];
}

/** The same for several tables and seasons, in the order of `asked`. */
export async function tableSeasonsOf(
  { store }: Pick<Ports, 'store'>,
  asked: readonly { readonly table: string; readonly season: Season }[],
): Promise<(TableSeasonDocument | undefined)[]> {
  const wanted = asked.map(({ table, season }) => paths.tableSeason(table, season));
  const found = await store.getAll(wanted);
  return wanted.map((path, i) => tableSeasons.read(path, found[i]));
}

/**
 * The state that a partition gets instead of the one it has; undefined leaves it as it is. It may write other documents in the
 * same transaction.
 */
export type Apply = (state: PartitionState, date: GameDate, tx: Transaction) => PartitionState | undefined;

/**
 * Whether a partition is still as a decision saw it. A decision is computed from states that were read a moment before it is
 * carried out. If a partition has changed in that moment, the decision is not carried out for it.
 */
export function isAsSeen(state: PartitionState | undefined, seen: PartitionState | undefined): boolean {
  const [now, then] = [state ?? UNTOUCHED, seen ?? UNTOUCHED];
  return now.token === then.token && now.status === then.status && now.revision === then.revision;
}

/** The state with a live want added; undefined when it has the same want already. */
export function withWant(state: PartitionState, want: LiveWant): PartitionState | undefined {
  return state.want?.correlationId === want.correlationId && state.want.through === want.through
    ? undefined
    : { ...state, want };
}

/** The completion documents of some dates of a table, as a transaction that changes them has read them. */
export interface CompletionsRead {
  readonly table: RegisteredTable;
  readonly dates: readonly GameDate[];
  readonly documents: readonly (CompletionDocument | undefined)[];
  /** The state of the table on each date; undefined where it has none yet. */
  readonly states: readonly (PartitionState | undefined)[];
}

/** Reads the completion documents of some dates of a table inside a transaction. */
export async function readCompletions(
  tx: Transaction,
  table: RegisteredTable,
  dates: readonly GameDate[],
): Promise<CompletionsRead> {
  const { name, phase } = table.definition;
  const found = await tx.getAll(dates.map((date) => paths.completion(phase, date)));
  const documents = dates.map((date, i) => completions.read(paths.completion(phase, date), found[i]));
  return { table, dates, documents, states: documents.map((document) => stateOfTable(document, name)) };
}

/**
 * The state of a table in a completion document. An entry that another program has put there under its name is passed over.
 */
function stateOfTable(document: CompletionDocument | undefined, table: string): PartitionState | undefined {
  const entry = document?.tables[table];
  if (document === undefined || typeof entry?.token !== 'number' || typeof entry.updatedAt !== 'string')
    return undefined;
  partitionStates.read(`${paths.completion(document.phase, document.date)}, ${table}`, entry);
  const { readyPct: _, ...state } = entry;
  return state;
}

/** Writes what `apply` makes of the state of each date, and the season index with it. @returns the dates that changed */
export function writeStates(
  tx: Transaction,
  { table, dates, documents, states }: CompletionsRead,
  now: string,
  apply: Apply,
): GameDate[] {
  const { name, phase } = table.definition;
  const changed: GameDate[] = [];
  const index = new Map<string, Map<readonly string[], unknown>>();
  dates.forEach((date, i) => {
    const after = apply(states[i] ?? UNTOUCHED, date, tx);
    if (after === undefined) return;
    const state: PartitionState = partitionStates.made({ ...after, updatedAt: now });
    const entry = partitionStates.made({ ...state, readyPct: readyPctOf(state) });
    const before = documents[i]?.tables ?? {};
    const tables = { ...before, [name]: entry };
    changed.push(date);
    tx.set(paths.completion(phase, date), completions.made({ phase, date, tables, updatedAt: now }));
    writeLiveWants(tx, { phase, date }, before, tables);
    const path = paths.tableSeason(name, seasonOf(date));
    const fields =
      index.get(path) ??
      new Map<readonly string[], unknown>([
        [['table'], name],
        [['season'], seasonOf(date)],
      ]);
    fields.set(['dates', date], state);
    index.set(path, fields);
  });
  for (const [path, fields] of index) tx.merge(path, fields);
  return changed;
}

/** Share of the rows that are ready, in percent with two digits; null without rows. */
function readyPctOf({ rows, readyRows }: PartitionState): number | null {
  return rows > 0 ? Math.round((10_000 * readyRows) / rows) / 100 : null;
}

/** `dates` in parts, each small enough for one transaction. */
export function chunksOf<T>(dates: readonly T[]): T[][] {
  const chunks: T[][] = [];
  for (let i = 0; i < dates.length; i += DATES_PER_TRANSACTION)
    chunks.push(dates.slice(i, i + DATES_PER_TRANSACTION));
  return chunks;
}

/** Reads and writes the states of `dates`, in transactions of bounded size. @returns the dates that changed */
export async function updateStates(
  ports: Pick<Ports, 'store' | 'clock'>,
  table: RegisteredTable,
  dates: readonly GameDate[],
  apply: Apply,
): Promise<GameDate[]> {
  const changed: GameDate[] = [];
  for (const chunk of chunksOf(dates)) {
    const now = ports.clock().toISOString();
    changed.push(
      ...(await ports.store.transaction(async (tx) =>
        writeStates(tx, await readCompletions(tx, table, chunk), now, apply),
      )),
    );
  }
  return changed;
}
