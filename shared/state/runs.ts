/**
 * The one writer of run documents. A run is requested, claimed by a process that gets a lease with a fencing token, and
 * settled with what became of each of its dates.
 */
import { digest } from '../domain/hash.ts';
import {
  SCHEMA_VERSION,
  type CompletedDate,
  type RunCompleted,
  type RunRequested,
} from '../messages/schemas.ts';
import { runFinished } from '../observe/events/runs.ts';
import type { DocumentPorts } from '../ports/index.ts';
import { recordRun, traceparentOfRun } from '../observe/tracing.ts';
import type { Transaction } from '../ports/state-store.ts';
import {
  paths,
  runDocument,
  type RequestedRun,
  type RunDocument,
  type RunningRun,
  type SettledRun,
} from './documents.ts';
import { intend } from './outbox.ts';
import { readerOf } from './stored.ts';

type Store = Pick<DocumentPorts, 'store'>;
type Timed = Pick<DocumentPorts, 'store' | 'clock'>;
type Traced = Pick<DocumentPorts, 'tracer'>;
type Observed = Pick<DocumentPorts, 'log' | 'context' | 'tracer'>;

const documents = readerOf(runDocument);

/** A run by its id; undefined when there is none. */
export async function runOf({ store }: Store, runId: string): Promise<RunDocument | undefined> {
  return documents.read(paths.run(runId), await store.get(paths.run(runId)));
}

/** Whether there is a run with this id, also one that newer code has written. */
export async function isRun({ store }: Store, runId: string): Promise<boolean> {
  return (await store.get(paths.run(runId))) !== undefined;
}

/** The runs that exist of `runIds`, by id. */
export async function runsOf(
  { store }: Store,
  runIds: readonly string[],
): Promise<ReadonlyMap<string, RunDocument>> {
  const wanted = [...new Set(runIds)].map((runId) => paths.run(runId));
  const found = await store.getAll(wanted);
  const runs = wanted.flatMap((path, i) => documents.read(path, found[i]) ?? []);
  return new Map(runs.map((run) => [run.runId, run]));
}

/** A run as a transaction sees it. */
export async function runIn(tx: Transaction, runId: string): Promise<RunDocument | undefined> {
  return documents.read(paths.run(runId), await tx.get(paths.run(runId)));
}

/** Runs that have been asked for and that no process is at work on. */
export async function requestedRuns(ports: Store): Promise<RequestedRun[]> {
  return (await listed(ports, { state: 'requested' })).filter((run) => run.state === 'requested');
}

/** Runs that a process has claimed and not settled; its lease may be over. */
export async function runningRuns(ports: Store): Promise<RunningRun[]> {
  return (await listed(ports, { state: 'running' })).filter((run) => run.state === 'running');
}

/** Settled runs of a table, at most `limit` of them. */
export async function settledRuns(ports: Store, table: string, limit: number): Promise<SettledRun[]> {
  return (await listed(ports, { state: 'settled', table }, limit)).filter((run) => run.state === 'settled');
}

/** Settled runs whose announcement the orchestrator has not handled to its end. */
export async function unfollowedRuns(ports: Store): Promise<SettledRun[]> {
  return (await listed(ports, { state: 'settled', followed: false })).filter(
    (run) => run.state === 'settled',
  );
}

async function listed(
  { store }: Store,
  where: Readonly<Record<string, string | boolean>>,
  limit?: number,
): Promise<RunDocument[]> {
  return documents.readAll(await store.list('runs', where, limit));
}

/** The settled runs of a backfill. */
export async function settledRunsOf(ports: Store, backfillId: string): Promise<SettledRun[]> {
  return (await listed(ports, { backfillId })).filter((run) => run.state === 'settled');
}

/** How many runs a backfill has asked for. */
export function countRunsOf({ store }: Store, backfillId: string): Promise<number> {
  return store.count('runs', { backfillId });
}

/** Writes a run. */
export function writeRun(tx: Transaction, run: RunDocument): void {
  tx.set(paths.run(run.runId), documents.made(run));
}

export type Claim =
  | { readonly kind: 'granted'; readonly run: RunningRun }
  /** Another process holds the run; the sweep asks for it again when the lease is over. */
  | { readonly kind: 'held' }
  | { readonly kind: 'settled'; readonly run: SettledRun }
  | { readonly kind: 'unknown' };

/**
 * Claims a run for `leaseSeconds`. A run whose lease is over is taken over from its former owner. The larger token of the
 * new owner then refuses everything that the former one still tries to publish or settle.
 * @param revision the revision of the service that claims it, where a service does
 */
