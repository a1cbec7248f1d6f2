/** The deployed functions, through the functions framework, over the embedded target. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Desk, Plant } from '../../functions/embedded.ts';

const home = mkdtempSync(join(tmpdir(), 'fullcourt-functions-'));
let url: string;
let server: Server;

async function push(body: string, messageId: string): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'ce-id': messageId,
      'ce-source': '//pubsub',
      'ce-specversion': '1.0',
      'ce-type': 'google.cloud.pubsub.topic.v1.messagePublished',
    },
    body: JSON.stringify({
      message: { data: Buffer.from(body).toString('base64'), messageId },
      subscription: 's',
    }),
  });
  return response.status;
}

describe('a deployed function', () => {
  let desk: Desk;
  let plant: Plant;

  beforeAll(async () => {
    const { openDesk, openPlantOrRefuse } = await import('../../functions/embedded.ts');
    const { functionFor } = await import('../../functions/platform.ts');
    const { topics } = await import('../../shared/derive/topics.ts');
    const { cloudEvent } = await import('@google-cloud/functions-framework');
    const { readConfig } = await import('../../shared/config.ts');
    desk = openDesk(readConfig({ FULLCOURT_HOME: home }));
    plant = await openPlantOrRefuse(desk, 'test');
    for (const topic of topics())
      cloudEvent(
        topic.name,
        functionFor(() => Promise.resolve(plant.app), topic),
      );
    server = getTestServer('nba-backfill-request');
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve());
    });
    const address = server.address();
    url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/` : '';
  });

  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await plant.close();
    desk.close();
    rmSync(home, { recursive: true, force: true });
  });

  it('acknowledges a request and writes what became of it', async () => {
    expect(await push('{"startDate":"2024-10-22","endDate":"2025-01-02"}', 'm1')).toBe(204);
    const [backfill] = await desk.store.list('backfills');
    expect(backfill?.data).toMatchObject({
      state: 'done_with_failures',
      verdict: expect.stringContaining('no schedule is known') as string,
    });
  });

  it('makes one backfill of the same message delivered twice', async () => {
    expect(await push('{"startDate":"2024-10-22","endDate":"2025-01-02"}', 'm1')).toBe(204);
    expect(await desk.store.count('backfills')).toBe(1);
  });

  it('sets a malformed message aside with its reason and acknowledges it', async () => {
    expect(await push('{"startDate":"TODAY","endDate":"2025-01-02"}', 'm2')).toBe(204);
    const [letter] = await desk.store.list('dead_letters');
    expect(letter?.data).toMatchObject({
      messageId: 'm2',
      topic: 'nba-backfill-request',
      reason: expect.stringContaining('"TODAY" is not a calendar date') as string,
    });
    expect(await desk.store.count('backfills')).toBe(1);
  });
});

describe('the composition root', () => {
  it('registers a function for every topic', async () => {
    await import('../../functions/index.ts');
    const { topics } = await import('../../shared/derive/topics.ts');
    for (const { name } of topics()) expect(() => getTestServer(name)).not.toThrow();
  });
});
