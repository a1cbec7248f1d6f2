/** A schedule without the score of a game that was played: its cell is blocked, its rows stay, and what reads them goes on. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { newFolder, removeFolders } from '../support/homes.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { importedHome, OPENING_NIGHT, tinyFiles } from '../support/tiny-league.ts';

afterAll(removeFolders);

it('a game that lost its score keeps its rows, is told, and is as it was when a file has it again', async () => {
  const whole = tinyFiles({ through: '2021-10-21' });
  const name = readdirSync(whole).find((each) => each.startsWith('schedule_')) ?? '';
  const shrunk = join(newFolder(), 'shrunk');
  cpSync(join(whole, name), join(shrunk, name));
  const [header = '', ...lines] = readFileSync(join(whole, name), 'utf8').split('\n');
  const columns = header.split(',');
  const at = lines.findIndex((line) => line.includes(OPENING_NIGHT));
  const without = (lines[at] ?? '')
    .split(',')
    .map((cell, i) => (['home_pts', 'visitor_pts', 'winner'].includes(columns[i] ?? '') ? '' : cell));
  writeFileSync(join(shrunk, name), [header, ...lines.with(at, without.join(','))].join('\n'));
  const home = await importedHome(whole);
  const results = async (): Promise<Record<string, unknown> | undefined> => {
    const { document } = await cliJson<{
      phases: Record<string, { tables: Record<string, Record<string, unknown>> }>;
    }>(home, 'status', '--date', OPENING_NIGHT);
    return document.phases['phase2']?.tables['nbac_game_results'];
  };
  const before = await results();

  const imported = await cliJson<{ failed: string[] }>(home, 'import', '--from', shrunk);
  expect([imported.code, imported.document.failed]).toEqual([
    1,
    [expect.stringMatching(new RegExp(`^${OPENING_NIGHT}: game \\d{10} has no final score in ${name}`))],
  ]);
  expect(await results()).toMatchObject({
    status: 'blocked',
    rows: before?.['rows'],
    outputFingerprint: before?.['outputFingerprint'],
    reason: expect.stringMatching(/^shrunk_source: game \d{10} has no final score/) as string,
  });
  const built = await cliJson<{ state: string }>(
    home,
    ...['backfill', '--dates', OPENING_NIGHT, '--through', 'phase3'],
  );
  expect([built.code, built.document.state]).toEqual([0, 'done']);

  expect((await cli(home, 'import', '--from', whole)).code).toBe(0);
  expect(await results()).toMatchObject({ status: 'success', reason: null });
}, 180_000);
