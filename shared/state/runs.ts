/** The one writer of run documents: claim, lease with fencing token, settlement. */
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

const documents = readerOf(runDocument);

export async function runOf({ store }: Store, runId: string): Promise<RunDocument | undefined> {
  return documents.read(paths.run(runId), await store.get(paths.run(runId)));
}

async function runIn(tx: Transaction, runId: string): Promise<RunDocument | undefined> {
  return documents.read(paths.run(runId), await tx.get(paths.run(runId)));
}

/** Runs that have been asked for and that nobody is at work on. */
export async function requestedRuns(ports: Store): Promise<RequestedRun[]> {
  return (await listed(ports, { state: 'requested' })).filter((run) => run.state === 'requested');
}

export async function runningRuns(ports: Store): Promise<RunningRun[]> {
  return (await listed(ports, { state: 'running' })).filter((run) => run.state === 'running');
}

/** Settled runs, at most `limit` of them. */
export async function settledRuns(ports: Store, limit: number): Promise<SettledRun[]> {
  return (await listed(ports, { state: 'settled' }, limit)).filter((run) => run.state === 'settled');
}

/** Settled runs of which nobody has looked at what follows. */
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

/** How many runs a backfill has asked for. */
export function countRunsOf({ store }: Store, backfillId: string): Promise<number> {
  return store.count('runs', { backfillId });
}

/** Writes down a run that nobody has asked for before. */
export function addRun(tx: Transaction, run: RequestedRun): void {
  write(tx, run);
}

function write(tx: Transaction, run: RunDocument): void {
  tx.set(paths.run(run.runId), run);
}

export type Claim =
  | { readonly kind: 'granted'; readonly run: RunningRun }
  /** Somebody else is at it; the sweep asks again when their lease is over. */
  | { readonly kind: 'held' }
  | { readonly kind: 'settled'; readonly run: SettledRun }
  | { readonly kind: 'unknown' };

/**
 * Takes the run for `leaseSeconds`. A run whose owner's lease is over is taken over with a larger token, so that the
 * former owner can no longer publish or settle.
 */
export async function claimRun(
  ports: DocumentPorts,
  runId: string,
  holder: string,
  leaseSeconds: number,
): Promise<Claim> {
  const now = ports.clock();
  return ports.store.transaction(async (tx): Promise<Claim> => {
    const run = await runIn(tx, runId);
    if (run === undefined) return { kind: 'unknown' };
    if (run.state === 'settled') return { kind: 'settled', run };
    if (run.state === 'running' && new Date(run.lease.expiresAt) > now) return { kind: 'held' };
    const granted: RunningRun = {
      ...run,
      state: 'running',
      token: run.token + 1,
      attempt: run.attempt + 1,
      lease: { holder, expiresAt: new Date(now.getTime() + leaseSeconds * 1000).toISOString() },
      startedAt: now.toISOString(),
    };
    write(tx, granted);
    return { kind: 'granted', run: granted };
  });
}

/** A run as its owner knows it: whoever has this token may write it. */
type Held = Pick<RunDocument, 'runId' | 'token'>;

/** Prolongs the lease of a run that is still its owner's. @returns false when it is not */
export async function renewLease(ports: DocumentPorts, run: Held, leaseSeconds: number): Promise<boolean> {
  const expiresAt = new Date(ports.clock().getTime() + leaseSeconds * 1000).toISOString();
  return ports.store.transaction(async (tx) => {
    const now = await runIn(tx, run.runId);
    if (now?.state !== 'running' || now.token !== run.token) return false;
    write(tx, { ...now, lease: { ...now.lease, expiresAt } });
    return true;
  });
}

