/** A night flows from a live source into the raw tables, and its corrections after it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Ingested } from '../../functions/control/ingest.ts';
import { SOURCES } from '../../functions/sources/index.ts';
import { newFolder, removeFolders } from '../support/homes.ts';
import { CDN_PATHS, cdnAnswers, type Document, SEASON, simulatedTexts } from '../support/nba-cdn-answers.ts';
import { FAULTS, recordedServer } from '../support/recorded-server.ts';
import { cli, cliWith } from '../support/run-cli.ts';

const answers = cdnAnswers(simulatedTexts(4));
const dates = [...new Set(answers.games.map(answers.dateOf))].sort();
/** The first date with two games. */
const DATE = dates.find((date) => answers.gamesOn(date).length === 2) ?? expect.fail();
const [FIRST = '', SECOND = ''] = answers.gamesOn(DATE);
const MORNING_AFTER = `${dates.find((date) => date > DATE)}T12:00:00Z`;

const server = await recordedServer();
afterAll(async () => {
  await server.close();
  removeFolders();
});

/** The sources say what is known after the games of `until`. */
function answerUntil(until: string): void {
  server.asked.length = 0;
  server.answers.clear();
  server.answers.set(
    CDN_PATHS.schedule,
    answers.schedule(SEASON, (id) => answers.dateOf(id) <= until),
  );
  for (const game of answers.games)
    if (answers.dateOf(game) <= until) {
      server.answers.set(CDN_PATHS.boxScore(game), answers.boxScore(game));
      server.answers.set(CDN_PATHS.playByPlay(game), answers.playByPlay(game));
    }
}

const SECRET = 'a-secret-of-the-operator';
const env = {
  FULLCOURT_SOURCE_NBA_CDN_URL: server.address,
  FULLCOURT_SOURCE_NBA_CDN_HEADERS: JSON.stringify({ 'X-Key': SECRET }),
};

async function ingest(home: string, now: string) {
  const { code, stdout, stderr } = await cliWith(env, home, 'ingest', '--date', DATE, '--now', now, '--json');
  const document = JSON.parse(stdout) as Ingested;
  return {
    code,
    document,
    fetch: document.fetches.find(({ source }) => source === 'nba_cdn') ?? expect.fail(),
    stderr,
    stdout,
  };
}

