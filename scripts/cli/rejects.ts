/** `rejects`: the rows of source files that the last loads refused, with file, line and reason. */
import { rejectedRows, type Rejects } from '../../functions/control/rejects.ts';
import type { Client } from '../../functions/targets/client.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { grouped, table } from './render.ts';

export async function rejectsCommand(client: Client, options: GlobalOptions): Promise<number> {
  const found = await rejectedRows(client);
  answer(options, found, () => rejectsText(found));
  return EXIT.done;
}

const SHOWN = 200;

function rejectsText({ total, rejects }: Rejects): string {
  if (rejects.length === 0) return 'No row was rejected';
  return [
    table(
      ['table', 'file', 'line', 'reason'],
      rejects.slice(0, SHOWN).map((each) => [each.table, each.file, each.line, each.reason]),
    ),
    '',
    `${grouped(total)} rows rejected${total > SHOWN ? `, the first ${SHOWN} shown` : ''}`,
  ].join('\n');
}
