/** The commands `backfill`, `plan` and `backfills`. */
import pc from 'picocolors';
import type { Client, Worker } from '../../functions/targets/client.ts';
import {
  backfillsByAge,
  cancelBackfill,
  outcomeOf,
  pauseBackfill,
  resumeBackfill,
  retryOf,
  showBackfill,
  type BackfillOutcome,
} from '../../functions/control/backfills.ts';
import { listText } from '../../functions/control/list-text.ts';
import { changesBy, type ChangeSummary } from '../../functions/control/changes.ts';
import { unknownSeasonsText } from '../../functions/control/date-range.ts';
import { planDocument, planRequest, type PlanAnswer } from '../../functions/control/plan.ts';
import { publishRequest } from '../../functions/control/watch.ts';
import { BACKFILL_REQUEST_TOPIC } from '../../shared/derive/topic-names.ts';
import { counted, grouped } from '../../shared/domain/counted.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import { listFailures, type Backfill } from '../../shared/state/backfills.ts';
import { answer, EXIT, tell, type GlobalOptions } from './command.ts';
import { changeTable, countTable } from './diff.ts';
import { painted, statusText } from './render.ts';
import { table } from './text-table.ts';
import { runAndShow, watchAndShow } from './watch.ts';

export async function backfillCommand(
  client: Client,
  request: BackfillRequest,
  options: GlobalOptions & { watch?: boolean },
): Promise<number> {
  if (options.watch === false) {
    const { id } = await publishRequest(client, request);
    answer(
      options,
      { backfillId: id, state: 'requested' },
      () =>
        `The request is published as backfill ${id}; see how far it is with: fullcourt backfills show ${id}`,
    );
    return EXIT.done;
  }
  const worker = await client.openWorker('backfill');
  try {
    worker?.dispatcher.start();
    const { backfill, seconds } = await runAndShow(client, request, { worker });
    const outcome = await outcomeOf(client, backfill, seconds);
    const changed = await changesUnlessHeld(client, worker, backfill.id);
    const summary = options.json === true ? '' : await summaryText(client, backfill, outcome);
    answer(
      options,
      { ...outcome, changes: changed?.changes ?? null },
      () => `${summary}${changedText(changed)}`,
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
export async function summaryText(
  client: Pick<Client, 'store'>,
  backfill: Backfill,
  outcome: BackfillOutcome,
): Promise<string> {
  const { dates, runs, seconds } = outcome;
  const lines = [`Backfill ${backfill.id}: ${statusText(backfill.state)} (${outcome.verdict ?? ''})`];
  if (backfill.progress.length > 0) {
    lines.push(
      '',
      table(
        ['table', 'planned', 'done', 'failed', 'unchanged'],
        backfill.progress.map((each) => [each.table, each.planned, each.done, each.failed, each.unchanged]),
      ),
    );
  }
  const failures = await listFailures(client, backfill.id, 12);
  if (failures.length > 0) {
    lines.push('', pc.red('Failed or blocked:'));
    for (const { partition, reason } of failures) lines.push(`  ${partition}: ${reason.slice(0, 160)}`);
    lines.push(`Try them again with: fullcourt backfills retry ${backfill.id}`);
  }
  const pace =
    seconds > 0 && dates.built + dates.builtFirst > 0
      ? `, ${counted(Math.round(((dates.built + dates.builtFirst) / seconds) * 3600), 'date')} an hour`
      : '';
  const outside = outsideText(outcome);
  if (outside !== null) lines.push('', outside);
  lines.push('', `${datesText(dates)}; ${counted(runs, 'run')} in ${seconds.toFixed(1)} s${pace}`);
  return lines.join('\n');
}

/** Dates of which some table has no rows because nobody has meant to bring them; null without any. */
function outsideText({ outsideScope }: Pick<BackfillOutcome, 'outsideScope'>): string | null {
  const n = outsideScope.length;
  return n === 0
    ? null
    : `Outside of the scope of the files: the played games of ${counted(n, 'date')} (${listText(outsideScope, 3)}); tables of played games have no rows of them`;
}

/** `14 dates asked for: 12 built, 1 failed, 1 left out; 30 built first because their windows need them`. */
function datesText({
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
  const told = parts.flatMap(([n, what], i) => (n > 0 || i === 0 ? [`${n} ${what}`] : []));
  const first = builtFirst === 0 ? '' : `; ${builtFirst} built first because windows need them`;
  return `${counted(asked, 'date')} asked for: ${told.join(', ')}${first}`;
}

export async function planCommand(
  client: Client,
  request: BackfillRequest,
  options: GlobalOptions,
): Promise<number> {
  const planned = await planRequest(client, request);
  const normal = planned.request;
  const document = await planDocument(client, planned);
  answer(options, document, () => planText(document, normal.dates));
  if (normal.dates.length === 0) {
    tell(
      'There are no scheduled games on these dates; load a schedule first with `fullcourt import` or `fullcourt simulate`',
    );
    return EXIT.failed;
  }
  return document.go && document.unknownSeasons.length === 0 ? EXIT.done : EXIT.failed;
}

function planText(document: PlanAnswer, dates: readonly string[]): string {
  const { requested, processable, bootstrap, unchanged } = document.dates;
  const lines = [
    `${counted(requested, 'game date')}${dates.length > 0 ? ` from ${dates[0]} to ${dates.at(-1)}` : ''}: ${processable} to build, ${bootstrap} in the first days of a season, ${unchanged} unchanged`,
    '',
  ];
  if (document.tables.length > 0) {
    lines.push(
      table(
        ['table', 'phase', 'dates', 'runs'],
        document.tables.map((each) => [each.table, each.phase.slice(5), each.dates, each.batches]),
      ),
      '',
    );
  }
  const reasons = Map.groupBy(document.excluded, ({ reason }) => reason);
  for (const [reason, excluded] of reasons) {
    const named = [...new Set(excluded.map(({ date }) => date))];
    lines.push(`Left out, ${reason}: ${counted(named.length, 'date')} (${listText(named, 3)})`);
  }
  const outside = outsideText(document);
  if (outside !== null) lines.push(outside);
  if (reasons.size > 0 || outside !== null) lines.push('');
  if (document.unknownSeasons.length > 0)
    lines.push(pc.red(`Seasons: ${unknownSeasonsText(document.unknownSeasons)}`));
  for (const missing of document.noGo) lines.push(pc.red(`NO-GO ${missing.what}`));
  const { seconds, jobs, bytes, usd } = document.estimate;
  const duration =
    seconds === null
      ? 'no estimate of the time, because some tables have never run here'
      : `about ${grouped(Math.ceil(seconds))} s of compute`;
  if (jobs !== null)
    lines.push(
      `BigQuery: ${counted(jobs, 'job')}, about ${grouped(Math.ceil(bytes / 2 ** 20))} MiB billed, ${usd.toFixed(4)} USD`,
    );
  lines.push(
    `${document.go ? pc.green('GO') : pc.red('NO-GO')}: ${counted(document.runs, 'run')}, ${duration}`,
  );
  return lines.join('\n');
}

export async function listCommand(client: Client, options: GlobalOptions): Promise<number> {
  const all = await backfillsByAge(client);
  answer(
    options,
    {
      backfills: all.map((backfill) => ({
        backfillId: backfill.id,
        state: backfill.state,
        dates: backfill.dates,
        plannedRuns: backfill.plannedRuns,
        createdAt: backfill.createdAt,
        finishedAt: backfill.finishedAt,
        verdict: backfill.verdict,
      })),
    },
    () =>
      all.length === 0
        ? 'No backfill has been requested yet'
        : table(
            ['id', 'state', 'dates', 'runs planned', 'requested at', 'verdict'],
            all.map((each) => [
              each.id,
              painted(each.state),
              each.dates.requested,
              each.plannedRuns,
              each.createdAt.slice(0, 19),
              each.verdict ?? '',
            ]),
          ),
  );
  return EXIT.done;
}

export async function showCommand(client: Client, id: string, options: GlobalOptions): Promise<number> {
  const found = await showBackfill(client, id);
  if (found === undefined) throw unknownBackfill(client, id);
  const { backfill, outcome } = found;
  const text = await summaryText(client, backfill, outcome);
  answer(
    options,
    {
      ...outcome,
      request: { ...backfill.request, dates: backfill.request.dates.length },
      stage: backfill.stage,
      createdAt: backfill.createdAt,
      finishedAt: backfill.finishedAt,
    },
    () => text,
  );
  return EXIT.done;
}

function unknownBackfill(client: Client, id: string): RequestError {
  const waiting = client.backlog()?.get(`${BACKFILL_REQUEST_TOPIC}-sub`) ?? 0;
  return new RequestError(
    waiting > 0
      ? `There is no backfill ${id} yet; ${counted(waiting, 'published request waits', 'published requests wait')} for a process that works on this home, such as: fullcourt serve`
      : `There is no backfill ${id}; see them with: fullcourt backfills, and what was set aside with: fullcourt dead-letters`,
  );
}

const STEERING = { pause: pauseBackfill, resume: resumeBackfill, cancel: cancelBackfill } as const;
const STEERED = { pause: 'paused', resume: 'resumed', cancel: 'cancelled' } as const;

export async function steerCommand(
  client: Client,
  id: string,
  how: keyof typeof STEERING,
  options: GlobalOptions,
): Promise<number> {
  const steered = await STEERING[how](client, id);
  if (steered.kind === 'unknown') throw unknownBackfill(client, id);
  if (steered.kind === 'refused')
    throw new RequestError(
      `Backfill ${id} is ${steered.state}; only a backfill that is ${steered.needs.join(' or ')} can be ${STEERED[how]}`,
    );
  if (how === 'resume') {
    const backfill = await watchAndShow(client, id);
    const outcome = await outcomeOf(client, backfill, 0);
    answer(options, outcome, () => `Backfill ${id}: ${statusText(backfill.state)} (${backfill.verdict})`);
    return backfill.state === 'done' ? EXIT.done : EXIT.failed;
  }
  const worker = await client.openWorker(how);
  await worker?.dispatcher.drain();
  await worker?.close();
  answer(options, { backfillId: id, state: steered.to }, () => `Backfill ${id} is ${statusText(steered.to)}`);
  return EXIT.done;
}

export async function retryCommand(client: Client, id: string, options: GlobalOptions): Promise<number> {
  const retry = await retryOf(client, id);
  switch (retry.kind) {
    case 'unknown':
      throw unknownBackfill(client, id);
    case 'still active':
      throw new RequestError(`Backfill ${id} is ${retry.state}; it can be retried when it has ended`);
    case 'nothing failed':
      answer(
        options,
        { backfillId: id, state: retry.state, retried: 0 },
        () => `No date of backfill ${id} has failed`,
      );
      return EXIT.done;
    case 'ask':
      return backfillCommand(client, retry.request, options);
    default:
      return retry satisfies never;
  }
}
