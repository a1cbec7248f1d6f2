/** Dates as sources write them are read where they leave no doubt. */
import { describe, expect, it } from 'vitest';
import { dateIn, datesOfCells } from '../../functions/ingest/source-dates.ts';

describe('a date', () => {
  it.each([
    '2022-11-01',
    ' 2022-11-01 ',
    '"2022-11-01"',
    '="2022-11-01"',
    '2022/11/01',
    '20221101',
    '11/01/2022',
    '11/1/2022',
    '11-01-2022',
    'Nov 1, 2022',
    'NOV 01, 2022',
    'November 1, 2022',
    'Tue, Nov 1, 2022',
    '2022-11-01T00:00:00',
    '2022-11-01 00:00:00.000',
    '2022-11-01T19:30:00',
    '11/1/2022 0:00',
    '11/1/2022 12:00:00 AM',
    '11/1/2022 7:30 PM',
    '2022-11-01T23:30:00Z',
    '2022-11-02T00:30:00Z',
    '2022-11-02 02:30:00+00:00',
    '2022-11-01T19:30:00-04:00',
    '2022-11-02 00:30 UTC',
  ])('is read from %j', (cell) => {
    expect(dateIn(cell)).toBe('2022-11-01');
  });

  it.each([
    ['no month', '2022-13-01'],
    ['no day', '02/30/2022'],
    ['day before month', '25/12/2022'],
    ['two digits of a year', '11/01/22'],
    ['no year', 'Nov 1'],
    ['no name of a month', 'Foo 1, 2022'],
    ['a time at which no game begins', '2022-11-02T00:30:00'],
    ['midnight with a zone', '2022-11-02T00:00:00Z'],
    ['a time that is none', '2022-11-01T25:00:00Z'],
    ['nothing', ''],
    ['words', 'tomorrow'],
  ])('is not read from %s: %j', (_name, cell) => {
    expect(dateIn(cell)).toBeUndefined();
  });

  it('is midnight with a zone where a column has no other time, else the Eastern date of that instant', () => {
    const midnight = '2022-11-02T00:00:00Z';
    expect(datesOfCells([midnight, '2022-11-03T00:00:00.000Z']).get(midnight)).toBe('2022-11-02');
    expect(datesOfCells([midnight, '2022-11-02T23:30:00Z']).get(midnight)).toBe('2022-11-01');
  });

  it('begins with the day in a column in which one date can be read in no other way', () => {
    const dates = datesOfCells(['25/12/2022', '01/11/2022', '2/11/2022 19:30', '2022-11-03']);
    expect([...dates.values()]).toEqual(['2022-12-25', '2022-11-01', '2022-11-02', '2022-11-03']);
  });

  it('is not read where a column begins with the day and with the month', () => {
    const dates = datesOfCells(['25/12/2022', '12/26/2022', '01/11/2022', '11/11/2022', '2022-11-03']);
    expect([...dates.values()]).toEqual([undefined, '2022-12-26', undefined, '2022-11-11', '2022-11-03']);
  });
});
