/** The socket of a home: who asks in pieces, who says nothing, who does not read, and homes with long paths. */
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  openSocket,
  withAddress,
  type HomeSocket,
  type Served,
} from '../../functions/targets/embedded/home-socket.ts';
import type { EmbeddedClient } from '../../functions/targets/embedded/client.ts';
import { answers, distantWarehouse, readHome } from '../../functions/targets/embedded/reading.ts';
import { documentOf, lineOf, linesOf } from '../../functions/targets/embedded/socket-lines.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { readConfig } from '../../shared/config.ts';
import type { Answer } from '../../shared/ports/warehouse.ts';
import { newFolder, removeFolders } from '../support/homes.ts';

afterAll(removeFolders);

/** Answers each question with one row that holds its text, or with rows without an end. */
const warehouse: Pick<Served['warehouse'], 'ask' | 'notPortable'> = {
  ask: (sql) =>
    Promise.resolve({
      columns: [{ name: 'sql', type: 'STRING' }],
      unchecked: [],
      chunks: (async function* () {
        yield sql.includes('COUNT(*)') ? [['2021-10-20', 3]] : [[sql]];
        if (sql !== 'endless') return;
        for (;;) {
          await new Promise(setImmediate);
          yield [['x'.repeat(100_000)]];
        }
      })(),
    } as unknown as Answer),
  notPortable: (sql) => Promise.resolve([sql]),
};

async function served(home: string): Promise<HomeSocket> {
  const socket = await openSocket(
    { config: { ...readConfig({}), home }, registry: loadRegistry() },
    {
      warehouse: warehouse as Served['warehouse'],
      store: memoryStore(),
      snapshot: () => Promise.resolve(),
    },
  );
  onTestFinished(() => socket.close());
  return socket;
}

