/** What is remembered of a source from one command to the next, and what it changes about the questions. */
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { askerOf, type Ask, type AskingPorts, type Reaching } from '../../functions/sources/ask.ts';
import nbaCdn from '../../functions/sources/nba_cdn/source.ts';
import oddsApi from '../../functions/sources/odds_api/source.ts';
import type { Source } from '../../functions/sources/source.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { undiciHttp } from '../../shared/adapters/http/undici-http.ts';
import { openDatabase } from '../../shared/adapters/embedded/sqlite-database.ts';
import { sqliteStore } from '../../shared/adapters/embedded/sqlite-store.ts';
import { noteKept, storedSource } from '../../shared/state/source-states.ts';
import { CDN_PATHS, cdnAnswers, simulatedTexts } from '../support/nba-cdn-answers.ts';
import { FAULTS, recordedServer } from '../support/recorded-server.ts';

const answers = cdnAnswers(simulatedTexts(4));
const [A = '', B = '', C = '', D = ''] = answers.games;

const server = await recordedServer();
afterAll(() => server.close());

const NOW = new Date('2021-10-21T12:00:00Z');
const minutesLater = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);
let waits: number[] = [];
let machine = NOW;
let ports: AskingPorts;

beforeEach(() => {
  [waits, machine] = [[], NOW];
  server.asked.length = 0;
  for (const map of [server.faults, server.tags, server.answers]) map.clear();
  server.credits.left = 499;
  for (const game of answers.games) server.answers.set(CDN_PATHS.boxScore(game), answers.boxScore(game));
  const http = undiciHttp({ connectMs: 500, totalMs: 400, maxBytes: 2 ** 20 });
  const wait = (ms: number) => {
    waits.push(Math.round(ms));
    return Promise.resolve();
  };
  const store = memoryStore();
  ports = { http, wait, random: () => 0.5, now: NOW, clock: () => machine, store };
});

/** What another command asks with: it has the same store, and nothing else of the one before. */
function command(now = NOW, source: Source = nbaCdn, reaching: Partial<Reaching> = {}): Ask {
  machine = now;
  return askerOf({ ...ports, now }, source, { address: server.address, ...reaching });
}

const hang = (...games: string[]): void => {
  for (const game of games) server.faults.set(CDN_PATHS.boxScore(game), [FAULTS.hang]);
};

describe('a source that did not answer twice in a row', () => {
  it('is not asked by the next command, and is asked once when ten minutes are over', async () => {
    hang(A, B);
    expect((await command()('boxscore', A)).status).toBe('hung');
    expect((await command()('boxscore', B)).status).toBe('hung');
    const left = await command(minutesLater(9))('boxscore', C);
    expect(left).toMatchObject({
      status: 'left',
      detail: 'is not asked for: the source does not answer; it is asked again from 2021-10-21T12:10Z on',
    });
    expect(server.asked).toHaveLength(2);

    expect((await command(minutesLater(10))('boxscore', C)).status).toBe('fetched');
    expect((await command(minutesLater(10))('boxscore', D)).status).toBe('fetched');
  });

  it('is left again after one question without an answer', async () => {
    hang(A, B, C);
    const first = command();
    await first('boxscore', A);
    await first('boxscore', B);
    const later = command(minutesLater(10));
    expect(await later('boxscore', C)).toMatchObject({ status: 'hung', tries: 1 });
    expect((await later('boxscore', D)).status).toBe('left');
    expect((await command(minutesLater(19))('boxscore', D)).status).toBe('left');
    expect((await command(minutesLater(20))('boxscore', D)).status).toBe('fetched');
  });

  it('gets one question of several commands that come together', async () => {
    hang(A, B);
    const first = command();
    await first('boxscore', A);
    await first('boxscore', B);
    const all = await Promise.all([A, B, C].map((game) => command(minutesLater(11))('boxscore', game)));
    expect(all.map(({ status }) => status).toSorted()).toEqual(['fetched', 'left', 'left']);
  });

  it('is asked at another host, and on a day that is played again', async () => {
    hang(A, B);
    const first = command();
    await first('boxscore', A);
    await first('boxscore', B);
    expect((await command(minutesLater(-60))('boxscore', C)).status).toBe('fetched');

    hang(A, B);
    const again = command();
    await again('boxscore', A);
    await again('boxscore', B);
    const other = await recordedServer();
    other.answers.set(CDN_PATHS.boxScore(C), answers.boxScore(C));
    expect((await command(NOW, nbaCdn, { address: other.address })('boxscore', C)).status).toBe('fetched');
    await other.close();
  });

  it('is asked on when there was an answer in between, of whatever kind', async () => {
    hang(A, C);
    server.faults.set(CDN_PATHS.boxScore(B), [FAULTS['not found']]);
    const ask = command();
    for (const game of [A, B, C]) await ask('boxscore', game);
    expect((await ask('boxscore', D)).status).toBe('fetched');
  });
});

