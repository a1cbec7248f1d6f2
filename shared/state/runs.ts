/** The one writer of run documents: claim, lease with fencing token, settlement. */
import { digest } from '../domain/hash.ts';
import {
  SCHEMA_VERSION,
  type CompletedDate,
  type RunCompleted,
  type RunRequested,
} from '../messages/schemas.ts';
import { runFinished } from '../observe/events.ts';
import type { Ports } from '../ports/index.ts';
import { recordRun, traceparentOfRun } from '../observe/tracing.ts';
import { paths, type RunDocument } from './documents.ts';
import { intend } from './outbox.ts';

export type Claim =
  | { readonly kind: 'granted'; readonly run: RunDocument }
  /** Somebody else is at it; the sweep asks again when their lease is over. */
  | { readonly kind: 'held' }
  | { readonly kind: 'settled'; readonly run: RunDocument }
  | { readonly kind: 'unknown' };

/**
 * Takes the run for `leaseSeconds`. A run whose owner's lease is over is taken over with a larger token, so that the
 * former owner can no longer publish or settle.
 */
export async function claimRun(
  ports: Ports,
  runId: string,
  holder: string,
  leaseSeconds: number,
): Promise<Claim> {
  const now = ports.clock();
  return ports.store.transaction(async (tx): Promise<Claim> => {
    const run = await tx.get<RunDocument>(paths.run(runId));
    if (run === undefined) return { kind: 'unknown' };
    if (run.state === 'settled') return { kind: 'settled', run };
    if (run.state === 'running' && run.lease !== null && new Date(run.lease.expiresAt) > now)
      return { kind: 'held' };
    const granted: RunDocument = {
      ...run,
      state: 'running',
      token: run.token + 1,
      attempt: run.attempt + 1,
      lease: { holder, expiresAt: new Date(now.getTime() + leaseSeconds * 1000).toISOString() },
      startedAt: now.toISOString(),
    };
    tx.set(paths.run(runId), granted);
    return { kind: 'granted', run: granted };
  });
}

/** Prolongs the lease of a run that is still its owner's. @returns false when it is not */
export async function renewLease(ports: Ports, run: RunDocument, leaseSeconds: number): Promise<boolean> {
  const expiresAt = new Date(ports.clock().getTime() + leaseSeconds * 1000).toISOString();
  return ports.store.transaction(async (tx) => {
    const now = await tx.get<RunDocument>(paths.run(run.runId));
    if (now?.state !== 'running' || now.token !== run.token || now.lease === null) return false;
    tx.set(paths.run(run.runId), { ...now, lease: { ...now.lease, expiresAt } });
    return true;
  });
}

/** The dates of a run as its request names them; what else is known of them is in the run document. */
export function datesInMessage({ dates }: Pick<RunDocument, 'dates'>): RunRequested['dates'] {
  return dates.map(({ inputVersion: _, ...date }) => date);
}

/** Gives a run back after a failure that may pass, so that the next delivery can claim it at once. */
export async function releaseRun(ports: Ports, run: RunDocument, error: string): Promise<void> {
  await ports.store.transaction(async (tx) => {
    const now = await tx.get<RunDocument>(paths.run(run.runId));
    if (now?.state !== 'running' || now.token !== run.token) return;
    tx.set(paths.run(run.runId), { ...now, state: 'requested', lease: null, lastError: error });
  });
}

