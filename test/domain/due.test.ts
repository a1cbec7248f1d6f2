/** What is due when, over whole days, both nights on which the clocks change, and dates of every size. */
import { describe, expect, it } from 'vitest';
import {
  closingsOf,
  datesToLookAt,
  dueSlots,
  nextSlot,
  lackingAt,
  slotsOf,
  type DueDay,
  type ToldSlot,
  type UsedSlot,
} from '../../functions/control/due.ts';
import { easternTimeOf } from '../../shared/domain/eastern-time.ts';
import { addDays, gameDate, gameDateOf } from '../../shared/domain/game-date.ts';
import { OCCASIONS, type Occasion } from '../../shared/domain/fetch.ts';
import { makeRandom } from '../../shared/domain/seeded-random.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function dayOf(date: string, tipoffs: readonly (string | null)[]): DueDay {
  return {
    date: gameDate(date),
    games: tipoffs.map((tipoffAt) => ({ tipoffAt })),
    season: { lastDate: gameDate('2024-06-17'), datesBefore: 40 },
  };
}

const timesOf = (day: DueDay, occasion: Occasion): string[] =>
  slotsOf(day)
    .filter((slot) => slot.occasion === occasion)
    .map(({ at }) => `${gameDateOf(at)} ${easternTimeOf(at)}`);

const DAYS: readonly (readonly [what: string, day: DueDay])[] = [
  ['one game', dayOf('2024-01-26', ['2024-01-27T00:30:00Z'])],
  [
    'fifteen games',
    dayOf(
      '2024-01-26',
      Array.from({ length: 15 }, (_, i) => `2024-01-27T0${Math.floor(i / 5)}:${i % 2 ? '30' : '00'}:00Z`),
    ),
  ],
  ['a game abroad at noon', dayOf('2024-01-11', ['2024-01-11T19:00:00Z'])],
  ['a game at noon Eastern', dayOf('2023-12-25', ['2023-12-25T17:00:00Z', '2023-12-26T03:30:00Z'])],
  ['the night on which clocks go forward', dayOf('2024-03-09', ['2024-03-10T03:30:00Z'])],
  [
    'the day on which clocks go forward',
    dayOf('2024-03-10', ['2024-03-10T17:00:00Z', '2024-03-11T02:00:00Z']),
  ],
  ['the night on which clocks go back', dayOf('2023-11-04', ['2023-11-05T02:00:00Z'])],
  ['the day on which clocks go back', dayOf('2023-11-05', ['2023-11-05T20:30:00Z', '2023-11-06T02:00:00Z'])],
  ['tip-offs that nobody knows', dayOf('2024-04-14', [null, null])],
];

