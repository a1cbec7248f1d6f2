/** Which players are on the court, and which of them shoots, rebounds, fouls or is substituted. */
import type { BoxLine, Dressed, Shot, Side } from './box-score.ts';
import type { Profile } from './players.ts';
import { clamp, type Random } from '../../shared/domain/seeded-random.ts';

/** Seconds of a quarter. */
export const QUARTER = 720;
/** Seconds of a game without overtime. */
const REGULATION = 4 * QUARTER;
const FOUL_LIMIT = 6;

/** A player during a game. */
export interface InGame {
  readonly line: BoxLine;
  readonly profile: Profile;
  readonly dressed: Dressed;
  /** His rank in the team; 0 is the best player. */
  readonly rank: number;
  /** Usage and accuracy on this day. */
  readonly usage: number;
  readonly form: number;
  isOn: boolean;
}

/** A team during a game. */
export interface Court {
  readonly isHome: boolean;
  readonly side: Side;
  readonly bench: readonly InGame[];
  readonly periods: number[];
  five: readonly InGame[];
  defence: number;
  points: number;
}

export type Weight = 'assist' | 'offensiveRebound' | 'defensiveRebound' | 'steal' | 'block' | 'foul';

export interface PeriodFacts {
  readonly random: Random;
  readonly shots: Shot[];
  readonly period: number;
  readonly length: number;
  /** Seconds played before it. */
  readonly elapsed: number;
  readonly slowness: number;
}

export function makeCourt(random: Random, side: Side, isHome: boolean): Court {
  const bench = side.players.map((dressed, rank): InGame => ({
    line: {
      ...{ player: dressed.player, seconds: 0, points: 0, plusMinus: 0 },
      ...{
        fieldGoals: 0,
        fieldGoalAttempts: 0,
        threes: 0,
        threeAttempts: 0,
        freeThrows: 0,
        freeThrowAttempts: 0,
      },
      ...{
        offensiveRebounds: 0,
        defensiveRebounds: 0,
        assists: 0,
        steals: 0,
        blocks: 0,
        turnovers: 0,
        fouls: 0,
      },
    },
    profile: dressed.profile,
    dressed,
    rank,
    usage: dressed.profile.usage * clamp(1 + 0.17 * random.normal(), 0.5, 1.6),
    form: 0.015 * random.normal(),
    isOn: false,
  }));
  return { isHome, side, bench, periods: [], five: [], defence: 0, points: 0 };
}

export function choose(random: Random, players: readonly InGame[], weight: Weight): InGame {
  let total = 0;
  for (const { profile } of players) total += profile[weight];
  let left = random.unit() * total;
  for (const player of players) {
    left -= player.profile[weight];
    if (left < 0) return player;
  }
  return lastOf(players);
}

export function chooseUser(random: Random, players: readonly InGame[]): InGame {
  let total = 0;
  for (const { usage } of players) total += usage;
  let left = random.unit() * total;
  for (const player of players) {
    left -= player.usage;
    if (left < 0) return player;
  }
  return lastOf(players);
}

/** Players with many fouls commit fewer. */
export function chooseFouler(random: Random, five: readonly InGame[]): InGame {
  const player = choose(random, five, 'foul');
  return player.line.fouls >= 3 && random.chance(0.5) ? choose(random, five, 'foul') : player;
}

/** A player who has fouled out stays on the court until the play is over, but commits no more fouls. */
export function commitFoul({ line }: InGame): void {
  line.fouls = Math.min(FOUL_LIMIT, line.fouls + 1);
}

function lastOf(players: readonly InGame[]): InGame {
  const last = players.at(-1);
  if (last === undefined) throw new RangeError('Nobody is on the court');
  return last;
}

/** Whether somebody on the court has fouled out or been hurt. */
export function mustLeave({ five }: Court, { elapsed, length }: PeriodFacts, clock: number): boolean {
  const played = elapsed + length - clock;
  for (const { line, dressed } of five) if (line.fouls >= FOUL_LIMIT || dressed.hurtAt <= played) return true;
  return false;
}

/**
 * Chooses the five who play next: those who are furthest behind their planned minutes. Preferred are players on the court,
 * the best players at a close finish, and the last players of the bench when the game is decided.
 */
export function substitute(
  court: Court,
  lead: number,
  { period, elapsed, length }: PeriodFacts,
  clock: number,
): void {
  const played = elapsed + length - clock;
  const isLate = period >= 4 && clock <= 330;
  const isClose = isLate && Math.abs(lead) <= 12;
  const isDecided =
    period === 4 && ((clock <= 420 && Math.abs(lead) >= 23) || (clock <= 180 && Math.abs(lead) >= 16));
  const wishFor = ({ line, dressed, rank, isOn }: InGame): number => {
    if (line.fouls >= FOUL_LIMIT || dressed.hurtAt <= played) return -1e6 - line.fouls;
    const due = (dressed.plannedSeconds / REGULATION) * (played + 150) - line.seconds;
    const start = played === 0 && rank < 5 ? 500 : 0;
    const inertia = isOn ? 80 : 0;
    const finish = isClose ? 400 - 80 * rank : isDecided ? (rank < 7 ? -900 : 250) : 0;
    const foulTrouble = line.fouls > period && (period <= 3 || clock > 300) ? -350 : 0;
    return due + start + inertia + finish + foulTrouble - rank * 0.01;
  };
  const ordered = court.bench
    .map((player) => ({ player, wish: wishFor(player) }))
    .toSorted((a, b) => b.wish - a.wish);
  const five = balanced(
    ordered.map(({ player }) => player),
    ordered.findIndex(({ wish }) => wish < -1e5),
  );
  for (const player of court.bench) player.isOn = false;
  for (const player of five) player.isOn = true;
  court.five = five;
  court.defence = court.side.defence + five.reduce((sum, { profile }) => sum + profile.defence, 0) / 5;
}

/** The first five, with one or two players who play near the basket. `end` is the place of the first who cannot play; -1 for none. */
function balanced(ordered: readonly InGame[], end: number): InGame[] {
  const five = ordered.slice(0, 5);
  const others = ordered.slice(5, end === -1 ? undefined : Math.max(5, end));
  const bigs = five.filter(({ profile }) => profile.isBig).length;
  if (bigs >= 1 && bigs <= 2) return five;
  const wantsBig = bigs === 0;
  const incoming = others.find(({ profile }) => profile.isBig === wantsBig);
  const outgoing = five.findLast(({ profile }) => profile.isBig !== wantsBig);
  if (incoming === undefined || outgoing === undefined) return five;
  return five.map((player) => (player === outgoing ? incoming : player));
}
