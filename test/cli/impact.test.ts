/** `impact` at a home: what a correction of a person, a file and a backfill would change, and what --apply does. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Impact } from '../../functions/steps/impact.ts';
import { copyOf, newFolder, removeFolders } from '../support/homes.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { builtLeague, tinyFiles } from '../support/tiny-league.ts';

const BOX = 'nbac_player_boxscores';
/** Nothing is built after it but the dates of two days. */
const SINCE = '2021-12-14';
const REASON = 'the league has corrected the scoresheet';

interface Line {
  readonly game_id: string;
  readonly game_date: string;
  readonly player_lookup: string;
  readonly steals: number;
  readonly source: string;
}

let home: string;
let line: Line;

beforeAll(async () => {
  home = copyOf((await builtLeague()).folder);
  line = await lineOf(`game_date >= '${SINCE}' AND minutes > 20`);
}, 240_000);
afterAll(removeFolders);

async function lineOf(where: string): Promise<Line> {
  const columns = 'game_id, game_date, player_lookup, steals, source';
  const sql = `SELECT ${columns} FROM nba_raw.${BOX} WHERE ${where} ORDER BY game_id, player_lookup LIMIT 1`;
  const { document } = await cliJson<{ rows: Line[] }>(home, 'query', sql);
  const [found] = document.rows;
  if (found === undefined) throw new Error(`No line where ${where}`);
  return found;
}

const ofLine = (...more: readonly string[]): string[] => [
  ...['impact', '--game', line.game_id, '--player', line.player_lookup, '--reason', REASON],
  ...more,
];
const journal = (): number => readdirSync(join(home, 'archive', 'journal')).length;

describe('a correction by hand', () => {
  it('names the cells, rows and columns, in less than the bound, and writes nothing', async () => {
    const before = journal();
    const steals = `steals=${line.steals + 1}`;
    const { code, document } = await cliJson<Impact>(home, ...ofLine('--set', steals));
    expect(code).toBe(0);
    expect(document).toMatchObject({ exact: true, refused: [], notMade: [] });
    expect(document.cells).toContainEqual({
      ...{ table: BOX, date: line.game_date, rows: 1, columns: ['steals'] },
    });
    expect(document.moves).toContainEqual(
      expect.objectContaining({ table: BOX, column: 'steals', old: line.steals, new: line.steals + 1 }),
    );
    const bound = await cliJson<Impact>(home, ...ofLine('--set', steals, '--bound'));
    expect(bound.document).toMatchObject({ exact: false, rows: null });
    const possible = bound.document.cells.map(({ table, date }) => `${table}@${date}`);
    for (const { table, date } of document.cells) expect(possible).toContain(`${table}@${date}`);
    expect(document.bound).toBe(possible.length);
    expect(journal()).toBe(before);
    expect(await lineOf(`player_lookup = '${line.player_lookup}' AND game_id = '${line.game_id}'`)).toEqual(
      line,
    );
  });

  it.each([
    [['--set', 'stole=1'], /stole is no column of a box score that can be corrected; there are minutes, /],
    [['--set', 'points=99'], /cannot be so: pts is 99/],
    [['--set', 'steals'], /--set must be COLUMN=VALUE, such as assists=7, not "steals"/],
    [['--set', 'minutes=many'], /many cannot be the minutes of this line/],
    [['--team', 'BOS', '--set', 'steals=1'], /either --player or --team/],
    [['--backfill', '--set', 'steals=1'], /exactly one of: --correct FILE, --game with --set/],
  ])('is refused with what to do: %s', async (flags, message) => {
    const { code, stderr } = await cli(home, ...ofLine(...flags));
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it('is an entry of the archive that says who and why with --apply, and stays when the documents are lost', async () => {
    const steals = line.steals + 1;
    const applied = await cliJson<{ failed: string[]; next: string | null }>(
      home,
      ...ofLine('--set', `steals=${steals}`, '--by', 'Kim', '--apply'),
    );
    expect([applied.code, applied.document.failed]).toEqual([0, []]);
    expect(applied.document.next).toMatch(/^fullcourt backfill --start .* --only stale$/);
    const where = `player_lookup = '${line.player_lookup}' AND game_id = '${line.game_id}'`;
    expect(await lineOf(where)).toEqual({ ...line, steals, source: 'manual' });
    const [entry] = readdirSync(join(home, 'archive'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.includes('player_box_manual_2021-22'),
    );
    expect(readFileSync(join(home, 'archive', entry ?? ''), 'utf8')).toContain(`,steals,Kim,${REASON}`);
    for (const name of readdirSync(home)) if (name.startsWith('state.sqlite')) rmSync(join(home, name));
    expect((await cli(home, 'recover')).code).toBe(0);
    expect(await lineOf(where)).toEqual({ ...line, steals, source: 'manual' });
  });
});

describe('the correction of a file', () => {
  it('is told before it is imported', async () => {
    const folder = tinyFiles();
    const [head = '', ...lines] = readFileSync(join(folder, 'game_odds_2021-22.csv'), 'utf8').split('\n');
    const at = head.split(',').indexOf('total');
    const cells = (lines.findLast((each) => each !== '') ?? '').split(',');
    cells[at] = String(Number(cells[at]) + 2);
    const file = join(newFolder(), 'game_odds_2021-22.csv');
    writeFileSync(file, `${head}\n${cells.join(',')}\n`);
    const { code, document } = await cliJson<Impact>(home, 'impact', '--correct', file);
    expect(code).toBe(0);
    expect(document.cells[0]).toEqual({
      ...{ table: 'odds_api_game_lines', date: cells[1], rows: 2, columns: ['outcome_point'] },
    });
  });
});

describe('a plan', () => {
  const request = ['--dates', '2021-12-01', '--through', 'phase3', '--force'];

  it('has an id, which impact tells too, and a backfill that expects another one is refused', async () => {
    const { document } = await cliJson<{ planId: string }>(home, 'plan', ...request);
    const { planId } = document;
    expect(planId).toMatch(/^[0-9a-f]{12}$/);
    const impact = await cliJson<Impact>(home, 'impact', '--backfill', ...request);
    expect(impact.document).toMatchObject({ planId, cells: [], exact: true });
    const done = await cliJson<{ state: string }>(home, 'backfill', ...request, '--expect', planId);
    expect([done.code, done.document.state]).toEqual([0, 'done']);
    const again = await cli(home, 'backfill', ...request, '--expect', planId);
    expect([again.code, again.stdout]).toEqual([
      1,
      expect.stringContaining(`the plan is not ${planId} any more`),
    ]);
  });
});
