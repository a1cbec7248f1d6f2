/**
 * The job that trains, as it is deployed: its bundle is started by Node against a BigQuery server, the Firestore emulator and a Cloud
 * Storage of its own. It makes the model that the same rows give in DuckDB.
 */
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listModels, promoteModel } from '../../functions/control/models.ts';
import { retrain, type Retraining } from '../../functions/control/retrain.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { TRAINERS, TRAINING } from '../../infra/bundle/bundle.ts';
import { findGoogleEmulators, isMissing } from '../../scripts/tools/find.ts';
import { openWarehouse } from '../../shared/adapters/embedded/duckdb-warehouse.ts';
import { bigQueryWarehouse } from '../../shared/adapters/gcp/bigquery-warehouse.ts';
import { firestoreStore, type FirestoreStore } from '../../shared/adapters/gcp/firestore-store.ts';
import { BEFORE_ALL_GAMES, trainModel, trainRolling } from '../../functions/control/train-model.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { keepModel, modelOf } from '../../shared/state/models.ts';
import { startBigQueryServer } from '../support/bigquery-server/index.ts';
import { cloudAt } from '../support/bigquery-warehouses.ts';
import { bundleWith } from '../support/run-bundles.ts';
import { ownProject, sharedEmulator } from '../support/run-emulators.ts';
import { startStorageServer, type StorageServer } from '../support/storage-server.ts';
import { publishTrainingLeague } from '../support/training-league.ts';

const registry = loadRegistry();
const project = ownProject('training');
const bucket = `${project}-nba-archive`;

/** What is known of models, without when it was written. */
async function knownIn(store: StateStore): Promise<unknown> {
  const { models, aliases } = await listModels({ store });
  return {
    models: models.map(({ id, training, file: { sha256 } }) => ({ id, training, sha256 })),
    aliases: aliases.map(({ alias, modelId, history }) => [alias, modelId, history.length]),
  };
}

/** The same in memory, over the rows of DuckDB. */
function homeOver(warehouse: Warehouse) {
  const store = memoryStore();
  const clock = (): Date => new Date('2026-11-15T12:00:00Z');
  const ports = { registry, store, archive: memoryArchive(), warehouse, clock, log: () => undefined };
  return { store, ports, retrain: () => retrain(ports, () => undefined) };
}

let embedded: Awaited<ReturnType<typeof openWarehouse>>;
let first: Retraining;
let home: ReturnType<typeof homeOver>;
beforeAll(async () => {
  embedded = await openWarehouse(registry, { path: ':memory:', threads: 1 });
  await publishTrainingLeague(embedded, registry);
  home = homeOver(embedded);
  first = await home.retrain();
});
afterAll(() => embedded.close());

describe('a retraining', () => {
  it('makes a challenger of what is sound, once for the same rows', async () => {
    expect(first.checks.filter(({ ok, required }) => required && !ok)).toEqual([]);
    expect(first).toMatchObject({ outcome: 'challenger', through: '2026-10-31' });
    const before = await knownIn(home.store);
    expect(before).toMatchObject({
      models: [{ id: first.modelId }],
      aliases: [
        ['champion', null, 0],
        ['challenger', first.modelId, 1],
      ],
    });
    expect(await home.retrain()).toMatchObject({ outcome: 'known', modelId: first.modelId });
    expect(await knownIn(home.store)).toEqual(before);
  });

  it('and the rolling model of its month have the same file, and both are kept', async () => {
    const { ports, store } = homeOver(embedded);
    const asked = { algorithm: 'lad', without: [], dryRun: false } as const;
    const month = gameDate('2023-11-01');
    const rolling = { ...asked, first: month, last: gameDate('2023-11-06') };
    await trainRolling(ports, rolling, () => undefined);
    const whole = { ...asked, first: BEFORE_ALL_GAMES, last: gameDate('2023-10-31') };
    await trainModel(ports, whole, () => undefined);
    const { models } = await listModels({ store });
    expect(new Set(models.map(({ id }) => id)).size).toBe(2);
    expect(new Set(models.map(({ file }) => file.sha256)).size).toBe(1);
    expect(models.map(({ validity }) => validity?.from ?? null).sort()).toEqual([month, null]);
  });
});

