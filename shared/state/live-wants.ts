/**
 * Where live wants are: `live_wants/{phase}_{date}` names the tables that are wanted live on a date. It is written in the
 * transaction that writes the completion document, and deleted with its last want. So a sweep reads the wants alone, and not the
 * states of every season.
 */
import * as z from 'zod';
import type { GameDate } from '../domain/game-date.ts';
import { seasonOf, type Season } from '../domain/season.ts';
import { PHASES, type Phase } from '../domain/table.ts';
import type { Ports } from '../ports/index.ts';
import type { Transaction } from '../ports/state-store.ts';
import { gameDateField, paths, type CompletionDocument } from './documents.ts';
import { readerOf } from './stored.ts';

const liveWants = readerOf(
  z
    .object({
      phase: z.enum(PHASES),
      date: gameDateField,
      tables: z.array(z.string()).readonly(),
    })
    .readonly(),
);

/** Says that every want of the store has its document. A store that another version has written may have wants without one. */
const whole = readerOf(z.object({ wholeSince: z.string() }).readonly());

type Tables = CompletionDocument['tables'];

/** Writes which tables are wanted on a date, when a want was or is there. */
export function writeLiveWants(
  tx: Transaction,
  { phase, date }: { readonly phase: Phase; readonly date: GameDate },
  before: Tables,
  after: Tables,
): void {
  const tables = wantedIn(after);
  const path = paths.liveWants(phase, date);
  if (tables.length > 0) tx.set(path, liveWants.made({ phase, date, tables }));
  else if (wantedIn(before).length > 0) tx.delete(path);
}

function wantedIn(tables: Tables): string[] {
  return Object.entries(tables)
    .filter(([, entry]) => typeof entry?.want === 'object' && entry.want !== null)
    .map(([table]) => table)
    .sort();
}

/** The seasons with a live want; undefined when the store does not say so of all wants, and their states must be read. */
export async function seasonsWithWants({ store }: Pick<Ports, 'store'>): Promise<Season[] | undefined> {
  const listed = await store.list('live_wants');
  if (whole.readAll(listed).length === 0) return undefined;
  return [...new Set(liveWants.readAll(listed).map(({ date }) => seasonOf(date)))].sort();
}

/** Notes that the states of every season were read and no want was among them: from now on each want has its document. */
export async function noteWantsWhole({ store, clock }: Pick<Ports, 'store' | 'clock'>): Promise<void> {
  const path = paths.liveWantsWhole;
  await store.transaction(async (tx) => {
    if (whole.read(path, await tx.get(path)) !== undefined) return;
    tx.set(path, whole.made({ wholeSince: clock().toISOString() }));
  });
}
