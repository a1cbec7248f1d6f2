/** Which rows may be loaded into which home. */
import { describe, expect, it } from 'vitest';
import { admissionOf, isSameOrigin, originText, type Origin } from '../../shared/domain/origin.ts';

const league = (seed: number | null, firstSeason: number | null = 2021): Origin => ({
  kind: 'simulated',
  seed,
  firstSeason,
});
const files: Origin = { kind: 'files' };

describe('rows', () => {
  it.each<[string, Origin | undefined, Origin, string, string]>([
    ['a league into an empty home', undefined, league(1), 'load', 'load'],
    ['files into an empty home', undefined, files, 'load', 'load'],
    ['the same league again', league(1), league(1), 'load', 'load'],
    ['another league', league(1), league(2), 'refuse', 'replace'],
    ['the same seed from another year', league(1), league(1, 2022), 'refuse', 'replace'],
    ['a league beside one whose seed is not known', league(null, null), league(1), 'refuse', 'replace'],
    ['files into a league', league(1), files, 'refuse', 'replace'],
    ['files into a league whose seed is not known', league(null, null), files, 'refuse', 'replace'],
    ['more files', files, files, 'load', 'load'],
    ['a league into files', files, league(1), 'refuse', 'refuse'],
  ])('are let in, refused, or replace a simulated league: %s', (_, home, coming, otherwise, start) => {
    expect(admissionOf(home, coming, false)).toBe(otherwise);
    expect(admissionOf(home, coming, true)).toBe(start);
  });

  it('of a league with an unknown seed are those of no other league', () => {
    expect(isSameOrigin(league(null, null), league(null, null))).toBe(false);
  });

  it('are told of in words', () => {
    expect([files, league(7), league(null, null)].map(originText)).toEqual([
      'imported files',
      'a simulated league (seed 7, from 2021)',
      'a simulated league',
    ]);
  });
});
