/**
 * Homes filled from the historical files through the real door: archive, `BackfillRequest`, handlers. What several test
 * files need is built once in a run of the tests; each takes a copy, so that nobody works on what another one reads.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Worker } from '../../functions/targets/client.ts';
import { openClient, openWorker, type EmbeddedClient } from '../../functions/targets/embedded/client.ts';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { readFolder } from '../../scripts/cli/load.ts';
import { outcomeOf } from '../../functions/control/backfills.ts';
import { loadFiles, type LoadResult } from '../../functions/control/imports.ts';
import { planDocument, planRequest } from '../../functions/control/plan.ts';
import { runBackfill } from '../../functions/control/watch.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { PartitionState } from '../../shared/domain/partition.ts';
import { isComputed, PHASES } from '../../shared/domain/table.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import type { Backfill } from '../../shared/state/backfills.ts';
import { paths, type CompletionDocument, type RunDocument } from '../../shared/state/documents.ts';
import { proof } from './proof.ts';
import { folderOfRun, onceInARun } from './once-in-a-run.ts';
import { readConfig } from '../../shared/config.ts';
import { removeFolder } from './remove-folder.ts';

const DATA = process.env['FULLCOURT_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));

/**
 * Whether suites over real seasons run: the historical files are on this machine, and more than small worlds is to be
 * proved. The line on the console names what is left out when they do not.
 */
export function haveSeasons(leftOut: string): boolean {
  if (proof === 'small') return false;
  const found = existsSync(join(DATA, 'schedule_2023-24.csv.gz'));
  if (!found) console.log(`Left out: ${leftOut} (no historical files in ${DATA}; set FULLCOURT_DATA)`);
  return found;
}

/** A home that is open: this process does the work. */
export interface Home {
  readonly folder: string;
  readonly client: EmbeddedClient;
  readonly worker: Worker;
  readonly close: () => Promise<void>;
}

/** @throws Error when another process has the home */
export async function openHome(folder: string): Promise<Home> {
  const client = openClient({
    ...readConfig({ FULLCOURT_THREADS: process.env['FULLCOURT_THREADS'] }),
    home: folder,
  });
  const worker = await openWorker(client, 'test');
  if (worker === undefined) throw new Error(`${folder} is in use`);
  worker.dispatcher.start();
  return {
    folder,
    client,
    worker,
    close: async () => {
      await worker.close();
      client.close();
    },
  };
}

/** Opens the home for `work` and closes it however that ends. */
export async function atHome<T>(folder: string, work: (home: Home) => Promise<T>): Promise<T> {
  const home = await openHome(folder);
  try {
    return await work(home);
  } finally {
    await home.close();
  }
}

const folders: string[] = [];

/** A new empty folder, removed by {@link removeFolders}. */
export function newFolder(): string {
  const folder = mkdtempSync(join(folderOfRun(), 'home-'));
  folders.push(folder);
  return folder;
}

/** A copy of a closed home. */
export function copyOf(home: string): string {
  const folder = newFolder();
  cpSync(home, folder, { recursive: true });
  return folder;
}

/** For each home that files of tests share, the copy that this process has made of it. */
const own = new Map<string, string>();

/**
 * This process's own copy of a home that files of tests share, made at the first call. Whoever opens a home writes into its folder,
 * also to read: a process that copies it at that moment would have a home that is in use, or half of one.
 */
export function ownCopyOf(shared: string): string {
  const known = own.get(shared);
  if (known !== undefined && existsSync(known)) return known;
  const folder = copyOf(shared);
  own.set(shared, folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) removeFolder(folder);
}

/** What fills a home with a season: its files, or a part of them. */
export interface Filling {
  /** Part of the name of the home. */
  readonly name: string;
  readonly season: Season;
  readonly files: readonly SourceFile[];
}

function whole(season: Season): Filling {
  return { name: season, season, files: readFolder(DATA) };
}

/** The raw tables of a season, imported. Other tests of this process read them, too: to change them, take a {@link copyOf}. */
export async function rawHome(of: Season | Filling): Promise<string> {
  return ownCopyOf(await sharedRaw(of));
}

function sharedRaw(of: Season | Filling): Promise<string> {
  const { name, season, files } = typeof of === 'string' ? whole(of) : of;
  return onceInARun(`raw-${name}`, (folder) =>
    atHome(folder, async (home) => {
      await importFiles(home, files, season);
    }),
  );
}

/** What is remembered of the backfill that filled a built home. */
export interface BuiltRecord {
  readonly plan: Awaited<ReturnType<typeof planDocument>>;
  readonly outcome: Awaited<ReturnType<typeof outcomeOf>>;
}
const RECORD = 'built.json';

/**
 * A season with all tables of phases 3 and 4, from one request; `record` says what was planned and what happened. Other tests of
 * this process read it, too: to change it, take a {@link copyOf}.
 */
export async function builtHome(
  of: Season | Filling,
): Promise<{ readonly folder: string; readonly record: BuiltRecord }> {
  const { name, season } = typeof of === 'string' ? { name: of, season: of } : of;
  const shared = await onceInARun(`built-${name}`, async (building) => {
    cpSync(await sharedRaw(of), building, { recursive: true });
    await atHome(building, async (home) => {
      const plan = await planOf(home, { season, through: 'phase4' });
      const outcome = await backfill(home, { season, through: 'phase4' });
      const record: BuiltRecord = { plan, outcome };
      writeFileSync(join(building, RECORD), JSON.stringify(record));
    });
  });
  const folder = ownCopyOf(shared);
  return { folder, record: JSON.parse(readFileSync(join(folder, RECORD), 'utf8')) as BuiltRecord };
}

