/** Reading works while another process has the home, and a copy that is made meanwhile is a home of one moment. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, renameSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DuckDBInstance } from '@duckdb/node-api';
import { coverageDocument } from '../../functions/control/coverage.ts';
import { completionsOf, overview } from '../../functions/control/status.ts';
import type { Client } from '../../functions/targets/client.ts';
import { openClient } from '../../functions/targets/embedded/client.ts';
import { openGuest } from '../../functions/targets/embedded/guest.ts';
import { valueOf } from '../../functions/targets/embedded/reading.ts';
import { readConfig } from '../../shared/config.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { documentOf, lineOf, linesOf } from '../../functions/targets/embedded/socket-lines.ts';
import { copyOf, newFolder, removeFolders } from '../support/homes.ts';
import { proof } from '../support/proof.ts';
import { cli, cliJson, startCli, startCliWith, type Running } from '../support/run-cli.ts';
import { rawLeague, SEASON } from '../support/tiny-league.ts';

let raw: string;
let home: string;
let serving: Running;

type Json = Record<string, unknown>;
/** Asks for a copy without having written into the home where it is to be. */
const NO_TICKET = `{"op":"snapshot","ticket":"snapshot-${'0'.repeat(32)}.ticket"}\n`;
const COUNT = 'SELECT COUNT(*) AS n FROM nba_raw.nbac_player_boxscores';

beforeAll(async () => {
  raw = await rawLeague();
  home = copyOf(raw);
  serving = startCli(home, 'serve', '--port', '0');
  await serving.says(/Ctrl-C ends it/);
});
afterAll(async () => {
  await serving.kill();
  removeFolders();
});

