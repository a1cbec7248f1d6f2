/** What an import says and does: every line is accounted for, what changes is told, and a refused import changes nothing. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyOf, newFolder, removeFolders } from '../support/homes.ts';
import { drawnOf } from '../support/draw.ts';
import { proof } from '../support/proof.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { importedHome, SEASON, tinyFiles } from '../support/tiny-league.ts';

interface Imported {
  readonly rows: Readonly<Record<string, number>>;
  readonly rejected: number;
  readonly notUsed: number;
  readonly lines: readonly Record<'read' | 'loaded' | 'refused' | 'notUsed', number>[];
  readonly causes: readonly { cause: string; file: string; rows: number }[];
  readonly unused: readonly { count: number }[];
  readonly changes: readonly {
    table: string;
    date: string;
    added: number;
    changed: number;
    removed: number;
  }[];
  readonly examples: readonly { table: string; column: string | null; old: unknown; new: unknown }[];
  readonly stale: readonly { table: string; dates: string[] }[];
  readonly notes: readonly string[];
  readonly dropped: readonly string[];
  readonly next: string | null;
  readonly failed: readonly string[];
}

const canMakePipes = spawnSync('mkfifo', ['--help']).error === undefined;
if (!canMakePipes) console.log('Left out: an import that is given a pipe (no mkfifo on the PATH)');
const BOX = `player_box_${SEASON}.csv`;
const DATE = '2021-10-22';
/** The last date of the files. */
const LAST = '2021-10-26';

let files: string;
let home: string;
beforeAll(async () => {
  files = tinyFiles({ through: LAST });
  home = await importedHome(files);
});
afterAll(removeFolders);

/** A folder with the schedule of the league and a scope. */
function scheduleWith(scope: object): string {
  const name = `schedule_${SEASON}.csv`;
  const folder = folderOf(name, readFileSync(join(files, name), 'utf8'));
  writeFileSync(join(folder, 'scope.json'), JSON.stringify(scope));
  return folder;
}

/** A folder with one file. */
function folderOf(name: string, text: string): string {
  const folder = join(newFolder(), 'files');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  return folder;
}

/** The box scores of one date, with `change` made to the rows. */
function boxOf(
  date: string,
  change: (rows: readonly string[][], at: (column: string) => number) => readonly (readonly string[])[],
): string {
  const [head = '', ...lines] = readFileSync(join(files, BOX), 'utf8').trimEnd().split('\n');
  const columns = head.split(',');
  const at = (column: string): number => columns.indexOf(column);
  const rows = lines.map((line) => line.split(',')).filter((row) => row[at('game_date')] === date);
  if (rows.length < 3) throw new Error(`no games on ${date}`);
  return `${[head, ...change(rows, at).map((row) => row.join(','))].join('\n')}\n`;
}

/** A day with an assist more for its first player, and a second row that cannot be read. */
const corrected = (): string =>
  folderOf(
    BOX,
    boxOf(DATE, ([first = [], second = [], ...rest], at) => [
      first.with(at('ast'), String(Number(first[at('ast')]) + 1)),
      second.with(at('pts'), 'a few'),
      ...rest,
    ]),
  );

/** Every file of a home with its size and time of change. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return `${path} ${readFileSync(path).toString('base64').length} ${statSync(path).mtimeMs}`;
    })
    .sort();
}

/** What the archive and the tables of a home hold. */
async function contentOf(folder: string): Promise<unknown> {
  const rows = await cliJson(
    folder,
    'query',
    `SELECT game_date, COUNT(*) AS n, SUM(assists) AS a FROM nba_raw.nbac_player_boxscores WHERE game_date >= DATE '2021-01-01' GROUP BY game_date ORDER BY game_date`,
  );
  const archive = readdirSync(join(folder, 'archive'), { recursive: true }).map(String).sort();
  return [rows.document, archive];
}