describe('a night', () => {
  const home = newFolder();

  it('before its games gives the schedule', async () => {
    answerUntil('2021-10-01');
    const { code, document, fetch } = await ingest(home, `${DATE}T14:00:00Z`);
    expect(fetch).toMatchObject({ source: 'nba_cdn', status: 'fetched', entries: 1, details: [] });
    expect(server.asked).toEqual([CDN_PATHS.schedule]);
    expect([code, document.complete, document.notDue]).toEqual([0, false, 2]);
  });

  it('while a game is played gives the others, and says which is lacking', async () => {
    answerUntil(DATE);
    const { game } = answers.boxScore(SECOND) as { game: Document };
    server.answers.set(CDN_PATHS.boxScore(SECOND), {
      game: { ...game, gameStatus: 2, gameStatusText: 'Q4 1:10' },
    });
    const plays = answers.playByPlay(SECOND) as { game: { actions: Document[] } };
    plays.game.actions.pop();
    server.answers.set(CDN_PATHS.playByPlay(SECOND), plays);
    const { code, document, fetch } = await ingest(home, MORNING_AFTER);
    expect(fetch).toMatchObject({ status: 'not_yet', entries: 3 });
    expect(fetch.details).toEqual([
      `nba_cdn.boxscore.${SECOND}.json is of a game that is not over (Q4 1:10)`,
      `nba_cdn.playbyplay.${SECOND}.json is of a game that is not over (it has no last action)`,
    ]);
    expect([code, document.complete]).toEqual([1, false]);
  });

  it('after its games gives all of them', async () => {
    answerUntil(DATE);
    const { code, document, fetch } = await ingest(home, MORNING_AFTER);
    expect(fetch).toMatchObject({ status: 'fetched', entries: 5, details: [] });
    expect([code, document.complete, document.failed]).toEqual([0, true, []]);
    const { stdout } = await cli(
      home,
      ...['query', '--format', 'csv'],
      `SELECT COUNT(DISTINCT game_id), MIN(source), MIN(FORMAT_TIMESTAMP('%F', observed_at)) FROM nba_raw.nbac_player_boxscores WHERE game_date = '${DATE}'`,
    );
    expect(stdout).toContain(`2,nba_cdn,${MORNING_AFTER.slice(0, 10)}`);
    const { stdout: status } = await cli(home, 'status', '--date', DATE);
    expect(status).toContain(`Known from nba_cdn, last asked ${MORNING_AFTER.slice(0, 10)} 12:00 UTC: nbac_`);
    const { stdout: plays } = await cli(
      home,
      ...['query', '--format', 'csv'],
      `SELECT COUNT(DISTINCT game_id), SUM(points_scored) FROM nba_raw.nbac_play_by_play WHERE game_date = '${DATE}'`,
    );
    const { stdout: points } = await cli(
      home,
      ...['query', '--format', 'csv'],
      `SELECT COUNT(DISTINCT game_id), SUM(points) FROM nba_raw.nbac_player_boxscores WHERE game_date = '${DATE}'`,
    );
    expect(plays.split('\n')[1]).toBe(points.split('\n')[1]);
  });

  it('asked for again runs nothing, and a corrected box score is told and can be built from', async () => {
    answerUntil(DATE);
    const again = await ingest(home, MORNING_AFTER);
    expect(again.document).toMatchObject({ complete: true, changes: [], next: null });

    const corrected = structuredClone(answers.boxScore(FIRST)) as { game: { homeTeam: Document } };
    const [player] = corrected.game.homeTeam['players'] as Record<string, Record<string, number>>[];
    const statistics = player?.['statistics'] ?? expect.fail();
    statistics['assists'] = Number(statistics['assists']) + 1;
    server.answers.set(CDN_PATHS.boxScore(FIRST), corrected);
    const { document } = await ingest(home, MORNING_AFTER);
    expect(document.changes).toEqual([
      // The play-by-play of the game does not add up to the corrected box score, and all of its rows say so.
      {
        table: 'nbac_play_by_play',
        date: DATE,
        added: 0,
        changed: (answers.playByPlay(FIRST) as { game: { actions: unknown[] } }).game.actions.length,
        removed: 0,
      },
      { table: 'nbac_player_boxscores', date: DATE, added: 0, changed: 1, removed: 0 },
    ]);
  });

  it('of which an answer cannot be read keeps the answer and loads nothing of it', async () => {
    answerUntil(DATE);
    const { game } = answers.boxScore(FIRST) as { game: Document };
    server.answers.set(CDN_PATHS.boxScore(FIRST), { game: { ...game, homeTeam: { renamed: true } } });
    const { code, fetch, document } = await ingest(home, MORNING_AFTER);
    expect(fetch).toMatchObject({ status: 'misread', entries: 4 });
    expect([code, document.changes]).toEqual([1, []]);
    const kept = readdirSync(join(home, 'archive')).filter((name) => name.includes(FIRST));
    const texts = kept.map((name) => readFileSync(join(home, 'archive', name), 'utf8'));
    expect(texts.some((text) => text.includes('"renamed":true'))).toBe(true);
  });

  it('of a source that refuses leaves what is there, and no secret is said or kept', async () => {
    answerUntil(DATE);
    for (const path of [CDN_PATHS.schedule, CDN_PATHS.boxScore(FIRST)])
      server.faults.set(path, [FAULTS['a refusal']]);
    const { code, fetch, stderr, stdout } = await ingest(home, MORNING_AFTER);
    expect(fetch).toMatchObject({ status: 'refused', entries: 0 });
    expect(fetch.details).toHaveLength(5);
    expect(code).toBe(1);
    expect(server.headers()['x-key']).toBe(SECRET);
    expect(stderr + stdout).not.toContain(SECRET);
    const { stdout: config } = await cliWith(env, home, 'config');
    expect(config).toContain('FULLCOURT_SOURCE_NBA_CDN_HEADERS');
    expect(config).not.toContain(SECRET);
  });
});

