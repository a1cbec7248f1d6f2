/** The one writer of the origin: where the rows of a home come from. */
import { z } from 'zod';
import { isSameOrigin, type Origin } from '../domain/origin.ts';
import type { Ports } from '../ports/index.ts';
import { paths } from './documents.ts';
import { readerOf } from './stored.ts';

/** Where rows come from. */
export const originSchema: z.ZodType<Origin> = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('simulated'),
      seed: z.int().nullable(),
      firstSeason: z.int().nullable(),
    })
    .readonly(),
  z.object({ kind: z.literal('files') }).readonly(),
]);

/** `origins/home`: where the rows come from, and since when (ISO, UTC). */
const originDocument = z
  .object({
    origin: originSchema,
    since: z.string(),
  })
  .readonly();
type OriginDocument = z.infer<typeof originDocument>;

const origins = readerOf(originDocument);

/** The origin that was written down; undefined when none was, as in homes of earlier versions. */
export async function storedOrigin({ store }: Pick<Ports, 'store'>): Promise<Origin | undefined> {
  return origins.read(paths.origin, await store.get(paths.origin))?.origin;
}

/** Since when the home has rows of its origin (ISO, UTC); undefined when that was never written down. */
export async function originSince({ store }: Pick<Ports, 'store'>): Promise<string | undefined> {
  return origins.read(paths.origin, await store.get(paths.origin))?.since;
}

/** Writes down where the rows of the home come from. Nothing is written when that is known already. */
export async function writeOrigin(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  origin: Origin,
): Promise<void> {
  await store.transaction(async (tx) => {
    const before = origins.read(paths.origin, await tx.get(paths.origin));
    if (before !== undefined && isSameOrigin(before.origin, origin)) return;
    tx.set(paths.origin, { origin, since: clock().toISOString() } satisfies OriginDocument);
  });
}