/** Imports the files that fill `season`, as `fullcourt import` does. @throws Error naming what could not be loaded */
export async function importFiles(
  { client, worker }: Home,
  files: readonly SourceFile[],
  season: Season,
): Promise<LoadResult> {
  const result = await loadFiles(client, files, { seasons: [season], worker });
  if (result.failed.length > 0) throw new Error(result.failed.join('\n'));
  return result;
}

/** The folder of the historical files. */
export function dataFolder(): string {
  return DATA;
}

/** A source file with other lines: `change` is given each line's cells by column and may change them. */
export function changedFile(file: SourceFile, change: (cells: Record<string, string>) => void): SourceFile {
  const [head = '', ...lines] = gunzipSync(file.bytes()).toString('utf8').split('\n');
  const columns = head.split(',');
  const changed = lines.map((line) => {
    if (line === '' || line.includes('"')) return line;
    const cells = Object.fromEntries(line.split(',').map((cell, i) => [columns[i] ?? '', cell]));
    change(cells);
    return columns.map((column) => cells[column]).join(',');
  });
  const bytes = gzipSync([head, ...changed].join('\n'), { level: 1 });
  return { name: file.name, bytes: () => bytes };
}

export type Request = Omit<Partial<BackfillRequest>, 'startDate' | 'endDate' | 'dates' | 'tables'> & {
  startDate?: string;
  endDate?: string;
  dates?: readonly string[];
  tables?: readonly string[];
};

/** Publishes the request and waits for its end. @returns what a script would be told */
export async function backfill({ client, worker }: Home, request: Request) {
  const { backfill: document, seconds } = await runBackfill(client, request as BackfillRequest, {
    worker,
  });
  return outcomeOf(client, document, seconds);
}

/** What `fullcourt plan` says. */
export async function planOf({ client }: Home, request: Request) {
  return planDocument(client, await planRequest(client, request as BackfillRequest));
}

/** Every partition of the computed tables that has a completion document: `table@date` -> state. */
export async function partitionsOf(client: EmbeddedClient): Promise<Map<string, PartitionState>> {
  const found = new Map<string, PartitionState>();
  for (const phase of PHASES.filter((each) => each !== 'phase2')) {
    for (const { data } of await client.store.list(`${phase}_completion`)) {
      const { date, tables } = data as unknown as CompletionDocument;
      for (const [table, state] of Object.entries(tables)) found.set(`${table}@${date}`, state);
    }
  }
  return found;
}

/** The state of one partition of any table. */
export async function partition(
  client: EmbeddedClient,
  table: string,
  date: string,
): Promise<PartitionState | undefined> {
  const { phase } = client.registry.get(table).definition;
  return (await client.store.get<CompletionDocument>(paths.completion(phase, date as GameDate)))?.tables[
    table
  ];
}

/** `table@date` -> content fingerprint of the partitions that are built, for those that `only` accepts. */
export async function contents(
  client: EmbeddedClient,
  only: (name: string) => boolean = () => true,
): Promise<Record<string, string | null>> {
  const entries = [...(await partitionsOf(client))].filter(
    ([name, state]) => only(name) && state.outputFingerprint !== null,
  );
  return Object.fromEntries(
    entries.map(([name, state]): [string, string | null] => [name, state.outputFingerprint]).sort(byName),
  );
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

/** Partitions whose completion document and warehouse do not agree on rows or content; empty when all is as told. */
export async function untrue({ client, worker }: Home): Promise<string[]> {
  const states = await partitionsOf(client);
  const lies: string[] = [];
  for (const table of client.registry.all.filter(({ definition }) => isComputed(definition))) {
    const prefix = `${table.definition.name}@`;
    const named = [...states].filter(
      ([name, state]) => name.startsWith(prefix) && state.outputFingerprint !== null,
    );
    const dates = named.map(([name]) => name.slice(prefix.length) as GameDate).sort();
    const published = await worker.context.ports.warehouse.published(table, dates);
    if (!published.ok) throw new Error(published.failure.detail);
    for (const { date, rows, fingerprint } of published.value) {
      const state = states.get(`${prefix}${date}`);
      if (state?.rows !== rows || state.outputFingerprint !== fingerprint) lies.push(`${prefix}${date}`);
    }
  }
  return lies;
}

/** Rows of a query in the portable subset. */
export async function rowsOf({ worker }: Home, sql: string): Promise<readonly Row[]> {
  const rows = await worker.context.ports.warehouse.query(sql);
  if (!rows.ok) throw new Error(rows.failure.detail);
  return rows.value;
}

/** The run documents of one backfill. */
export async function runsOf(client: EmbeddedClient, backfillId: string): Promise<RunDocument[]> {
  return (await client.store.list('runs', { backfillId })).map(({ data }) => data as unknown as RunDocument);
}

export async function backfillDocument(client: EmbeddedClient, id: string): Promise<Backfill | undefined> {
  return client.store.get<Backfill>(paths.backfill(id));
}
