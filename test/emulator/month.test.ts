/**
 * The main job on the emulator target, in the way its users meet it: `fullcourt serve --target emulator`, an import, and
 * one message published by gcloud. The season's history and what is asked for come out as they do embedded: December 2023
 * in the whole proof, else a week of November that is drawn. The environment names the
 * Pub/Sub and Firestore emulators of the run. BigQuery is a server of its own: it computes on one core, and would keep the
 * rows of the season in memory until the run ends.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCloudClient } from '../../functions/targets/cloud/client.ts';
import type { Client } from '../../functions/targets/client.ts';
import { localArchive } from '../../functions/targets/emulator/files.ts';
import { readEmulatorFile, withFoundHosts } from '../../scripts/cli/emulator-file.ts';
import { readFolder } from '../../scripts/cli/load.ts';
import { findGoogleSdk, isMissing } from '../../scripts/tools/find.ts';
import { readConfig } from '../../shared/config.ts';
import { BACKFILL_REQUEST_TOPIC } from '../../shared/derive/topic-names.ts';
import type { Backfill } from '../../shared/state/backfills.ts';
import { addDays, gameDate } from '../../shared/domain/game-date.ts';
import { isOncePerSeason } from '../../shared/domain/table.ts';
import { cliProcess, cliProcessJson, startCli, type Running } from '../support/run-cli.ts';
import {
  atHome,
  backfill,
  dataFolder,
  haveSeasons,
  importFiles,
  newFolder,
  removeFolders,
} from '../support/homes.ts';
import { drawn } from '../support/draw.ts';
import { proof } from '../support/proof.ts';
import { ownProject, sharedEmulator } from '../support/run-emulators.ts';
import {
  canRun,
  computedRows,
  partitionsOf,
  rawContents,
  until,
  type Comparable,
} from '../support/local-cloud.ts';
import { removeFolder } from '../support/remove-folder.ts';

const SEASON = '2023-24';
const IS_MONTH = proof === 'all';
const REQUEST = { ...(IS_MONTH ? december() : drawnWeek()), through: 'phase4' } as const;
const LAST = REQUEST.endDate;
/** At least so many partitions, and rows of each table, come out. */
const AT_LEAST = IS_MONTH ? { partitions: 800, rows: 400 } : { partitions: 150, rows: 50 };
/** A minute or two on two cores that are free; a busy machine takes its time. */
const END_MS = 900_000;
const LIMIT_MS = END_MS + 60_000;
const isHere =
  haveSeasons('the main job on the emulator target') && canRun('the main job on the emulator target');

afterAll(removeFolders);

