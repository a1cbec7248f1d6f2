/** The deployed functions, through the functions framework, over the embedded target. */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Worker } from '../../functions/targets/client.ts';
import {
  openClient,
  openWorkerOrRefuse,
  type EmbeddedClient,
} from '../../functions/targets/embedded/client.ts';
import { answerPushes, type Consumption, type VerifyPusher } from '../../functions/edge/push.ts';
import { registerService } from '../../functions/targets/cloud/function.ts';
import { handlerFor } from '../../functions/services/index.ts';
import { readConfig } from '../../shared/config.ts';
import { namesOf } from '../../shared/derive/names.ts';
import { services } from '../../shared/derive/services.ts';
import type { Delivery, Outcome } from '../../shared/ports/bus.ts';
import { removeFolder } from '../support/remove-folder.ts';

const home = mkdtempSync(join(tmpdir(), 'fullcourt-functions-'));
const PROJECT = 'projects/demo-fullcourt/subscriptions';

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/` : '');
    });
  });
}

function envelope(body: string, messageId: string, subscription: string, attributes = {}): string {
  return JSON.stringify({
    message: { data: Buffer.from(body).toString('base64'), attributes, messageId },
    subscription: `${PROJECT}/${subscription}`,
  });
}

async function post(url: string, body: string, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  await response.body?.cancel();
  return response.status;
}

describe('a deployed function', () => {
  let client: EmbeddedClient;
  let worker: Worker;
  const servers = new Map<string, { server: Server; url: string }>();
  const push = (body: string, messageId: string): Promise<number> =>
    post(
      servers.get('nba-backfill-request')?.url ?? '',
      envelope(body, messageId, 'nba-backfill-request-sub'),
    );

  beforeAll(async () => {
    const env = { FULLCOURT_HOME: home };
    client = openClient(readConfig(env));
    worker = await openWorkerOrRefuse(client, 'test');
    for (const { name, consumer } of services()) {
      const consumption = { context: worker.context, handle: handlerFor(worker.context, consumer) };
      registerService(name, () => Promise.resolve(consumption), env);
    }
    for (const name of ['nba-backfill-request', 'nba-dead-letter']) {
      const server = getTestServer(name);
      servers.set(name, { server, url: await listen(server) });
    }
  });

  afterAll(async () => {
    for (const { server } of servers.values()) {
      server.closeAllConnections();
      server.close();
    }
    await worker.close();
    client.close();
    removeFolder(home);
  });

  it('acknowledges a request and writes what became of it', async () => {
    expect(await push('{"startDate":"2024-10-22","endDate":"2025-01-02"}', 'm1')).toBe(204);
    const [backfill] = await client.store.list('backfills');
    expect(backfill?.data).toMatchObject({
      state: 'refused',
      verdict: expect.stringContaining('no schedule is known') as string,
    });
  });

  it('makes one backfill of the same message delivered twice', async () => {
    expect(await push('{"startDate":"2024-10-22","endDate":"2025-01-02"}', 'm1')).toBe(204);
    expect(await client.store.count('backfills')).toBe(1);
  });

  it('sets a malformed message aside with its reason and acknowledges it', async () => {
    expect(await push('{"startDate":"TODAY","endDate":"2025-01-02"}', 'm2')).toBe(204);
    const [letter] = await client.store.list('dead_letters');
    expect(letter?.data).toMatchObject({
      messageId: 'm2',
      topic: 'nba-backfill-request',
      reason: expect.stringContaining('"TODAY" is not a calendar date') as string,
    });
    expect(await client.store.count('backfills')).toBe(1);
  });

  it('keeps a message that the broker gave up on so that it can be replayed where it came from', async () => {
    const given = envelope('{"season":"2023-24"}', 'm3', 'nba-backfill-request-dead-letter-sub', {
      CloudPubSubDeadLetterSourceSubscription: 'nba-backfill-request-sub',
      CloudPubSubDeadLetterSourceDeliveryCount: '5',
    });
    expect(await post(servers.get('nba-dead-letter')?.url ?? '', given)).toBe(204);
    const [letter] = await client.store.list('dead_letters', { messageId: 'm3' });
    expect(letter?.data).toMatchObject({
      topic: 'nba-backfill-request',
      subscription: 'nba-backfill-request-sub',
      attempts: 5,
      body: '{"season":"2023-24"}',
      reason: 'delivered 5 times in vain',
    });
  });

  it('says that it is there', async () => {
    const response = await fetch(servers.get('nba-backfill-request')?.url ?? '');
    expect([response.status, await response.json()]).toEqual([
      200,
      { service: 'nba-backfill-request', status: 'ok' },
    ]);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'startDate=2024-01-01'],
    ['half of JSON', '{"message":'],
    ['the message without its envelope', '{"startDate":"2024-10-22","endDate":"2025-01-02"}'],
    ['an envelope without a message', '{"subscription":"projects/p/subscriptions/nba-backfill-request-sub"}'],
    ['a message without an id', `{"message":{"data":"e30="},"subscription":"${PROJECT}/s"}`],
    ['a body that is not base64', `{"message":{"data":"{}","messageId":"1"},"subscription":"${PROJECT}/s"}`],
  ])('refuses %s, for it is no push', async (_what, body) => {
    expect(await post(servers.get('nba-backfill-request')?.url ?? '', body)).toBe(400);
    expect(await client.store.count('backfills')).toBe(1);
    expect(await client.store.count('dead_letters')).toBe(2);
  });

  it('F-46 refuses the push of a subscription that is not its own', async () => {
    const given = envelope('{}', 'm4', 'nba-sweep-sub');
    expect(await post(servers.get('nba-backfill-request')?.url ?? '', given)).toBe(404);
  });

  it('sets bytes aside that are no text', async () => {
    const data = Buffer.from([0x7b, 0xff, 0x7d]).toString('base64');
    const given = JSON.stringify({
      message: { data, messageId: 'm5' },
      subscription: `${PROJECT}/nba-backfill-request-sub`,
    });
    expect(await post(servers.get('nba-backfill-request')?.url ?? '', given)).toBe(204);
    const [letter] = await client.store.list('dead_letters', { messageId: 'm5' });
    expect(letter?.data).toMatchObject({
      body: data,
      reason: expect.stringContaining('not UTF-8') as string,
    });
  });
});

describe('the answer to a push', () => {
  const SERVICE = services().find(({ name }) => name === 'nba-orchestrate');
  if (SERVICE === undefined) throw new Error('there is no nba-orchestrate');
  const service = SERVICE;

  async function answered(
    outcome: Outcome | Error,
    options: { prefix?: string; verify?: VerifyPusher; subscription?: string; open?: Error } = {},
  ) {
    const seen: Delivery[] = [];
    const consumption: Consumption = {
      context: undefined as never,
      handle: (delivery) => {
        seen.push(delivery);
        return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
      },
    };
    const answer = answerPushes({
      service,
      names: namesOf(options.prefix ?? ''),
      open: () => (options.open === undefined ? Promise.resolve(consumption) : Promise.reject(options.open)),
      verify: options.verify,
    });
    const { status } = await answer({
      method: 'POST',
      headers: { authorization: 'Bearer t' },
      body: JSON.parse(envelope('{}', 'm1', options.subscription ?? 'nba-phase3-complete-sub')) as unknown,
    });
    return { status, seen };
  }

  it('is 204 for a message that is done with, 500 for one that must come again', async () => {
    expect((await answered({ kind: 'ack' })).status).toBe(204);
    expect((await answered({ kind: 'retry', reason: 'not now' })).status).toBe(500);
    expect((await answered(new Error('a bug'))).status).toBe(500);
    expect((await answered({ kind: 'ack' }, { open: new Error('no documents') })).status).toBe(500);
  });

  it('knows the topic by the subscription, with the prefix of the deployment and without', async () => {
    const { seen } = await answered({ kind: 'ack' });
    expect(seen).toMatchObject([{ topic: 'nba-phase3-complete', subscription: 'nba-phase3-complete-sub' }]);
    const staging = await answered(
      { kind: 'ack' },
      { prefix: 'staging_', subscription: 'staging-nba-phase4-complete-sub' },
    );
    expect(staging.seen).toMatchObject([
      { topic: 'nba-phase4-complete', subscription: 'nba-phase4-complete-sub' },
    ]);
    expect((await answered({ kind: 'ack' }, { prefix: 'staging_' })).status).toBe(404);
  });

  it('is 401, without a look at the message, for a pusher that is refused, and 500 for one nobody can judge now', async () => {
    const refused = await answered({ kind: 'ack' }, { verify: () => Promise.resolve({ refused: 'no' }) });
    expect(refused).toEqual({ status: 401, seen: [] });
    const unknown = await answered({ kind: 'ack' }, { verify: () => Promise.reject(new Error('no keys')) });
    expect(unknown).toEqual({ status: 500, seen: [] });
    const accepted = await answered({ kind: 'ack' }, { verify: () => Promise.resolve('accepted') });
    expect(accepted).toMatchObject({ status: 204, seen: [{ messageId: 'm1' }] });
  });
});

describe('the composition root', () => {
  it('registers a function for every service', async () => {
    await import('../../functions/index.ts');
    for (const { name } of services()) expect(() => getTestServer(name)).not.toThrow();
  });
});

describe('an instance that is told to end', () => {
  const children: ReturnType<typeof spawn>[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  it('answers the message under way, takes no other, and is gone', async () => {
    const child = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        fileURLToPath(new URL('../support/slow-function.ts', import.meta.url)),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    children.push(child);
    const lines: string[] = [];
    const said = (what: string): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (lines.join('').includes(what)) resolve();
        };
        child.stdout?.on('data', look);
        look();
      });
    child.stdout?.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
    await said('listening');
    const port = /listening (\d+)/.exec(lines.join(''))?.[1];
    const url = `http://127.0.0.1:${port}/`;
    const first = post(url, envelope('{}', 'slow', 'nba-sweep-sub'));
    await said('working');
    child.kill('SIGTERM');
    await said('told to end');
    expect(await post(url, envelope('{}', 'late', 'nba-sweep-sub'))).toBe(503);
    expect(await first).toBe(204);
    expect(await new Promise((resolve) => child.once('exit', (code) => resolve(code)))).toBe(0);
    expect(lines.join('')).toContain('handled slow');
    expect(lines.join('')).not.toContain('handled late');
  });
});
