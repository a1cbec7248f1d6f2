/**
 * Simulates one game, play by play: who is on the court, who ends each play and how. Every event adds to all counts that it
 * belongs to. So the sums of a box score always agree with each other, with the shots and with the score.
 */
import { BACKCOURT, type GameResult, type Shot, type Side, type TeamResult } from './box-score.ts';
import {
  choose,
  chooseFouler,
  chooseUser,
  commitFoul,
  makeCourt,
  mustLeave,
  QUARTER,
  substitute,
  type Court,
  type InGame,
  type PeriodFacts,
} from './court.ts';
import { AND_ONE, ZONE_POINTS, type Profile } from './players.ts';
import { clamp, type Random } from '../../shared/domain/seeded-random.ts';

/** Seconds of an overtime. */
const OVERTIME = 300;
/** The third overtime is the last one, so that nobody plays more than 63 minutes. Loaders refuse more than 65. */
const LAST_PERIOD = 7;

/** Mean seconds of a possession before a miss is rebounded, at which a game has the usual number of possessions. */
const POSSESSION_SECONDS = 14.2;
/** How much accuracy a team loses for each point of its lead. It makes leads shrink, as they do in real games. */
const RUBBER_BAND = 0.0016;
/** In the last minutes the team behind hurries, and the team ahead takes its time. */
const FINISH_SECONDS = 240;
const RUBBER_BAND_AT_THE_END = 0.006;
/** After a missed shot: the ball goes to a rebounder of the offence, of the defence, or out of bounds to one of them. */
const REBOUNDS = { offensive: 0.228, defensive: 0.678, outToOffence: 0.03 } as const;
/** The same after a missed last free throw. */
const FREE_THROW_REBOUNDS = { offensive: 0.11, defensive: 0.79, outToOffence: 0.02 } as const;
const STEAL_RATE = 0.578;
const OFFENSIVE_FOUL_RATE = 0.15;
/** Fouls away from the ball, for each possession. */
const LOOSE_FOUL_RATE = 0.05;
/** Of missed shots, by zone. */
const BLOCK_RATE = [0.3, 0.205, 0.055, 0.016, 0.02, 0] as const;
/** Of made shots, by zone. */
const ASSIST_RATE = [0.64, 0.54, 0.48, 0.96, 0.87, 0.2] as const;
const BACKCOURT_ACCURACY = 0.02;

/** Plays a game. `slowness` is by how many seconds a possession is longer than usual, by the style of both teams. */
export function playGame(random: Random, home: Side, visitor: Side, slowness: number): GameResult {
  const homeCourt = makeCourt(random, home, true);
  const visitorCourt = makeCourt(random, visitor, false);
  const shots: Shot[] = [];
  const firstBall = random.chance(0.5);
  let elapsed = 0;
  let period = 0;
  while (period < 4 || homeCourt.points === visitorCourt.points) {
    period += 1;
    const length = period <= 4 ? QUARTER : OVERTIME;
    // The team that wins the tip-off has the ball first in the first and the last quarter.
    const homeBegins = period > 4 ? random.chance(0.5) : (period === 1 || period === 4) === firstBall;
    playPeriod({ random, shots, period, length, elapsed, slowness }, homeCourt, visitorCourt, homeBegins);
    elapsed += length;
  }
  return {
    home: resultOf(homeCourt),
    visitor: resultOf(visitorCourt),
    overtimes: period - 4,
    shots,
  };
}

function resultOf({ points, periods, bench }: Court): TeamResult {
  return { points, periods, lines: bench.map(({ line }) => line).filter(({ seconds }) => seconds > 0) };
}

/** Seconds between two looks at the bench. */
const SUBSTITUTION_SECONDS = 110;

