/** One event as one line of Cloud Logging: its words, its bounds, and what it never says. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../shared/config.ts';
import { deadLettered, handlerError } from '../../shared/observe/events/deliveries.ts';
import { logger } from '../../shared/observe/logger.ts';
import { runFinished, runStarted } from '../../shared/observe/events/runs.ts';
import { logLine, redacted } from '../../shared/observe/log-line.ts';
import type { LogEvent } from '../../shared/ports/index.ts';
import type { LogContext } from '../../shared/ports/tracer.ts';
import { gameDate } from '../../shared/domain/game-date.ts';

const clock = (): Date => new Date('2024-11-05T06:07:08.009Z');
const CONTEXT: LogContext = {
  trace: { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', sampled: true },
  labels: { backfill_id: 'bf-1', table: 'team_offense' },
};
const RUN = {
  runId: 'run-1',
  table: 'team_offense',
  phase: 'phase3',
  mode: 'backfill',
  backfillId: 'bf-1',
  dates: ['2024-01-05', '2024-01-06'].map(gameDate),
  attempt: 1,
} as const;

function lineOf(tell: (ports: { log: ReturnType<typeof logger>; context?: LogContext }) => void): string {
  const lines: string[] = [];
  tell({
    log: logger('debug', (line) => lines.push(line), { project: 'nba-prod', clock }),
    context: CONTEXT,
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[^\n]*\n$/);
  return lines[0] ?? '';
}

describe('a line', () => {
  it('is what Cloud Logging reads: severity, message, time, trace, labels, and the fields of the event', () => {
    expect(lineOf((ports) => runStarted(ports, RUN))).toBe(
      `${[
        '{"severity":"INFO"',
        '"message":"team_offense runs for 2 dates from 2024-01-05 to 2024-01-06, attempt 1"',
        '"time":"2024-11-05T06:07:08.009Z"',
        '"event":"run_started"',
        '"logging.googleapis.com/trace":"projects/nba-prod/traces/0af7651916cd43dd8448eb211c80319c"',
        '"logging.googleapis.com/spanId":"b7ad6b7169203331"',
        '"logging.googleapis.com/trace_sampled":true',
        '"logging.googleapis.com/labels":{"backfill_id":"bf-1","table":"team_offense","phase":"phase3","mode":"backfill","run_id":"run-1"}',
        '"runId":"run-1"',
        '"table":"team_offense"',
        '"phase":"phase3"',
        '"mode":"backfill"',
        '"backfillId":"bf-1"',
        '"dates":["2024-01-05","2024-01-06"]',
        '"attempt":1}',
      ].join(',')}\n`,
    );
  });

  it('has the date among its labels when it is about one date', () => {
    const line = lineOf((ports) => runStarted(ports, { ...RUN, dates: RUN.dates.slice(0, 1) }));
    expect(JSON.parse(line)).toMatchObject({
      message: 'team_offense runs for 2024-01-05, attempt 1',
      'logging.googleapis.com/labels': { date: '2024-01-05' },
    });
  });

  it('has the stack of an error in its message, as Error Reporting wants it, and nowhere else', () => {
    const error = new Error('the store is gone', { cause: new Error('ECONNRESET') });
    const line = JSON.parse(
      lineOf((ports) =>
        handlerError(ports, { subscription: 'nba-sweep-sub', messageId: 'm1', attempt: 2, error }),
      ),
    ) as Record<string, string>;
    expect(line['severity']).toBe('ERROR');
    expect(line['message']).toMatch(
      /^The handler of nba-sweep-sub threw: Error: the store is gone\n {4}at .*log-line\.test\.ts/,
    );
    expect(line['message']).toContain('Caused by: ECONNRESET');
    expect(line).not.toHaveProperty('error');
  });

  it('is a warning when what it tells of did not go well', () => {
    const ended = { ...RUN, status: 'failed', rows: 0, failures: 2, seconds: 1 };
    expect(JSON.parse(lineOf((ports) => runFinished(ports, ended)))).toMatchObject({ severity: 'WARNING' });
    expect(JSON.parse(lineOf((ports) => runFinished(ports, { ...ended, failures: 0 })))).toMatchObject({
      severity: 'INFO',
    });
  });

  it('has no span where there is none, and the bare trace where there is no project', () => {
    const trace = { ...CONTEXT.trace, spanId: '0000000000000000' };
    const line = JSON.parse(logLine({ severity: 'INFO', event: 'x' }, undefined, { trace })) as object;
    expect(line).toMatchObject({ 'logging.googleapis.com/trace': CONTEXT.trace.traceId, message: 'x' });
    expect(line).not.toHaveProperty(['logging.googleapis.com/spanId']);
  });
});

describe('the logger', () => {
  it.each([
    ['debug', ['DEBUG', 'INFO', 'WARNING', 'ERROR']],
    ['info', ['INFO', 'WARNING', 'ERROR']],
    ['warning', ['WARNING', 'ERROR']],
    ['error', ['ERROR']],
    ['off', []],
  ] as const)('at level %s writes %j', (level, expected) => {
    const lines: string[] = [];
    const log = logger(level, (line) => lines.push(line));
    for (const severity of ['DEBUG', 'INFO', 'WARNING', 'ERROR'] as const) log({ severity, event: 'x' });
    expect(lines.map((line) => (JSON.parse(line) as LogEvent).severity)).toEqual(expected);
  });

  it('does not fail when nobody takes its lines', () => {
    const log = logger('info', () => {
      throw new Error('EPIPE');
    });
    expect(() => log({ severity: 'ERROR', event: 'x' })).not.toThrow();
  });

  it('writes a parseable, bounded line of whatever it is given', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
      withObjectString: true,
    });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anything), anything, (fields, error) => {
        const lines: string[] = [];
        logger('debug', (line) => lines.push(line))({ ...fields, severity: 'INFO', event: 'x', error });
        expect(lines).toHaveLength(1);
        expect(JSON.parse(lines[0] ?? '')).toMatchObject({ severity: 'INFO', event: 'x' });
      }),
      { numRuns: 500 },
    );
  });

  it('survives what cannot be described', () => {
    const cyclic: Record<string, unknown> = { name: 'loop' };
    cyclic['self'] = cyclic;
    const deep = Array.from({ length: 50 }).reduce<unknown>((inner) => ({ inner }), 'end');
    const line = logLine(
      {
        severity: 'ERROR',
        event: 'x',
        cyclic,
        deep,
        big: 12n,
        none: undefined,
        nan: Number.NaN,
        symbol: Symbol('s'),
        call: () => 1,
        get thrower() {
          return new Proxy(
            {},
            {
              ownKeys: () => {
                throw new Error('no keys');
              },
            },
          );
        },
        long: 'x'.repeat(1_000_000),
        many: Array.from({ length: 5000 }, (_, i) => i),
        much: Array.from({ length: 250 }, () => 'y'.repeat(8000)),
        dates: Array.from({ length: 250 }, () => '2024-01-05'),
      },
      undefined,
      CONTEXT,
    );
    expect(Buffer.byteLength(line)).toBeLessThan(200_000);
    const parsed = JSON.parse(line) as Record<string, unknown>;
    expect(parsed).toMatchObject({
      cyclic: { name: 'loop', self: '[cyclic]' },
      big: '12',
      nan: 'NaN',
      symbol: 'Symbol(s)',
      thrower: '[unreadable]',
    });
    expect(String(parsed['long'])).toMatch(/… \(992000 more characters\)$/);
    expect(parsed['many']).toHaveLength(301);
  });
});

describe('a secret', () => {
  const SECRETS = {
    'a header': ['Authorization: Bearer ya29.a0AfH6SMBx-secret-token', 'a0AfH6SMBx-secret-token'],
    'a header of another scheme': ['authorization: Api-Token dt0c01.SECRETSECRET', 'dt0c01.SECRETSECRET'],
    'a header in JSON': ['{"authorization":"Basic dXNlcjpwYXNz"}', 'dXNlcjpwYXNz'],
    'a bearer token': ['refused Bearer abcdef0123456789', 'abcdef0123456789'],
    'a password in a URL': ['cannot reach postgres://user:p4ssw0rd@db.example/x', 'p4ssw0rd'],
    'a JSON web token': [
      'token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl',
      'eyJzdWIiOiIxMjM0In0',
    ],
    'an API key': [
      'https://x.example/?key=AIzaSyA1234567890abcdefghijklmnopq',
      'AIzaSyA1234567890abcdefghijklmnopq',
    ],
    'a refresh token': ['1//0gAbCdEfGhIjKlMnOpQrStUv-wx', '0gAbCdEfGhIjKlMnOpQrStUv'],
    'a parameter': ['GET /files?access_token=abc123def&x=1', 'abc123def'],
    'a signature': ['https://storage.example/o?X-Goog-Signature=0123abcd&x=1', '0123abcd'],
    'an assignment': ['password = hunter2', 'hunter2'],
    'a private key': [
      '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----',
      'MIIEvQIBADANBg',
    ],
  } as const;

  it.each(Object.entries(SECRETS))('is not in the log: %s', (_, [text, secret]) => {
    const lines: string[] = [];
    const log = logger('debug', (line) => lines.push(line));
    log({ severity: 'ERROR', event: 'x', detail: text });
    log({ severity: 'ERROR', event: 'x', nested: { list: [{ text }] } });
    log({ severity: 'ERROR', event: 'x', error: new Error(text) });
    log({ severity: 'ERROR', event: 'x', [text]: 1 });
    log({ severity: 'ERROR', event: 'x', deep: { [text]: 1 } });
    log({ severity: 'ERROR', event: 'x', table: text });
    const letter = { deadLetterId: 'dl-1', topic: 't', subscription: 's', messageId: 'm', attempt: 1 };
    deadLettered({ log }, { ...letter, reason: text });
    expect(lines).toHaveLength(7);
    for (const line of lines) {
      expect(line).not.toContain(secret);
      expect(line).toContain('[redacted]');
      expect(() => JSON.parse(line) as object).not.toThrow();
    }
  });

  it.each([
    'authorization',
    'Authorization',
    'x-api-key',
    'apiKey',
    'password',
    'client_secret',
    'set-cookie',
    'accessToken',
    'private_key',
  ])('is not in the log whatever it looks like, under the name %s', (name) => {
    const line = logLine(
      { severity: 'INFO', event: 'x', [name]: 'plain', deep: { [name]: ['plain'] } },
      undefined,
      undefined,
    );
    expect(line).not.toContain('plain');
  });

  it('is not seen in what people need to read', () => {
    const harmless = [
      'audit_failed: duplicate key: LAL|2024-01-05 (3 rows)',
      'a row of team_offense carries the newer token 4001',
      'team_offense@2024-01-05 waits for player_game_summary@2024-01-05',
      'https://console.cloud.google.com/bigquery?project=nba-prod&j=bq:US:job_1',
      'The message is not JSON: Unexpected token } in JSON at position 4',
      'run-0123456789abcdef0123 of bf-0123456789ab at 2024-11-05T06:07:08.009Z',
    ];
    for (const text of harmless) expect(redacted(text)).toBe(text);
    expect(
      JSON.parse(logLine({ severity: 'INFO', event: 'x', token: 4001 }, undefined, undefined)),
    ).toMatchObject({
      token: 4001,
    });
  });

  it('costs little to look for, whatever the text', () => {
    const hostile = [
      'a'.repeat(8000),
      'a:'.repeat(4000),
      'eyJ'.repeat(2600),
      'Bearer '.repeat(1100),
      '://@'.repeat(2000),
      'token="'.repeat(1100),
    ];
    const started = performance.now();
    for (const text of hostile) redacted(text);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('by default', () => {
  it.each([
    [{}, 'off', 'off'],
    [{ FULLCOURT_TARGET: 'emulator' }, 'info', 'off'],
    [{ FULLCOURT_TARGET: 'gcp', FULLCOURT_PROJECT: 'nba-prod' }, 'info', 'off'],
    [{ FULLCOURT_TARGET: 'emulator', FULLCOURT_LOG: 'error' }, 'error', 'error'],
    [{ FULLCOURT_LOG: 'debug' }, 'debug', 'debug'],
  ])('%j: functions log from %s on, commands from %s on', (env, log, commandLog) => {
    expect(readConfig(env)).toMatchObject({ log, commandLog });
  });
});
