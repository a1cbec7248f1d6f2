/**
 * The loss of each store of the emulator target, corrected tables among them: noticed by the next command, and mended by
 * `fullcourt recover` as functions, Firestore and Pub/Sub are at work. The BigQuery server is that of the tests, which is quick;
 * in the whole proof it is bqemulator.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { loadFiles } from '../../functions/control/imports.ts';
import { runBackfill } from '../../functions/control/watch.ts';
import { startLocalCloud, type LocalCloud } from '../../scripts/cli/serve-emulator.ts';
import { simulateLeague } from '../../scripts/simulate/league.ts';
import { bigQueryClient } from '../../shared/adapters/gcp/clients.ts';
import { readConfig } from '../../shared/config.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { DATASETS } from '../../shared/derive/ddl.ts';
import { qualifiedName } from '../../shared/domain/table.ts';
import { giveAlias, knownAliases } from '../../shared/state/aliases.ts';
import { knownPlayers } from '../../shared/state/players.ts';
import { writeJournal } from '../../functions/control/journal.ts';
import { startBigQueryServer, type BigQueryServer } from '../support/bigquery-server/index.ts';
import { drawn, drawnStretch } from '../support/draw.ts';
import { newFolder, removeFolders } from '../support/homes.ts';
import { canRun, computedRows, rawContents } from '../support/local-cloud.ts';
import { proof } from '../support/proof.ts';
import { cliProcess, cliProcessJson } from '../support/run-cli.ts';
import { ownProject, sharedEmulator } from '../support/run-emulators.ts';
import { sourceFile } from '../support/source-file.ts';
import { removeFolder } from '../support/remove-folder.ts';

const SEASON = '2021-22';
const OPENING_NIGHT = '2021-10-19';
const REQUEST = {
  startDate: gameDate(OPENING_NIGHT),
  endDate: gameDate('2021-10-26'),
  through: 'phase3',
} as const;
const TARGET = ['--target', 'emulator'] as const;
const LIMIT_MS = 600_000;

afterAll(removeFolders);

const BOTH = ['documents', 'tables'] as const;
/** Of the documents and the tables one is lost by the draw; with the whole proof, both. */
const LOST: readonly (typeof BOTH)[number][] =
  proof === 'all' ? BOTH : drawnStretch(drawn('recover', 'emulator'), BOTH, 1);

/** The files of a small league. */
function league(): SourceFile[] {
  const files: SourceFile[] = [];
  for (const season of simulateLeague({ seasons: 1, seed: 4, firstSeason: 2021, teams: 4, gamesPerTeam: 6 }))
    for (const { name, text } of season.files) files.push(sourceFile(name, text));
  return files;
}

/** The box scores of players, of which the first line of the opening night names another player. */
function corrected(): SourceFile[] {
  return league().flatMap(({ name, bytes }) => {
    const text = new TextDecoder().decode(bytes());
    const changed = new TextEncoder().encode(withName(text, 'Player One'));
    return name.startsWith('player_box') ? [{ name, bytes: () => changed }] : [];
  });
}

function withName(text: string, name: string): string {
  const [header = '', ...lines] = text.split('\n');
  const at = lines.findIndex((line) => line.includes(OPENING_NIGHT));
  const cells = (lines[at] ?? '').split(',').with(header.split(',').indexOf('player_name'), name);
  return [header, ...lines.with(at, cells.join(','))].join('\n');
}

interface Recovered {
  readonly tables: readonly { readonly recovered: number; readonly reopened: number }[];
  readonly lost: readonly { readonly name: string }[];
  readonly builds: readonly { readonly state: string }[];
  readonly journal: number;
}

