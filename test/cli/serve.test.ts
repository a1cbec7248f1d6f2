import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClient } from '../../functions/targets/embedded/client.ts';
import { addDays, gameDate } from '../../shared/domain/game-date.ts';
import { backfillIdOf } from '../../shared/messages/backfill-id.ts';
import { copyOf, removeFolders } from '../support/homes.ts';
import { cli, cliJson, startCli, type Running } from '../support/run-cli.ts';
import { OPENING_NIGHT, rawLeague, SEASON } from '../support/tiny-league.ts';
import { readConfig } from '../../shared/config.ts';

type Json = Record<string, unknown>;
const REQUESTS = '/topics/nba-backfill-request';

let home: string;
let serving: Running;
let port: number;
let token: string;

beforeAll(async () => {
  home = copyOf(await rawLeague());
  serving = startCli(home, 'serve', '--port', '0');
  await serving.says(/127\.0\.0\.1:(\d+)/);
  port = Number(/127\.0\.0\.1:(\d+)/.exec(serving.stderr())?.[1]);
  token = readFileSync(join(home, 'token'), 'utf8').trim();
});
afterAll(async () => {
  await serving.kill();
  removeFolders();
});

interface Answer {
  readonly status: number;
  readonly document: Json;
}

function http(
  path: string,
  options: { method?: string; body?: string; headers?: Record<string, string>; token?: string } = {},
): Promise<Answer> {
  const bearer = options.token ?? token;
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      {
        host: '127.0.0.1',
        port,
        path,
        method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
        headers: { ...(bearer === '' ? {} : { authorization: `Bearer ${bearer}` }), ...options.headers },
      },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            document: text.startsWith('{') ? (JSON.parse(text) as Json) : { page: text },
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(options.body);
  });
}

async function until<T>(look: () => Promise<T | undefined>, what: string): Promise<T> {
  for (const started = Date.now(); Date.now() - started < 200_000; await sleep(200)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`${what} did not happen`);
}

/** What has been set aside, read beside the process that serves. */
async function deadLetters(): Promise<Json[]> {
  const client = openClient({ ...readConfig({}), home });
  const letters = await client.store.list('dead_letters');
  client.close();
  return letters.map(({ data }) => data);
}
/** The backfills, read beside the process that serves. */
async function backfills(): Promise<Json[]> {
  const client = openClient({ ...readConfig({}), home });
  const found = await client.store.list('backfills');
  client.close();
  return found.map(({ data }) => data);
}

