/** A source file is sorted by date beside its original, and one date reads as it does in the whole file. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeByDate, openByDate } from '../../functions/ingest/by-date.ts';
import { sliceFile } from '../../functions/ingest/file-slices.ts';
import { sourceFileOf } from '../../functions/ingest/source-files.ts';
import { linesDigest, sortLines } from '../../functions/ingest/source-lines.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import { gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { csv, game, secondGame } from '../support/source-lines.ts';

describe('the lines of a file', () => {
  it('are sorted by season and date, in the order of the file within a date', () => {
    const text = 'game_id,game_date,x\n1,2024-04-20,\n2,2023-10-24,\n3,2022-04-16,\n4,2023-10-24,y\n';
    const sorted = sortLines(text, 'game_id');
    expect([...(sorted?.seasons ?? [])].map(([season, dates]) => [season, [...dates.keys()]])).toEqual([
      ['2021-22', ['2022-04-16']],
      ['2023-24', ['2023-10-24', '2024-04-20']],
    ]);
    expect(sorted?.seasons.get('2023-24')?.get(gameDate('2023-10-24'))).toMatchObject({
      lines: [
        { number: 3, text: '2,2023-10-24,' },
        { number: 5, text: '4,2023-10-24,y' },
      ],
      subjects: ['2', '4'],
    });
  });

  it('are found behind quoted cells, and lines without a date are told apart', () => {
    const text =
      'game_id,name,game_date\n1,"A, B",2023-10-24\n2,"broken,2023-10-25\n3,C,2023-02-30\n4,D\n5,"E ""x"", F",2023-10-26\n';
    const sorted = sortLines(text, 'game_id');
    expect([...(sorted?.seasons.get('2023-24')?.keys() ?? [])]).toEqual(['2023-10-24', '2023-10-26']);
    expect(sorted?.undated.map(({ line, date }) => [line.number, date])).toEqual([
      [3, ''],
      [4, '2023-02-30'],
      [5, ''],
    ]);
  });

  it('are sorted to their date however it is written, in the order of the file', () => {
    const cells = [
      '11/01/2022',
      '2022-11-01',
      '2022-11-01T00:00:00',
      '"Nov 1, 2022"',
      '20221101',
      '2022-11-02',
    ];
    const text = `Game_ID, "game_date"\n${cells.map((cell, i) => `${i},${cell}\n`).join('')}`;
    const dates = sortLines(text, 'game_id')?.seasons.get('2022-23');
    expect([...(dates?.keys() ?? [])]).toEqual(['2022-11-01', '2022-11-02']);
    expect(dates?.get(gameDate('2022-11-01'))).toMatchObject({
      lines: [2, 3, 4, 5, 6].map((number) => ({ number })),
      subjects: ['0', '1', '2', '3', '4'],
    });
  });

  it('are not sorted without the columns', () => {
    expect(sortLines('a,b\n1,2023-10-24\n', 'game_id')).toBeUndefined();
    expect(sortLines('', 'game_id')).toBeUndefined();
  });

  const dates = fc.constantFrom('2023-10-24', '2023-10-25', '2023-12-31', '2024-01-01');
  const rows = fc.array(fc.tuple(dates, fc.constantFrom('plain', '"a, b"', 'é', '""', '')), {
    maxLength: 30,
  });

  it('of one date are the same in the form by date, whatever the file looks like', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom('\n', '\r\n'), fc.boolean(), (cells, end, hasMark) => {
        const lines = cells.map(([date, cell], i) => `${i},${date},${cell}`);
        const sorted = sortLines(
          `${hasMark ? '\uFEFF' : ''}${['game_id,game_date,x', ...lines].join(end)}`,
          'game_id',
        );
        const ofSeason = sorted?.seasons.get('2023-24') ?? new Map<GameDate, never>();
        const open = openByDate(encodeByDate(sorted?.header ?? '', ofSeason));
        for (const [date, { lines: sound, digest }] of ofSeason) {
          const found = open(date);
          expect(found).toEqual({ header: 'game_id,game_date,x', lines: sound });
          expect(linesDigest(found?.header ?? '', found?.lines ?? [])).toBe(digest);
          expect(sound.map(({ text }) => text)).toEqual(lines.filter((line) => line.includes(date)));
        }
        expect(open(gameDate('2023-11-01'))).toBeUndefined();
      }),
    );
  });
});

describe('a slice', () => {
  const slices = (file: { readonly name: string; readonly text: string }) => {
    const named = sourceFileOf(file.name);
    if (named === undefined) throw new Error(`${file.name} is no source file`);
    return sliceFile(named, file.text, RAW_LOADS);
  };

  it('names its games by their ten digits, and the games of a schedule that are final', () => {
    const open = { ...secondGame, home_pts: '', visitor_pts: '', winner: '' };
    const found = slices(csv('schedule_2023-24.csv', [game, open]));
    expect('seasons' in found && found.seasons.get('2023-24')?.get(gameDate('2023-10-24'))).toMatchObject({
      subjects: ['0022300061', '0022300062'],
      finals: ['0022300061'],
    });
  });

  it('has one digest for equal lines, wherever they stand in a file', () => {
    const later = { ...game, game_date: '2023-10-26', game_id: '0022300070' };
    const digestOf = (rows: readonly object[]) => {
      const found = slices(csv('schedule_2023-24.csv', rows as (typeof game)[]));
      return 'seasons' in found
        ? found.seasons.get('2023-24')?.get(gameDate('2023-10-26'))?.digest
        : undefined;
    };
    expect(digestOf([later])).toBe(digestOf([game, secondGame, later]));
    expect(digestOf([{ ...later, home_pts: 99 }])).not.toBe(digestOf([later]));
  });

  it('is not made of lines of seasons that the name of the file does not name', () => {
    const found = slices(csv('schedule_2023-24.csv', [game, { ...game, game_date: '2019-10-24' }]));
    expect(found).toMatchObject({ undated: [{ line: 3, date: '2019-10-24' }] });
  });

  it('is not made of a file that lacks columns: what is lacking and what was found is told', () => {
    expect(
      slices({ name: 'schedule_2023-24.csv', text: 'game_id,game_date,season\n1,2023-10-24,2023-24\n' }),
    ).toEqual({
      fault: expect.stringMatching(
        /^lacks the columns season_type, home_team, .+ that nbac_schedule needs; its header has game_id, game_date, season$/,
      ),
    });
  });
});
