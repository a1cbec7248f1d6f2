/** Draws tables and summaries as text. */
import Table from 'cli-table3';
import pc from 'picocolors';
import type { CompletionDocument } from '../../shared/state/documents.ts';
import type { TableCoverage } from '../../shared/domain/coverage.ts';

/** A table as text without frames. Numbers are aligned to the right. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const numeric = head.map(
    (_, i) => rows.length > 0 && rows.every((row) => row[i] === null || typeof row[i] === 'number'),
  );
  const drawn = new Table({
    head: head.map((text) => pc.bold(text)),
    colAligns: numeric.map((isNumber) => (isNumber ? 'right' : 'left')),
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  for (const row of rows)
    drawn.push(row.map((cell) => (cell === null ? '-' : typeof cell === 'number' ? grouped(cell) : cell)));
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** 12345 as `12 345`. */
export function grouped(value: number): string {
  return Number.isInteger(value) ? String(value).replace(/\B(?=(\d{3})+$)/g, ' ') : String(value);
}

/** A percentage with a colour: 100 is green, 95 and more yellow, less than 95 red. */
export function share(pct: number | null): string {
  if (pct === null) return '-';
  const text = `${pct} %`;
  return pct === 100 ? pc.green(text) : pct >= 95 ? pc.yellow(text) : pc.red(text);
}

/** The coverage of some tables: dates, games and rows, each as present / expected. */
export function coverageText(
  tables: readonly TableCoverage[],
  start: string,
  end: string,
  withAllDates = false,
): string {
  const head = [
    'table',
    'phase',
    'dates',
    'covered',
    ...(withAllDates ? ['of all game dates'] : []),
    'games',
    'rows',
    'ready',
    'synthetic',
    'left out',
  ];
  const rows = tables.map((each) => [
    each.table,
    each.phase.slice(5),
    `${each.present} / ${each.expected}`,
    share(each.pct),
    ...(withAllDates ? [`${each.present} / ${each.gameDates} ${share(each.pctOfGameDates)}`] : []),
    `${grouped(each.games.present)} / ${grouped(each.games.expected)}`,
    `${grouped(each.rows.actual)} / ${grouped(each.rows.expected)}${each.rows.unknownDates > 0 ? ' + ?' : ''}`,
    each.phase === 'phase2' || each.readyPct === null ? '-' : `${each.readyPct} %`,
    each.syntheticPct === null ? '-' : `${each.syntheticPct} %`,
    leftOut(each),
  ]);
  return `Coverage in game dates, ${start} to ${end}\n\n${table(head, rows)}`;
}

/** How many dates are left out, for each reason. */
function leftOut({ excluded }: TableCoverage): string {
  const reasons = Map.groupBy(excluded, ({ reason }) =>
    reason.startsWith('bootstrap') ? 'bootstrap' : reason,
  );
  return [...reasons].map(([reason, dates]) => `${dates.length} ${reason}`).join(', ');
}

/** The completion documents of one date: a row for each table. */
export function completionText(documents: readonly CompletionDocument[]): string {
  const rows = documents.flatMap((document) =>
    Object.entries(document.tables).map(([name, state]) => [
      document.phase.slice(5),
      name,
      statusText(state.status),
      state.revision,
      `${grouped(state.rows)} / ${grouped(state.expectedRows)}`,
      state.readyPct === null ? '-' : `${state.readyPct} %`,
      state.stale === null ? '' : pc.yellow(`stale (${state.stale.cause})`),
      state.reason ?? (state.waitingFor.length > 0 ? `waits for ${state.waitingFor.join(', ')}` : ''),
    ]),
  );
  return table(['phase', 'table', 'status', 'revision', 'rows', 'ready', '', 'reason'], rows);
}

export function statusText(status: string): string {
  switch (status) {
    case 'success':
    case 'done':
      return pc.green(status);
    case 'partial':
    case 'blocked':
    case 'waiting':
    case 'paused':
      return pc.yellow(status);
    case 'failed':
    case 'done_with_failures':
    case 'refused':
      return pc.red(status);
    default:
      return pc.dim(status);
  }
}
