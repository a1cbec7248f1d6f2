/** Clients of others read what the adapter wrote: Google's Python client on both servers, and the `bq` command line. */
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bigQueryWarehouse } from '../../shared/adapters/gcp/bigquery-warehouse.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { findGoogleSdk, findPythonTool, isMissing } from '../../scripts/tools/find.ts';
import { cloudAt, PROJECT } from '../support/bigquery-warehouses.ts';
import { ownProject, sharedEmulator } from '../support/run-emulators.ts';
import { registry } from '../support/warehouse-suite.ts';
import { startBigQueryServer, type BigQueryServer } from '../support/bigquery-server/index.ts';
import { removeFolder } from '../support/remove-folder.ts';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('bigquery.py', import.meta.url));
const DATE = gameDate('2024-01-10');
const AT = new Date('2026-01-01T00:00:00Z');

const ROWS: readonly Row[] = [
  {
    player: 'dončić',
    points: 73,
    minutes: 45.3,
    starter: true,
    status: "o'ut",
    seen_at: '2024-01-10T20:00:00.000Z',
  },
  { player: 'nobody', points: 0, minutes: null, starter: null, status: null, seen_at: null },
].map((row) => ({ game_id: '20240110_DAL_ATL', game_date: DATE, ...row }));

/** Writes through the adapter what strangers are to read. */
async function write(host: string, project = PROJECT): Promise<void> {
  const warehouse = bigQueryWarehouse(cloudAt(host, '', project), registry, { clock: () => AT });
  await warehouse.prepare();
  const table = registry.get('scores');
  const staged = await warehouse.stage({
    table,
    runId: 'run-1',
    token: 7,
    dates: [DATE],
    readStart: DATE,
    rows: ROWS,
  });
  if (!staged.ok) throw new Error(staged.failure.detail);
  const published = await warehouse.publish({
    staged: staged.value,
    dates: [DATE],
    token: 7,
    mode: 'live',
    processedAt: AT,
  });
  if (!published.ok) throw new Error(published.failure.detail);
  await warehouse.discard(staged.value);
}

interface Seen {
  readonly tables: readonly string[];
  readonly columns: readonly (readonly [string, string])[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly listed: readonly string[];
}

const clients = findPythonTool('clients');
const sdk = findGoogleSdk();

describe.skipIf(isMissing(clients))("Google's Python client", () => {
  const read = async (host: string, project = PROJECT): Promise<Seen> => {
    if (isMissing(clients)) throw new Error(clients.missing);
    const { stdout } = await run(clients.python, [SCRIPT, host, project, 'nba_raw'], { timeout: 240_000 });
    return JSON.parse(stdout) as Seen;
  };
  const judge = (seen: Seen): void => {
    expect(seen.tables).toEqual(['scores']);
    expect(seen.columns.slice(0, 5)).toEqual([
      ['game_id', 'STRING'],
      ['game_date', 'DATE'],
      ['player', 'STRING'],
      ['points', 'INTEGER'],
      ['minutes', 'FLOAT'],
    ]);
    expect(seen.rows).toMatchObject([
      {
        player: 'dončić',
        points: 73,
        minutes: 45.3,
        starter: true,
        status: "o'ut",
        seen_at: '2024-01-10 20:00:00+00:00',
        run_token: 7,
        run_mode: 'live',
      },
      {
        player: 'nobody',
        points: 0,
        minutes: null,
        starter: null,
        status: null,
        seen_at: null,
        game_date: DATE,
      },
    ]);
    expect(seen.listed).toEqual(['dončić', 'nobody']);
  };

  it('reads it from the server with the limits', async () => {
    const server = await startBigQueryServer({ project: PROJECT, now: () => AT.getTime() });
    try {
      await write(server.host);
      judge(await read(server.host));
    } finally {
      await server.stop();
    }
  });

  it.skipIf(isMissing(findPythonTool('bqemulator')))('reads it from bqemulator', async () => {
    const [host, project] = [await sharedEmulator('bigquery'), ownProject('strangers')];
    await write(host, project);
    judge(await read(host, project));
  });
});

describe.skipIf(isMissing(sdk))('bq', () => {
  let server: BigQueryServer;
  const folder = mkdtempSync(join(tmpdir(), 'fullcourt-bq-'));
  beforeAll(async () => {
    if (isMissing(sdk)) throw new Error(sdk.missing);
    server = await startBigQueryServer({ project: PROJECT, now: () => AT.getTime(), sdkRoot: sdk.root });
    await write(server.host);
    writeFileSync(join(folder, 'token'), 'local');
    writeFileSync(join(folder, 'bigqueryrc'), '');
  });
  afterAll(async () => {
    await server.stop();
    removeFolder(folder);
  });

  const bq = async (...args: readonly string[]): Promise<unknown> => {
    if (isMissing(sdk)) throw new Error(sdk.missing);
    const { stdout } = await run(
      sdk.bq,
      [
        `--api=http://${server.host}`,
        `--project_id=${PROJECT}`,
        `--bigqueryrc=${join(folder, 'bigqueryrc')}`,
        '--format=json',
        '--quiet',
        ...args,
      ],
      {
        timeout: 240_000,
        env: {
          PATH: process.env['PATH'],
          HOME: folder,
          CLOUDSDK_CONFIG: folder,
          CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: join(folder, 'token'),
          CLOUDSDK_CORE_ACCOUNT: 'local@example.test',
          CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: '1',
        },
      },
    );
    return JSON.parse(stdout);
  };

  it('lists datasets and tables', async () => {
    const datasets = (await bq('ls')) as { datasetReference: { datasetId: string } }[];
    const tables = (await bq('ls', 'nba_raw')) as { tableReference: { tableId: string } }[];

    expect(datasets.map(({ datasetReference }) => datasetReference.datasetId)).toContain('nba_analytics');
    expect(tables.map(({ tableReference }) => tableReference.tableId)).toEqual(['scores']);
  });

  it('shows a table with its partitions, its filter, its labels and what its columns mean', async () => {
    const shown = (await bq('show', 'nba_raw.scores')) as {
      readonly schema: {
        readonly fields: readonly { readonly name: string; readonly description?: string }[];
      };
    };

    expect(shown).toMatchObject({
      timePartitioning: { type: 'DAY', field: 'game_date' },
      requirePartitionFilter: true,
      labels: { app: 'fullcourt' },
      numRows: '2',
      description: 'Points of one player in one game.',
    });
    expect(shown.schema.fields.find(({ name }) => name === 'points')?.description).toBe('points');
  });

  it('queries with a parameter', async () => {
    const rows = await bq(
      'query',
      '--use_legacy_sql=false',
      '--parameter=day:DATE:2024-01-10',
      'SELECT player, points FROM nba_raw.scores WHERE game_date = @day ORDER BY points DESC',
    );

    expect(rows).toEqual([
      { player: 'dončić', points: '73' },
      { player: 'nobody', points: '0' },
    ]);
  });

  it('looks at the head of a table', async () => {
    const rows = (await bq('head', '--max_rows=1', 'nba_raw.scores')) as Record<string, string>[];

    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ game_date: DATE, run_token: '7' });
  });

  it('is told what is missing: a filter, a table', async () => {
    const failed = async (...args: string[]): Promise<string> =>
      bq(...args).then(
        () => 'nothing failed',
        (error: unknown) => JSON.stringify(error),
      );

    expect(await failed('query', '--use_legacy_sql=false', 'SELECT COUNT(*) FROM nba_raw.scores')).toMatch(
      /without a filter/,
    );
    expect(await failed('show', 'nba_raw.nothing')).toMatch(/Not found/);
  });
});
