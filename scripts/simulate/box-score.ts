/** What comes into a game and what comes out of it. */
import type { Player, Profile } from './players.ts';

/** A player who may enter the game. */
export interface Dressed {
  readonly player: Player;
  readonly profile: Profile;
  /** How long he would play in a game of 48 minutes that stays open. */
  readonly plannedSeconds: number;
  /** Seconds after tip-off at which he is hurt and leaves; infinite when he is not. */
  readonly hurtAt: number;
}

/** A team as it comes to a game. */
export interface Side {
  /** The best first; at least nine. */
  readonly players: readonly Dressed[];
  /** Change of the accuracy of the own shots: coaching, home court, tired legs. */
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

/** A field-goal attempt. `zone` is a place in `SHOT_ZONES`, or {@link BACKCOURT}. */
export interface Shot {
  readonly isHome: boolean;
  readonly playerId: number;
  /** 1 to 4, from 5 the overtimes. */
  readonly period: number;
  readonly secondsLeft: number;
  readonly zone: number;
  readonly made: boolean;
  readonly isPutback: boolean;
}

/** A desperate shot from the own half as a period ends. */
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
