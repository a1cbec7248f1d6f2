/** What changes the hash of a table's code, and what does not. */
import { describe, expect, it } from 'vitest';
import { codeFingerprintOf, withoutLayout } from '../../shared/domain/code-fingerprint.ts';
import { defineTable, type ComputedTable, type Input } from '../../shared/domain/table.ts';
import { previousDays, seasonToDate, type Window } from '../../shared/domain/window.ts';

const columns = {
  game_date: { type: 'DATE', description: 'date' },
  team: { type: 'STRING', description: 'team' },
  ready: { type: 'BOOL', description: 'ready' },
} as const;
const read = (window: Window = seasonToDate): Input => ({ table: 'b', window, required: true });
const table = (inputs: Input[], more: Partial<ComputedTable> = {}): ComputedTable =>
  defineTable({
    name: 'a',
    dataset: 'nba_analytics',
    phase: 'phase3',
    description: 'a',
    timing: 'post_game',
    columns,
    key: ['team'],
    partitionColumn: 'game_date',
    clusterBy: [],
    inputs,
    readinessColumn: 'ready',
    calculationVersion: '1',
    ...more,
  });

describe('the fingerprint of code', () => {
  const base = "SELECT team, 'a  -- b' AS label FROM nba_raw.x WHERE n > 1";
  const fingerprint = codeFingerprintOf(table([]), base);

  it.each([
    ['more layout', "SELECT   team,\n\t'a  -- b' AS label\nFROM nba_raw.x\n\nWHERE n > 1\n"],
    ['a comment at the end', `${base} -- why`],
    ['a comment on a line of its own', `-- what\n${base}`],
    ['a comment in the middle', base.replace('team,', 'team, /* the\n label */')],
  ])('stays the same with %s', (_what, query) => {
    expect(codeFingerprintOf(table([]), query)).toBe(fingerprint);
  });

  it.each([
    ['another number', base.replace('1', '2')],
    ['another operator', base.replace('>', '>=')],
    ['another space in a text', base.replace('a  -- b', 'a -- b')],
    ['a text that ends where a comment would begin', base.replace('-- b', '')],
    ['another column', base.replace('team', 'teams')],
    ['words that were apart', base.replace('WHERE n', 'WHEREn')],
    ['another case in a text', base.replace('a  --', 'A  --')],
  ])('changes with %s', (_what, query) => {
    expect(codeFingerprintOf(table([]), query)).not.toBe(fingerprint);
  });

  it('changes with columns, decimals, windows, inputs and the version of the rules', () => {
    const float = (decimals: number) =>
      ({ ...columns, x: { type: 'FLOAT64', decimals, description: 'x' } }) as const;
    const all = [
      table([]),
      table([], { calculationVersion: '2' }),
      table([], { columns: { ...columns, more: { type: 'INT64', description: 'x' } } }),
      table([], { columns: float(2) }),
      table([], { columns: float(3) }),
      table([read()]),
      table([read(previousDays(3))]),
      table([read(previousDays(4))]),
      table([{ ...read(), required: false }]),
    ];

    expect(new Set(all.map((each) => codeFingerprintOf(each, base))).size).toBe(all.length);
  });

  it('does not change with what a column is said to mean', () => {
    const described = { ...columns, team: { type: 'STRING', description: 'the team, at length' } } as const;

    expect(codeFingerprintOf(table([], { columns: described }), base)).toBe(fingerprint);
  });

  it.each([
    ["SELECT 'it''s  so'  ,  1", "SELECT 'it''s  so' , 1"],
    ["SELECT '--  no comment' -- a comment", "SELECT '--  no comment'"],
    ["SELECT '/*  no comment  */'  /* a\ncomment */ , 2", "SELECT '/*  no comment  */' , 2"],
    ['\n\n', ''],
  ])('%j without layout is %j', (sql, expected) => {
    expect(withoutLayout(sql)).toBe(expected);
  });
});
