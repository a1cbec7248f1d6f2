/** Every kind of mistake, and which of them a run tries. */
import { makeRandom, pick, shuffled } from '../../../shared/domain/seeded-random.ts';
import { FORMS } from './forms.ts';
import { ODDS, SCHEDULES, TEAM_BOXES } from './games.ts';
import type { Ground } from './ground.ts';
import type { Kinds, Mutation } from './mutation.ts';
import { INJURIES, LINES, ROSTERS } from './names.ts';
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
  ...FORMS,
};

/**
 * The mistakes of the trial that `seed` and `number` name: in even trials one, each kind in turn; in odd ones two at once. The
 * seed says in which order the kinds come.
 */
export function mutationsOf(ground: Ground, seed: string, number: number): Mutation[] {
  const kinds = shuffled(makeRandom('kinds', seed), Object.keys(MISTAKES));
  const random = makeRandom('mutation', seed, number);
  const first = kinds[Math.floor(number / 2) % kinds.length] ?? '';
  const second = pick(random, kinds);
  return [first, ...(number % 2 === 0 || second === first ? [] : [second])].flatMap((kind) => {
    const drawn = MISTAKES[kind]?.(ground, random);
    return drawn === undefined ? [] : [{ kind, ...drawn }];
  });
}
