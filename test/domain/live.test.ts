/** Which source is asked for what, which in its place, and what is never asked twice. */
import { describe, expect, it } from 'vitest';
import {
  isAnswered,
  nextAsks,
  ordersOf,
  unansweredOf,
  type AnsweredAsk,
  type PlannedAsk,
} from '../../functions/control/fetch-plan.ts';
import type { Endpoint, Source, Target } from '../../functions/sources/source.ts';
import { OCCASIONS } from '../../shared/domain/fetch.ts';
import { makeRandom } from '../../shared/domain/seeded-random.ts';

const endpoint = (rhythm: Endpoint['rhythm'], targets: Endpoint['targets']): Endpoint => ({
  ...{ about: 'date', fills: [], targets, rhythm, path: () => '/', covers: () => true },
  ...{ seasonOf: () => undefined, read: () => [] },
});
const source = (name: string, ...endpoints: Endpoint[]): Source => ({
  ...{ name, proven: true, address: 'https://source.example', secondsBetween: 1 },
  endpoints: Object.fromEntries(endpoints.map((each, i) => [`e${i}`, each])),
});

const FIRST = source(
  'first',
  endpoint('morning', { schedule: 1 }),
  endpoint('box_scores', { player_box: 1, team_box: 1 }),
);
const SECOND = source(
  'second',
  endpoint('morning', { schedule: 2, roster: 1 }),
  endpoint('box_scores', { player_box: 2 }),
);
const THIRD = source(
  'third',
  endpoint('box_scores', { player_box: 3 }),
  endpoint('lines', { game_lines: 1 }),
);
const ALL = [THIRD, SECOND, FIRST];
const on = (): boolean => true;
const done = (
  ask: PlannedAsk,
  failed: readonly Target[] = [],
  uncovered: readonly Target[] = [],
): AnsweredAsk => ({
  ...ask,
  ...{ failed, uncovered },
});

describe('the order of sources', () => {
  it('is by target and errand, whatever the order of the folders', () => {
    expect(ordersOf('box_scores', ALL)).toEqual({
      schedule: ['first', 'second'],
      player_box: ['first', 'second', 'third'],
      team_box: ['first'],
    });
    expect(ordersOf('morning', ALL)).toEqual({ schedule: ['first', 'second'], roster: ['second'] });
    expect(ordersOf('lines', ALL)).toEqual({ game_lines: ['third'] });
    expect(ordersOf('everything', ALL)).toMatchObject({ roster: ['second'], game_lines: ['third'] });
  });

  it('of the product names every target of every occasion once', () => {
    for (const occasion of OCCASIONS)
      for (const names of Object.values(ordersOf(occasion))) expect(new Set(names).size).toBe(names.length);
    expect(ordersOf('box_scores').player_box?.slice(0, 2)).toEqual(['nba_cdn', 'balldontlie']);
    expect(Object.keys(ordersOf('overnight')).sort()).toEqual(['gamebook', 'play_by_play', 'schedule']);
    expect(ordersOf('hourly').injuries).toEqual(['nba_injuries', 'balldontlie']);
  });
});

