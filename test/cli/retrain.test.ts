/** The monthly retraining of a home from the command line, and beside a process that serves the home. */
import { beforeAll, describe, expect, it } from 'vitest';
import { retrainingProcess } from '../../scripts/cli/schedules.ts';
import { commandLine } from '../support/command-line.ts';
import { copyOf } from '../support/homes.ts';
import { cli, cliJson, cliWith, startCliWith } from '../support/run-cli.ts';
import { builtLeague } from '../support/tiny-league.ts';

interface Retrained {
  readonly through: string;
  readonly rows: number;
  readonly outcome: string;
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[];
}
interface Registry {
  readonly aliases: readonly { readonly modelId: string | null; readonly history: readonly unknown[] }[];
}

let home: string;
beforeAll(async () => {
  home = copyOf((await builtLeague()).folder);
});

describe('a monthly retraining', () => {
  it('learns from what was before the month, and a model that fails a check serves nowhere', async () => {
    // On 2021-11-12 the league has played for a few days, of which the first have no features.
    const ahead = Math.round((Date.parse('2021-11-12T17:00:00Z') - Date.now()) / 1000);
    const then = { FULLCOURT_CLOCK_AHEAD_SECONDS: String(ahead) };
    const { code, stdout } = await cliWith(then, home, 'train', '--monthly', '--json');
    const found = JSON.parse(stdout) as Retrained;
    expect([code, found.through, found.outcome, found.rows]).toEqual([1, '2021-10-31', 'refused', 0]);
    expect(found.checks.find(({ name }) => name === 'rows')?.ok).toBe(false);
    const { document } = await cliJson<Registry>(home, 'models');
    expect(document.aliases.map(({ history }) => history)).toEqual([[], []]);
  });

  it('takes no flag that the schedule would not have', async () => {
    const { code, stderr } = await cli(home, 'train', '--monthly', '--model', 'lad');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--monthly goes with no other flag')]);
  });

  it('is switched on by a variable, and done by a process of its own while another serves the home', async () => {
    const env = { FULLCOURT_RETRAIN: 'monthly' };
    const serving = startCliWith({ env }, home, 'serve', '--port', '0');
    try {
      await serving.says(/A challenger is trained at 10:00 Eastern time on the first of each month/);
      await serving.says(/Ctrl-C ends it/);
      const said = await retrainingProcess(
        { target: 'embedded', home },
        new AbortController().signal,
        commandLine().at(-1) ?? '',
      );
      // The league has no more than 46 dates, and what is learned from them is not held to be sound.
      expect(said).toMatch(/^1 405 rows until \d{4}-\d\d-\d\d[^]*\nNO-GO: nothing serves that did not/);
    } finally {
      await serving.kill();
    }
  });
});
