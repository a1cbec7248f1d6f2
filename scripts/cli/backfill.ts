/** The commands `backfill` and `plan`. */
import { userInfo } from 'node:os';
import type { Client, Worker } from '../../functions/targets/client.ts';
import { outcomeOf, type BackfillOutcome } from '../../functions/control/backfills.ts';
import { failedCells, type FailedCell } from '../../functions/control/failed-cells.ts';
import { listText } from '../../functions/control/list-text.ts';
import { changesBy, type ChangeSummary } from '../../functions/control/changes.ts';
import { noDatesText, unknownSeasonsText } from '../../functions/control/date-range.ts';
import {
  fetchesPlanned,
  planDocument,
  matrixOf,
  planRequest,
  type Estimate,
  type FetchesPlanned,
  type PlanAnswer,
} from '../../functions/control/plan.ts';
import { plannedFetches } from '../../functions/control/planned-fetches.ts';
import { waysOn, type WayOn } from '../../functions/control/ways-on.ts';
import { targetsFilling } from '../../functions/control/target-tables.ts';
import { publishRequest } from '../../functions/control/watch.ts';
import { causeText } from '../../shared/domain/cause.ts';
import { counted, grouped } from '../../shared/domain/counted.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import type { Backfill } from '../../shared/state/backfills.ts';
import { paint } from './colours.ts';
import { answer, EXIT, tell, type GlobalOptions } from './command.ts';
import { changeTable, countTable } from './diff.ts';
import { tellLoadsLeft } from './finish-loads.ts';
import { refuseOtherCode, type OtherCodeFlags } from './other-code.ts';
import { limitText } from './preflight.ts';
import { fetchesText } from './fetches-text.ts';
import { leftOutReason, statusText } from './render.ts';
import { table } from './text-table.ts';
import { keptText } from './validate.ts';
import { runAndShow } from './watch.ts';

export async function backfillCommand(
  client: Client,
  request: BackfillRequest,
  options: GlobalOptions & OtherCodeFlags & { watch?: boolean },
): Promise<number> {
  refuseOtherCode(client, options);
  const asked = { requestedBy: userInfo().username, ...request };
  if (options.watch === false) {
    const { id } = await publishRequest(client, asked);
    answer(
      options,
      { backfillId: id, state: 'requested' },
      () =>
        `The request is published as backfill ${id}; ${
          client.config.target === 'embedded' && client.holder?.() === undefined
            ? `nobody works on this home now, go on with: fullcourt backfills watch ${id}`
            : `see how far it is with: fullcourt backfills show ${id}`
        }`,
    );
    return EXIT.done;
  }
  const worker = await client.openWorker('backfill');
  try {
    worker?.dispatcher.start();
    const { backfill, seconds } = await runAndShow(client, asked, { worker });
    const outcome = await outcomeOf(client, backfill, seconds);
    const changed = await changesUnlessHeld(client, worker, backfill.id);
    const failed = await failedCells(client, backfill.id);
    answer(
      options,
      { ...outcome, failed, changes: changed?.changes ?? null },
      () => `${summaryText(backfill, outcome, failed)}${changedText(changed)}`,
    );
    return backfill.state === 'done' ? EXIT.done : EXIT.failed;
  } finally {
    await worker?.close();
  }
}

/** What a backfill has changed; undefined while another process has the warehouse open. */
async function changesUnlessHeld(
  client: Client,
  worker: Worker | undefined,
  backfillId: string,
): Promise<ChangeSummary | undefined> {
  if (worker !== undefined) return changesBy(client, worker.context.ports.warehouse, [backfillId]);
  try {
    return await client.readWarehouse('backfill', (warehouse) => changesBy(client, warehouse, [backfillId]));
  } catch (error) {
    if (error instanceof RequestError) return undefined;
    throw error;
  }
}

/** What has changed in rows that were published before; empty when nothing has. */
function changedText(changed: ChangeSummary | undefined): string {
  if (changed === undefined || changed.changes.length === 0) return '';
  const { changes, examples } = changed;
  return `\n\nRows that have changed (all of a date: fullcourt diff DATE)\n\n${countTable(changes)}\n\n${changeTable(examples)}`;
}

