/** What is typed wrong is refused at once, in one line that names the flag or variable that was typed and says what it may be. */
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderFor, placeFor } from '../../functions/targets/folders.ts';
import { readConfig } from '../../shared/config.ts';
import { nearest } from '../../shared/domain/nearest.ts';
import { seasonsText } from '../../shared/domain/season.ts';
import { cli } from '../support/run-cli.ts';
import { removeFolder } from '../support/remove-folder.ts';

let folder: string;
let home: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flags-'));
  home = join(folder, 'home');
});
afterAll(() => removeFolder(folder));

describe('a command', () => {
  it.each([
    [
      'status --target emulater',
      '--target must be one of embedded, emulator, gcp, not "emulater"',
      '--target',
    ],
    ['serve --processes one', '--processes has no effect without --target emulator', '--processes'],
    ['coverage', /^--start and --end say which dates are meant, such as /, '--start'],
    ['restatements', /^--start and --end say which dates are meant, such as /, '--start'],
    ['simulate --seed x', '--seed must be a whole number, not "x"', '--seed'],
    ['simulate --seasons 0', '--seasons must be a whole number from 1, not "0"', '--seasons'],
    [
      'simulate --first-season 1900',
      '--first-season must be a whole number from 1980 to 2045, not "1900"',
      '--first-season',
    ],
    ['simulate --seed 1e3', '--seed must be a whole number, not "1e3"', '--seed'],
    ['backfills --limit -1', '--limit must be a whole number from 0 (0 for all), not "-1"', '--limit'],
    ['query --limit 2.5 SELECT', '--limit must be a whole number from 0 (0 for all), not "2.5"', '--limit'],
    ['query --format xml SELECT', /^--format must be one of table, .*, not "xml"$/, '--format'],
    [
      'plan --season 2023-24 --max-in-flight 65',
      '--max-in-flight must be a whole number from 1 to 64, not "65"',
      '--max-in-flight',
    ],
    [
      'serve --port 70000',
      '--port must be a whole number from 0 to 65535 (0 for any free one), not "70000"',
      '--port',
    ],
    [
      'verify-deploy --timeout soon',
      '--timeout must be a whole number from 1 to 3600, not "soon"',
      '--timeout',
    ],
    [
      'export --to /proc/x',
      '--to: /proc/x lies in /proc, where nothing can be kept; name another folder',
      '--to',
    ],
    [
      'snapshot --to /proc/x',
      '--to: /proc/x lies in /proc, where nothing can be kept; name another folder',
      '--to',
    ],
    [
      'deploy --dry-run --project my-project --project-number 123456789012 --out /proc/x',
      '--out: /proc/x lies in /proc, where nothing can be kept; name another folder',
      '--out',
    ],
    [
      'backfill --dates @/nowhere/at/all',
      '--dates: /nowhere/at/all cannot be read: it does not exist',
      '--dates',
    ],
    ['backfill --dates @/', '--dates: / cannot be read: it is a folder', '--dates'],
    ['import --from /nowhere/at/all', '/nowhere/at/all cannot be read: it does not exist', null],
    ['models show nope', 'There is no model nope; list them with: fullcourt models', null],
    [
      'evaluate --start 2024-01-01 --end 2024-01-31 --model nope',
      '--model: There is no model nope; list them with: fullcourt models',
      '--model',
    ],
    ['help backfills shw', /^unknown command 'shw'; did you mean show\?/, null],
  ] as const)('fullcourt %s', async (typed, message, flag) => {
    const { code, stdout, stderr } = await cli(home, ...typed.split(' '), '--json');
    const { error } = JSON.parse(stdout) as { error: { message: string; flag: string | null } };
    expect([code, error.flag]).toEqual([2, flag]);
    if (typeof message === 'string') expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
    expect(stderr.trim().split('\n').at(-1)).toBe(`error: ${error.message}`);
  });

  it('takes no name without letters', async () => {
    const { code, stderr } = await cli(home, 'player', ' ');
    expect([code, stderr]).toEqual([2, 'error: NAME is empty: give a name or an id of the NBA\n']);
  });
});

it.each([
  ['FULLCOURT_MEMORY', 'plenty', 'must be a size such as 500MB or 2GB'],
  ['FULLCOURT_MEMORY', '0MB', 'must be a size such as 500MB or 2GB'],
  ['FULLCOURT_THREADS', '0', 'must be a whole number from 1 to 256'],
  ['FULLCOURT_THREADS', '', 'must be a whole number from 1 to 256'],
  ['FULLCOURT_THREADS', 'two', 'must be a whole number from 1 to 256'],
  ['FULLCOURT_LEASE_SECONDS', '7.5', 'must be a whole number from 5 to 3600'],
  ['FULLCOURT_CLOCK_AHEAD_SECONDS', 'soon', 'must be a number from -3155760000 to 3155760000'],
  ['FULLCOURT_HOME', '', 'must be the path of a folder'],
  ['FULLCOURT_HOME', ' ', 'must be the path of a folder'],
  ['FULLCOURT_LOG', 'loud', 'must be one of debug, info, warning, error, off'],
  ['FULLCOURT_TARGET', 'aws', 'must be one of embedded, emulator, gcp'],
  ['FULLCOURT_ALLOW_UNKEYED', 'yes', 'must be one of 0, 1'],
])('%s=%s %s', (name, value, must) => {
  expect(() => readConfig({ [name]: value })).toThrow(`${name}: ${must}`);
});

it('numbers of the environment are read', () => {
  const found = readConfig({ FULLCOURT_THREADS: '3', FULLCOURT_CLOCK_AHEAD_SECONDS: '-12.5' });
  expect([found.threads, found.clockAheadSeconds, readConfig({}).clockAheadSeconds]).toEqual([3, -12.5, 0]);
});

describe('a folder that a flag names', () => {
  it('is made', () => {
    const path = join(folder, 'a', 'b');
    expect(placeFor('--to', path)).toBe(path);
    expect(folderFor('--to', path)).toBe(path);
    expect(folderFor('--to', path)).toBe(path);
  });

  it('is refused where no folder can be', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    symlinkSync('/proc/self', join(folder, 'link'));
    for (const [path, why] of [
      ['', '--to names no folder'],
      [file, `--to: ${file} is a file and no folder`],
      [join(file, 'x'), 'lies below a file'],
      ['/sys/x', 'lies in /sys'],
      [join(folder, 'link', 'x', 'y'), 'lies in /proc'],
    ] as const)
      expect(() => folderFor('--to', path)).toThrow(why);
  });
});

it('a name that one letter makes different is meant, however short it is', () => {
  for (const asked of ['shw', 'sohw', 'shows', 'shaw'])
    expect(nearest(asked, ['list', 'show', 'watch'])).toEqual(['show']);
  expect(nearest('sh', ['list', 'show', 'watch'])).toEqual([]);
});

it('many seasons in a row are told by the first and the last', () => {
  expect(seasonsText(['2023-24', '2021-22'])).toBe('2021-22, 2023-24');
  expect(seasonsText(['2019-20', '2020-21', '2021-22'])).toBe('2019-20, 2020-21, 2021-22');
  expect(seasonsText(['1998-99', '1999-00', '2000-01', '2001-02', '2010-11'])).toBe(
    '1998-99 to 2001-02, 2010-11',
  );
});
