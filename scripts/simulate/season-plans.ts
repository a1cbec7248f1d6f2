/** The league from season to season: rosters, trades, call-ups, ageing, retirement, rookies. No game is played here. */
import { FRANCHISES, type Franchise } from './franchises.ts';
import {
  isBig,
  makePlayer,
  profileOf,
  ROSTER_POSITIONS,
  type Player,
  type Position,
  type Profile,
} from './players.ts';
import { clamp, makeRandom, pick, shuffled, type Random } from '../../shared/domain/seeded-random.ts';
import { openingDay, seasonDays, type SeasonDays } from './season-days.ts';
import { FIRST_YEAR, LAST_YEAR } from './season-years.ts';

/** The options of a league. */
export interface LeagueOptions {
  /** Any whole number. Each seed makes a different league. */
  readonly seed: number;
  /** Year in which the first season starts, from 1980. */
  readonly firstSeason: number;
  /** 4 to 30 teams, the first tricodes in alphabetical order. Default 30. */
  readonly teams?: number;
  /** 1 to 82. Default 82. */
  readonly gamesPerTeam?: number;
}

/** The options with every default filled in. */
export type League = Required<LeagueOptions>;

/** @throws RangeError when an option is out of its range or the games cannot be paired */
export function checkedLeague(options: LeagueOptions): League {
  const league = { ...options, teams: options.teams ?? 30, gamesPerTeam: options.gamesPerTeam ?? 82 };
  const inRange = (name: string, value: number, low: number, high: number): void => {
    if (!Number.isInteger(value) || value < low || value > high) {
      throw new RangeError(`${name} is ${value}, but must be a whole number from ${low} to ${high}`);
    }
  };
  inRange('seed', league.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  inRange('firstSeason', league.firstSeason, FIRST_YEAR, LAST_YEAR);
  inRange('teams', league.teams, 4, FRANCHISES.length);
  inRange('gamesPerTeam', league.gamesPerTeam, 1, 82);
  if ((league.teams * league.gamesPerTeam) % 2 !== 0) {
    throw new RangeError('An odd number of teams needs an even number of games per team');
  }
  return league;
}

/** A player joins another team before the games of `day`. */
export interface Move {
  readonly day: number;
  readonly player: Player;
  /** Team he leaves and team he joins, by place; undefined is outside the league. */
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** What is decided of a season before its first game. */
export interface SeasonPlan {
  readonly league: League;
  /** The number of the season; 0 is the first. */
  readonly index: number;
  /** Year in which it starts. */
  readonly year: number;
  readonly franchises: readonly Franchise[];
  readonly days: SeasonDays;
  /** Players of each team on opening night, the best first; the last two have two-way contracts. */
  readonly rosters: readonly (readonly Player[])[];
  /** Ordered by day. */
  readonly moves: readonly Move[];
  readonly profiles: ReadonlyMap<number, Profile>;
  /** How a team plays: how many plays in 48 minutes more or fewer than others it prefers, and how well it is coached. */
  readonly teams: readonly TeamStyle[];
}

export interface TeamStyle {
  readonly pace: number;
  /** Change of the team's own accuracy, and of its opponents'. */
  readonly offence: number;
  readonly defence: number;
}

/** Players of a team, two-way contracts included. */
const ROSTER_SIZE = ROSTER_POSITIONS.length;
/** Players a team has under full contract. */
export const FULL_CONTRACTS = 15;

/** The first player id: higher than any id of stats.nba.com. */
const FIRST_PLAYER_ID = 1_700_001;

/**
 * The first `seasons` seasons of a league, one after the other.
 * @throws RangeError when the last of them would start too late
 */
export function* seasonPlans(league: League, seasons: number): Generator<SeasonPlan> {
  if (league.firstSeason + seasons - 1 > LAST_YEAR) {
    throw new RangeError(
      `${seasons} seasons from ${league.firstSeason} go on after ${LAST_YEAR}, the last year a season may start in`,
    );
  }
  const registry: Registry = { nextId: FIRST_PLAYER_ID, lookups: new Set() };
  let rosters = foundingRosters(league, registry);
  for (let index = 0; index < seasons; index += 1) {
    const year = league.firstSeason + index;
    if (index > 0) rosters = offSeason(league, year, rosters, registry);
    const plan = planSeason(league, index, rosters, registry);
    yield plan;
    rosters = closingRosters(plan);
  }
}

/** Ids and names that must not be used twice in a league. */
interface Registry {
  nextId: number;
  readonly lookups: Set<string>;
}

type Rosters = readonly (readonly Player[])[];

function newPlayer(
  random: Random,
  registry: Registry,
  facts: { position: Position; talent: number; age: number; day: number },
): Player {
  const id = registry.nextId;
  registry.nextId += 1;
  return makePlayer(random, registry.lookups, { id, ...facts });
}

const byTalent = (left: Player, right: Player): number => right.talent - left.talent || left.id - right.id;

function foundingRosters(league: League, registry: Registry): Rosters {
  const random = makeRandom(league.seed, 'founding');
  const day = openingDay(league.firstSeason);
  // Each team gets one player of each rank, so that every team starts with one star.
  const ranks = ROSTER_POSITIONS.map((_, rank) => 2.1 - 0.235 * rank);
  return Array.from({ length: league.teams }, () => {
    const talents = shuffled(random, ranks);
    const wealth = 0.3 * random.normal();
    return ROSTER_POSITIONS.map((position, i) => {
      const talent = (talents[i] ?? 0) + wealth + 0.45 * random.normal();
      const age = clamp(25.5 + 4 * random.normal() + (talent > 0 ? 1 : 0), 19, 38);
      return newPlayer(random, registry, { position, talent, age, day });
    }).toSorted(byTalent);
  });
}

function planSeason(league: League, index: number, rosters: Rosters, registry: Registry): SeasonPlan {
  const year = league.firstSeason + index;
  const days = seasonDays(year, league.teams, league.gamesPerTeam, makeRandom(league.seed, year, 'days'));
  const moves = plannedMoves(league, year, rosters, days, registry);
  const everybody = new Map(
    [...rosters.flat(), ...moves.map(({ player }) => player)].map((player) => [player.id, player]),
  );
  const ranked = [...everybody.values()].toSorted(byTalent);
  const styles = makeRandom(league.seed, year, 'styles');
  return {
    league,
    index,
    year,
    franchises: FRANCHISES.slice(0, league.teams),
    days,
    rosters,
    moves,
    profiles: new Map(ranked.map((player, rank) => [player.id, profileOf(player, rank / ranked.length)])),
    teams: rosters.map(() => ({
      pace: 2 * styles.normal(),
      offence: 0.023 * styles.normal(),
      defence: 0.02 * styles.normal(),
    })),
  };
}

/** Trades before the deadline, and newcomers who replace the last player of a roster over the winter. */
function plannedMoves(
  league: League,
  year: number,
  rosters: Rosters,
  days: SeasonDays,
  registry: Registry,
): Move[] {
  const random = makeRandom(league.seed, year, 'moves');
  const now = rosters.map((roster) => [...roster]);
  const opening = days.days[0]?.day ?? 0;
  const last = days.days.at(-1)?.day ?? opening;

  const planned = [
    ...Array.from({ length: Math.ceil(league.teams * 0.7) }, () => ({
      kind: 'trade' as const,
      day: days.tradeDeadline - random.below(4),
    })),
    ...Array.from({ length: Math.round(league.teams * 2.4 * (league.gamesPerTeam / 82)) }, () => ({
      kind: 'call_up' as const,
      day: opening + Math.floor((last - opening) * (0.25 + 0.7 * random.unit())),
    })),
  ].toSorted((left, right) => left.day - right.day);

  const moves: Move[] = [];
  const swap = (day: number, from: number, out: Player, to: number | undefined, incoming: Player): void => {
    const replace = (team: number, leaving: Player, joining: Player): void => {
      now[team] = [...(now[team] ?? []).filter(({ id }) => id !== leaving.id), joining].toSorted(byTalent);
    };
    replace(from, out, incoming);
    moves.push({ day, player: out, from, to }, { day, player: incoming, from: to, to: from });
    if (to !== undefined) replace(to, incoming, out);
  };
  for (const { kind, day } of planned) {
    const team = random.below(league.teams);
    if (kind === 'call_up') {
      const waived = now[team]?.at(-1);
      if (waived === undefined) continue;
      const talent = -1.1 + 0.35 * random.normal();
      swap(
        day,
        team,
        waived,
        undefined,
        newPlayer(random, registry, { position: waived.position, talent, age: 20 + 5 * random.unit(), day }),
      );
      continue;
    }
    const partner = (team + 1 + random.below(league.teams - 1)) % league.teams;
    const traded = new Set(
      moves.filter((move) => move.from !== undefined && move.to !== undefined).map(({ player }) => player.id),
    );
    for (let i = random.between(1, 2); i > 0; i -= 1) {
      const offered = (now[team] ?? []).slice(2, 12).filter(({ id }) => !traded.has(id));
      const wanted = (now[partner] ?? []).slice(2, 12).filter(({ id }) => !traded.has(id));
      if (offered.length === 0 || wanted.length === 0) break;
      const out = pick(random, offered);
      const [incoming] = wanted.toSorted(
        (left, right) => Math.abs(left.talent - out.talent) - Math.abs(right.talent - out.talent),
      );
      if (incoming === undefined) break;
      traded.add(out.id).add(incoming.id);
      swap(day, team, out, partner, incoming);
    }
  }
  return moves;
}

/** Who is on each team after all moves of the season. */
function closingRosters({ rosters, moves }: SeasonPlan): Rosters {
  return moves.reduce(applyMove, rosters);
}

/** The rosters after `move`. */
export function applyMove(rosters: Rosters, { player, from, to }: Move): Rosters {
  return rosters.map((roster, team) => {
    if (team === from) return roster.filter(({ id }) => id !== player.id);
    return team === to ? [...roster, player].toSorted(byTalent) : roster;
  });
}

/** From one season to the next: players get older, some retire or get no new contract, some change teams, rookies come. */
function offSeason(league: League, year: number, rosters: Rosters, registry: Registry): Rosters {
  const random = makeRandom(league.seed, year, 'off-season');
  const day = openingDay(year);
  const stays: Player[][] = [];
  const pool: Player[] = [];
  for (const roster of rosters) {
    const kept: Player[] = [];
    for (const [place, veteran] of roster.entries()) {
      const age = (day - veteran.birthDay) / 365.25;
      const player = { ...veteran, talent: veteran.talent + yearOf(age, random), isPositionKnown: true };
      if (leaves(player, age, random)) continue;
      if (random.chance(place >= FULL_CONTRACTS ? 0.6 : 0.2)) pool.push(player);
      else kept.push(player);
    }
    stays.push(kept);
  }
  const open = ROSTER_SIZE * league.teams - pool.length - stays.reduce((sum, kept) => sum + kept.length, 0);
  for (let i = 0; i < open; i += 1) {
    const promise = random.chance(0.15) ? 0.6 : -0.7;
    const age = 19 + 3.5 * random.unit();
    const position = pick(random, ROSTER_POSITIONS);
    pool.push(newPlayer(random, registry, { position, talent: promise + 0.45 * random.normal(), age, day }));
  }
  return drafted(stays, pool, random);
}

/** How the talent of a player of this age changes in a year. */
function yearOf(age: number, random: Random): number {
  const drift =
    age < 22 ? 0.35 : age < 24 ? 0.22 : age < 27 ? 0.08 : age < 30 ? -0.02 : age < 33 ? -0.18 : -0.36;
  return drift + 0.26 * random.normal();
}

function leaves({ talent }: Player, age: number, random: Random): boolean {
  if (age >= 38) return random.chance(0.55);
  if (age >= 34 && random.chance(0.2)) return true;
  return random.chance(talent < -1.6 ? 0.7 : talent < -1 ? 0.3 : 0.03);
}

/** Fills the teams from the pool, the weakest team first. A team takes one of the best, if it can of a position it lacks. */
function drafted(stays: readonly (readonly Player[])[], pool: readonly Player[], random: Random): Rosters {
  const rosters = stays.map((kept) => [...kept]);
  const left = pool.toSorted(byTalent);
  const worth = (roster: readonly Player[]): number =>
    roster
      .toSorted(byTalent)
      .reduce((sum, { talent }, rank) => sum + (rank < 10 ? Math.max(0, talent + 1.5) : 0), 0);
  while (left.length > 0) {
    const order = shuffled(random, [...rosters.keys()])
      .filter((team) => (rosters[team]?.length ?? ROSTER_SIZE) < ROSTER_SIZE)
      .map((team) => ({ team, value: worth(rosters[team] ?? []) + 4 * random.normal() }))
      .toSorted((a, b) => a.value - b.value);
    for (const { team } of order) {
      const roster = rosters[team] ?? [];
      const bigs = roster.filter(({ position }) => isBig(position)).length;
      const wantsBig = bigs < 4;
      const candidates = left.slice(0, 4);
      const choice = candidates.find(({ position }) => isBig(position) === wantsBig) ?? candidates[0];
      if (choice === undefined) break;
      left.splice(left.indexOf(choice), 1);
      roster.push(choice);
    }
  }
  return rosters.map((roster) => roster.toSorted(byTalent));
}
