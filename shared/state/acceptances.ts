/**
 * The one writer of `acceptances/{table}_{season}`: dates of which a person has given up what a raw table lacks, or that a
 * partition is not there at all.
 */
import { archivedContent, type Archive } from '../domain/archive.ts';
import type { GameDate } from '../domain/game-date.ts';
import { digest } from '../domain/hash.ts';
import { seasonOf } from '../domain/season.ts';
import { isInFlight, isSettled } from '../domain/partition.ts';
import type { RegisteredTable } from '../domain/registry.ts';
import type { Ports } from '../ports/index.ts';
import { archivesOf } from './archives.ts';
import { tableSeason, updateStates } from './completions.ts';
import { acceptanceDocument, paths, type Acceptance, type AcceptanceDocument } from './documents.ts';
import { readerOf } from './stored.ts';

const acceptances = readerOf<AcceptanceDocument>(acceptanceDocument);

/** What a person gives up. */
export interface GivenUp {
  readonly table: string;
  readonly dates: readonly GameDate[];
  readonly reason: string;
  readonly by: string | null;
  /** Date -> hash of what the archive said of it then; by default what it says now. */
  readonly contents?: Readonly<Record<string, string>>;
}

/**
 * Remembers that a person has given up what dates of a raw table lack. It holds for what the archive says of each date at this
 * moment, and is over as soon as the archive says something else.
 */
export async function rememberAcceptance(
  ports: Pick<Ports, 'store' | 'clock'>,
  { table, dates, reason, by, contents = {} }: GivenUp,
): Promise<void> {
  const at = ports.clock().toISOString();
  for (const [season, ofSeason] of Map.groupBy(dates, seasonOf)) {
    const [archive] = await archivesOf(ports, [table], season);
    const path = paths.acceptance(table, season);
    await ports.store.transaction(async (tx) => {
      const before = acceptances.read(path, await tx.get(path));
      const now = ofSeason.map(
        (date) => [date, { reason, by, at, content: contents[date] ?? contentAt(archive, date) }] as const,
      );
      tx.set(path, { table, season, dates: { ...before?.dates, ...Object.fromEntries(now) } });
    });
  }
}

/** Stands for the content of a date of which the whole partition is given up. */
const WHOLE_CELL = 'cell';

/**
 * Remembers that a person has accepted that partitions are not there, so that what reads them goes on. It is marked in their
 * completion documents, and is over when they are built, or when a run with other inputs has failed as well.
 * @param inputs the input fingerprint of each date
 */
export async function acceptCells(
  ports: Pick<Ports, 'store' | 'clock'>,
  table: RegisteredTable,
  { dates, reason, by }: Omit<GivenUp, 'table' | 'contents'>,
  inputs: ReadonlyMap<GameDate, string>,
): Promise<void> {
  const at = ports.clock().toISOString();
  const { name } = table.definition;
  const marked = await updateStates(ports, table, dates, (state, date) =>
    isSettled(state) || isInFlight(state)
      ? undefined
      : { ...state, accepted: { reason, by, at, input: inputs.get(date) ?? '' } },
  );
  for (const [season, ofSeason] of Map.groupBy(marked, seasonOf)) {
    const path = paths.acceptance(name, season);
    await ports.store.transaction(async (tx) => {
      const before = acceptances.read(path, await tx.get(path));
      const now = ofSeason.map((date) => [date, { reason, by, at, content: WHOLE_CELL }] as const);
      tx.set(path, { table: name, season, dates: { ...before?.dates, ...Object.fromEntries(now) } });
    });
  }
}

/** Reads the acceptance that holds for a date; undefined where there is none or the archive says something else by now. */
export async function acceptancesOf(
  { store }: Pick<Ports, 'store'>,
  archive: Archive,
): Promise<(date: GameDate) => Acceptance | undefined> {
  const path = paths.acceptance(archive.table, archive.season);
  const known = acceptances.read(path, await store.get(path));
  return (date) => {
    const found = known?.dates[date];
    return found?.content === contentAt(archive, date) ? found : undefined;
  };
}

/** An acceptance of one date. */
export interface StoredAcceptance extends Acceptance {
  readonly table: string;
  readonly date: GameDate;
  /** Whether the whole partition is given up, and not what the date lacks. */
  readonly whole: boolean;
}

/** All acceptances, whether they hold or are over. */
export async function storedAcceptances({ store }: Pick<Ports, 'store'>): Promise<StoredAcceptance[]> {
  return acceptances.readAll(await store.list('acceptances')).flatMap(({ table, dates }) =>
    Object.entries(dates).map(([date, told]) => ({
      ...told,
      table,
      date: date as GameDate,
      whole: told.content === WHOLE_CELL,
    })),
  );
}

/** An acceptance as a person sees it. */
export interface ListedAcceptance extends Omit<Acceptance, 'content'> {
  readonly table: string;
  readonly date: GameDate;
  /** Whether data has come since, so that it does not count any more. */
  readonly over: boolean;
}

/** All acceptances, by table and date. */
export async function listAcceptances(ports: Pick<Ports, 'store'>): Promise<ListedAcceptance[]> {
  const stored = await storedAcceptances(ports);
  const listed: ListedAcceptance[] = [];
  for (const ofSeason of Map.groupBy(stored, ({ table, date }) => `${table}_${seasonOf(date)}`).values()) {
    const [first] = ofSeason;
    if (first === undefined) continue;
    const { table } = first;
    const season = seasonOf(first.date);
    const [archive] = await archivesOf(ports, [table], season);
    const states = (await tableSeason(ports, table, season))?.dates ?? {};
    for (const { content, whole, ...told } of ofSeason)
      listed.push({
        ...told,
        over: whole ? states[told.date]?.accepted?.at !== told.at : content !== contentAt(archive, told.date),
      });
  }
  return listed.sort((a, b) => (`${a.table} ${a.date}` < `${b.table} ${b.date}` ? -1 : 1));
}

function contentAt(archive: Archive | undefined, date: GameDate): string {
  return digest(archivedContent(archive, date));
}