describe.each(DAYS)('a date with %s', (_what, day) => {
  it('has slots that begin before they end and do not overlap', () => {
    for (const occasion of OCCASIONS) {
      const slots = slotsOf(day).filter((slot) => slot.occasion === occasion);
      for (const [i, { at, until }] of slots.entries()) {
        expect(at < until).toBe(true);
        expect(Number.isNaN(at.getTime())).toBe(false);
        const next = slots[i + 1];
        if (next !== undefined) expect(next.at >= until).toBe(true);
      }
    }
  });

  it('gives each slot once and never before its time, whenever one looks', () => {
    for (let seed = 1; seed <= 8; seed++) {
      const random = makeRandom('due', seed);
      const used: (UsedSlot & { readonly given: Date })[] = [];
      const from = Date.parse(`${addDays(day.date, -1)}T00:00:00Z`);
      for (let at = from; at < from + 96 * HOUR; at += random.between(30_000, 40 * MINUTE)) {
        const now = new Date(at);
        for (const slot of dueSlots(day, now, used)) {
          expect(slot.at <= now && now < slot.until).toBe(true);
          used.push({ occasion: slot.occasion, at: slot.at, isAnswered: random.chance(0.3), given: now });
        }
      }
      expect(used.length).toBeGreaterThan(5);
      const keys = used.map(({ occasion, at }) => `${occasion} ${at.toISOString()}`);
      expect(new Set(keys).size).toBe(keys.length);
      for (const occasion of ['morning', 'box_scores', 'overnight'] as const) {
        const ofOccasion = used.filter((each) => each.occasion === occasion);
        expect(ofOccasion.slice(0, -1).some(({ isAnswered }) => isAnswered)).toBe(false);
      }
    }
  });

  it('looked at every five minutes, misses no slot, and says beforehand which is next', () => {
    const used: UsedSlot[] = [];
    const from = Date.parse(`${addDays(day.date, -1)}T16:00:00Z`);
    for (let at = from; at < from + 72 * HOUR; at += 5 * MINUTE) {
      const before = OCCASIONS.map((occasion) => nextSlot(day, occasion, new Date(at - 1), used));
      for (const slot of dueSlots(day, new Date(at), used)) {
        expect(before.map((each) => each?.at.getTime())).toContain(slot.at.getTime());
        used.push({ occasion: slot.occasion, at: slot.at, isAnswered: false });
      }
    }
    const end = new Date(from + 72 * HOUR);
    expect(used.map(({ occasion, at }) => `${occasion} ${at.toISOString()}`).sort()).toEqual(
      slotsOf(day)
        .filter((slot) => slot.at < end)
        .map(({ occasion, at }) => `${occasion} ${at.toISOString()}`)
        .sort(),
    );
  });

  it('reads the lines for the last time just before each tip-off, and not after the last', () => {
    const tips = day.games.flatMap(({ tipoffAt }) => (tipoffAt === null ? [] : [Date.parse(tipoffAt)]));
    const lines = slotsOf(day).filter(({ occasion }) => occasion === 'lines');
    for (const tip of tips)
      expect(lines.some(({ at }) => tip - at.getTime() > 0 && tip - at.getTime() <= 15 * MINUTE)).toBe(true);
    if (tips.length > 0)
      for (const { until } of lines) expect(until.getTime()).toBeLessThanOrEqual(Math.max(...tips));
  });

  it('asks for box scores only when a game may be over', () => {
    const tips = day.games.flatMap(({ tipoffAt }) => (tipoffAt === null ? [] : [Date.parse(tipoffAt)]));
    const first = slotsOf(day).find(({ occasion }) => occasion === 'box_scores');
    if (tips.length > 0) expect(first?.at.getTime()).toBeGreaterThanOrEqual(Math.min(...tips) + 2 * HOUR);
  });
});

it('asks for box scores once in a pause between games, and after the last one until they are told', () => {
  // 12:00, 15:30, 16:00, 19:00 and 22:30 by the Eastern clock.
  const tips = [
    '2024-01-26T17:00',
    '2024-01-26T20:30',
    '2024-01-26T21:00',
    '2024-01-27T00:00',
    '2024-01-27T03:30',
  ];
  const day = dayOf(
    '2024-01-26',
    tips.map((tip) => `${tip}:00Z`),
  );
  expect(timesOf(day, 'box_scores').slice(0, 5)).toEqual([
    '2024-01-26 15:00',
    '2024-01-26 22:00',
    '2024-01-27 01:00',
    '2024-01-27 02:00',
    '2024-01-27 04:00',
  ]);
  // After a game at 12:00 nothing is asked twice until one at 22:30 is over.
  const two = dayOf('2024-01-26', ['2024-01-26T17:00:00Z', '2024-01-27T03:30:00Z']);
  expect(timesOf(two, 'box_scores').slice(0, 3)).toEqual([
    '2024-01-26 15:00',
    '2024-01-27 01:00',
    '2024-01-27 02:00',
  ]);
});

it('keeps to the Eastern easternTimeOf when the clocks go forward', () => {
  // The night of 2024-03-09 has no 02:00: what is due then is due at 03:00.
  const day = dayOf('2024-03-09', ['2024-03-10T00:30:00Z']);
  expect(timesOf(day, 'box_scores').slice(0, 5)).toEqual([
    '2024-03-09 22:00',
    '2024-03-09 23:30',
    '2024-03-10 01:00',
    '2024-03-10 03:00',
    '2024-03-10 04:00',
  ]);
  expect(timesOf(day, 'overnight')[0]).toBe('2024-03-10 04:00');
  expect(
    slotsOf(day)
      .find(({ occasion }) => occasion === 'overnight')
      ?.at.toISOString(),
  ).toBe('2024-03-10T08:00:00.000Z');
});

