/** Commands in the texts of a command look at the target that the command itself has looked at. */
import { afterAll, describe, expect, it } from 'vitest';
import { program } from '../../scripts/cli.ts';
import { targetOf, withTarget } from '../../scripts/cli/target-flag.ts';
import { cli, cliJson, cliWith } from '../support/run-cli.ts';
import { newFolder, removeFolders } from '../support/homes.ts';

afterAll(removeFolders);

describe('the target of a command', () => {
  it.each([
    [['status', '--target', 'gcp'], undefined, 'gcp'],
    [['status', '--target=gcp'], 'emulator', 'gcp'],
    [['status'], 'emulator', 'emulator'],
    [['status'], undefined, undefined],
    [['query', '--', '--target gcp', '--target', 'gcp'], undefined, undefined],
    [['status', '--target', 'gcp', '--target', 'emulator'], undefined, 'emulator'],
  ])('%j with FULLCOURT_TARGET %s is %s', (args, FULLCOURT_TARGET, target) => {
    expect(targetOf(args, { FULLCOURT_TARGET })).toBe(target);
  });
});

describe('a command in a text', () => {
  it.each([
    ['Next: fullcourt rejects', 'Next: fullcourt rejects --target gcp'],
    ['see `fullcourt diff DATE`', 'see `fullcourt diff --target gcp DATE`'],
    [
      'Go on:   fullcourt backfills watch b1\nGive up: fullcourt backfills cancel b1',
      'Go on:   fullcourt backfills watch --target gcp b1\nGive up: fullcourt backfills cancel --target gcp b1',
    ],
    ['2 older: fullcourt backfills --limit 0', '2 older: fullcourt backfills --target gcp --limit 0'],
    ['fullcourt backfill --season 2023-24', 'fullcourt backfill --target gcp --season 2023-24'],
    ['fullcourt recover --target gcp --dry-run', 'fullcourt recover --target gcp --dry-run'],
    ['fullcourt backfills watch --target gcp b1', 'fullcourt backfills watch --target gcp b1'],
    ['fullcourt deploy, fullcourt reset and fullcourt tables', undefined],
    ['the database fullcourt and fullcourt-archive', undefined],
    ['fullcourt backfills-of-old and fullcourt player-list', undefined],
  ])('names the target: %j', (text, said = text) => {
    expect(withTarget(text, 'gcp', {})).toBe(said);
  });

  it('names none on the embedded target, unless the environment names another', () => {
    const text = 'fullcourt status';
    expect(withTarget(text, undefined, {})).toBe(text);
    expect(withTarget(text, 'embedded', {})).toBe(text);
    expect(withTarget(text, 'embedded', { FULLCOURT_TARGET: 'gcp' })).toBe(`${text} --target embedded`);
    expect(withTarget(text, 'elsewhere', {})).toBe(text);
  });

  it('is one of the command line: each takes the target, where it is put', () => {
    const names = (at: typeof program, words: string): string[] =>
      at.commands.flatMap((each) => {
        const own = `${words} ${each.name()}`;
        return each.commands.length > 0 ? names(each, own) : [own];
      });
    const alone = [
      'start',
      'reset',
      'tables',
      'config',
      'snapshot',
      'deploy',
      'verify-deploy',
      'doctor',
      'undeploy',
    ];
    for (const command of names(program, 'fullcourt').filter(
      (each) => !alone.includes(each.split(' ')[1] ?? ''),
    ))
      expect(withTarget(`${command} x`, 'gcp', {})).toBe(`${command} --target gcp x`);
  });
});

describe('what a command prints', () => {
  const NO_EMULATORS = { FULLCOURT_TARGET: 'emulator' };

  it('names the target that was typed, or that of the environment, in text and in JSON', async () => {
    const home = newFolder();
    const typed = await cliJson<{ error: { message: string } }>(home, 'status', '--target', 'emulator');
    expect(typed.document.error.message).toContain('start them with: fullcourt serve --target emulator (or');
    const unknown = await cliWith(NO_EMULATORS, home, 'accept', '--table', 'x');
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('--target emulator')]);
    const embedded = await cli(home, 'diff', '2024-01-15', '--table', 'nobody');
    expect([embedded.code, embedded.stderr]).toEqual([2, expect.not.stringContaining('--target')]);
  });
});
