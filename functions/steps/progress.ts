/** Writes how far a backfill is with its first plan: its dates one by one, and its counts by table. */
import type { BackfillDecision } from '../../shared/domain/decide/backfill.ts';
import type { PartitionProgress } from '../../shared/domain/decide/backfill-survey.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { refName } from '../../shared/domain/partition.ts';
import type { Batch } from '../../shared/domain/plan.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { recordDates, type DateWord } from '../../shared/state/backfill-dates.ts';
import { recordCounts, type ActiveBackfill } from '../../shared/state/backfills.ts';

/** What the date documents call a partition that has come so far. */
const WORDS: Readonly<Record<PartitionProgress, DateWord>> = {
  waiting: 'planned',
  running: 'planned',
  done: 'done',
  unchanged: 'done',
  failed: 'failed',
};

/** Milliseconds between two writings of the counts of a backfill that is under way. */
const COUNTS_MS = 1000;

/**
 * @param only the dates that may have come further; undefined: all of them
 * @param isOver nothing of the plan is left to do; the counts are then written together with what happens next
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
 * The one document of a backfill is not to be written by everything that happens: its counts are written about once a
 * second while runs are under way, and their ends write the last ones.
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
