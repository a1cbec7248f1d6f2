/** The audit of staged rows: what is published, with which status, and what is refused. */
import { describe, expect, it } from 'vitest';
import { audit, type Measured } from '../../shared/domain/audit.ts';
import { orders } from '../support/orders.ts';
import { TOY_DEFINITIONS } from '../support/toy-tables.ts';
import type { TableDefinition } from '../../shared/domain/table.ts';

const definition = (name: string): TableDefinition => {
  const found = TOY_DEFINITIONS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no ${name}`);
  return found;
};
const table = definition('team_offense');
const raw = definition('nbac_player_boxscores');
const whole: Measured = { rows: 20, games: 10, expectedRows: 20, expectedGames: 10, checks: [] };
const fail = { check: 'null(points)', severity: 'fail', failures: 3 } as const;
const warn = { check: 'odd_pace', severity: 'warn', failures: 2 } as const;

describe('the audit of staged rows', () => {
  it.each([
    { what: 'all rows of all games', measured: whole, is: { kind: 'publish', status: 'success' } },
    {
      what: 'a warning',
      measured: { ...whole, checks: [warn] },
      is: { kind: 'publish', status: 'success', reason: 'warnings: odd_pace in 2 rows' },
    },
    {
      what: 'a broken promise',
      measured: { ...whole, checks: [warn, fail] },
      is: { kind: 'refuse', reason: 'audit: null(points) in 3 rows' },
    },
    {
      what: 'one missing row',
      measured: { ...whole, rows: 19 },
      is: { kind: 'publish', status: 'partial', reason: 'rows_missing: 19 of 20 rows, 10 of 10 games' },
    },
    {
      what: 'a missing game',
      measured: { ...whole, games: 9 },
      is: { kind: 'publish', status: 'partial', reason: 'rows_missing: 20 of 20 rows, 9 of 10 games' },
    },
    {
      what: 'more rows than expected',
      measured: { ...whole, rows: 22 },
      is: { kind: 'publish', status: 'success' },
    },
    {
      what: 'nothing where something is expected',
      measured: { ...whole, rows: 0, games: 0 },
      is: { kind: 'refuse', reason: 'audit: no rows where 20 are expected' },
    },
    {
      what: 'nothing where nothing is expected',
      measured: { ...whole, rows: 0, games: 0, expectedRows: 0, expectedGames: 0 },
      is: { kind: 'publish', status: 'empty', reason: 'no_rows_expected' },
    },
  ])('$what', ({ measured, is }) => {
    expect(audit(table, measured, 0, false)).toEqual(is);
  });

  it.each(orders([warn, { ...warn, check: 'few_minutes' }, { ...warn, check: 'late_tip_off' }]))(
    'names warnings by their names, whatever order the engine gives them in (%#)',
    (...checks) => {
      expect(audit(table, { ...whole, checks }, 0, false)).toMatchObject({
        reason: 'warnings: few_minutes in 2 rows, late_tip_off in 2 rows, odd_pace in 2 rows',
      });
    },
  );

  it.each(orders([fail, { ...fail, check: 'below_0(points)' }]))(
    'names broken promises by their names, whatever order the engine gives them in (%#)',
    (...checks) => {
      expect(audit(table, { ...whole, checks }, 0, false)).toEqual({
        kind: 'refuse',
        reason: 'audit: below_0(points) in 3 rows, null(points) in 3 rows',
      });
    },
  );

  it('calls a raw date partial when any row of it is known to be lacking', () => {
    const lacking = [
      { code: 'points_do_not_add_up', detail: '20221028_LAL_MIN (LAL has 74 of 102 points)' },
    ] as const;
    expect(audit(raw, { ...whole, lacking }, 0, false)).toEqual({
      kind: 'publish',
      status: 'partial',
      reason: 'points_do_not_add_up: 20221028_LAL_MIN (LAL has 74 of 102 points)',
    });
  });

  describe('a date of which nothing is there', () => {
    const lacking = [{ code: 'game_missing', detail: '20221028_LAL_MIN' }] as const;
    const none = { ...whole, rows: 0, games: 0, lacking };
    const reason = 'game_missing: 20221028_LAL_MIN; rows_missing: 0 of 20 rows, 0 of 10 games';

    it('is partial where its source is known to lack the games', () => {
      for (const definition of [raw, table])
        expect(audit(definition, none, 0, false)).toEqual({ kind: 'publish', status: 'partial', reason });
    });

    it('keeps the rows of a raw table that it has', () => {
      expect(audit(raw, none, 20, false)).toMatchObject({ kind: 'refuse' });
      expect(audit(raw, none, 20, true)).toMatchObject({ kind: 'publish', status: 'partial' });
      expect(audit(table, none, 20, false)).toMatchObject({ kind: 'publish', status: 'partial' });
    });
  });

  it('does not say of a computed table what its source lacks when it has every row itself', () => {
    const lacking = [{ code: 'game_missing', detail: 'nbac_team_boxscore has 9 of 10 games' }] as const;
    expect(audit(table, { ...whole, lacking }, 0, false)).toEqual({ kind: 'publish', status: 'success' });
  });

  it('calls an empty raw partition a date without a source', () => {
    expect(audit(raw, { ...whole, rows: 0, games: 0, expectedRows: 0, expectedGames: 0 }, 0, false)).toEqual({
      kind: 'publish',
      status: 'empty',
      reason: 'source_unavailable',
    });
  });

  it.each([
    { rows: 10, previous: 20, force: false, kind: 'publish' },
    { rows: 9, previous: 20, force: false, kind: 'refuse' },
    { rows: 9, previous: 20, force: true, kind: 'publish' },
    { rows: 9, previous: 0, force: false, kind: 'publish' },
    { rows: 0, previous: 20, force: false, kind: 'refuse' },
  ])('lets $rows rows replace $previous (force: $force): $kind', ({ rows, previous, force, kind }) => {
    expect(audit(raw, { ...whole, rows, expectedRows: rows, expectedGames: 10 }, previous, force).kind).toBe(
      kind,
    );
  });

  it.each([
    { rows: 9, expected: 9, kind: 'publish' },
    { rows: 9, expected: 20, kind: 'refuse' },
  ])(
    'lets $rows computed rows replace 20 where the schedule has $expected: $kind',
    ({ rows, expected, kind }) => {
      expect(audit(table, { ...whole, rows, expectedRows: expected }, 20, false).kind).toBe(kind);
    },
  );

  it('empties a date whose games are gone, and no other', () => {
    const none = { ...whole, rows: 0, games: 0, expectedRows: 0, expectedGames: 0 };
    expect(audit(table, none, 20, false, [], true)).toEqual({
      kind: 'publish',
      status: 'empty',
      reason: 'no_games',
    });
    expect(audit(table, none, 20, false, [], false).kind).toBe('refuse');
    expect(audit(table, { ...none, expectedRows: 20 }, 20, false, [], true).kind).toBe('refuse');
  });

  it('never lets force publish broken rows', () => {
    expect(audit(table, { ...whole, checks: [fail] }, 0, true).kind).toBe('refuse');
  });

  it('makes partial what was built without inputs that a person has accepted as missing', () => {
    expect(audit(table, whole, 0, false, ['player_summary@2023-10-29'])).toEqual({
      kind: 'publish',
      status: 'partial',
      reason: 'accepted as missing: player_summary@2023-10-29',
      givenUp: 'accepted as missing: player_summary@2023-10-29',
    });
  });
});
