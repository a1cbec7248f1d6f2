/** What a finished backfill has to build again because it changed the inputs of other partitions. */
import { evaluate, staleCause } from '../evaluation.ts';
import type { GameDate } from '../game-date.ts';
import { isAnswered, type PartitionRef } from '../partition.ts';
import { batchesOf, inReleaseOrder, type Batch, type BatchSize } from '../plan.ts';
import { planRestatement } from '../reach.ts';
import type { Season } from '../season.ts';
import { isRaw, type Phase, PHASES } from '../table.ts';
import { bySeason, type View } from '../view.ts';

/**
 * Whether a backfill rebuilds later dates that read what it has changed. With `auto` it does. `mark` and
 * `none` do the same as each other: the backfill marks these dates stale and leaves them so.
 */
export const RESTATE_POLICIES = ['auto', 'mark', 'none'] as const;
export type RestatePolicy = (typeof RESTATE_POLICIES)[number];

/**
 * The batches of a restatement: every built partition whose inputs have changed, and every built partition
 * that this can change in turn. Partitions that are stale only because of a change of code are left as they
 * are.
 * @param from first phase that may be rebuilt
 * @param through last phase that may be rebuilt
 * @param failed partitions, as `table@date`, that the backfill does not try again
 * @param asked the seasons of the backfill. In other ones of the view, only what reads earlier seasons is looked at, and what is
 * built from it: whatever else is stale there, this backfill has not changed
 */
export function decideRestatement(
  view: View,
  from: Phase,
  through: Phase,
  failed: ReadonlySet<string>,
  batchSize: BatchSize,
  asked: ReadonlySet<Season> = new Set(view.seasons.keys()),
): Batch[] {
  const evaluation = evaluate(view);
  const stale: PartitionRef[] = [];
  for (const table of view.registry.all) {
    const { name, phase } = table.definition;
    if (
      isRaw(table.definition) ||
      PHASES.indexOf(phase) < PHASES.indexOf(from) ||
      PHASES.indexOf(phase) > PHASES.indexOf(through)
    )
      continue;
    const readsEarlier = table.definition.inputs.some(({ window }) => window.kind === 'previous_seasons');
    for (const [label, season] of view.seasons) {
      if (!asked.has(label) && !readsEarlier) continue;
      for (const date of season.calendar.dates) {
        const state = season.states.get(name)?.[date];
        if (!isAnswered(state) || failed.has(`${name}@${date}`)) continue;
        if (evaluation.unmet(table, date).lost.length > 0) continue;
        const cause = staleCause(state?.inputFingerprint ?? null, evaluation.inputFingerprint(table, date));
        if (cause === 'data') stale.push({ table: name, date });
      }
    }
  }
  if (stale.length === 0) return [];
  const own = new Map<string, GameDate[]>();
  for (const { table, date } of stale) own.set(table, [...(own.get(table) ?? []), date]);
  return mergeBatches(
    [...own].map(([table, dates]) => ({ table, dates })),
    planRestatement(view, stale, through, batchSize),
    view,
    batchSize,
  ).filter(({ table }) => PHASES.indexOf(view.registry.get(table).definition.phase) >= PHASES.indexOf(from));
}

/** The dates of both lists, each once, cut into batches of one season. */
function mergeBatches(a: readonly Batch[], b: readonly Batch[], view: View, batchSize: BatchSize): Batch[] {
  const dates = new Map<string, Set<GameDate>>();
  for (const batch of [...a, ...b]) {
    const known = dates.get(batch.table) ?? new Set<GameDate>();
    for (const date of batch.dates) known.add(date);
    dates.set(batch.table, known);
  }
  const merged = [...dates].flatMap(([table, all]) =>
    [...bySeason([...all].sort()).values()].flatMap((ofSeason) =>
      batchesOf(view.registry.get(table), ofSeason, batchSize),
    ),
  );
  return inReleaseOrder(merged, view);
}
