/** `backfills report`: one page about a backfill, as text, as JSON and as an HTML file. */
import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { backfillReport, type BackfillReport } from '../../functions/control/backfill-report.ts';
import { listText } from '../../functions/control/list-text.ts';
import type { Client } from '../../functions/targets/client.ts';
import { folderFor, placeFor } from '../../functions/targets/folders.ts';
import { gapsByCause, type GapGroup } from '../../shared/domain/backfill-report.ts';
import { causeText } from '../../shared/domain/cause.ts';
import { counted, grouped } from '../../shared/domain/counted.ts';
import type { KeptValidation } from '../../shared/domain/validation.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { barsSvg, figureHtml, htmlPage, tableHtml } from '../../shared/domain/html-page.ts';
import { escapedHtml } from '../../shared/domain/html-text.ts';
import { bandText, datesText, failuresText } from './backfill.ts';
import { backfillAsked, shortRequest, unknownBackfill } from './backfills.ts';
import { answer, copyable, EXIT, type GlobalOptions } from './command.ts';
import { paint } from './colours.ts';
import { limitText } from './preflight.ts';
import { leftOutReason, statusText } from './render.ts';
import { requestText } from './request-text.ts';
import { table, type TableCell } from './text-table.ts';
import { keptText } from './validate.ts';

export interface ReportFlags extends GlobalOptions {
  readonly out?: string;
}

/** @throws RequestError when there is no such backfill, or the file cannot be written */
export async function reportCommand(client: Client, asked: string, flags: ReportFlags): Promise<number> {
  const { out } = flags;
  if (out !== undefined) checkOut(out);
  const { id } = await backfillAsked(client, asked);
  const report = await backfillReport(client, id);
  if (report === undefined) throw unknownBackfill(client, asked);
  const file = out === undefined ? null : writePage(out, report);
  answer(flags, { ...report, request: shortRequest(report.request), file }, () =>
    [reportText(report), ...(file === null ? [] : ['', `Page: ${file}`])].join('\n'),
  );
  return EXIT.done;
}

/** @throws RequestError when the flag names no file of a page */
function checkOut(out: string): void {
  if (!/[^/]\.html$/.test(out))
    throw new RequestError(`--out must be a file whose name ends in .html, not "${out}"`, { flag: '--out' });
  placeFor('--out', dirname(out));
}

/** @returns the address of the file */
function writePage(out: string, report: BackfillReport): string {
  const file = join(folderFor('--out', dirname(out)), basename(out));
  try {
    writeFileSync(file, reportHtml(report));
  } catch (error) {
    throw new RequestError(`--out: ${out} cannot be written: ${(error as Error).message}`, {
      flag: '--out',
      cause: error,
    });
  }
  return file;
}

/** A part of the report, of which the text and the page are made. */
interface Section {
  /** Empty for the first. */
  readonly title: string;
  readonly lines: readonly string[];
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly (readonly TableCell[])[] };
}

/** The report as text. */
export function reportText(report: BackfillReport): string {
  const head = `Backfill ${report.backfillId}: ${statusText(report.state)}${verdictText(report)}`;
  const parts = sectionsOf(report).flatMap(({ title, lines, table: grid }) => [
    '',
    ...(title === '' ? [] : [paint.bold(title)]),
    ...(grid === undefined ? [] : [table(grid.head, grid.rows)]),
    ...lines,
  ]);
  return [head, ...parts].join('\n');
}

/** The report as a page, with a plot of the coverage. */
export function reportHtml(report: BackfillReport): string {
  const bars = report.tables.map(({ table: name, before, after: { expected, present } }) => ({
    name,
    share: expected === 0 || before === null ? 0 : before.present / Math.max(before.expected, expected),
    behind: expected === 0 ? 0 : present / Math.max(before?.expected ?? 0, expected),
    text: `${before === null ? '' : `${before.present} to `}${present} of ${expected}`,
  }));
  const plot = figureHtml({
    title: 'Covered dates',
    says: 'Dark: when it was asked for. Light: now.',
    svg: barsSvg('Covered dates', bars),
  });
  const parts = sectionsOf(report).map(
    ({ title, lines, table: grid }) =>
      `${title === '' ? '' : `<h2>${escapedHtml(title)}</h2>`}${
        grid === undefined
          ? ''
          : tableHtml(
              grid.head,
              grid.rows.map((row) => row.map(plain)),
            )
      }${lines.map((line) => `<p>${escapedHtml(copyable(line))}</p>`).join('\n')}`,
  );
  const title = `Backfill ${report.backfillId}: ${report.state}${verdictText(report)}`;
  return htmlPage(title, [...parts, ...(bars.length === 0 ? [] : [plot])].join('\n'));
}

function plain(cell: TableCell): string | number {
  if (cell === null) return '';
  return typeof cell === 'object' ? cell.text : cell;
}

const verdictText = ({ verdict }: BackfillReport): string => (verdict === null ? '' : ` (${verdict})`);
const minute = (instant: string): string => `${instant.slice(0, 16).replace('T', ' ')} UTC`;

function sectionsOf(report: BackfillReport): Section[] {
  return [
    askedSection(report),
    decisionSection(report),
    tablesSection(report),
    paceSection(report),
    ...(report.failed.length === 0
      ? []
      : [{ title: 'Failed', lines: failuresText(report.backfillId, report.failed) }]),
    ...(report.validation === null
      ? []
      : [{ title: 'Validation', lines: validationLines(report.validation) }]),
    gapsSection(report),
    {
      title: 'Next',
      lines:
        report.next.length === 0
          ? ['Nothing is left to do']
          : report.next.map(({ command, why }) => `${command} (${why})`),
    },
  ];
}