describe('an import', () => {
  it('accounts for every line: loaded, refused with its causes, or not used with a reason', async () => {
    const { document, code } = await cliJson<Imported>(newFolder(), 'import', files);
    expect(code).toBe(0);
    for (const each of document.lines) expect(each.read).toBe(each.loaded + each.refused + each.notUsed);
    const sum = (of: readonly { readonly count: number }[]): number =>
      of.reduce((total, { count }) => total + count, 0);
    expect(sum(document.unused)).toBe(document.notUsed);
    expect(document.rejected).toBe(document.causes.reduce((total, { rows }) => total + rows, 0));
    // Nothing was there before: all rows are added.
    for (const [table, rows] of Object.entries(document.rows)) {
      const added = document.changes.filter((change) => change.table === table);
      expect([table, added.reduce((total, change) => total + change.added, 0)]).toEqual([table, rows]);
    }
    expect(document.changes.every(({ changed, removed }) => changed + removed === 0)).toBe(true);
    expect(document).toMatchObject({ examples: [], stale: [], failed: [] });
    const dates = document.changes.map(({ date }) => date).sort();
    expect(document.next).toBe(`fullcourt backfill --start ${dates[0]} --end ${dates.at(-1)}`);
  });

  it('says which rows a correction has changed, with old and new values; diff says the same', async () => {
    const folder = copyOf(home);
    const { document, code } = await cliJson<Imported>(folder, 'import', '--from', corrected());

    expect(code).toBe(0);
    expect(document).toMatchObject({
      rejected: 1,
      causes: [{ cause: 'pts is …, which is not a whole number', file: BOX, rows: 1 }],
    });
    const change = { table: 'nbac_player_boxscores', date: DATE, added: 0, changed: 1, removed: 1 };
    expect(document.changes).toEqual([change]);
    const cell = document.examples.find(({ column }) => column === 'assists');
    expect(Number(cell?.new)).toBe(Number(cell?.old) + 1);
    const diff = await cliJson<{ changes: Imported['examples'] }>(folder, 'diff', DATE);
    expect(diff).toMatchObject({ code: 0, document: { changes: document.examples } });
    const others = await cliJson(folder, 'diff', DATE, '--table', 'nbac_schedule');
    expect(others.document).toEqual({ changes: [] });
    const nobody = await cli(folder, 'diff', DATE, '--table', 'nobody');
    expect([nobody.code, nobody.stderr]).toEqual([2, expect.stringContaining('There is no table nobody')]);
    const rejects = await cliJson(folder, 'rejects');
    expect(rejects.document).toMatchObject({
      total: 1,
      causes: [
        {
          cause: 'pts is …, which is not a whole number',
          file: BOX,
          rows: 1,
          example: 'line 3: pts is "a few", which is not a whole number',
        },
      ],
    });
  });

  it('names what is stale and the command that follows, which rebuilds it and says what it changed', async () => {
    const folder = copyOf(home);
    const last = '2021-10-24';
    await cliJson(folder, 'backfill', '--start', '2021-10-19', '--end', last, '--through', 'phase3');
    const { document } = await cliJson<Imported>(folder, 'import', '--from', corrected());
    const tables = document.stale.map(({ table }) => table);

    expect(tables).toContain('player_game_summary');
    expect(document.stale.find(({ table }) => table === 'player_game_summary')?.dates).toEqual([DATE]);
    expect(document.next).toMatch(/^fullcourt backfill --start 2021-10-\d\d --end [\d-]+ --only stale$/);
    const next = await cliJson<Imported>(folder, ...(document.next ?? '').split(' ').slice(1));
    expect(next.document.changes).toContainEqual({
      ...{ table: 'player_game_summary', date: DATE, added: 0, removed: 1 },
      changed: expect.any(Number) as number,
    });
    const { document: again } = await cliJson<Imported>(folder, 'import', '--from', corrected());
    expect(again).toMatchObject({ changes: [], stale: [], next: null });
  });

  it('dry: says the same and writes nothing', async () => {
    const folder = copyOf(home);
    const before = filesOf(folder);
    const from = corrected();
    const { document: dry, code } = await cliJson<Imported>(folder, 'import', from, '--dry-run');
    expect(filesOf(folder)).toEqual(before);
    const { document } = await cliJson<Imported>(folder, 'import', from);

    expect(code).toBe(0);
    const told = ({ changes, rejected, notUsed, lines, causes }: Imported): unknown => ({
      ...{ changes, rejected, notUsed, lines, causes },
    });
    expect(told(dry)).toEqual(told(document));
    const cells = ({ examples }: Imported): string[] =>
      examples.map(({ column, old, new: now }) => `${column} ${String(old)} ${String(now)}`).sort();
    expect(cells(dry)).toEqual(cells(document));
  });
});