it('keeps to the Eastern easternTimeOf when the clocks go back', () => {
  // The night of 2023-11-04 has 01:00 twice: the first of the two counts.
  const day = dayOf('2023-11-04', ['2023-11-05T00:00:00Z']);
  const waves = slotsOf(day).filter(({ occasion }) => occasion === 'box_scores');
  expect(waves.filter(({ at }) => easternTimeOf(at) === '01:00').map(({ at }) => at.toISOString())).toEqual([
    '2023-11-05T05:00:00.000Z',
  ]);
  expect(timesOf(day, 'overnight')[0]).toBe('2023-11-05 04:00');
});

it('a date without games is asked about its schedule only', () => {
  expect(new Set(slotsOf(dayOf('2024-02-16', [])).map(({ occasion }) => occasion))).toEqual(
    new Set(['morning']),
  );
});

it('reads everything again after one, three, seven and thirty days and after the end of the season', () => {
  const day = dayOf('2024-01-26', ['2024-01-27T00:30:00Z']);
  const times = timesOf(day, 'corrections');
  expect(times.filter((_, i) => i % 4 === 0)).toEqual([
    '2024-01-27 11:00',
    '2024-01-29 11:00',
    '2024-02-02 11:00',
    '2024-02-25 11:00',
    // The season ends on 2024-06-17; its 41st game date is read 3 + 40 % 30 days later.
    '2024-06-30 11:00',
  ]);
  // Each is tried until the morning after.
  expect(times.slice(0, 4)).toEqual([
    '2024-01-27 11:00',
    '2024-01-27 15:00',
    '2024-01-27 19:00',
    '2024-01-28 09:00',
  ]);
  const season = Array.from({ length: 60 }, (_, i) => addDays(gameDate('2024-01-01'), i));
  for (const today of [gameDate('2024-01-27'), gameDate('2024-02-02'), gameDate('2024-03-10')]) {
    const looked = datesToLookAt(today, season);
    for (const [i, date] of season.entries()) {
      const due = slotsOf({
        date,
        games: [{ tipoffAt: null }],
        season: { lastDate: season.at(-1) ?? date, datesBefore: i },
      });
      if (due.some(({ at, occasion }) => occasion === 'corrections' && gameDateOf(at) === today))
        expect(looked).toContain(date);
    }
  }
});

it('reads again on a later day although everything was read on an earlier one, and once on each', () => {
  const day = dayOf('2024-01-26', ['2024-01-27T00:30:00Z']);
  const corrections = (now: string, ...used: readonly (readonly [string, boolean])[]): string[] =>
    dueSlots(
      day,
      new Date(now),
      used.map(([at, isAnswered]) => ({ occasion: 'corrections', at: new Date(at), isAnswered })),
    ).flatMap(({ occasion, at }) => (occasion === 'corrections' ? [at.toISOString()] : []));
  const [first, second, third] = ['2024-01-27T16:00:00Z', '2024-01-27T20:00:00Z', '2024-01-29T16:00:00Z'];
  expect(corrections('2024-01-27T20:02:00Z', [first, false])).toEqual(['2024-01-27T20:00:00.000Z']);
  expect(corrections('2024-01-27T20:02:00Z', [first, true])).toEqual([]);
  expect(corrections('2024-01-29T16:02:00Z', [first, true])).toEqual(['2024-01-29T16:00:00.000Z']);
  expect(corrections('2024-01-29T20:02:00Z', [second, true], [third, true])).toEqual([]);
});

it('asks no more once everything is there, and again while it is not', () => {
  const day = dayOf('2024-01-26', ['2024-01-27T00:30:00Z']);
  const at = new Date('2024-01-26T13:00:00Z');
  const six = slotsOf(day)[0]?.at ?? at;
  const used = (isAnswered: boolean): UsedSlot[] => [{ occasion: 'morning', at: six, isAnswered }];
  expect(dueSlots(day, at, used(true)).filter(({ occasion }) => occasion === 'morning')).toEqual([]);
  expect(
    dueSlots(day, at, used(false)).map(({ occasion, at }) => [occasion, easternTimeOf(at)]),
  ).toContainEqual(['morning', '08:00']);
});

