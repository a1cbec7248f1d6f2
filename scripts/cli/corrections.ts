/** `corrections`: what sources said differently later, and what it moved. */
import { correctionsSince, type Correction } from '../../functions/control/corrections.ts';
import type { Client } from '../../functions/targets/client.ts';
import { counted } from '../../shared/domain/counted.ts';
import { answer, EXIT, tell, type GlobalOptions } from './command.ts';
import { dateOption } from './dates.ts';
import { table } from './text-table.ts';

export interface CorrectionsFlags {
  readonly since: string;
}

export async function correctionsCommand(
  client: Client,
  flags: CorrectionsFlags,
  options: GlobalOptions,
): Promise<number> {
  const asked = dateOption('--since', flags.since);
  const { corrections, since } = await client.readWarehouse('corrections', (warehouse) =>
    correctionsSince(client, warehouse, asked),
  );
  if (since > asked) tell(`Changes are kept for 90 days: these are the corrections since ${since}`);
  answer(options, { corrections }, () =>
    corrections.length === 0
      ? `No source has said anything else since ${since}`
      : [
          correctionTable(corrections),
          '',
          `${counted(corrections.length, 'correction')}; what changed in rows of a date: fullcourt diff DATE`,
        ].join('\n'),
  );
  return EXIT.done;
}

function correctionTable(corrections: readonly Correction[]): string {
  return table(
    ['table', 'date', 'source', 'learned', 'rows', 'moved'],
    corrections.map(({ table: name, date, source, observedAt, rows, moved }) => [
      name,
      date,
      source ?? '',
      observedAt === null ? '' : `${observedAt.slice(0, 10)} ${observedAt.slice(11, 16)}Z`,
      rows,
      moved.map((each) => `${each.table} (${counted(each.dates.length, 'date')})`).join(', '),
    ]),
  );
}
