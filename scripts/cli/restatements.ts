/** `restatements`: which later dates can change when some dates change, and through which inputs. */
import { unknownSeasonsText } from '../../functions/control/date-range.ts';
import { listText } from '../../functions/control/list-text.ts';
import { restatements, type Restatements } from '../../functions/control/restatements.ts';
import type { Client } from '../../functions/targets/client.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { rangeOptions } from './dates.ts';
import { phaseOption, tablesOption } from './options.ts';
import { table, terminalWidth, wrappedTo } from './text-table.ts';

export interface RestatementFlags {
  readonly start?: string;
  readonly end?: string;
  readonly through?: string;
  readonly tables?: string;
}

export async function restatementsCommand(
  client: Client,
  flags: RestatementFlags,
  options: GlobalOptions,
): Promise<number> {
  const { start, end } = rangeOptions(flags);
  const through = phaseOption('--through', flags.through) ?? 'phase5';
  const tables =
    flags.tables === undefined ? undefined : tablesOption('--tables', flags.tables, client.registry);
  const found = await restatements(client, { start, end, through, tables });
  const { dates, affected, unknownSeasons } = found;
  const unknown = unknownSeasons.length === 0 ? '' : `\n\nSeasons: ${unknownSeasonsText(unknownSeasons)}`;
  answer(
    options,
    { dates, affected, unknownSeasons },
    () =>
      `${dates.length === 0 ? `No game dates are known from ${start} to ${end}` : restatementsText(found)}${unknown}`,
  );
  return unknownSeasons.length === 0 ? EXIT.done : EXIT.failed;
}

function restatementsText({ tables, dates, affected }: Restatements): string {
  return [
    ...wrappedTo(
      `If ${tables.join(', ')} of ${listText(dates)} change, at most these partitions change (rebuilding stops where content is equal):`,
      terminalWidth(),
    ),
    '',
    table(
      ['table', 'dates', 'first', 'last', 'because'],
      affected.map((each) => [
        each.table,
        each.dates.length,
        each.dates[0] ?? '',
        each.dates.at(-1) ?? '',
        each.because,
      ]),
    ),
  ].join('\n');
}