describe('while a process serves the home', () => {
  it('the socket is for the owner alone', () => {
    expect((statSync(join(home, 'home.sock')).mode & 0o777).toString(8)).toBe('600');
  });

  it('rows are counted and compared, with the answer that a process which has the home alone gives', async () => {
    const asked = [
      ['validate', '--start', '2021-11-05', '--end', '2021-11-07'],
      ['preflight', '--start', '2021-11-05', '--end', '2021-11-07', '--phase', '3'],
    ] as const;
    for (const command of asked) {
      const { code, document } = await cliJson<Json>(home, ...command);
      const alone = await cliJson<Json>(raw, ...command);
      expect([code, document]).toEqual([alone.code, alone.document]);
      expect(document['verdict']).toEqual(expect.any(String));
    }
  });

  it('a query is answered, in every format and with its refusals', async () => {
    const { code, document } = await cliJson(home, 'query', COUNT);
    expect([code, document]).toEqual([0, { rows: [{ n: 1932 }] }]);
    const csv = await cli(
      home,
      'query',
      'SELECT game_id, points FROM nba_raw.nbac_player_boxscores',
      '--format',
      'csv',
    );
    expect(csv.stdout.trim().split('\n')).toHaveLength(1933);
    const lists = "SELECT ['LAL', 'GSW'] AS teams, ARRAY_AGG(x ORDER BY x) AS x FROM UNNEST([2, 1]) AS x";
    expect((await cliJson(home, 'query', lists)).document).toEqual({
      rows: [{ teams: ['LAL', 'GSW'], x: [1, 2] }],
    });
    expect((await cli(home, 'query', lists, '--format', 'csv')).stdout).toBe(
      'teams,x\n"[""LAL"",""GSW""]","[1,2]"\n',
    );
    const refused = await cli(home, 'query', 'SELECT x FROM nba_raw.nbac_shedule');
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('did you mean nba_raw.nbac_schedule?'),
    ]);
    const divided = await cli(
      home,
      'query',
      'SELECT 1 / (points - points) FROM nba_raw.nbac_player_boxscores',
    );
    expect([divided.code, divided.stderr]).toEqual([2, expect.stringMatching(/zero/)]);
    const endless = await cliJson(
      home,
      'query',
      "SELECT CAST('inf' AS FLOAT64) AS x, CAST('nan' AS FLOAT64) AS y",
    );
    const alone = await cliJson(
      copyOf(raw),
      'query',
      "SELECT CAST('inf' AS FLOAT64) AS x, CAST('nan' AS FLOAT64) AS y",
    );
    expect(endless.document).toEqual(alone.document);
  });

  it('query as known at a time is answered as it is where nobody works', async () => {
    const asked = [
      ...[
        'query',
        'SELECT game_date, COUNT(*) AS n FROM nba_raw.nbac_player_boxscores GROUP BY 1 ORDER BY 1',
      ],
      ...['--as-known-at', '2021-10-25T16:00:00Z', '--start', '2021-10-19', '--end', '2021-10-26'],
    ];
    const [here, alone] = [await cliJson<Json>(home, ...asked), await cliJson<Json>(copyOf(raw), ...asked)];
    expect(here.document).toEqual(alone.document);
    expect([here.code, here.stderr]).toEqual([
      0,
      expect.stringContaining('nbac_player_boxscores was not there on 2021-10-25'),
    ]);
    expect((here.document['rows'] as object[]).length).toBeGreaterThan(1);
  });

  it.each([
    ['status'],
    ['coverage', '--start', '2021-10-19', '--end', '2021-10-31'],
    ['backfills'],
    ['plan', '--season', SEASON],
    ['diff', '2021-10-19'],
    ['rejects'],
    ['dead-letters'],
  ])('%s is answered', async (...args) => {
    expect((await cliJson<Json>(home, ...args)).code).toBe(0);
  });

  it('export writes Parquet files that any DuckDB reads', async () => {
    const folder = newFolder();
    const { document } = await cliJson<{ tables: { name: string; rows: number }[] }>(
      home,
      'export',
      '--to',
      folder,
      '--tables',
      'nba_raw.nbac_player_boxscores,nbac_schedule',
    );
    expect(document.tables.map(({ name, rows }) => [name, rows])).toEqual([
      ['nbac_player_boxscores', 1932],
      ['nbac_schedule', expect.any(Number)],
    ]);
    expect(readdirSync(folder).sort()).toEqual(['nbac_player_boxscores.parquet', 'nbac_schedule.parquet']);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const read = await connection.runAndReadAll(
      `SELECT CAST(SUM(points) AS INTEGER) AS points FROM '${join(folder, 'nbac_player_boxscores.parquet')}'`,
    );
    const asked = await cliJson<{ rows: Json[] }>(
      home,
      'query',
      COUNT.replace('COUNT(*) AS n', 'SUM(points) AS points'),
    );
    expect(read.getRowObjectsJson()).toEqual(asked.document.rows);
    connection.closeSync();
    instance.closeSync();
  });

  it.skipIf(proof === 'small')(
    'a snapshot that is made while a backfill runs ends as the home does',
    async () => {
      const folder = join(newFolder(), 'copy');
      const backfill = cliJson<Json>(home, 'backfill', '--season', SEASON, '--through', '4');
      const { code } = await cliJson<Json>(home, 'snapshot', '--to', folder);
      expect(code).toBe(0);
      expect(await backfill).toMatchObject({ code: 0, document: { state: 'done' } });
      expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
      expect(existsSync(join(folder, 'home.sock'))).toBe(false);
      expect(await cliJson<Json>(folder, 'backfill', '--season', SEASON, '--through', '4')).toMatchObject({
        code: 0,
        document: { state: 'done' },
      });
      const rows =
        'SELECT player_lookup, cache_date, points_avg_last_10 FROM nba_precompute.player_daily_cache ORDER BY 1, 2';
      const [copied, own] = [
        await cliJson<Json>(folder, 'query', rows),
        await cliJson<Json>(home, 'query', rows),
      ];
      expect(copied.document).toEqual(own.document);
    },
  );

  it('a snapshot is refused into a folder that holds something, and into the home', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'mine'), '');
    for (const [to, says] of [
      [folder, /holds something already/],
      [join(home, 'copy'), /lies in the home/],
    ] as const) {
      const { code, stderr } = await cli(home, 'snapshot', '--to', to);
      expect([code, stderr]).toEqual([2, expect.stringMatching(says)]);
    }
    expect(readdirSync(folder)).toEqual(['mine']);
  });

  it.each([
    'no json\n',
    '{"op":"publish","topic":"x"}\n',
    '{"op":"ask"}\n',
    '{"op":"snapshot","folder":"/tmp/x"}\n',
    NO_TICKET,
    '\n',
  ])('what is no question changes nothing and is refused: %j', async (text) => {
    const socket = createConnection(join(home, 'home.sock'));
    socket.write(text);
    const lines: string[] = [];
    for await (const line of linesOf(socket as AsyncIterable<Uint8Array>)) lines.push(line);
    expect(lines).toHaveLength(1);
    expect(documentOf(lines[0] ?? '')).toHaveProperty('error');
    expect((await cliJson(home, 'query', COUNT)).code).toBe(0);
  });
});

