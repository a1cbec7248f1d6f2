/** How the command line behaves at a terminal and in a script, without a home. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { program } from '../../scripts/cli.ts';
import { HELP, pathOf } from '../../scripts/cli/examples.ts';
import { normalized } from '../../scripts/cli/arguments.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { removeFolder } from '../support/remove-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'fullcourt-terminal-'));
afterAll(() => removeFolder(home));

function all(command: Command): Command[] {
  return command.commands.flatMap((each) => [each, ...all(each)]);
}
const commands = all(program).filter((command) => command.name() !== 'help');

/** Words of a command line; quotes hold words together. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}

describe('help', () => {
  it.each(commands.map((command) => [pathOf(command), command] as const))(
    '%s has two examples that its flags know, and a page',
    (path, command) => {
      const help = HELP[path];
      expect(help?.examples.length).toBeGreaterThanOrEqual(2);
      expect(readFileSync(join(root, help?.page ?? ''), 'utf8')).toMatch(/^# /);
      for (const example of help?.examples ?? []) {
        const words = normalized(wordsOf(example.replace(/ > .*/, '')));
        const names = path.split(' ');
        expect(
          words
            .slice(0, names.length)
            .join(' ')
            .startsWith(names[0] ?? ''),
        ).toBe(true);
        const flags = words.filter((word) => word.startsWith('--'));
        const own = example === path ? [] : command.options.map(({ long }) => long);
        expect([example, flags.filter((flag) => !own.includes(flag))]).toEqual([example, []]);
      }
    },
  );

  it('help of a command and --help are the same', async () => {
    const [helped, flagged] = await Promise.all([
      cli(home, 'help', 'backfills', 'show'),
      cli(home, 'backfills', 'show', '--help'),
    ]);
    expect(helped).toEqual(flagged);
    expect(helped.code).toBe(0);
    expect(helped.stdout).toContain('Examples:\n  fullcourt backfills show ID\n');
    expect(helped.stdout).toContain('More: docs/backfill.md');
  });

  it.each([
    [['help', 'backfil'], "unknown command 'backfil'; did you mean backfill?"],
    [['backfill', '--seasn', '2021-22'], "unknown option '--seasn'; did you mean --season?"],
    [['backfills', 'shew', 'x'], "unknown command 'shew'"],
  ])('%j is refused with what may be meant', async (args, says) => {
    const { code, stdout, stderr } = await cli(home, ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(says);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('errors with --json', () => {
  it.each([
    [['plan', '--start', '1900-01-01', '--end', '1900-02-01'], '--start', /before 1946/],
    [
      ['plan', '--start', '2022-02-30', '--end', '2022-03-01'],
      '--start',
      /"2022-02-30" is not a calendar date/,
    ],
    [
      ['plan', '--dates', '2022-01-01', '--from', 'phase7'],
      '--from',
      /one of phase2, phase3, phase4, phase5/,
    ],
    [
      ['plan', '--dates', '2022-01-01', '--tables', 'player_game_sumary'],
      '--tables',
      /did you mean player_game_summary\?/,
    ],
    [
      ['plan', '--dates', '2022-01-01', '--from', '4', '--through', '3'],
      '--through',
      /comes before --from phase4/,
    ],
    [['plan', '--season', '2021'], '--season', /a season such as 2023-24/],
    [['plan', '--season', '2021-22', '--max-in-flight', '65'], '--max-in-flight', /from 1 to 64/],
    [['plan', '--season', '2021-22', '--reason', 'x'], '--reason', /no effect without --skip-preflight/],
    [['plan', '--season', '2021-22', '--only', 'new'], '--only', /one of all, missing, failed, stale/],
    [['coverage', '--start', '2022-01-01', '--end', '2022-01-02', '--csv'], '--csv', /needs --missing/],
    [['coverage', '--start', '2022-01-02', '--end', '2022-01-01'], '--end', /is before --start 2022-01-02/],
    [['status', '--why', 'player_game_summary'], '--why', /needs --date/],
    [
      ['backfill', '--season', '2021-22', '--dry-run', '--no-watch'],
      '--no-watch',
      /no effect with --dry-run/,
    ],
    [['start', '--data', '.', '--seed', '3'], '--seed', /no effect with --data/],
    [['alias', '--team', 'DAL'], '--team', /no effect without NAME/],
    [['accept', '--list', '--by', 'ann'], '--list', /no effect/],
    [['diff', 'yesterday'], null, /"yesterday" is not a calendar date/],
    [['tables', 'nba_raw.nope'], null, /There is no table nba_raw.nope/],
  ] as const)('%j names the flag that was typed', async (args, flag, says) => {
    const { code, document, stderr } = await cliJson<{
      error: { code: string; message: string; flag: string | null };
    }>(home, ...args);
    expect(code).toBe(2);
    expect(Object.keys(document)).toEqual(['error']);
    expect(document.error.flag).toBe(flag);
    expect(document.error.message).toMatch(says);
    expect(document.error.code).toMatch(/^[a-z_]+$/);
    expect(stderr).toContain(document.error.message);
  });
});

describe('tables', () => {
  it('has every table with its columns, as scripts read it', async () => {
    const { code, document } = await cliJson<{
      tables: {
        name: string;
        phase: string;
        columns: { name: string; type: string; description: string }[];
      }[];
    }>(home, 'tables');
    expect(code).toBe(0);
    const cache = document.tables.find(({ name }) => name === 'player_daily_cache');
    expect(cache).toMatchObject({ phase: 'phase4', dataset: 'nba_precompute' });
    expect(cache?.columns.find(({ name }) => name === 'minutes_in_last_14_days')).toMatchObject({
      type: 'FLOAT64',
      unit: 'minutes',
      decimals: 1,
      nullWhen: 'when his minutes of a game are unknown although others have theirs',
    });
    for (const { columns } of document.tables)
      for (const { name, type, description } of columns)
        expect([name, type !== '' && description !== '']).toEqual([name, true]);
  });

  it.each(['player_daily_cache', 'nba_precompute.player_daily_cache', '`nba_precompute.player_daily_cache`'])(
    'takes the name %s',
    async (name) => {
      const { document } = await cliJson<{ tables: { name: string }[] }>(home, 'tables', name);
      expect(document.tables.map((each) => each.name)).toEqual(['player_daily_cache']);
    },
  );
});

describe('completion', () => {
  const WORDS = [
    [['back'], ['backfill', 'backfills', 'backtest']],
    [['backfills', 'sh'], ['show']],
    [['backfill', '--fr'], ['--from']],
    [
      ['plan', '--from', 'phase'],
      ['phase2', 'phase3', 'phase4', 'phase5'],
    ],
    [['import', '--target', 'emu'], ['emulator']],
    [['import', '--season', '2'], []],
    [['status', '--why', 'player_d'], ['player_daily_cache']],
    [['tables', 'ml_'], ['ml_feature_store_v2']],
    [['player', 'ml_'], []],
    [['coverage', '--by', 'w'], ['week']],
    [['accept', '--by', 'w'], []],
    [['query', '--format', 'p'], ['parquet']],
    [['serve', '--processes', 'o'], ['one']],
    [['backfills', 'list', '--state', 'done_'], ['done_with_failures']],
    [['start', '--seed', '1'], []],
    [['backfills', 'list', '--limit', '1'], []],
  ] as const;
  const FILES = [
    ['import', '--from', 'x'],
    ['import', 'x'],
    ['start', '--data', 'x'],
    ['export', '--to', 'x'],
    ['dead-letters', 'edit', 'abc', '--file', 'x'],
  ] as const;
  const CASES = [...WORDS, ...FILES.map((words) => [words, ['files']] as const)];
  const file = (name: string): string => join(root, 'scripts/completions', name);
  const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;
  for (const shell of ['zsh', 'fish'])
    if (!has(shell)) console.log(`Left out: completion in ${shell}, which is not installed`);

  /** What a shell offers, in the order of the alphabet. */
  function offered(shell: string, args: readonly string[]): readonly [readonly string[], string] {
    const { stdout, stderr } = spawnSync(shell, args, { encoding: 'utf8', cwd: root });
    return [
      stdout
        .split('\n')
        .filter((line) => line !== '')
        .sort(),
      stderr,
    ];
  }

  it.each(CASES)('bash completes %j', (words, completed) => {
    const script = [
      `source ${file('fullcourt.bash')}`,
      'compopt() { [[ $* == "-o default" ]] && echo files; }',
      'COMP_WORDS=(fullcourt "$@"); COMP_CWORD=$#; COMPREPLY=(); _fullcourt',
      '[[ ${#COMPREPLY[@]} == 0 ]] || printf "%s\\n" "${COMPREPLY[@]}"',
    ].join('\n');
    expect(offered('bash', ['-c', script, 'bash', ...words])).toEqual([completed, '']);
  });

  // What zsh calls to offer something uses programs of the PATH, as its own functions may.
  it.skipIf(!has('zsh')).each(CASES)('zsh completes %j', (words, completed) => {
    const script = [
      'words=(fullcourt "$@"); CURRENT=${#words}; begun=$words[-1]',
      'compadd() { shift; print -rl -- "$@" | grep -e "^$begun" }',
      '_describe() { print -rl -- "${(@P)2}" | sed "s/:.*//" | grep -e "^$begun" }',
      '_files() { print files }',
      `source ${file('_fullcourt')}`,
    ].join('\n');
    expect(offered('zsh', ['-f', '-c', script, 'zsh', ...words])).toEqual([completed, '']);
  });

  it.skipIf(!has('fish')).each(WORDS)('fish completes %j', (words, completed) => {
    const script = `source ${file('fullcourt.fish')}; complete -C "fullcourt ${words.join(' ')}" | string replace -r '\\t.*' ''`;
    expect(offered('fish', ['--no-config', '-c', script])).toEqual([completed, '']);
  });
});

describe('config', () => {
  it('says what is in force and where it comes from', async () => {
    const { document } = await cliJson<{ settings: { name: string; value: unknown; from: string }[] }>(
      home,
      'config',
      '--target',
      'emulator',
    );
    const of = (name: string): unknown => document.settings.find((each) => each.name === name);
    expect(of('FULLCOURT_TARGET')).toEqual({ name: 'FULLCOURT_TARGET', value: 'emulator', from: '--target' });
    expect(of('FULLCOURT_HOME')).toEqual({ name: 'FULLCOURT_HOME', value: home, from: 'environment' });
    expect(of('FULLCOURT_MEMORY')).toEqual({ name: 'FULLCOURT_MEMORY', value: '1GB', from: 'default' });
  });
});
