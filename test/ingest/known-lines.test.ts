/** What a historical file would have said at a time: no line and no score before it counted as known. */
import { describe, expect, it } from 'vitest';
import { textKnownAt } from '../../functions/ingest/known-lines.ts';
import { boxLine, csv, game, secondGame, type Cells } from '../support/source-lines.ts';

const later: Cells = { ...secondGame, game_date: '2023-10-25', tipoff_et: '' };
const boxes = csv('player_box_2023-24.csv', [boxLine, { ...boxLine, game_date: '2023-10-25' }]).text;

/** The lines of a text without its header. */
const linesOf = (text: string | undefined): string[] | undefined =>
  text === undefined ? undefined : text.trimEnd().split('\n').slice(1);

describe('a line without a time of its own', () => {
  it.each([
    ['2023-10-25T15:59:59Z', 0],
    ['2023-10-25T16:00:00Z', 1],
    ['2023-10-26T15:59:59Z', 1],
    ['2023-10-26T16:00:00.000Z', 2],
  ])('is known at noon Eastern of the day after its game: at %s there are %i of two', (at, count) => {
    expect(linesOf(textKnownAt('player_box', boxes, at))?.length ?? 0).toBe(count);
  });

  it('is known an hour later by UTC when clocks have been put back that night', () => {
    const night = csv('player_box_2023-24.csv', [{ ...boxLine, game_date: '2023-11-04' }]).text;
    expect(textKnownAt('player_box', night, '2023-11-05T16:59:59Z')).toBeUndefined();
    expect(textKnownAt('player_box', night, '2023-11-05T17:00:00Z')).toBe(night);
  });

  it('leaves a file as it is once all of it is known', () => {
    expect(textKnownAt('player_box', boxes, '2024-10-01T00:00:00Z')).toBe(boxes);
  });

  it('is not known when its date cannot be read, as long as any line is not', () => {
    const torn = csv('player_box_2023-24.csv', [boxLine, { ...boxLine, game_date: 'soon' }]).text;
    expect(linesOf(textKnownAt('player_box', torn, '2023-10-24T12:00:00Z'))).toBeUndefined();
    const both = csv('player_box_2023-24.csv', [
      boxLine,
      { ...boxLine, game_date: 'soon' },
      { ...boxLine, game_date: '2023-10-25' },
    ]).text;
    expect(linesOf(textKnownAt('player_box', both, '2023-10-25T16:00:00Z'))).toHaveLength(1);
  });
});

describe('a report or a quote', () => {
  const report: Cells = {
    game_date: '2023-10-24',
    team: 'LAL',
    player_name: 'LeBron James',
    report_utc: '2023-10-24T21:30:00Z',
  };

  it.each([
    ['2023-10-24T21:29:59Z', 0],
    ['2023-10-24T21:30:00Z', 1],
    ['2023-10-24T22:30:00Z', 2],
    ['2023-10-25T16:00:00Z', 3],
  ])('is known at its own time, and without one at noon of the next day: at %s there are %i', (at, count) => {
    const { text } = csv('injury_report_2023-24.csv', [
      report,
      { ...report, report_utc: '2023-10-24T18:30:00-04:00' },
      { ...report, report_utc: 'early' },
    ]);
    expect(linesOf(textKnownAt('injury_report', text, at))?.length ?? 0).toBe(count);
  });

  it.each(['player_props', 'event_lines', 'event_props', 'game_odds_books'] as const)(
    'of a file of %s is known when it was quoted',
    (kind) => {
      const { text } = csv(`${kind}_2023-24.csv`, [
        { game_date: '2023-10-24', snapshot_utc: '2023-10-24T21:30:00Z' },
      ]);
      expect(textKnownAt(kind, text, '2023-10-24T21:29:59Z')).toBeUndefined();
      expect(textKnownAt(kind, text, '2023-10-24T21:30:00Z')).toBe(text);
    },
  );
});

describe('a schedule', () => {
  const { text } = csv('schedule_2023-24.csv', [game, { ...later, arena: '"Chase, Center"' }]);

  it('is known from the first day of its season on', () => {
    expect(textKnownAt('schedule', text, '2023-10-01T03:59:59Z')).toBeUndefined();
    expect(linesOf(textKnownAt('schedule', text, '2023-10-01T04:00:00Z'))).toHaveLength(2);
  });

  it('tells no score, and no winner, before noon Eastern of the day after the game', () => {
    const [first, second] = linesOf(textKnownAt('schedule', text, '2023-10-25T16:00:00Z')) ?? [];
    expect(first).toBe(text.split('\n')[1]);
    expect(second).toBe('0022300062,2023-10-25,2023-24,regular,GSW,PHX,,,,false,,"Chase, Center",Denver');
    const before = linesOf(textKnownAt('schedule', text, '2023-10-25T15:59:59Z')) ?? [];
    expect(before[0]).toBe(
      '0022300061,2023-10-24,2023-24,regular,DEN,LAL,,,,false,2023-10-24T19:30:00,Ball Arena,Denver',
    );
    expect(textKnownAt('schedule', text, '2023-10-26T16:00:00Z')).toBe(text);
  });

  it('does not tell of a game whose line is torn before it was played', () => {
    const torn = `${text}0022300063,2023-10-26,2023-24,regular,"SAC,UTA,100,90\n`;
    expect(linesOf(textKnownAt('schedule', torn, '2023-10-25T16:00:00Z'))).toHaveLength(2);
  });
});