it('asks in the morning for what the first sources have not told alone, and for everything while the schedule is lacking', () => {
  const day = dayOf('2024-01-26', ['2024-01-27T00:30:00Z']);
  const [first = expect.fail(), second = expect.fail()] = slotsOf(day);
  const after = (unanswered: ToldSlot['unanswered'], instead: ToldSlot['instead'] = {}): ToldSlot[] => [
    { occasion: 'morning', at: first.at, isAnswered: false, unanswered, instead },
  ];
  expect(lackingAt(first, [])).toEqual({});
  expect(lackingAt(second, after(['roster']))).toEqual({ targets: ['roster'] });
  expect(lackingAt(second, after(['roster', 'schedule']))).toEqual({});
  expect(lackingAt(second, after(null))).toEqual({});
  // Another source has told the schedule, so that the rosters could be asked for.
  expect(lackingAt(second, after([], { schedule: 'second' }))).toEqual({
    targets: ['schedule'],
    before: { schedule: 'second' },
  });
  expect(lackingAt(second, after(['roster'], { schedule: 'second' }))).toEqual({
    targets: ['roster', 'schedule'],
    before: { schedule: 'second' },
  });
  const wave = slotsOf(day).findLast(({ occasion }) => occasion === 'box_scores') ?? expect.fail();
  const before: ToldSlot[] = [
    {
      occasion: 'box_scores',
      at: new Date('2024-01-27T03:00:00Z'),
      isAnswered: false,
      unanswered: ['player_box'],
      instead: {},
    },
  ];
  expect(lackingAt(wave, before)).toEqual({});
});

describe('the last readings before tip-offs', () => {
  const at = (time: string): number => Date.parse(`2024-01-26T${time}:00Z`);
  const told = (...times: string[]) =>
    closingsOf(times.map(at)).map(({ at: reading, tips }) => [
      new Date(reading).toISOString().slice(11, 16),
      ...tips.map((tip) => new Date(tip).toISOString().slice(11, 16)),
    ]);

  it('are ten minutes before each of up to six times', () => {
    expect(told('19:00', '19:30')).toEqual([
      ['18:50', '19:00'],
      ['19:20', '19:30'],
    ]);
    expect(told('17:00', '18:00', '19:00', '19:10', '20:00', '21:00')).toHaveLength(6);
  });

  it('are six for more times: the nearest are read together, before the first of them', () => {
    expect(told('17:00', '18:00', '19:00', '19:30', '20:30', '20:50', '22:00')).toEqual([
      ['16:50', '17:00'],
      ['17:50', '18:00'],
      ['18:50', '19:00'],
      ['19:20', '19:30'],
      ['20:20', '20:30', '20:50'],
      ['21:50', '22:00'],
    ]);
  });

  it('are never more than forty minutes before a tip-off', () => {
    const random = makeRandom('closings', 1);
    for (let day = 0; day < 200; day += 1) {
      const tips = [
        ...new Set(Array.from({ length: 15 }, () => at('17:00') + random.between(0, 66) * 5 * MINUTE)),
      ].toSorted((a, b) => a - b);
      const closings = closingsOf(tips);
      expect(closings.flatMap((each) => each.tips)).toEqual(tips);
      for (const { at: reading, tips: own } of closings) {
        expect(reading).toBe((own[0] ?? 0) - 10 * MINUTE);
        expect((own.at(-1) ?? 0) - reading).toBeLessThanOrEqual(40 * MINUTE);
      }
    }
    expect(closingsOf(Array.from({ length: 8 }, (_, i) => at('12:00') + i * 31 * MINUTE))).toHaveLength(8);
  });
});

it('the night after asks for the schedule only while a game has no score', () => {
  const day = dayOf('2024-01-26', ['2024-01-27T00:30:00Z', '2024-01-27T03:00:00Z']);
  const slot = slotsOf(day).find(({ occasion }) => occasion === 'overnight') ?? expect.fail();
  const [first, second] = day.games;
  const over = { tipoffAt: null, score: { home: 100, away: 99 } };
  expect(lackingAt(slot, [], [over, { ...over }]).targets).not.toContain('schedule');
  expect(lackingAt(slot, [], [over, { ...over }]).targets).toContain('play_by_play');
  expect(lackingAt(slot, [], [over, second ?? over])).toEqual({});
  expect(lackingAt(slot, [], [])).toEqual({});
  const wave = slotsOf(day).find(({ occasion }) => occasion === 'box_scores') ?? expect.fail();
  expect(lackingAt(wave, [], [over, first ?? over])).toEqual({});
});
