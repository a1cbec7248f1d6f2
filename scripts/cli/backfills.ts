/** The commands `backfills`: list, show, watch, pause, resume, cancel and retry. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  backfillsByAge,
  cancelBackfill,
  findBackfill,
  outcomeOf,
  pauseBackfill,
  resumeBackfill,
  retryOf,
  seenState,
  showBackfill,
  validationOf,
  type SeenState,
} from '../../functions/control/backfills.ts';
import { failedCells } from '../../functions/control/failed-cells.ts';
import type { Client, Worker } from '../../functions/targets/client.ts';
import { BACKFILL_REQUEST_TOPIC } from '../../shared/derive/topic-names.ts';
import { counted } from '../../shared/domain/counted.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { Backfill, NormalRequest } from '../../shared/state/backfills.ts';
import { backfillCommand, summaryText } from './backfill.ts';
import { answer, EXIT, tell, type GlobalOptions } from './command.ts';
import { chosenOption, numberOption } from './options.ts';
import { refuseOtherCode, type OtherCodeFlags } from './other-code.ts';
import { painted, statusText } from './render.ts';
import { requestText } from './request-text.ts';
import { table } from './text-table.ts';
import { watchAndShow } from './watch.ts';

export interface ListFlags extends GlobalOptions {
  readonly state?: string;
  readonly limit: string;
}

/** The states by which the list can be cut. */
export const STATES = [
  'running',
  'interrupted',
  'paused',
  'done',
  'done_with_failures',
  'cancelled',
  'refused',
] as const;

/** @throws RequestError when the state or the limit does not exist */
export async function listCommand(client: Client, options: ListFlags): Promise<number> {
  const state = chosenOption('--state', options.state, STATES);
  const most = numberOption('--limit', options.limit, { least: 0, zero: 'all' });
  const all = (await backfillsByAge(client)).map((backfill) => ({
    backfill,
    seen: seenState(client, backfill),
  }));
  const found = all.filter(({ seen }) => state === undefined || seen === state);
  const limit = most || found.length;
  const shown = found.slice(0, limit);
  const failed = new Map<string, Awaited<ReturnType<typeof failedCells>>>();
  for (const { backfill } of shown) failed.set(backfill.id, await failedCells(client, backfill.id));
  answer(
    options,
    {
      backfills: shown.map(({ backfill, seen }) => ({
        backfillId: backfill.id,
        state: seen,
        request: shortRequest(backfill.request),
        dates: backfill.dates,
        failed: failed.get(backfill.id) ?? [],
        plannedRuns: backfill.plannedRuns,
        createdAt: backfill.createdAt,
        finishedAt: backfill.finishedAt,
        verdict: backfill.verdict,
        validation: validationOf(backfill),
      })),
    },
    () => listText(shown, failed, found.length, state),
  );
  return EXIT.done;
}

function listText(
  shown: readonly { readonly backfill: Backfill; readonly seen: SeenState }[],
  failed: ReadonlyMap<string, readonly unknown[]>,
  found: number,
  state: string | undefined,
): string {
  if (found === 0)
    return state === undefined ? 'No backfill has been requested yet' : `No backfill is ${state}`;
  const rows = table(
    ['id', 'state', 'asked at', 'request', 'dates', 'failed', 'rows', 'verdict'],
    shown.map(({ backfill: each, seen }) => [
      each.id,
      painted(seen),
      each.createdAt.slice(0, 16).replace('T', ' '),
      requestText(each.request),
      each.dates.requested,
      failed.get(each.id)?.length ?? 0,
      validationOf(each)?.verdict ?? '',
      each.verdict ?? '',
    ]),
  );
  const more = found - shown.length;
  return more > 0 ? `${rows}\n${more} older: fullcourt backfills --limit 0` : rows;
}

/** A request without its dates, which may be many: the first and the last of them, and how many there are. */
export function shortRequest({ dates, ...rest }: NormalRequest) {
  return { start: dates[0] ?? null, end: dates.at(-1) ?? null, dates: dates.length, ...rest };
}

export async function showCommand(client: Client, asked: string, options: GlobalOptions): Promise<number> {
  const { id } = await backfillAsked(client, asked);
  const shown = await showBackfill(client, id);
  if (shown === undefined) throw unknownBackfill(client, asked);
  const { backfill, outcome } = shown;
  const failed = await failedCells(client, id);
  answer(
    options,
    {
      ...outcome,
      failed,
      request: { ...backfill.request, dates: backfill.request.dates.length },
      stage: backfill.stage,
      createdAt: backfill.createdAt,
      finishedAt: backfill.finishedAt,
    },
    () => `Asked for: ${requestText(backfill.request)}\n${summaryText(backfill, outcome, failed)}`,
  );
  return EXIT.done;
}

