/** The one writer of the persons that source files have named, with the lookup under which each is known in every table. */
import type { GameDate } from '../domain/game-date.ts';
import { playerLookup } from '../domain/player-lookup.ts';
import { seasonOf, type Season } from '../domain/season.ts';
import type { Ports } from '../ports/index.ts';
import { paths, playersDocument, type PlayersDocument } from './documents.ts';
import { readerOf } from './stored.ts';

const seasons = readerOf<PlayersDocument>(playersDocument);

/** A person with the lookup under which all tables know him, and the name of the first row that named him. */
export interface KnownPerson {
  readonly lookup: string;
  readonly name: string;
}

/** Every known person by NBA id. */
export async function knownPlayers({
  store,
}: Pick<Ports, 'store'>): Promise<ReadonlyMap<number, KnownPerson>> {
  const known = new Map<number, KnownPerson>();
  for (const { players } of seasons.readAll(await store.list('players')))
    for (const [id, player] of Object.entries(players)) known.set(Number(id), player);
  return known;
}

/**
 * Remembers persons who are new. A person keeps his lookup for ever. When two persons have one name, the one who is known
 * first keeps the bare lookup, of two new ones the one with the smaller id; the other gets `name_id`.
 */
export async function registerPlayers(
  { store }: Pick<Ports, 'store'>,
  named: readonly { readonly id: number; readonly name: string; readonly date: string }[],
): Promise<void> {
  const first = new Map<number, (typeof named)[number]>();
  for (const player of named) {
    const before = first.get(player.id);
    if (before === undefined || player.date < before.date) first.set(player.id, player);
  }
  const known = await knownPlayers({ store });
  const fresh = [...first.values()].filter(({ id }) => !known.has(id)).sort((a, b) => a.id - b.id);
  if (fresh.length === 0) return;
  const taken = new Set([...known.values()].map(({ lookup }) => lookup));
  const added = new Map<Season, Record<string, KnownPerson>>();
  for (const { id, name, date } of fresh) {
    const bare = playerLookup(name);
    if (bare === '') continue;
    const lookup = taken.has(bare) ? `${bare}_${id}` : bare;
    taken.add(lookup);
    const season = seasonOf(date as GameDate);
    added.set(season, { ...added.get(season), [id]: { lookup, name } });
  }
  await store.transaction(async (tx) => {
    for (const [season, players] of added) {
      const path = paths.players(season);
      const before = seasons.read(path, await tx.get(path));
      tx.set(path, { season, players: { ...players, ...before?.players } });
    }
  });
}
