/** Players: what stays the same over a career, and how they play in one season. */
import { uniqueName } from './names.ts';
import { clamp, curveAt, type CurvePoint, type Random } from '../../shared/domain/seeded-random.ts';

/** What is known of a player over his career. Rates are multiples of the usual rate of his position. */
export interface Player {
  /** In the range of stats.nba.com, above any id given there so far. */
  readonly id: number;
  readonly name: string;
  /** ISO date. */
  readonly birthDate: string;
  readonly birthDay: number;
  readonly position: Position;
  /** False for a few newcomers whose position no source gives. */
  readonly isPositionKnown: boolean;
  readonly style: Style;
  /** How good he is now, in standard deviations of the league; changes from season to season. */
  readonly talent: number;
  /** How often he is hurt, 1 = usual. */
  readonly fragility: number;
}

/** What a player prefers to do and is good at. */
interface Style {
  readonly usage: number;
  readonly zones: readonly number[];
  readonly accuracy: readonly number[];
  readonly freeThrow: number;
  readonly foulsDrawn: number;
  readonly passing: number;
  readonly rebounding: number;
  readonly steals: number;
  readonly blocks: number;
  readonly turnovers: number;
  readonly fouls: number;
  /** Change of opponents' accuracy by his defence; negative is good. */
  readonly defence: number;
}

/**
 * Points of a made shot from each zone: rim, paint, mid-range, corner, arc. Lists by zone have this order everywhere. The
 * two corners are told apart when the shot is placed.
 */
export const ZONE_POINTS = [2, 2, 2, 3, 3] as const;

export type Position = 'G' | 'G-F' | 'F-G' | 'F' | 'F-C' | 'C-F' | 'C';

/** Rates of a position, measured on the real season 2023-24; counts per 36 minutes. */
interface Archetype {
  /** Shares of the shots from each of {@link ZONE_POINTS}, and the share of each that goes in. */
  readonly zones: readonly number[];
  readonly accuracy: readonly number[];
  readonly freeThrow: number;
  /** Free throws for each shot from the field. */
  readonly freeThrowRate: number;
  readonly offensiveRebounds: number;
  readonly defensiveRebounds: number;
  readonly assists: number;
  readonly steals: number;
  readonly blocks: number;
  readonly turnovers: number;
  readonly fouls: number;
  readonly isBig: boolean;
}

const ARCHETYPES: Readonly<Record<Position, Archetype>> = {
  G: {
    zones: [0.224, 0.19, 0.124, 0.104, 0.355],
    accuracy: [0.626, 0.437, 0.422, 0.403, 0.366],
    freeThrow: 0.827,
    freeThrowRate: 0.216,
    offensiveRebounds: 0.9,
    defensiveRebounds: 3.72,
    assists: 5.06,
    steals: 1.21,
    blocks: 0.49,
    turnovers: 2.02,
    fouls: 2.53,
    isBig: false,
  },
  'G-F': {
    zones: [0.261, 0.173, 0.134, 0.136, 0.293],
    accuracy: [0.652, 0.444, 0.418, 0.39, 0.342],
    freeThrow: 0.797,
    freeThrowRate: 0.218,
    offensiveRebounds: 1.2,
    defensiveRebounds: 4.03,
    assists: 3.38,
    steals: 1.17,
    blocks: 0.49,
    turnovers: 1.6,
    fouls: 2.67,
    isBig: false,
  },
  'F-G': {
    zones: [0.29, 0.196, 0.107, 0.109, 0.297],
    accuracy: [0.664, 0.423, 0.418, 0.375, 0.363],
    freeThrow: 0.773,
    freeThrowRate: 0.293,
    offensiveRebounds: 1.24,
    defensiveRebounds: 4.99,
    assists: 4.33,
    steals: 1.18,
    blocks: 0.64,
    turnovers: 2.07,
    fouls: 2.55,
    isBig: false,
  },
  F: {
    zones: [0.313, 0.184, 0.111, 0.121, 0.27],
    accuracy: [0.675, 0.421, 0.415, 0.382, 0.356],
    freeThrow: 0.762,
    freeThrowRate: 0.241,
    offensiveRebounds: 1.62,
    defensiveRebounds: 5.1,
    assists: 3.14,
    steals: 1.06,
    blocks: 0.74,
    turnovers: 1.78,
    fouls: 2.78,
    isBig: false,
  },
  'F-C': {
    zones: [0.405, 0.224, 0.074, 0.064, 0.231],
    accuracy: [0.704, 0.45, 0.381, 0.364, 0.351],
    freeThrow: 0.78,
    freeThrowRate: 0.327,
    offensiveRebounds: 2.77,
    defensiveRebounds: 7.19,
    assists: 3.49,
    steals: 1.03,
    blocks: 1.39,
    turnovers: 2.22,
    fouls: 3.48,
    isBig: true,
  },
  'C-F': {
    zones: [0.398, 0.238, 0.101, 0.057, 0.205],
    accuracy: [0.698, 0.493, 0.438, 0.386, 0.369],
    freeThrow: 0.765,
    freeThrowRate: 0.33,
    offensiveRebounds: 2.76,
    defensiveRebounds: 7.3,
    assists: 2.93,
    steals: 1.05,
    blocks: 1.65,
    turnovers: 2.05,
    fouls: 3.31,
    isBig: true,
  },
  C: {
    zones: [0.536, 0.269, 0.073, 0.018, 0.102],
    accuracy: [0.694, 0.489, 0.432, 0.343, 0.325],
    freeThrow: 0.694,
    freeThrowRate: 0.31,
    offensiveRebounds: 3.74,
    defensiveRebounds: 8.16,
    assists: 2.96,
    steals: 0.89,
    blocks: 1.63,
    turnovers: 1.95,
    fouls: 3.52,
    isBig: true,
  },
};

