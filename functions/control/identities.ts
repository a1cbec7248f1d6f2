/** Who is who: names that were matched with nobody, aliases that persons give, and what is known of a player. */
import { RequestError } from '../../shared/domain/failure.ts';
import type { KnownPerson } from '../../shared/domain/identity.ts';
import { nearest } from '../../shared/domain/nearest.ts';
import { bareLookup } from '../../shared/domain/namesakes.ts';
import { playerLookup } from '../../shared/domain/player-lookup.ts';
import { agreement, firstNameFirst } from '../../shared/domain/player-names.ts';
import { isSeason, type Season } from '../../shared/domain/season.ts';
import { canonicalTeam } from '../../shared/domain/teams.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { giveAlias, knownAliases, type GivenAlias } from '../../shared/state/aliases.ts';
import { askedNames, knownIdentity, refreshAnswers } from '../../shared/state/name-answers.ts';
import { writeJournal } from './journal.ts';

interface Reading {
  readonly store: StateStore;
}

/** A name that was matched with nobody. */
export interface UnresolvedName {
  /** As the source writes it. */
  readonly name: string;
  /** The file that has the name. */
  readonly source: string;
  readonly table: string;
  /** The team he is named for; for a line the two teams of the game. */
  readonly teams: readonly string[];
  readonly season: Season;
  /** Game dates, ascending. */
  readonly dates: readonly string[];
}

/** The names that the last loads have matched with nobody, those with the most dates first. */
export async function unresolvedNames(ports: Reading): Promise<UnresolvedName[]> {
  const found = new Map<string, UnresolvedName & { readonly dates: string[] }>();
  for (const { table, season, dates } of await askedNames(ports)) {
    for (const [date, answers] of Object.entries(dates).sort(([a], [b]) => (a < b ? -1 : 1))) {
      for (const { name, source, teams, matchedBy } of answers) {
        if (matchedBy !== 'nobody') continue;
        const key = [table, season, source, name, ...teams].join('|');
        const known = found.get(key);
        if (known === undefined) found.set(key, { name, source, table, teams, season, dates: [date] });
        else if (!known.dates.includes(date)) known.dates.push(date);
      }
    }
  }
  for (const { dates } of found.values()) dates.sort();
  return [...found.values()].sort((a, b) => b.dates.length - a.dates.length || (a.name < b.name ? -1 : 1));
}

/** What a person asks with `fullcourt alias`. */
export interface AliasRequest {
  readonly name: string;
  readonly id: string;
  readonly team?: string | undefined;
  readonly season?: string | undefined;
}

export interface AliasAnswer {
  readonly alias: GivenAlias;
  /** The player whom the name means now. */
  readonly player: string;
  /** Raw partitions in which the name was seen and is matched otherwise now. */
  readonly stale: readonly { readonly table: string; readonly dates: readonly string[] }[];
  /** The commands that build them and what depends on them again. */
  readonly next: readonly string[];
}

/**
 * Gives a player another name. It is written to the journal beside the archive first, so that a home that is made again
 * from its archive has it too.
 * @throws RequestError when the name, the team or the season is none, or no file has named a player with this id
 */
export async function aliasPlayer(
  ports: Reading & { readonly archive: ArchiveStore; readonly clock: Clock },
  request: AliasRequest,
): Promise<AliasAnswer> {
  const name = request.name.trim();
  if (playerLookup(name) === '') throw new RequestError(`"${request.name}" is no name`);
  const id = /^\d{1,15}$/.test(request.id) ? Number(request.id) : 0;
  const person = (await knownIdentity(ports)).persons.get(id);
  if (person === undefined)
    throw new RequestError(
      `No file has named a player with the id ${request.id}: find the id with \`fullcourt player NAME\`, or import box scores or rosters that name him; nothing was written`,
    );
  const team = request.team === undefined ? null : canonicalTeam(request.team);
  if (team === undefined) throw new RequestError(`${request.team ?? ''} is no NBA team`);
  const season = request.season ?? null;
  if (season !== null && !isSeason(season)) throw new RequestError(`${season} is no season such as 2023-24`);
  const at = ports.clock().toISOString();
  await writeJournal(ports, `${at}-alias-${id}`, { kind: 'alias', name, id, team, season });
  const alias = await giveAlias(ports, { name, id, team, season });
  const changed = await refreshAnswers(ports);
  const stale = Map.groupBy(changed, ({ table }) => table);
  return {
    alias,
    player: person.name,
    stale: [...stale].map(([table, found]) => ({ table, dates: found.flatMap(({ dates }) => dates).sort() })),
    next: [...new Set(changed.map((found) => found.season))]
      .sort()
      .map((each) => `fullcourt backfill --season ${each} --from phase2 --only stale`),
  };
}

/** All aliases, in the order in which they were given. */
export async function listAliases(ports: Reading): Promise<readonly GivenAlias[]> {
  return knownAliases(ports);
}

/** What is known of a player. */
export interface PlayerAnswer {
  readonly id: number;
  readonly name: string;
  readonly lookup: string;
  readonly firstSeason: Season | null;
  readonly teams: NonNullable<KnownPerson['teams']>;
  readonly aliases: readonly GivenAlias[];
}

/** The players with this NBA id, lookup, name, form of a name or alias, ascending by id. */
export async function findPlayers(ports: Reading, asked: string): Promise<PlayerAnswer[]> {
  const { persons } = await knownIdentity(ports);
  const aliases = await knownAliases(ports);
  const lookup = playerLookup(firstNameFirst(asked));
  const called = new Set(
    aliases.filter(({ name }) => playerLookup(firstNameFirst(name)) === lookup).map(({ id }) => id),
  );
  const isMeant = (id: number, person: KnownPerson): boolean =>
    /^\d+$/.test(asked)
      ? id === Number(asked)
      : person.lookup === asked ||
        bareLookup(person.lookup) === lookup ||
        called.has(id) ||
        agreement(asked, person.name) !== undefined;
  return [...persons]
    .filter(([id, person]) => isMeant(id, person))
    .sort(([a], [b]) => a - b)
    .map(([id, { name, lookup: own, teams = {} }]) => ({
      id,
      name,
      lookup: own,
      firstSeason: Object.keys(teams).sort()[0] ?? null,
      teams,
      aliases: aliases.filter((alias) => alias.id === id),
    }));
}

/** Names of players whom somebody may have meant who found nobody: those with all of his words, else those most like them. */
export async function playersLike(ports: Reading, asked: string): Promise<string[]> {
  const names = [...(await knownIdentity(ports)).persons.values()].map(({ name }) => name);
  const words = asked
    .split(/\s+/)
    .map(playerLookup)
    .filter((word) => word !== '');
  const have = names.filter((name) => {
    const own = name.split(/\s+/).map(playerLookup);
    return words.length > 0 && words.every((word) => own.includes(word));
  });
  if (have.length > 0) return have.sort().slice(0, MAX_LIKE);
  const byLookup = new Map(names.map((name) => [playerLookup(name), name]));
  return nearest(playerLookup(asked), byLookup.keys(), MAX_LIKE).flatMap((key) => byLookup.get(key) ?? []);
}

const MAX_LIKE = 5;