describe('the questions', () => {
  const orders = ordersOf('box_scores', ALL);
  const schedule: PlannedAsk = { source: 'first', targets: ['schedule'], fallbackFor: null };
  const boxes: PlannedAsk = { source: 'first', targets: ['player_box', 'team_box'], fallbackFor: null };

  it('begin with the schedule, and go on with all that the first sources tell', () => {
    expect(nextAsks(orders, on, [])).toEqual([schedule]);
    expect(nextAsks(orders, on, [], [schedule])).toEqual([]);
    expect(nextAsks(orders, on, [done(schedule)])).toEqual([boxes]);
  });

  it('ask with the schedule what the same answer tells, where the same source comes next for both', () => {
    const isTogether = (name: string, target: Target): boolean =>
      name === 'second' && target === 'player_box';
    const isOn = (name: string): boolean => name !== 'first';
    expect(nextAsks(orders, isOn, [], [], isTogether)).toEqual([
      { source: 'second', targets: ['player_box', 'schedule'], fallbackFor: 'first' },
    ]);
    expect(nextAsks(orders, on, [], [], isTogether)).toEqual([schedule]);
    expect(nextAsks(ordersOf('box_scores'), (name) => name === 'balldontlie', [])).toEqual([
      { source: 'balldontlie', targets: ['player_box', 'schedule'], fallbackFor: 'nba_cdn' },
    ]);
  });

  it('go on although nobody tells the schedule', () => {
    const again: PlannedAsk = { source: 'second', targets: ['schedule'], fallbackFor: 'first' };
    expect(nextAsks(orders, on, [done(schedule, ['schedule'])])).toEqual([again]);
    const none = [done(schedule, ['schedule']), done(again, ['schedule'])];
    expect(nextAsks(orders, on, none)).toEqual([boxes]);
  });

  it('go to the next source for what failed, and for nothing else', () => {
    const told = [done(schedule), done(boxes, ['player_box'])];
    const second: PlannedAsk = { source: 'second', targets: ['player_box'], fallbackFor: 'first' };
    expect(nextAsks(orders, on, told)).toEqual([second]);
    const third: PlannedAsk = { source: 'third', targets: ['player_box'], fallbackFor: 'first' };
    expect(nextAsks(orders, on, [...told, done(second, ['player_box'])])).toEqual([third]);
    const all = [...told, done(second, ['player_box']), done(third, ['player_box'])];
    expect(nextAsks(orders, on, all)).toEqual([]);
    expect([unansweredOf(orders, on, all), isAnswered(orders, on, all)]).toEqual([['player_box'], false]);
  });

  it('leave out a source that is off, and say in whose place the next is asked', () => {
    const withoutFirst = (name: string): boolean => name !== 'first';
    expect(nextAsks(orders, withoutFirst, [])).toEqual([
      { source: 'second', targets: ['schedule'], fallbackFor: 'first' },
    ]);
    const told = [
      done({ source: 'second', targets: ['schedule'], fallbackFor: 'first' }),
      done({ source: 'second', targets: ['player_box'], fallbackFor: 'first' }),
    ];
    expect(nextAsks(orders, withoutFirst, told)).toEqual([]);
    // Nobody who is on tells of team boxes: that is no fault of anybody.
    expect([unansweredOf(orders, withoutFirst, told), isAnswered(orders, withoutFirst, told)]).toEqual([
      [],
      true,
    ]);
  });

  it('do not take for a fault what a source does not tell of a date, and ask the next one for it', () => {
    const told = [done(schedule), done(boxes, [], ['player_box'])];
    expect(nextAsks(orders, on, told).map(({ source: name }) => name)).toEqual(['second']);
    const rest = (['second', 'third'] as const).map((name) =>
      done({ source: name, targets: ['player_box'], fallbackFor: 'first' }, [], ['player_box']),
    );
    expect(unansweredOf(orders, on, [...told, ...rest])).toEqual([]);
  });

  it('end, ask nobody twice for the same, and leave nothing open, whatever fails', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = makeRandom('asks', seed);
      const off = new Set(ALL.filter(() => random.chance(0.2)).map(({ name }) => name));
      const isOn = (name: string): boolean => !off.has(name);
      const answered: AnsweredAsk[] = [];
      const underWay: PlannedAsk[] = [];
      const asked = new Set<string>();
      for (;;) {
        for (const ask of nextAsks(orders, isOn, answered, underWay)) {
          expect(isOn(ask.source)).toBe(true);
          for (const target of ask.targets) {
            expect(asked.has(`${ask.source} ${target}`)).toBe(false);
            asked.add(`${ask.source} ${target}`);
          }
          underWay.push(ask);
        }
        if (underWay.length === 0) break;
        const [next] = underWay.splice(random.below(underWay.length), 1);
        if (next === undefined) break;
        answered.push(
          done(
            next,
            next.targets.filter(() => random.chance(0.4)),
          ),
        );
      }
      const told = (target: Target): boolean =>
        answered.some(({ targets, failed }) => targets.includes(target) && !failed.includes(target));
      for (const [target, names] of Object.entries(orders) as [Target, readonly string[]][])
        expect(unansweredOf(orders, isOn, answered).includes(target)).toBe(names.some(isOn) && !told(target));
    }
  });
});
