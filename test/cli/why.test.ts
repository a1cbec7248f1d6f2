/** `why` at the command line: one cell, a date, a range, and the rows that are not ready. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeFolders } from '../support/homes.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { builtLeague, OPENING_NIGHT, rawLeague } from '../support/tiny-league.ts';

type Json = Record<string, unknown>;

let raw: string;
let built: string;
let last: string;

beforeAll(async () => {
  raw = await rawLeague();
  built = (await builtLeague()).folder;
  const sql = 'SELECT MAX(game_date) AS last FROM nba_raw.nbac_schedule';
  last = (await cliJson<{ rows: { last: string }[] }>(built, 'query', sql)).document.rows[0]?.last ?? '';
});
afterAll(removeFolders);

describe('what scripts rely on', () => {
  it('why says the same of a cell, and names what is not green of a date and of a range', async () => {
    const cell = [last, 'ml_feature_store_v2'] as const;
    const one = await cliJson<Json>(raw, 'why', ...cell);
    expect(one.document).toEqual(
      (await cliJson<Json>(raw, 'status', '--date', last, '--why', 'ml_feature_store_v2')).document,
    );
    const ofDate = await cliJson<{ cells: Json[] }>(raw, 'why', last);
    expect(ofDate.document.cells.map(({ table }) => table)).toContain('ml_feature_store_v2');
    const range = ['--start', last, '--end', last] as const;
    const ofTable = await cliJson<{ cells: Json[] }>(raw, 'why', 'ml_feature_store_v2', ...range);
    expect(ofTable).toMatchObject({ code: 0, document: { cells: [{ status: 'blocked' }] } });
    const { stdout } = await cli(raw, 'why', ...range);
    expect(stdout).toMatch(new RegExp(`^\\d+ cells are not green on ${last}\n`));
    expect(stdout).toMatch(
      /^ {2}team_offense_game_summary on \d+ dates \(2021-10-19, .*\) is missing: .*; cure it with: fullcourt backfill --start 2021-10-19 --end /m,
    );
    const missing = await cli(raw, 'coverage', ...range, '--missing');
    expect(missing.stdout).toMatch(
      /^ {2}team_offense_game_summary on \d+ dates \(2021-10-19, .*\) is missing: .*; cure it with: fullcourt backfill --start 2021-10-19 --end /m,
    );
    expect(await cliJson<Json>(raw, 'why', '2019-01-05')).toMatchObject({
      ...{ code: 1, document: { cells: [], unknownSeasons: ['2018-19'] } },
    });
    const summaries = await cliJson<Json>(built, 'why', OPENING_NIGHT, 'player_game_summary');
    expect(summaries.document).toMatchObject({ cells: [{ table: 'player_game_summary' }] });
  });

  it('why says which rows of a cell are not ready, by which codes', async () => {
    const { document } = await cliJson<{ cells: Json[] }>(
      built,
      'why',
      '--start',
      OPENING_NIGHT,
      '--end',
      last,
    );
    const cell = document.cells.find(
      ({ status, table }) => status === 'not_ready' && table === 'player_shot_zone_analysis',
    );
    const [table, date] = [String(cell?.['table']), String(cell?.['date'])];
    const one = await cliJson<{
      cells: { notReady: { code: string; rows: number; examples: string[] }[] }[];
    }>(built, 'why', date, table);
    const found = one.document.cells[0]?.notReady ?? [];
    expect(found).toContainEqual(expect.objectContaining({ table, date, code: 'thin_sample' }));
    const { rows } = (
      await cliJson<{ rows: { n: number }[] }>(
        built,
        'query',
        `SELECT COUNT(*) AS n FROM nba_precompute.player_shot_zone_analysis WHERE analysis_date = '${date}' AND data_quality_issues LIKE '%thin_sample%' AND NOT is_production_ready`,
      )
    ).document;
    expect(found.find(({ code }) => code === 'thin_sample')?.rows).toBe(rows[0]?.n);
    const { stdout } = await cli(built, 'why', date, table);
    expect(stdout).toMatch(new RegExp(`^${table}@${date} +\\d+ +thin_sample `, 'm'));
  });

  it.each([
    ['nothing', [], /^error: Say which date is meant: fullcourt why DATE \[TABLE\]/],
    [
      'a date and a range',
      ['2021-10-19', 'nbac_schedule', '--start', '2021-10-19'],
      /either a date or a range/,
    ],
    ['no table', ['2021-10-19', 'player_game_sumary'], /did you mean .*player_game_summary/],
  ] as const)('why refuses %s', async (_what, args, message) => {
    const { code, stderr } = await cli(raw, 'why', ...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});
