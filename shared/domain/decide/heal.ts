/** Which holes are closed without asking a person, which are only proposed, and which nobody can close by runs. */
import type { Hole } from '../holes.ts';
import { inARow } from '../ledger.ts';
import { refName, type PartitionRef } from '../partition.ts';
import { HEAL } from '../trust-limits.ts';
import type { View } from '../view.ts';

/**
 * Why a hole is not asked for. `large`: too many dates in a row. `behind a large one`: it waits for one that is not asked for. `asked
 * before`: the same was asked for, nothing that it is built from has changed since, and it is still there. `for the next look`: the
 * limit of one look is reached. `files`: no run closes it, a person has to bring or repair something first; what was built and lacks rows
 * would be the same again.
 */
export type NotHealed = 'large' | 'behind a large one' | 'asked before' | 'for the next look' | 'files';

/** A hole that is not asked for. */
export interface LeftHole extends PartitionRef {
  readonly why: NotHealed;
  /** The command with which a person closes it; null where there is none. */
  readonly cure: string | null;
}

export interface HealDecision {
  /** Holes to be asked for, in the order of the ledger. */
  readonly asked: readonly Hole[];
  readonly left: readonly LeftHole[];
}

/**
 * Decides which holes are small enough to be asked for.
 * @param holes in the order of the ledger
 * @param wasAsked whether the same was asked for before, for a hole from which nothing has changed since
 * @param isLargeToo whether a person has said that large ones are asked for as well, and without the limit of one look
 */
export function decideHealing(
  view: View,
  holes: readonly Hole[],
  wasAsked: (ref: PartitionRef) => boolean,
  isLargeToo = false,
): HealDecision {
  const large = isLargeToo ? new Set<string>() : largeHoles(view, holes);
  const left = new Map<string, LeftHole>();
  const leave = ({ table, date, cure }: Hole, why: NotHealed): void => {
    left.set(refName({ table, date }), { table, date, why, cure });
  };
  const asked: Hole[] = [];
  // What begins with itself comes first, so that what waits for it is known to be behind one that is left.
  for (const hole of [...holes.filter(isFirst), ...holes.filter((each) => !isFirst(each))]) {
    const behind = left.get(refName(hole.cause));
    if (hole.price === null || hole.cause.kind === 'partial') leave(hole, 'files');
    else if (large.has(refName(hole))) leave(hole, 'large');
    else if (behind !== undefined) leave(hole, behind.why === 'large' ? 'behind a large one' : behind.why);
    else if (wasAsked(hole)) leave(hole, 'asked before');
    else if (!isLargeToo && asked.length >= HEAL.cells) leave(hole, 'for the next look');
    else asked.push(hole);
  }
  const inOrder = new Set(asked);
  return {
    asked: holes.filter((hole) => inOrder.has(hole)),
    left: holes.flatMap((hole) => left.get(refName(hole)) ?? []),
  };
}

const isFirst = (hole: Hole): boolean => refName(hole) === refName(hole.cause);

/** The holes that belong to more dates of one table in a row than are asked for without a person. */
function largeHoles(view: View, holes: readonly Hole[]): ReadonlySet<string> {
  const large = new Set<string>();
  for (const ofTable of Map.groupBy(holes, ({ table }) => table).values())
    for (const row of inARow(view, ofTable, ({ date }) => date))
      if (row.length > HEAL.datesInARow) for (const hole of row) large.add(refName(hole));
  return large;
}
