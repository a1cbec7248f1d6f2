/** Draws tables and summaries as text. */
import { counted, grouped } from '../../shared/domain/counted.ts';
import type { AnsweringRevision } from '../../functions/control/revisions.ts';
import type { SeenCompletion } from '../../functions/control/status.ts';
import type { TableCoverage } from '../../shared/domain/coverage.ts';
import { RAW_PHASE } from '../../shared/domain/table.ts';
import { paint } from './colours.ts';
import { table, terminalWidth, wrappedTo, type Painted } from './text-table.ts';

/**
 * A percentage with a colour: 100 is green, 95 and more yellow, less than 95 red.
 * @param before words before it, in the same colour
 */
export function share(pct: number | null, before = ''): Painted | string {
  if (pct === null) return `${before}-`;
  return {
    text: `${before}${pct} %`,
    paint: pct === 100 ? paint.green : pct >= 95 ? paint.yellow : paint.red,
  };
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
  ];
  const rows = tables.map((each) => [
    each.table,
    each.phase.slice(5),
    `${each.present} / ${each.expected}`,
    share(each.pct),
    ...(withAllDates ? [share(each.pctOfGameDates, `${each.present} / ${each.gameDates} `)] : []),
    `${grouped(each.games.present)} / ${grouped(each.games.expected)}`,
    `${grouped(each.rows.actual)} / ${grouped(each.rows.expected)}${each.rows.unknownDates > 0 ? ' + ?' : ''}`,
    each.phase === RAW_PHASE || each.readyPct === null ? '-' : `${each.readyPct} %`,
    each.syntheticPct === null ? '-' : `${each.syntheticPct} %`,
  ]);
  return [`Coverage in game dates, ${start} to ${end}`, '', table(head, rows), ...leftOut(tables)].join('\n');
}

/** Why dates are left out, in words for a person. */
export function leftOutReason(reason: string): string {
  return reason.startsWith('bootstrap') ? 'bootstrap (the first days of a season)' : reason;
}

/** How many dates are left out, for each reason, and in which tables. */
function leftOut(tables: readonly TableCoverage[]): string[] {
  const found = new Map<string, string[]>();
  for (const each of tables) {
    const reasons = Map.groupBy(each.excluded, ({ reason }) => leftOutReason(reason));
    for (const [reason, dates] of reasons) {
      const key = `Left out, ${reason}: ${counted(dates.length, 'date')} of `;
      found.set(key, [...(found.get(key) ?? []), each.table]);
    }
  }
  return namesText(found);
}

/** Lists of names, each after its label, below an empty line. */
function namesText(lists: ReadonlyMap<string, readonly string[]>): string[] {
  const width = Math.min(terminalWidth(), 120);
  const lines = [...lists].flatMap(([label, names]) => wrappedTo(`${label}${names.join(', ')}`, width));
  return lines.length === 0 ? [] : ['', ...lines];
}

/** The completion documents of one date: a row for each table. */
export function completionText(documents: readonly SeenCompletion[]): string {
  const rows = documents.flatMap((document) =>
    Object.entries(document.tables).map(([name, state]) => [
      name,
      document.phase.slice(5),
      painted(state.status),
      state.revision,
      `${grouped(state.rows)} / ${grouped(state.expectedRows)}`,
      state.readyPct === null ? '-' : `${state.readyPct} %`,
      state.stale === null ? '' : { text: `stale (${state.stale.cause})`, paint: paint.yellow },
      state.reason ?? (state.waitingFor.length > 0 ? `waits for ${state.waitingFor.join(', ')}` : ''),
    ]),
  );
  return [
    table(['table', 'phase', 'status', 'revision', 'rows', 'ready', '', 'reason'], rows),
    ...sourcesText(documents),
    ...answeredText(documents),
  ].join('\n');
}

/**
 * `Known from nba_cdn, last asked 2026-02-12 05:10 UTC: nbac_player_boxscores`, a line for each source and time; nothing where files
 * have told everything.
 */
function sourcesText(documents: readonly SeenCompletion[]): string[] {
  const lists = new Map<string, string[]>();
  for (const { tables } of documents)
    for (const [name, { sources = [] }] of Object.entries(tables))
      for (const { source, observedAt, observedKind } of sources) {
        const asked =
          observedKind === 'measured' ? `, last asked ${observedAt.slice(0, 16).replace('T', ' ')} UTC` : '';
        const label = `Known from ${source}${asked}: `;
        lists.set(label, [...(lists.get(label) ?? []), name]);
      }
  return [...lists.keys()].every((label) => label === FROM_FILES) ? [] : namesText(lists);
}

const FROM_FILES = 'Known from files: ';

/** Which revision of which service answered for which tables, where services did the work. */
function answeredText(documents: readonly SeenCompletion[]): string[] {
  const answered = documents.flatMap(({ tables }) =>
    Object.entries(tables).flatMap(([table, { answeredBy: revision }]) =>
      revision === undefined ? [] : [{ revision, table }],
    ),
  );
  return revisionsText(
    [...Map.groupBy(answered, ({ revision }) => revision)].map(([revision, all]) => ({
      revision,
      tables: all.map(({ table: name }) => name),
    })),
  );
}

/** `Answered by nba-phase3-run-00007-abc: player_game_summary`, a line for each revision. */
export function revisionsText(answered: readonly AnsweringRevision[]): string[] {
  return namesText(
    new Map(answered.map(({ revision, tables }) => [`Answered by ${revision}: `, [...tables]])),
  );
}

/** A status or state with its colour, for a cell of a table. */
export function painted(status: string): Painted {
  return { text: status, paint: paintOf(status) };
}

/** A status or state with its colour, for a sentence. */
export function statusText(status: string): string {
  return paintOf(status)(status);
}

function paintOf(status: string): Painted['paint'] {
  switch (status) {
    case 'success':
    case 'done':
      return paint.green;
    case 'partial':
    case 'blocked':
    case 'waiting':
    case 'paused':
    case 'interrupted':
      return paint.yellow;
    case 'failed':
    case 'done_with_failures':
    case 'refused':
      return paint.red;
    default:
      return paint.dim;
  }
}
