/** The one writer of the persons that source files have named, with the lookup under which each is known in every table. */
import type { GameDate } from '../domain/game-date.ts';
import type { KnownPerson } from '../domain/identity.ts';
import { lookupOfNewcomer } from '../domain/namesakes.ts';
import { seasonOf, type Season } from '../domain/season.ts';
import type { Ports } from '../ports/index.ts';
import { paths } from './documents.ts';
import { playersDocument, type PlayersDocument } from './identity-documents.ts';
import { readerOf } from './stored.ts';

const seasons = readerOf<PlayersDocument>(playersDocument);

/** A person as files name him. */
export interface NamedPerson {
  readonly id: number;
  /** The name in the first row that names him. */
  readonly name: string;
  /** Game date of that row. */
  readonly date: string;
  /** Season -> the teams for which the files name him. */
  readonly teams: ReadonlyMap<Season, ReadonlySet<string>>;
}

/** Every known person by NBA id, with his teams of each season. */
export async function knownPlayers({
  store,
}: Pick<Ports, 'store'>): Promise<ReadonlyMap<number, KnownPerson>> {
  const documents = seasons.readAll(await store.list('players'));
  const last = documents.at(-1);
  if (last === undefined) return new Map();
  const found = known.get(last);
  if (found !== undefined && isSame(found.documents, documents)) return found.persons;
  const persons = personsIn(documents);
  known.set(last, { documents, persons });
  return persons;
}

/**
 * The persons of the documents that were read last, kept with the newest of them. A store gives the same object for what has not
 * changed, so that each load finds the persons, and what was computed from them, of the load before.
 */
const known = new WeakMap<
  PlayersDocument,
  { readonly documents: readonly PlayersDocument[]; readonly persons: ReadonlyMap<number, KnownPerson> }
>();

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((each, i) => each === b[i]);
}

function personsIn(documents: readonly PlayersDocument[]): ReadonlyMap<number, KnownPerson> {
  const teams = new Map<string, Record<Season, readonly string[]>>();
  for (const { season, teams: ofSeason } of documents)
    for (const [id, names] of Object.entries(ofSeason)) {
      const ofPerson = teams.get(id) ?? {};
      ofPerson[season] = names;
      teams.set(id, ofPerson);
    }
  const persons = new Map<number, KnownPerson>();
  for (const { players } of documents)
    for (const [id, player] of Object.entries(players))
      persons.set(Number(id), { ...player, teams: teams.get(id) ?? {} });
  return persons;
}

/**
 * Remembers persons who are new, and teams that are new of persons who are known. A person keeps his lookup for ever. When two
 * persons have one name, the committed list of namesakes says who has the bare lookup. Otherwise the one who is known first
 * has it, of two new ones the one with the smaller id; the other gets `name_id`.
 */
export async function registerPlayers(
  { store }: Pick<Ports, 'store'>,
  named: readonly NamedPerson[],
): Promise<void> {
  const known = await knownPlayers({ store });
  const { persons, teams } = whatIsNew(known, named);
  const added = Map.groupBy(persons, ({ date }) => seasonOf(date as GameDate));
  const changed = new Set([...added.keys(), ...teams.keys()]);
  if (changed.size === 0) return;
  await store.transaction(async (tx) => {
    for (const season of changed) {
      const path = paths.players(season);
      const before = seasons.read(path, await tx.get(path));
      const fresh = (added.get(season) ?? []).map(({ id, lookup, name }) => [id, { lookup, name }] as const);
      const merged: Record<string, readonly string[]> = { ...before?.teams };
      for (const [id, codes] of teams.get(season) ?? [])
        merged[id] = [...new Set([...(merged[id] ?? []), ...codes])].sort();
      tx.set(path, {
        season,
        players: { ...Object.fromEntries(fresh), ...before?.players },
        teams: merged,
      });
    }
  });
}

/** The documents of persons, by season. */
export async function personsBySeason({ store }: Pick<Ports, 'store'>): Promise<PlayersDocument[]> {
  return seasons.readAll(await store.list('players'));
}