describe('serve', () => {
  it('answers on the loopback address and on no other', async () => {
    expect(await http('/healthz')).toMatchObject({ status: 200, document: { status: 'ok' } });
    const others = Object.values(networkInterfaces())
      .flat()
      .flatMap((each) =>
        each === undefined || each.internal || each.family !== 'IPv4' ? [] : [each.address],
      );
    for (const address of others) {
      const reached = await new Promise<boolean>((resolve) => {
        const socket = connect({ host: address, port });
        socket.once('connect', () => resolve(true) ?? socket.destroy());
        socket.once('error', () => resolve(false));
      });
      expect([address, reached]).toEqual([address, false]);
    }
  });

  it('takes a request over HTTP and does it', async () => {
    const body = JSON.stringify({
      startDate: OPENING_NIGHT,
      endDate: '2021-11-15',
      requestId: 'over-http',
    });
    expect(await http(REQUESTS, { body })).toMatchObject({
      status: 202,
      document: {
        messageId: expect.any(String) as string,
        backfillId: backfillIdOf({ requestId: 'over-http' }, ''),
      },
    });
    const id = backfillIdOf({ requestId: 'over-http' }, '');
    await until(
      async () => (await backfills()).find((each) => each['id'] === id && each['state'] === 'done'),
      'the backfill',
    );
    const { document } = await cliJson<{ tables: { phase: string; table: string; pct: number | null }[] }>(
      home,
      'coverage',
      '--start',
      OPENING_NIGHT,
      '--end',
      '2021-11-15',
    );
    // No season before this one is loaded.
    const computed = document.tables.filter(
      ({ phase, table }) => phase !== 'phase2' && table !== 'player_season_carry',
    );
    expect(computed.map(({ pct }) => pct)).toEqual(Array.from({ length: 14 }, () => 100));
  });

  it.each([
    ['another host', { host: 'example.com' }],
    ['another host that looks local', { host: 'localhost.example.com' }],
    ['a web page', { origin: 'http://127.0.0.1' }],
    ['a web page without a name', { origin: 'null' }],
  ])('refuses %s', async (_what, headers) => {
    const before = (await backfills()).length;
    expect(await http(REQUESTS, { body: JSON.stringify({ season: SEASON }), headers })).toMatchObject({
      status: 403,
    });
    expect(await http('/healthz', { headers })).toMatchObject({ status: 403 });
    expect(await backfills()).toHaveLength(before);
  });

  it.each([
    ['no token', ''],
    ['another token', 'x'.repeat(32)],
    ['a token that begins alike', 'begin'],
  ])('publishes nothing for who has %s', async (_what, given) => {
    const before = (await backfills()).length;
    const wrong = given === 'begin' ? token.slice(0, -1) : given;
    expect(
      await http(REQUESTS, {
        body: JSON.stringify({ season: SEASON }),
        token: wrong,
      }),
    ).toMatchObject({ status: 401, document: { error: expect.stringContaining('Bearer') as string } });
    expect(await backfills()).toHaveLength(before);
  });

  it('knows the word Bearer in small letters, and answers who asks for the head of the page alone', async () => {
    const body = JSON.stringify({ season: SEASON, dryRun: true });
    const headers = { authorization: `bearer ${token}` };
    expect(await http(REQUESTS, { body, headers, token: '' })).toMatchObject({ status: 202 });
    expect(await http('/', { method: 'HEAD' })).toEqual({ status: 200, document: { page: '' } });
  });

  it('keeps its token where only the owner reads it', () => {
    expect(statSync(join(home, 'token')).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['application/x-www-form-urlencoded', 'season=2021-22'],
    ['text/plain', 'season=2021-22'],
    ['multipart/form-data; boundary=x', '--x'],
  ])('refuses the fields of a form (%s)', async (type, body) => {
    expect(await http(REQUESTS, { body, headers: { 'content-type': type } })).toMatchObject({ status: 415 });
  });

  it('takes JSON that curl sends under the name of a form', async () => {
    const body = JSON.stringify({ season: SEASON, dryRun: true });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await http(REQUESTS, { body, headers })).toMatchObject({ status: 202 });
  });

  it('answers a browser with a page of what is loaded, without a token', async () => {
    const { status, document } = await http('/', { token: '' });
    expect(status).toBe(200);
    expect(document['page']).toMatch(/^<!doctype html>/);
    expect(document['page']).toContain(SEASON);
    expect(document['page']).not.toContain(token);
    const id = backfillIdOf({ requestId: 'over-http' }, '');
    expect(document['page']).not.toContain(id);
    const own = await http('/');
    expect(own.document['page']).toContain(id);
    expect((await http('/', { token: 'x'.repeat(32) })).document['page']).not.toContain(id);
  });

  it('takes the same request again when its dates are listed one by one', async () => {
    const dates = Array.from({ length: 28 }, (_, day) => addDays(gameDate(OPENING_NIGHT), day));
    expect(dates.at(-1)).toBe('2021-11-15');
    const again = await http(REQUESTS, { body: JSON.stringify({ dates, requestId: 'over-http' }) });
    expect(again).toMatchObject({
      status: 202,
      document: { backfillId: backfillIdOf({ requestId: 'over-http' }, '') },
    });
    expect(await deadLetters()).toEqual([]);
  });

  it('answers 409 to other work under an id that is in use, and sets it aside', async () => {
    const body = JSON.stringify({ season: SEASON, requestId: 'over-http', through: 'phase3' });
    const answered = await http(REQUESTS, { body });
    expect(answered).toMatchObject({
      status: 409,
      document: { error: expect.stringContaining('over-http belongs to backfill') as string },
    });
    const letter = await until(
      async () => (await deadLetters()).find((each) => each['messageId'] === answered.document['messageId']),
      'setting it aside',
    );
    expect(letter['reason']).toBe(answered.document['error']);
    expect(await cliJson<Json>(home, 'dead-letters', 'delete', String(letter['id']))).toMatchObject({
      code: 0,
    });
    expect(await deadLetters()).toEqual([]);
  });

  it('says each request and its end', async () => {
    await until(
      () => Promise.resolve(/ bf-[0-9a-f]{12} done after [\d.]+ s: /.test(serving.stderr()) || undefined),
      'the line',
    );
    expect(serving.stderr()).toMatch(
      /\d\d:\d\d:\d\d bf-[0-9a-f]{12} asked for by a message: 2021-10-19 to 2021-11-15, phase3 to phase5\n/,
    );
  });

  it('refuses a port that is in use before it does anything', async () => {
    const fresh = join(home, 'fresh');
    const { code, stderr } = await startCli(fresh, 'serve', '--port', String(port)).ended;
    expect([code, existsSync(fresh)]).toEqual([2, false]);
    expect(stderr).toContain(`Port ${port} is in use`);
  });

  it('takes localhost by name, with its port', async () => {
    expect(await http('/healthz', { headers: { host: `localhost:${port}` } })).toMatchObject({ status: 200 });
  });

  it('knows no other topics, paths and methods, and no endless bodies', async () => {
    expect(await http('/topics/nope', { body: '{}' })).toMatchObject({
      status: 404,
      document: { error: 'there is no topic nope' },
    });
    expect(await http('/nope', {})).toMatchObject({ status: 404 });
    expect(await http(REQUESTS, { method: 'DELETE' })).toMatchObject({ status: 405 });
    expect(await http(REQUESTS, { body: 'x'.repeat(1_000_001) })).toMatchObject({ status: 413 });
  });

  it('lets other commands look, and lets a backfill of another process be done here', async () => {
    expect((await cli(home, 'status')).code).toBe(0);
    const query = await cli(home, 'query', 'SELECT 1 AS one');
    expect([query.code, query.stdout]).toEqual([0, expect.stringMatching(/one\n +1\n/)]);
    const asked = await cliJson<Json>(
      home,
      'backfill',
      '--start',
      '2021-11-16',
      '--end',
      '2021-11-20',
      '--through',
      'phase3',
    );
    expect(asked).toMatchObject({ code: 0, document: { state: 'done' } });
  });

  it('a second one on the same home is refused in one line', async () => {
    const { code, stderr } = await startCli(home, 'serve', '--port', '0').ended;
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(`is in use by process ${serving.process.pid} (serve)`);
  });
});

