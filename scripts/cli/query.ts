/** `query`: the rows of a query in the portable subset of BigQuery SQL. */
import { queryRows } from '../../functions/control/query.ts';
import type { Client } from '../../functions/targets/client.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { grouped, table } from './render.ts';

export async function queryCommand(client: Client, sql: string, options: GlobalOptions): Promise<number> {
  const rows = await client.withWarehouse('query', (warehouse) => queryRows(warehouse, sql));
  answer(options, { rows }, () => rowsText(rows));
  return EXIT.done;
}

function rowsText(rows: readonly Row[]): string {
  if (rows.length === 0) return 'No rows';
  const names = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) =>
    names.map((name) => (typeof row[name] === 'boolean' ? String(row[name]) : (row[name] ?? null))),
  );
  return `${table(names, cells)}\n\n${grouped(rows.length)} rows`;
}
