/** The one writer of what the documents know of the journal beside the archived files: its newest entry. */
import * as z from 'zod';
import type { Ports } from '../ports/index.ts';
import { paths } from './documents.ts';
import { readerOf } from './stored.ts';

/** `stamps/journal`: where the entry is that was written last, such as `journal/2024-06-01T12-00-00.000Z.json`. */
const newestDocument = z.object({ path: z.string() }).readonly();

const newest = readerOf<z.infer<typeof newestDocument>>(newestDocument);

/** The path of the entry that was written last; undefined when the documents know of none. */
export async function newestJournal({ store }: Pick<Ports, 'store'>): Promise<string | undefined> {
  return newest.read(paths.newestJournal, await store.get(paths.newestJournal))?.path;
}

/** Remembers which entry was written last. It is in the archive already. @param path undefined: the archive has none */
export async function rememberNewestJournal(
  { store }: Pick<Ports, 'store'>,
  path: string | undefined,
): Promise<void> {
  await store.transaction((tx) =>
    Promise.resolve(
      path === undefined ? tx.delete(paths.newestJournal) : tx.set(paths.newestJournal, { path }),
    ),
  );
}
