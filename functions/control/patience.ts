/**
 * When a command that waits for a backfill gives up: nothing has moved for a while, no process holds a run, and nobody has
 * paused it; or all that is left waits for a gate that opens later. It says what is missing. The backfill itself stays as it is.
 */
import {
  isGateClosed,
  isInFlight,
  isSettled,
  refName,
  type PartitionState,
} from '../../shared/domain/partition.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { readPlan, type ActiveBackfill } from '../../shared/state/backfills.ts';
import { tableSeason } from '../../shared/state/completions.ts';
import type { RunDocument } from '../../shared/state/documents.ts';
import { openFetchesOf } from '../../shared/state/fetches.ts';
import { requestedRuns, runningRuns, unfollowedRuns } from '../../shared/state/runs.ts';
import { listText } from './list-text.ts';

type Documents = Pick<Ports, 'store'>;

/** Thrown when waiting is in vain. Its message names what is missing. */
export class WaitedInVain extends Error {
  override readonly name = 'WaitedInVain';
}

/** Partitions and runs that a message names one by one. */
const MAX_NAMED = 5;

/** Whether any process asks a live source for a backfill at `now`. */
export async function isAnySourceAsked(ports: Documents, id: string, now: Date): Promise<boolean> {
  return (await openFetchesOf(ports, id)).some(({ asks }) =>
    asks.some(({ heldUntil }) => heldUntil !== undefined && new Date(heldUntil) > now),
  );
}

/** Whether any process holds a run: its lease is not over at `now`. */
export async function isAnyRunHeld(ports: Documents, now: Date): Promise<boolean> {
  return (await runningRuns(ports)).some(({ lease }) => new Date(lease.expiresAt) > now);
}

/**
 * The gate that everything left of a backfill waits for, when no run of it is under way or still to be followed; undefined
 * otherwise.
 */
export async function gateAhead(
  ports: Documents,
  backfill: ActiveBackfill,
  now: Date,
): Promise<string | undefined> {
  if (backfill.state !== 'running') return undefined;
  if ((await unfollowedRuns(ports)).length > 0 || (await isAnyRunHeld(ports, now))) return undefined;
  const at = now.toISOString();
  const open = await openPartitions(ports, backfill);
  const closed = open.filter(({ state }) => isGateClosed(state, at));
  if (closed.length === 0 || open.some(({ state }) => isInFlight(state))) return undefined;
  const [first] = closed;
  const gate = first?.state?.gates.find(({ retryAt }) => retryAt !== undefined && retryAt > at);
  const waits = closed.length === 1 ? 'waits' : `and ${closed.length - 1} more wait`;
  return `${first?.name ?? ''} ${waits} for the gate ${gate?.gate ?? ''}, which is asked again at ${gate?.retryAt ?? ''}: ${gate?.detail ?? ''}`;
}

/**
 * What a backfill lacks that does not move.
 * @param backfill undefined when nobody has taken up its request
 */
export async function lackOf(
  ports: Documents,
  id: string,
  backfill: ActiveBackfill | undefined,
  now: Date,
): Promise<string> {
  if (backfill === undefined) return `no process has taken up the request of ${id}`;
  if (backfill.stage === 'fetch') {
    const [open] = await openFetchesOf(ports, id);
    return open === undefined
      ? 'no process has planned what live sources are asked'
      : `no process asks live sources about ${open.date}`;
  }
  const isOwn = (run: RunDocument): boolean => run.backfillId === id;
  const running = (await runningRuns(ports)).filter(isOwn);
  const lapsed = running.filter(({ lease }) => new Date(lease.expiresAt) <= now);
  if (lapsed.length > 0)
    return `the process that held ${runsText(lapsed)} has ended; its lease was over at ${lapsed[0]?.lease.expiresAt ?? ''}`;
  const asked = (await requestedRuns(ports)).filter(isOwn);
  if (asked.length > 0) return `no process has taken up ${runsText(asked)}`;
  if ((await unfollowedRuns(ports)).some(isOwn))
    return 'no process has taken up what its runs have announced';
  if (running.length > 0) return `nobody is at work on ${runsText(running)}`;
  const open = await openPartitions(ports, backfill);
  if (open.length === 0) return 'everything is built, and no process has written its end';
  return listText(
    open.map(({ name, state }) => `${name} (${whyOpen(state)})`),
    MAX_NAMED,
  );
}

function whyOpen(state: PartitionState | undefined): string {
  if (state === undefined) return 'not asked for';
  if (state.waitingFor.length > 0) return `waits for ${state.waitingFor.slice(0, MAX_NAMED).join(', ')}`;
  return state.reason ?? state.status;
}

function runsText(runs: readonly RunDocument[]): string {
  const named = runs.map(({ table, dates }) => {
    const [first, last] = [dates[0]?.date ?? '', dates.at(-1)?.date ?? ''];
    return `${table} for ${first === last ? first : `${first} to ${last}`}`;
  });
  return `the run${runs.length === 1 ? '' : 's'} of ${listText(named, MAX_NAMED)}`;
}

/** The partitions of the plan in work that are not settled. */
async function openPartitions(
  ports: Documents,
  backfill: ActiveBackfill,
): Promise<{ readonly name: string; readonly state: PartitionState | undefined }[]> {
  const plan = await readPlan(ports, backfill);
  const open: { name: string; state: PartitionState | undefined }[] = [];
  // A plan has many batches of one table.
  const indexes = new Map<string, Awaited<ReturnType<typeof tableSeason>>>();
  for (const { table, dates } of plan?.batches ?? [])
    for (const [season, ofSeason] of Map.groupBy(dates, seasonOf)) {
      const key = `${table} ${season}`;
      if (!indexes.has(key)) indexes.set(key, await tableSeason(ports, table, season));
      const states = indexes.get(key)?.dates ?? {};
      for (const date of ofSeason)
        if (!isSettled(states[date])) open.push({ name: refName({ table, date }), state: states[date] });
    }
  return open;
}
