/** The input of a simulated game (two teams with their players) and its result (box score, shots, points). */
import type { Player, Profile } from './players.ts';

/** A player who may enter the game. */
export interface Dressed {
  readonly player: Player;
  readonly profile: Profile;
  /** Minutes he would play in a game of 48 minutes that stays close to the end. */
  readonly plannedSeconds: number;
  /** Seconds after tip-off at which he is hurt and leaves the game; infinite when he is not hurt. */
  readonly hurtAt: number;
}

/** A team as it comes to a game. */
export interface Side {
  /** At least nine players, the best first. */
  readonly players: readonly Dressed[];
  /** Change of the accuracy of the team's own shots by coaching, home court and tiredness. */
  readonly offence: number;
  /** Change of the accuracy of the opponents' shots. */
  readonly defence: number;
}

/** The line of a player in the box score. */
export interface BoxLine {
  readonly player: Player;
  seconds: number;
  fieldGoals: number;
  fieldGoalAttempts: number;
  threes: number;
  threeAttempts: number;
  freeThrows: number;
  freeThrowAttempts: number;
  offensiveRebounds: number;
  defensiveRebounds: number;
  assists: number;
  steals: number;
  blocks: number;
  turnovers: number;
  fouls: number;
  points: number;
  plusMinus: number;
}

/** A field-goal attempt. `zone` is a place in `ZONE_POINTS`, or {@link BACKCOURT}. */
export interface Shot {
  readonly isHome: boolean;
  readonly playerId: number;
  /** The quarters are 1 to 4, the overtimes 5 and above. */
  readonly period: number;
  readonly secondsLeft: number;
  readonly zone: number;
  readonly made: boolean;
  readonly isPutback: boolean;
}

/** The zone of a shot from a team's own half, taken as a period ends. */
export const BACKCOURT = 5;

export interface GameResult {
  readonly home: TeamResult;
  readonly visitor: TeamResult;
  readonly overtimes: number;
  /** In the order of play. */
  readonly shots: readonly Shot[];
}

export interface TeamResult {
  readonly points: number;
  /** Points of each period; more than four when there was overtime. */
  readonly periods: readonly number[];
  /** Only players who entered the game, in the order of the bench. */
  readonly lines: readonly BoxLine[];
}