/** The summary that is printed when a backfill has ended: its tables, what failed, and how long it took. */
export function summaryText(
  backfill: Backfill,
  outcome: BackfillOutcome,
  failures: readonly FailedCell[],
): string {
  const { dates, runs, seconds, pausedSeconds, forecast } = outcome;
  const working = seconds - pausedSeconds;
  const verdict = outcome.verdict === null ? '' : ` (${outcome.verdict})`;
  const lines = [`Backfill ${backfill.id}: ${statusText(outcome.state)}${verdict}`];
  if (backfill.progress.length > 0) {
    lines.push(
      '',
      table(
        ['table', 'planned', 'done', 'failed', 'unchanged'],
        backfill.progress.map((each) => [each.table, each.planned, each.done, each.failed, each.unchanged]),
      ),
    );
  }
  if (failures.length > 0) {
    lines.push('', paint.red('Failed:'), ...failuresText(backfill.id, failures));
    lines.push(`Try them again with: fullcourt backfills retry ${backfill.id}`);
  }
  const pace =
    working > 0 && dates.built + dates.builtFirst > 0
      ? `, ${counted(Math.round(((dates.built + dates.builtFirst) / working) * 3600), 'date')} an hour`
      : '';
  // A request that is refused has done nothing.
  if (outcome.state === 'refused') return lines.join('\n');
  const outside = outsideText(outcome);
  if (outside !== null) lines.push('', outside);
  lines.push(
    '',
    `${datesText(dates)}; ${counted(runs, 'run')} in ${seconds.toFixed(1)} s${pausedSeconds > 0 ? `, ${pausedSeconds.toFixed(1)} s of them paused` : ''}${pace}`,
  );
  if (forecast !== null) lines.push(`Forecast when it began: ${bandText(forecast)}`);
  if (outcome.validation !== null) lines.push(keptText(outcome.validation));
  const how = { interrupted: 'watch', paused: 'resume' } as const;
  if (outcome.state === 'interrupted' || outcome.state === 'paused')
    lines.push(`Go on with: fullcourt backfills ${how[outcome.state]} ${backfill.id}`);
  return lines.join('\n');
}

/** `2.5 to 4.1 s`: as many backfills take longer than the first as take less; nine of ten take less than the second. */
export function bandText({ p50, p90 }: NonNullable<Estimate['seconds']>): string {
  const text = (seconds: number): string => (p90 < 10 ? seconds.toFixed(1) : grouped(Math.round(seconds)));
  return `${text(p50)} to ${text(p90)} s`;
}

/** Most failures that a summary names. */
const MAX_FAILURES = 12;

/**
 * What has failed, first that for which most wait: `  a@2024-01-05 has failed: the audit failed; 164 partitions wait for it; cure it
 * with: …`.
 */
export function failuresText(id: string, failures: readonly FailedCell[]): string[] {
  const lines = failures.slice(0, MAX_FAILURES).map(({ table: name, date, reason, waiting, cause }) => {
    const wait = waiting === 0 ? '' : `; ${counted(waiting, 'partition waits', 'partitions wait')} for it`;
    return `  ${cause === null ? `${name}@${date}: ${reason.slice(0, 160)}${wait}` : causeText(cause, wait)}`;
  });
  const more = failures.length - MAX_FAILURES;
  return more > 0 ? [...lines, `  and ${grouped(more)} more: fullcourt backfills show ${id} --json`] : lines;
}

/** Dates of which some table has no rows because nobody has meant to bring them; null without any. */
function outsideText({ outsideScope }: Pick<BackfillOutcome, 'outsideScope'>): string | null {
  const n = outsideScope.length;
  return n === 0
    ? null
    : `Outside of the scope of the files: the played games of ${counted(n, 'date')} (${listText(outsideScope, 3)}); tables of played games have no rows of them`;
}

/** `14 dates asked for: 12 built, 1 failed, 1 left out; 30 built first because their windows need them`. */
export function datesText({
  asked,
  built,
  builtFirst,
  unchanged,
  failed,
  leftOut,
  open,
}: BackfillOutcome['dates']): string {
  const parts: readonly (readonly [number, string])[] = [
    [built, 'built'],
    [unchanged, 'unchanged'],
    [failed, 'failed'],
    [leftOut, 'left out'],
    [open, 'still to build'],
  ];
  const told = parts.flatMap(([n, what], i) => (n > 0 || i === 0 ? [`${grouped(n)} ${what}`] : []));
  const first = builtFirst === 0 ? '' : `; ${grouped(builtFirst)} built first because windows need them`;
  return `${counted(asked, 'date')} asked for: ${told.join(', ')}${first}`;
}

export async function planCommand(
  client: Client,
  request: BackfillRequest,
  options: GlobalOptions,
): Promise<number> {
  await tellLoadsLeft(client);
  const planned = await planRequest(client, request);
  const normal = planned.request;
  const fetches = await fetchesOf(client, planned);
  const document = await planDocument(client, planned, fetches, request.skipPreflight !== undefined);
  const ways = document.go
    ? []
    : await waysOn(client, request, planned, (await matrixOf(client, planned, fetches !== null)).tables);
  answer(options, { ...document, ways }, () =>
    [planText(document, normal.dates), ...waysText(ways)].join('\n'),
  );
  if (normal.dates.length === 0) {
    tell(`NO-GO: ${noDatesText(planned.view)}`);
    return EXIT.failed;
  }
  return document.go && document.unknownSeasons.length === 0 ? EXIT.done : EXIT.failed;
}