function askedSection({ requestedBy, createdAt, finishedAt, toldAt, request }: BackfillReport): Section {
  return {
    title: '',
    lines: [
      `Asked for by ${requestedBy ?? 'a message'} at ${minute(createdAt)}: ${requestText(request)}`,
      finishedAt === null
        ? `Not ended when this was told, at ${minute(toldAt)}`
        : `Ended at ${minute(finishedAt)}`,
    ],
  };
}

function decisionSection({ decision, bypass }: BackfillReport): Section {
  const title = 'Decision';
  if (decision === null) return { title, lines: ['Not kept: an earlier version began it'] };
  const failed = decision.criteria.filter(({ verdict }) => verdict === 'NO-GO');
  const held = decision.criteria.length - failed.length;
  return {
    title,
    lines: [
      `${decision.verdict}: ${held} of ${counted(decision.criteria.length, 'criterion', 'criteria')} held`,
      ...failed.map(
        ({ name, weight, threshold, value }) =>
          `  ${weight === 'critical' ? 'NO-GO' : 'lacked'} ${name}: ${value ?? 'none'}, ${limitText(threshold)}`,
      ),
      ...(bypass === null
        ? []
        : [`Let through by ${bypass.by ?? 'a person who is not named'}: ${bypass.reason}`]),
    ],
  };
}

/** A column without any number is left out. */
const unlessNone = (n: number): number | null => (n === 0 ? null : n);

function tablesSection({ tables, state }: BackfillReport): Section {
  const reasons = new Map<string, { readonly tables: string[]; dates: number }>();
  for (const { table: name, leftOut } of tables)
    for (const { reason, dates } of leftOut) {
      const known = reasons.get(reason) ?? { tables: [], dates: 0 };
      known.tables.push(name);
      known.dates = Math.max(known.dates, dates);
      reasons.set(reason, known);
    }
  const isOver = !['running', 'interrupted', 'paused'].includes(state);
  return {
    title: 'Tables, on the dates that were asked for',
    table: {
      head: [
        'table',
        'phase',
        'before',
        isOver ? 'after' : 'now',
        'built',
        'unchanged',
        'failed',
        'to build',
        'left out',
      ],
      rows: tables.map(({ before, after, leftOut, ...each }) => [
        ...[each.table, each.phase.slice(5)],
        before === null ? '-' : `${grouped(before.present)} / ${grouped(before.expected)}`,
        `${grouped(after.present)} / ${grouped(after.expected)}`,
        each.built,
        ...[each.unchanged, each.failed, each.open].map(unlessNone),
        unlessNone(leftOut.reduce((sum, { dates }) => sum + dates, 0)),
      ]),
    },
    lines: [...reasons].map(
      ([reason, { tables: names, dates }]) =>
        `Left out, ${leftOutReason(reason)}: ${counted(dates, 'date')} (${listText(names, 3)})`,
    ),
  };
}

function paceSection({
  state,
  dates,
  runs,
  seconds,
  pausedSeconds,
  forecast,
  pace,
}: BackfillReport): Section {
  if (state === 'refused') return { title: 'Pace', lines: ['Nothing was started'] };
  const { datesAnHour, forecastDatesAnHour, beside } = pace;
  const rate = (value: number | null): string =>
    value === null ? 'not known' : `${counted(value, 'date')} an hour`;
  return {
    title: 'Pace',
    lines: [
      `${datesText(dates)}; ${counted(runs, 'run')} in ${seconds.toFixed(1)} s${pausedSeconds > 0 ? `, ${pausedSeconds.toFixed(1)} s of them paused` : ''}`,
      `Rate: ${rate(datesAnHour)}; forecast: ${forecast === null ? 'none' : `${rate(forecastDatesAnHour)}, ${bandText(forecast)}`}${beside === null ? '' : `; the time is ${beside}`}`,
    ],
  };
}

function validationLines(kept: KeptValidation): string[] {
  const more = kept.checks.reduce((sum, { findings }) => sum + findings, 0) - kept.first.length;
  return [
    keptText(kept),
    ...kept.first.map(
      ({ check, table: name, date, entity, value, threshold }) =>
        `  ${check}: ${name}@${date}${entity === null ? '' : ` ${entity}`} is ${value ?? 'NULL'}${threshold === null ? '' : `, should be ${threshold}`}`,
    ),
    ...(more > 0 ? [`  and ${grouped(more)} more`] : []),
  ];
}

/** Groups of gaps that are named. */
const MAX_GROUPS = 10;

function gapsSection({ gaps }: BackfillReport): Section {
  const title = 'Remaining gaps';
  if (gaps.length === 0) return { title, lines: ['None'] };
  const groups = gapsByCause(gaps);
  const more = groups.length - MAX_GROUPS;
  return {
    title,
    lines: [
      `${counted(gaps.length, 'cell')} from ${counted(groups.length, 'first cause')}`,
      ...groups.slice(0, MAX_GROUPS).map(groupText),
      ...(more > 0 ? [`  and ${more} more first causes; all of them with --json`] : []),
    ],
  };
}

function groupText({ cause, gaps }: GapGroup): string {
  const dates = [...new Set(gaps.map(({ date }) => date))].sort();
  const tables = [...new Set(gaps.map(({ table: name }) => name))];
  const where = `${listText(tables, 3)} on ${counted(dates.length, 'date')} (${listText(dates, 3)})`;
  return cause === null ? `  ${where}: no cause is known` : `  ${where}: ${causeText(cause)}`;
}
