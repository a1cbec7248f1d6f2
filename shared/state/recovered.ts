/**
 * Puts documents that were made again from the journal of the archive in the place of those that are lost or older. A document
 * that knows as much as the journal stays as it is.
 */
import { archivedContent, archivedDates, type Archive } from '../domain/archive.ts';
import { completionCollection } from '../derive/collections.ts';
import { bothHistories, type AliasDocument } from '../domain/models.ts';
import { PHASES } from '../domain/table.ts';
import type { Ports } from '../ports/index.ts';
import type { Doc, StateStore } from '../ports/state-store.ts';
import { answersLater } from './aliases.ts';
import { paths, type AcceptanceDocument } from './documents.ts';
import type { AliasesDocument, PlayersDocument } from './identity-documents.ts';
import { bothPersons, knowsPersons } from './players.ts';

/** What takes the place of `before`; undefined when it may stay. */
type Restore = (before: Doc | undefined, again: Doc) => object | undefined;

/** A document that is restored only when it is lost. */
const ifLost: Restore = (before, again) => (before === undefined ? again : undefined);

const RESTORED = {
  origins: ifLost,
  archives: (before, again) => newerArchive(before as Archive | undefined, again as unknown as Archive),
  players: (before, again) =>
    withPersons(before as PlayersDocument | undefined, again as unknown as PlayersDocument),
  aliases: (before, again) =>
    newerAliases(before as AliasesDocument | undefined, again as unknown as AliasesDocument),
  scopes: (before, again) =>
    before === undefined || String(before['at']) < String(again['at'])
      ? { ...again, revision: Number(before?.['revision'] ?? 0) + Number(again['revision']) }
      : undefined,
  acceptances: (before, again) =>
    withAcceptances(before as AcceptanceDocument | undefined, again as unknown as AcceptanceDocument),
  load_reports: ifLost,
  models: ifLost,
  model_aliases: (before, again) =>
    withHistory(before as AliasDocument | undefined, again as unknown as AliasDocument),
} as const satisfies Readonly<Record<string, Restore>>;

/** Collections of documents that the journal makes again. */
export type RestoredCollection = keyof typeof RESTORED;

/**
 * Restores documents.
 * @param again holds the documents as the journal makes them
 * @param dryRun nothing is written
 * @returns how many documents of each collection are restored
 */
export async function restoreDocuments(
  { store }: Pick<Ports, 'store'>,
  again: StateStore,
  dryRun: boolean,
): Promise<Readonly<Record<RestoredCollection, number>>> {
  const restored = Object.fromEntries(Object.keys(RESTORED).map((name) => [name, 0]));
  for (const [collection, restore] of Object.entries<Restore>(RESTORED))
    for (const { path, data } of await again.list(collection)) {
      const isRestored = await store.transaction(async (tx) => {
        const after = restore(await tx.get(path), data);
        if (after !== undefined && !dryRun) tx.set(path, after);
        return after !== undefined;
      });
      if (isRestored) restored[collection] = (restored[collection] ?? 0) + 1;
    }
  return restored as Record<RestoredCollection, number>;
}

/** Whether a store holds any document that a pipeline has written: where rows come from, what was archived, what was built. */
export async function holdsDocuments({ store }: Pick<Ports, 'store'>): Promise<boolean> {
  if ((await store.get(paths.origin)) !== undefined) return true;
  const collections = ['archives', 'calendars', ...PHASES.map(completionCollection)];
  for (const collection of collections) if ((await store.list(collection, {}, 1)).length > 0) return true;
  return false;
}

/** The archive that was made again, where it has heard of something later and says something else of a date. */
function newerArchive(before: Archive | undefined, again: Archive): Archive | undefined {
  if (before === undefined) return again;
  if (newestOf(before) >= newestOf(again)) return undefined;
  const dates = new Set([...archivedDates(before), ...archivedDates(again)]);
  const isSame = [...dates].every((date) => archivedContent(before, date) === archivedContent(again, date));
  return isSame ? undefined : { ...again, revision: before.revision + again.revision };
}

function newestOf({ entries }: Archive): string {
  return Object.values(entries).reduce(
    (newest, { observedAt }) => (observedAt > newest ? observedAt : newest),
    '',
  );
}

function withPersons(
  before: PlayersDocument | undefined,
  again: PlayersDocument,
): PlayersDocument | undefined {
  return before !== undefined && knowsPersons(before, again) ? undefined : bothPersons(before, again);
}

/** All aliases of both; of two for the same question the one that was given later. */
function newerAliases(
  before: AliasesDocument | undefined,
  again: AliasesDocument,
): AliasesDocument | undefined {
  const known = before?.aliases ?? [];
  const newer = again.aliases.filter((alias) => !known.some((other) => answersLater(other, alias)));
  if (newer.length === 0) return undefined;
  const kept = known.filter((alias) => !newer.some((other) => answersLater(other, alias)));
  return { aliases: [...kept, ...newer].sort((a, b) => (a.givenAt < b.givenAt ? -1 : 1)) };
}

/** The changes of an alias that either knows. */
function withHistory(before: AliasDocument | undefined, again: AliasDocument): AliasDocument | undefined {
  const known = before?.history ?? [];
  const history = bothHistories(known, again.history);
  return history.length === known.length ? undefined : { ...again, history };
}

/** Acceptances of dates that nobody has accepted since. */
function withAcceptances(
  before: AcceptanceDocument | undefined,
  again: AcceptanceDocument,
): AcceptanceDocument | undefined {
  const missing = Object.entries(again.dates).filter(
    ([date, { at }]) => (before?.dates[date]?.at ?? '') < at,
  );
  if (missing.length === 0) return undefined;
  return { ...again, dates: { ...before?.dates, ...Object.fromEntries(missing) } };
}
