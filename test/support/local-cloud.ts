/** The emulator target in tests: what it needs here, and what its documents and tables hold, to be held against another target. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { missingForEmulator } from '../../scripts/cli/serve-emulator.ts';
import type { Client } from '../../functions/targets/client.ts';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { readConfig } from '../../shared/config.ts';
import { isComputed, isRaw, PHASES } from '../../shared/domain/table.ts';
import { qualifiedName } from '../../shared/domain/table.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { PartitionState } from '../../shared/domain/partition.ts';
import type { Row, Warehouse } from '../../shared/ports/warehouse.ts';
import type { CompletionDocument, RunDocument } from '../../shared/state/documents.ts';

/** What keeps the emulator target from running here; a line on the console names what is left out. */
export function canRun(suite: string): boolean {
  const missing = missingForEmulator(readConfig({ FULLCOURT_TARGET: 'emulator' }));
  if (missing.length > 0) console.log(`Left out: ${suite} (${missing.join('; ')})`);
  return missing.length === 0;
}

/** The lines of a source file up to a date. */
export function until(file: SourceFile, last: string): SourceFile {
  const [head = '', ...lines] = gunzipSync(file.bytes()).toString('utf8').split('\n');
  const at = head.split(',').findIndex((column) => ['game_date', 'date'].includes(column));
  if (at === -1) throw new Error(`${file.name} has no column of dates: ${head}`);
  const kept = lines.filter((line) => line !== '' && (line.split(',')[at] ?? '') <= last);
  const bytes = gzipSync([head, ...kept, ''].join('\n'), { level: 1 });
  return { name: file.name, bytes: () => bytes };
}

/** Of a partition, what must not depend on who built it, when and in which batch. */
export type Comparable = Omit<
  PartitionState,
  'token' | 'runId' | 'mode' | 'backfillId' | 'updatedAt' | 'gates'
>;

/** Every partition of every completion document, `table@date` -> what it says. */
export async function partitionsOf(client: Pick<Client, 'store'>): Promise<Record<string, Comparable>> {
  const found: [string, Comparable][] = [];
  for (const phase of PHASES) {
    for (const { data } of await client.store.list(`${phase}_completion`)) {
      const { date, tables } = data as unknown as CompletionDocument;
      for (const [table, state] of Object.entries(tables)) {
        const {
          token: _token,
          runId: _run,
          mode: _mode,
          backfillId: _backfill,
          updatedAt: _at,
          gates: _gates,
          ...rest
        } = state;
        found.push([`${table}@${date}`, rest]);
      }
    }
  }
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every row of every computed table, as sorted lines; of the dates that `only` accepts. */
export async function computedRows(
  client: Pick<Client, 'registry'>,
  warehouse: Warehouse,
  only: (date: string) => boolean = () => true,
): Promise<Record<string, readonly string[]>> {
  const rows: Record<string, readonly string[]> = {};
  for (const { definition } of client.registry.all) {
    if (!isComputed(definition)) continue;
    const columns = Object.keys(definition.columns);
    // BigQuery refuses to read these tables without a filter of dates.
    const found = await warehouse.query(
      `SELECT ${columns.join(', ')} FROM ${qualifiedName(definition)} WHERE ${definition.partitionColumn} >= DATE '1946-11-01'`,
    );
    if (!found.ok) throw new Error(`${definition.name}: ${found.failure.detail}`);
    rows[definition.name] = found.value
      .filter((row) => only(String(row[definition.partitionColumn])))
      .map((row: Row) => JSON.stringify(columns.map((name) => row[name])))
      .sort();
  }
  return rows;
}

/** Rows and fingerprints of the raw tables as they stand, read from the tables themselves. */
export async function rawContents(
  client: Pick<Client, 'registry' | 'store'>,
  warehouse: Warehouse,
): Promise<Record<string, { readonly rows: number; readonly fingerprint: string }>> {
  const states = Object.entries(await partitionsOf(client));
  const contents: Record<string, { rows: number; fingerprint: string }> = {};
  for (const table of client.registry.all.filter(({ definition }) => isRaw(definition))) {
    const prefix = `${table.definition.name}@`;
    const dates = states
      .filter(([name, { rows }]) => name.startsWith(prefix) && rows > 0)
      .map(([name]) => name.slice(prefix.length) as GameDate);
    if (dates.length === 0) continue;
    const published = await warehouse.published(table, dates);
    if (!published.ok) throw new Error(published.failure.detail);
    for (const { date, rows, fingerprint } of published.value)
      contents[`${prefix}${date}`] = { rows, fingerprint };
  }
  return contents;
}

/** Partitions that two runs have been settled for from the same inputs: work done twice. */
export async function doneTwice(client: Pick<Client, 'store'>, backfillId: string): Promise<string[]> {
  const seen = new Set<string>();
  const twice: string[] = [];
  for (const { data } of await client.store.list('runs', { backfillId })) {
    const run = data as unknown as RunDocument;
    if (run.state !== 'settled') continue;
    for (const { date, inputFingerprint } of run.dates) {
      const key = `${run.table}@${date} ${inputFingerprint}`;
      if (seen.has(key)) twice.push(key);
      seen.add(key);
    }
  }
  return twice;
}
