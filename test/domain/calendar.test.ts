/** On which dates a table should have a partition, and why it needs none on the others. */
import { describe, expect, it } from 'vitest';
import {
  bootstrapReason,
  whyNotExpected,
  expectedDates,
  isWithoutSource,
  SOURCE_UNAVAILABLE,
  type ExpectationFacts,
  type SeasonCalendar,
} from '../../shared/domain/calendar.ts';
import { addDays, datesBetween, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { PHASES, type Phase } from '../../shared/domain/table.ts';
import { partition } from '../support/partitions.ts';

/** A season with one game on each of `dates`, of which `finalGames` have been played. */
function calendarOf(
  dates: readonly GameDate[],
  finalGames: (date: GameDate) => number = () => 1,
): SeasonCalendar {
  const openingNight = dates[0] ?? gameDate('2023-10-24');
  const games = Object.fromEntries(dates.map((date) => [date, { games: 1, finalGames: finalGames(date) }]));
  return { season: seasonOf(openingNight), openingNight, dates, games };
}

const opening = gameDate('2023-10-24');
const dates = datesBetween(opening, addDays(opening, 29));
const facts = (over: Partial<ExpectationFacts> = {}): ExpectationFacts => ({
  calendar: calendarOf(dates),
  withoutSource: () => false,
  today: gameDate('2024-06-01'),
  ...over,
});

const rowsFrom = (phase: Phase) => (phase === 'phase2' ? 'files' : 'query');

describe('expected dates', () => {
  it('phase 3 expects every game date, phases 4 and 5 all but the first 14 days', () => {
    for (const phase of PHASES) {
      const { expected, excluded } = expectedDates(
        { rowsFrom: rowsFrom(phase), phase, timing: 'pre_game' },
        dates,
        facts(),
      );
      const bootstrap = phase === 'phase4' || phase === 'phase5';
      expect(expected).toEqual(bootstrap ? dates.slice(14) : dates);
      expect(excluded).toEqual(
        bootstrap ? dates.slice(0, 14).map((date) => ({ date, reason: bootstrapReason('2023-24') })) : [],
      );
    }
  });

  it('names every date exactly once, expected or excluded', () => {
    const asked = datesBetween(addDays(opening, -5), addDays(opening, 60));
    const { expected, excluded } = expectedDates(
      { rowsFrom: 'query', phase: 'phase4', timing: 'post_game' },
      asked,
      facts(),
    );
    expect([...expected, ...excluded.map(({ date }) => date)].sort()).toEqual(asked);
  });

  const last = dates.at(-1) as GameDate;
  it.each([
    {
      what: 'no games',
      date: addDays(opening, 45),
      over: {},
      timing: 'pre_game',
      phase: 'phase3',
      reason: 'no_games',
    },
    {
      what: 'only a game that counts in no standings',
      date: last,
      over: {
        calendar: {
          ...calendarOf(dates),
          games: { ...calendarOf(dates).games, [last]: { games: 0, finalGames: 0, playedGames: 1 } },
        },
      },
      timing: 'post_game',
      phase: 'phase3',
      reason: 'no_counted_games',
    },
    {
      what: 'not played',
      date: last,
      over: { calendar: calendarOf(dates, (date) => (date === last ? 0 : 1)) },
      timing: 'post_game',
      phase: 'phase3',
      reason: 'not_played',
    },
    {
      what: 'not played, but known before',
      date: last,
      over: { calendar: calendarOf(dates, (date) => (date === last ? 0 : 1)) },
      timing: 'pre_game',
      phase: 'phase3',
      reason: undefined,
    },
    {
      what: 'the day after tomorrow',
      date: last,
      over: { today: addDays(last, -2) },
      timing: 'pre_game',
      phase: 'phase3',
      reason: 'not_due',
    },
    {
      what: 'tomorrow',
      date: last,
      over: { today: addDays(last, -1) },
      timing: 'pre_game',
      phase: 'phase3',
      reason: undefined,
    },
    {
      what: 'no source',
      date: last,
      over: { withoutSource: () => true },
      timing: 'post_game',
      phase: 'phase3',
      reason: SOURCE_UNAVAILABLE,
    },
    {
      what: 'no source, for what is known before the games',
      date: last,
      over: { withoutSource: () => true },
      timing: 'pre_game',
      phase: 'phase3',
      reason: undefined,
    },
    {
      what: 'no source, for the raw table itself',
      date: last,
      over: { withoutSource: () => true },
      timing: 'post_game',
      phase: 'phase2',
      reason: undefined,
    },
    {
      what: 'no source in the bootstrap',
      date: opening,
      over: { withoutSource: () => true },
      timing: 'post_game',
      phase: 'phase5',
      reason: SOURCE_UNAVAILABLE,
    },
  ] as const)('$what: $reason', ({ date, over, timing, phase, reason }) => {
    expect(
      whyNotExpected(
        { rowsFrom: rowsFrom(phase), phase, timing },
        date,
        facts(over as Partial<ExpectationFacts>),
      ),
    ).toBe(reason);
  });

  it('leaves out what is before opening night', () => {
    const preseason = addDays(opening, -3);
    const calendar = { ...calendarOf([preseason, ...dates]), openingNight: opening };
    expect(
      whyNotExpected(
        { rowsFrom: 'query', phase: 'phase3', timing: 'pre_game' },
        preseason,
        facts({ calendar }),
      ),
    ).toBe('preseason');
  });

  it('a date stays without source while its source is looked for again', () => {
    const withoutSource = { reason: SOURCE_UNAVAILABLE };
    expect(isWithoutSource(partition({ ...withoutSource, status: 'empty' }))).toBe(true);
    expect(isWithoutSource(partition({ ...withoutSource, status: 'requested' }))).toBe(true);
    expect(isWithoutSource(partition({ status: 'success', reason: null }))).toBe(false);
    expect(isWithoutSource(undefined)).toBe(false);
  });
});
