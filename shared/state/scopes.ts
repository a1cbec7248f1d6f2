/** The one writer of `scopes/{season}`: what persons have said that the files of a season mean to hold. */
import * as z from 'zod';
import { parseGameDate, type GameDate } from '../domain/game-date.ts';
import { SEASON_TYPES } from '../domain/game-id.ts';
import { isSameScope, type GivenScope, type Meant } from '../domain/scope.ts';
import type { Season } from '../domain/season.ts';
import type { Ports } from '../ports/index.ts';
import { paths } from './documents.ts';
import { readerOf } from './stored.ts';

const gameDate = z.custom<GameDate>(
  (value) => typeof value === 'string' && parseGameDate(value) !== undefined,
);
/** What is meant of a season. */
export const meantSchema: z.ZodType<Meant> = z.object({
  seasonTypes: z.array(z.enum(SEASON_TYPES)).exactOptional(),
  dates: z.array(z.object({ start: gameDate, end: gameDate })).exactOptional(),
});

const scopes = readerOf<GivenScope>(
  z.object({
    season: z.string(),
    revision: z.int(),
    meant: meantSchema,
    tables: z.record(z.string(), meantSchema),
    file: z.string(),
    by: z.string().nullable(),
    at: z.string(),
  }),
);

/** The scope that a person has given for a season; undefined when nobody has. */
export async function scopeOfSeason(
  { store }: Pick<Ports, 'store'>,
  season: Season,
): Promise<GivenScope | undefined> {
  const path = paths.scope(season);
  return scopes.read(path, await store.get(path));
}

/** Gives a season another scope in place of the one that it has. The revision grows when it says something else. */
export async function giveScope(
  { store }: Pick<Ports, 'store'>,
  scope: Omit<GivenScope, 'revision'>,
): Promise<void> {
  const path = paths.scope(scope.season);
  await store.transaction(async (tx) => {
    const before = scopes.read(path, await tx.get(path));
    if (before !== undefined && isSameScope(before, scope)) return;
    tx.set(path, { ...scope, revision: (before?.revision ?? 0) + 1 });
  });
}
