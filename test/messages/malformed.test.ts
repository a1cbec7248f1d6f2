/** Messages that are none: refused in words at the edge, set aside where a person finds them, and without any effect. */
import { mkdtempSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as z from 'zod';
import type { Worker } from '../../functions/targets/client.ts';
import { openClient, openWorker, type EmbeddedClient } from '../../functions/targets/embedded/client.ts';
import { readConfig } from '../../shared/config.ts';
import { BACKFILL_REQUEST_TOPIC, completeTopic, runTopic } from '../../shared/derive/topic-names.ts';
import { decode } from '../../shared/messages/decode.ts';
import {
  backfillRequest,
  completedDate,
  deadLettered,
  MAX_REQUEST_DATES,
  MAX_RUN_DATES,
  fetchRequested,
  runCompleted,
  runRequested,
  SCHEMA_VERSION,
  sweepRequested,
} from '../../shared/messages/schemas.ts';
import type { DeadLetterDocument } from '../../shared/state/documents.ts';
import { removeFolder } from '../support/remove-folder.ts';

/** What a field holds, and with that, what it can be wrongly given. */
interface Kind {
  readonly good: unknown;
  readonly bad: readonly unknown[];
}
type Fields = Readonly<Record<string, Kind & { readonly required: boolean }>>;

const notText = [7, true, [], {}, ['x']];
const kind = (good: unknown, ...bad: unknown[]): Kind => ({ good, bad });
/** What a person says with a reason. */
const reasoned = kind(
  { reason: 'I know' },
  null,
  true,
  'x',
  [],
  {},
  { reason: '' },
  { reason: 7 },
  { reason: null },
  { reason: 'x', by: 'y' },
);
const required = (of: Kind): Fields[string] => ({ ...of, required: true });
const optional = (of: Kind): Fields[string] => ({ ...of, required: false });
const nullable = ({ good, bad }: Kind): Kind => ({ good, bad: bad.filter((value) => value !== null) });

const id = kind('run-1', null, ...notText, '', 'a/b', ' a', '.a', 'a b', 'x'.repeat(129));
const text = kind('some text', null, ...notText, '', 'x'.repeat(501));
const date = kind(
  '2024-01-02',
  null,
  ...notText,
  '',
  'TODAY',
  '2024-02-30',
  '2024-1-2',
  '20240102',
  '2024-01-02T00:00:00Z',
  '1812-01-01',
);
const count = kind(3, null, '3', -1, 1.5, true, [], {}, 1e300);
const flag = kind(true, null, 'true', 1, 0, '', [], {});
const oneOf = (good: string): Kind => kind(good, null, ...notText, '', `${good}s`, good.toUpperCase());
const exactly = (good: string | number): Kind =>
  kind(
    good,
    null,
    true,
    [],
    {},
    '',
    typeof good === 'number' ? good + 1 : `${good}_`,
    String(good).concat('0'),
  );
const listOf = (item: unknown, most: number, ...badItems: unknown[]): Kind =>
  kind(
    [item],
    null,
    7,
    'text',
    true,
    {},
    [],
    Array.from({ length: most + 1 }, () => item),
    ...badItems.map((bad) => [item, bad]),
  );

const envelope: Fields = {
  schemaVersion: required(exactly(1)),
  eventId: required(id),
  correlationId: required(id),
  causationId: required(nullable(id)),
  traceparent: optional(text),
};
const request: Fields = {
  schemaVersion: optional(exactly(1)),
  kind: optional(exactly('backfill_request')),
  requestId: optional(id),
  startDate: required(date),
  endDate: required(date),
  dates: optional(listOf('2024-01-02', MAX_REQUEST_DATES, ...date.bad)),
  season: optional(kind('2023-24', null, ...notText, '', '2023-25', '2023', '2023-2024', '23-24')),
  from: optional(oneOf('phase3')),
  through: optional(oneOf('phase4')),
  tables: optional(listOf('team_offense', 100, null, 7, '', 'x'.repeat(501))),
  only: optional(oneOf('missing')),
  restate: optional(oneOf('mark')),
  force: optional(flag),
  maxInFlight: optional(kind(4, ...count.bad, 0, 65)),
  skipPreflight: optional(reasoned),
  accept: optional(reasoned),
  dryRun: optional(flag),
  expect: optional(text),
  fetch: optional(flag),
  requestedBy: optional(text),
  traceparent: optional(text),
};
const runDate = { date: '2024-01-02', inputFingerprint: 'a.b' };
const run: Fields = {
  ...envelope,
  kind: required(exactly('run_requested')),
  runId: required(id),
  table: required(text),
  dates: required(
    listOf(
      runDate,
      MAX_RUN_DATES,
      ...[null, 7, 'x', [], {}, { date: runDate.date }, { inputFingerprint: 'a.b' }],
      ...date.bad.map((bad) => ({ ...runDate, date: bad })),
      ...text.bad.map((bad) => ({ ...runDate, inputFingerprint: bad })),
      ...[null, 'x', [7], [''], Array.from({ length: 11 }, () => 'x')].map((bad) => ({
        ...runDate,
        accepted: bad,
      })),
    ),
  ),
  mode: required(oneOf('backfill')),
  backfillId: required(nullable(id)),
  through: required(oneOf('phase4')),
};
const completed: Fields = {
  date: required(date),
  status: required(oneOf('success')),
  inputFingerprint: required(text),
  rows: required(count),
  expectedRows: required(count),
  games: required(count),
  expectedGames: required(count),
  readyRows: required(count),
  syntheticRows: required(count),
  outputFingerprint: required(nullable(text)),
  reason: optional(kind('because', null, ...notText, 'x'.repeat(2001))),
  allLive: optional(kind(true, null, false, 'true', 1)),
  givenUp: optional(kind('accepted by ann: lost', null, ...notText, 'x'.repeat(2001))),
  gameHashes: optional(kind({ LAL: '0a' }, null, 7, 'x', [], { LAL: 7 }, { LAL: null })),
};
const outcome: Fields = {
  ...envelope,
  kind: required(exactly('run_completed')),
  runId: required(id),
  token: required(count),
  table: required(text),
  mode: required(oneOf('live')),
  backfillId: required(nullable(id)),
  through: required(oneOf('phase5')),
  dates: required(
    listOf(
      goodOf(completed),
      MAX_RUN_DATES,
      null,
      7,
      'x',
      [],
      {},
      ...mutationsOf(completed).map(({ message }) => message),
    ),
  ),
};

/** A message that says everything it must. */
function goodOf(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => (field.required ? [[name, field.good]] : [])),
  );
}