describe('an import that is refused', () => {
  const third = (): string =>
    folderOf(
      BOX,
      boxOf(DATE, (rows) => rows.filter((_, i) => i % 3 === 0)),
    );

  it('leaves everything as it was, and no later --force publishes it', async () => {
    const folder = copyOf(home);
    const before = await contentOf(folder);
    const fewer = await cliJson<Imported>(folder, 'import', third());
    const unreadable = folderOf(
      BOX,
      boxOf(DATE, (rows, at) => rows.map((row) => row.with(at('pts'), 'a few'))),
    );
    const none = await cliJson<Imported>(folder, 'import', unreadable);

    expect([fewer.code, none.code]).toEqual([1, 1]);
    expect(fewer.document.failed[1]).toMatch(
      new RegExp(`^nbac_player_boxscores of ${DATE} would have \\d+ rows instead of \\d+$`),
    );
    expect(none.document.failed[1]).toMatch(
      new RegExp(
        `would have 0 rows instead of \\d+; line 2 of ${BOX}: pts is "a few", which is not a whole number$`,
      ),
    );
    expect(await contentOf(folder)).toEqual(before);
    const forced = ['--dates', DATE, '--from', 'phase2', '--through', 'phase2', '--force'];
    expect((await cliJson(folder, 'backfill', ...forced)).code).toBe(0);
    expect(await contentOf(folder)).toEqual(before);
    // Not even --replace takes rows of which nothing can be read.
    expect((await cliJson(folder, 'import', unreadable, '--replace')).code).toBe(1);
    expect(await contentOf(folder)).toEqual(before);
  });

  it('is made with --replace, which says what it drops', async () => {
    const folder = copyOf(home);
    const { code, document } = await cliJson<Imported>(folder, 'import', third(), '--replace');

    expect(code).toBe(0);
    expect(document.dropped).toEqual([
      expect.stringMatching(/^nbac_player_boxscores of 2021-22 loses \d+ games that only older files have/),
    ]);
    expect(Object.keys(document.rows)).toContain('nbac_player_boxscores');
    const rows = document.rows['nbac_player_boxscores'];
    expect(document.lines.reduce((sum, { loaded }) => sum + loaded, 0)).toBe(rows);
  });

  it.skipIf(proof === 'small')('leaves no season behind of which no game was accepted', async () => {
    const folder = newFolder();
    const text = readFileSync(join(files, `schedule_${SEASON}.csv`), 'utf8');
    const [head = '', ...rows] = text.trimEnd().split('\n');
    const at = head.split(',').indexOf('home_team');
    for (const broken of [
      rows.map((row) => row.split(',').with(at, 'XXX').join(',')),
      rows.map((row) => row.replace(/\d{4}-\d\d-\d\d/, 'some day')),
    ]) {
      const from = folderOf(`schedule_${SEASON}.csv`, `${[head, ...broken].join('\n')}\n`);
      const { code, document } = await cliJson<Imported>(folder, 'import', from);
      expect([code, document.failed[0]]).toEqual([
        1,
        expect.stringContaining(`schedule_${SEASON}.csv: none of its rows was accepted`),
      ]);
      const { document: status } = await cliJson<{ seasons: unknown[] }>(folder, 'status');
      expect(status.seasons).toEqual([]);
    }
    const { document: rejects } = await cliJson<{ causes: { cause: string }[] }>(folder, 'rejects');
    expect(rejects.causes.length).toBeGreaterThan(0);
  });
});

describe('a file that gives nothing', () => {
  it('is told when it is called like a source file and is none that can be read', async () => {
    const from = folderOf(BOX, readFileSync(join(files, BOX), 'utf8'));
    for (const name of ['schedule_2021-22.csv.zip', 'SCHEDULE_2021-22.CSV', 'team_box_2021-22.csv.bz2'])
      writeFileSync(join(from, name), 'PK');
    writeFileSync(join(from, 'README.md'), 'words');
    const { code, document } = await cliJson<Imported>(copyOf(home), 'import', from);
    expect(code).toBe(0);
    expect(document.notes).toEqual(
      ['SCHEDULE_2021-22.CSV', 'schedule_2021-22.csv.zip', 'team_box_2021-22.csv.bz2'].map(
        (name) => `${name} is not loaded: only files that end in .csv or .csv.gz are read`,
      ),
    );
  });

  it.skipIf(proof === 'small')(
    'is a fault when it has a header and no rows, and none when another file has all of its rows',
    async () => {
      const text = readFileSync(join(files, BOX), 'utf8');
      const from = folderOf(BOX, text);
      writeFileSync(join(from, `${BOX}.gz`), gzipSync(text));
      const twice = await cliJson<Imported>(copyOf(home), 'import', from);
      expect([twice.code, twice.document.failed]).toEqual([0, []]);
      expect(twice.document.causes).toEqual([
        expect.objectContaining({ file: `${BOX}.gz`, cause: expect.stringMatching(/^same game_id/) }),
      ]);

      const [head = ''] = text.split('\n');
      const empty = folderOf(BOX, `${head}\n`);
      for (const more of [[], ['--dry-run']]) {
        const { code, document } = await cliJson<Imported>(copyOf(home), 'import', empty, ...more);
        expect([code, document.failed]).toEqual([1, [`${BOX}: it has a header and no rows`]]);
      }
    },
  );
});

