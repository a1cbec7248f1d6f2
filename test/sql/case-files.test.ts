/** The format of cases: what a file says, and what its reader and the comparison refuse. */
import { describe, expect, it } from 'vitest';
import { defineRawTable, defineTable, type Column } from '../../shared/domain/table.ts';
import { sameDate } from '../../shared/domain/window.ts';
import { mismatches } from '../support/cases/mismatches.ts';
import { parseCase } from '../support/cases/read-cases.ts';

const text: Column = { type: 'STRING', nullable: true, description: 'a text' };
const ready: Column = { type: 'BOOL', description: 'whether it may be used' };
const date: Column = { type: 'DATE', description: 'the game date' };

const games = defineRawTable({
  name: 'games',
  description: 'One row for each player and game.',
  timing: 'post_game',
  columns: {
    game_date: date,
    player: { type: 'STRING', description: 'who' },
    note: text,
    points: { type: 'INT64', nullable: true, description: 'points' },
    share: { type: 'FLOAT64', decimals: 2, nullable: true, description: 'a share' },
    ended_at: { type: 'TIMESTAMP', nullable: true, description: 'its end' },
    ready,
  },
  key: ['player'],
  partitionColumn: 'game_date',
  clusterBy: [],
  inputs: [],
  calculationVersion: 'v1',
});

const form = defineTable({
  name: 'form',
  dataset: 'nba_analytics',
  phase: 'phase3',
  description: 'One row for each player.',
  timing: 'post_game',
  columns: {
    game_date: date,
    player: { type: 'STRING', description: 'who' },
    points: { type: 'INT64', description: 'points' },
    issues: text,
    ready,
  },
  key: ['player'],
  partitionColumn: 'game_date',
  clusterBy: [],
  inputs: [{ table: 'games', window: sameDate, required: true }],
  readinessColumn: 'ready',
  calculationVersion: 'v1',
});

const HEAD = 'name: a case\nbatch: [2024-01-10]\nreadStart: 2024-01-01\n';

function caseOf(given: string, expected = 'player  points\nada     3', layout = 'rows') {
  const indented = (block: string) => block.replaceAll(/^/gm, '      ');
  return parseCase(
    `${HEAD}given:\n  nba_raw.games:\n    rows: |\n${indented(given)}\nexpect:\n  keys: [player]\n  ${layout}: |\n${indented(expected)}\n`,
    'form.yaml',
    form,
    [games],
  );
}

const givenBy = (text: string) => caseOf(text).inputs['nba_raw.games'];

describe('a given row', () => {
  it('has values of the types of its columns, and NULL where the case says so', () => {
    expect(
      givenBy(
        `player    game_date   points  share  ready  note          ended_at               # a comment
"ada b."  2024-01-10  007     -0.50  true   "# \\"12\\""  2024-01-10T22:00:00Z
bob       2024-01-10  NULL    NULL   false  12            NULL  # he sat out`,
      ),
    ).toEqual([
      {
        player: 'ada b.',
        game_date: '2024-01-10',
        points: 7,
        share: -0.5,
        ready: true,
        note: '# "12"',
        ended_at: '2024-01-10T22:00:00Z',
      },
      {
        player: 'bob',
        game_date: '2024-01-10',
        points: null,
        share: null,
        ready: false,
        note: '12',
        ended_at: null,
      },
    ]);
  });

  it('may name columns outside the header, on indented lines too', () => {
    expect(givenBy('player\nada  points=3\nbob\n    # why\n    points=4  note=a,\n        b')).toEqual([
      { player: 'ada', points: 3 },
      { player: 'bob', points: 4, note: 'a,b' },
    ]);
  });

  it('stands for several: alternatives, dates, and cells that repeat another one', () => {
    expect(
      givenBy(
        'player   game_date               note\nada|bob  2024-01-01..2024-01-03/2  {player}_{game_date:compact}',
      ),
    ).toEqual([
      { player: 'ada', game_date: '2024-01-01', note: 'ada_20240101' },
      { player: 'ada', game_date: '2024-01-03', note: 'ada_20240103' },
      { player: 'bob', game_date: '2024-01-01', note: 'bob_20240101' },
      { player: 'bob', game_date: '2024-01-03', note: 'bob_20240103' },
    ]);
  });

  it('takes from the base row what it does not say itself', () => {
    const { inputs } = parseCase(
      `${HEAD}given:\n  nba_raw.games:\n    base: points=3 ready=true\n    columns: |\n      player  ada  bob\n      points  4    5\nexpect:\n  keys: [player]\n  rows: |\n    player\n    ada\n`,
      'form.yaml',
      form,
      [games],
    );
    expect(inputs['nba_raw.games']).toEqual([
      { player: 'ada', points: 4, ready: true },
      { player: 'bob', points: 5, ready: true },
    ]);
  });
});

