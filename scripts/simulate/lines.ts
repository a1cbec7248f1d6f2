/** What bookmakers expect of a game and of its players, and the lines they make of it. */
import type { Dressed, Side } from './box-score.ts';
import type { Player } from './players.ts';
import { clamp, type Random } from '../../shared/domain/seeded-random.ts';

/** What is expected of one team in a game. */
export interface Expectation {
  readonly points: number;
  readonly players: readonly { readonly player: Player; readonly points: number }[];
}

/** Plays of a team in 48 minutes, those after offensive rebounds included. */
const PLAYS = 112.1;
/** The final margin as a share of the expected one. It is below 1, because leads shrink (`RUBBER_BAND` of the game). */
const MARGIN_LEFT = 0.64;

/** What `side` is expected to score against `opponent` with `pace` possessions more than usual. */
export function expectedOf(side: Side, opponent: Side, pace: number): Expectation {
  const sumOf = (players: readonly Dressed[], of: (dressed: Dressed) => number): number =>
    players.reduce((sum, dressed) => sum + of(dressed), 0);
  const defence =
    sumOf(opponent.players, ({ plannedSeconds, profile }) => plannedSeconds * profile.defence) /
    sumOf(opponent.players, ({ plannedSeconds }) => plannedSeconds);
  const shift = side.offence + opponent.defence + defence;
  const plays = PLAYS + 1.1 * pace;
  const usage = sumOf(side.players, ({ plannedSeconds, profile }) => plannedSeconds * profile.usage);
  const players = side.players.map(({ player, profile, plannedSeconds }) => ({
    player,
    points:
      plays *
      ((plannedSeconds * profile.usage) / usage) *
      (profile.pointsPerPlay + shift * profile.pointsPerAccuracy),
  }));
  return { points: players.reduce((sum, { points }) => sum + points, 0), players };
}

/** The lines of a game as its row shows them; null where no line was offered. */
export interface GameLines {
  /** The spread of the home team; negative when it is the favourite. */
  readonly spread: number | null;
  readonly total: number | null;
  readonly moneylineHome: number | null;
  readonly moneylineVisitor: number | null;
}

/** Share of games without a line. */
const NO_LINE_RATE = 0.03;
/** How far the market is off, in points. */
const SPREAD_ERROR = 1.3;
const TOTAL_ERROR = 2;

export function gameLines(random: Random, home: Expectation, visitor: Expectation): GameLines {
  const margin = MARGIN_LEFT * (home.points - visitor.points) + SPREAD_ERROR * random.normal();
  const sum = home.points + visitor.points + TOTAL_ERROR * random.normal();
  if (random.chance(NO_LINE_RATE))
    return { spread: null, total: null, moneylineHome: null, moneylineVisitor: null };
  const spread = clamp(-lineNear(random, margin), -24, 24);
  const favour = -spread / 11;
  const chance = 0.5 + favour / (2 * Math.sqrt(1 + favour * favour));
  return {
    spread: spread + 0,
    total: lineNear(random, sum),
    moneylineHome: moneyline(chance + 0.022),
    moneylineVisitor: moneyline(1 - chance + 0.022),
  };
}

/** A line near `value`. It mostly ends in .5, so that no result equals the line. */
function lineNear(random: Random, value: number): number {
  return random.chance(0.85) ? Math.floor(value) + 0.5 : Math.round(value);
}

/** The American odds of an outcome with this probability, to which the bookmaker's share is already added. */
function moneyline(probability: number): number {
  const p = clamp(probability, 0.03, 0.97);
  return p >= 0.5 ? -Math.round((100 * p) / (1 - p) / 5) * 5 : Math.round((100 * (1 - p)) / p / 5) * 5;
}

/** A line on the points of a player. */
export interface PropLine {
  readonly player: Player;
  readonly bookmaker: string;
  readonly line: number;
  readonly overPrice: number;
  readonly underPrice: number;
  readonly isMainLine: boolean;
  /** Seconds before tip-off. */
  readonly secondsBefore: number;
}

/** The bookmakers: how often each has a line on a player, and how many minutes before tip-off the line is seen. */
const BOOKS = [
  { key: 'draftkings', share: 0.97, earliest: 420 },
  { key: 'fanduel', share: 0.94, earliest: 360 },
  { key: 'betmgm', share: 0.75, earliest: 600 },
  { key: 'caesars', share: 0.6, earliest: 300 },
] as const;

/** Players of a team with a line. */
const PLAYERS_WITH_LINE = 5;
const LATEST_MINUTES = 35;
const LOWEST_LINE = 4.5;
/** The mean of a player's points less their median. It is positive, because a few very high scores lift the mean. */
const MEDIAN_BELOW_MEAN = 0.45;
/** How far the market is off on a player, in points, and how far the bookmakers differ. */
const PROP_ERROR = 0.7;
const BOOK_ERROR = 0.3;

/** The points of a player in this season, and the points that were expected of him. */
export interface ScoringRecord {
  readonly points: number;
  readonly expected: number;
}

/** Points of expectation that the model of a player counts for, against what he has shown. */
const TRUST_IN_MODEL = 90;

/** The lines on the players of one side; `recordOf` what they have shown so far. */
export function propLines(
  random: Random,
  side: Expectation,
  recordOf: (player: Player) => ScoringRecord,
): PropLine[] {
  const offered = side.players
    .map(({ player, points }) => {
      const record = recordOf(player);
      return {
        player,
        points: (points * (record.points + TRUST_IN_MODEL)) / (record.expected + TRUST_IN_MODEL),
      };
    })
    .toSorted((left, right) => right.points - left.points)
    .slice(0, PLAYERS_WITH_LINE);
  const lines: PropLine[] = [];
  for (const { player, points } of offered) {
    const market = points - MEDIAN_BELOW_MEAN + PROP_ERROR * random.normal();
    if (market < LOWEST_LINE || random.chance(0.04)) continue;
    const books = BOOKS.filter(({ share }) => random.chance(share));
    for (const { key, earliest } of books.length < 2 ? BOOKS.slice(0, 2) : books) {
      const opinion = market + BOOK_ERROR * random.normal();
      const line = Math.floor(opinion) + 0.5;
      const secondsBefore = random.between(LATEST_MINUTES * 60, earliest * 60);
      const cents = Math.round(16 * (opinion - line)) + random.below(3);
      const quote = { player, bookmaker: key, secondsBefore };
      lines.push({
        ...quote,
        line,
        overPrice: american(-114 - cents),
        underPrice: american(-114 + cents),
        isMainLine: true,
      });
      if (key === 'fanduel' && points > 20 && random.chance(0.3)) {
        const price = 230 + 10 * random.below(8);
        lines.push({
          ...quote,
          line: line + 5,
          overPrice: price,
          underPrice: -(price + 90),
          isMainLine: false,
        });
      }
    }
  }
  return lines;
}

/** American odds between -100 and 100 do not exist; such a value is moved to 100 and above. */
function american(odds: number): number {
  return odds > -100 ? odds + 200 : odds;
}
