/** Spans leave over OTLP/HTTP for whoever asks for them, before a function answers, and for nobody else. */
import { execFileSync } from 'node:child_process';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { registerService } from '../../functions/targets/cloud/function.ts';
import { handlerFor } from '../../functions/services/index.ts';
import { openTracer, tracerOf } from '../../functions/targets/traces.ts';
import { readConfig } from '../../shared/config.ts';
import { spanIdOf, traceIdOf } from '../../shared/domain/trace-context.ts';
import { logger } from '../../shared/observe/logger.ts';
import { backfillIdOf } from '../../shared/messages/backfill-id.ts';
import { inSpan } from '../../shared/observe/tracing.ts';
import { SEASON as TOY_SEASON } from '../support/toy-league.ts';
import { importedWorld } from '../support/toy-worlds.ts';
import { makeWorld } from '../support/world.ts';
import { startCollector, type Collector } from '../support/collector.ts';
import { importInto, openLeague } from '../support/observed-league.ts';

const SECRET = 'Bearer very-secret-token';
const root = fileURLToPath(new URL('../..', import.meta.url));
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function collector(status?: number): Promise<Collector> {
  const started = await startCollector(status);
  closing.push(started.close);
  return started;
}

const asking = (endpoint: string): Record<string, string> => ({
  FULLCOURT_TRACES: 'otlp',
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(SECRET)}, x-team=nba`,
});

describe('an embedded pipeline that is asked for traces', () => {
  it('sends every span of its work to the collector, and has sent the last when it is closed', async () => {
    const { endpoint, requests, spans, resources } = await collector();
    const league = await openLeague(undefined, asking(endpoint));
    await importInto(league);
    const runs = await league.client.store.count('runs');
    await league.close();
    expect(requests.length).toBeGreaterThan(0);
    for (const { url, headers } of requests) {
      expect(url).toBe('POST /v1/traces');
      expect(headers).toMatchObject({ authorization: SECRET, 'x-team': 'nba' });
    }
    expect(resources()[0]).toEqual({
      'service.name': 'fullcourt',
      'deployment.environment.name': 'embedded',
    });
    const ids = ['import-schedule', 'import-rest'].map((requestId) => backfillIdOf({ requestId }, ''));
    expect(new Set(spans().map(({ traceId }) => traceId))).toEqual(new Set(ids.map(traceIdOf)));
    for (const id of ids) {
      const ofTrace = spans().filter(({ traceId }) => traceId === traceIdOf(id));
      const known = new Set(ofTrace.map(({ spanId }) => spanId));
      expect(ofTrace.filter(({ parentSpanId }) => !known.has(parentSpanId ?? ''))).toMatchObject([
        { name: 'backfill', spanId: spanIdOf(id) },
      ]);
    }
    expect(spans().filter(({ name }) => name.startsWith('run '))).toHaveLength(runs);
    expect(spans().map(({ name }) => name)).toContain('load');
    expect(league.lines.join('')).not.toContain('very-secret');
  });
});

describe('a function that is asked for traces', () => {
  let server: Server;

  /** Pushes a request to build the toy season to a function whose spans go to `endpoint`. */
  async function push(name: string, endpoint: string, headers: Record<string, string> = {}): Promise<number> {
    const world = makeWorld({ from: await importedWorld() });
    registerService(
      name,
      (config) => {
        const tracer = tracerOf(config);
        const ports = { ...world.context.ports, ...(tracer === undefined ? {} : { tracer }) };
        const context = { ...world.context, ports };
        return Promise.resolve({ context, handle: handlerFor(context, 'backfill') });
      },
      asking(endpoint),
    );
    server = getTestServer(name);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    closing.push(
      () =>
        new Promise((resolve) => {
          server.closeAllConnections();
          server.close(() => resolve());
        }),
    );
    const address = server.address();
    const body = JSON.stringify({ requestId: 'pushed', season: TOY_SEASON, through: 'phase4' });
    const response = await fetch(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({
        message: { data: Buffer.from(body).toString('base64'), messageId: 'm1' },
        subscription: 'projects/p/subscriptions/nba-backfill-request-sub',
      }),
    });
    return response.status;
  }

  it('has sent its spans before it answers', async () => {
    const { endpoint, spans } = await collector();
    expect(await push('nba-backfill-request', endpoint)).toBe(204);
    const id = backfillIdOf({ requestId: 'pushed' }, '');
    expect(spans().map(({ name }) => name)).toContain('process nba-backfill-request-sub');
    expect(new Set(spans().map(({ traceId }) => traceId))).toEqual(new Set([traceIdOf(id)]));
  });

  it.each([
    ['refuses them', 403],
    ['has no room for them', 400],
  ])('answers all the same when the collector %s', async (_, status) => {
    const { endpoint, requests } = await collector(status);
    expect(await push('nba-backfill-request', endpoint)).toBe(204);
    expect(requests.length).toBeGreaterThan(0);
  });

  it('answers all the same when there is no collector, within seconds', async () => {
    const gone = await startCollector();
    await gone.close();
    const started = Date.now();
    expect(await push('nba-backfill-request', gone.endpoint)).toBe(204);
    expect(Date.now() - started).toBeLessThan(8000);
  });
});

describe('spans that are lost', () => {
  it('are told of, and fail nothing', async () => {
    const { endpoint } = await collector(403);
    const lines: string[] = [];
    const log = logger('info', (line) => lines.push(line));
    const tracer = await openTracer(readConfig(asking(endpoint)), log);
    const span = tracer?.start({ name: 'x', kind: 'internal', traceId: traceIdOf('x') });
    span?.fail('because');
    span?.end();
    await tracer?.flush();
    await tracer?.close();
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { severity: 'WARNING', event: 'traces_lost' },
    ]);
    expect(lines.join('')).not.toContain('very-secret');
  });
});

describe('what failed', () => {
  it('is a span with an error that says why', async () => {
    const { endpoint, spans } = await collector();
    const tracer = await openTracer(readConfig(asking(endpoint)), () => undefined);
    if (tracer === undefined) throw new Error('There is no tracer');
    const context = { trace: { traceId: traceIdOf('x'), spanId: spanIdOf('x'), sampled: true } };
    const failed = { ok: false, failure: { kind: 'transient', code: 'busy', detail: 'try later' } } as const;
    await inSpan({ tracer, context }, 'stage', () => Promise.resolve(failed));
    await expect(
      inSpan({ tracer, context }, 'publish', () => Promise.reject(new Error('gone'))),
    ).rejects.toThrow('gone');
    await inSpan({ tracer, context }, 'settle', () => Promise.resolve({ ok: true, value: 1 }));
    await tracer.close();
    expect(spans()).toMatchObject([
      { name: 'stage', parentSpanId: spanIdOf('x'), status: { code: 2, message: 'busy: try later' } },
      { name: 'publish', status: { code: 2, message: 'gone' } },
      { name: 'settle', status: { code: 0 } },
    ]);
  });
});

describe('without being asked', () => {
  it('nothing of the SDK is loaded, and there is no tracer', () => {
    const script = `
      import { readConfig } from './shared/config.ts';
      import { openTracer } from './functions/targets/traces.ts';
      import './functions/services/index.ts';
      import './functions/targets/cloud/documents.ts';
      import { Module } from 'node:module';
      const loaded = () => Object.keys(Module._cache).filter((path) => /opentelemetry.(sdk-trace|exporter)/.test(path)).length;
      const asks = (env) => openTracer(readConfig(env), () => undefined);
      const off = (await asks({})) === undefined;
      const before = loaded();
      await asks({ FULLCOURT_TRACES: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
      console.log(JSON.stringify({ off, before, after: loaded() > 0 }));
    `;
    const printed = execFileSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '-e', script],
      { cwd: root, encoding: 'utf8' },
    );
    expect(JSON.parse(printed)).toEqual({ off: true, before: 0, after: true });
  });

  it('work is done as if spans did not exist', async () => {
    const work = Promise.resolve(1);
    expect(inSpan({}, 'stage', () => work)).toBe(work);
    const context = { trace: { traceId: traceIdOf('x'), spanId: spanIdOf('x'), sampled: false } };
    expect(inSpan({ context }, 'stage', () => work)).toBe(work);
    await work;
  });

  it.each([
    [{ FULLCOURT_TRACES: 'otlp' }, 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    [
      { FULLCOURT_TRACES: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' },
      'OTEL_EXPORTER_OTLP_ENDPOINT',
    ],
    [{ FULLCOURT_TRACES: 'yes' }, 'FULLCOURT_TRACES'],
    [
      {
        FULLCOURT_TRACES: 'otlp',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
        OTEL_EXPORTER_OTLP_HEADERS: 'very-secret',
      },
      'OTEL_EXPORTER_OTLP_HEADERS',
    ],
  ])('%j is refused, naming %s and no secret', (env, name) => {
    expect(() => readConfig(env)).toThrow(name);
    expect(() => readConfig(env)).not.toThrow('very-secret');
  });
});