describe('the reader names file and line of', () => {
  it.each([
    ['an unknown column', 'player  goals\nada     3', 'form.yaml:8: games has no column goals'],
    [
      'an unknown column outside the header',
      'player\nada  goals=3',
      'form.yaml:8: games has no column goals',
    ],
    [
      'a column given twice',
      'player  points\nada     3  points=4',
      'form.yaml:8: the column points is given twice',
    ],
    ['a cell of another type', 'player  points\nada     3.5', 'form.yaml:8: points: 3.5 is no INT64'],
    ['a date that is none', 'player  game_date\nada     2024-02-30', 'form.yaml:8: game_date: '],
    ['a missing cell', 'player  points\nada', 'form.yaml:8: 1 cells under a header of 2 columns'],
    [
      'a cell too many',
      'player  points\nada     3  4',
      'form.yaml:8: 4 is neither under a column nor column=value',
    ],
    ['a value left out', 'player  points\nada     -', 'form.yaml:8: the column points needs a value or NULL'],
    ['an open quote', 'player\n"ada', 'form.yaml:8: a quote is not closed in: "ada'],
    ['a reference to no cell', 'player  note\nada     {team}', 'form.yaml:8: note: {team} names a column'],
    [
      'dates that miss their end',
      'game_date\n2024-01-01..2024-01-04/2',
      'form.yaml:8: 2024-01-01..2024-01-04/2',
    ],
  ])('%s', (_what, given, message) => {
    expect(() => caseOf(given)).toThrow(message);
  });

  it('a table that is not read', () => {
    const file = `${HEAD}given:\n  nba_raw.others:\n    rows: a\nexpect:\n  keys: [player]\n  rows: player\n`;
    expect(() => parseCase(file, 'form.yaml', form, [games])).toThrow(
      'form.yaml:6: form does not read nba_raw.others',
    );
  });

  it('a key it does not know', () => {
    const file = `${HEAD}given: {}\nexpects: 1\nexpect:\n  keys: [player]\n  rows: player\n`;
    expect(() => parseCase(file, 'form.yaml', form, [games])).toThrow('Unrecognized key: "expects"');
  });

  it('an expected row without its key', () => {
    expect(() => caseOf('player\nada', 'points\n3')).toThrow(
      'form.yaml:10: an expected row does not say its player',
    );
  });
});

describe('a difference names file, line, row and column', () => {
  const sideways = caseOf('player\nada', 'player  ada  bob\npoints  3    -\nissues  NULL  late', 'columns');

  it.each([
    [
      'no difference',
      [
        { player: 'bob', points: 9, issues: 'late' },
        { player: 'ada', points: 3, issues: null },
      ],
      [],
    ],
    [
      'another value',
      [
        { player: 'ada', points: 4, issues: null },
        { player: 'bob', issues: 'late' },
      ],
      ['form.yaml:13: row player=ada, column points: expected 3, is 4'],
    ],
    [
      'a missing row and one too many',
      [{ player: 'ada', points: 3, issues: null }, { player: 'eve' }],
      [
        'form.yaml:12: row player=bob is missing',
        'form.yaml: row player=eve is not expected: {"player":"eve"}',
      ],
    ],
    [
      'a row that is there twice',
      [{ player: 'ada' }, { player: 'ada' }, { player: 'bob', issues: 'late' }],
      ['form.yaml:12: row player=ada is there 2 times'],
    ],
  ])('%s', (_what, rows, sentences) => {
    expect(mismatches(rows, sideways)).toEqual(sentences);
  });
});