/** The request of a run, the same each time it is made but for what caused it. */
export function requestOf(
  ports: Pick<DocumentPorts, 'tracer'>,
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

/** The dates of a run as its request names them; what else is known of them is in the run document. */
export function datesInMessage({ dates }: Pick<RunDocument, 'dates'>): RunRequested['dates'] {
  return dates.map(({ inputVersion: _, ...date }) => date);
}

/** Gives a run back after a failure that may pass, so that the next delivery can claim it at once. */
export async function releaseRun(ports: DocumentPorts, run: Held, error: string): Promise<void> {
  await ports.store.transaction(async (tx) => {
    const now = await runIn(tx, run.runId);
    if (now?.state !== 'running' || now.token !== run.token) return;
    write(tx, { ...now, state: 'requested', lease: null, lastError: error });
  });
}

/** Ends the leases of the running runs that `isOver` says of, so that the runs can be taken over. */
export async function endLeases(
  ports: DocumentPorts,
  isOver: (run: RunningRun) => boolean,
): Promise<RequestedRun[]> {
  const ended: RequestedRun[] = [];
  for (const run of await runningRuns(ports)) {
    if (!isOver(run)) continue;
    const freed = await ports.store.transaction(async (tx) => {
      const now = await runIn(tx, run.runId);
      if (now?.state !== 'running' || now.token !== run.token) return undefined;
      const requested: RequestedRun = { ...now, state: 'requested', lease: null };
      write(tx, requested);
      return requested;
    });
    if (freed !== undefined) ended.push(freed);
  }
  return ended;
}

/**
 * Ends a run with what became of its dates; the announcement is written in the same transaction.
 * @returns the event to dispatch, or undefined when the lease was lost and somebody else answers for the run
 */
export async function settleRun(
  ports: DocumentPorts,
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
    write(tx, settled);
    intend(tx, run.phase, completionOf(ports, settled, outcome), now);
    return settled;
  });
  if (settled === undefined) return undefined;
  tellOfEnd(ports, settled);
  return completionId(settled);
}

function tellOfEnd(ports: DocumentPorts, run: SettledRun): void {
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

/** What a run with dates of several is said to be: the first of these. */
const WORST: readonly CompletedDate['status'][] = ['failed', 'partial', 'success', 'empty', 'skipped'];

/** Writes down that what follows from a settled run has been looked at, so that the sweep need not tell of it again. */
export async function markFollowed(ports: DocumentPorts, runId: string): Promise<void> {
  await ports.store.transaction(async (tx) => {
    const run = await runIn(tx, runId);
    if (run?.state === 'settled' && !run.followed) write(tx, { ...run, followed: true });
  });
}

/** Writes the request of a run once more, unless it is settled; the run document decides whether that means anything. */
export async function askAgain(ports: DocumentPorts, run: RequestedRun): Promise<void> {
  const now = ports.clock();
  const message = requestOf(ports, run, null);
  await ports.store.transaction(async (tx) => {
    const current = await runIn(tx, run.runId);
    if (current?.state !== 'requested') return;
    write(tx, { ...current, askedAt: now.toISOString() });
    intend(tx, run.phase, message, now);
  });
}

/**
 * Writes the announcement of a settled run once more, or only that it is overdue. The game hashes are not in it: they
 * were kept with the first one.
 */
export async function announceAgain(
  ports: DocumentPorts,
  run: SettledRun,
  when: 'now' | 'not yet',
): Promise<void> {
  const now = ports.clock();
  await ports.store.transaction(async (tx) => {
    const current = await runIn(tx, run.runId);
    if (current?.state !== 'settled' || current.followed) return;
    write(tx, { ...current, askedAt: now.toISOString() });
    if (when === 'now') intend(tx, run.phase, completionOf(ports, current, current.outcome), now);
  });
}

/** Settles a run whose message has used up its tries: every date failed. Nothing happens when it is settled already. */
export async function abandonRun(
  ports: DocumentPorts,
  runId: string,
  reason: string,
): Promise<string | undefined> {
  const run = await runOf(ports, runId);
  if (run === undefined || run.state === 'settled') return undefined;
  const claim = await claimRun(ports, runId, 'dead-letter', 60);
  if (claim.kind !== 'granted') return undefined;
  return settleRun(ports, claim.run, failedOutcome(claim.run, reason));
}

export function failedOutcome(run: Pick<RunDocument, 'dates'>, reason: string): CompletedDate[] {
  return run.dates.map(({ date, inputFingerprint }) => failedDate(date, inputFingerprint, reason));
}

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

/** The announcement of a settled run; the same each time it is made. */
export function completionOf(
  ports: Pick<DocumentPorts, 'tracer'>,
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
