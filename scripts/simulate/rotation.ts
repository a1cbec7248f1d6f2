/** How the minutes of a game are divided among the players who can play. */
import { EARLY_EXIT_SHARE, INJURY_RATE } from './availability.ts';
import type { Dressed } from './box-score.ts';
import type { Player, Profile } from './players.ts';
import { clamp, weightedChoice, type Random } from '../../shared/domain/seeded-random.ts';

/** A player with his profile of the season. */
export interface Candidate {
  readonly player: Player;
  readonly profile: Profile;
}

/** Players a team may dress for a game, and the fewest it needs. */
const MOST_DRESSED = 13;
export const FEWEST_DRESSED = 9;

/** Planned minutes by rank in the team, before they are scaled to the 240 minutes of a game. */
const MINUTES_BY_RANK = [34.2, 32.8, 31, 29, 27, 23.4, 20, 17, 14, 11.5, 8.5];
const rotationSize = weightedChoice([
  [8, 8],
  [9, 38],
  [10, 38],
  [11, 16],
]);
/** How far a player's minutes in one game differ from the plan. */
const NOISE_MINUTES = 3;
const MOST_MINUTES = 39;

/** The expected rotation: the usual ten players, the best first. */
export function usualRotation(candidates: readonly Candidate[]): Dressed[] {
  return plan(
    candidates,
    10,
    () => 0,
    () => Infinity,
  );
}

/** The rotation of one game. */
export function rotationOfGame(candidates: readonly Candidate[], random: Random): Dressed[] {
  const hurtAt = ({ fragility }: Player): number =>
    random.chance(INJURY_RATE * EARLY_EXIT_SHARE * fragility) ? 2880 * random.unit() : Infinity;
  return plan(candidates, rotationSize(random), () => NOISE_MINUTES * random.normal(), hurtAt);
}

function plan(
  candidates: readonly Candidate[],
  size: number,
  noise: () => number,
  hurtAt: (player: Player) => number,
): Dressed[] {
  const dressed = candidates.slice(0, MOST_DRESSED);
  const minutes = dressed.map(({ profile }, rank) => {
    const base = rank < size ? (MINUTES_BY_RANK[rank] ?? 0) : 0;
    // A star plays more than the best player of a team without a star.
    const star = rank < 3 ? clamp(1.6 * (profile.usage - 1.35), -1.5, 2) : 0;
    return base === 0 ? 0 : clamp(base + star + noise(), 4, MOST_MINUTES);
  });
  const total = minutes.reduce((sum, count) => sum + count, 0);
  return dressed.map(({ player, profile }, rank) => ({
    player,
    profile,
    plannedSeconds: ((minutes[rank] ?? 0) / total) * 240 * 60,
    hurtAt: hurtAt(player),
  }));
}
