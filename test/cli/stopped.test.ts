/** A command that waits for a backfill and is stopped: on a terminal, which it must give back as it was, and elsewhere. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadingUnlessStopped } from '../../scripts/cli/stopped.ts';
import { drawnOf } from '../support/draw.ts';
import { copyOf, removeFolders } from '../support/homes.ts';
import { proof } from '../support/proof.ts';
import { FULLCOURT, hasTerminal, typed } from '../support/pseudo-terminal.ts';
import { cli, cliJson, startCli } from '../support/run-cli.ts';
import { rawLeague, SEASON } from '../support/tiny-league.ts';

if (!hasTerminal)
  console.log('Left out: a command that is stopped on a terminal (no `script` of util-linux)');

/** One of them by the draw, with the whole proof all. */
const SIGNALS = drawnOf(['SIGINT', 'SIGTERM', 'SIGHUP'] as const, proof === 'all' ? 3 : 1, 'signals');

let home: string;
beforeAll(async () => {
  home = await rawLeague();
});
afterAll(removeFolders);

/** Runs a command at a terminal and presses Ctrl-C as soon as it has hidden the cursor. */
async function pressCtrlC(folder: string, args: string): Promise<string> {
  const running = typed(`${FULLCOURT} ${args}`, { columns: 120, home: folder });
  await running.shows('\u001b[?25l');
  running.press('\u0003');
  await running.ended;
  return running.raw();
}

function count(text: string, what: string): number {
  return text.split(what).length - 1;
}

describe('a command that waits for a backfill', () => {
  it.skipIf(!hasTerminal)('gives the terminal back after Ctrl-C, and says how to go on', async () => {
    const folder = copyOf(home);
    const seen = await pressCtrlC(folder, `backfill --season ${SEASON} --max-in-flight 1`);
    expect(count(seen, '\x1b[?25l')).toBeGreaterThan(0);
    expect(count(seen, '\x1b[?25h')).toBeGreaterThanOrEqual(count(seen, '\x1b[?25l'));
    expect(count(seen, '\x1b[?7h')).toBeGreaterThanOrEqual(count(seen, '\x1b[?7l'));
    const id = /fullcourt backfills watch (bf-[0-9a-f]{12})/.exec(seen)?.[1] ?? '';
    expect(seen).toContain(`Give up: fullcourt backfills cancel ${id}`);
    const { code, document } = await cliJson<{ state: string }>(folder, 'backfills', 'watch', id);
    expect([code, document.state]).toEqual([0, 'done']);
  });

  it.each(SIGNALS)(
    'says after %s what is done, and what is left is built by the next command',
    async (signal) => {
      const folder = copyOf(home);
      const running = startCli(folder, 'backfill', '--season', SEASON, '--max-in-flight', '1');
      await running.says(/backfill: \d+ of \d+ partitions/);
      running.process.kill(signal);
      const { code, stderr } = await running.ended;
      expect(code).toBe({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal]);
      const id = /of backfill (bf-\w+) are done/.exec(stderr)?.[1] ?? '';
      const list = await cliJson<{ backfills: { backfillId: string; state: string }[] }>(folder, 'backfills');
      expect(list.document.backfills[0]).toMatchObject({ backfillId: id, state: 'interrupted' });
      expect(stderr).toMatch(/Stopped\. \d+ of \d+ partitions of backfill bf-\w+ are done, and they stay\./);
      const read = await cli(folder, 'query', 'SELECT 1 AS one');
      expect([read.code, read.stderr]).toEqual([0, '']);
      const shown = await cli(folder, 'backfills', 'show', 'last');
      expect(shown.stdout).toContain(`Backfill ${id}: interrupted\n`);
      expect(shown.stdout).toContain(`Go on with: fullcourt backfills watch ${id}`);
      const watched = await cli(folder, 'backfills', 'watch', 'last');
      expect(watched.stderr).toContain(`Going on with 1 backfill that was interrupted: ${id}`);
      expect([watched.code, watched.stdout]).toEqual([
        0,
        expect.stringContaining('every planned partition is built'),
      ]);
    },
  );

  it('says once for whom it waits when another process does the work', async () => {
    const folder = copyOf(home);
    const first = startCli(folder, 'backfill', '--season', SEASON, '--max-in-flight', '1');
    await first.says(/backfill: \d+ of \d+ partitions/);
    const { code, stderr } = await cli(folder, 'backfills', 'watch', 'last');
    expect(code).toBe(0);
    const told = `process ${first.process.pid} (backfill) does the work of this home; waiting for it`;
    expect(stderr.split(told)).toHaveLength(2);
    expect((await first.ended).code).toBe(0);
  });

  it.skipIf(proof === 'small')(
    'is refused when the process that does the work has other code, unless that is allowed',
    async () => {
      const folder = copyOf(home);
      const serving = startCli(folder, 'serve', '--port', '0');
      await serving.says(/Ctrl-C ends it/);
      const asked = ['backfill', '--season', SEASON, '--through', 'phase3'] as const;
      writeFileSync(join(folder, 'engine.code'), 'the code of last week');
      const refused = await cli(folder, ...asked);
      expect([refused.code, refused.stderr]).toEqual([
        1,
        expect.stringContaining(`process ${serving.process.pid} (serve) works on this home with other code`),
      ]);
      expect(
        (await cliJson<{ backfills: { request: { from: string } }[] }>(folder, 'backfills')).document
          .backfills,
      ).toSatisfy((all: { request: { from: string } }[]) =>
        all.every(({ request }) => request.from === 'phase2'),
      );
      const allowed = await cli(folder, ...asked, '--allow-other-code');
      expect([allowed.code, allowed.stderr]).toEqual([0, expect.stringContaining('with other code')]);
      await serving.kill();
    },
  );

  it('is told when there is no backfill', async () => {
    const { code, stderr } = await cli(copyOf(home), 'backfills', 'watch', 'bf-000000000000');
    expect([code, stderr]).toEqual([2, expect.stringContaining('There is no backfill bf-000000000000')]);
  });
});

describe('a command that is stopped', () => {
  it('while it loads says that what is loaded stays, and nothing after it', async () => {
    const listening = process.listenerCount('SIGTERM');
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    const told = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    try {
      const loaded = loadingUnlessStopped(() => {
        process.emit('SIGTERM');
        return Promise.resolve('loaded');
      });
      expect(await loaded).toBe('loaded');
      expect(exit.mock.calls).toEqual([[143]]);
      expect(told.mock.calls).toEqual([
        ['Stopped. What is loaded stays; the same command goes on with the rest\n'],
      ]);
    } finally {
      exit.mockRestore();
      told.mockRestore();
    }
    expect(process.listenerCount('SIGTERM')).toBe(listening);
  });

  it('while it writes tables leaves no part of one for good', async () => {
    const to = copyOf(home);
    const nobodys = join(to, 'nbac_schedule.parquet.partial-99999999');
    const ours = join(to, `nbac_schedule.parquet.partial-${process.ppid}`);
    for (const file of [nobodys, ours]) writeFileSync(file, 'a part');
    const { code } = await cli(copyOf(home), 'export', '--to', to, '--tables', 'nbac_schedule');
    expect([code, existsSync(nobodys), existsSync(ours)]).toEqual([0, false, true]);
  });
});
