/** Which player-games count, what was known before each, and why one has no features. */
import { describe, expect, it } from 'vitest';
import { gameDate } from '../../shared/domain/game-date.ts';
import { playerGamesOf, whyAbsent } from '../../shared/modeling/games.ts';
import { boxLinesOf } from '../support/point-games.ts';

const [FIRST, LAST] = [gameDate('2023-10-01'), gameDate('2024-06-30')];
const ordinary = [
  ['2023-10-24', 'a', 30, 10],
  ['2023-10-26', 'a', 0, 0],
  ['2023-10-28', 'a', 20, 20],
  ['2023-11-20', 'a', 31, 6],
] as const;

describe('a player-game', () => {
  it('knows the games that he played before, and none in which he sat', () => {
    const games = playerGamesOf(boxLinesOf(ordinary), new Set(), FIRST, LAST);
    expect(
      games.map(({ date, earlier, l5, season, minutes10 }) => [date, earlier, l5, season, minutes10]),
    ).toEqual([
      ['2023-10-24', 0, NaN, NaN, NaN],
      ['2023-10-28', 1, 10, 10, 30],
      ['2023-11-20', 2, 15, 15, 25],
    ]);
    expect(games[2]?.daysSince).toBe(23);
  });

  it('is the same in whatever order the lines come', () => {
    const games = (lines: typeof ordinary | readonly (typeof ordinary)[number][]) =>
      playerGamesOf(boxLinesOf(lines), new Set(), FIRST, LAST);
    expect(games([...ordinary].reverse())).toEqual(games(ordinary));
  });

  it('never sees a game of its own date or later, nor one of the season before', () => {
    const before = [['2023-04-01', 'a', 40, 50], ...ordinary] as const;
    const games = playerGamesOf(boxLinesOf(before), new Set(), FIRST, LAST);
    expect(games[0]?.earlier).toBe(0);
    const longer = playerGamesOf(
      boxLinesOf([...ordinary, ['2023-11-21', 'a', 40, 50]]),
      new Set(),
      FIRST,
      LAST,
    );
    expect(longer.slice(0, 3)).toEqual(playerGamesOf(boxLinesOf(ordinary), new Set(), FIRST, LAST));
  });

  it('averages the last 5 and the last 10 games', () => {
    const lines = Array.from(
      { length: 12 },
      (_, i) => [`2023-11-${String(i + 1).padStart(2, '0')}`, 'a', 30, i] as const,
    );
    const last = playerGamesOf(boxLinesOf(lines), new Set(), FIRST, LAST).at(-1);
    expect([last?.l5, last?.l10, last?.season]).toEqual([8, 5.5, 5]);
  });

  it('says whether its game belongs to the regular season', () => {
    const box = boxLinesOf(ordinary);
    const games = playerGamesOf(box, new Set(['20231024_BOS_TOR']), FIRST, LAST);
    expect(games.map(({ isRegular }) => isRegular)).toEqual([true, false, false]);
  });
});

describe('a player-game without features', () => {
  const last = (lines: Parameters<typeof boxLinesOf>[0], built: readonly string[] = []) => {
    const game = playerGamesOf(boxLinesOf(lines), new Set(), FIRST, LAST).at(-1);
    return game === undefined ? undefined : whyAbsent(game, new Set(built));
  };
  const opening = ['2023-10-24', 'z', 30, 10] as const;

  it.each([
    ['bootstrap', [opening, ['2023-11-06', 'a', 30, 10]], []],
    ['features_not_built', [opening, ['2023-11-07', 'a', 30, 10]], []],
    ['not_on_known_roster', [opening, ['2023-11-07', 'a', 30, 10]], ['2023-11-07']],
    ['new_team', [opening, ['2023-11-06', 'a', 30, 10], ['2023-12-20', 'a', 30, 10, 'LAL']], ['2023-12-20']],
    ['long_absence', [opening, ['2023-11-06', 'a', 30, 10], ['2023-12-07', 'a', 30, 10]], ['2023-12-07']],
    [
      'not_on_known_roster',
      [opening, ['2023-11-06', 'a', 30, 10], ['2023-12-06', 'a', 30, 10]],
      ['2023-12-06'],
    ],
  ] as const)('says %s', (reason, lines, built) => {
    expect(last(lines, built)).toBe(reason);
  });
});
