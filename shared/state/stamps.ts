/** The one writer of the stamp in the documents of a home, which says that its stores belong together. */
import * as z from 'zod';
import type { Stamp } from '../domain/stamp.ts';
import type { Ports } from '../ports/index.ts';
import { paths } from './documents.ts';
import { readerOf } from './stored.ts';

const stamp: z.ZodType<Stamp> = z
  .object({ home: z.string(), generation: z.int(), session: z.string() })
  .readonly();

/** `stamps/home`: the stamp of all stores, and the one that a process is about to write everywhere. */
const stampDocument = z.object({ stamp: stamp.exactOptional(), next: stamp.exactOptional() }).readonly();
type StampDocument = z.infer<typeof stampDocument>;

const stamps = readerOf<StampDocument>(stampDocument);

export async function stampsOf({
  store,
}: Pick<Ports, 'store'>): Promise<{ readonly stamp: Stamp | undefined; readonly next: Stamp | undefined }> {
  const found = stamps.read(paths.stamp, await store.get(paths.stamp));
  return { stamp: found?.stamp, next: found?.next };
}

export async function writeStamps({ store }: Pick<Ports, 'store'>, written: StampDocument): Promise<void> {
  await store.transaction((tx) => Promise.resolve(tx.set(paths.stamp, { ...written })));
}