describe('an answer that the archive has', () => {
  const kept = { etag: '"v1"', sha256: 'a'.repeat(64), subjects: 2, at: NOW.toISOString() };
  const host = { source: 'nba_cdn', address: server.address };
  const name = `nba_cdn.boxscore.${A}.json`;

  it('is not sent again while it has not changed, which is a good read', async () => {
    server.tags.set(CDN_PATHS.boxScore(A), '"v1"');
    const first = await command()('boxscore', A);
    expect(first).toMatchObject({ status: 'fetched', validators: { etag: '"v1"' } });
    await noteKept(ports, host, name, kept);
    ports = {
      ...ports,
      isHeld: (asked, { sha256 }) => Promise.resolve(asked === name && sha256 === kept.sha256),
    };
    const later = minutesLater(60);
    expect(await command(later)('boxscore', A)).toMatchObject({ status: 'unchanged', bytes: undefined });
    expect((await storedSource(ports, 'nba_cdn'))?.endpoints['boxscore']?.lastGood).toBe(later.toISOString());
    server.tags.set(CDN_PATHS.boxScore(A), '"v2"');
    expect((await command(later)('boxscore', A)).status).toBe('fetched');
  });

  it('is sent again where the archive does not speak by it any more', async () => {
    server.tags.set(CDN_PATHS.boxScore(A), '"v1"');
    await noteKept(ports, host, name, kept);
    expect((await command()('boxscore', A)).status).toBe('fetched');
    ports = { ...ports, isHeld: () => Promise.resolve(false) };
    expect((await command()('boxscore', A)).status).toBe('fetched');
    expect(server.headers()['if-none-match']).toBeUndefined();
  });

  it.each(['an error of the server', 'a refusal', 'truncated JSON', 'not found'] as const)(
    'is none when it is %s',
    async (fault) => {
      server.tags.set(CDN_PATHS.boxScore(A), '"v1"');
      server.faults.set(
        CDN_PATHS.boxScore(A),
        Array.from({ length: 3 }, () => FAULTS[fault]),
      );
      expect((await command()('boxscore', A)).validators).toBeUndefined();
      expect((await storedSource(ports, 'nba_cdn'))?.endpoints['boxscore']?.lastGood).toBeNull();
    },
  );

  it('is one of the newest five hundred', async () => {
    for (let n = 0; n < 510; n += 1)
      await noteKept(ports, host, `nba_cdn.boxscore.${n}.json`, {
        ...kept,
        at: minutesLater(n).toISOString(),
      });
    const { answers: known = {} } = (await storedSource(ports, 'nba_cdn')) ?? {};
    expect(Object.keys(known)).toHaveLength(500);
    expect([known['nba_cdn.boxscore.9.json'], known['nba_cdn.boxscore.10.json']]).toEqual([
      undefined,
      expect.objectContaining({ etag: '"v1"' }),
    ]);
  });
});

describe('a pause', () => {
  it('is kept from command to command, for each kind of question', async () => {
    await command()('boxscore', A);
    await command(new Date(NOW.getTime() + 200))('boxscore', B);
    expect(waits).toEqual([500]);
    await command(minutesLater(1))('boxscore', C);
    expect(waits).toEqual([500]);
  });

  it('becomes twice as long when the source wants one, and shorter step by step', async () => {
    server.faults.set(CDN_PATHS.boxScore(A), [FAULTS['too many questions']]);
    const pause = async (): Promise<number | undefined> =>
      (await storedSource(ports, 'nba_cdn'))?.endpoints['boxscore']?.pause;
    const ask = command();
    await ask('boxscore', A);
    expect(await pause()).toBe(1.4);
    await ask('boxscore', B);
    expect(waits.at(-1)).toBe(1400);
    expect(await pause()).toBe(0.98);
    await ask('boxscore', C);
    expect(await pause()).toBe(0.7);
  });
});

describe('credits', () => {
  const EVENTS = [A, B].map((game) => game.padStart(32, '0'));
  const [soon = '', late = ''] = EVENTS;
  const key = 'key-of-the-operator';
  const eventsPath = `/v4/sports/basketball_nba/events?commenceTimeFrom=2021-10-21T12:00:00Z&commenceTimeTo=2021-10-22T12:00:00Z&apiKey=${key}`;
  const oddsPath = (id: string): string =>
    `/v4/sports/basketball_nba/events/${id}/odds?regions=us&markets=spreads,totals,player_points&oddsFormat=american&apiKey=${key}`;

  async function readingAt(now: Date, reaching: Partial<Reaching> = {}): Promise<readonly string[]> {
    const starts = ['2021-10-21T23:00:00Z', '2021-10-22T02:00:00Z'];
    const teams = { home_team: 'Denver Nuggets', away_team: 'Los Angeles Lakers' };
    server.answers.set(
      eventsPath,
      EVENTS.map((id, i) => ({ id, commence_time: starts[i], ...teams })),
    );
    for (const [i, id] of EVENTS.entries())
      server.answers.set(oddsPath(id), { id, commence_time: starts[i], ...teams, bookmakers: [] });
    const ask = command(now, oddsApi, { key, ...reaching });
    const { leads } = await ask('events', '2021-10-21');
    const found: string[] = [];
    for (const lead of leads) {
      const { status, detail } = await ask('odds', lead);
      found.push(status === 'left' ? (detail ?? '') : lead.slice(0, 32));
    }
    return found;
  }
  const kept = (left: number, floor = 50): string =>
    `is not asked for: ${left} credits are left, and ${floor} are kept for the last 45 minutes before a tip-off (FULLCOURT_SOURCE_ODDS_API_FLOOR)`;

  it('are spent above the floor, and below it only on games that are about to begin', async () => {
    server.credits.left = 53;
    expect(await readingAt(new Date('2021-10-21T14:00:00Z'))).toEqual([soon, late]);
    server.credits.left = 52;
    expect(await readingAt(new Date('2021-10-21T16:00:00Z'))).toEqual([kept(52), kept(52)]);
    expect(await readingAt(new Date('2021-10-21T22:20:00Z'))).toEqual([soon, kept(52)]);
    expect((await storedSource(ports, 'odds_api'))?.credits).toEqual({
      left: 52,
      at: '2021-10-21T22:20:00.000Z',
    });
  });

  it('that do not suffice for a question are not spent, and the operator says how many are kept', async () => {
    server.credits.left = 2;
    expect(await readingAt(new Date('2021-10-21T22:20:00Z'))).toEqual([kept(2), kept(2)]);
    server.credits.left = 10;
    expect(await readingAt(new Date('2021-10-21T14:00:00Z'), { floor: 5 })).toEqual([soon, late]);
    expect(await readingAt(new Date('2021-10-21T14:00:00Z'), { floor: 9 })).toEqual([
      kept(10, 9),
      kept(10, 9),
    ]);
  });
});

