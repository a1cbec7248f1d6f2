/** `export` and `snapshot`: take tables out as Parquet files, and copy a home as it is at one moment. */
import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '../../functions/targets/client.ts';
import { folderFor, placeFor } from '../../functions/targets/folders.ts';
import { parquetFile } from '../../functions/targets/parquet.ts';
import { counted } from '../../shared/domain/counted.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { qualifiedName, type TableDefinition } from '../../shared/domain/table.ts';
import type { Cell } from '../../shared/ports/warehouse.ts';
import { answer, EXIT, tell, type GlobalOptions } from './command.ts';
import { isAlive } from './emulator-file.ts';
import { tablesOption } from './options.ts';
import { whenStopped } from './stopped.ts';
import { table } from './text-table.ts';

export interface ExportFlags {
  readonly to?: string;
  readonly tables?: string;
}

interface Exported {
  readonly name: string;
  readonly rows: number;
  readonly file: string;
  readonly bytes: number;
}

/** @throws RequestError when the folder or a table is none */
export async function exportCommand(
  client: Client,
  flags: ExportFlags,
  options: GlobalOptions,
): Promise<number> {
  const folder = folderOption(flags.to);
  const names =
    flags.tables === undefined
      ? client.registry.all.map(({ definition }) => definition.name)
      : tablesOption('--tables', flags.tables, client.registry);
  const tables: Exported[] = [];
  forgetPartial(folder);
  await client.readWarehouse('export', async (warehouse) => {
    for (const name of names) {
      const { definition } = client.registry.get(name);
      const { columns, chunks } = await warehouse.ask(everyRowOf(definition));
      const file = join(folder, `${name}.parquet`);
      const partial = `${file}.partial-${process.pid}`;
      let rows = 0;
      const takeBack = whenStopped(
        () =>
          `Stopped. ${counted(tables.length, 'table is', 'tables are')} in ${folder}; the same command begins anew`,
      );
      try {
        await parquetFile(
          partial,
          columns,
          counting(chunks, (n) => (rows += n)),
        );
        renameSync(partial, file);
      } finally {
        takeBack();
        rmSync(partial, { force: true });
      }
      tables.push({ name, rows, file, bytes: statSync(file).size });
      tell(`  ${name}: ${counted(rows, 'row')}`);
    }
  });
  answer(options, { folder, tables }, () =>
    [
      table(
        ['table', 'rows', 'bytes', 'file'],
        tables.map((each) => [each.name, each.rows, each.bytes, `${each.name}.parquet`]),
      ),
      '',
      `${counted(tables.length, 'table is', 'tables are')} in ${folder}`,
    ].join('\n'),
  );
  return EXIT.done;
}

/** Removes what exports to this folder have left that were stopped in the middle of a table. */
function forgetPartial(folder: string): void {
  for (const name of readdirSync(folder)) {
    const by = /^\w+\.parquet\.partial-(\d+)$/.exec(name)?.[1];
    if (by !== undefined && !isAlive(Number(by))) rmSync(join(folder, name), { force: true });
  }
}

/** Every row, by date and key. The filter is for BigQuery, which asks for one on the partitions. */
function everyRowOf(definition: TableDefinition): string {
  const { partitionColumn, key } = definition;
  const order = [partitionColumn, ...key.filter((column) => column !== partitionColumn)].join(', ');
  return `SELECT * FROM ${qualifiedName(definition)} WHERE ${partitionColumn} >= DATE '1946-01-01' ORDER BY ${order}`;
}

async function* counting(
  chunks: AsyncGenerator<Cell[][]>,
  count: (rows: number) => void,
): AsyncGenerator<Cell[][]> {
  for await (const rows of chunks) {
    count(rows.length);
    yield rows;
  }
}

/** The folder, made when it is missing. @throws RequestError when it is none */
function folderOption(to: string | undefined): string {
  if (to === undefined)
    throw new RequestError('--to DIR says where the files are to be written', { flag: '--to' });
  return folderFor('--to', to);
}

export interface SnapshotFlags {
  readonly to?: string;
}

/** @throws RequestError on a cloud target, or when the folder holds something */
export async function snapshotCommand(
  client: Client,
  flags: SnapshotFlags,
  options: GlobalOptions,
): Promise<number> {
  if (flags.to === undefined)
    throw new RequestError('--to DIR says where the copy is to be', { flag: '--to' });
  if (client.snapshot === undefined)
    throw new RequestError(
      `snapshot copies an embedded home; on the target ${client.config.target} use point-in-time recovery (docs/deploy.md)`,
      { flag: '--target' },
    );
  const folder = placeFor('--to', flags.to);
  await client.snapshot(folder);
  answer(
    options,
    { home: client.config.home, folder },
    () =>
      `${folder} is a copy of ${client.config.home}; look into it with: FULLCOURT_HOME=${folder} fullcourt status`,
  );
  return EXIT.done;
}
