/**
 * Who a row of a source is about. A person is his NBA id. Rows without a known id are matched by name, team and season:
 * by the whole name, by an alias that a person has given, or by a form of the name that only one player of the team has.
 * Nothing is guessed: a name that fits nobody, or two, is matched with nobody. Pure.
 */
import { digest } from './hash.ts';
import { bareLookup } from './namesakes.ts';
import { playerLookup } from './player-lookup.ts';
import { agreement, firstNameFirst } from './player-names.ts';
import type { Season } from './season.ts';

/** A person whom a file has named with his NBA id. */
export interface KnownPerson {
  /** His unique name in every table. */
  readonly lookup: string;
  /** The name in the first row that named him. */
  readonly name: string;
  /** Season -> the teams for which files name him in it. */
  readonly teams?: Readonly<Record<Season, readonly string[]>>;
}

/** A person's word that a source means a player by another name. */
export interface Alias {
  readonly name: string;
  readonly id: number;
  /** Only on this team; null: on every team. */
  readonly team: string | null;
  /** Only in this season; null: in every season. */
  readonly season: Season | null;
}

/** What a row says of its player. */
export interface AskedName {
  readonly name: string;
  /** The id in the row; null when it has none. */
  readonly id: number | null;
  /** Teams for which he may play: one, or the two of a game. */
  readonly teams: readonly string[];
  /** Teams for which he does not play by the row, although he plays in a game with them; absent where the row does not say. */
  readonly opponents?: readonly string[];
}

/** How a row was matched: by its id, by the whole name, by an alias, by a form of the name that is unique on the team, or not. */
export const MATCHES = ['id', 'name', 'alias', 'team', 'nobody'] as const;
export type MatchedBy = (typeof MATCHES)[number];

export interface Match {
  readonly lookup: string;
  /** Null when the row is matched with nobody. */
  readonly id: number | null;
  readonly matchedBy: MatchedBy;
  /** Set when the row has a player of the opponents: then it is about nobody. */
  readonly isContradicted?: true;
}

/** Everything that is known of who is who. */
export interface Identity {
  readonly persons: ReadonlyMap<number, KnownPerson>;
  readonly aliases: readonly Alias[];
  readonly byName: ReadonlyMap<string, readonly number[]>;
}

export function identityOf(
  persons: ReadonlyMap<number, KnownPerson>,
  aliases: readonly Alias[] = [],
): Identity {
  const byName = new Map<string, number[]>();
  for (const [id, { lookup }] of persons) {
    const bare = bareLookup(lookup);
    const known = byName.get(bare);
    if (known === undefined) byName.set(bare, [id]);
    else known.push(id);
  }
  return { persons, aliases, byName };
}

/**
 * Whom a row of `season` is about. An id that is known decides, unless the name is the whole name of somebody else who plays
 * for the team: then the row is about nobody. A row with another id is matched by its name. A row is about nobody, too, when it
 * has a player who is known to play for the opponents and not for the team; only an alias can say otherwise.
 */
export function matchOf(identity: Identity, season: Season, asked: AskedName): Match {
  const match = matchByName(identity, season, asked);
  const { opponents = [] } = asked;
  if (match.id === null || match.matchedBy === 'alias' || opponents.length === 0) return match;
  const teams = identity.persons.get(match.id)?.teams?.[season] ?? [];
  const isOpponent = teams.some((team) => opponents.includes(team));
  if (!isOpponent || teams.some((team) => asked.teams.includes(team))) return match;
  return { lookup: `${match.lookup}_unresolved`, id: null, matchedBy: 'nobody', isContradicted: true };
}

