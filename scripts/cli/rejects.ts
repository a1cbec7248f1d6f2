/** `rejects`: the rows of source files that the last loads refused: their causes, and the first rows with file, line and reason. */
import { rejectedRows, type Rejects, type TableCause } from '../../functions/control/rejects.ts';
import type { Client } from '../../functions/targets/client.ts';
import { counted } from '../../shared/domain/counted.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { table } from './text-table.ts';

export async function rejectsCommand(client: Client, options: GlobalOptions): Promise<number> {
  const found = await rejectedRows(client);
  answer(options, found, () => rejectsText(found));
  return EXIT.done;
}

const SHOWN = 200;

function rejectsText({ total, causes, rejects }: Rejects): string {
  if (total === 0) return 'No row was rejected';
  return [
    causeTable(causes),
    '',
    table(
      ['table', 'file', 'line', 'reason'],
      rejects.slice(0, SHOWN).map((each) => [each.table, each.file, String(each.line), each.reason]),
    ),
    '',
    `${counted(total, 'row')} rejected${total > Math.min(SHOWN, rejects.length) ? `, ${Math.min(SHOWN, rejects.length)} of them shown with their lines` : ''}`,
  ].join('\n');
}

/** Causes as a table, a line for each cause and file. */
export function causeTable(causes: readonly TableCause[]): string {
  return table(
    ['rows', 'table', 'file', 'cause', 'first'],
    causes.map((each) => [each.rows, each.table, each.file, each.cause, each.example]),
  );
}