describe('what an import takes', () => {
  it('is files and folders, links to them included', async () => {
    const folder = newFolder();
    const links = join(newFolder(), 'links');
    mkdirSync(links, { recursive: true });
    const schedule = `schedule_${SEASON}.csv`;
    symlinkSync(join(files, schedule), join(links, schedule));
    const linked = `${links}-too`;
    symlinkSync(links, linked);
    const { code, document } = await cliJson<Imported>(folder, 'import', linked, join(files, BOX));

    expect(code).toBe(0);
    expect(Object.keys(document.rows).sort()).toEqual(
      ['nbac_game_results', 'nbac_player_boxscores', 'nbac_schedule'].sort(),
    );
  });

  const wrong: readonly [string, (folder: string) => string, RegExp][] = [
    [
      'a folder called like a file',
      (folder) => {
        mkdirSync(join(folder, BOX));
        return folder;
      },
      /player_box_2021-22\.csv is a folder, not a file/,
    ],
    ['a device', () => '/dev/zero', /\/dev\/zero is a device, not a file/],
    [
      'a link to nothing',
      (folder) => {
        symlinkSync(join(folder, 'nowhere'), join(folder, BOX));
        return folder;
      },
      /player_box_2021-22\.csv is a link to nothing/,
    ],
    ['nothing', (folder) => join(folder, 'nowhere'), /cannot be read/],
  ];
  it.each(proof === 'small' ? drawnOf(wrong, 1, 'no files') : wrong)(
    'is not %s: 2, by name',
    (_, make, message) => refused(make, message),
  );

  it.skipIf(!canMakePipes)('is not a pipe: 2, by name', () =>
    refused((folder) => {
      execFileSync('mkfifo', [join(folder, BOX)]);
      return folder;
    }, /player_box_2021-22\.csv is a pipe, not a file/),
  );

  /** Imports what `make` makes of a folder that lacks one of its files, which is refused. */
  async function refused(make: (folder: string) => string, message: RegExp): Promise<void> {
    const folder = join(newFolder(), 'files');
    cpSync(files, folder, { recursive: true, filter: (path) => !path.endsWith(BOX) });
    const { code, stderr } = await cli(newFolder(), 'import', make(folder));

    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  }

  it('is not two files of one name, and something', async () => {
    const other = folderOf(BOX, 'x');
    const twice = await cli(newFolder(), 'import', join(files, BOX), other);
    expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('have the same name')]);
    const nothing = await cli(newFolder(), 'import');
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('Name files or folders')]);
  });
});

describe('an import that says what its files mean to hold', () => {
  it('takes the scope of the folder, or that of --scope, and coverage shows it', async () => {
    const folder = scheduleWith({ seasonTypes: ['playoffs'] });
    const target = newFolder();
    const first = await cli(target, 'import', folder);
    expect([first.code, first.stdout]).toEqual([
      0,
      expect.stringContaining(`Scope of ${SEASON} (scope.json): playoffs\n`),
    ]);
    const given = join(newFolder(), 'meant.json');
    writeFileSync(given, JSON.stringify({ dates: [{ start: DATE, end: DATE }] }));
    const second = await cli(target, 'import', folder, '--scope', given);
    expect(second.stdout).toContain(
      'scope.json beside the files is not used: meant.json was given with --scope',
    );
    const { stdout } = await cli(target, 'coverage', '--start', '2021-10-21', '--end', DATE);
    expect(stdout).toMatch(
      /^Outside of the scope of nbac_player_boxscores: \d games?, 1 whole date \(2021-10-21\)$/m,
    );
    expect(stdout).toMatch(
      new RegExp(
        `^Scope of ${SEASON} \\(meant\\.json, .+, \\d{4}-\\d\\d-\\d\\d\\): all games from ${DATE} to ${DATE}$`,
        'm',
      ),
    );
  });

  it('refuses what is no scope, and a folder with nothing but a scope', async () => {
    const answer = await cli(newFolder(), 'import', scheduleWith({ season: [SEASON] }));
    expect([answer.code, answer.stderr]).toEqual([
      2,
      expect.stringContaining(
        'scope.json is no scope: there is no field "season"; fields are seasons, seasonTypes',
      ),
    ]);
    const missing = await cli(
      newFolder(),
      'import',
      scheduleWith({}),
      '--scope',
      join(newFolder(), 'none.json'),
    );
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('none.json cannot be read')]);
    const empty = await cli(newFolder(), 'import', folderOf('scope.json', '{}'));
    expect([empty.code, empty.stderr]).toEqual([
      2,
      expect.stringContaining('holds no .csv or .csv.gz files'),
    ]);
  });
});
