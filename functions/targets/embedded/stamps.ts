/** Notices that a store of a home was lost, restored or exchanged, and renews the stamp that its stores carry. */
import { existsSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import type { DuckDbWarehouse } from '../../../shared/adapters/embedded/duckdb-warehouse.ts';
import { StoreLostError } from '../../../shared/domain/failure.ts';
import {
  lossesIn,
  lossText,
  nextStamp,
  type Loss,
  type Stamp,
  type StampsSeen,
} from '../../../shared/domain/stamp.ts';
import { holdsDocuments } from '../../../shared/state/recovered.ts';
import { stampsOf, writeStamps } from '../../../shared/state/stamps.ts';
import type { Client } from '../client.ts';

type Home = Pick<Client, 'config' | 'store' | 'archive'>;
type Stamped = Pick<DuckDbWarehouse, 'stamp' | 'writeStamp' | 'hasRows'>;

/** Where the archive has its stamp. */
const IN_ARCHIVE = 'home/stamp.json';

const stampSchema: z.ZodType<Stamp> = z.object({
  home: z.string(),
  generation: z.int(),
  session: z.string(),
});

/** @throws StoreLostError that names the stores that do not belong together, and what mends them */
export async function assertWhole(home: Home, warehouse?: Stamped): Promise<void> {
  const seen = await stampsIn(home, warehouse);
  const losses = [...lossesIn(seen), ...lossOfFile(home, seen)];
  if (losses.length > 0)
    throw new StoreLostError(
      `${home.config.home}: ${losses.map(lossText).join(', and ')}. Nothing was changed. See what mends it with: fullcourt recover --dry-run; mend it with: fullcourt recover`,
    );
}

/** Gives all stores of a home a new stamp, so that they belong together. It may end halfway and be repeated. */
export async function stampStores(home: Home, warehouse: Stamped): Promise<void> {
  const seen = await stampsIn(home, warehouse);
  const next = nextStamp(seen, randomUUID);
  const text = JSON.stringify(next);
  await writeStamps(home, {
    ...(seen.documents.stamp === undefined ? {} : { stamp: seen.documents.stamp }),
    next,
  });
  await home.archive.write(IN_ARCHIVE, new TextEncoder().encode(text));
  await warehouse.writeStamp(text);
  await writeStamps(home, { stamp: next });
}

async function stampsIn({ store, archive }: Home, warehouse: Stamped | undefined): Promise<StampsSeen> {
  const { stamp, next } = await stampsOf({ store });
  const bytes = await archive.read(IN_ARCHIVE);
  return {
    documents: { stamp, next, hold: await holdsDocuments({ store }) },
    archive: { stamp: bytes === undefined ? undefined : stampFrom(new TextDecoder().decode(bytes)) },
    warehouse:
      warehouse === undefined
        ? undefined
        : { stamp: stampFrom(await warehouse.stamp()), hold: await warehouse.hasRows() },
  };
}

/** While the warehouse is closed, it counts as lost when the home has worked with it and its file is gone. */
function lossOfFile({ config }: Home, { documents, warehouse }: StampsSeen): Loss[] {
  if (warehouse !== undefined || documents.stamp === undefined) return [];
  return existsSync(join(config.home, 'warehouse.duckdb')) ? [] : [{ store: 'tables', what: 'lost' }];
}

function stampFrom(text: string | undefined): Stamp | undefined {
  try {
    return text === undefined ? undefined : stampSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
