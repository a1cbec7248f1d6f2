/** The one writer of `backfills/{id}/dates/{date}`: how far a backfill is with one date, table by table. */
import type { GameDate } from '../domain/game-date.ts';
import { refNamed } from '../domain/partition.ts';
import type { Ports } from '../ports/index.ts';
import { paths } from './documents.ts';

/**
 * How far a date has come, or one table of the date. A word is only ever replaced by a later word of this list. Whether a
 * run is under way is not told here; the completion documents say it.
 */
const WORDS = ['planned', 'done', 'failed'] as const;
export type DateWord = (typeof WORDS)[number];

export interface BackfillDateDocument {
  readonly date: GameDate;
  readonly state: DateWord;
  readonly tables: Readonly<Record<string, DateWord>>;
}

/** Date documents one transaction reads and writes at most. */
const DATES_PER_TRANSACTION = 200;

function datePath(id: string, date: string): string {
  return `${paths.backfillDates(id)}/${date}`;
}

function further(a: DateWord | undefined, b: DateWord): DateWord {
  return a !== undefined && WORDS.indexOf(a) > WORDS.indexOf(b) ? a : b;
}

/** Writes how far the tables of some dates are. A table that is further already keeps its word. */
export async function recordDates(
  { store }: Pick<Ports, 'store'>,
  id: string,
  tables: ReadonlyMap<GameDate, Readonly<Record<string, DateWord>>>,
): Promise<void> {
  const all = [...tables];
  for (let i = 0; i < all.length; i += DATES_PER_TRANSACTION) {
    const chunk = all.slice(i, i + DATES_PER_TRANSACTION);
    await store.transaction(async (tx) => {
      const known = await tx.getAll<BackfillDateDocument>(chunk.map(([date]) => datePath(id, date)));
      chunk.forEach(([date, ofDate], at) => {
        const before = known[at];
        // The plan may have grown since the caller read it. The tables that it got for the date since then are kept.
        const merged: Record<string, DateWord> = { ...before?.tables };
        for (const [table, word] of Object.entries(ofDate)) merged[table] = further(merged[table], word);
        const words = Object.values(merged);
        const state = words.includes('failed')
          ? 'failed'
          : words.every((word) => word === 'done')
            ? 'done'
            : 'planned';
        if (before?.state === state && JSON.stringify(before.tables) === JSON.stringify(merged)) return;
        tx.set(datePath(id, date), { date, state, tables: merged } satisfies BackfillDateDocument);
      });
    });
  }
}

/**
 * Calls the dates of failed partitions failed. A restatement rebuilds later dates of a backfill: when 2024-01-09 fails in
 * it, the document of 2024-01-09 said `done` before.
 * @param failures partitions as `table@date`
 */
export async function recordFailedDates(
  { store }: Pick<Ports, 'store'>,
  id: string,
  failures: ReadonlySet<string>,
): Promise<void> {
  for (const name of failures) {
    const { table, date } = refNamed(name);
    await store.transaction(async (tx) => {
      const current = await tx.get<BackfillDateDocument>(datePath(id, date));
      if (current === undefined || (current.state === 'failed' && current.tables[table] === 'failed')) return;
      tx.set(datePath(id, date), {
        ...current,
        state: 'failed',
        tables: { ...current.tables, [table]: 'failed' },
      });
    });
  }
}

/** The dates of the plan of a backfill, and how far each of them is. */
export async function wordsOfDates(
  { store }: Pick<Ports, 'store'>,
  id: string,
): Promise<ReadonlyMap<GameDate, DateWord>> {
  const found = await store.list(paths.backfillDates(id));
  return new Map(found.map(({ id: date, data }) => [date as GameDate, data['state'] as DateWord]));
}