/** Ends leases, so that the runs can be taken over: those that are over, or all but the ones of `keepHolder`. */
export async function endLeases(ports: Ports, isOver: (run: RunDocument) => boolean): Promise<RunDocument[]> {
  const running = await ports.store.list('runs', { state: 'running' });
  const ended: RunDocument[] = [];
  for (const { data } of running) {
    const run = data as unknown as RunDocument;
    if (!isOver(run)) continue;
    const freed = await ports.store.transaction(async (tx) => {
      const now = await tx.get<RunDocument>(paths.run(run.runId));
      if (now?.state !== 'running' || now.token !== run.token) return undefined;
      const requested: RunDocument = { ...now, state: 'requested', lease: null };
      tx.set(paths.run(run.runId), requested);
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
  ports: Ports,
  run: RunDocument,
  outcome: readonly CompletedDate[],
): Promise<string | undefined> {
  const now = ports.clock();
  const settled = await ports.store.transaction(async (tx) => {
    const current = await tx.get<RunDocument>(paths.run(run.runId));
    if (current === undefined || current.token !== run.token || current.state !== 'running') return undefined;
    const settled: RunDocument = {
      ...current,
      state: 'settled',
      lease: null,
      finishedAt: now.toISOString(),
      outcome: outcome.map(({ gameHashes: _, ...result }) => result),
    };
    tx.set(paths.run(run.runId), settled);
    intend(tx, run.phase, completionOf(ports, settled, outcome), now);
    return settled;
  });
  if (settled === undefined) return undefined;
  tellOfEnd(ports, settled);
  return completionId(settled);
}

function tellOfEnd(ports: Ports, run: RunDocument): void {
  const outcome = run.outcome ?? [];
  const started = new Date(run.startedAt ?? run.requestedAt);
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
    seconds: (new Date(run.finishedAt ?? started).getTime() - started.getTime()) / 1000,
  });
  recordRun(ports, run);
}

/** What a run with dates of several is said to be: the first of these. */
const WORST: readonly CompletedDate['status'][] = ['failed', 'partial', 'success', 'empty', 'skipped'];

/** Writes down that what follows from a settled run has been looked at, so that the sweep need not tell of it again. */
export async function markFollowed(ports: Ports, runId: string): Promise<void> {
  await ports.store.transaction(async (tx) => {
    const run = await tx.get<RunDocument>(paths.run(runId));
    if (run?.state === 'settled' && !run.followed) tx.set(paths.run(runId), { ...run, followed: true });
  });
}

/** Writes the request of a run once more, unless it is settled; the run document decides whether that means anything. */
export async function askAgain(ports: Ports, run: RunDocument): Promise<void> {
  const now = ports.clock();
  const message: RunRequested = {
    schemaVersion: SCHEMA_VERSION,
    kind: 'run_requested',
    eventId: `requested:${run.runId}`,
    correlationId: run.correlationId,
    causationId: null,
    traceparent: traceparentOfRun(ports, run),
    runId: run.runId,
    table: run.table,
    dates: datesInMessage(run),
    mode: run.mode,
    backfillId: run.backfillId,
    through: run.through,
  };
  await ports.store.transaction(async (tx) => {
    const current = await tx.get<RunDocument>(paths.run(run.runId));
    if (current?.state !== 'requested') return;
    tx.set(paths.run(run.runId), { ...current, askedAt: now.toISOString() });
    intend(tx, run.phase, message, now);
  });
}

/**
 * Writes the announcement of a settled run once more, or only that it is overdue. The game hashes are not in it: they
 * were kept with the first one.
 */
export async function announceAgain(ports: Ports, run: RunDocument, when: 'now' | 'not yet'): Promise<void> {
  const now = ports.clock();
  await ports.store.transaction(async (tx) => {
    const current = await tx.get<RunDocument>(paths.run(run.runId));
    if (current?.state !== 'settled' || current.followed || current.outcome === null) return;
    tx.set(paths.run(run.runId), { ...current, askedAt: now.toISOString() });
    if (when === 'now') intend(tx, run.phase, completionOf(ports, current, current.outcome), now);
  });
}

/** Settles a run whose message has used up its tries: every date failed. Nothing happens when it is settled already. */
export async function abandonRun(ports: Ports, runId: string, reason: string): Promise<string | undefined> {
  const run = await ports.store.get<RunDocument>(paths.run(runId));
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
  ports: Pick<Ports, 'tracer'>,
  run: RunDocument,
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
export function completionId({ runId, token }: RunDocument): string {
  return `completed:${runId}:${digest(String(token))}`;
}