/** Persons and teams of two documents of a season. A person keeps the name and lookup of the first document. */
export function bothPersons(first: PlayersDocument | undefined, second: PlayersDocument): PlayersDocument {
  if (first === undefined) return second;
  const ids = new Set([...Object.keys(first.teams), ...Object.keys(second.teams)]);
  const teamsOf = (id: string): string[] =>
    [...new Set([...(first.teams[id] ?? []), ...(second.teams[id] ?? [])])].sort();
  return {
    season: first.season,
    players: { ...second.players, ...first.players },
    teams: Object.fromEntries([...ids].map((id) => [id, teamsOf(id)])),
  };
}

/** Whether a document of a season knows every person of another one, and all their teams. */
export function knowsPersons(document: PlayersDocument, other: PlayersDocument): boolean {
  return (
    Object.keys(other.players).every((id) => id in document.players) &&
    Object.entries(other.teams).every(([id, teams]) =>
      teams.every((team) => document.teams[id]?.includes(team)),
    )
  );
}

/** Remembers persons as documents have known them. A person who is known already keeps his lookup. */
export async function keepPersons(
  { store }: Pick<Ports, 'store'>,
  documents: readonly PlayersDocument[],
): Promise<void> {
  await store.transaction(async (tx) => {
    const found = await tx.getAll(documents.map(({ season }) => paths.players(season)));
    documents.forEach((document, i) => {
      const path = paths.players(document.season);
      tx.set(path, bothPersons(seasons.read(path, found[i]), document));
    });
  });
}

/** Gives every person of a store the lookup that he has in another one; who is not known there keeps his. */
export async function takeLookups(
  { store }: Pick<Ports, 'store'>,
  from: ReadonlyMap<number, KnownPerson>,
): Promise<void> {
  const documents = await personsBySeason({ store });
  await store.transaction((tx) => {
    for (const document of documents)
      tx.set(paths.players(document.season), {
        ...document,
        players: Object.fromEntries(
          Object.entries(document.players).map(([id, player]) => [
            id,
            { ...player, lookup: from.get(Number(id))?.lookup ?? player.lookup },
          ]),
        ),
      });
    return Promise.resolve();
  });
}

/** The persons who are known after files have named some of them: the same map when nothing is new. Nothing is written. */
export function personsAfter(
  known: ReadonlyMap<number, KnownPerson>,
  named: readonly NamedPerson[],
): ReadonlyMap<number, KnownPerson> {
  const { persons, teams } = whatIsNew(known, named);
  if (persons.length === 0 && teams.size === 0) return known;
  const after = new Map(known);
  for (const { id, lookup, name } of persons) after.set(id, { lookup, name });
  for (const [season, ofSeason] of teams)
    for (const [id, codes] of ofSeason) {
      const person = after.get(id);
      if (person === undefined) continue;
      const ofPerson = [...new Set([...(person.teams?.[season] ?? []), ...codes])].sort();
      after.set(id, { ...person, teams: { ...person.teams, [season]: ofPerson } });
    }
  return after;
}

/** Persons who are not known yet, with their lookups and the dates of their first rows, and by season the teams that are not. */
function whatIsNew(known: ReadonlyMap<number, KnownPerson>, named: readonly NamedPerson[]) {
  const first = new Map<number, NamedPerson>();
  const teams = new Map<Season, Map<number, Set<string>>>();
  for (const player of named) {
    const before = first.get(player.id);
    if (before === undefined || player.date < before.date) first.set(player.id, player);
    for (const [season, ofSeason] of player.teams) {
      const ofPerson = known.get(player.id)?.teams?.[season] ?? [];
      const fresh = [...ofSeason].filter((team) => !ofPerson.includes(team));
      if (fresh.length === 0) continue;
      const added = teams.get(season) ?? new Map<number, Set<string>>();
      teams.set(season, added);
      added.set(player.id, new Set([...(added.get(player.id) ?? []), ...fresh]));
    }
  }
  const taken = new Set([...known.values()].map(({ lookup }) => lookup));
  const persons = [...first.values()]
    .filter(({ id }) => !known.has(id))
    .sort((a, b) => a.id - b.id)
    .flatMap(({ id, name, date }) => {
      const lookup = lookupOfNewcomer(id, name, (bare) => taken.has(bare));
      if (lookup === '') return [];
      taken.add(lookup);
      return [{ id, name, date, lookup }];
    });
  return { persons, teams };
}
