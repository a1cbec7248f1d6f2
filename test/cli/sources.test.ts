/** Commands remember how sources have answered, and no key is in anything that they say, send or keep. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Ingested } from '../../functions/control/ingest.ts';
import type { SourceReport } from '../../functions/control/sources.ts';
import { newFolder, removeFolders } from '../support/homes.ts';
import { CDN_PATHS, cdnAnswers, SEASON, simulatedTexts } from '../support/nba-cdn-answers.ts';
import { FAULTS, recordedServer } from '../support/recorded-server.ts';
import { cliWith } from '../support/run-cli.ts';

const answers = cdnAnswers(simulatedTexts(4));
const dates = [...new Set(answers.games.map(answers.dateOf))].sort();
const DATE = dates.find((date) => answers.gamesOn(date).length === 2) ?? expect.fail();
const [FIRST = '', SECOND = ''] = answers.gamesOn(DATE);
const AFTER = dates.find((date) => date > DATE) ?? expect.fail();
const at = (time: string): string => `${AFTER}T${time}:00Z`;

const server = await recordedServer();
afterAll(async () => {
  await server.close();
  removeFolders();
});

server.answers.set(
  CDN_PATHS.schedule,
  answers.schedule(SEASON, (id) => answers.dateOf(id) <= DATE),
);
for (const game of answers.gamesOn(DATE)) {
  server.answers.set(CDN_PATHS.boxScore(game), answers.boxScore(game));
  server.answers.set(CDN_PATHS.playByPlay(game), answers.playByPlay(game));
}

const HEADER = 'a-secret-header';
const KEY = 'key/of the=operator';
const env = {
  FULLCOURT_SOURCE_NBA_CDN_URL: server.address,
  FULLCOURT_SOURCE_NBA_CDN_HEADERS: JSON.stringify({ 'X-Api-Key': HEADER }),
};

async function run<T>(home: string, args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  server.asked.length = 0;
  const { code, stdout, stderr } = await cliWith({ ...env, ...more }, home, ...args, '--json');
  return { code, document: JSON.parse(stdout) as T, stdout, stderr };
}
const ingest = async (home: string, now: string, more: Readonly<Record<string, string>> = {}) => {
  const done = await run<Ingested>(home, ['ingest', '--date', DATE, '--now', now], more);
  const fetch = done.document.fetches.find(({ source }) => source === 'nba_cdn') ?? expect.fail();
  return { ...done, fetch, asked: [...server.asked] };
};
const filesIn = (home: string): string[] =>
  readdirSync(join(home, 'archive'), { recursive: true, encoding: 'utf8' }).toSorted();
const reportOf = async (home: string, now: string): Promise<SourceReport> => {
  const { document } = await run<{ sources: SourceReport[] }>(home, ['sources', '--now', now]);
  return document.sources.find(({ name }) => name === 'nba_cdn') ?? expect.fail();
};

describe('answers that have not changed', () => {
  const home = newFolder();

  it('are not sent, archived or loaded again, and are a good read', async () => {
    for (const path of [
      CDN_PATHS.schedule,
      ...[FIRST, SECOND].flatMap((game) => [CDN_PATHS.boxScore(game), CDN_PATHS.playByPlay(game)]),
    ])
      server.tags.set(path, '"1"');
    expect((await ingest(home, at('12:00'))).fetch).toMatchObject({ status: 'fetched', entries: 5 });
    const before = filesIn(home);
    const { code, fetch, document } = await ingest(home, at('13:00'));
    expect(fetch).toMatchObject({ status: 'unchanged', entries: 0, details: [] });
    expect([code, document.complete, document.changes]).toEqual([0, true, []]);
    expect(filesIn(home)).toEqual(before);
    expect(await reportOf(home, at('13:30'))).toMatchObject({
      status: 'on',
      lastGood: `${AFTER}T13:00:00.000Z`,
    });
  });

  it('are sent again when a person has imported something else over them', async () => {
    const folder = newFolder();
    const name = `nba_cdn.boxscore.${FIRST}.json`;
    const kept = filesIn(home).find((file) => file.includes(`boxscore.${FIRST}`)) ?? expect.fail();
    const other = readFileSync(join(home, 'archive', kept), 'utf8').replaceAll('"assists":', '"assists": 1');
    writeFileSync(join(folder, name), other);
    const imported = await cliWith(env, home, 'import', join(folder, name));
    expect(imported.code, imported.stderr).toBe(0);
    // The schedule and the other game are as they were.
    expect((await ingest(home, at('14:00'))).fetch).toMatchObject({ status: 'unchanged', entries: 1 });
  });

  it('are sent again when their bytes are lost', async () => {
    const kept = filesIn(home).find((file) => file.includes(`boxscore.${SECOND}`)) ?? expect.fail();
    rmSync(join(home, 'archive', kept));
    await ingest(home, at('15:00'));
    expect(filesIn(home)).toContain(kept);
  });
});

describe('a source that hangs', () => {
  it('is left by the next command, told by `sources`, and asked again later', async () => {
    const home = newFolder();
    await ingest(home, at('12:00'));
    // No connection comes about at a port that nobody listens on.
    const closed = await recordedServer();
    await closed.close();
    const nobody = { FULLCOURT_SOURCE_NBA_CDN_URL: closed.address };
    expect((await ingest(home, at('12:10'), nobody)).fetch.status).toBe('unreachable');
    const next = await ingest(home, at('12:11'), nobody);
    expect(next.fetch).toMatchObject({ status: 'left', seconds: 0 });
    const { stdout } = await cliWith({ ...env, ...nobody }, home, 'sources', '--now', at('12:12'));
    expect(stdout).toMatch(/nba_cdn +silent/);
    expect(stdout).toContain(`nba_cdn is asked again from ${AFTER}T12:20Z on`);
    expect((await ingest(home, at('12:13'))).fetch.status).toBe('fetched');
  });
});

describe('`sources`', () => {
  it.each([80, 120])('fits into %i columns and names every source', async (width) => {
    const home = newFolder();
    const { stdout, code } = await cliWith(
      { ...env, COLUMNS: String(width), ODDS_API_KEY: 'key-of-mine' },
      home,
      'sources',
    );
    expect(code).toBe(0);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
    for (const name of ['espn', 'nba_cdn', 'odds_api']) expect(stdout).toContain(name);
  });

  it('asks about known games when it is told to', async () => {
    const home = newFolder();
    const { code, document } = await run<{ sources: SourceReport[] }>(home, ['sources', '--canary']);
    expect(code).toBe(0);
    expect(server.asked).toHaveLength(1);
    expect(document.sources.find(({ name }) => name === 'nba_cdn')).toMatchObject({ canary: 'unknown' });
  });
});

describe('a key', () => {
  it('is in no log, trace, error, archived answer, document or table, whatever a source repeats', async () => {
    const traces: string[] = [];
    const collector = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => traces.push(chunk.toString('utf8')));
      request.on('end', () => response.end('{}'));
    });
    await new Promise<void>((resolve) => void collector.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    const home = newFolder();
    const echo = { self: `https://x/?apiKey=${HEADER}`, keys: [HEADER] };
    const ofKey = { self: `https://x/?apiKey=${encodeURIComponent(KEY)}`, keys: [KEY] };
    const box = answers.boxScore(FIRST) as { game: Record<string, unknown> };
    const broken = answers.boxScore(SECOND) as { game: Record<string, unknown> };
    server.tags.clear();
    server.answers.set(CDN_PATHS.boxScore(FIRST), { ...box, echo });
    server.answers.set(CDN_PATHS.boxScore(SECOND), { echo, game: { ...broken.game, gameId: HEADER } });
    const events = `/v4/sports/basketball_nba/events?commenceTimeFrom=${DATE}T12:00:00Z&commenceTimeTo=${AFTER}T12:00:00Z&apiKey=${encodeURIComponent(KEY)}`;
    server.answers.set(events, { message: `no events for ${KEY}`, ofKey });
    const more = {
      ...{ FULLCOURT_LOG: 'debug', FULLCOURT_TRACES: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint },
      ...{ FULLCOURT_SOURCE_ODDS_API_URL: server.address, ODDS_API_KEY: KEY },
    };
    const done = await ingest(home, at('04:00').replace(AFTER, DATE), more);
    const later = await ingest(home, at('12:00'), more);
    server.faults.set(CDN_PATHS.schedule, [FAULTS['a key that is not accepted']]);
    const refused = await ingest(home, at('12:30'), more);
    const { stdout: report } = await cliWith({ ...env, ...more }, home, 'sources');
    await new Promise((resolve) => collector.close(resolve));

    expect(done.asked).toContain(events);
    expect(later.fetch).toMatchObject({ status: 'misread', entries: 4 });
    expect(refused.fetch.status).toBe('refused');
    expect(traces.join('')).toContain('resourceSpans');
    const kept = readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => [file.name, readFileSync(join(file.parentPath, file.name)).toString('latin1')] as const);
    expect(kept.filter(([, text]) => text.includes('REDACTED')).length).toBeGreaterThanOrEqual(2);
    const said = [done, later, refused].map(
      ({ stdout, stderr }, i) => [`command ${i}`, stdout + stderr] as const,
    );
    for (const [where, text] of [...kept, ...said, ['traces', traces.join('')], ['report', report]] as const)
      for (const secret of [KEY, encodeURIComponent(KEY), HEADER])
        expect(text.includes(secret), `${where} has ${secret}`).toBe(false);
  });
});