describe.skipIf(!canRun('the loss of each store on the emulator target'))('the emulator target', () => {
  let home: string;
  /** The archive before the alias was given. */
  let older: string;
  let cloud: LocalCloud;
  let tables: BigQueryServer | undefined;
  let before: unknown;

  const contents = (): Promise<unknown> =>
    cloud.client.withWarehouse('test', async (warehouse) => [
      await rawContents(cloud.client, warehouse),
      await computedRows(cloud.client, warehouse),
    ]);
  const load = async (files: readonly SourceFile[]): Promise<void> =>
    expect((await loadFiles(cloud.client, files)).failed).toEqual([]);
  const expectNoticed = async (what: string): Promise<void> => {
    const notice = cloud.client.assertWhole();
    await expect(notice).rejects.toThrow(what);
    await expect(notice).rejects.toThrow('fullcourt recover --target emulator');
  };
  const recovered = (...flags: readonly string[]) =>
    cliProcessJson<Recovered>(home, 'recover', ...TARGET, ...flags);
  const expectWhole = async (): Promise<void> => {
    expect(await contents()).toEqual(before);
    expect((await knownAliases(cloud.client)).map(({ name }) => name)).toEqual(['Somebody Else']);
  };

  beforeAll(async () => {
    home = newFolder();
    older = join(newFolder(), 'archive');
    const project = ownProject('recover');
    tables = proof === 'all' ? undefined : await startBigQueryServer({ project });
    const env = {
      ...process.env,
      FULLCOURT_TARGET: 'emulator',
      FULLCOURT_HOME: home,
      FULLCOURT_PROJECT: project,
      PUBSUB_EMULATOR_HOST: await sharedEmulator('pubsub'),
      FIRESTORE_EMULATOR_HOST: await sharedEmulator('firestore'),
      ...(tables === undefined ? {} : { FULLCOURT_BIGQUERY_HOST: tables.host }),
    };
    cloud = await startLocalCloud(readConfig(env), { processes: 'one', env });
    await load(league());
    await load(corrected());
    const { backfill } = await runBackfill(cloud.client, REQUEST);
    expect(backfill).toMatchObject({ state: 'done' });
    const [id = 0] = (await knownPlayers(cloud.client)).keys();
    const alias = { name: 'Somebody Else', id, team: null, season: null };
    const { givenAt } = await giveAlias(cloud.client, alias);
    cpSync(join(home, 'archive'), older, { recursive: true });
    await writeJournal(cloud.client, `${givenAt}-alias-${id}`, { kind: 'alias', ...alias });
    before = await contents();
  }, LIMIT_MS);

  afterAll(async () => {
    await cloud.stop();
    await tables?.stop();
  });

  it.skipIf(!LOST.includes('documents'))(
    'notices that its documents are lost, and makes them again from tables and journal',
    async () => {
      const { hosts, project, database } = cloud.config.cloud;
      const place = `projects/${project}/databases/${database}/documents`;
      const gone = await fetch(`http://${hosts.firestore ?? ''}/emulator/v1/${place}`, { method: 'DELETE' });
      expect(gone.status).toBe(200);
      await expectNoticed('the documents are lost');
      const { code, document } = await recovered();
      expect([code, document.lost]).toEqual([0, []]);
      expect(document.tables.reduce((sum, table) => sum + table.recovered, 0)).toBeGreaterThan(50);
      await expectWhole();
    },
    LIMIT_MS,
  );

  it.skipIf(!LOST.includes('tables'))(
    'notices that its tables are lost, and builds them again from the archive',
    async () => {
      const client = await bigQueryClient(cloud.config.cloud);
      for (const name of DATASETS) {
        const [found] = await client.dataset(name).getTables();
        const isTable = ({ metadata }: (typeof found)[0]): boolean => metadata.type === 'TABLE';
        await Promise.all(found.filter(isTable).map((table) => table.delete()));
      }
      await expectNoticed('the tables are lost');
      const dry = await recovered('--dry-run');
      const { code, document } = await recovered();
      expect([code, document.lost]).toEqual([0, []]);
      const reopened = ({ tables: mended }: Recovered): number =>
        mended.reduce((sum, table) => sum + table.reopened, 0);
      expect(reopened(document)).toBeGreaterThan(50);
      expect(reopened(dry.document)).toBe(reopened(document));
      await expectWhole();
    },
    LIMIT_MS,
  );

  it.skipIf(!LOST.includes('tables'))(
    'notices that its tables are older than its documents, and builds again what they lack',
    async () => {
      const client = await bigQueryClient(cloud.config.cloud);
      for (const { definition } of cloud.client.registry.all) {
        const part = definition.partitionColumn;
        const last = `DATE '${REQUEST.endDate}'`;
        await client.query(`DELETE FROM ${qualifiedName(definition)} WHERE ${part} = ${last}`);
      }
      await expectNoticed('the tables are older than the rest');
      const { code, document } = await recovered();
      expect([code, document.lost]).toEqual([0, []]);
      await expectWhole();
    },
    LIMIT_MS,
  );

  it(
    'notices that its archive is older than its documents, and writes the decision of a person again that it lacks',
    async () => {
      removeFolder(join(home, 'archive'));
      cpSync(older, join(home, 'archive'), { recursive: true });
      await expectNoticed('the archive is older than the rest');
      const { code, document } = await recovered();
      expect([code, document.lost, document.journal]).toEqual([0, [], 1]);
      await expectWhole();
    },
    LIMIT_MS,
  );

  it(
    'notices that its archive is lost, and names the files to import again',
    async () => {
      removeFolder(join(home, 'archive'));
      await expectNoticed('the archive is lost');
      const { code, document } = await recovered();
      expect(code).toBe(1);
      expect(document.lost.map(({ name }) => name)).toContain(`player_box_${SEASON}.csv`);
      if (proof !== 'all') return;
      for (const files of [league(), corrected()]) await load(files);
      await expectWhole();
      expect((await cliProcess(home, 'status', ...TARGET)).code).toBe(0);
      expect((await cliProcess(home, 'recover', ...TARGET, '--dry-run')).stdout).toContain('nothing to do');
    },
    LIMIT_MS,
  );
});
