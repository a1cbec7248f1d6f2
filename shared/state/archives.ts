/** The one writer of archives: which source files fill a raw table for a season. */
import type { Season } from '../domain/season.ts';
import type { Archive } from '../domain/view.ts';
import type { Ports } from '../ports/index.ts';
import { archiveDocument, paths } from './documents.ts';
import { readerOf } from './stored.ts';

const archives = readerOf<Archive>(archiveDocument);

/** The source files that fill a table for a season; undefined when none have been archived. */
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

/** The seasons for which at least one raw table has archived files. */
export async function archivedSeasons({ store }: Pick<Ports, 'store'>): Promise<Season[]> {
  return archives.readAll(await store.list('archives')).map(({ season }) => season);
}

/**
 * Writes down which files fill a table for a season from now on. The revision grows only when the files are others than
 * before: an import of the same files changes nothing that is built from them.
 */
export async function rememberArchive(
  { store }: Pick<Ports, 'store'>,
  archive: Omit<Archive, 'revision'>,
): Promise<void> {
  const path = paths.archive(archive.table, archive.season);
  await store.transaction(async (tx) => {
    const before = archives.read(path, await tx.get(path));
    const isSame = before !== undefined && JSON.stringify(before.files) === JSON.stringify(archive.files);
    tx.set(path, { ...archive, revision: (before?.revision ?? 0) + (isSame ? 0 : 1) } satisfies Archive);
  });
}
