/** `diff`: what has changed in the rows of a date, with old and new values. */
import { changesOn, type Change } from '../../functions/control/changes.ts';
import type { Client } from '../../functions/targets/client.ts';
import { counted } from '../../shared/domain/counted.ts';
import type { ChangeCount } from '../../shared/ports/warehouse.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { dateOption } from './dates.ts';
import { tableOption } from './options.ts';
import { table } from './text-table.ts';

export interface DiffFlags {
  readonly table?: string;
}

export async function diffCommand(
  client: Client,
  text: string,
  flags: DiffFlags & GlobalOptions,
): Promise<number> {
  const date = dateOption('DATE', text);
  const only = flags.table === undefined ? undefined : tableOption('--table', flags.table, client.registry);
  const changes = await client.readWarehouse('diff', (warehouse) => changesOn(client, warehouse, date, only));
  answer(flags, { changes }, () =>
    changes.length === 0
      ? `Nothing has changed on ${date} in the last 90 days`
      : `${changeTable(changes.slice(0, SHOWN))}\n\n${counted(changes.length, 'change')}${changes.length > SHOWN ? `, the first ${SHOWN} shown; --json has all` : ''}`,
  );
  return EXIT.done;
}

const SHOWN = 200;

/** Changes as a table: a line for each cell, or for each row that was added or removed. */
export function changeTable(changes: readonly Change[]): string {
  return table(
    ['table', 'date', 'row', 'column', 'old', 'new'],
    changes.map((each) => [
      each.table,
      each.date,
      each.key,
      each.column ?? `(${each.kind})`,
      cellText(each.kind === 'changed', each.old),
      cellText(each.kind === 'changed', each.new),
    ]),
  );
}

function cellText(isCell: boolean, value: Change['old']): string {
  if (!isCell) return '';
  return value === null ? 'NULL' : String(value);
}

/** How many rows were added, changed and removed, in a line for each table. */
export function countTable(counts: readonly ChangeCount[]): string {
  const sum = (of: readonly ChangeCount[], kind: 'added' | 'changed' | 'removed'): number =>
    of.reduce((total, each) => total + each[kind], 0);
  return table(
    ['table', 'dates', 'first', 'last', 'added', 'changed', 'removed'],
    [...Map.groupBy(counts, (each) => each.table)].map(([name, of]) => [
      name,
      of.length,
      of[0]?.date ?? '',
      of.at(-1)?.date ?? '',
      sum(of, 'added'),
      sum(of, 'changed'),
      sum(of, 'removed'),
    ]),
  );
}
