/** `backfills/{id}/dates/{date}`: how far a backfill is with one date, table by table. This module alone writes them. */
import type { GameDate } from '../domain/game-date.ts';
import type { Ports } from '../ports/index.ts';
import { paths } from './documents.ts';

/**
 * How far a date or a partition of it has come; it never goes back. Which runs are under way is told by the completion
 * documents.
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

/** Writes how far the tables of some dates are; a date that is further already stays as it is. */
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
        // A plan that has grown since this one was read has tables for the date that this one does not know.
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

/** A partition that failed while later dates were restated belongs to a date that was called done before. */
export async function recordFailedDates(
  { store }: Pick<Ports, 'store'>,
  id: string,
  failures: ReadonlySet<string>,
): Promise<void> {
  for (const name of failures) {
    const [table = '', date = ''] = name.split('@');
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

/** Dates of a backfill: all that were planned, those that are done, and those of which something failed. */
export async function countDates(
  { store }: Pick<Ports, 'store'>,
  id: string,
): Promise<{ readonly planned: number; readonly done: number; readonly failed: number }> {
  const path = paths.backfillDates(id);
  const [planned, done, failed] = await Promise.all([
    store.count(path),
    store.count(path, { state: 'done' }),
    store.count(path, { state: 'failed' }),
  ]);
  return { planned, done, failed };
}
