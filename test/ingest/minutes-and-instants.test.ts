import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { easternToUtc } from '../../shared/domain/eastern-time.ts';
import { minutesBetween, parseUtc } from '../../functions/ingest/instants.ts';
import { parseClock, parseMinutes } from '../../functions/ingest/minutes.ts';
import { gameDateOf } from '../../shared/domain/game-date.ts';

describe('minutes', () => {
  it.each([
    ['35.000000:41', 35.68],
    ['PT35M41.00S', 35.68],
    ['PT05M00.50S', 5.01],
    ['34:12:00', 34.2],
    ['34:12', 34.2],
    ['34:20', 34.33],
    ['00:01', 0.02],
    ['240:00', 240],
    ['34', 34],
    ['0', 0],
    ['34.5', 34.5],
    ['34,5', 34.5],
    ['63', 63],
  ])('%s are %d', (text, minutes) => {
    expect(parseMinutes(text)).toBe(minutes);
  });

  it.each(['', '-', 'null', 'NaN', 'None'])('%j are unknown', (text) => {
    expect(parseMinutes(text)).toBeNull();
  });

  it.each([
    '34:60',
    '0:34:12',
    '1:02:00',
    '34:12:30',
    '34:5',
    '34:',
    ':30',
    '-5',
    '1e1',
    ' 34',
    '34 ',
    'DNP',
    '34,555',
    '1,234,5',
    '0x10',
    '.5',
  ])('%j are none', (text) => {
    expect(parseMinutes(text)).toBeUndefined();
  });

  it('in minutes and seconds are right to a hundredth', () => {
    fc.assert(
      fc.property(fc.nat({ max: 300 }), fc.nat({ max: 59 }), (minutes, seconds) => {
        const parsed = parseMinutes(`${minutes}:${String(seconds).padStart(2, '0')}`);
        expect(parsed).toBeCloseTo(minutes + seconds / 60, 2);
      }),
    );
  });
});

describe('a clock', () => {
  it.each([
    ['PT11M47.00S', 707],
    ['PT00M07.50S', 7.5],
    ['PT120M00.00S', 7200],
  ])('%s has %d seconds', (text, seconds) => {
    expect(parseClock(text)).toBe(seconds);
  });

  it('is read to a hundredth, with up to three digits of minutes', () => {
    fc.assert(
      fc.property(fc.nat({ max: 999 }), fc.nat({ max: 5999 }), (minutes, hundredths) => {
        const seconds = (hundredths / 100).toFixed(2).padStart(5, '0');
        for (const written of [String(minutes), String(minutes).padStart(2, '0')])
          expect(parseClock(`PT${written}M${seconds}S`)).toBeCloseTo(minutes * 60 + hundredths / 100, 6);
      }),
    );
  });

  it.each(['', '11:47', 'PT11M', 'PT11M60.00S', 'PT1000M00.00S', 'P1DT11M00.00S', 'PT-1M00.00S', 'PT11M5S '])(
    '%j is none',
    (text) => {
      expect(parseClock(text)).toBeUndefined();
    },
  );
});

describe('Eastern local time', () => {
  it.each([
    ['in winter is five hours behind', '2024-01-25T19:30:00', '2024-01-26T00:30:00Z'],
    ['in summer is four hours behind', '2024-06-17T20:30:00', '2024-06-18T00:30:00Z'],
    ['is winter time until two on the second Sunday of March', '2024-03-10T01:59:59', '2024-03-10T06:59:59Z'],
    ['is summer time from three that night', '2024-03-10T03:00:00', '2024-03-10T07:00:00Z'],
    ['of the doubled hour in November is its first pass', '2023-11-05T01:30:00', '2023-11-05T05:30:00Z'],
    ['is winter time again afterwards', '2023-11-05T02:00:00', '2023-11-05T07:00:00Z'],
    ['at noon on Christmas', '2021-12-25T12:00:00', '2021-12-25T17:00:00Z'],
    ['may be written with a blank', '2024-01-25 19:30:00', '2024-01-26T00:30:00Z'],
    ['may be written without seconds', '2024-01-25T19:30', '2024-01-26T00:30:00Z'],
  ])('%s', (_name, local, utc) => {
    expect(easternToUtc(local)).toBe(utc);
  });

  it.each([
    '2024-03-10T02:30:00',
    '2024-02-30T19:00:00',
    '2024-01-25T24:00:00',
    '2024-01-25T19:30:00Z',
    '2024-01-25T19',
    '7:30 pm',
    '',
  ])('is not %j', (text) => {
    expect(easternToUtc(text)).toBeUndefined();
  });

  it('names a moment of the same Eastern date', () => {
    const moments = fc.date({
      min: new Date('2000-01-01T00:00:00Z'),
      max: new Date('2040-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moments, (moment) => {
        const local = moment.toISOString().slice(0, 19);
        const utc = easternToUtc(local);
        if (utc !== undefined) expect(gameDateOf(new Date(utc))).toBe(local.slice(0, 10));
      }),
    );
  });
});

describe('moments in UTC', () => {
  it.each([
    ['2023-10-24T23:25:44Z', '2023-10-24T23:25:44Z'],
    ['2023-10-24T23:25:44.987Z', '2023-10-24T23:25:44Z'],
    ['2023-10-24 23:25Z', '2023-10-24T23:25:00Z'],
    ['2023-10-24 23:25:44 UTC', '2023-10-24T23:25:44Z'],
    ['2023-10-24T19:25:44-04:00', '2023-10-24T23:25:44Z'],
    ['2023-10-24 23:25:44+00', '2023-10-24T23:25:44Z'],
    ['2023-10-25T00:25:44+0100', '2023-10-24T23:25:44Z'],
  ])('%s is read', (text, utc) => {
    expect(parseUtc(text)).toBe(utc);
  });

  it.each(['2023-10-24T23:25:44', '2023-10-24', '2023-10-24T25:00:00Z', '2023-02-29T00:00:00Z', 'now', ''])(
    '%j is none',
    (text) => {
      expect(parseUtc(text)).toBeUndefined();
    },
  );

  it('are apart by whole minutes, rounded down', () => {
    expect(minutesBetween('2023-10-24T23:25:44Z', '2023-10-24T23:30:00Z')).toBe(4);
    expect(minutesBetween('2023-10-24T23:30:00Z', '2023-10-24T23:30:00Z')).toBe(0);
    expect(minutesBetween('2023-10-24T23:30:01Z', '2023-10-24T23:30:00Z')).toBe(-1);
  });
});