export async function claimRun(
  ports: Timed,
  runId: string,
  holder: string,
  leaseSeconds: number,
  revision?: string,
): Promise<Claim> {
  const now = ports.clock();
  return ports.store.transaction(async (tx): Promise<Claim> => {
    const run = await runIn(tx, runId);
    if (run === undefined) return { kind: 'unknown' };
    if (run.state === 'settled') return { kind: 'settled', run };
    if (run.state === 'running' && new Date(run.lease.expiresAt) > now) return { kind: 'held' };
    const { answeredBy: _, ...facts } = run;
    const granted: RunningRun = {
      ...facts,
      ...(revision === undefined ? {} : { answeredBy: revision }),
      state: 'running',
      token: run.token + 1,
      attempt: run.attempt + 1,
      lease: { holder, expiresAt: new Date(now.getTime() + leaseSeconds * 1000).toISOString() },
      startedAt: now.toISOString(),
    };
    writeRun(tx, granted);
    return { kind: 'granted', run: granted };
  });
}

/** A run as its owner knows it. Only the process that has the current token may write it. */
type Held = Pick<RunDocument, 'runId' | 'token'>;

/** Prolongs the lease of a run. @returns false when another process has taken it over, or it has ended */
export async function renewLease(ports: Timed, run: Held, leaseSeconds: number): Promise<boolean> {
  const expiresAt = new Date(ports.clock().getTime() + leaseSeconds * 1000).toISOString();
  return ports.store.transaction(async (tx) => {
    const now = await runIn(tx, run.runId);
    if (now?.state !== 'running' || now.token !== run.token) return false;
    writeRun(tx, { ...now, lease: { ...now.lease, expiresAt } });
    return true;
  });
}

/** The message that asks for a run. Made again, it differs in `causationId` only. */
export function requestOf(
  ports: Traced,
  run: Addressed & Pick<RunDocument, 'dates'>,
  causationId: string | null,
): RunRequested {
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'run_requested',
    eventId: `requested:${run.runId}`,
    correlationId: run.correlationId,
    causationId,
    traceparent: traceparentOfRun(ports, run),
    runId: run.runId,
    table: run.table,
    dates: datesInMessage(run),
    mode: run.mode,
    backfillId: run.backfillId,
    through: run.through,
  };
}

/** What the messages about a run say of it. */
type Addressed = Pick<
  RunDocument,
  'runId' | 'table' | 'mode' | 'backfillId' | 'through' | 'correlationId' | 'trace'
>;

/** The dates of a run as its request has them; their input versions are in the run document only. */
function datesInMessage({ dates }: Pick<RunDocument, 'dates'>): RunRequested['dates'] {
  return dates.map(({ inputVersion: _, ...date }) => date);
}

/** Gives a run back after a failure that may pass, so that the next delivery can claim it at once. */
export async function releaseRun(ports: Store, run: Held, error: string): Promise<void> {
  await ports.store.transaction(async (tx) => {
    const now = await runIn(tx, run.runId);
    if (now?.state !== 'running' || now.token !== run.token) return;
    writeRun(tx, { ...now, state: 'requested', lease: null, lastError: error });
  });
}

/** Ends the leases of those running runs for which `isOver` answers true, so that another process can claim them. */
export async function endLeases(ports: Store, isOver: (run: RunningRun) => boolean): Promise<RequestedRun[]> {
  const ended: RequestedRun[] = [];
  for (const run of await runningRuns(ports)) {
    if (!isOver(run)) continue;
    const freed = await ports.store.transaction(async (tx) => {
      const now = await runIn(tx, run.runId);
      if (now?.state !== 'running' || now.token !== run.token) return undefined;
      const requested: RequestedRun = { ...now, state: 'requested', lease: null };
      writeRun(tx, requested);
      return requested;
    });
    if (freed !== undefined) ended.push(freed);
  }
  return ended;
}

/**
 * Ends a run with what became of its dates; the announcement is written in the same transaction.
 * @returns the event to dispatch, or undefined when the lease was lost and another process answers for the run
 */
export async function settleRun(
  ports: Timed & Observed,
  run: Held & Pick<RunDocument, 'phase'>,
  outcome: readonly CompletedDate[],
): Promise<string | undefined> {
  const now = ports.clock();
  const settled = await ports.store.transaction(async (tx) => {
    const current = await runIn(tx, run.runId);
    if (current?.state !== 'running' || current.token !== run.token) return undefined;
    const settled: SettledRun = {
      ...current,
      state: 'settled',
      lease: null,
      finishedAt: now.toISOString(),
      outcome: outcome.map(({ gameHashes: _, ...result }) => result),
    };
    writeRun(tx, settled);
    intend(tx, run.phase, completionOf(ports, settled, outcome), now);
    return settled;
  });
  if (settled === undefined) return undefined;
  tellOfEnd(ports, settled);
  return completionId(settled);
}