describe('a training over the rows of a rolling model that is stored under the id of its file alone', () => {
  const month = { from: gameDate('2026-11-01'), before: gameDate('2026-12-01') };
  /** A home that knows the model of the first retraining as the one of November 2026. */
  async function homeWithRolling() {
    const other = homeOver(embedded);
    const made = await modelOf(home, String(first.modelId));
    if (made === undefined) throw new Error('The first retraining has kept no model');
    await keepModel(other, { ...made, validity: month });
    return other;
  }

  it('makes a challenger with an id of its own, and the rolling model stays as it is', async () => {
    const { store, retrain } = await homeWithRolling();
    const again = await retrain();
    expect(again).toMatchObject({ outcome: 'challenger', rows: first.rows });
    expect(again.modelId).not.toBe(first.modelId);
    const { models, aliases } = await listModels({ store });
    expect(new Map(models.map(({ id, validity }) => [id, validity]))).toEqual(
      new Map([
        [first.modelId, month],
        [again.modelId, null],
      ]),
    );
    expect(new Set(models.map(({ file }) => file.sha256)).size).toBe(1);
    expect(aliases.map(({ modelId }) => modelId)).toEqual([null, again.modelId]);
    expect(await retrain()).toMatchObject({ outcome: 'known', modelId: again.modelId });
  });

  it('gives a model of a range that can be promoted', async () => {
    const { store, ports } = await homeWithRolling();
    const range = { first: BEFORE_ALL_GAMES, last: first.through, without: [], dryRun: false };
    const { modelId } = await trainModel(ports, { ...range, algorithm: 'mean' }, () => undefined);
    const forced = { force: true, reason: 'for this test', by: 'ann' };
    await promoteModel(ports, { model: String(modelId), alias: 'champion', ...forced });
    expect((await listModels({ store })).aliases[0]?.modelId).toBe(modelId);
  });
});

describe.skipIf(isMissing(findGoogleEmulators()))('the job', () => {
  let server: Awaited<ReturnType<typeof startBigQueryServer>>;
  let storage: StorageServer;
  let store: FirestoreStore;
  let variables: Readonly<Record<string, string>>;
  beforeAll(async () => {
    const firestore = await sharedEmulator('firestore');
    server = await startBigQueryServer({ project });
    storage = await startStorageServer([bucket], false);
    const hosts = { pubsub: undefined, firestore, bigquery: server.host };
    store = firestoreStore({ project, database: 'fullcourt', hosts });
    await publishTrainingLeague(bigQueryWarehouse(cloudAt(server.host, '', project), registry), registry);
    variables = {
      FULLCOURT_TARGET: 'gcp',
      FULLCOURT_PROJECT: project,
      CLOUD_RUN_JOB: TRAINING.name,
      FIRESTORE_EMULATOR_HOST: firestore,
      FULLCOURT_BIGQUERY_HOST: server.host,
      STORAGE_EMULATOR_HOST: `http://${storage.host}`,
      METADATA_SERVER_DETECTION: 'none',
    };
  });
  afterAll(async () => {
    await store.close();
    await Promise.all([server.stop(), storage.close()]);
  });

  /** Starts the bundle where nothing but it can be found. */
  async function execution(env: Readonly<Record<string, string>>) {
    const { folder } = await bundleWith(TRAINING);
    const child = spawn(process.execPath, ['index.js'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [log, errors] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (log += text.toString()));
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    const events = log
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    return { code, errors, told: events.find(({ event }) => event === 'training_finished') };
  }

  it('holds the trainer, and no client of messages', async () => {
    const { modules, packages } = await bundleWith(TRAINING);
    for (const part of TRAINERS.filter((each) => !each.endsWith('predecessor.ts')))
      expect(
        modules.some((path) => path.includes(part)),
        part,
      ).toBe(true);
    expect(packages.map(({ name }) => name)).not.toContain('@google-cloud/pubsub');
  });

  it('makes the model that the same rows give in DuckDB, and a second execution changes nothing', async () => {
    const { code, errors, told } = await execution(variables);
    expect(code, errors).toBe(0);
    expect(told).toMatchObject({ severity: 'INFO', status: 'challenger', modelId: first.modelId });
    const known = await knownIn(store);
    expect(known).toEqual(await knownIn(home.store));
    const files = [...storage.objects.keys()].map((name) => name.replace(`${bucket}/`, ''));
    expect(
      files.filter((name) => name.endsWith(`${first.modelId}.json`) && !name.startsWith('journal/')),
    ).toHaveLength(1);
    expect(files.filter((name) => name.startsWith('journal/'))).toHaveLength(2);
    const again = await execution(variables);
    expect([again.code, again.told]).toMatchObject([0, { status: 'known', modelId: first.modelId }]);
    expect(await knownIn(store)).toEqual(known);
    expect([...storage.objects.keys()]).toHaveLength(files.length);
  });

  it('fails where it cannot read its rows, and where it is no job of Google Cloud', async () => {
    const lost = await execution({ ...variables, FULLCOURT_DATASET_PREFIX: 'other_' });
    expect([lost.code, lost.errors]).toEqual([1, expect.stringContaining('cannot be read')]);
    const here = await execution({ ...variables, FULLCOURT_TARGET: 'emulator' });
    expect([here.code, here.errors]).toEqual([1, expect.stringContaining('a job is on the target gcp')]);
  });
});