/** The positions of a roster of 17, in which every team starts. */
export const ROSTER_POSITIONS: readonly Position[] = [
  ...(['G', 'G', 'G', 'G', 'G', 'G', 'G-F', 'G-F', 'F-G'] as const),
  ...(['F', 'F', 'F', 'F', 'F-C', 'C-F', 'C', 'C'] as const),
];

/** Whether a position plays near the basket; a line-up has one or two of them. */
export function isBig(position: Position): boolean {
  return ARCHETYPES[position].isBig;
}

/** How a player plays in one season: his weights against the other four on the court, and probabilities. */
export interface Profile {
  /** His weight when it is chosen who ends a play. */
  readonly usage: number;
  readonly turnover: number;
  /** Probability that a play of his ends in free throws without a shot. */
  readonly fouled: number;
  /** Cumulative probabilities of {@link ZONE_POINTS}. */
  readonly zones: readonly number[];
  /** Probability of a make from each zone against an average defence. */
  readonly accuracy: readonly number[];
  readonly freeThrow: number;
  readonly assist: number;
  readonly offensiveRebound: number;
  readonly defensiveRebound: number;
  readonly steal: number;
  readonly block: number;
  readonly foul: number;
  readonly defence: number;
  readonly isBig: boolean;
  /** Expected points of a play he ends. */
  readonly pointsPerPlay: number;
  /** Change of {@link pointsPerPlay} for each point by which accuracy changes. */
  readonly pointsPerAccuracy: number;
}

/** Usage weight by standing in the league, 0 = the best player. */
const USAGE: readonly CurvePoint[] = [
  [0, 2.32],
  [0.01, 2.13],
  [0.03, 1.88],
  [0.06, 1.62],
  [0.12, 1.38],
  [0.22, 1.14],
  [0.35, 0.98],
  [0.6, 0.88],
  [1, 0.8],
];

/** Accuracy above the average of the position by standing in the league. */
const ACCURACY: readonly CurvePoint[] = [
  [0, 0.022],
  [0.05, 0.008],
  [0.2, -0.01],
  [0.5, -0.028],
  [1, -0.068],
];

