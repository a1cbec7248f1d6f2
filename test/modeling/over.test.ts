/** How often points lie over a line, by how far the prediction lies above it. */
import { describe, expect, it } from 'vitest';
import { makeRandom } from '../../shared/domain/seeded-random.ts';
import { overAt, overMapOf } from '../../shared/modeling/over.ts';
import { drawn } from '../support/draw.ts';

/** Games in which the line knows the level and the prediction sees it with noise. */
function games(seed: number, count: number, truth: number) {
  const random = makeRandom('over', seed);
  const [predicted, lines, actual]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < count; i += 1) {
    const edge = 3 * random.normal();
    const line = Math.floor(20 * random.unit()) + 10.5;
    lines.push(line);
    predicted.push(line + edge);
    actual.push(Math.round(line + truth * edge + 6 * random.normal()));
  }
  return [predicted, lines, actual].map((values) => Float64Array.from(values)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
}

const SEED = drawn('over').below(1000);

describe('the probability of over', () => {
  it('never falls with the edge, and shrinks one that proves nothing to one half', () => {
    const map = overMapOf(...games(SEED, 4000, 0)) ?? [];
    for (const [i, { probability }] of map.entries()) {
      expect(probability).toBeGreaterThanOrEqual(map[i - 1]?.probability ?? 0);
      expect(Math.abs(probability - 0.5)).toBeLessThan(0.1);
    }
  });

  it('rises where the prediction knows more than the line', () => {
    const map = overMapOf(...games(SEED, 4000, 1)) ?? [];
    expect(overAt(map, 4)).toBeGreaterThan(0.62);
    expect(overAt(map, -4)).toBeLessThan(0.38);
    expect(overAt(map, 400)).toBe(map.at(-1)?.probability);
    expect(overAt(map, -400)).toBe(map[0]?.probability);
  });

  it('is not told from fewer than 500 games, and a game that equals its line is none', () => {
    expect(overMapOf(...games(SEED, 499, 1))).toBeNull();
    const [predicted, lines, actual] = games(SEED, 510, 1);
    expect(overMapOf(predicted, lines, actual)).not.toBeNull();
    for (let at = 0; at < 20; at += 1) actual[at] = lines[at] ?? 0;
    expect(overMapOf(predicted, lines, actual)).toBeNull();
  });
});
