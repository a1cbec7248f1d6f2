/** What a push says of traces reaches whoever handles its message. */
import { describe, expect, it } from 'vitest';
import { answerPushes, type PushTarget } from '../../functions/edge/push.ts';
import { handlerFor } from '../../functions/services/index.ts';
import { namesOf } from '../../shared/derive/names.ts';
import { services, type Service } from '../../shared/derive/services.ts';
import { formatTraceparent, parseTraceparent } from '../../shared/domain/trace-context.ts';
import type { LogEvent } from '../../shared/ports/index.ts';
import type { LogContext } from '../../shared/ports/tracer.ts';
import { makeWorld } from '../support/world.ts';

const OF_REQUEST = { traceId: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', spanId: 'bbbbbbbbbbbbbbbb', sampled: true };
const OF_PUBLISHER = {
  traceId: 'cccccccccccccccccccccccccccccccc',
  spanId: 'dddddddddddddddd',
  sampled: false,
};

/** The context in which a sweep that is pushed says that it has finished. */
async function contextOfSweep(
  headers: Record<string, string>,
  attributes?: Record<string, string>,
): Promise<LogContext | undefined> {
  const service = services().find(({ name }) => name === 'nba-sweep');
  if (service === undefined) throw new Error('There is no sweep');
  const world = makeWorld();
  const answer = answerPushes({
    service,
    names: namesOf(''),
    open: () => Promise.resolve({ context: world.context, handle: handlerFor(world.context, 'sweep') }),
  });
  const message = { data: Buffer.from('{}').toString('base64'), messageId: 'm1' };
  const { status } = await answer({
    method: 'POST',
    headers,
    body: {
      message: attributes === undefined ? message : { ...message, attributes },
      subscription: 'projects/p/subscriptions/nba-sweep-sub',
    },
  });
  expect(status).toBe(204);
  const [told, ...others] = world.events.filter(({ event }) => event === 'sweep_finished');
  expect(others).toEqual([]);
  return told && world.contextOf(told);
}

describe('a message that is about nothing else', () => {
  it('is in the trace of the request that delivered it', async () => {
    const context = await contextOfSweep({ traceparent: formatTraceparent(OF_REQUEST) });
    expect(context?.trace).toEqual(OF_REQUEST);
  });

  it('is in the trace of its publisher, if that says so', async () => {
    const context = await contextOfSweep(
      { traceparent: formatTraceparent(OF_REQUEST) },
      { traceparent: formatTraceparent(OF_PUBLISHER) },
    );
    expect(context?.trace).toEqual(OF_PUBLISHER);
  });

  it('has a trace of its own otherwise, the same when it is delivered again', async () => {
    const first = await contextOfSweep({});
    expect(first?.trace.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(await contextOfSweep({ traceparent: 'nonsense' })).toEqual(first);
  });
});

describe('a push that comes to nothing', () => {
  const service = services().find(({ name }) => name === 'nba-sweep') as Service;
  const message = { data: '', messageId: 'm1' };
  const push = (subscription: string): object => ({
    message,
    subscription: `projects/p/subscriptions/${subscription}`,
    deliveryAttempt: 3,
  });
  const cases: readonly [string, number, unknown, Partial<PushTarget>, object][] = [
    ['is no push', 400, { hello: 1 }, {}, { event: 'push_refused', code: '400' }],
    ['belongs elsewhere', 404, push('other-sub'), {}, { event: 'push_refused', code: '404' }],
    [
      'comes from a stranger',
      401,
      push('nba-sweep-sub'),
      { verify: () => Promise.resolve({ refused: 'the token is for somebody else' }) },
      { event: 'push_refused', code: '401', reason: 'the token is for somebody else' },
    ],
    [
      'finds the function closed',
      500,
      push('nba-sweep-sub'),
      {},
      { event: 'push_failed', severity: 'ERROR', subscription: 'nba-sweep-sub', messageId: 'm1', attempt: 3 },
    ],
  ];

  it.each(cases)('because it %s is told of, with status %i', async (_, expected, body, more, line) => {
    const told: [LogEvent, LogContext | undefined][] = [];
    const answer = answerPushes({
      service,
      names: namesOf(''),
      open: () => Promise.reject(new Error('no documents')),
      log: (event, context) => void told.push([event, context]),
      ...more,
    });
    const headers = { traceparent: formatTraceparent(OF_REQUEST) };
    const { status } = await answer({ method: 'POST', headers, body });
    expect(status).toBe(expected);
    expect(told).toMatchObject([[line, { trace: OF_REQUEST }]]);
  });
});

describe('a function on the emulator target', () => {
  const service = services().find(({ name }) => name === 'nba-sweep') as Service;
  const asked = async (headers: Record<string, string>): Promise<number> => {
    const world = makeWorld();
    const answer = answerPushes({
      service,
      names: namesOf(''),
      open: () => Promise.resolve({ context: world.context, handle: handlerFor(world.context, 'sweep') }),
      isLocal: true,
    });
    const message = { data: Buffer.from('{}').toString('base64'), messageId: 'm1' };
    const body = { message, subscription: 'projects/p/subscriptions/nba-sweep-sub' };
    return (await answer({ method: 'POST', headers: { host: '127.0.0.1:8080', ...headers }, body })).status;
  };

  it.each([
    ['its emulator', 204, {}],
    ['its emulator, which says JSON', 204, { 'content-type': 'application/json' }],
    ['a web page', 403, { origin: 'http://127.0.0.1:8080' }],
    ['a name that a stranger points at this machine', 403, { host: 'example.com:8080' }],
    ['a form', 415, { 'content-type': 'application/x-www-form-urlencoded' }],
  ])('answers %s with %i', async (_who, status, headers) => {
    expect(await asked(headers)).toBe(status);
  });
});

describe('a traceparent', () => {
  it.each([OF_REQUEST, OF_PUBLISHER])('is read as it was written: %j', (context) => {
    expect(parseTraceparent(formatTraceparent(context))).toEqual(context);
  });

  it('of a later version may say more', () => {
    const text = `01-${OF_REQUEST.traceId}-${OF_REQUEST.spanId}-03-what-comes-later`;
    expect(parseTraceparent(text)).toEqual(OF_REQUEST);
  });

  it.each([
    undefined,
    '',
    'nonsense',
    `00-${OF_REQUEST.traceId}-${OF_REQUEST.spanId}`,
    `ff-${OF_REQUEST.traceId}-${OF_REQUEST.spanId}-01`,
    `00-${OF_REQUEST.traceId}-${OF_REQUEST.spanId}-01-more`,
    `00-${'0'.repeat(32)}-${OF_REQUEST.spanId}-01`,
    `00-${OF_REQUEST.traceId}-${'0'.repeat(16)}-01`,
    `00-${OF_REQUEST.traceId.toUpperCase()}-${OF_REQUEST.spanId}-01`,
    `00-${OF_REQUEST.traceId}-${OF_REQUEST.spanId}-1`,
  ])('that is none is passed over: %s', (text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });
});
