/** A night without box scores: it is missing until a person gives it up, and given up only until data comes. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Impact } from '../../functions/steps/impact.ts';
import { newFolder, removeFolders } from '../support/homes.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { importedHome, tinyFiles } from '../support/tiny-league.ts';

const NIGHT = '2021-10-23';
const BOX = 'nbac_player_boxscores';
const REASON = 'the scoresheets were lost';

interface Table {
  readonly table: string;
  readonly expected: number;
  readonly present: number;
  readonly missing: readonly string[];
  readonly excluded: readonly { readonly date: string; readonly reason: string }[];
}

let whole: string;
let home: string;

beforeAll(async () => {
  whole = tinyFiles({ through: '2021-10-27' });
  const holed = newFolder();
  mkdirSync(holed, { recursive: true });
  for (const name of readdirSync(whole)) {
    const text = readFileSync(join(whole, name), 'utf8');
    const lines = /^(player|team)_box/.test(name)
      ? text.split('\n').filter((line) => !line.includes(NIGHT))
      : text.split('\n');
    writeFileSync(join(holed, name), lines.join('\n'));
  }
  home = await importedHome(holed);
  await cli(home, 'backfill', '--start', '2021-10-19', '--end', '2021-10-27', '--through', 'phase3');
}, 180_000);
afterAll(removeFolders);

async function coverageOf(table: string): Promise<Table | undefined> {
  const { document } = await cliJson<{ tables: Table[] }>(
    home,
    'coverage',
    '--start',
    '2021-10-19',
    '--end',
    '2021-10-27',
  );
  return document.tables.find((each) => each.table === table);
}

async function statusOf(table: string): Promise<Record<string, unknown> | undefined> {
  const { document } = await cliJson<{
    phases: Record<string, { tables: Record<string, Record<string, unknown>> }>;
  }>(home, 'status', '--date', NIGHT);
  return document.phases['phase2']?.tables[table];
}

describe('a night of which no file has the box scores', () => {
  it('is missing in raw and computed tables, and holds up nothing that comes after it', async () => {
    expect(await statusOf(BOX)).toMatchObject({
      status: 'partial',
      rows: 0,
      reason: expect.stringContaining('game_missing: 20211023_') as string,
    });
    for (const table of [BOX, 'team_offense_game_summary', 'player_game_summary']) {
      const coverage = await coverageOf(table);
      expect([table, coverage?.missing]).toEqual([table, [NIGHT]]);
    }
    expect((await coverageOf('upcoming_team_game_context'))?.missing).toEqual([]);
  });

  it('is not given up for a table that lacks nothing or follows from others, nor without a reason', async () => {
    for (const [table, says] of [
      ['nbac_schedule', /nbac_schedule lacks nothing that is known on 2021-10-23/],
      ['player_game_summary', /player_game_summary is partial on 2021-10-23 because of what it reads/],
    ] as const) {
      const answer = await cli(home, 'accept', '--table', table, '--dates', NIGHT, '--reason', REASON);
      expect([answer.code, answer.stderr]).toEqual([2, expect.stringMatching(says)]);
    }
    const answer = await cli(home, 'accept', '--table', BOX, '--dates', NIGHT);
    expect([answer.code, answer.stderr]).toEqual([2, expect.stringContaining('--reason')]);
  });

  it('changes no row when it is given up, as impact says without giving it up', async () => {
    const given = ['--table', BOX, '--dates', NIGHT, '--reason', REASON];
    const { code, document } = await cliJson<Impact>(home, 'impact', '--accept', ...given);
    expect([code, document]).toEqual([
      0,
      expect.objectContaining({ cells: [], exact: true, refused: [], notMade: [] }),
    ]);
    expect(document.bound).toBeGreaterThan(0);
    expect((await coverageOf(BOX))?.missing).toEqual([NIGHT]);
  });

  it('is empty, with person and reason, when it is given up; and missing no more', async () => {
    const given = ['--table', BOX, '--dates', NIGHT, '--reason', REASON, '--by', 'ann'];
    const { code, document } = await cliJson<Record<string, unknown>>(home, 'accept', ...given);
    expect([code, document]).toEqual([
      0,
      expect.objectContaining({ state: 'done', dates: [NIGHT], by: 'ann' }),
    ]);
    const reason = `source_unavailable; accepted by ann: ${REASON}`;
    expect(await statusOf(BOX)).toMatchObject({ status: 'empty', rows: 0, reason });
    expect(await coverageOf(BOX)).toMatchObject({ missing: [], excluded: [{ date: NIGHT, reason }] });
    expect(await coverageOf('player_game_summary')).toMatchObject({
      missing: [],
      excluded: [{ date: NIGHT, reason: 'source_unavailable' }],
    });
    const listed = await cliJson<{ accepted: object[] }>(home, 'accept');
    expect(listed.document.accepted).toEqual([
      expect.objectContaining({ table: BOX, date: NIGHT, by: 'ann', reason: REASON, over: false }),
    ]);
    const journal = join(home, 'archive', 'journal');
    const decisions = readdirSync(journal).filter((name) => name.endsWith('-accept.json'));
    expect(decisions.map((name) => JSON.parse(readFileSync(join(journal, name), 'utf8')) as unknown)).toEqual(
      [expect.objectContaining({ kind: 'accept', table: BOX, dates: [NIGHT], reason: REASON, by: 'ann' })],
    );
  });

  it('counts again when its data comes', async () => {
    expect((await cli(home, 'import', '--from', whole)).code).toBe(0);
    expect(await statusOf(BOX)).toMatchObject({ status: 'success', reason: null });
    const listed = await cliJson<{ accepted: object[] }>(home, 'accept');
    expect(listed.document.accepted).toEqual([expect.objectContaining({ date: NIGHT, over: true })]);
    expect((await coverageOf('player_game_summary'))?.missing).toEqual([NIGHT]);
    await cli(home, 'backfill', '--dates', NIGHT, '--through', 'phase3');
    expect((await coverageOf('player_game_summary'))?.missing).toEqual([]);
  });
});
