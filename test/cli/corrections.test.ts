/** What a source said differently later is listed, with what it moved; what is only new is not. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Correction } from '../../functions/control/corrections.ts';
import { newFolder, removeFolders } from '../support/homes.ts';
import {
  CDN_PATHS,
  cdnAnswers,
  type Document,
  SEASON,
  simulatedFiles,
  simulatedTexts,
} from '../support/nba-cdn-answers.ts';
import { proof } from '../support/proof.ts';
import { recordedServer } from '../support/recorded-server.ts';
import { cli, cliJson, cliWith } from '../support/run-cli.ts';

const answers = cdnAnswers(simulatedTexts(8));
const dates = [...new Set(answers.games.map(answers.dateOf))].sort();
const [DATE = '', NEXT = ''] = dates;
const GAME = answers.gamesOn(DATE)[0] ?? expect.fail();

const server = await recordedServer();
afterAll(async () => {
  await server.close();
  removeFolders();
});
const env = { FULLCOURT_SOURCE_NBA_CDN_URL: server.address, FULLCOURT_SOURCE_NBA_CDN_HEADERS: '{}' };

function answerUntil(until: string): void {
  server.answers.set(
    CDN_PATHS.schedule,
    answers.schedule(SEASON, (id) => answers.dateOf(id) <= until),
  );
  for (const game of answers.games)
    if (answers.dateOf(game) <= until) server.answers.set(CDN_PATHS.boxScore(game), answers.boxScore(game));
}
async function ingest(home: string, date: string, now: string): Promise<void> {
  const { code, stderr } = await cliWith(env, home, 'ingest', '--date', date, '--now', now);
  expect(code, stderr).toBe(0);
}
async function correctionsIn(home: string, since = '2000-01-01') {
  const { code, document, stderr } = await cliJson<{ corrections: Correction[] }>(
    home,
    'corrections',
    '--since',
    since,
  );
  expect(code, stderr).toBe(0);
  return { corrections: document.corrections, stderr };
}
/** The answer about the game with one assist more for one player. */
function withAssist(): Document {
  const answer = structuredClone(answers.boxScore(GAME)) as { game: { homeTeam: Document } };
  const [player] = answer.game.homeTeam['players'] as Record<string, Record<string, number>>[];
  const statistics = player?.['statistics'] ?? expect.fail();
  statistics['assists'] = Number(statistics['assists']) + 1;
  return answer;
}

describe('corrections', () => {
  const home = newFolder();
  const LATER = `${NEXT}T20:00:00.000Z`;

  it('are none while a night only becomes known', async () => {
    answerUntil('2021-10-01');
    await ingest(home, DATE, `${DATE}T14:00:00Z`);
    answerUntil(DATE);
    const [first, ...others] = answers.gamesOn(DATE);
    for (const game of others) server.answers.delete(CDN_PATHS.boxScore(game));
    await cliWith(env, home, 'ingest', '--date', DATE, '--now', `${NEXT}T05:00:00Z`);
    answerUntil(DATE);
    await ingest(home, DATE, `${NEXT}T12:00:00Z`);
    expect(first).toBe(GAME);
    expect((await correctionsIn(home)).corrections).toEqual([]);
  });

  it('have who said it and when, the rows, and nothing that was not moved', async () => {
    server.answers.set(CDN_PATHS.boxScore(GAME), withAssist());
    await ingest(home, DATE, LATER);
    const { corrections, stderr } = await correctionsIn(home);
    expect(corrections).toEqual([
      {
        ...{ table: 'nbac_player_boxscores', date: DATE, source: 'nba_cdn', observedAt: LATER, rows: 1 },
        moved: [],
      },
    ]);
    expect(stderr).toContain('Changes are kept for 90 days');
    const { stdout } = await cli(home, 'corrections', '--since', new Date().toISOString().slice(0, 10));
    expect(stdout).toMatch(/nbac_player_boxscores +\S+ +nba_cdn/);
    expect((await correctionsIn(home, '2999-01-01')).corrections).toEqual([]);
  });

  it('refuse what is no date', async () => {
    const { code, stderr } = await cli(home, 'corrections', '--since', 'yesterday');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--since') as string]);
  });
});

describe.skipIf(proof === 'small')('a correction of a season that is built', () => {
  const home = newFolder();

  it('names the dates of other tables that it moved, and no others', async () => {
    const folder = join(newFolder(), 'files');
    mkdirSync(folder);
    for (const { name, text } of simulatedFiles(8)) writeFileSync(join(folder, name), text);
    for (const command of [
      ['import', '--from', folder],
      ['backfill', '--season', SEASON],
    ]) {
      const { code, stderr } = await cli(home, ...command);
      expect(code, stderr).toBe(0);
    }
    expect((await correctionsIn(home)).corrections).toEqual([]);

    const payload = join(newFolder(), `nba_cdn.boxscore.${GAME}.json`);
    writeFileSync(payload, JSON.stringify(withAssist()));
    expect((await cli(home, 'import', payload)).code).toBe(0);
    const [before] = (await correctionsIn(home)).corrections;
    expect(before).toMatchObject({ table: 'nbac_player_boxscores', source: 'nba_cdn', moved: [] });

    expect((await cli(home, 'backfill', '--season', SEASON, '--only', 'stale')).code).toBe(0);
    const { corrections } = await correctionsIn(home);
    const { moved } = corrections.find(({ table }) => table === 'nbac_player_boxscores') ?? expect.fail();
    const changed = async (table: string): Promise<string[]> => {
      const { stdout } = await cli(
        home,
        ...['query', '--format', 'csv', '--limit', '0'],
        `SELECT DISTINCT CAST(data_date AS STRING) AS d FROM nba_reference.row_changes WHERE changed_on >= DATE '2000-01-01' AND table_name = '${table}' ORDER BY d`,
      );
      return stdout.trim().split('\n').slice(1);
    };
    expect(moved.find(({ table }) => table === 'player_game_summary')?.dates).toEqual([DATE]);
    expect(moved.length).toBeGreaterThan(1);
    for (const { table, dates: of } of moved) expect([table, await changed(table)]).toEqual([table, of]);
  });
});
