/** The source that docs/add-a-source.md adds reads the answer that the page shows. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import type { Source } from '../../functions/sources/source.ts';
import { newFolder, removeFolders } from '../support/homes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/add-a-source.md'), 'utf8');

afterAll(removeFolders);

it('reads what the page shows, and refuses what it says', async () => {
  const [, json = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
  const file = join(newFolder(), 'source.ts');
  const at = (path: string): string => pathToFileURL(join(root, path)).href;
  writeFileSync(
    file,
    code
      .replace("'zod'", `'${import.meta.resolve('zod')}'`)
      .replaceAll('../../../shared/', at('shared/'))
      .replaceAll("'../", `'${at('functions/sources/')}`),
  );
  const { default: source } = (await import(pathToFileURL(file).href)) as { default: Source };
  const score = source.endpoints['score'] ?? expect.fail();
  const answer: unknown = JSON.parse(json);

  expect(score.read(answer, '0022300645')).toMatchObject([
    { kind: 'schedule', lines: [{ home_team: 'ATL', home_pts: 143, visitor_team: 'DAL', visitor_pts: 148 }] },
  ]);
  expect(score.seasonOf('0022300645')).toBe('2023-24');
  expect(() => score.read(answer, '0022300646')).toThrow('is of game 0022300645');
  expect(() => score.read({ ...(answer as object), over: false }, '0022300645')).toThrow('not over');
  expect(() => score.read({ ...(answer as object), home: {} }, '0022300645')).toThrow('home.code');
});
