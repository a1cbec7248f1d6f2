/** Which players can play in a game, and what the injury reports say of them before it. */
import type { Player } from './players.ts';
import { pick, weightedChoice, type Random } from '../../shared/domain/seeded-random.ts';

export type InjuryStatus = 'out' | 'doubtful' | 'questionable' | 'probable' | 'available';

/** A line of an injury report. */
export interface Report {
  readonly status: InjuryStatus;
  readonly reason: string;
  /** Minutes before tip-off. */
  readonly minutesBefore: number;
}

/** Whether a player can play in one game, and the reports on him. */
export interface Availability {
  readonly plays: boolean;
  /** The earlier report first. Most who play have no report. Neither have a few who do not play. */
  readonly reports: readonly Report[];
}

/** The injuries of a season: who is hurt, and until which day. */
export interface Infirmary {
  /** Whether `player` can play on `day`, and the reports on him. */
  readonly examine: (player: Player, occasion: Occasion) => Availability;
  /** Hurts `player`, who then misses the days after `day`. */
  readonly hurt: (player: Player, day: number) => void;
  /** Declares `player` fit, because his team would lack players without him. */
  readonly recall: (player: Player) => void;
}

/** What decides whether one player can play on one day. */
export interface Occasion {
  readonly day: number;
  /** Whether the team played the day before. */
  readonly isBackToBack: boolean;
  /** His rank in the team; 0 is the best player. */
  readonly rank: number;
  readonly isTwoWay: boolean;
}

const BODY_PARTS = [
  'Ankle',
  'Knee',
  'Hamstring',
  'Calf',
  'Groin',
  'Foot',
  'Shoulder',
  'Wrist',
  'Quadriceps',
  'Hip',
];
const TROUBLES = ['Sprain', 'Soreness', 'Strain', 'Contusion', 'Tendinitis', 'Injury Management'];

/** How many days an injury lasts. */
const absence = weightedChoice<readonly [number, number]>([
  [[2, 5], 46],
  [[5, 11], 26],
  [[12, 30], 19],
  [[31, 70], 7],
  [[90, 240], 2],
]);

/** Probability that a player is hurt on a day he plays. */
export const INJURY_RATE = 0.029;
/** Of those who are hurt, the share that leaves the game early. */
export const EARLY_EXIT_SHARE = 0.4;

const KNOCK_RATE = 0.035;
const knockStatus = weightedChoice<InjuryStatus>([
  ['probable', 45],
  ['questionable', 45],
  ['doubtful', 10],
]);
const PLAYS_IN_SPITE: Readonly<Record<InjuryStatus, number>> = {
  out: 0,
  doubtful: 0.05,
  questionable: 0.55,
  probable: 0.94,
  available: 1,
};
/** Does not play, without any report. */
const LATE_SCRATCH_RATE = 0.003;
/** An injury of the last days that the team has not reported. */
const UNREPORTED_RATE = 0.02;
const STAR_REST_RATE = 0.13;
/** A player with a two-way contract who is with his club's other team, in a lower league. */
const TWO_WAY_AWAY_RATE = 0.5;

const EARLY_REPORT = 330;
const LATE_REPORT = 60;

/** Keeps the injuries of one season. */
export function openInfirmary(random: Random): Infirmary {
  const absences = new Map<number, { readonly until: number; readonly reason: string }>();
  const inventReason = (): string =>
    `Injury/Illness - ${pick(random, ['Left', 'Right'])} ${pick(random, BODY_PARTS)}; ${pick(random, TROUBLES)}`;

  return {
    hurt: (player, day) => {
      const [least, most] = absence(random);
      absences.set(player.id, { until: day + random.between(least, most), reason: inventReason() });
    },
    recall: (player) => {
      absences.delete(player.id);
    },
    examine: (player, { day, isBackToBack, rank, isTwoWay }) => {
      const current = absences.get(player.id);
      if (current !== undefined && current.until >= day) {
        return { plays: false, reports: reportsOfAbsence(current.until - day, current.reason, random) };
      }
      if (isTwoWay && random.chance(TWO_WAY_AWAY_RATE)) {
        return {
          plays: false,
          reports: [{ status: 'out', reason: 'G League - Two-Way', minutesBefore: EARLY_REPORT }],
        };
      }
      if (isBackToBack && rank < 2 && random.chance(STAR_REST_RATE)) {
        return { plays: false, reports: [{ status: 'out', reason: 'Rest', minutesBefore: EARLY_REPORT }] };
      }
      if (random.chance(LATE_SCRATCH_RATE)) return { plays: false, reports: [] };
      const isReturning = current !== undefined && current.until === day - 1;
      return isReturning || random.chance(KNOCK_RATE)
        ? knock(current?.reason ?? inventReason(), random)
        : HEALTHY;
    },
  };
}

const HEALTHY: Availability = { plays: true, reports: [] };

/** The reports on a player who is hurt for `daysLeft` more days. In the last days he may first be listed as doubtful. */
function reportsOfAbsence(daysLeft: number, reason: string, random: Random): readonly Report[] {
  if (random.chance(UNREPORTED_RATE)) return [];
  if (daysLeft > 2 || random.chance(0.4)) return [{ status: 'out', reason, minutesBefore: EARLY_REPORT }];
  const first: Report = {
    status: random.chance(0.5) ? 'doubtful' : 'questionable',
    reason,
    minutesBefore: EARLY_REPORT,
  };
  return random.chance(0.85) ? [first, { status: 'out', reason, minutesBefore: LATE_REPORT }] : [first];
}

/** The reports on a player with a minor injury. He is listed, and often plays. */
function knock(reason: string, random: Random): Availability {
  const status = knockStatus(random);
  const plays = random.chance(PLAYS_IN_SPITE[status]);
  const first: Report = { status, reason, minutesBefore: EARLY_REPORT };
  if (!random.chance(0.75)) return { plays, reports: [first] };
  return {
    plays,
    reports: [first, { status: plays ? 'available' : 'out', reason, minutesBefore: LATE_REPORT }],
  };
}