describe.skipIf(!isHere)(`${REQUEST.startDate} to ${LAST} on the emulator target`, () => {
  let home: string;
  let serving: Running;
  let client: Client;
  let requested: Backfill;
  let embedded: {
    readonly partitions: Record<string, Comparable>;
    readonly rows: Record<string, readonly string[]>;
    readonly raw: Record<string, unknown>;
  };
  let files: string;

  beforeAll(async () => {
    files = join(newFolder(), 'files');
    mkdirSync(files);
    const cut = readFolder(dataFolder())
      .filter(({ name }) => name.includes(SEASON) && !name.startsWith('shot_zones') && !name.includes('lite'))
      .map((file) => until(file, LAST));
    for (const { name, bytes } of cut) writeFileSync(join(files, name), bytes());
    home = newFolder();
    process.env['FULLCOURT_PROJECT'] = ownProject('month');
    process.env['PUBSUB_EMULATOR_HOST'] = await sharedEmulator('pubsub');
    process.env['FIRESTORE_EMULATOR_HOST'] = await sharedEmulator('firestore');
    serving = startCli(home, 'serve', '--target', 'emulator', '--port', '0');
    const embeddedHome = newFolder();
    embedded = await atHome(embeddedHome, async (at) => {
      await importFiles(at, cut, SEASON);
      expect((await backfill(at, REQUEST)).state).toBe('done');
      const { warehouse } = at.worker.context.ports;
      return {
        partitions: await partitionsOf(at.client),
        rows: await computedRows(at.client, warehouse),
        raw: await rawContents(at.client, warehouse),
      };
    });
    removeFolder(embeddedHome);
    await serving.says(/Serving /, LIMIT_MS);
    const config = readConfig({ FULLCOURT_TARGET: 'emulator', FULLCOURT_HOME: home });
    client = openCloudClient(withFoundHosts(config), localArchive(config));
  }, LIMIT_MS);

  afterAll(async () => {
    await client.close();
    await serving.kill();
  });

  it(
    'loads the raw tables through the functions, row for row as embedded',
    async () => {
      const started = Date.now();
      const imported = startCli(home, 'import', '--target', 'emulator', '--from', files, '--json');
      const { code, stderr, stdout } = await imported.ended;
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      const result = JSON.parse(stdout) as { rejected: number; failed: string[] };
      expect(result).toMatchObject({ failed: [] });
      console.log(`import on the emulator target: ${(Date.now() - started) / 1000} s`);
      const raw = await client.withWarehouse('test', (warehouse) => rawContents(client, warehouse));
      expect(raw).toEqual(embedded.raw);
    },
    LIMIT_MS,
  );

  it(
    'takes one message published by hand, and finishes',
    async () => {
      const before = new Set((await client.store.list('backfills')).map(({ id }) => id));
      const started = Date.now();
      await publishByHand(home, client, JSON.stringify(REQUEST));
      for (;;) {
        const found = (await client.store.list('backfills')).find(({ id }) => !before.has(id));
        requested = found?.data as unknown as Backfill;
        if (requested?.finishedAt != null) break;
        if (Date.now() - started > END_MS)
          throw new Error(`It did not finish: ${JSON.stringify(requested)}; ${serving.stderr()}`);
        await sleep(300);
      }
      console.log(
        `${REQUEST.startDate} to ${LAST} and the history they read on the emulator target: ${(Date.now() - started) / 1000} s`,
      );
      expect(requested).toMatchObject({ state: 'done', verdict: 'every planned partition is built' });
      expect(await client.store.list('dead_letters')).toEqual([]);
      expect(await client.store.list('outbox')).toEqual([]);
    },
    LIMIT_MS,
  );

  it('leaves the completion documents that embedded leaves, fingerprints included', async () => {
    const partitions = await partitionsOf(client);
    expect(Object.keys(partitions)).toEqual(Object.keys(embedded.partitions));
    expect(Object.keys(partitions).length).toBeGreaterThan(AT_LEAST.partitions);
    expect(partitions).toEqual(embedded.partitions);
  });

  it(
    'says which process has answered, in the status of a date, in words and as JSON',
    async () => {
      // Nobody plays on Thanksgiving, which may be the last date.
      const args = ['status', '--target', 'emulator', '--date', REQUEST.startDate] as const;
      const { document } = await cliProcessJson<{
        phases: Record<string, { tables: Record<string, object> }>;
      }>(home, ...args);
      const built = Object.values(document.phases).flatMap(({ tables }) => Object.values(tables));
      const answered = built.flatMap((each) => ('answeredBy' in each ? [String(each.answeredBy)] : []));
      expect(answered.length).toBeGreaterThan(10);
      for (const revision of answered) expect(revision).toMatch(/^[a-z0-9-]+-\d{5}-local$/);
      expect((await cliProcess(home, ...args)).stdout).toContain(`Answered by ${answered[0]}: `);
    },
    LIMIT_MS,
  );

  it(
    'leaves the rows that embedded leaves, in every column of every table',
    async () => {
      const rows = await client.withWarehouse('test', (warehouse) => computedRows(client, warehouse));
      expect(Object.keys(rows)).toHaveLength(15);
      for (const [table, lines] of Object.entries(rows)) {
        // The request ends with phase 4, and no earlier season is loaded that could be carried into this one.
        const { definition } = client.registry.get(table);
        const isEmpty = definition.phase === 'phase5' || isOncePerSeason(definition);
        if (!isEmpty) expect(lines.length, table).toBeGreaterThan(AT_LEAST.rows);
        expect(lines.length, table).toBe(embedded.rows[table]?.length);
        const wrong = lines.flatMap((line, i) =>
          line === embedded.rows[table]?.[i] ? [] : [[line, embedded.rows[table]?.[i]]],
        );
        expect(wrong.slice(0, 3), table).toEqual([]);
      }
    },
    LIMIT_MS,
  );
});

function december(): { startDate: string; endDate: string } {
  return { startDate: '2023-12-01', endDate: '2023-12-31' };
}

/** Seven days of November: later than the first two weeks of the season, for which phase 4 has no rows. */
function drawnWeek(): { startDate: string; endDate: string } {
  const startDate = addDays(gameDate('2023-11-08'), drawn('emulator', 'week').below(14));
  return { startDate, endDate: addDays(startDate, 6) };
}

/** With the real gcloud where it is; else with the client of the product. */
async function publishByHand(home: string, client: Client, message: string): Promise<void> {
  const sdk = findGoogleSdk();
  const found = readEmulatorFile(home);
  if (found === undefined) throw new Error('nothing is being served');
  if (isMissing(sdk)) {
    console.log(`Left out: publishing with gcloud (${sdk.missing})`);
    await client.publisher.publish(BACKFILL_REQUEST_TOPIC, message);
    return;
  }
  await promisify(execFile)(
    sdk.gcloud,
    ['pubsub', 'topics', 'publish', BACKFILL_REQUEST_TOPIC, '--project', found.project, '--message', message],
    {
      env: {
        ...process.env,
        CLOUDSDK_CONFIG: join(home, 'gcloud'),
        CLOUDSDK_AUTH_DISABLE_CREDENTIALS: 'true',
        CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
        CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB: `http://${found.hosts.pubsub}/`,
      },
    },
  );
}
