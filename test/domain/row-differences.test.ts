import { describe, expect, it } from 'vitest';
import { largestMoves, rowDifferences, shareMoved, type Move } from '../../shared/domain/row-differences.ts';

const TABLE = {
  key: ['game_date', 'game_id', 'player_lookup'],
  partitionColumn: 'game_date',
  columns: {
    game_date: { type: 'DATE', description: '' },
    game_id: { type: 'STRING', description: '' },
    player_lookup: { type: 'STRING', description: '' },
    points: { type: 'INT64', description: '' },
    minutes: { type: 'FLOAT64', description: '' },
  },
} as const;
const row = (player: string, points: number | null, minutes = 30) => ({
  ...{ game_date: '2024-01-26', game_id: '20240126_DAL_ATL', player_lookup: player, points, minutes },
});

describe('differing rows', () => {
  it('are told by their keys without the date: changed cells, rows that came and rows that went', () => {
    const before = [row('a', 20), row('b', 10), row('c', null)];
    const after = [row('a', 22), row('c', null, 31), row('d', 5)];
    expect(rowDifferences(TABLE, before, after)).toEqual([
      {
        key: '20240126_DAL_ATL a',
        kind: 'changed',
        cells: [{ column: 'points', old: 20, new: 22 }],
      },
      { key: '20240126_DAL_ATL b', kind: 'removed', cells: [] },
      {
        key: '20240126_DAL_ATL c',
        kind: 'changed',
        cells: [{ column: 'minutes', old: 30, new: 31 }],
      },
      { key: '20240126_DAL_ATL d', kind: 'added', cells: [] },
    ]);
  });

  it('are none for the same rows in another order', () => {
    expect(rowDifferences(TABLE, [row('a', 1), row('b', 2)], [row('b', 2), row('a', 1)])).toEqual([]);
  });
});

describe('moves', () => {
  it.each([
    [20, 25, 0.2],
    [25, 20, 0.2],
    [-1, 1, 1],
    [0, 3, 1],
    [0, 0, 0],
    [null, 3, 0],
    ['out', 'probable', 0],
  ])('from %s to %s are %s of the larger value', (old, now, share) => {
    expect(shareMoved({ old, new: now })).toBeCloseTo(share, 12);
  });

  it('come the largest first, one of each column', () => {
    const move = (column: string, old: number, now: number): Move => ({
      ...{ table: 'player_game_summary', date: '2024-01-26', key: 'a', column, old, new: now },
    });
    const [small, large, other] = [move('points', 20, 21), move('points', 20, 30), move('minutes', 30, 33)];
    expect(largestMoves([small, other, large], 10)).toEqual([large, other]);
    expect(largestMoves([small, other, large], 1)).toEqual([large]);
  });
});