function tellOfEnd(ports: Observed, run: SettledRun): void {
  const { outcome } = run;
  runFinished(ports, {
    runId: run.runId,
    table: run.table,
    phase: run.phase,
    mode: run.mode,
    backfillId: run.backfillId,
    dates: run.dates.map(({ date }) => date),
    attempt: run.attempt,
    status: WORST.find((status) => outcome.some((date) => date.status === status)) ?? 'empty',
    rows: outcome.reduce((sum, { rows }) => sum + rows, 0),
    failures: outcome.filter(({ status }) => status === 'failed').length,
    seconds: (new Date(run.finishedAt).getTime() - new Date(run.startedAt).getTime()) / 1000,
  });
  recordRun(ports, run);
}

/** A run whose dates have several statuses is reported with the first of these that occurs. */
const WORST: readonly CompletedDate['status'][] = [
  'failed',
  'blocked',
  'partial',
  'success',
  'empty',
  'skipped',
];

/** Writes down that the announcement of a settled run has been handled, so that the sweep does not announce it again. */
export async function markFollowed(ports: Store, runId: string): Promise<void> {
  await ports.store.transaction(async (tx) => {
    const run = await runIn(tx, runId);
    if (run?.state === 'settled' && !run.followed) writeRun(tx, { ...run, followed: true });
  });
}

/** Writes the request of a run once more, if the run is still waiting for a process to claim it. */
export async function askAgain(ports: Timed & Traced, run: RequestedRun): Promise<void> {
  const now = ports.clock();
  const message = requestOf(ports, run, null);
  await ports.store.transaction(async (tx) => {
    const current = await runIn(tx, run.runId);
    if (current?.state !== 'requested') return;
    writeRun(tx, { ...current, askedAt: now.toISOString() });
    intend(tx, run.phase, message, now);
  });
}

/**
 * Writes the announcement of a settled run once more. The run document does not hold the game hashes, so this announcement
 * has none.
 * @param when `not yet` writes only the time, so that the run counts as overdue again after a while
 */
export async function announceAgain(
  ports: Timed & Traced,
  run: SettledRun,
  when: 'now' | 'not yet',
): Promise<void> {
  const now = ports.clock();
  await ports.store.transaction(async (tx) => {
    const current = await runIn(tx, run.runId);
    if (current?.state !== 'settled' || current.followed) return;
    writeRun(tx, { ...current, askedAt: now.toISOString() });
    if (when === 'now') intend(tx, run.phase, completionOf(ports, current, current.outcome), now);
  });
}

/** Settles a run whose message has used up its tries, with every date failed. A settled run stays as it is. */
export async function abandonRun(
  ports: Timed & Observed,
  runId: string,
  reason: string,
): Promise<string | undefined> {
  const run = await runOf(ports, runId);
  if (run === undefined || run.state === 'settled') return undefined;
  const claim = await claimRun(ports, runId, 'dead-letter', 60, run.answeredBy);
  if (claim.kind !== 'granted') return undefined;
  return settleRun(ports, claim.run, failedOutcome(claim.run, reason));
}

/** The outcome of a run of which every date failed for the same reason. */
export function failedOutcome(run: Pick<RunDocument, 'dates'>, reason: string): CompletedDate[] {
  return run.dates.map(({ date, inputFingerprint }) => failedDate(date, inputFingerprint, reason));
}

/** The outcome of one failed date. */
export function failedDate(
  date: CompletedDate['date'],
  inputFingerprint: string,
  reason: string,
): CompletedDate {
  return {
    date,
    status: 'failed',
    inputFingerprint,
    rows: 0,
    expectedRows: 0,
    games: 0,
    expectedGames: 0,
    readyRows: 0,
    syntheticRows: 0,
    outputFingerprint: null,
    reason: reason.slice(0, 2000),
  };
}

/** The message that announces a settled run. Made again from the same outcome, it is the same. */
export function completionOf(
  ports: Traced,
  run: Addressed & Pick<RunDocument, 'token'>,
  outcome: readonly CompletedDate[],
): RunCompleted {
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'run_completed',
    eventId: completionId(run),
    correlationId: run.correlationId,
    causationId: `requested:${run.runId}`,
    traceparent: traceparentOfRun(ports, run),
    runId: run.runId,
    token: run.token,
    table: run.table,
    mode: run.mode,
    backfillId: run.backfillId,
    through: run.through,
    dates: [...outcome],
  };
}

/** Event id of the announcement of a settled run. */
export function completionId({ runId, token }: Pick<RunDocument, 'runId' | 'token'>): string {
  return `completed:${runId}:${digest(String(token))}`;
}
