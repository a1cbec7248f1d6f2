/** The command line at a real terminal of 80 or 120 columns (by the draw; the whole proof has both), behind pipes that close, and with a log. */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawn, drawnOf, drawnStretch } from '../support/draw.ts';
import { copyOf, newFolder, removeFolders } from '../support/homes.ts';
import { byProof, proof } from '../support/proof.ts';
import { FULLCOURT, hasTerminal, tooLong, typed, type Shown } from '../support/pseudo-terminal.ts';
import { COMPILED } from '../support/command-line.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { builtLeague, importedHome, rawLeague, SEASON, tinyFiles } from '../support/tiny-league.ts';

if (!hasTerminal) console.log('Left out: real terminals (no `script` of util-linux)');

let home: string;

function shell(command: string, env: Record<string, string> = {}): SpawnSyncReturns<string> {
  return spawnSync('bash', ['-c', `set -o pipefail; ${command}`], {
    encoding: 'utf8',
    env: { ...process.env, FULLCOURT_HOME: home, NODE_COMPILE_CACHE: COMPILED, ...env },
  });
}

/** What a terminal of `columns` shows of a command. */
const atTerminal = (columns: number, args: string): Promise<Shown> =>
  typed(`${FULLCOURT} ${args}`, { columns, home }).ended;

beforeAll(async () => {
  home = copyOf((await builtLeague()).folder);
});
afterAll(removeFolders);

const RANGE = '--start 2021-10-19 --end 2022-04-10';

const WIDTHS = [80, 120];
const widths = proof === 'all' ? WIDTHS : drawnStretch(drawn('columns'), WIDTHS, 1);

describe.skipIf(!hasTerminal).each(widths)('a terminal of %d columns', (columns) => {
  const commands = [
    `coverage ${RANGE}`,
    `coverage ${RANGE} --by week`,
    'status',
    'status --date 2021-10-19',
    'status --date 2021-10-19 --why player_game_summary',
    'why 2021-11-10 ml_feature_store_v2',
    'why --start 2021-10-19 --end 2022-04-10',
    'backfills',
    'plan --season 2021-22 --force',
    'plan --season 2020-21',
    'plan --season 2021-22 --from 2',
    'plan --dates 2022-13-01',
    'dead-letters show dl-nowhere',
    'sources',
    'coverage --start 2019-10-19 --end 2021-10-19',
    'tables',
    'tables ml_feature_store_v2',
    'restatements --start 2021-10-19 --end 2021-10-19',
    "query 'SELECT * FROM nba_analytics.player_game_summary LIMIT 3'",
    'config',
    'player 1',
    'backfill --help',
    '--help',
  ];
  const some = byProof({ small: 4, ci: 7, all: commands.length });
  it.each(drawnOf(commands, some, 'commands', columns))('holds every line of: %s', async (args) => {
    const { lines, code } = await atTerminal(columns, args);
    expect([0, 1, 2]).toContain(code);
    expect(lines.length).toBeGreaterThan(0);
    expect(tooLong(lines, columns)).toEqual([]);
  });

  it('holds the bars of a backfill', async () => {
    const { lines, code } = await atTerminal(columns, 'backfill --dates 2021-10-20 --through 3 --force');
    expect(code).toBe(0);
    expect(tooLong(lines, columns)).toEqual([]);
    expect(lines.join('\n')).toMatch(/player_game_summary\s+█/);
  });
});

describe.skipIf(!hasTerminal)('a terminal on which nothing is left to do', () => {
  it('shows a backfill that builds nothing without an empty line before it', async () => {
    const { lines, code } = await atTerminal(120, `backfill --season ${SEASON} --through 4`);
    expect([code, lines[0]]).toEqual([0, expect.stringMatching(/^Backfill bf-\w+: done /)]);
  });

  it('shows a plan in which every date is unchanged as one with nothing to build', async () => {
    const { lines, code } = await atTerminal(120, `plan --season ${SEASON} --through 4`);
    expect([code, lines[0]]).toEqual([
      0,
      expect.stringMatching(/: 0 to build, \d+ unchanged; \d+ in the first days of a season$/),
    ]);
    expect(lines.join('\n')).toContain('Left out, bootstrap (the first days of a season): ');
  });
});