describe('lines of bookmakers', () => {
  const KEY = 'key-of-the-operator';
  const keyed = { FULLCOURT_SOURCE_ODDS_API_URL: server.address, ODDS_API_KEY: KEY };
  const hex = (game: string): string => game.padStart(32, '0');
  const now = `${DATE}T14:00:00Z`;
  const after = dates.find((date) => date > DATE) ?? expect.fail();
  const events = [FIRST, SECOND].map((game) => {
    const { gameTimeUTC, homeTeam, awayTeam } = (answers.boxScore(game) as { game: Game }).game;
    const [home_team, away_team] = [homeTeam, awayTeam].map(({ teamTricode }) => teamTricode);
    return { id: hex(game), commence_time: gameTimeUTC, home_team, away_team };
  });
  const eventsPath = `/v4/sports/basketball_nba/events?commenceTimeFrom=${DATE}T12:00:00Z&commenceTimeTo=${after}T12:00:00Z&apiKey=${KEY}`;
  const oddsPath = (game: string): string =>
    `/v4/sports/basketball_nba/events/${hex(game)}/odds?regions=us&markets=spreads,totals,player_points&oddsFormat=american&apiKey=${KEY}`;

  it('are asked for each game that has not begun, with the key, which is kept nowhere', async () => {
    answerUntil('2021-10-01');
    const home = newFolder();
    server.answers.set(eventsPath, events);
    for (const event of events)
      server.answers.set(oddsPath(event.id.slice(-10)), { ...event, bookmakers: [BOOK] });
    const { code, stdout, stderr } = await cliWith(
      { ...env, ...keyed },
      home,
      ...['ingest', '--date', DATE, '--now', now, '--json'],
    );
    const { fetches } = JSON.parse(stdout) as Ingested;

    const asked = fetches.filter(({ status }) => status !== 'off');
    expect(
      asked.map(({ source, status, entries, rows, credits }) => [source, status, entries, rows, credits]),
    ).toEqual([
      ['nba_cdn', 'fetched', 1, expect.any(Number), null],
      ['odds_api', 'fetched', 3, 4, 499],
    ]);
    expect(fetches.map(({ source }) => source)).toEqual(SOURCES.map(({ name }) => name));
    expect(code).toBe(0);
    expect(server.asked).toEqual([CDN_PATHS.schedule, eventsPath, oddsPath(FIRST), oddsPath(SECOND)]);
    expect(stdout + stderr).not.toContain(KEY);
    const kept = readdirSync(home, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    for (const file of kept)
      expect(readFileSync(join(file.parentPath, file.name)).includes(KEY), file.name).toBe(false);
    expect(kept.some(({ name }) => name.includes(`odds_api.events.${DATE}.json`))).toBe(true);
  });

  it('need a key', async () => {
    const { code, stderr } = await cli(newFolder(), 'ingest', '--date', DATE, '--source', 'odds_api');
    expect(code).toBe(2);
    expect(stderr).toContain('the source odds_api is off: set ODDS_API_KEY to your key');
  });
});

interface Game {
  readonly gameTimeUTC: string;
  readonly homeTeam: { readonly teamTricode: string };
  readonly awayTeam: { readonly teamTricode: string };
}

const BOOK = {
  key: 'fanduel',
  markets: [
    {
      key: 'totals',
      outcomes: [
        { name: 'Over', price: -110, point: 221.5 },
        { name: 'Under', price: -110, point: 221.5 },
      ],
    },
  ],
};

describe('a source', () => {
  it('that needs no key is asked only when the operator has said so', async () => {
    const { code, stderr } = await cli(newFolder(), 'ingest', '--date', DATE);
    expect(code).toBe(2);
    expect(stderr).toContain('the source nba_cdn is off: set FULLCOURT_ALLOW_UNKEYED=1');
  });

  it('that answers only some addresses is asked with headers of the operator alone', async () => {
    const open = { FULLCOURT_ALLOW_UNKEYED: '1' };
    const asked = ['ingest', '--date', DATE, '--source', 'nba_stats'];
    const { code, stderr } = await cliWith(open, newFolder(), ...asked);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'the source nba_stats is off: set FULLCOURT_SOURCE_NBA_STATS_HEADERS when you may use it',
    );
  });

  it('that does not exist is named, with those that do', async () => {
    const { code, stderr } = await cliWith(env, newFolder(), 'ingest', '--date', DATE, '--source', 'nba');
    expect(code).toBe(2);
    const names = SOURCES.map(({ name }) => name).join(', ');
    expect(stderr).toContain(`there is no source nba; the sources are ${names}`);
  });

  it.each([
    ['URL', 'ftp://example.com'],
    ['URL', 'http://example.com'],
    ['URL', 'https://me:secret@example.com'],
    ['HEADERS', 'Referer: secret'],
    ['HEADERS', '{"Referer":7}'],
  ])('is not reached by a %s such as %s', async (what, value) => {
    const wrong = { [`FULLCOURT_SOURCE_NBA_CDN_${what}`]: value };
    const { code, stderr } = await cliWith(wrong, newFolder(), 'config');
    expect(code).toBe(2);
    expect(stderr).toContain(`FULLCOURT_SOURCE_NBA_CDN_${what}: must be`);
    expect(stderr).not.toContain('secret');
  });
});
