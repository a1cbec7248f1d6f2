/** A scope file is read, or refused with what to write instead. */
import { describe, expect, it } from 'vitest';
import { scopeIn } from '../../functions/control/scope-file.ts';
import { RequestError } from '../../shared/domain/failure.ts';

const read = (text: string) => scopeIn('scope.json', new TextEncoder().encode(text));
/** What is wrong with a file, without the words around it. */
function faultOf(scope: unknown): string {
  try {
    read(typeof scope === 'string' ? scope : JSON.stringify(scope));
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const [, fault = error.message] =
      /^scope\.json is no scope: (.*)\. Nothing was imported\. /s.exec(error.message) ?? [];
    return fault;
  }
  return 'none';
}

describe('a scope file', () => {
  it('says seasons, kinds of games and dates, of all tables and of single ones', () => {
    const scope = {
      seasons: ['2023-24'],
      seasonTypes: ['regular', 'playoffs'],
      dates: [{ start: '2023-10-24', end: '2024-02-01' }],
      tables: { nbac_shot_chart: { seasonTypes: ['regular'] } },
    };
    expect(read(JSON.stringify(scope))).toEqual(scope);
    expect(read(`\uFEFF${JSON.stringify(scope)}`)).toEqual(scope);
    expect(read('{}')).toEqual({});
  });

  it('may write kinds of games as source files do', () => {
    expect(read('{"seasonTypes": ["Regular Season", "PlayIn", "Playoffs", "cup_final"]}')).toEqual({
      seasonTypes: ['regular', 'play_in', 'playoffs', 'cup_final'],
    });
  });

  it.each([
    ['it is no JSON', '{', /^it is not JSON in UTF-8/],
    ['it is no object', [], /^must be an object in braces$/],
    [
      'a field is unknown',
      { season: ['2023-24'] },
      /^there is no field "season"; fields are seasons, seasonTypes, dates and tables$/,
    ],
    ['a list is none', { seasons: '2023-24' }, /^seasons: must be a list of seasons$/],
    [
      'a list is empty',
      { seasonTypes: [] },
      /^seasonTypes: is an empty list; leave it out, or name kinds of games$/,
    ],
    [
      'a season is none',
      { seasons: ['2023-25'] },
      /^seasons\.0: "2023-25" is not a season such as "2023-24"$/,
    ],
    [
      'a kind is none',
      { seasonTypes: ['summer'] },
      /^seasonTypes\.0: "summer" is no kind of games; kinds are regular, play_in, playoffs, cup_final$/,
    ],
    [
      'a kind is no text',
      { seasonTypes: [2] },
      /^seasonTypes\.0: must be a kind of games in quotation marks$/,
    ],
    [
      'a date is none',
      { dates: [{ start: '2024-02-30', end: '2024-03-01' }] },
      /^dates\.0\.start: "2024-02-30" is not a calendar date/,
    ],
    [
      'a range has other fields',
      { dates: [{ start: '2024-02-01', to: '2024-03-01' }] },
      /dates\.0: there is no field "to"; fields are start and end$/,
    ],
    [
      'a range ends before it starts',
      { dates: [{ start: '2024-02-01', end: '2023-10-24' }] },
      /^dates\.0: ends on 2023-10-24, before it starts on 2024-02-01$/,
    ],
    [
      'its dates are in none of its seasons',
      { seasons: ['2023-24'], dates: [{ start: '2022-10-24', end: '2023-02-01' }] },
      /^dates: none of the dates is in 2023-24$/,
    ],
    [
      'a table has no scope',
      { tables: { nbac_schedule: {} } },
      /^tables\.nbac_schedule: "nbac_schedule" has no scope; tables with a scope are nbac_player_boxscores, nbac_shot_chart, nbac_team_boxscore$/,
    ],
    [
      'a field of a table is unknown',
      { tables: { nbac_shot_chart: { tables: {} } } },
      /^tables\.nbac_shot_chart: there is no field "tables"; fields are seasons, seasonTypes and dates$/,
    ],
    [
      'a table is meant in no season of its dates',
      {
        dates: [{ start: '2023-10-24', end: '2024-02-01' }],
        tables: { nbac_shot_chart: { seasons: ['2021-22'] } },
      },
      /^tables\.nbac_shot_chart: none of the dates is in 2021-22$/,
    ],
  ])('is refused when %s', (_, scope, fault) => {
    expect(faultOf(scope)).toMatch(fault);
  });

  it('is refused when it is not UTF-8', () => {
    expect(() => scopeIn('scope.json', new Uint8Array([0x7b, 0xff, 0x7d]))).toThrow(
      /it is not JSON in UTF-8/,
    );
  });
});
