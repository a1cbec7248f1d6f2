/** What `npm test` says that it leaves out is there, and what is drawn is drawn again by the same commit. */
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LEFT_TO_THE_GATE } from '../scripts/left-to-the-gate.ts';
import { makeRandom } from '../shared/domain/seeded-random.ts';
import { drawn, drawnNumbers, drawnOf, drawnStretch } from './support/draw.ts';
import { proof, readProof } from './support/proof.ts';
import { seedsFor } from './support/seeds.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

describe('what npm test leaves to the gate', () => {
  it.each(LEFT_TO_THE_GATE.flatMap(({ files }) => files))('%s are files of tests', (glob) => {
    const found = globSync(glob, { cwd: root }).filter((file) => file.endsWith('.test.ts'));
    expect(found.length).toBeGreaterThan(0);
  });

  it('is asked for by one of three words', () => {
    expect([undefined, 'small', 'ci', 'all'].map(readProof)).toEqual(['ci', 'small', 'ci', 'all']);
    expect(() => readProof('most')).toThrow('FULLCOURT_PROOF is most; it can be small, ci, all');
  });
});

describe('a draw', () => {
  it('is the same for the same purpose, and another for another', () => {
    const dates = (purpose: string): number[] => drawnNumbers(drawn(purpose), 10, 1000);
    expect(dates('leakage')).toEqual(dates('leakage'));
    expect(dates('leakage')).not.toEqual(dates('seeds'));
  });

  it('gives as many different numbers as were asked for, and refuses more than there are', () => {
    const numbers = drawnNumbers(makeRandom(1), 5, 5);
    expect(numbers).toEqual([0, 1, 2, 3, 4]);
    expect(() => drawnNumbers(makeRandom(1), 6, 5)).toThrow(RangeError);
  });

  it('takes some of a list in their order, others for another purpose, and the whole list when it is shorter', () => {
    const list = Array.from({ length: 20 }, (_, i) => i);
    const some = drawnOf(list, 7, 'some');
    expect(some).toHaveLength(7);
    expect(some).toEqual(list.filter((each) => some.includes(each)));
    expect(drawnOf(list, 7, 'others')).not.toEqual(some);
    expect(drawnOf(list, 30, 'some')).toEqual(list);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('takes neighbours, seed %i', (seed) => {
    const list = Array.from({ length: 20 }, (_, i) => i);
    const stretch = drawnStretch(makeRandom(seed), list, 7);
    expect(stretch).toHaveLength(7);
    expect(stretch).toEqual(list.slice(stretch[0], (stretch[0] ?? 0) + 7));
    expect(drawnStretch(makeRandom(seed), list, 30)).toEqual(list);
  });

  it.skipIf(proof === 'small')('always has the seeds that failed once', () => {
    expect(seedsFor('model', { small: 1, ci: 10, all: 10 })).toEqual(
      expect.arrayContaining([294, 786, 795, 1958]),
    );
  });
});
