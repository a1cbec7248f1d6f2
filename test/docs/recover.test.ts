/**
 * The drill of docs/recover.md: its lines are run one after the other, as they stand. The gate draws for every third commit whether
 * it is held; the whole proof always holds it.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { drawn } from '../support/draw.ts';
import { commandLine, COMPILED } from '../support/command-line.ts';
import { proof } from '../support/proof.ts';
import { removeFolder } from '../support/remove-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'fullcourt-drill-'));
afterAll(() => removeFolder(folder));

const text = readFileSync(join(root, 'docs/recover.md'), 'utf8');
/** The lines of the drill, each with the exit code and the word that its comment names. */
const lines = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
  (block ?? '')
    .trim()
    .split('\n')
    .map((line) => {
      const [command = '', comment = ''] = line.split(/\s+#\s*/);
      const [, code = '0', says = comment] = /^ends with (\d): (.*)$/.exec(comment) ?? [];
      return { command, code: Number(code), says };
    }),
);

function run(command: string): { status: number | null; output: string } {
  const [program = '', ...words] = command.split(/\s+/);
  const [first, ...others] = commandLine();
  const isOurs = program === 'npx' && words[0] === 'fullcourt';
  const { status, stdout, stderr } = isOurs
    ? spawnSync(first, [...others, ...words.slice(1)], {
        cwd: folder,
        encoding: 'utf8',
        env: {
          ...process.env,
          FULLCOURT_HOME: join(folder, '.fullcourt'),
          NO_COLOR: '1',
          NODE_COMPILE_CACHE: COMPILED,
        },
      })
    : spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });
  return { status, output: `${stdout}\n${stderr}` };
}

const isHeld = proof === 'all' || (proof === 'ci' && drawn('drill').below(3) === 0);

describe.skipIf(!isHeld)('the drill of docs/recover.md', () => {
  it('does what its comments say, line by line', () => {
    expect(lines.length).toBeGreaterThan(15);
    for (const { command, code, says } of lines) {
      const { status, output } = run(command);
      expect(status, `${command}\n${output}`).toBe(code);
      const told = says.split(':')[0] ?? '';
      if (/^(the |nothing|0 runs)/.test(told)) expect(output, command).toContain(told);
      else if (says !== '') expect(output, command).toMatch(/import the file again/);
    }
  }, 600_000);
});
