/**
 * `npm start` at a terminal, and in a second one, while it serves, every command of the README and the pages in the order in which
 * they are printed, at 80 or at 120 columns by the draw, in the whole proof at both. `npm test` draws some of the commands and the gate
 * half of them. A page that needs something else than what `npm start` leaves says so in its first line. Only in the whole proof the league has all its teams, else six.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawnOf } from '../support/draw.ts';
import { newFolder, removeFolders } from '../support/homes.ts';
import { byProof, proof } from '../support/proof.ts';
import { FULLCOURT, hasTerminal, tooLong, typed, type AtTerminal } from '../support/pseudo-terminal.ts';
import { tinyFiles } from '../support/tiny-league.ts';

if (!hasTerminal) console.log('Left out: npm start and a second terminal (no `script` of util-linux)');

const root = fileURLToPath(new URL('../..', import.meta.url));
const PAGES = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((page) =>
  page.endsWith('.md'),
);
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

/** Whether the first line of a page says that its commands need something else. */
const needsElse = (page: string): boolean => /^# .*\n\n\*\*Needs\*\* /.test(textOf(page));

/** The lines of the shell blocks of a page. */
function linesOf(page: string): string[] {
  return [...textOf(page).matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
    block
      .replaceAll('\\\n', ' ')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#')),
  );
}

/** What is typed into another terminal or another project: `npm start` itself, and what names the cloud. */
const isTyped = (line: string): boolean => !/^npm |gcloud |my-project/.test(line);

/** Commands of which the page says that they end with 2 on what `npm start` leaves. */
const REFUSED = /backfills (?:pause|resume|cancel) |accept --table /;

/** Lines that are read by programs, or copied into a shell: a terminal wraps them. */
const isToCopy = (line: string): boolean => /^ *(?:curl|-d) /.test(line);

const WIDTHS = [80, 120];

/** A line of a table: its width follows from the terminal. */
const isTable = (line: string): boolean => /\S {2,}\S/.test(line);

describe.skipIf(!hasTerminal)('npm start at a terminal', () => {
  const home = join(newFolder(), 'home');
  const elsewhere = newFolder();
  const data = proof !== 'all' ? ` --data '${tinyFiles({ seed: 1 })}'` : '';
  let first: AtTerminal;

  const start = async (columns: number): Promise<readonly string[]> => {
    first = typed(`npm start --silent -- --port 0${data}`, { columns, home, cwd: root });
    await first.shows(/Ctrl-C ends it\./, 400_000);
    return first.lines();
  };
  const stop = async (): Promise<number | null> => {
    first.press('\u0003');
    return (await first.ended).code;
  };

  /** What the second terminal shows. The folder that it works in is none of the product's. */
  const second = (line: string, columns: number) => {
    mkdirSync(elsewhere, { recursive: true });
    const asked = line
      .replaceAll(/\bID\b/g, 'last')
      .replaceAll(/\bDIR\b/g, `out-${columns}-${String(Math.random()).slice(2)}`);
    return typed(`npx() { shift; ${FULLCOURT} "$@"; }; ${asked}`, {
      columns,
      home,
      cwd: elsewhere,
      ms: 240_000,
    }).ended;
  };

  let screen: readonly string[];
  beforeAll(async () => {
    screen = await start(120);
  }, 420_000);
  afterAll(async () => {
    await stop();
    removeFolders();
  });

  it('shows its three steps, the tables and where it serves, within 120 columns', () => {
    const text = screen.join('\n');
    for (const part of ['1. Loading ', '2. Publishing one request', '3. The tables after the backfill'])
      expect(text).toContain(part);
    expect(text).toMatch(/ml_feature_store_v2 +4 +\d+ \/ \d+ +100 %/);
    expect(text).toMatch(/Serving .* at http:\/\/127\.0\.0\.1:\d+/);
    expect(tooLong(screen, 120).filter((line) => !isToCopy(line))).toEqual([]);
  });

  const pages = PAGES.filter((page) => !needsElse(page) && linesOf(page).some(isTyped));
  it('most pages can be followed', () => {
    expect(pages).toEqual(
      expect.arrayContaining([
        'README.md',
        'docs/inspect.md',
        'docs/backfill.md',
        'docs/query.md',
        'docs/export.md',
      ]),
    );
    expect(textOf('docs/backfill.md')).toContain('`pause`, `resume` and `cancel` end with 2');
    expect(textOf('docs/inspect.md')).toContain('`accept` ends with 2');
  });

  const commands = pages.flatMap((page) =>
    linesOf(page)
      .filter(isTyped)
      .map((line) => [page, line] as const),
  );
  const some = byProof({ small: 9, ci: Math.ceil(commands.length / 2), all: commands.length });
  it.each(drawnOf(commands, some, 'commands of the pages'))(
    'beside it, %s: %s',
    async (_page, line) => {
      const code = REFUSED.test(line) ? 2 : 0;
      for (const columns of proof === 'all' ? WIDTHS : drawnOf(WIDTHS, 1, 'columns of', line)) {
        const shown = await second(line, columns);
        expect([shown.code, shown.lines.length > 1], shown.lines.join('\n')).toEqual([code, true]);
        if (/--json|--csv|--format/.test(line)) return;
        expect(tooLong(shown.lines, columns)).toEqual([]);
        // What writes whole tables into files prints one small table: once is enough.
        if (!shown.lines.some(isTable) || line.includes('DIR')) return;
      }
    },
    300_000,
  );

  it('ends with Ctrl-C, and a second time shows the same in 80 columns and builds nothing', async () => {
    // npm itself ends with 130 when it sees Ctrl-C.
    expect([0, 130]).toContain(await stop());
    const again = await start(80);
    expect(again.join('\n')).toMatch(/ 0 built, \d+ unchanged; 0 runs/);
    expect(again.join('\n')).toMatch(/Serving .* at http:\/\/127\.0\.0\.1:\d+/);
    expect(tooLong(again, 80).filter((line) => !isToCopy(line))).toEqual([]);
  }, 300_000);
});