/** Each field in each wrong way, one at a time. */
function mutationsOf(fields: Fields): { readonly what: string; readonly message: Record<string, unknown> }[] {
  const good = goodOf(fields);
  const faults = Object.entries(fields).flatMap(([name, field]) => [
    ...field.bad.map((bad) => ({ what: `${name} = ${short(bad)}`, message: { ...good, [name]: bad } })),
    ...(field.required
      ? [
          {
            what: `without ${name}`,
            message: Object.fromEntries(Object.entries(good).filter(([other]) => other !== name)),
          },
        ]
      : []),
  ]);
  return faults;
}

function isStrange(name: string): boolean {
  return name === 'more' || name === 'deep';
}

/** A date without its strange fields. */
function goodDate(date: object): object {
  return Object.fromEntries(Object.entries(date).filter(([name]) => !isStrange(name)));
}

function short(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 40)}… (${json.length})` : json;
}

/** Texts that are no message of any kind. */
const NO_MESSAGES: readonly (readonly [what: string, body: string])[] = [
  ...[
    '',
    ' ',
    'hello',
    '{',
    '{"a":',
    '{"a":1}}',
    "{'a':1}",
    '[',
    '[]',
    '[{}]',
    'null',
    'true',
    '7',
    '"text"',
    'NaN',
    'undefined',
    '\u0000',
    '\uFEFF{}',
    '{}',
  ].map((body) => [`the text ${JSON.stringify(body)}`, body] as const),
  ['XML', '<message kind="run_requested"/>'],
  ['base64', Buffer.from('{}').toString('base64')],
  ['a very long text', 'x'.repeat(1_000_000)],
  ['a very long field', JSON.stringify({ ...goodOf(run), table: 'x'.repeat(2_000_000) })],
  ['a deep nest', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
  ['a prototype', '{"__proto__": {"kind": "run_requested"}}'],
  ['no characters of any alphabet', '\ud800\udfff\u202e'],
];
const TOO_LONG = JSON.stringify({ ...goodOf(run), table: 'x'.repeat(9_000_000) });

const FETCH = {
  ...{ schemaVersion: SCHEMA_VERSION, kind: 'fetch_requested', eventId: 'e', correlationId: 'c' },
  ...{ causationId: null, fetchId: '2024-01-26.lines.20240126T2350Z', date: '2024-01-26', askId: null },
};

interface Case {
  readonly what: string;
  readonly body: string;
}
interface Family {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly topic: string;
  readonly fields: Fields;
  /** Faults between fields. */
  readonly more: readonly Record<string, unknown>[];
}
const FAMILIES: readonly Family[] = [
  {
    name: 'BackfillRequest',
    schema: backfillRequest,
    topic: BACKFILL_REQUEST_TOPIC,
    fields: request,
    more: [
      { startDate: '2024-01-02', endDate: '2024-01-01' },
      { startDate: '2024-01-02', endDate: '2024-01-03', season: '2023-24' },
      { dates: ['2024-01-02'], season: '2023-24' },
      { season: '2023-24', from: 'phase5', through: 'phase2' },
      { force: true },
      { season: '2023-24', unknownField: 1 },
      { season: '2023-24', accept: { reason: 'I know', unknownField: 1 } },
    ],
  },
  {
    name: 'RunRequested',
    schema: runRequested,
    topic: runTopic('phase3', 'backfill'),
    fields: run,
    more: [goodOf(outcome)],
  },
  {
    name: 'RunCompleted',
    schema: runCompleted,
    topic: completeTopic('phase3'),
    fields: outcome,
    more: [goodOf(run)],
  },
];
const casesOf = ({ fields, more }: Family): Case[] => [
  ...mutationsOf(fields).map(({ what, message }) => ({ what, body: JSON.stringify(message) })),
  ...more.map((message) => ({ what: short(message), body: JSON.stringify(message) })),
  ...NO_MESSAGES.map(([what, body]) => ({ what, body })),
];

describe.each(FAMILIES)('a $name', (family) => {
  it('is well formed when every field is as it should be, also with the ones it may leave out', () => {
    const good = goodOf(family.fields);
    expect(decode(family.schema, JSON.stringify(good))).toMatchObject({ ok: true });
    for (const [name, field] of Object.entries(family.fields)) {
      const alone =
        name === 'dates' || name === 'season' ? { ...good, startDate: undefined, endDate: undefined } : good;
      expect(decode(family.schema, JSON.stringify({ ...alone, [name]: field.good })), name).toMatchObject({
        ok: true,
      });
    }
  });

  it('has no field that these tests leave out', () => {
    const { shape } = family.schema as unknown as { shape: object };

    expect(Object.keys(family.fields).toSorted()).toEqual(Object.keys(shape).toSorted());
    expect(Object.keys(completed).toSorted()).toEqual(Object.keys(completedDate.shape).toSorted());
  });

  it('F-27 F-37 is refused in words for each of a hundred and more faults', () => {
    const cases = casesOf(family);
    expect(cases.length).toBeGreaterThan(100);
    const accepted: string[] = [];
    for (const { what, body } of cases) {
      const decoded = decode(family.schema, body);
      if (decoded.ok) accepted.push(what);
      else expect(decoded.reason, what).toMatch(/[a-z]{3}/i);
    }

    expect(accepted).toEqual([]);
  });

  it('is refused for its length before it is read', () => {
    expect(decode(family.schema, TOO_LONG)).toEqual({
      ok: false,
      reason: `The message has ${TOO_LONG.length} characters; at most 9000000 are accepted`,
    });
  });
});

describe('fields that nobody knows', () => {
  it.each([
    ['RunRequested', runRequested, goodOf(run), { ...runDate, more: 1, deep: { er: [1] } }],
    [
      'RunCompleted',
      runCompleted,
      goodOf(outcome),
      { ...goodOf(completed), more: null, gameHashes: { LAL: 'a' } },
    ],
  ] as const)('are dropped from a %s of the pipeline, at every depth', (_, schema, good, date) => {
    const known = { ...good, dates: [goodDate(date), goodDate(date)] };
    const message = {
      ...known,
      colour: 'red',
      producer: { name: 'x' },
      dates: [date, { ...date, last: {} }],
    };
    const decoded = decode<unknown>(schema, JSON.stringify(message));

    expect(decoded).toMatchObject({ ok: true, value: known });
    expect(decoded.ok && decoded.value).toEqual(known);
    expect(decoded.ok && decoded.unknownFields?.toSorted()).toEqual(
      [
        'colour',
        'producer',
        ...Object.keys(date)
          .filter(isStrange)
          .map((name) => `dates[].${name}`),
        'dates[].last',
      ].sort(),
    );
  });

  it('are dropped from a request of a sweep, and from what the bus says of a message it gave up', () => {
    const letter = {
      kind: 'dead_lettered',
      subscription: 's',
      topic: 't',
      messageId: 'm',
      body: '',
      attempts: 1,
      reason: '',
    };

    expect(decode(sweepRequested, '{"reconcile":true,"depth":3}')).toEqual({
      ok: true,
      value: { reconcile: true },
      unknownFields: ['depth'],
    });
    expect(decode(deadLettered, JSON.stringify({ ...letter, cause: 'x' }))).toEqual({
      ok: true,
      value: letter,
      unknownFields: ['cause'],
    });
  });

  it('are dropped from a request of a live fetch, and what it needs is asked for in words', () => {
    expect(decode(fetchRequested, JSON.stringify({ ...FETCH, colour: 'red' }))).toEqual({
      ok: true,
      value: FETCH,
      unknownFields: ['colour'],
    });
    for (const [field, bad] of [
      ['fetchId', 'a/b'],
      ['date', 'TODAY'],
      ['askId', 7],
      ['kind', 'run_requested'],
    ] as const)
      expect(decode(fetchRequested, JSON.stringify({ ...FETCH, [field]: bad }))).toMatchObject({
        ok: false,
        reason: expect.stringContaining(field) as string,
      });
  });

  it('of the sweeps that were deployed before are those of today', () => {
    for (const body of ['{}', '{"reconcile":true}', '{"probeId":"p-1"}', '{"reconcile":false}'])
      expect(decode(sweepRequested, body)).toMatchObject({ ok: true, value: JSON.parse(body) as object });
  });

  it.each([
    ['RunRequested', runRequested, goodOf(run)],
    ['RunCompleted', runCompleted, goodOf(outcome)],
    ['SweepRequested', sweepRequested, {}],
    ['FetchRequested', fetchRequested, FETCH],
  ] as const)(
    'do not matter in a %s of a newer version: it is set aside as that of a newer producer',
    (_, schema, good) => {
      const newer = { schemaVersion: SCHEMA_VERSION + 1, table: 7, unknownField: [] };

      expect(decode<unknown>(schema, JSON.stringify(newer))).toEqual({
        ok: false,
        newerVersion: 2,
        reason:
          'newer producer: the message has schemaVersion 2, and the code that answered reads schemaVersion 1. Deploy the newer code, then publish the message again',
      });
      expect(decode<unknown>(schema, JSON.stringify({ ...good, schemaVersion: 0 }))).toMatchObject({
        ok: false,
        reason: expect.stringMatching(/^schemaVersion: /) as string,
      });
    },
  );

  it('are a mistake in what a person asks for, with the field that was meant', () => {
    const reasonOf = (request: object): unknown => {
      const decoded = decode(backfillRequest, JSON.stringify(request));
      return decoded.ok ? 'accepted' : decoded.reason;
    };

    expect(reasonOf({ season: '2023-24', maxInflight: 3 })).toBe(
      'Unrecognized key: "maxInflight"; did you mean maxInFlight?',
    );
    expect(reasonOf({ season: '2023-24', colour: 3 })).toBe('Unrecognized key: "colour"');
    expect(reasonOf({ season: '2023-24', accept: { reason: 'known', by: 'me' } })).toBe(
      'accept: Unrecognized key: "by"',
    );
  });

  it('are no mistake where keys are data', () => {
    const message = {
      ...goodOf(outcome),
      dates: [{ ...goodOf(completed), gameHashes: { XYZ: 'a', 'a.b': 'c' } }],
    };
    expect(decode(runCompleted, JSON.stringify(message))).toEqual({
      ok: true,
      value: message,
    });
  });

  it('cannot stand for a value that nobody knows: the message is set aside, with what to do if newer code has written it', () => {
    const message = { ...goodOf(outcome), dates: [{ ...goodOf(completed), status: 'superseded' }] };
    expect(decode(runCompleted, JSON.stringify(message))).toEqual({
      ok: false,
      reason: expect.stringMatching(
        /^dates\.0\.status: Invalid option: .*\(if newer code has published it, deploy that code, then publish the message again\)$/,
      ) as string,
    });
  });

  it('says once what to do about newer code, and not of fields that are lacking', () => {
    const newer = (message: object): string[] => {
      const found = decode(runCompleted, JSON.stringify(message));
      return found.ok ? [] : [...found.reason.matchAll(/newer code/g)].map(String);
    };
    const day = { ...goodOf(completed), status: 'superseded' };
    expect(newer({ ...goodOf(outcome), dates: [day, day] })).toHaveLength(1);
    expect(newer({ ...goodOf(outcome), mode: undefined })).toEqual([]);
    expect(newer({})).toEqual([]);
  });
});

describe('a pipeline that is sent what is no message', () => {
  let home: string;
  let client: EmbeddedClient;
  let worker: Worker;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'fullcourt-malformed-'));
    client = openClient(readConfig({ FULLCOURT_HOME: home, FULLCOURT_THREADS: '1' }), {
      clock: () => new Date('2026-03-02T12:00:00Z'),
    });
    const opened = await openWorker(client, 'test');
    if (opened === undefined) throw new Error('the home is in use');
    worker = opened;
  });
  afterAll(async () => {
    await worker.close();
    client.close();
    removeFolder(home);
  });

  /** Every document of the home, dead letters apart. */
  const otherDocuments = (): unknown[] => {
    const db = new DatabaseSync(join(home, 'state.sqlite'), { readOnly: true });
    const rows = db
      .prepare("SELECT path, data FROM docs WHERE collection <> 'dead_letters' ORDER BY path")
      .all();
    db.close();
    return rows;
  };
  const letters = async (): Promise<DeadLetterDocument[]> =>
    (await client.store.list('dead_letters')).map(({ data }) => data as unknown as DeadLetterDocument);

  it.each(FAMILIES)('sets each $name aside once, with its reason, and does nothing else', async (family) => {
    const before = otherDocuments();
    const known = new Set((await letters()).map(({ id: letter }) => letter));
    const sent = new Map<string, string>();
    for (const { body } of casesOf(family)) sent.set(await client.bus.publish(family.topic, body), body);
    await worker.dispatcher.drain();
    const found = (await letters()).filter(({ id: letter }) => !known.has(letter));

    expect(found).toHaveLength(sent.size);
    for (const letter of found) {
      expect(letter).toMatchObject({
        topic: family.topic,
        subscription: `${family.topic}-sub`,
        attempts: 1,
        replayedAt: null,
      });
      expect(letter.reason).toMatch(/[a-z]{3}/i);
      // A body that is no text of Unicode is stored with marks in place of what cannot be written.
      expect(letter.body).toBe(sent.get(letter.messageId)?.slice(0, 900_000).toWellFormed());
    }
    expect(new Set(found.map(({ messageId }) => messageId))).toEqual(new Set(sent.keys()));
    expect(otherDocuments()).toEqual(before);
    expect(client.bus.backlog()).toEqual(new Map());
  });

  it('sets aside what is too long to be read, and keeps no more of it than its beginning', async () => {
    const before = otherDocuments();
    const known = new Set((await letters()).map(({ id: letter }) => letter));
    await client.bus.publish(runTopic('phase3', 'live'), TOO_LONG);
    await worker.dispatcher.drain();
    const found = (await letters()).filter(({ id: letter }) => !known.has(letter));

    expect(found).toHaveLength(1);
    expect(found[0]?.reason).toMatch(/characters; at most/);
    expect(found[0]?.body).toHaveLength(900_000);
    expect(otherDocuments()).toEqual(before);
  });

  it.each([
    { what: 'three bytes', character: '€', count: 400_009, kept: 300_000 },
    { what: 'four bytes', character: '🏀', count: 300_001, kept: 225_000 },
    { what: 'one byte, as many as fit', character: 'x', count: 900_000, kept: 900_000 },
  ])('keeps as many characters of $what as a document holds', async ({ character, count, kept }) => {
    const known = new Set((await letters()).map(({ id: letter }) => letter));
    await client.bus.publish(runTopic('phase3', 'live'), character.repeat(count));
    await worker.dispatcher.drain();
    const [letter, ...others] = (await letters()).filter(({ id }) => !known.has(id));

    expect(others).toEqual([]);
    expect(letter?.body === character.repeat(kept)).toBe(true);
    expect(letter?.isWhole).toBe(kept === count);
    // Firestore counts the bytes of all fields and their names; 1 MiB is its limit for one document.
    expect(Buffer.byteLength(JSON.stringify(letter))).toBeLessThan(2 ** 20);
  });

  it('goes on with what is one', async () => {
    const before = (await letters()).length;
    await client.bus.publish(
      BACKFILL_REQUEST_TOPIC,
      JSON.stringify({ season: '2023-24', requestId: 'good' }),
    );
    await worker.dispatcher.drain();

    expect(await client.store.list('backfills')).toMatchObject([{ data: { requestId: 'good' } }]);
    expect(await letters()).toHaveLength(before);
  });
});