/** Factors on every player's shares of zones. They make room for the shots at the rim that follow offensive rebounds. */
const ZONE_MIX = [0.85, 0.96, 0.98, 1.06, 1.17] as const;
/** The shares of plays in the league that end in a turnover, and in free throws. */
const TURNOVER_RATE = 0.119;
const FOULED_RATE = 0.0865;
/** Turnovers per 36 minutes at which a player of usual usage loses a usual share of his plays. */
const USUAL_TURNOVERS = 1.9;
const USUAL_FREE_THROW_RATE = 0.235;
/** Free throws for each make after a foul on the shot, by zone. */
export const AND_ONE = [0.075, 0.045, 0.02, 0.004, 0.006] as const;

/** The profile of `player` when a share `standing` (0 to 1) of the league is better than he is. */
export function profileOf(player: Player, standing: number): Profile {
  const type = ARCHETYPES[player.position];
  const { style } = player;
  const edge = curveAt(ACCURACY, standing);
  const usage = curveAt(USAGE, standing) * style.usage;
  const weights = type.zones.map((share, i) => share * (style.zones[i] ?? 1) * (ZONE_MIX[i] ?? 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const accuracy = type.accuracy.map((share, i) =>
    clamp(share + edge + (style.accuracy[i] ?? 0), 0.15, 0.85),
  );
  const freeThrow = clamp(type.freeThrow + style.freeThrow, 0.45, 0.94);
  const turnover = clamp((TURNOVER_RATE * type.turnovers * style.turnovers) / USUAL_TURNOVERS, 0.05, 0.22);
  const fouled = clamp(
    (FOULED_RATE * type.freeThrowRate * style.foulsDrawn * (0.5 + 0.36 * usage)) / USUAL_FREE_THROW_RATE,
    0.02,
    0.2,
  );

  let sum = 0;
  const zones = weights.map((weight) => (sum += weight / total));
  const shots = 1 - turnover - fouled;
  const value = (i: number): number => (ZONE_POINTS[i] ?? 2) + (AND_ONE[i] ?? 0) * freeThrow;
  const mean = (of: (i: number) => number): number =>
    weights.reduce((all, weight, i) => all + (weight / total) * of(i), 0);
  return {
    usage,
    turnover,
    fouled,
    zones,
    accuracy,
    freeThrow,
    assist: type.assists * style.passing * (0.4 + 0.55 * usage),
    offensiveRebound: type.offensiveRebounds * style.rebounding,
    defensiveRebound: type.defensiveRebounds * style.rebounding,
    steal: type.steals * style.steals,
    block: type.blocks * style.blocks,
    foul: type.fouls * style.fouls,
    defence: style.defence + (type.isBig ? -0.004 : 0.001) - edge * 0.25,
    isBig: type.isBig,
    pointsPerPlay: fouled * 2.02 * freeThrow + shots * mean((i) => (accuracy[i] ?? 0) * value(i)),
    pointsPerAccuracy: shots * mean(value),
  };
}

/** A new player. `talent` is in deviations of the league, `age` in years on `day`. */
export function makePlayer(
  random: Random,
  taken: Set<string>,
  facts: {
    readonly id: number;
    readonly position: Position;
    readonly talent: number;
    readonly age: number;
    readonly day: number;
  },
): Player {
  const around = (spread: number): number => clamp(1 + spread * random.normal(), 0.25, 2.2);
  const birthDay = facts.day - Math.round(facts.age * 365.25) - random.below(365);
  return {
    id: facts.id,
    name: uniqueName(random, taken),
    birthDate: new Date(birthDay * 86_400_000).toISOString().slice(0, 10),
    birthDay,
    position: facts.position,
    isPositionKnown: facts.talent > -0.6 || random.chance(0.85),
    style: {
      usage: around(0.11),
      zones: [around(0.28), around(0.3), around(0.5), around(0.45), around(0.42)],
      accuracy: [0.028, 0.025, 0.025, 0.02, 0.02].map((spread) => spread * random.normal()),
      freeThrow: 0.055 * random.normal(),
      foulsDrawn: around(0.26),
      passing: around(0.32),
      rebounding: around(0.17),
      steals: around(0.25),
      blocks: around(0.35),
      turnovers: around(0.16),
      fouls: around(0.17),
      defence: 0.011 * random.normal(),
    },
    talent: facts.talent,
    fragility: around(0.4),
  };
}
