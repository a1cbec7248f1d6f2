/**
 * `fullcourt serve --target emulator` as its users meet it: what finds it, what it refuses, and what it leaves behind. It
 * starts emulators of its own, and not those of the run are used: that none of them outlives it is what is shown.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEmulatorFile, type EmulatorFile } from '../../scripts/cli/emulator-file.ts';
import { services } from '../../shared/derive/services.ts';
import { cliProcess, cliProcessJson, startCli, type Running } from '../support/run-cli.ts';
import { newFolder, removeFolders } from '../support/homes.ts';
import { canRun } from '../support/local-cloud.ts';

type Json = Record<string, unknown>;
const TARGET = ['--target', 'emulator'] as const;
const LIMIT_MS = 300_000;

function listens(address: string): Promise<boolean> {
  const [host = '', port = ''] = address
    .replace(/^http:\/\//, '')
    .replace(/\/$/, '')
    .split(':');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    socket.once('connect', () => resolve(true) ?? socket.destroy());
    socket.once('error', () => resolve(false));
  });
}

async function until<T>(look: () => Promise<T | undefined>, what: string): Promise<T> {
  for (const started = Date.now(); Date.now() - started < 120_000; await sleep(300)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`${what} did not happen within two minutes`);
}

afterAll(removeFolders);

describe.skipIf(!canRun('serving the emulator target'))('the emulator target, served', () => {
  let home: string;
  let serving: Running;
  let file: EmulatorFile;

  beforeAll(async () => {
    home = newFolder();
    serving = startCli(home, 'serve', ...TARGET, '--port', '0', '--processes', 'one');
    await serving.says(/Serving /, LIMIT_MS);
    const found = readEmulatorFile(home);
    if (found === undefined) throw new Error('it does not say where it is');
    file = found;
  }, LIMIT_MS);
  afterAll(async () => {
    await serving.kill();
  });

  it('says that everything is in memory, and how to publish with gcloud', () => {
    expect(serving.stderr()).toMatch(/are in memory: they are gone when this process ends/);
    expect(serving.stderr()).toContain(`CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB=http://${file.hosts.pubsub}/`);
    expect(serving.stderr()).toMatch(
      /gcloud pubsub topics publish nba-backfill-request --project demo-fullcourt/,
    );
  });

  it('has every function behind an address of this machine, and says that it is there', async () => {
    expect(Object.keys(file.functions).sort()).toEqual(
      services()
        .map(({ name }) => name)
        .sort(),
    );
    for (const [service, url] of Object.entries(file.functions)) {
      const response = await fetch(url);
      expect([response.status, await response.json()]).toEqual([200, { service, status: 'ok' }]);
    }
  });

  it(
    'is found by other commands',
    async () => {
      expect((await cliProcessJson<Json>(home, 'status', ...TARGET)).document).toMatchObject({
        seasons: [],
        backlog: null,
        deadLetters: 0,
      });
      expect(await cliProcessJson<Json>(home, 'query', ...TARGET, 'SELECT 1 AS one')).toMatchObject({
        code: 0,
        document: { rows: [{ one: 1 }] },
      });
      expect(
        (await cliProcess(home, 'query', ...TARGET, 'DELETE FROM nba_raw.nbac_schedule WHERE TRUE')).code,
      ).toBe(2);
    },
    LIMIT_MS,
  );

  it(
    'answers a request for dates of which nothing is known with a verdict',
    async () => {
      const asked = await cliProcessJson<Json>(
        home,
        'backfill',
        ...TARGET,
        '--start',
        '2024-01-01',
        '--end',
        '2024-01-31',
      );
      expect(asked).toMatchObject({ code: 1, document: { state: 'refused' } });
      expect(asked.document['verdict']).toMatch(/no schedule is known/);
    },
    LIMIT_MS,
  );

  it(
    'sets a bad message aside, shows it, and publishes it again',
    async () => {
      const port = /Serving .* at (http:\S+) /.exec(serving.stderr())?.[1] ?? '';
      const sent = await fetch(`${port}/topics/nba-backfill-request`, {
        method: 'POST',
        headers: { authorization: `Bearer ${readFileSync(join(home, 'token'), 'utf8').trim()}` },
        body: '{"dates":["TODAY"]}',
      });
      expect(sent.status).toBe(202);
      const letters = async (): Promise<Json[]> =>
        (await cliProcessJson<{ deadLetters: Json[] }>(home, 'dead-letters', ...TARGET)).document.deadLetters;
      const letter = await until(async () => (await letters())[0], 'setting it aside');
      expect(letter).toMatchObject({ topic: 'nba-backfill-request', attempts: 1 });
      expect(letter['reason']).toContain('"TODAY" is not a calendar date');
      expect((await cliProcess(home, 'dead-letters', 'replay', String(letter['id']), ...TARGET)).code).toBe(
        0,
      );
      await until(
        async () => (await letters()).find((each) => each['replays'] === 1 && each['replayedAt'] === null),
        'the replay',
      );
      expect(await letters()).toHaveLength(1);
    },
    LIMIT_MS,
  );

  it(
    'is refused a second time on the same home, in one line',
    async () => {
      const { code, stderr } = await cliProcess(home, 'serve', ...TARGET, '--port', '0');
      expect(code).toBe(2);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toContain(`is in use by process ${file.pid} (serve)`);
    },
    LIMIT_MS,
  );

  it(
    'leaves nothing behind when it is killed',
    async () => {
      await serving.kill();
      const addresses = [...Object.values(file.hosts), ...Object.values(file.functions)];
      const alive = async (): Promise<string[]> => {
        const found = await Promise.all(addresses.map(async (each) => ((await listens(each)) ? [each] : [])));
        return found.flat();
      };
      await until(
        async () => ((await alive()).length === 0 ? true : undefined),
        'the end of what it started',
      );
      const { code, stderr } = await cliProcess(home, 'status', ...TARGET);
      expect([code, stderr]).toEqual([2, expect.stringContaining('No emulators run on')]);
    },
    LIMIT_MS,
  );
});
