/** The causes of drift: what the rows that a model is asked about lack more often than those that it has learned from. */
import { describe, expect, it } from 'vitest';
import type { TableRows } from '../../shared/domain/table-rows.ts';
import { driftOf } from '../../shared/modeling/drift.ts';

interface Line {
  readonly player: string;
  readonly x?: number;
  readonly context?: string;
  readonly defaults?: string;
  readonly issues?: string;
}

function rowsOf(lines: readonly Line[]): TableRows {
  return {
    count: lines.length,
    texts: {
      player_lookup: lines.map(({ player }) => player),
      context_source: lines.map(({ context }) => context ?? 'upcoming_context'),
      defaulted_features: lines.map(({ defaults }) => defaults ?? null),
      data_quality_issues: lines.map(({ issues }) => issues ?? null),
    },
    numbers: { x: Float64Array.from(lines, ({ x }) => x ?? NaN) },
  } as unknown as TableRows;
}

/** A hundred rows, of which the first `n` have something. */
const hundred = (n: number, has: Omit<Line, 'player'>): TableRows =>
  rowsOf(Array.from({ length: 100 }, (_, i) => ({ player: 'a', x: 1, ...(i < n ? has : {}) })));
const drifted = (then: TableRows, now: TableRows) =>
  driftOf(then, now, ['x'])
    .filter(({ isDrift }) => isDrift)
    .map(({ kind, name, then: before, now: after }) => [kind, name, before, after]);

describe('drift', () => {
  it('is nothing between equal rows, whatever they lack', () => {
    const rows = hundred(40, { context: 'synthetic', issues: 'season_gap:2', defaults: 'x' });
    expect(drifted(rows, rows)).toEqual([]);
    expect(driftOf(rows, rows, ['x'])).toHaveLength(3);
  });

  it.each([
    ['a feature that is unknown', { x: NaN }, ['unknown_feature', 'x']],
    ['a feature that holds its default', { defaults: 'w,x' }, ['default_feature', 'x']],
    ['a context that was made up', { context: 'synthetic' }, ['synthetic_context', '']],
    ['a code, however large its number', { issues: 'season_gap:1,season_gap:2' }, ['issue', 'season_gap']],
  ])('is %s, from five rows in a hundred on', (_what, has, [kind, name]) => {
    expect(drifted(hundred(10, has), hundred(14, has))).toEqual([]);
    expect(drifted(hundred(10, has), hundred(15, has))).toEqual([[kind, name, 0.1, 0.15]]);
    expect(drifted(hundred(10, has), hundred(0, has))).toEqual([[kind, name, 0.1, 0]]);
  });

  it('is a player without a row in the training', () => {
    const then = rowsOf([{ player: 'a', x: 1 }]);
    const now = rowsOf([
      { player: 'a', x: 1 },
      { player: 'b', x: 1 },
    ]);
    expect(drifted(then, now)).toEqual([['unseen_player', '', 0, 0.5]]);
  });

  it('is no default of a feature that the model does not read', () => {
    expect(driftOf(hundred(0, {}), hundred(50, { defaults: 'w' }), ['x'])).toEqual([]);
  });

  it('shows the largest move first', () => {
    const now = rowsOf(
      Array.from({ length: 100 }, (_, i) => ({
        player: 'a',
        x: i < 30 ? NaN : 1,
        context: i < 60 ? 'synthetic' : 'upcoming_context',
      })),
    );
    expect(drifted(hundred(0, {}), now).map(([kind]) => kind)).toEqual([
      'synthetic_context',
      'unknown_feature',
    ]);
  });
});