describe('pipes and logs', () => {
  it('a reader that goes away ends nothing but the printing', () => {
    const looked = shell(`${FULLCOURT} tables --json | head -c 1`);
    expect([looked.status, looked.stdout, looked.stderr]).toEqual([0, '{', '']);
    const built = shell(
      `${FULLCOURT} backfill --dates 2021-10-21 --through 3 --force 2>&1 >/dev/null | head -c 1`,
    );
    expect(built.status).toBe(0);
    const after = shell(`${FULLCOURT} backfills --json`);
    const { backfills } = JSON.parse(after.stdout) as { backfills: { state: string }[] };
    expect(backfills.map(({ state }) => state).filter((state) => state !== 'done')).toEqual([]);
  });

  it('with FULLCOURT_LOG every line on stderr is a JSON document, of progress and errors too', () => {
    for (const args of [
      'backfill --dates 2021-10-22 --through 3 --force',
      'plan --dates 2023-01-01',
      'plan --dates yesterday',
      'plan --dtaes x',
      "query 'SELECT nope'",
    ]) {
      const { stderr } = shell(`${FULLCOURT} ${args}`, { FULLCOURT_LOG: 'info' });
      const lines = stderr.split('\n').filter((line) => line !== '');
      expect([args, lines.length > 0]).toEqual([args, true]);
      for (const line of lines)
        expect(JSON.parse(line)).toMatchObject({ severity: expect.any(String) as string });
    }
  });

  it('control characters of an answer are shown', async () => {
    const sql = "SELECT 'a' || CHR(27) || ']0;x' || CHR(7) AS t";
    const { stdout } = await cli(home, 'query', sql);
    expect(stdout).toContain('a\\u001b]0;x\\u0007');
    const asked = await cli(home, 'player', '\u001b[2Jnobody');
    expect(asked.stdout).toBe('No file has named \\u001b[2Jnobody\n');
  });
});

describe('a player is found', () => {
  let named: string;
  beforeAll(async () => {
    const files = tinyFiles({ through: '2021-10-21' });
    const box = readFileSync(join(files, 'player_box_2021-22.csv'), 'utf8').split('\n');
    const at = (box[0] ?? '').split(',').indexOf('player_name');
    const name = box[1]?.split(',')[at] ?? '';
    for (const file of readdirSync(files)) {
      const text = readFileSync(join(files, file), 'utf8');
      writeFileSync(join(files, file), text.replaceAll(name, 'Luka Dončić'));
    }
    named = await importedHome(files);
  });

  it.each(['luka doncic', '  LUKA   DONČIĆ ', 'lukadoncic', 'Doncic, Luka', 'L. Doncic'])(
    'by "%s"',
    async (asked) => {
      const { code, document } = await cliJson<{ players: { name: string }[] }>(named, 'player', asked);
      expect([code, document.players.map(({ name }) => name)]).toEqual([0, ['Luka Dončić']]);
    },
  );

  it.each(['luka', 'luka donsic'])('"%s" is nobody, and he is named', async (asked) => {
    const { code, stdout } = await cli(named, 'player', asked);
    expect([code, stdout]).toEqual([1, `No file has named ${asked}; did you mean Luka Dončić?\n`]);
  });
});

describe('what one command writes another reads', () => {
  it('coverage --missing --csv is what backfill --dates @FILE builds', async () => {
    const other = copyOf(await rawLeague());
    const range = ['--start', '2021-10-19', '--end', '2021-10-24'];
    const missing = await cli(other, 'coverage', ...range, '--missing', '--csv');
    expect(missing.code).toBe(1);
    expect(missing.stdout).toMatch(/^table,date\nteam_offense_game_summary,2021-10-19\n/);
    const file = join(newFolder(), 'missing.csv');
    writeFileSync(file, missing.stdout);
    const built = await cliJson<{ state: string }>(other, 'backfill', '--dates', `@${file}`);
    expect(built).toMatchObject({ code: 0, document: { state: 'done' } });
    expect(await cli(other, 'coverage', ...range, '--missing')).toMatchObject({
      code: 0,
      stdout: 'Nothing is missing\n',
    });
  });

  it('a file of cells names the tables itself, and may name them as queries do', async () => {
    const file = join(newFolder(), 'cells');
    writeFileSync(
      file,
      'nba_analytics.player_game_summary 2021-10-19\r\nteam_offense_game_summary,2021-10-20\r\n',
    );
    const planned = await cliJson<{ tables: { table: string }[]; dates: { requested: number } }>(
      home,
      'plan',
      '--dates',
      `@${file}`,
      '--force',
      '--through',
      '3',
    );
    expect(planned.document.dates.requested).toBe(2);
    expect(planned.document.tables.map(({ table }) => table)).toContain('player_game_summary');
    const both = await cliJson<{ error: { flag: string } }>(
      home,
      'plan',
      '--dates',
      `@${file}`,
      '--tables',
      'nbac_schedule',
    );
    expect(both.document.error.flag).toBe('--tables');
  });
});
