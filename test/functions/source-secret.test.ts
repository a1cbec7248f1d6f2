/** The keys of live sources: how the secret that holds them is read on Google Cloud, and that nothing else ever has them. */
import { describe, expect, it } from 'vitest';
import { isOn } from '../../functions/sources/access.ts';
import { SOURCES } from '../../functions/sources/index.ts';
import { settingsOfSecret } from '../../functions/targets/cloud/sources.ts';
import { memoryArchive, type MemoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { secretText, type GoogleRequest } from '../../shared/adapters/gcp/secret-text.ts';
import { linesOf } from '../../shared/config.ts';
import { easternToUtc } from '../../shared/domain/eastern-time.ts';
import { addDays } from '../../shared/domain/game-date.ts';
import { logger } from '../../shared/observe/logger.ts';
import type { SpanStart, Tracer } from '../../shared/ports/tracer.ts';
import { seasonOfLeague } from '../support/live-league/index.ts';
import { emptyModel, liveWorld } from '../support/live-world.ts';

const encoded = (text: string): unknown => ({ payload: { data: Buffer.from(text).toString('base64') } });
const answering =
  (status: number, document: unknown): GoogleRequest =>
  () =>
    Promise.resolve({ status, document });
const reading = (request: GoogleRequest): Promise<string | undefined> =>
  secretText('hoops-1234', 'nba-sources', request);

describe('Secret Manager', () => {
  it('is asked for the newest version of the secret, and gives its text', async () => {
    const asked: string[] = [];
    const text = await reading((url) => {
      asked.push(url);
      return Promise.resolve({ status: 200, document: encoded('ODDS_API_KEY=a=b\n') });
    });
    expect(text).toBe('ODDS_API_KEY=a=b\n');
    expect(asked).toEqual([
      'https://secretmanager.googleapis.com/v1/projects/hoops-1234/secrets/nba-sources/versions/latest:access',
    ]);
  });

  it('has no such secret, or an empty one', async () => {
    expect(await reading(answering(404, { error: { status: 'NOT_FOUND' } }))).toBeUndefined();
    expect(await reading(answering(200, encoded('')))).toBe('');
  });

  it('says what to do where the secret may not be read', async () => {
    await expect(reading(answering(403, { error: { status: 'PERMISSION_DENIED' } }))).rejects.toThrow(
      'The secret nba-sources may not be read: deploy again with fullcourt deploy, which gives the right',
    );
  });

  it.each([
    ['an error', 500, { payload: { data: Buffer.from('very-secret').toString('base64') } }],
    ['no document', 200, null],
    ['another document', 200, { payload: { data: 7, text: 'very-secret' } }],
  ])('repeats nothing of the answer when it is %s', async (_, status, document) => {
    const failed = await reading(answering(status, document)).catch((error: unknown) => error);
    expect(String(failed)).toBe(`Error: The secret nba-sources could not be read (${status})`);
  });
});

describe('the lines of the secret', () => {
  const onWith = async (text: string | undefined): Promise<string[]> => {
    const settings = await settingsOfSecret(() => Promise.resolve(text))();
    return SOURCES.filter((source) => isOn(settings, source)).map(({ name }) => name);
  };

  it('switch sources on, one by one', async () => {
    expect(await onWith('# keys\r\n\r\n  ODDS_API_KEY = a=b#c \r\nBALLDONTLIE_API_KEY=k\r\n')).toEqual([
      'balldontlie',
      'odds_api',
    ]);
    expect(linesOf('  ODDS_API_KEY = a=b#c \r\n')).toEqual({ ODDS_API_KEY: 'a=b#c' });
    expect(await onWith('ODDS_API_KEY=\nBETTINGPROS_API_KEY=k')).toEqual(['bettingpros']);
  });

  it.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['has only a comment', '# ODDS_API_KEY=k'],
  ])('switch none on where the secret %s', async (_, text) => {
    expect(await onWith(text)).toEqual([]);
  });

  it('are named by their number, and not repeated, where one is none', async () => {
    await expect(onWith('ODDS_API_KEY=k\nvery-secret')).rejects.toThrow(
      /^line 2 of the settings of live sources must be NAME=VALUE$/,
    );
    const failed = await onWith('FULLCOURT_SOURCE_NBA_CDN_HEADERS={"Cookie":very-secret}').catch(String);
    expect(failed).toContain('FULLCOURT_SOURCE_NBA_CDN_HEADERS');
    expect(failed).not.toContain('very-secret');
  });

  it('count within five minutes of a change, and at once after they could not be read', async () => {
    let [now, text, reads] = [0, 'ODDS_API_KEY=old', 0];
    const read = settingsOfSecret(
      () => {
        reads += 1;
        return text === '' ? Promise.reject(new Error('denied')) : Promise.resolve(text);
      },
      () => now,
    );
    const key = async (): Promise<string | undefined> => (await read()).key('ODDS_API_KEY');
    expect(await Promise.all([key(), key()])).toEqual(['old', 'old']);
    expect(reads).toBe(1);
    text = 'ODDS_API_KEY=new';
    now = 299_999;
    expect(await key()).toBe('old');
    now = 300_000;
    expect(await key()).toBe('new');
    [now, text] = [600_000, ''];
    await expect(key()).rejects.toThrow('denied');
    text = 'ODDS_API_KEY=newer';
    expect(await key()).toBe('newer');
  });
});