describe('a home that a group may read', () => {
  let group: string;
  let worker: Running;
  beforeAll(async () => {
    group = copyOf(home);
    chmodSync(group, 0o750);
    worker = startCli(group, 'serve', '--port', '0');
    await worker.says(/Ctrl-C ends it/);
  });
  afterAll(async () => void (await worker.kill()));
  const guest = (): Promise<Client> => openGuest({ ...readConfig({}), home: group });

  it('has a socket for the group, and the home stays as it is', () => {
    expect((statSync(join(group, 'home.sock')).mode & 0o777).toString(8)).toBe('660');
    expect((statSync(group).mode & 0o777).toString(8)).toBe('750');
  });

  it('is read as its owner reads it: documents, coverage and queries', async () => {
    const client = await guest();
    const owner = openClient({ ...readConfig({}), home: group });
    const date = gameDate('2021-10-19');
    expect(await completionsOf(client, date)).toEqual(await completionsOf(owner, date));
    const [theirs, own] = [client, owner].map((each) => coverageDocument(each, date, gameDate('2021-12-19')));
    expect((await theirs)?.document).toEqual((await own)?.document);
    expect(await overview(client)).toMatchObject({ ...(await overview(owner)), backlog: null });
    const rows = await client.readWarehouse('test', async (warehouse) => {
      const { chunks } = await warehouse.ask(COUNT);
      const found = [];
      for await (const chunk of chunks) found.push(...chunk);
      return found;
    });
    expect(rows).toEqual([[1932]]);
    owner.close();
  });

  it('is not changed by it: nothing is published, written or built', async () => {
    const client = await guest();
    const says = /you may read it, and change nothing/;
    await expect(client.publisher.publish('nba-backfill-request', '{}')).rejects.toThrow(says);
    await expect(client.store.transaction(() => Promise.resolve())).rejects.toThrow(says);
    await expect(client.archive.write('x', new Uint8Array())).rejects.toThrow(says);
    await expect(client.openWorkerOrRefuse('backfill')).rejects.toThrow(says);
    await expect(client.openWorker('backfill')).rejects.toThrow(says);
  });

  it('has nobody who answers when its owner works on nothing', async () => {
    await expect(openGuest({ ...readConfig({}), home: copyOf(raw) })).rejects.toThrow(
      /belongs to somebody else, and no process of his answers/,
    );
  });
});

it('a query tells whom it waits for, and is answered when that process goes on', async () => {
  const own = copyOf(raw);
  const stopped = startCli(own, 'serve', '--port', '0');
  await stopped.says(/Ctrl-C ends it/);
  stopped.process.kill('SIGSTOP');
  const query = startCli(own, 'query', COUNT, '--format', 'csv');
  try {
    await query.says(/waiting for the answer of process \d+ \(serve\), which has /);
  } finally {
    stopped.process.kill('SIGCONT');
  }
  const { code, stdout, stderr } = await query.ended;
  expect([code, stdout, stderr.match(/waiting/g)?.length]).toEqual([0, 'n\n1932\n', 1]);
  await stopped.kill();
});

it.skipIf(process.platform === 'win32')('a file that may not grow is named as the cause', async () => {
  const exported = await startCliWith(
    { shell: 'ulimit -f 8' },
    home,
    'export',
    '--to',
    join(newFolder(), 'tables'),
    '--tables',
    'nbac_player_boxscores',
  ).ended;
  expect([exported.code, exported.stderr]).toEqual([
    1,
    expect.stringMatching(/A file would be larger than it may be here: .*too large/i),
  ]);
});

it('the launcher becomes the command: one process, not two', async () => {
  const launcher = fileURLToPath(new URL('../../scripts/launch.mjs', import.meta.url));
  const own = copyOf(raw);
  const launched = spawn(process.execPath, [launcher, 'serve', '--port', '0'], {
    env: { ...process.env, FULLCOURT_HOME: own },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    let said = '';
    while (!said.includes('Ctrl-C ends it')) said += String((await once(launched.stderr, 'data'))[0]);
    expect(await valueOf(own, { op: 'hello' })).toBe(launched.pid);
    expect(said).not.toContain('ExperimentalWarning');
  } finally {
    const ended = once(launched, 'exit');
    launched.kill();
    await ended;
  }
});

describe('a process that is gone', () => {
  it('leaves a socket that nobody answers, and the next command reads for itself', async () => {
    const other = copyOf(raw);
    const killed = startCli(other, 'serve', '--port', '0');
    await killed.says(/Ctrl-C ends it/);
    await killed.kill();
    expect(existsSync(join(other, 'home.sock'))).toBe(true);
    expect((await cliJson(other, 'query', COUNT)).document).toEqual({ rows: [{ n: 1932 }] });
  });

  it('a home whose path is too long for an address is asked like any other', async () => {
    const long = join(newFolder(), 'x'.repeat(120));
    renameSync(copyOf(raw), long);
    const serving = startCli(long, 'serve', '--port', '0');
    await serving.says(/Ctrl-C ends it/);
    expect((await cliJson(long, 'query', COUNT)).document).toEqual({ rows: [{ n: 1932 }] });
    await serving.kill();
  });
});

describe('lines of the socket', () => {
  it('keep numbers that JSON does not have, and texts of several pieces', async () => {
    const rows = { rows: [[NaN, Infinity, -Infinity, 1.5, null, 'Dončić\n', true]] };
    const bytes = new TextEncoder().encode(lineOf(rows) + lineOf({ end: true }));
    const pieces = (async function* () {
      for (let at = 0; at < bytes.length; at += 3) yield bytes.slice(at, at + 3);
    })();
    const found: unknown[] = [];
    for await (const line of linesOf(pieces)) found.push(documentOf(line));
    expect(found).toEqual([rows, { end: true }]);
  });
});