function playPeriod(facts: PeriodFacts, home: Court, visitor: Court, homeBegins: boolean): void {
  const { random, length, period, slowness } = facts;
  const before = [home.points, visitor.points] as const;
  let clock = length;
  let homeHasBall = homeBegins;
  let nextLook = length;
  let stintStart = length;
  let [stintHome, stintVisitor] = before;

  const endStint = (): void => {
    const margin = home.points - stintHome - (visitor.points - stintVisitor);
    for (const { line } of home.five) {
      line.seconds += stintStart - clock;
      line.plusMinus += margin;
    }
    for (const { line } of visitor.five) {
      line.seconds += stintStart - clock;
      line.plusMinus -= margin;
    }
    [stintStart, stintHome, stintVisitor] = [clock, home.points, visitor.points];
  };

  while (clock > 0) {
    if (clock <= nextLook || mustLeave(home, facts, clock) || mustLeave(visitor, facts, clock)) {
      if (clock < length) endStint();
      substitute(home, home.points - visitor.points, facts, clock);
      substitute(visitor, visitor.points - home.points, facts, clock);
      nextLook = clock - SUBSTITUTION_SECONDS;
    }
    const [offence, defence] = homeHasBall ? [home, visitor] : [visitor, home];
    if (random.chance(LOOSE_FOUL_RATE)) commitFoul(chooseFouler(random, defence.five));
    const seconds =
      3 + (random.unit() + random.unit() + random.unit()) * ((POSSESSION_SECONDS + slowness - 3) / 1.5);
    clock =
      seconds < clock
        ? playPossession(facts, offence, defence, clock - seconds)
        : endPeriod(facts, offence, clock);
    homeHasBall = !homeHasBall;
  }
  if (period >= LAST_PERIOD && home.points === visitor.points)
    winAtTheLine(random, ...(homeHasBall ? ([home, visitor] as const) : ([visitor, home] as const)));
  endStint();
  home.periods.push(home.points - before[0]);
  visitor.periods.push(visitor.points - before[1]);
}

/** A foul as the game ends, and a free throw that decides it. */
function winAtTheLine(random: Random, offence: Court, defence: Court): void {
  commitFoul(chooseFouler(random, defence.five));
  const { line } = chooseUser(random, offence.five);
  line.freeThrowAttempts += 1;
  line.freeThrows += 1;
  line.points += 1;
  offence.points += 1;
}

/** Ends a period during a play: sometimes with a last shot, from far away when there is no time for a better one. */
function endPeriod({ random, shots, period }: PeriodFacts, offence: Court, clock: number): number {
  const hasTime = clock >= 3;
  if (!random.chance(hasTime ? 0.6 : 0.18)) return 0;
  const shooter = chooseUser(random, offence.five);
  const zone = hasTime ? (random.chance(0.5) ? 4 : 2) : BACKCOURT;
  const accuracy = hasTime ? (shooter.profile.accuracy[zone] ?? 0) - 0.06 : BACKCOURT_ACCURACY;
  const made = random.chance(accuracy);
  recordShot(offence, shooter, zone, made);
  shots.push({
    isHome: offence.isHome,
    playerId: shooter.line.player.id,
    period,
    secondsLeft: 0,
    zone,
    made,
    isPutback: false,
  });
  return 0;
}