const KEYS = {
  BALLDONTLIE_API_KEY: 'bdl/0123 secret+one',
  ODDS_API_KEY: 'odds&4567=secret two',
  FULLCOURT_SOURCE_ESPN_HEADERS: '{"X-Api-Key":"espn-89ab-secret-three"}',
  FULLCOURT_SOURCE_NBA_CDN_HEADERS: '{"Authorization":"Bearer cdn-cdef-secret-four"}',
};
const SECRETS: Readonly<Record<string, string>> = {
  balldontlie: 'bdl/0123 secret+one',
  odds_api: 'odds&4567=secret two',
  espn: 'espn-89ab-secret-three',
  nba_cdn: 'cdn-cdef-secret-four',
};
/** A secret as it is, as in an address, and as in a form. */
const formsOf = (secret: string): string[] => {
  const inAddress = encodeURIComponent(secret);
  return [
    secret,
    inAddress,
    inAddress.replaceAll('%20', '+'),
    inAddress.replaceAll(/%[\dA-F]{2}/g, (hex) => hex.toLowerCase()),
  ];
};
const FORMS = Object.values(SECRETS).flatMap(formsOf);

/** An archive that shows everything that was ever put into it, with the names. */
function watched(): { readonly archive: MemoryArchive; readonly seen: string[] } {
  const archive = memoryArchive();
  const seen: string[] = [];
  const see = (name: string, bytes: Uint8Array): void =>
    void seen.push(`${name} ${Buffer.from(bytes).toString('utf8')}`);
  const watching = <T extends Pick<MemoryArchive, 'put' | 'write'>>(store: T): T => ({
    ...store,
    put: (name, bytes) => {
      see(name, bytes);
      return store.put(name, bytes);
    },
    write: (path, bytes) => {
      see(path, bytes);
      return store.write(path, bytes);
    },
  });
  const { seenThrough, ...own } = watching(archive);
  return { seen, archive: { ...own, seenThrough: (pause) => watching(seenThrough(pause)) } };
}

describe('keys and headers of the operator', () => {
  it('are in no log line, document, archived file, error, trace or address that is kept, also where sources repeat them', async () => {
    const season = seasonOfLeague({ seed: 5, firstSeason: 2021, teams: 4, gamesPerTeam: 6 });
    const spans: unknown[] = [];
    const tracer: Tracer = {
      start: (span: SpanStart) => {
        spans.push(span);
        return {
          spanId: span.spanId ?? '0123456789abcdef',
          set: (attributes) => void spans.push(attributes),
          fail: (reason) => void spans.push(reason),
          end: () => undefined,
        };
      },
      flush: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    const { archive, seen } = watched();
    const { league, world, at } = liveWorld({
      ...{ season, begin: { ...emptyModel(), archive }, tracer },
      env: linesOf(
        Object.entries(KEYS)
          .map((line) => line.join('='))
          .join('\n'),
      ),
    });
    let said = 0;
    league.fail(({ source }, answer) => {
      said += 1;
      const echo = JSON.stringify({ asked: formsOf(SECRETS[source] ?? '') });
      // Every third answer is an error, a refusal or nonsense that repeats the secret; the others have it beside what they say.
      if (said % 3 === 0) return { status: [401, 500, 200, 403][said % 4] ?? 500, body: echo };
      if (answer?.status !== 200) return undefined;
      const text = String(answer.body);
      const [open, rest] = [text.slice(0, 1), text.slice(1)];
      return open === '{' ? { ...answer, body: `{"echo":${echo},${rest}` } : undefined;
    });
    const [date = ''] = league.facts.games.map((game) => game.date).sort();
    const times = [
      ...['06:02', '08:02', '12:02', '18:52', '22:02'].map((time) => `${date} ${time}`),
      ...['02:02', '04:02', '08:02', '11:02'].map((time) => `${addDays(date as never, 1)} ${time}`),
    ];
    for (const time of times) await at(new Date(easternToUtc(time) ?? NaN));
    // The sources were asked with them.
    const addresses = league.asked.map(({ path }) => path).join('\n');
    expect(addresses).toContain(encodeURIComponent(KEYS.ODDS_API_KEY));
    expect(new Set(league.asked.map(({ source }) => source))).toEqual(
      new Set(['nba_cdn', 'espn', 'balldontlie', 'odds_api']),
    );
    const lines: string[] = [];
    const log = logger('debug', (line) => void lines.push(line));
    for (const event of world.events) log(event, world.contextOf(event));
    const documents = [...world.store.dump()].map(
      ([path, document]) => `${path} ${JSON.stringify(document)}`,
    );
    for (const [what, texts] of Object.entries({
      lines,
      documents,
      seen,
      spans: spans.map((span) => JSON.stringify(span)),
    })) {
      expect(texts.length, what).toBeGreaterThan(10);
      for (const form of FORMS)
        expect(
          texts.filter((text) => text.includes(form)).map((text) => text.slice(0, 200)),
          `${form} in ${what}`,
        ).toEqual([]);
    }
    // What they stood in was kept.
    expect(seen.filter((text) => text.includes('REDACTED')).length).toBeGreaterThan(3);
  });
});
