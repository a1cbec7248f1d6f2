/** Who made a correction is who was heard last, whatever times their files have. */
import { expect, it } from 'vitest';
import { lastToArrive } from '../../functions/control/corrections.ts';

const answer = { source: 'nba_cdn', observedAt: '2024-01-27T07:00:00Z' };
const later = { source: 'nba_cdn', observedAt: '2024-01-29T16:00:00Z' };
/** A historical file has the time at which it was imported. */
const file = { source: 'files', observedAt: '2026-11-30T12:00:00Z' };

it.each([
  ['the file, where it came last', [answer, file], [answer, file], file],
  ['the answer, where it came after the file', [file, answer], [file, answer], answer],
  ['the last of several answers', [later, answer], [file, answer, later], later],
  ['what came last of the date, where rows were only taken away', [], [file, answer], answer],
  ['what has changed rows, where something else came later', [answer], [answer, later], answer],
] as const)('is %s', (_, told, arrived, said) => {
  expect(lastToArrive([...told], [...arrived])).toEqual(said);
});

it('is nobody, where nothing is archived', () => {
  expect(lastToArrive([], [])).toBeUndefined();
});
