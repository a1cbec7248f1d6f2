/**
 * Runs the simulator over many seeds. `FULLCOURT_SEEDS` says how many (default 200), `FULLCOURT_SEED` runs one seed alone;
 * a failing seed prints its number and its story, with `FULLCOURT_TRACE=1` every step of it.
 */
import { expect, it } from 'vitest';
import { simulate } from './scenario.ts';

const COUNT = Number(process.env['FULLCOURT_SEEDS'] ?? 200);
const ALONE = process.env['FULLCOURT_SEED'];

/** Seeds that are run together, so that one failing seed does not hide the others. */
const BLOCK = 20;

/** The share `part` of `parts` of the seeds, as tests. */
export function simulateShare(part: number, parts: number): void {
  const all = Array.from({ length: COUNT }, (_, i) => i).filter((seed) => seed % parts === part);
  const seeds = ALONE === undefined ? all : Number(ALONE) % parts === part ? [Number(ALONE)] : [];
  if (seeds.length === 0) it.skip('has no seeds in this share', () => undefined);
  for (let i = 0; i < seeds.length; i += BLOCK) {
    const block = seeds.slice(i, i + BLOCK);
    it(
      `ends like the clean run, seeds ${block[0]} to ${block.at(-1)} by ${parts}`,
      { timeout: 120_000 },
      async () => {
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
      },
    );
  }
}