async function connectedTo(home: string): Promise<Socket> {
  const socket = await withAddress(home, async (path) => {
    const made = createConnection(path);
    await once(made, 'connect');
    return made;
  });
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Long enough for a server in this process to see what has come. */
const moment = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('a question on the socket of a home', () => {
  it('may come in pieces that break a character', async () => {
    const home = newFolder();
    await served(home);
    const socket = await connectedTo(home);
    socket.setNoDelay(true);
    const bytes = Buffer.from(lineOf({ op: 'notPortable', sql: 'Dončić' }));
    const at = bytes.indexOf(Buffer.from('č')) + 1;
    socket.write(bytes.subarray(0, at));
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.write(bytes.subarray(at));
    const lines: unknown[] = [];
    for await (const line of linesOf(socket as AsyncIterable<Uint8Array>)) lines.push(documentOf(line));
    expect(lines).toEqual([{ value: ['Dončić'] }]);
  });

  it('must come within ten seconds', async () => {
    const home = newFolder();
    await served(home);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const socket = await connectedTo(home);
    socket.resume();
    await expect.poll(() => vi.getTimerCount()).toBe(1);
    const closed = once(socket, 'close');
    vi.advanceTimersByTime(9_999);
    await moment();
    expect(socket.destroyed).toBe(false);
    vi.advanceTimersByTime(1);
    await closed;
  });

  it('that never comes keeps nobody from ending', async () => {
    const home = newFolder();
    const socket = await served(home);
    const silent = await connectedTo(home);
    silent.resume();
    await moment();
    const started = Date.now();
    await socket.close();
    // Sooner than the time that it has for asking is over.
    expect(Date.now() - started).toBeLessThan(8000);
  });

  it('whose answer is not read keeps nobody from ending for long', async () => {
    const home = newFolder();
    const socket = await served(home);
    const lazy = await connectedTo(home);
    lazy.write(lineOf({ op: 'ask', sql: 'endless' }));
    await once(lazy, 'readable');
    const started = Date.now();
    await socket.close();
    expect(Date.now() - started).toBeGreaterThan(4000);
  }, 30_000);

  it('is answered to its end when the process that answers wants to end', async () => {
    const home = newFolder();
    const socket = await served(home);
    const { chunks } = await distantWarehouse(home).ask('SELECT 1');
    const closing = socket.close();
    const rows: unknown[] = [];
    for await (const chunk of chunks) rows.push(...chunk);
    expect(rows).toEqual([['SELECT 1']]);
    await closing;
  });
});

describe('a process that has the home and ends before its answer', () => {
  /** It says that it is there, begins its answer to what comes next with `said`, and is gone. */
  const ending = async (said: string): Promise<string> => {
    const home = newFolder();
    const server = createServer((socket) => {
      socket.once('data', (asked) => {
        if (asked.toString().includes('hello')) return socket.end(lineOf({ value: 4711 }));
        server.close();
        rmSync(join(home, 'home.sock'), { force: true });
        socket.write(said, () => socket.destroy());
        return undefined;
      });
      socket.on('error', () => undefined);
    });
    server.listen(join(home, 'home.sock'));
    await once(server, 'listening');
    return home;
  };
  /** Reads the rows of a query in that home, which this process can open when nobody else has it. */
  const rowsOf = (home: string): Promise<unknown[]> =>
    readHome(
      {
        config: { ...readConfig({}), home },
        openWorker: () =>
          Promise.resolve({ context: { ports: { warehouse } }, close: () => Promise.resolve() }),
      } as unknown as EmbeddedClient,
      'query',
      async (found) => {
        const rows: unknown[] = [];
        for await (const chunk of (await found.ask('SELECT 1')).chunks) rows.push(...chunk);
        return rows;
      },
    );
  const head = lineOf({ head: { columns: [{ name: 'sql', type: 'STRING' }], unchecked: [] } });

  it.each([
    ['nothing', ''],
    ['no row', head],
  ])('having said %s: the home is opened here', async (_what, said) => {
    expect(await rowsOf(await ending(said))).toEqual([['SELECT 1']]);
  });

  it('in the middle of the rows: whoever has read some is told to ask again', async () => {
    const home = await ending(head + lineOf({ rows: [['SELECT 1']] }));
    await expect(rowsOf(home)).rejects.toThrow('has ended before its answer did; ask again');
  });
});

describe('a process that has the home and says nothing', () => {
  it('is named after three seconds, and taken for gone after a minute', async () => {
    const home = newFolder();
    writeFileSync(join(home, 'engine.holder'), '4711 serve');
    const silent = createServer();
    silent.listen(join(home, 'home.sock'));
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const said: string[] = [];
    const waiting = answers(home, (text) => said.push(text));
    while (vi.getTimerCount() < 2) await moment();
    vi.advanceTimersByTime(2_999);
    expect(said).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(said).toEqual([`waiting for the answer of process 4711 (serve), which has ${home}`]);
    vi.advanceTimersByTime(57_000);
    expect(await waiting).toBe(false);
  });
});

it('counts the rows of each date for a command in another process', async () => {
  const home = newFolder();
  await served(home);
  const table = loadRegistry().get('nbac_schedule');
  const range = { table, first: gameDate('2021-10-19'), last: gameDate('2021-10-21') };
  expect(await distantWarehouse(home).rowCounts([range, range])).toEqual({
    ok: true,
    value: [new Map([['2021-10-20', 3]]), new Map([['2021-10-20', 3]])],
  });
});

describe('a home with a path that is too long for an address', () => {
  const longHome = (): string => {
    const home = join(newFolder(), 'x'.repeat(120));
    mkdirSync(home, { mode: 0o700 });
    return home;
  };

  it('has its socket all the same, in the home, for its owner alone', async () => {
    const home = longHome();
    const folders = (): string[] =>
      readdirSync(tmpdir()).filter((name) => name.startsWith('fullcourt-home-'));
    const before = folders();
    const socket = await served(home);
    expect(await answers(home)).toBe(true);
    expect(await distantWarehouse(home).notPortable('SELECT 1')).toEqual(['SELECT 1']);
    expect((statSync(join(home, 'home.sock')).mode & 0o777).toString(8)).toBe('600');
    expect(folders()).toEqual(before);
    await socket.close();
    expect(existsSync(join(home, 'home.sock'))).toBe(false);
    expect(await answers(home)).toBe(false);
  });

  it('and for a group that may read the home', async () => {
    const home = longHome();
    chmodSync(home, 0o750);
    await served(home);
    expect((statSync(join(home, 'home.sock')).mode & 0o777).toString(8)).toBe('660');
    expect(await answers(home)).toBe(true);
  });
});
