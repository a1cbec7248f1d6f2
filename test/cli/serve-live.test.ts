/** `serve` asks the live sources when they are due, and says in a line what each has told. */
import { afterAll, describe, expect, it } from 'vitest';
import { newFolder, removeFolders } from '../support/homes.ts';
import { CDN_PATHS, cdnAnswers, SEASON, simulatedTexts } from '../support/nba-cdn-answers.ts';
import { FAULTS, recordedServer } from '../support/recorded-server.ts';
import { cliJson, startCliWith } from '../support/run-cli.ts';

const answers = cdnAnswers(simulatedTexts(4));
const DATE = [...new Set(answers.games.map(answers.dateOf))].sort()[0] ?? expect.fail();

const server = await recordedServer();
afterAll(async () => {
  await server.close();
  removeFolders();
});

const env = {
  FULLCOURT_SOURCE_NBA_CDN_URL: server.address,
  FULLCOURT_SOURCE_NBA_CDN_HEADERS: '{}',
};

describe('serve', () => {
  it('asks what is due by its business clock, and builds what follows', async () => {
    const home = newFolder();
    server.answers.set(
      CDN_PATHS.schedule,
      answers.schedule(SEASON, () => false),
    );
    const serving = startCliWith({ env }, home, 'serve', '--port', '0', '--now', `${DATE}T14:00:00Z`);
    await serving.says(/Asking live sources when they are due: nba_cdn/);
    await serving.says(new RegExp(`nba_cdn has told schedule of ${DATE} in [\\d.]+ s`));
    // The known game of the source is asked about before it is believed.
    expect(server.asked).toEqual([expect.stringContaining('/boxscore_0022500775.json'), CDN_PATHS.schedule]);
    for (let look = 0; ; look++) {
      const { document } = await cliJson<{ phases: unknown }>(home, 'status', '--date', DATE);
      if (/"upcoming_team_game_context"[^}]*"status":"(?:success|partial)"/.test(JSON.stringify(document)))
        break;
      expect(look, 'the tables of the date are built').toBeLessThan(60);
    }
    serving.process.kill('SIGTERM');
    expect((await serving.ended).code).toBe(0);
  });

  it('says which source has not told what, and why', async () => {
    server.faults.set(CDN_PATHS.schedule, [FAULTS['a refusal']]);
    const serving = startCliWith({ env }, newFolder(), 'serve', '--port', '0', '--now', `${DATE}T14:00:00Z`);
    await serving.says(new RegExp(`nba_cdn has not told schedule of ${DATE}: .*is refused`));
    await serving.kill();
  });

  it('without a source asks nothing', async () => {
    server.asked.length = 0;
    const serving = startCliWith({ env: {} }, newFolder(), 'serve', '--port', '0');
    await serving.says(/Ctrl-C ends it/);
    expect(serving.stderr()).not.toContain('Asking live sources');
    await serving.kill();
    expect(server.asked).toEqual([]);
  });

  it('takes no time that is none', async () => {
    const { code, stderr } = await startCliWith({ env }, newFolder(), 'serve', '--now', 'tomorrow').ended;
    expect(code).toBe(2);
    expect(stderr).toContain('--now must be a time such as 2024-01-26T18:30:00Z');
  });
});