describe('a bad message published by hand', () => {
  const BAD: readonly (readonly [what: string, body: string, reason: RegExp])[] = [
    ['no JSON', 'startDate=2021-10-19', /not JSON/],
    ['nothing', '', /not JSON/],
    ['a list', '[{"season":"2021-22"}]', /must be a JSON object/],
    ['a number', '7', /must be a JSON object/],
    ['no dates', '{}', /Say which dates/],
    ['two ways of saying dates', '{"season":"2021-22","dates":["2021-10-19"]}', /exactly one of the three/],
    ['half a range', '{"startDate":"2021-10-19"}', /startDate and endDate go together/],
    [
      'an end before the start',
      '{"startDate":"2021-11-01","endDate":"2021-10-19"}',
      /endDate 2021-10-19 is before startDate 2021-11-01/,
    ],
    ['a word for a date', '{"dates":["TODAY"]}', /dates\.0: "TODAY" is not a calendar date/],
    ['no such date', '{"dates":["2022-02-30"]}', /"2022-02-30" is not a calendar date/],
    ['a timestamp for a date', '{"dates":["2021-10-19T00:00:00Z"]}', /not a calendar date/],
    ['a number for a date', '{"dates":[20211019]}', /not a calendar date/],
    ['an empty list', '{"dates":[]}', /dates/],
    ['no such season', '{"season":"2021-23"}', /season: must be a season/],
    ['an unknown field', '{"season":"2021-22","colour":"red"}', /colour/],
    ['an unknown phase', '{"season":"2021-22","from":"phase9"}', /from: must be one of phase2/],
    [
      'phases in the wrong order',
      '{"season":"2021-22","from":"phase4","through":"phase3"}',
      /through phase3 comes before from phase4/,
    ],
    ['an unknown table', '{"season":"2021-22","tables":["nope"]}', /There is no table nope/],
    [
      'a table of other phases',
      '{"season":"2021-22","tables":["ml_feature_store_v2"],"through":"phase3"}',
      /None of ml_feature_store_v2/,
    ],
    ['no tables', '{"season":"2021-22","tables":[]}', /tables/],
    ['an unknown choice', '{"season":"2021-22","only":"new"}', /only: must be one of all/],
    ['an unknown restatement', '{"season":"2021-22","restate":"maybe"}', /restate: must be one of auto/],
    ['a text for a flag', '{"season":"2021-22","force":"yes"}', /force/],
    ['no batches in flight', '{"season":"2021-22","maxInFlight":0}', /maxInFlight/],
    ['half a batch in flight', '{"season":"2021-22","maxInFlight":1.5}', /maxInFlight/],
    ['a bypass without a reason', '{"season":"2021-22","skipPreflight":{}}', /skipPreflight/],
    ['a bypass with an empty reason', '{"season":"2021-22","skipPreflight":{"reason":""}}', /skipPreflight/],
    ['an id with a slash', '{"season":"2021-22","requestId":"a/b"}', /requestId/],
    ['a version of the future', '{"schemaVersion":2,"season":"2021-22"}', /schemaVersion/],
    ['another kind', '{"kind":"run_requested","season":"2021-22"}', /kind/],
  ];
  let before: unknown;
  const facts = async (): Promise<unknown> => [
    await backfills(),
    (await cliJson<Json>(home, 'coverage', '--start', '2021-10-01', '--end', '2022-06-30')).document,
    (await cliJson<Json>(home, 'status', '--date', OPENING_NIGHT)).document,
  ];

  beforeAll(async () => {
    before = await facts();
    for (const [, body] of BAD) await http(REQUESTS, { body });
    await until(
      async () => ((await deadLetters()).length >= BAD.length ? true : undefined),
      'setting the messages aside',
    );
  });

  it.each(BAD)('%s is set aside with its reason', async (_what, body, reason) => {
    const letter = (await deadLetters()).find((each) => each['body'] === body);
    expect(letter).toMatchObject({ topic: 'nba-backfill-request', attempts: 1, replayedAt: null });
    expect(letter?.['reason']).toMatch(reason);
  });

  it('changes nothing else', async () => {
    expect(await facts()).toEqual(before);
    expect(await deadLetters()).toHaveLength(BAD.length);
  });

  it('one that names nobody run or table is set aside on the other topics too', async () => {
    for (const [topic, body] of [
      ['nba-phase3-backfill', '{"kind":"run_requested"}'],
      ['nba-phase3-complete', '{"schemaVersion":1}'],
      ['nba-sweep', '{"reconcile":"yes"}'],
    ]) {
      expect(await http(`/topics/${topic}`, { body: body ?? '' })).toMatchObject({ status: 202 });
      const letter = await until(
        async () => (await deadLetters()).find((each) => each['topic'] === topic),
        topic ?? '',
      );
      expect(letter['reason']).not.toBe('');
    }
    expect(await facts()).toEqual(before);
  });

  it('is shown to a person, and replayed: still bad, it comes back as the same letter', async () => {
    const before = await deadLetters();
    const letter = before.find((each) => each['body'] === '{"dates":["TODAY"]}');
    const id = String(letter?.['id']);
    const { document: list } = await cliJson<{ deadLetters: Json[] }>(home, 'dead-letters');
    expect(list.deadLetters).toHaveLength(before.length);
    expect(list.deadLetters.find((each) => each['id'] === id)).toMatchObject({
      topic: 'nba-backfill-request',
      reason: letter?.['reason'],
    });
    expect((await cli(home, 'dead-letters')).stdout).toContain(id);
    expect((await cliJson<Json>(home, 'dead-letters', 'show', id)).document).toEqual(letter);

    expect(await cliJson<Json>(home, 'dead-letters', 'replay', id)).toMatchObject({
      code: 0,
      document: { id, topic: 'nba-backfill-request' },
    });
    const back = await until(
      async () =>
        (await deadLetters()).find(
          (each) => each['id'] === id && each['messageId'] !== letter?.['messageId'],
        ),
      'the replay',
    );
    expect(back).toMatchObject({ replayedAt: null, replays: 1, attempts: 2, reason: letter?.['reason'] });
    expect(await deadLetters()).toHaveLength(before.length);
  });

  it('is corrected by a person, and then it is done', async () => {
    const letter = (await deadLetters()).find((each) => each['body'] === '{"dates":["TODAY"]}');
    const id = String(letter?.['id']);
    const wrong = await cli(home, 'dead-letters', 'edit', id, '--message', '{"dates":["TOMORROW"]}');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('Nothing was changed: dates.0: "TOMORROW" is not a calendar date');
    const right = `{"dates":["${OPENING_NIGHT}"],"requestId":"corrected"}`;
    expect((await cli(home, 'dead-letters', 'edit', id, '--message', right)).code).toBe(0);
    expect((await cli(home, 'dead-letters', 'show', id)).stdout).toContain('Reason: nothing is wrong with');
    expect((await cli(home, 'dead-letters', 'replay', id)).code).toBe(0);
    const corrected = backfillIdOf({ requestId: 'corrected' }, '');
    await until(async () => (await backfills()).find((each) => each['id'] === corrected), 'the backfill');
    expect((await deadLetters()).find((each) => each['id'] === id)).toMatchObject({ body: right });
    expect((await cli(home, 'dead-letters', 'delete', id)).code).toBe(0);
    expect((await cli(home, 'dead-letters', 'show', id)).code).toBe(2);
  });

  it('and SIGTERM ends the server in order', async () => {
    serving.process.kill('SIGTERM');
    expect((await serving.ended).code).toBe(0);
    expect((await cli(home, 'query', 'SELECT 1 AS one')).code).toBe(0);
  });
});
