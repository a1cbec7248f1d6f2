/**
 * Runs the simulator over many seeds. A failing seed prints its number and its story, with `FULLCOURT_TRACE=1` every step
 * of it.
 */
import { expect, it } from 'vitest';
import { seedsFor } from './seeds.ts';
import { simulate } from './scenario.ts';

const SEEDS = seedsFor('model', { small: 40, ci: 160, all: 1000 });

/** Seeds that are run together, so that one failing seed does not hide the others. */
const BLOCK = 20;

/** The share `part` of `parts` of the seeds, as tests. */
export function simulateShare(part: number, parts: number): void {
  const seeds = SEEDS.filter((seed) => seed % parts === part);
  if (seeds.length === 0) it.skip('has no seeds in this share', () => undefined);
  for (let i = 0; i < seeds.length; i += BLOCK) {
    const block = seeds.slice(i, i + BLOCK);
    it(`ends like the clean run, seeds ${block[0]} to ${block.at(-1)} by ${parts}`, async () => {
      const failures: string[] = [];
      for (const seed of block) {
        const { broken, story, world } = await simulate(seed);
        if (broken.length === 0) continue;
        failures.push(
          `seed ${seed} (replay: FULLCOURT_SEED=${seed})`,
          ...story,
          ...broken.slice(0, 10),
          ...world.trace,
        );
      }
      expect(failures.join('\n')).toBe('');
    });
  }
}
