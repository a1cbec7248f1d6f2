/** The report of a backfill as its commands print it: of one that was refused, let through, done, and interrupted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { BackfillReport } from '../../functions/control/backfill-report.ts';
import type { Backfill } from '../../shared/state/backfills.ts';
import { paths } from '../../shared/state/documents.ts';
import { openClient } from '../../functions/targets/embedded/client.ts';
import { readConfig } from '../../shared/config.ts';
import { copyOf, newFolder, removeFolders } from '../support/homes.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { builtLeague, importedHome, tinyFiles } from '../support/tiny-league.ts';

afterAll(removeFolders);

const reported = async (home: string) => {
  const { code, document } = await cliJson<BackfillReport>(home, 'backfills', 'report', 'last');
  expect(code).toBe(0);
  return document;
};
const RANGE = ['--start', '2021-11-03', '--end', '2021-11-06'];

describe('the report of a backfill', () => {
  it('says of a season what was there before, what is there now, and that nothing is left to do', async () => {
    const home = copyOf((await builtLeague()).folder);
    const report = await reported(home);

    expect(report).toMatchObject({ state: 'done', gaps: [], next: [], failed: [], bypass: null });
    expect(report.decision?.verdict).toBe('GO');
    for (const { table, before, after } of report.tables) {
      expect(before?.present, table).toBe(0);
      expect(after.present, table).toBe(after.expected);
    }
    const cache = report.tables.find(({ table }) => table === 'player_daily_cache');
    expect(cache?.leftOut).toEqual([{ reason: 'bootstrap_period_day_0_13_of_season_2021', dates: 14 }]);
    expect(report.pace.datesAnHour).toBeGreaterThan(0);
  });

  it('names what stopped a refused one, who let the next one through, and what is lacking then', async () => {
    const home = await importedHome(tinyFiles({ through: '2021-11-06' }));
    expect((await cli(home, 'backfill', ...RANGE, '--from', '4', '--through', '4')).code).toBe(1);
    const refused = await reported(home);
    expect(refused).toMatchObject({ state: 'refused', decision: { verdict: 'NO-GO' } });
    expect(refused.next.map(({ command }) => command).at(0)).toMatch(/^fullcourt backfill .*--from phase3/);
    expect(refused.next.at(-1)?.command).toBe(`fullcourt backfills retry ${refused.backfillId}`);

    const reason = 'the files come tomorrow';
    await cli(
      home,
      'backfill',
      ...RANGE,
      '--from',
      '4',
      '--through',
      '4',
      '--skip-preflight',
      '--reason',
      reason,
    );
    const through = await reported(home);
    expect(through.decision?.verdict).toBe('NO-GO');
    expect(through.bypass).toEqual({ by: through.requestedBy, reason });
    expect(through.validation?.verdict).toBe('fail');
    expect(new Set(through.validation?.checks.map(({ check }) => check))).toContain('date_missing');
    expect(through.gaps.length).toBeGreaterThan(0);
    const { code, stdout } = await cli(home, 'backfills', 'report', 'last');
    expect(code).toBe(0);
    expect(stdout).toContain(`Let through by ${through.requestedBy}: ${reason}`);
  });

  it('is the hand-over of one that nobody works on: what is still to be built is no gap', async () => {
    const home = copyOf((await builtLeague()).folder);
    const { backfillId } = await reported(home);
    const client = openClient({ ...readConfig({}), home });
    const path = paths.backfill(backfillId);
    await client.store.transaction(async (tx) => {
      const ended = await tx.get<Backfill>(path);
      const progress = ended?.progress.map((each) => ({ ...each, done: each.done - 1 }));
      tx.set(path, { ...ended, progress, state: 'running', verdict: null, finishedAt: null });
    });
    client.close();

    const report = await reported(home);
    expect(report).toMatchObject({ state: 'interrupted', finishedAt: null, gaps: [] });
    expect(report.tables.map(({ open }) => open)).toEqual(
      report.tables.map(({ planned }) => Math.min(planned, 1)),
    );
    expect(report.next.map(({ command }) => command)).toEqual([`fullcourt backfills watch ${backfillId}`]);
  });

  it('is written as a page, and refuses a file that is none', async () => {
    const home = copyOf((await builtLeague()).folder);
    const file = join(newFolder(), 'new', 'report.html');
    const { code, stdout } = await cli(home, 'backfills', 'report', 'last', '--out', file);
    expect(code, stdout).toBe(0);
    expect(stdout).toContain(`Page: ${file}`);
    const page = readFileSync(file, 'utf8');
    expect(page).toMatch(/<h1>Backfill .*: done/);
    expect(page).toContain('player_daily_cache');
    expect(page).toContain('<svg');
    expect(page).not.toMatch(/<(?:script|link|img)|https?:\/\/(?!www\.w3\.org)/);

    const refused = await cli(home, 'backfills', 'report', 'last', '--out', 'report.txt');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--out must be a file whose name ends in .html');
  });
});
