/** The one writer of archives: which source files fill a raw table for a season. */
import { changedDates, withImport, type Archive, type ArchivedImport } from '../domain/archive.ts';
import { isSeason, type Season } from '../domain/season.ts';
import type { Ports } from '../ports/index.ts';
import { archiveDocument, paths } from './documents.ts';
import { readerOf } from './stored.ts';
import { wantLoadIn, type WantedLoad } from './wanted-loads.ts';

const archives = readerOf<Archive>(archiveDocument);

/** The archived files of a table for a season; undefined when none have been archived. */
export async function archiveOf(
  { store }: Pick<Ports, 'store'>,
  table: string,
  season: Season,
): Promise<Archive | undefined> {
  const path = paths.archive(table, season);
  return archives.read(path, await store.get(path));
}

/** The archives of tables in one season, in the order of `tables`. */
export async function archivesOf(
  { store }: Pick<Ports, 'store'>,
  tables: readonly string[],
  season: Season,
): Promise<(Archive | undefined)[]> {
  const wanted = tables.map((table) => paths.archive(table, season));
  const found = await store.getAll(wanted);
  return wanted.map((path, i) => archives.read(path, found[i]));
}

/** Whether any table has archived files. */
export async function hasArchives({ store }: Pick<Ports, 'store'>): Promise<boolean> {
  return (await store.list('archives', {}, 1)).length > 0;
}

/** The seasons for which at least one raw table has archived files. */
export async function archivedSeasons({ store }: Pick<Ports, 'store'>): Promise<Season[]> {
  const ids = await store.ids('archives');
  return [...new Set(ids.map((id) => id.slice(id.lastIndexOf('_') + 1)).filter(isSeason))];
}

/** What the files of one import say of a raw table. */
export interface SaidOfTable {
  readonly table: string;
  readonly incoming: ArchivedImport;
}

/**
 * Adds an import to the archives of a season, all of its tables at once. The revision of an archive grows only when the import says
 * something new: an import of the same files changes nothing that is built from them.
 * @param want what is to be loaded, written in the same transaction; undefined when whoever imports asks for the loads by other means
 * @returns for each table the dates of which its archive says something else than before, ascending
 */
export async function rememberImports(
  { store }: Pick<Ports, 'store'>,
  season: Season,
  said: readonly SaidOfTable[],
  want?: WantedLoad,
): Promise<string[][]> {
  const each = said.map(({ table }) => paths.archive(table, season));
  return store.transaction(async (tx) => {
    const found = await tx.getAll(each);
    if (want !== undefined) await wantLoadIn(tx, want);
    return said.map(({ table, incoming }, i) => {
      const path = each[i] ?? '';
      const before = archives.read(path, found[i]);
      const after = withImport(before, { table, season }, incoming);
      // Files that say nothing of any date leave no season behind of which nothing is known.
      const saysNothing = before === undefined && Object.keys(after.slices).length === 0;
      if (after === before || saysNothing) return [];
      tx.set(path, { ...after });
      return changedDates(before, after);
    });
  });
}

/** Forgets what is archived of a table for a season. The files stay where they are. */
export async function forgetArchive(
  { store }: Pick<Ports, 'store'>,
  table: string,
  season: Season,
): Promise<void> {
  await store.transaction((tx) => Promise.resolve(tx.delete(paths.archive(table, season))));
}

/**
 * Writes archives in place of documents of the former format. The revision of each is the next one. The first in the order of their
 * paths is written last: while it has the present format, so have all others.
 */
export async function replaceFormerArchives(
  { store }: Pick<Ports, 'store'>,
  found: readonly (readonly [Pick<Archive, 'table' | 'season' | 'revision'>, ArchivedImport])[],
): Promise<void> {
  const byPath = found
    .map(([former, incoming]) => ({
      ...{ former, incoming },
      path: paths.archive(former.table, former.season),
    }))
    .sort((a, b) => (a.path < b.path ? 1 : -1));
  for (const { path, former, incoming } of byPath) {
    const archive = withImport(undefined, former, incoming);
    await store.transaction((tx) =>
      Promise.resolve(tx.set(path, { ...archive, revision: former.revision + 1 })),
    );
  }
}
