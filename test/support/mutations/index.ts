/** Every kind of mistake. */
import { makeRandom, shuffled } from '../../../shared/domain/seeded-random.ts';
import { FORMS } from './forms.ts';
import { ODDS, SCHEDULES, TEAM_BOXES } from './games.ts';
import type { Ground } from './ground.ts';
import type { Kinds, Mutation } from './mutation.ts';
import { INJURIES, LINES, ROSTERS } from './names.ts';
import { NAMESAKES } from './namesakes.ts';
import { PLAYER_BOXES } from './player-boxes.ts';
import { SHOTS } from './shots.ts';

const MISTAKES: Kinds = {
  ...PLAYER_BOXES,
  ...TEAM_BOXES,
  ...SCHEDULES,
  ...ODDS,
  ...SHOTS,
  ...LINES,
  ...INJURIES,
  ...ROSTERS,
  ...NAMESAKES,
  ...FORMS,
};

/**
 * The mistake that `seed` and `number` name: each kind in turn, in an order that the seed says; undefined as in {@link Draw}. Other
 * attempts give other mistakes of the same kind.
 */
export function mutationOf(ground: Ground, seed: string, number: number, attempt = 0): Mutation | undefined {
  const kinds = shuffled(makeRandom('kinds', seed), Object.keys(MISTAKES));
  const kind = kinds[number % kinds.length] ?? '';
  const drawn = MISTAKES[kind]?.(ground, makeRandom('mutation', seed, number, attempt));
  return drawn === undefined ? undefined : { kind, ...drawn };
}
