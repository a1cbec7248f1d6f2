/** Writes how far a backfill is with its main plan: each date, and the counts of each table. */
import type { BackfillDecision } from '../../shared/domain/decide/backfill.ts';
import type { PartitionProgress } from '../../shared/domain/decide/backfill-survey.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { refName } from '../../shared/domain/partition.ts';
import type { Batch } from '../../shared/domain/plan.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { recordDates, type DateWord } from '../../shared/state/backfill-dates.ts';
import { recordCounts, type ActiveBackfill } from '../../shared/state/backfills.ts';

/** The word in the date documents for the progress of a partition. */
const WORDS: Readonly<Record<PartitionProgress, DateWord>> = {
  waiting: 'planned',
  running: 'planned',
  done: 'done',
  unchanged: 'done',
  failed: 'failed',
};

/** Shortest time, in milliseconds, between two writes of the counts of a running backfill. */
const COUNTS_MS = 1000;

/**
 * Writes the progress that a decision has found.
 * @param only the dates that may have come further; undefined: all of them
 * @param isOver whether nothing of the plan is left to do; the counts are then written with the extension or the end
 */
export async function recordProgress(
  ports: Pick<Ports, 'store' | 'clock'>,
  backfill: ActiveBackfill,
  batches: readonly Batch[],
  decision: BackfillDecision,
  only: ReadonlySet<GameDate> | undefined,
  isOver: boolean,
): Promise<void> {
  const tables = new Map<GameDate, Record<string, DateWord>>();
  for (const { table, dates } of batches) {
    for (const date of dates) {
      if (only !== undefined && !only.has(date)) continue;
      const ofDate = tables.get(date) ?? {};
      ofDate[table] = WORDS[decision.partitions.get(refName({ table, date })) ?? 'waiting'];
      tables.set(date, ofDate);
    }
  }
  await recordDates(ports, backfill.id, tables);
  if (!isOver && !isRecentlyTold(backfill, decision, ports.clock()))
    await recordCounts(ports, backfill.id, decision.progress);
}

/**
 * Whether the counts were written less than a second ago. Every completed run changes them, and writes of one document must
 * be rare, so they are written at most once a second while runs are under way. The last run's completion writes them again.
 */
function isRecentlyTold(
  { state, progress: told, updatedAt }: ActiveBackfill,
  { progress }: BackfillDecision,
  now: Date,
): boolean {
  return (
    state === 'running' &&
    told.length > 0 &&
    progress.some(({ running }) => running > 0) &&
    now.getTime() - Date.parse(updatedAt) < COUNTS_MS
  );
}
