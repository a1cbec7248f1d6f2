/**
 * The commands that the README and the pages show, run one after the other on a simulated league: the one that a page says
 * how to load, or in the small proof a league of six teams in its place.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulateLeague } from '../../scripts/simulate/league.ts';
import { COMPILED } from '../support/run-cli.ts';
import { proof } from '../support/proof.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'fullcourt-docs-'));

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function fullcourt(args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'scripts/cli.ts'), ...args],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, FULLCOURT_HOME: home, NO_COLOR: '1', NODE_COMPILE_CACHE: COMPILED },
    },
  );
  return { status, stdout, stderr };
}

/** The commands in the shell blocks of a page, without their comments. */
function commandsOf(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    (block ?? '')
      .split('\n')
      .map((line) => line.replace(/\s+#.*$/, '').trim())
      .filter((line) => line.startsWith('npx fullcourt ')),
  );
}

/** Words of a command line; quotes hold words together. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)]
    .map(([, double, single, bare]) => double ?? single ?? bare ?? '')
    .slice(2);
}

/** Two seasons of six teams, as files in a folder of the home. */
function smallLeague(): string {
  const folder = join(home, 'files');
  mkdirSync(folder);
  for (const { files } of simulateLeague({
    seasons: 2,
    seed: 7,
    firstSeason: 2021,
    teams: 6,
    gamesPerTeam: 30,
  }))
    for (const { name, text } of files) writeFileSync(join(folder, name), text);
  return folder;
}

const pages = ['docs/simulate.md', 'docs/backfill.md', 'docs/inspect.md', 'README.md'];
/**
 * Steering needs a backfill that is under way, giving up needs a night without box scores, folders and projects are the
 * reader's own; all have tests of their own.
 */
const isRunnable = (line: string): boolean =>
  !/\bDIR\b|pause ID|resume ID|cancel ID|accept --table|--project my-project/.test(line);

describe('examples', () => {
  let id = '';
  beforeAll(() => {
    const load =
      proof === 'small' ? [`npx fullcourt import --from ${smallLeague()}`] : commandsOf('docs/simulate.md');
    for (const line of load) expect(fullcourt(wordsOf(line)).status, line).toBe(0);
    const done = fullcourt(['backfill', '--season', '2021-22', '--json']);
    expect(done.status, done.stderr).toBe(0);
    id = (JSON.parse(done.stdout) as { backfillId: string }).backfillId;
  }, 240_000);
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  const lines = pages.slice(1).flatMap((page) =>
    commandsOf(page)
      .filter(isRunnable)
      .map((line) => [page, line] as const),
  );
  it.each(lines)(
    '%s: %s',
    (_page, line) => {
      const ran = fullcourt(wordsOf(line).map((word) => (word === 'ID' ? id : word)));
      // What is missing makes the check fail, which is no fault of the example.
      expect(line.includes('--missing') ? [0, 1] : [0], `${ran.stdout}\n${ran.stderr}`).toContain(ran.status);
      expect(ran.stdout.length).toBeGreaterThan(0);
    },
    120_000,
  );

  it('every page of docs is reachable from the README', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    for (const page of readdirSync(join(root, 'docs'))) expect(readme, page).toContain(`docs/${page}`);
  });

  it('the message in the page on backfills is accepted as it stands', async () => {
    const { decode } = await import('../../shared/messages/decode.ts');
    const { backfillRequest } = await import('../../shared/messages/schemas.ts');
    const [, message] =
      /```json\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/backfill.md'), 'utf8')) ?? [];
    expect(decode(backfillRequest, message ?? '')).toMatchObject({ ok: true });
  });
});
