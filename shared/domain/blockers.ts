/** Why a partition that is not there cannot be built: the partitions at the beginning of the chain that it waits for. */
import { evaluate } from './evaluation.ts';
import { isSettled, refName, type PartitionRef } from './partition.ts';
import { stateOf, type View } from './view.ts';

/**
 * The causes of a cell that is not built. Suppose that `player_game_summary` of 2024-01-05 has failed, that
 * `player_daily_cache` of 2024-01-07 waits for it, and `ml_feature_store_v2` of 2024-01-07 for that one. The cause of all three
 * is `player_game_summary` of 2024-01-05. A partition that nobody has asked for is a cause as well.
 * @returns a function from a cell to its causes, by table and date in the order of the inputs; none for a cell that is built
 */
export function causesOf(view: View): (cell: PartitionRef) => readonly PartitionRef[] {
  const evaluation = evaluate(view);
  const known = new Map<string, readonly PartitionRef[]>();
  const causes = (cell: PartitionRef): readonly PartitionRef[] => {
    const name = refName(cell);
    const before = known.get(name);
    if (before !== undefined) return before;
    const found = search(cell);
    known.set(name, found);
    return found;
  };
  const search = (cell: PartitionRef): readonly PartitionRef[] => {
    const state = stateOf(view, cell.table, cell.date);
    if (isSettled(state) || !view.registry.has(cell.table)) return [];
    if (state?.status === 'failed') return [cell];
    const { lost } = evaluation.unmet(view.registry.get(cell.table), cell.date);
    if (lost.length === 0) return [cell];
    const distinct = new Map(lost.flatMap(causes).map((ref) => [refName(ref), ref]));
    return [...distinct.values()];
  };
  return causes;
}