/** The ways on, side by side, and their commands. */
function waysText(ways: readonly WayOn[]): string[] {
  if (ways.length === 0) return [];
  return [
    '',
    table(
      ['way on', 'runs', 'time', 'USD', 'covered afterwards', 'dates of inputs still missing'],
      ways.map(({ way, go, runs, seconds, usd, coverage: { after, expected }, inputsMissing }) => [
        go ? way : `${way} (not yet: NO-GO)`,
        runs,
        seconds === null ? 'not known' : bandText(seconds),
        usd.toFixed(4),
        `${grouped(after)} / ${grouped(expected)}`,
        inputsMissing,
      ]),
    ),
    ...ways.map(
      ({ way, commands }) => `${way}: ${commands.map((command) => `\`${command}\``).join(', then ')}`,
    ),
  ];
}

/** What live sources are asked before the request is built; null where none are. */
async function fetchesOf(
  client: Client,
  { request, fetched }: Awaited<ReturnType<typeof planRequest>>,
): Promise<FetchesPlanned | null> {
  if (targetsFilling(fetched).length === 0) return null;
  const now = (client.businessClock ?? client.clock)();
  return fetchesPlanned(await plannedFetches(client, client.config.sources, request, now));
}

function planText(document: PlanAnswer, dates: readonly string[]): string {
  const { requested, processable, bootstrap, unchanged } = document.dates;
  const early = bootstrap === 0 ? '' : `; ${grouped(bootstrap)} in the first days of a season`;
  const lines = [
    `${counted(requested, 'game date')}${dates.length > 0 ? ` from ${dates[0]} to ${dates.at(-1)}` : ''}: ${grouped(processable - unchanged)} to build, ${grouped(unchanged)} unchanged${early}`,
    '',
  ];
  if (document.tables.length > 0) {
    lines.push(
      table(
        ['table', 'phase', 'dates', 'runs', 'covered now', 'afterwards'],
        document.tables.map(({ coverage: { expected, now, after }, ...each }) => [
          each.table,
          each.phase.slice(5),
          each.dates,
          each.batches,
          `${grouped(now)} / ${grouped(expected)}`,
          `${grouped(after)} / ${grouped(expected)}`,
        ]),
      ),
      '',
    );
  }
  for (const { table: name, coverage } of document.tables)
    if (coverage.stillMissing.length > 0)
      lines.push(
        `Still missing afterwards: ${name} on ${counted(coverage.stillMissing.length, 'date')} (${listText(coverage.stillMissing, 3)})`,
      );
  if (document.fetches !== null) lines.push(...fetchesText(document.fetches));
  const reasons = Map.groupBy(document.excluded, ({ reason }) => leftOutReason(reason));
  for (const [reason, excluded] of reasons) {
    const named = [...new Set(excluded.map(({ date }) => date))];
    lines.push(`Left out, ${reason}: ${counted(named.length, 'date')} (${listText(named, 3)})`);
  }
  const outside = outsideText(document);
  if (outside !== null) lines.push(outside);
  if (reasons.size > 0 || outside !== null) lines.push('');
  if (document.unknownSeasons.length > 0)
    lines.push(paint.red(`Seasons: ${unknownSeasonsText(document.unknownSeasons)}`));
  for (const missing of document.noGo) lines.push(paint.red(`NO-GO ${missing.what}`));
  for (const { name, weight, threshold, value, verdict, cure } of document.criteria)
    if (weight === 'high' && verdict === 'NO-GO')
      lines.push(
        `Runs all the same: ${name} ${value ?? 'none'}, ${limitText(threshold)}; cure it with \`${cure ?? ''}\``,
      );
  const { seconds, jobs, bytes, usd } = document.estimate;
  const duration =
    seconds === null ? 'no estimate of the time, because some tables have never run here' : bandText(seconds);
  if (jobs !== null)
    lines.push(
      `BigQuery: ${counted(jobs, 'job')}, about ${grouped(Math.ceil(bytes / 2 ** 20))} MiB billed, ${usd.toFixed(4)} USD`,
    );
  lines.push(
    `${document.go ? paint.green('GO') : paint.red('NO-GO')}: ${counted(document.runs, 'run')}${document.runs === 0 ? '' : `, ${duration}`}`,
  );
  if (document.go && document.runs > 0)
    lines.push(
      `Plan ${document.planId}: with --expect ${document.planId}, backfill runs exactly this or refuses`,
    );
  return lines.join('\n');
}
