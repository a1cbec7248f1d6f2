/**
 * The one writer of game hashes, a document for each table and month. Decisions about a last-n-games window compare them.
 */
import type { GameDate } from '../domain/game-date.ts';
import type { GameHashes } from '../domain/view.ts';
import type { Ports } from '../ports/index.ts';
import type { Transaction } from '../ports/state-store.ts';
import { gameHashesDocument, paths } from './documents.ts';
import { readerOf } from './stored.ts';

const months = readerOf(gameHashesDocument);

/** The hashes of a table by date, for every month that has one of `dates`. */
export async function gameHashesOf(
  { store }: Pick<Ports, 'store'>,
  table: string,
  dates: readonly GameDate[],
): Promise<Readonly<Record<string, GameHashes>>> {
  const wanted = [...new Set(dates.map((date) => paths.gameHashes(table, date)))];
  const found = await store.getAll(wanted);
  const hashes: Record<string, GameHashes> = {};
  wanted.forEach((path, i) => Object.assign(hashes, months.read(path, found[i])?.dates));
  return hashes;
}

/** Writes the hashes of some dates; the hashes of all other dates stay as they are. */
export function mergeGameHashes(
  tx: Transaction,
  table: string,
  hashes: ReadonlyMap<GameDate, GameHashes>,
): void {
  const fields = new Map<string, Map<readonly string[], unknown>>();
  for (const [date, ofDate] of hashes) {
    const path = paths.gameHashes(table, date);
    fields.set(path, (fields.get(path) ?? new Map()).set(['dates', date], ofDate));
  }
  for (const [path, ofMonth] of fields) tx.merge(path, ofMonth);
}
