/** Lines of one book at one time that contradict each other: nothing is known of the line then. */
import { describe, expect, it } from 'vitest';
import { loadRows, type Cells } from '../support/source-lines.ts';

const PROPS = 'odds_api_player_points_props';
const alternate: Cells = { is_main_line: false };

/** The points of the rows on the player, null where nothing is known, and how many lines were refused. */
function told(...lines: readonly Cells[]) {
  const { rows, rejects, lacking } = loadRows(PROPS, ...lines);
  return {
    points: rows.map((row) => [row['player_lookup'], row['points_line'], row['is_main_line']]),
    refused: rejects.length,
    lacking,
  };
}

const UNKNOWN = ['lebronjames', null, true];

describe('two main lines of a book on a player', () => {
  it.each<[string, Cells]>([
    ['of one source', { line: 25.5 }],
    ['of two sources', { line: 25.5, source: 'another' }],
    ['with the larger number first', { line: 23.5 }],
  ])('%s at one time leave nothing known of his line', (_what, second) => {
    expect(told({}, second)).toEqual({
      points: [['lebronjames', 24.5, true], UNKNOWN],
      refused: 1,
      lacking: 1,
    });
    expect(told(second, {}).points).toContainEqual(UNKNOWN);
  });

  it('without a time are both closing lines', () => {
    const closing = { snapshot_utc: '' };
    expect(told(closing, { ...closing, line: 25.5 }).points).toContainEqual(UNKNOWN);
  });

  it.each<[string, Cells]>([
    ['at another time', { line: 25.5, snapshot_utc: '2023-10-24T22:00:00Z' }],
    ['of another book', { line: 25.5, bookmaker: 'fanduel' }],
    ['on another player', { line: 25.5, player_id: 203999, player_name: 'Nikola Jokić' }],
    ['that is an alternate one', { line: 25.5, ...alternate }],
    ['with the same number from another source', { source: 'another' }],
  ])('are two lines where the second one is %s', (_what, second) => {
    const { points, refused } = told({}, second);
    expect([points.length, points.some(([, line]) => line === null), refused]).toEqual([2, false, 0]);
  });

  it('are one where the lines are equal', () => {
    expect(told({}, {})).toEqual({ points: [['lebronjames', 24.5, true]], refused: 1, lacking: 0 });
  });
});

describe('a line that is the main one and is not, by two lines of the same book and time', () => {
  it.each<[string, Cells, Cells]>([
    ['main first', {}, alternate],
    ['alternate first', alternate, {}],
  ])('leaves nothing known of the line of the player, %s', (_what, first, second) => {
    expect(told(first, second).points).toContainEqual(UNKNOWN);
  });
});

describe('two spreads of a book on a game', () => {
  const spreadsOf = (...lines: readonly Cells[]) =>
    loadRows('odds_api_game_lines', ...lines).rows.map((row) => row['outcome_point']);

  it('at one time leave nothing known of the spread, and equal ones are one', () => {
    expect(spreadsOf({}, { spread_home: -6.5 }).filter((point) => point === null)).toHaveLength(2);
    expect(spreadsOf({}, {})).toEqual(spreadsOf({}));
  });
});
