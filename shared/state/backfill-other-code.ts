/** Remembers in a backfill which tables of its plan code has met that does not have them, so that each is told of once. */
import type { Ports } from '../ports/index.ts';
import { backfillIn, isFinished, type ActiveBackfill } from './backfills.ts';
import { paths } from './documents.ts';

/**
 * Remembers tables of a plan that the code of this process does not have.
 * @returns those of which nothing was remembered before
 */
export async function noteOtherCode(
  { store }: Pick<Ports, 'store'>,
  { id, otherCode }: ActiveBackfill,
  tables: readonly string[],
): Promise<string[]> {
  const isNew = (known: readonly string[] | undefined) => (table: string) => known?.includes(table) !== true;
  // A sweep comes here every few minutes, so the usual answer costs no transaction.
  if (!tables.some(isNew(otherCode))) return [];
  return store.transaction(async (tx) => {
    const current = await backfillIn(tx, id);
    if (current === undefined || isFinished(current)) return [];
    const found = [...new Set(tables)].filter(isNew(current.otherCode));
    if (found.length > 0)
      tx.set(paths.backfill(id), { ...current, otherCode: [...(current.otherCode ?? []), ...found] });
    return found;
  });
}