/** Plays a possession whose first play ends at `clock`. @returns the clock at the end of the possession */
function playPossession(facts: PeriodFacts, offence: Court, defence: Court, clock: number): number {
  const { random, shots, period } = facts;
  let now = clock;
  let rebounder: InGame | undefined;
  for (;;) {
    const lead = offence.points - defence.points;
    const putback =
      rebounder !== undefined && random.chance(rebounder.profile.isBig ? 0.6 : 0.35) ? rebounder : undefined;
    const user = putback ?? chooseUser(random, offence.five);
    const { profile, line } = user;
    const draw = putback === undefined ? random.unit() : 1 - random.unit() * 0.9;
    let rebound: Rebounds | undefined;
    if (draw < profile.turnover) {
      line.turnovers += 1;
      if (random.chance(STEAL_RATE)) choose(random, defence.five, 'steal').line.steals += 1;
      else if (random.chance(OFFENSIVE_FOUL_RATE / (1 - STEAL_RATE))) commitFoul(user);
      return now;
    } else if (draw < profile.turnover + profile.fouled) {
      commitFoul(chooseFouler(random, defence.five));
      const isLastMade = shootFreeThrows(random, offence, user, random.chance(0.03) ? 3 : 2);
      if (isLastMade) return now;
      rebound = FREE_THROW_REBOUNDS;
    } else {
      const zone = putback === undefined ? zoneOf(random, profile, facts, lead, now) : 0;
      const pull =
        period >= 4 && now < FINISH_SECONDS && Math.abs(lead) <= 8 ? RUBBER_BAND_AT_THE_END : RUBBER_BAND;
      const accuracy =
        (profile.accuracy[zone] ?? 0) +
        user.form +
        offence.side.offence +
        defence.defence -
        pull * clamp(lead, -30, 30);
      const made = random.chance(accuracy);
      recordShot(offence, user, zone, made);
      shots.push({
        isHome: offence.isHome,
        playerId: line.player.id,
        period,
        secondsLeft: Math.floor(now),
        zone,
        made,
        isPutback: putback !== undefined,
      });
      const isBlocked = !made && random.chance(BLOCK_RATE[zone] ?? 0);
      if (isBlocked) choose(random, defence.five, 'block').line.blocks += 1;
      if (made) {
        if (putback === undefined && random.chance(ASSIST_RATE[zone] ?? 0))
          assist(random, offence.five, user);
        if (!random.chance(AND_ONE[zone] ?? 0)) return now;
        commitFoul(chooseFouler(random, defence.five));
        if (shootFreeThrows(random, offence, user, 1)) return now;
        rebound = FREE_THROW_REBOUNDS;
      } else {
        rebound = REBOUNDS;
      }
    }
    const bounce = random.unit();
    if (bounce < rebound.offensive) {
      rebounder = choose(random, offence.five, 'offensiveRebound');
      rebounder.line.offensiveRebounds += 1;
    } else if (bounce < rebound.offensive + rebound.defensive) {
      choose(random, defence.five, 'defensiveRebound').line.defensiveRebounds += 1;
      return now;
    } else if (bounce < rebound.offensive + rebound.defensive + rebound.outToOffence) {
      rebounder = undefined;
    } else {
      return now;
    }
    now -= 1 + 9 * random.unit() * random.unit() + (rebounder === undefined ? 6 : 0);
    if (now <= 0) return 0;
  }
}

type Rebounds = typeof REBOUNDS | typeof FREE_THROW_REBOUNDS;

/** The zone that a player shoots from. A team that needs three points at the end takes a three-pointer. */
function zoneOf(
  random: Random,
  { zones }: Profile,
  { period }: PeriodFacts,
  lead: number,
  clock: number,
): number {
  if (period >= 4 && clock < 30 && lead <= -3 && lead >= -9) return 4;
  const draw = random.unit();
  const zone = zones.findIndex((upTo) => draw < upTo);
  return zone === -1 ? zones.length - 1 : zone;
}

function recordShot(court: Court, { line }: InGame, zone: number, made: boolean): void {
  const points = zone === BACKCOURT ? 3 : (ZONE_POINTS[zone] ?? 2);
  line.fieldGoalAttempts += 1;
  if (points === 3) line.threeAttempts += 1;
  if (!made) return;
  line.fieldGoals += 1;
  if (points === 3) line.threes += 1;
  line.points += points;
  court.points += points;
}

/** Shoots `count` free throws. @returns whether the last one went in */
function shootFreeThrows(random: Random, court: Court, { line, profile }: InGame, count: number): boolean {
  let isMade = false;
  for (let i = 0; i < count; i += 1) {
    isMade = random.chance(profile.freeThrow);
    line.freeThrowAttempts += 1;
    if (!isMade) continue;
    line.freeThrows += 1;
    line.points += 1;
    court.points += 1;
  }
  return isMade;
}

function assist(random: Random, five: readonly InGame[], scorer: InGame): void {
  const others = five.filter((player) => player !== scorer);
  choose(random, others, 'assist').line.assists += 1;
}