describe('a refusal', () => {
  it('is not there yet at a host that answers so for what it does not have', async () => {
    const page = FAULTS['a refusal'];
    server.faults.set(CDN_PATHS.boxScore(A), [page]);
    expect((await command(NOW, { ...nbaCdn, isForbiddenNotYet: true })('boxscore', A)).status).toBe(
      'not_yet',
    );
    server.faults.set(CDN_PATHS.boxScore(A), [page]);
    expect((await command()('boxscore', A)).status).toBe('refused');
    expect((await storedSource(ports, 'nba_cdn'))?.endpoints['boxscore']?.refusals).toBe(1);
  });

  it('is one where the file of a season is said not to exist', async () => {
    server.faults.set(CDN_PATHS.schedule, [FAULTS['no such file']]);
    expect((await command()('schedule', '2021-22')).status).toBe('refused');
  });
});

describe('the state of a source', () => {
  it('is the same in SQLite, and one that cannot be read does not keep the source from being asked', async () => {
    ports = { ...ports, store: sqliteStore(openDatabase(':memory:')) };
    await command()('boxscore', A);
    expect(await storedSource(ports, 'nba_cdn')).toMatchObject({
      address: server.address,
      endpoints: { boxscore: { status: 'fetched', lastGood: NOW.toISOString(), pause: 0.7, refusals: 0 } },
      silence: { inARow: 0, openedAt: null },
    });
    await ports.store.transaction((tx) => {
      tx.set('sources/nba_cdn', { source: 7 });
      return Promise.resolve();
    });
    expect((await command()('boxscore', B)).status).toBe('fetched');
    expect((await storedSource(ports, 'nba_cdn'))?.source).toBe('nba_cdn');
  });
});

describe('a secret that a source repeats', () => {
  const key = 'k/3y of=the operator';
  const reaching = { key, headers: { 'X-Api-Key': 'header-secret', Authorization: 'Bearer another-secret' } };
  const source = {
    ...nbaCdn,
    key: { variable: 'SOME_KEY', parameter: 'key' },
    redact: (document: unknown) => {
      const { echo, ...rest } = document as { readonly echo?: object };
      return { ...rest, echo: { ...echo, self: '' } };
    },
  };
  const path = `${CDN_PATHS.boxScore(A)}?key=${encodeURIComponent(key)}`;
  const echo = {
    self: `https://x/?k=${encodeURIComponent(key)}`,
    also: [key, 'header-secret', 'another-secret'],
  };

  it('is in nothing that is kept, and the rest of the answer is as it came', async () => {
    server.answers.set(path, { ...answers.boxScore(A), echo });
    const { status, bytes } = await command(NOW, source, reaching)('boxscore', A);
    expect(status).toBe('fetched');
    const { echo: found, ...rest } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    expect(found).toEqual({ self: '', also: ['REDACTED', 'REDACTED', 'REDACTED'] });
    expect(rest).toEqual(answers.boxScore(A));
  });

  it.each([
    ['a misread answer', () => ({ game: `the key is ${key}`, self: 'self' })],
    ['one of another game', () => ({ ...answers.boxScore(B), echo })],
  ])('is not in %s either', async (_, answer) => {
    server.answers.set(path, answer());
    const asked = await command(NOW, source, reaching)('boxscore', A);
    expect(asked.status).toBe('misread');
    const text = `${new TextDecoder().decode(asked.bytes)} ${asked.detail ?? ''} ${JSON.stringify(await storedSource(ports, 'nba_cdn'))}`;
    for (const secret of [key, encodeURIComponent(key), 'header-secret', 'another-secret'])
      expect(text).not.toContain(secret);
  });
});
