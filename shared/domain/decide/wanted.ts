/** What the sweep asks for again: partitions that are wanted live and have no run under way. */
import type { States } from '../contents.ts';
import { evaluate } from '../evaluation.ts';
import type { GameDate } from '../game-date.ts';
import { isGateClosed, isInFlight, refName, type PartitionState } from '../partition.ts';
import type { RegisteredTable } from '../registry.ts';
import { statesOf, whyNoPartition, type View } from '../view.ts';
import { dateRequest, type Action } from './action.ts';

/** A partition that is wanted live and has no run under way. */
interface Wanted {
  readonly table: RegisteredTable;
  readonly date: GameDate;
  readonly state: PartitionState;
}

const knownDates = new WeakMap<States, readonly GameDate[]>();

/** The dates of a table that are wanted live and have no run under way; remembered with the states. */
function wantedDates(states: States): readonly GameDate[] {
  const known = knownDates.get(states);
  if (known !== undefined) return known;
  const dates = Object.entries(states).flatMap(([date, state]) =>
    state.want === null || isInFlight(state) ? [] : [date as GameDate],
  );
  knownDates.set(states, dates);
  return dates;
}

/** The partitions that are wanted live and have no run under way, in the order of the registry. */
export function wantedIn(view: View): Wanted[] {
  return view.registry.all.flatMap((table) =>
    [...view.seasons.values()].flatMap((season) => {
      const states = statesOf(season, table.definition.name);
      return wantedDates(states).flatMap((date): Wanted[] => {
        const state = states[date];
        return state === undefined ? [] : [{ table, date, state }];
      });
    }),
  );
}

/**
 * Examines every partition that is wanted live and has no run under way. It is asked for when its inputs
 * are settled. It is wanted no longer when it is current or not expected.
 * @param now the time (ISO, UTC); a gate with a later `retryAt` is not asked yet
 */
export function decideWanted(view: View, now: string): Action[] {
  const asked = new Set<string>();
  const evaluation = evaluate(view, (table, date) => asked.has(`${table}@${date}`));
  const actions: Action[] = [];
  for (const { table, date, state } of wantedIn(view)) {
    const { name } = table.definition;
    const ref = { table: name, date };
    const { pending, lost } = evaluation.unmet(table, date);
    if (whyNoPartition(view, table, date) !== undefined) actions.push({ kind: 'drop want', ref });
    else if (pending.length + lost.length > 0 || isGateClosed(state, now)) continue;
    else if (evaluation.isCurrent(table, date)) actions.push({ kind: 'drop want', ref });
    else {
      actions.push({
        kind: 'request run',
        table: name,
        dates: [dateRequest(evaluation, table, date)],
      });
      asked.add(refName(ref));
    }
  }
  return actions;
}