/** Waits for a backfill and shows its progress. @returns 0 when it ends as `done`, 1 when it ends otherwise */
export async function watchCommand(client: Client, asked: string, options: GlobalOptions): Promise<number> {
  const worker = await takeRequests(client);
  try {
    return await watchFound(client, await backfillAsked(client, asked), worker, options);
  } finally {
    await worker?.close();
  }
}

/** Most milliseconds that published requests may take to become backfills. */
const TAKING_MS = 10_000;

/**
 * Waits until requests that were published on this home, and that nobody has taken yet, are backfills, so that the last of them is
 * the last backfill. Where nobody works on the home, this process begins to.
 * @returns the worker of this process when there is one
 */
async function takeRequests(client: Client): Promise<Worker | undefined> {
  if (requestsWaiting(client) === 0) return undefined;
  const worker = await client.openWorker('backfills watch');
  worker?.dispatcher.start();
  for (const began = Date.now(); requestsWaiting(client) > 0 && Date.now() - began < TAKING_MS;)
    await sleep(client.pollMs);
  return worker;
}

function requestsWaiting(client: Client): number {
  return client.backlog()?.get(`${BACKFILL_REQUEST_TOPIC}-sub`) ?? 0;
}

async function watchFound(
  client: Client,
  { id }: Backfill,
  worker: Worker | undefined,
  options: GlobalOptions,
): Promise<number> {
  const backfill = await watchAndShow(client, id, worker === undefined ? {} : { worker });
  const shown = await showBackfill(client, id);
  const outcome = shown?.outcome ?? (await outcomeOf(client, backfill, 0));
  const failed = await failedCells(client, id);
  answer(options, outcome, () => summaryText(backfill, outcome, failed));
  return backfill.state === 'done' ? EXIT.done : EXIT.failed;
}

/** @throws RequestError when there is no such backfill */
export async function backfillAsked(client: Client, asked: string): Promise<Backfill> {
  const backfill = await findBackfill(client, asked);
  if (backfill === undefined) throw unknownBackfill(client, asked);
  return backfill;
}

export function unknownBackfill(client: Client, asked: string): RequestError {
  const waiting = requestsWaiting(client);
  const what = asked === 'last' ? 'no backfill' : `no backfill ${asked}`;
  return new RequestError(
    waiting > 0
      ? `There is ${what} yet; ${counted(waiting, 'published request waits', 'published requests wait')} for a process that works on this home, such as: fullcourt serve`
      : `There is ${what}; see them with: fullcourt backfills, and what was set aside with: fullcourt dead-letters`,
  );
}

const STEERING = { pause: pauseBackfill, resume: resumeBackfill, cancel: cancelBackfill } as const;
const STEERED = { pause: 'paused', resume: 'resumed', cancel: 'cancelled' } as const;

export async function steerCommand(
  client: Client,
  asked: string,
  how: keyof typeof STEERING,
  options: GlobalOptions & OtherCodeFlags,
): Promise<number> {
  const { id } = await backfillAsked(client, asked);
  if (how === 'resume') refuseOtherCode(client, options);
  const steered = await STEERING[how](client, id);
  if (steered.kind === 'unknown') throw unknownBackfill(client, asked);
  if (steered.kind === 'refused')
    throw new RequestError(
      `Backfill ${id} is ${steered.state}; only a backfill that is ${steered.needs.join(' or ')} can be ${STEERED[how]}`,
    );
  if (how === 'resume') return watchCommand(client, id, options);
  const worker = await client.openWorker(how);
  await worker?.dispatcher.drain();
  await worker?.close();
  answer(options, { backfillId: id, state: steered.to }, () =>
    how === 'cancel'
      ? `Backfill ${id} is ${statusText(steered.to)}; what it had not built is asked for again with: fullcourt backfills retry ${id}`
      : `Backfill ${id} is ${statusText(steered.to)}; go on with: fullcourt backfills resume ${id}`,
  );
  return EXIT.done;
}

export async function retryCommand(
  client: Client,
  asked: string,
  options: GlobalOptions & OtherCodeFlags,
): Promise<number> {
  const { id } = await backfillAsked(client, asked);
  const retry = await retryOf(client, id);
  switch (retry.kind) {
    case 'unknown':
      throw unknownBackfill(client, asked);
    case 'still active':
      throw new RequestError(`Backfill ${id} is ${retry.state}; it can be retried when it has ended`);
    case 'nothing failed':
      if (retry.state === 'refused') {
        tell(`Backfill ${id} was refused because no game is known of its dates; ask for them again`);
        return EXIT.failed;
      }
      answer(
        options,
        { backfillId: id, state: retry.state, retried: 0 },
        () => `Nothing of backfill ${id} has failed or was left undone`,
      );
      return EXIT.done;
    case 'ask':
      return backfillCommand(client, retry.request, options);
    default:
      return retry satisfies never;
  }
}
