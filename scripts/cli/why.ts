/** `why`: the causes of every cell that is not green, each with the command that cures it. */
import { why, whyBetween, type Explanation, type NotGreenCells } from '../../functions/control/why.ts';
import { unknownSeasonsText } from '../../functions/control/date-range.ts';
import { notReadyRows, type NotReadyRows } from '../../functions/control/not-ready.ts';
import type { Client } from '../../functions/targets/client.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { counted } from '../../shared/domain/counted.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { refName } from '../../shared/domain/partition.ts';
import { answer, EXIT, type GlobalOptions } from './command.ts';
import { dateOption, rangeOptions } from './dates.ts';
import { tableOption } from './options.ts';
import { table } from './text-table.ts';
import { causesText, cellsText } from './why-text.ts';

export interface WhyFlags extends GlobalOptions {
  readonly start?: string;
  readonly end?: string;
}

/**
 * The exit code is 1 when nothing is known of a season of the range.
 * @param asked the date and the table, either may be left out: `[table]` with a range, `[date]` for all tables
 * @throws RequestError when no date is named, or both a date and a range
 */
export async function whyCommand(
  client: Client,
  asked: readonly (string | undefined)[],
  flags: WhyFlags,
): Promise<number> {
  const isRange = flags.start !== undefined || flags.end !== undefined;
  const named = asked.filter((each) => each !== undefined);
  if (isRange ? named.length > 1 : named.length === 0)
    throw new RequestError(
      isRange
        ? 'Name either a date or a range: fullcourt why DATE [TABLE], or fullcourt why [TABLE] --start DATE --end DATE'
        : 'Say which date is meant: fullcourt why DATE [TABLE], or --start and --end',
    );
  const [first = '', second] = named;
  const date = isRange ? undefined : dateOption('DATE', first);
  const name = isRange ? named[0] : second;
  const asTable = name === undefined ? undefined : tableOption('TABLE', name, client.registry);
  if (date !== undefined && asTable !== undefined) return whyCell(client, asTable, date, flags);
  const { start, end } = date === undefined ? rangeOptions(flags) : { start: date, end: date };
  const tables = asTable === undefined ? undefined : [asTable];
  const found = await whyBetween(client, { start, end, tables });
  const { cells, unknownSeasons } = found;
  answer(flags, { start, end, cells, unknownSeasons }, () => rangeText(found, start, end));
  return unknownSeasons.length === 0 ? EXIT.done : EXIT.failed;
}

function rangeText({ cells, dates, unknownSeasons }: NotGreenCells, start: string, end: string): string {
  const range = start === end ? `on ${start}` : `from ${start} to ${end}`;
  const lines =
    dates.length === 0
      ? [`No game dates are known ${range}`]
      : cells.length === 0
        ? [`Every cell is green ${range}`]
        : [`${counted(cells.length, 'cell is', 'cells are')} not green ${range}`, ...cellsText(cells)];
  return [
    ...lines,
    ...(unknownSeasons.length === 0 ? [] : ['', `Seasons: ${unknownSeasonsText(unknownSeasons)}`]),
  ].join('\n');
}

/** One cell, with the state of its inputs and its last run; `status --date DATE --why TABLE` is the same. */
export async function whyCell(
  client: Client,
  name: string,
  date: GameDate,
  options: GlobalOptions,
): Promise<number> {
  const found = await why(client, name, date);
  const unready = [...new Map([found, ...found.causes].map((each) => [refName(each), each])).values()].filter(
    (each) => ('kind' in each ? each.kind : each.status) === 'not_ready',
  );
  const rows =
    unready.length === 0
      ? []
      : await client.readWarehouse('why', (warehouse) => notReadyRows(client.registry, warehouse, unready));
  answer(options, { cells: [{ ...found, notReady: rows }] }, () => cellText(found, rows));
  return EXIT.done;
}

function cellText(cell: Explanation, rows: readonly NotReadyRows[]): string {
  const { status, standing, causes, lastRun, inputs, entries } = cell;
  return [
    `${refName(cell)} is ${status === 'green' ? `green: ${standing ?? ''}` : `${status.replace('_', ' ')}, because`}`,
    ...causesText(causes, cell.date),
    ...(rows.length === 0
      ? []
      : [
          '',
          table(
            ['not ready', 'rows', 'code', 'such as'],
            rows.map((each) => [refName(each), each.rows, each.code ?? 'no code', each.examples.join(', ')]),
          ),
        ]),
    ...(lastRun?.answeredBy === undefined
      ? []
      : [`Its last run ${lastRun.runId} was answered by ${lastRun.answeredBy}`]),
    ...(entries.length === 0 ? [] : [`Archived: ${entries.join(', ')}`]),
    '',
    table(
      ['reads', 'window', '', 'dates', 'of them'],
      inputs.map((input) => [
        input.table,
        input.window,
        input.required ? 'required' : 'optional',
        input.dates,
        Object.entries(input.states)
          .map(([state, n]) => `${n} ${state.replace('_', ' ')}`)
          .join(', '),
      ]),
    ),
  ].join('\n');
}
