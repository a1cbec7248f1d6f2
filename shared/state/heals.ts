/** The one reader and writer of `heals/{table}_{season}`: which holes were asked for by themselves, and from what they would have been built. */
import * as z from 'zod';
import type { GameDate } from '../domain/game-date.ts';
import { seasonOf, type Season } from '../domain/season.ts';
import type { Ports } from '../ports/index.ts';
import { paths } from './documents.ts';
import { objectOf, readerOf } from './stored.ts';

/** One hole that was asked for. */
export interface Heal {
  /** ISO, UTC. */
  readonly at: string;
  /** Input fingerprint of the partition then. */
  readonly input: string;
  /** Its fencing token then: a larger one means that a run has followed. */
  readonly token: number;
  readonly backfillId: string;
}

interface HealDocument {
  readonly table: string;
  readonly season: Season;
  readonly dates: Readonly<Record<string, Heal>>;
}

const heals = readerOf<HealDocument>(
  z.object({ table: z.string(), season: z.string(), dates: objectOf<Heal>() }).readonly(),
);

/** What was asked for of a table in a season, by date. */
export async function healsOf(
  { store }: Pick<Ports, 'store'>,
  table: string,
  season: Season,
): Promise<Readonly<Record<string, Heal>>> {
  const path = paths.heals(table, season);
  return heals.read(path, await store.get(path))?.dates ?? {};
}

/** Writes down that holes of a table were asked for. */
export async function noteHeals(
  { store }: Pick<Ports, 'store'>,
  table: string,
  asked: ReadonlyMap<GameDate, Heal>,
): Promise<void> {
  for (const [season, ofSeason] of Map.groupBy(asked, ([date]) => seasonOf(date))) {
    const path = paths.heals(table, season);
    await store.transaction(async (tx) => {
      const before = heals.read(path, await tx.get(path));
      tx.set(path, { table, season, dates: { ...before?.dates, ...Object.fromEntries(ofSeason) } });
    });
  }
}
