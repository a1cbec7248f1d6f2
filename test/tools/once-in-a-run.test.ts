/** What several files need is built once in a run, and nobody waits for one that cannot be built. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, describe, it } from 'vitest';
import { onceInARun } from '../support/once-in-a-run.ts';
import { RUN_FOLDER } from '../support/run-folder.ts';
import { tempFolder } from '../support/temp-folder.ts';

const folder = tempFolder();
const run = process.env[RUN_FOLDER];
beforeAll(() => {
  process.env[RUN_FOLDER] = folder;
});
afterAll(() => {
  process.env[RUN_FOLDER] = run;
});

describe('what is built once in a run', () => {
  it('is built by the first who asks, and the others wait for it', async () => {
    const builders: number[] = [];
    const ask = (i: number): Promise<string> =>
      onceInARun('home', async (building) => {
        builders.push(i);
        mkdirSync(building);
        await new Promise((resolve) => setImmediate(resolve));
        expect(existsSync(join(folder, 'home'))).toBe(false);
        writeFileSync(join(building, 'text'), `by ${i}`);
      });
    const found = await Promise.all([1, 2, 3].map(ask));
    expect(await ask(4)).toBe(found[0]);

    expect(new Set(found)).toEqual(new Set([join(folder, 'home')]));
    expect(builders).toEqual([1]);
    expect(readFileSync(join(folder, 'home', 'text'), 'utf8')).toBe('by 1');
  });

  it('fails for all who ask when it cannot be built, with the reason', async () => {
    const ask = (): Promise<string> =>
      onceInARun('broken', () => Promise.reject(new Error('no such season')));
    const answers = await Promise.allSettled([ask(), ask()]);

    for (const answer of [...answers, (await Promise.allSettled([ask()]))[0]])
      expect(answer).toMatchObject({
        status: 'rejected',
        reason: { message: expect.stringContaining('no such season') as string },
      });
  });

  it('fails at once when the process that was to build it has died', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(join(folder, 'left.lock'), String(pid));

    await expect(onceInARun('left', () => Promise.resolve())).rejects.toThrow(
      new RegExp(`left is not built: process ${pid}, which had begun with it, has died`),
    );
  });
});