function matchByName(identity: Identity, season: Season, asked: AskedName): Match {
  const { persons } = identity;
  if (asked.id !== null && persons.get(asked.id)?.name === asked.name)
    return matched(identity, asked.id, 'id');
  const bare = playerLookup(firstNameFirst(asked.name));
  const named = identity.byName.get(bare) ?? [];
  if (asked.id !== null && persons.has(asked.id))
    return namesAnother(identity, season, asked) === undefined
      ? matched(identity, asked.id, 'id')
      : { lookup: `${bare}_unresolved`, id: null, matchedBy: 'nobody' };
  const exact = onlyOne(identity, season, asked, named);
  if (typeof exact === 'number') return matched(identity, exact, 'name');
  const alias = identity.aliases.find(
    ({ name, team, season: only }) =>
      playerLookup(firstNameFirst(name)) === bare &&
      (team === null || asked.teams.includes(team)) &&
      (only === null || only === season),
  );
  if (alias !== undefined && persons.has(alias.id)) return matched(identity, alias.id, 'alias');
  const onTeam = exact === 'undecided' ? undefined : uniqueOnTeam(identity, season, asked);
  if (onTeam !== undefined) return matched(identity, onTeam, 'team');
  // No known person may have the lookup, or his rows would be joined with this one.
  return { lookup: named.length > 0 ? `${bare}_unresolved` : bare, id: null, matchedBy: 'nobody' };
}

/**
 * The id of another player of the teams whose whole name the row has, although its own id is known and his name is a
 * different one; undefined when id and name do not contradict each other. Namesakes and forms of a name do not.
 */
export function namesAnother(
  { persons, byName }: Identity,
  season: Season,
  asked: AskedName,
): number | undefined {
  const own = asked.id === null ? undefined : persons.get(asked.id);
  if (own === undefined) return undefined;
  const name = firstNameFirst(asked.name);
  const bare = playerLookup(name);
  if (bareLookup(own.lookup) === bare) return undefined;
  const other = byName
    .get(bare)
    ?.find((id) => (persons.get(id)?.teams?.[season] ?? []).some((team) => asked.teams.includes(team)));
  return other === undefined || agreement(own.name, name) !== undefined ? undefined : other;
}

function matched({ persons }: Identity, id: number, matchedBy: MatchedBy): Match {
  return { lookup: persons.get(id)?.lookup ?? '', id, matchedBy };
}

/**
 * Which of the persons of exactly this name is meant: the one on the team, else the only one who plays in the season, else
 * the only one there is. `undecided` when two are possible.
 */
function onlyOne(
  identity: Identity,
  season: Season,
  asked: AskedName,
  named: readonly number[],
): number | 'undecided' | undefined {
  if (named.length === 0) return undefined;
  const teamsOf = (id: number): readonly string[] => identity.persons.get(id)?.teams?.[season] ?? [];
  const onTeam = named.filter((id) => teamsOf(id).some((team) => asked.teams.includes(team)));
  const playing = named.filter((id) => teamsOf(id).length > 0);
  const [first, second] = onTeam.length > 0 ? onTeam : playing.length > 0 ? playing : named;
  if (first === undefined || second !== undefined) return 'undecided';
  if (onTeam.length > 0 || uniqueOnTeam(identity, season, asked) === undefined) return first;
  // He is not on the team, and another player of the team has a form of his name, as Gary Payton II has of Gary Payton's.
  return playing.length > 0 ? 'undecided' : undefined;
}

/** The only player of the teams in the season whose name agrees with the one asked for; the whole name goes before forms of it. */
function uniqueOnTeam({ persons }: Identity, season: Season, { name, teams }: AskedName): number | undefined {
  const agreeing = [...persons].flatMap(([id, person]) => {
    const isOnTeam = (person.teams?.[season] ?? []).some((team) => teams.includes(team));
    const how = isOnTeam ? agreement(name, person.name) : undefined;
    return how === undefined ? [] : [{ id, how }];
  });
  const same = agreeing.filter(({ how }) => how === 'same');
  const [first, second] = same.length > 0 ? same : agreeing;
  return second === undefined ? first?.id : undefined;
}

/** The digest of what names were matched with; equal answers to the same questions have the same digest, in any order. */
export function answersDigest(answers: readonly (AskedName & Pick<Match, 'lookup' | 'matchedBy'>)[]): string {
  if (answers.length === 0) return '';
  const lines = answers.map(
    ({ name, id, teams, lookup, matchedBy }) =>
      `${name}|${id ?? ''}|${teams.join(' ')}|${lookup}|${matchedBy}`,
  );
  return digest(lines.sort().join('\n'), 16);
}
