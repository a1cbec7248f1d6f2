/**
 * The one reader and writer of `wanted_loads/{season}`: what is to be loaded of a season because files of it were archived. It is
 * written with what the files say and deleted when the loads have ended, so that a load whose process was killed is asked for by
 * the next command.
 */
import * as z from 'zod';
import type { PartitionRef } from '../domain/partition.ts';
import { isSeason, type Season } from '../domain/season.ts';
import type { Ports } from '../ports/index.ts';
import type { Transaction } from '../ports/state-store.ts';
import { gameDateField, paths } from './documents.ts';
import { readerOf } from './stored.ts';

/** What one import wants to be loaded of a season. */
export interface WantedLoad {
  readonly season: Season;
  /** Another one for each import: the backfills that load are called after it. */
  readonly id: string;
  /** Whether files speak of the season itself, so that the tables that say which games exist are loaded first. */
  readonly isTold: boolean;
  /** Raw tables of which the files say something. */
  readonly tables: readonly string[];
  /** Raw tables in which names are matched otherwise, or of which dates come into the scope or leave it. */
  readonly anew: readonly string[];
  /** Partitions that rightly keep less than half of their rows, which the audit would refuse. */
  readonly shrinking: readonly PartitionRef[];
  /** The archives that are forgotten when no game of the season turns out to be known; empty when it was known before. */
  readonly forgettable: readonly string[];
}

const texts = z.array(z.string()).readonly();

const wanted = readerOf<WantedLoad>(
  z
    .object({
      season: z.custom<Season>((value) => typeof value === 'string' && isSeason(value)),
      id: z.string(),
      isTold: z.boolean(),
      tables: texts,
      anew: texts,
      shrinking: z.array(z.object({ table: z.string(), date: gameDateField })).readonly(),
      forgettable: texts,
    })
    .readonly(),
);

/** What is still to be loaded, by season. */
export async function wantedLoads({ store }: Pick<Ports, 'store'>): Promise<WantedLoad[]> {
  return wanted.readAll(await store.list('wanted_loads'));
}

/** Wants loads of a season; what an earlier import has wanted and nobody has loaded is wanted still. */
export async function wantLoadIn(tx: Transaction, want: WantedLoad): Promise<void> {
  const path = paths.wantedLoad(want.season);
  const before = wanted.read(path, await tx.get(path));
  tx.set(path, before === undefined ? want : bothOf(before, want));
}

/** {@link wantLoadIn} in a transaction of its own. */
export async function wantLoad({ store }: Pick<Ports, 'store'>, want: WantedLoad): Promise<void> {
  await store.transaction((tx) => wantLoadIn(tx, want));
}

function bothOf(before: WantedLoad, want: WantedLoad): WantedLoad {
  const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])];
  return {
    ...want,
    isTold: before.isTold || want.isTold,
    tables: union(before.tables, want.tables),
    anew: union(before.anew, want.anew),
    shrinking: [...before.shrinking, ...want.shrinking],
    // The season was not known before the first of them, or it was.
    forgettable: before.forgettable.length === 0 ? [] : union(before.forgettable, want.forgettable),
  };
}

/** The loads of a season have ended. What a later import wants of the season stays. */
export async function endWantedLoad(
  { store }: Pick<Ports, 'store'>,
  { season, id }: WantedLoad,
): Promise<void> {
  const path = paths.wantedLoad(season);
  await store.transaction(async (tx) => {
    if (wanted.read(path, await tx.get(path))?.id === id) tx.delete(path);
  });
}
