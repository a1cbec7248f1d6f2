/** Code is handed exactly the rows inside its windows. */
import { describe, expect, it } from 'vitest';
import { columnsToRead, rowsInWindow } from '../../shared/domain/code-table.ts';
import { codeFingerprintOf } from '../../shared/domain/code-fingerprint.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { makeRandom } from '../../shared/domain/seeded-random.ts';
import { defineCodeTable, type CodeInput, type CodeTable } from '../../shared/domain/table.ts';
import { flagsOf, gatherRows, numbersOf, textsOf, type TableRows } from '../../shared/domain/table-rows.ts';
import {
  aroundDate,
  lastGames,
  previousDays,
  sameDate,
  seasonToDate,
  type Window,
} from '../../shared/domain/window.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { buildRegistry } from '../../shared/domain/registry.ts';
import { registered, SIMULATED_DEFINITIONS } from '../support/toy-tables.ts';
import { form, scores } from '../support/warehouse-suite.ts';

const OPENING = gameDate('2024-01-03');
const games = { entityColumn: 'player', playedColumn: 'starter' };
const source = { partitionColumn: 'game_date', games };

interface Score {
  readonly game_date: GameDate;
  readonly player: string;
  readonly points: number;
  readonly starter: boolean;
}

/** A month of scores, two days of it before opening night; one in five did not play. */
const SCORES: readonly Score[] = Array.from({ length: 30 }, (_, day) =>
  addDays(gameDate('2024-01-01'), day),
).flatMap((game_date, day) =>
  ['a', 'b', 'c', 'd'].flatMap((player, i): Score[] => {
    const random = makeRandom('scores', String(day), player);
    return random.below(3) === 0
      ? []
      : [{ game_date, player, points: day * 10 + i, starter: random.below(5) > 0 }];
  }),
);
const NAMES = ['game_date', 'player', 'points', 'starter'];
const gathered = (): TableRows => {
  const rows = gatherRows(scores.definition, NAMES);
  for (const { game_date, player, points, starter } of SCORES)
    rows.take([game_date, player, points, starter]);
  return rows.rows();
};
const all = gathered();

function handed(window: Window, date: GameDate, columns: readonly string[] = ['points']): TableRows {
  const input: CodeInput = { table: 'scores', window, required: true, columns };
  return rowsInWindow(all, input, source, date, OPENING);
}
const pointsIn = (window: Window, date: GameDate): number[] => [...numbersOf(handed(window, date), 'points')];

/** The same, row by row. */
function expected(window: Window, date: GameDate): number[] {
  const ofSeason = SCORES.filter(({ game_date }) => game_date >= OPENING);
  const between = (first: GameDate, last: GameDate): Score[] =>
    ofSeason.filter(({ game_date }) => game_date >= first && game_date <= last);
  const before = addDays(date, -1);
  switch (window.kind) {
    case 'same_date':
      return SCORES.filter(({ game_date }) => game_date === date).map(({ points }) => points);
    case 'previous_days':
      return between(addDays(date, -window.days), before).map(({ points }) => points);
    case 'around_date':
      return between(addDays(date, -window.back), addDays(date, window.ahead)).map(({ points }) => points);
    case 'season_to_date':
      return between(OPENING, before).map(({ points }) => points);
    case 'last_games': {
      const played = between(OPENING, before).filter(({ starter }) => starter);
      const recent = ['a', 'b', 'c', 'd'].flatMap((player) =>
        played.filter((score) => score.player === player).slice(-window.games),
      );
      return played.filter((score) => recent.includes(score)).map(({ points }) => points);
    }
    case 'previous_seasons':
      return SCORES.filter((score) => seasonOf(score.game_date) < seasonOf(date)).map(({ points }) => points);
    default:
      return window satisfies never;
  }
}

describe('the rows that code is handed', () => {
  it.each([
    sameDate,
    previousDays(1),
    previousDays(6),
    seasonToDate,
    aroundDate(2, 0),
    lastGames(1, 'player'),
    lastGames(3, 'player'),
  ])('are those inside $kind, on every date of a season', (window) => {
    for (let day = 2; day < 33; day += 1) {
      const date = addDays(gameDate('2024-01-01'), day);
      expect(pointsIn(window, date), date).toEqual(expected(window, date));
    }
  });

  it('have the declared columns and no other, though more are read to cut them', () => {
    const input: CodeInput = {
      table: 'scores',
      window: lastGames(2, 'player'),
      required: true,
      columns: ['points'],
    };
    const rows = handed(input.window, gameDate('2024-01-20'));

    expect(columnsToRead(input, source)).toEqual(['points', 'game_date', 'player', 'starter']);
    expect([rows.texts, rows.flags, Object.keys(rows.numbers)]).toEqual([{}, {}, ['points']]);
    expect(() => textsOf(rows, 'player')).toThrow('There is no column player of this type here');
    expect(() => flagsOf(rows, 'starter')).toThrow('no column starter');
  });
});

const inputs: readonly CodeInput[] = [
  { table: 'scores', window: previousDays(5), required: true, columns: ['player', 'points'] },
];
const guess = (over: Partial<CodeTable> = {}): CodeTable => {
  const { rowsFrom: _, ...like } = { ...form.definition, name: 'guess', inputs };
  return defineCodeTable({ ...like, ...over } as Omit<CodeTable, 'rowsFrom'>);
};

describe('the definition of a table whose rows come from code', () => {
  it('is refused with two inputs of one name, and not when one has another name', () => {
    const [input] = inputs;
    if (input === undefined) throw new Error('the example has changed');
    const again: CodeInput = { ...input, window: sameDate };
    expect(() => guess({ inputs: [input, again] })).toThrow('two inputs named scores');
    expect(guess({ inputs: [input, { ...again, as: 'today' }] }).inputs).toHaveLength(2);
  });

  it('is refused where it asks for a column that is not there, or for results of its own date before the game', () => {
    const tables = (definition: CodeTable) =>
      buildRegistry([scores, form, { definition, codeFingerprint: 'x' }]);
    expect(() => tables(guess({ inputs: [{ ...inputs[0], columns: ['nothing'] } as CodeInput] }))).toThrow(
      'guess reads scores.nothing, which does not exist',
    );
    for (const window of [sameDate, aroundDate(3, 0)])
      expect(() =>
        tables(guess({ timing: 'pre_game', inputs: [{ ...inputs[0], window } as CodeInput] })),
      ).toThrow('known before its games but reads the results of the same date');
  });

  it('has another fingerprint with other code, windows or columns', () => {
    const [input] = inputs;
    if (input === undefined) throw new Error('the example has changed');
    const prints = [
      codeFingerprintOf(guess(), 'code'),
      codeFingerprintOf(guess(), 'other code'),
      codeFingerprintOf(guess({ inputs: [{ ...input, columns: ['points'] }] }), 'code'),
      codeFingerprintOf(guess({ inputs: [{ ...input, window: previousDays(6) }] }), 'code'),
      codeFingerprintOf(guess({ inputs: [{ ...input, as: 'other' }] }), 'code'),
    ];
    expect(new Set(prints).size).toBe(prints.length);
  });

  it('is one of the toy tables of simulated worlds', () => {
    const code = SIMULATED_DEFINITIONS.filter(({ rowsFrom }) => rowsFrom === 'code');
    expect(code.map(({ name }) => name)).toEqual(['estimates']);
    expect(code.map(registered).every(({ compute }) => compute !== undefined)).toBe(true);
  });
});
