/** The one writer of the persons that source files have named, with the lookup under which each is known in every table. */
import type { GameDate } from '../domain/game-date.ts';
import { playerLookup } from '../domain/player-lookup.ts';
import { seasonOf } from '../domain/season.ts';
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
  named: readonly Named[],
): Promise<void> {
  const added = Map.groupBy(newPersons(await knownPlayers({ store }), named), ({ date }) =>
    seasonOf(date as GameDate),
  );
  if (added.size === 0) return;
  await store.transaction(async (tx) => {
    for (const [season, persons] of added) {
      const path = paths.players(season);
      const before = seasons.read(path, await tx.get(path));
      const players = Object.fromEntries(persons.map(({ id, lookup, name }) => [id, { lookup, name }]));
      tx.set(path, { season, players: { ...players, ...before?.players } });
    }
  });
}

/** A person as a source file names him, with the game date of the row. */
interface Named {
  readonly id: number;
  readonly name: string;
  readonly date: string;
}

/** The persons among `named` who are not known yet, each with the lookup that he gets and the date of his first row. */
export function newPersons(
  known: ReadonlyMap<number, KnownPerson>,
  named: readonly Named[],
): (Named & KnownPerson)[] {
  const first = new Map<number, (typeof named)[number]>();
  for (const player of named) {
    const before = first.get(player.id);
    if (before === undefined || player.date < before.date) first.set(player.id, player);
  }
  const fresh = [...first.values()].filter(({ id }) => !known.has(id)).sort((a, b) => a.id - b.id);
  const taken = new Set([...known.values()].map(({ lookup }) => lookup));
  return fresh.flatMap((person) => {
    const bare = playerLookup(person.name);
    if (bare === '') return [];
    const lookup = taken.has(bare) ? `${bare}_${person.id}` : bare;
    taken.add(lookup);
    return [{ ...person, lookup }];
  });
}
