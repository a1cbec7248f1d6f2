/** What the sweep asks for again: partitions that are wanted live and have no run under way. */
import { evaluate } from '../evaluation.ts';
import type { GameDate } from '../game-date.ts';
import { isGateClosed, isInFlight, refName } from '../partition.ts';
import { whyNoPartition, type View } from '../view.ts';
import { dateRequest, type Action } from './action.ts';

/**
 * Examines every partition that is wanted live and has no run under way. It is asked for when its inputs
 * are settled. It is wanted no longer when it is current or not expected.
 * @param now the time (ISO, UTC); a gate with a later `retryAt` is not asked yet
 */
export function decideWanted(view: View, now: string): Action[] {
  const asked = new Set<string>();
  const evaluation = evaluate(view, (table, date) => asked.has(`${table}@${date}`));
  const actions: Action[] = [];
  for (const table of view.registry.all) {
    const { name } = table.definition;
    for (const season of view.seasons.values()) {
      for (const [text, state] of Object.entries(season.states.get(name) ?? {})) {
        const date = text as GameDate;
        if (state.want === null || isInFlight(state)) continue;
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
    }
  }
  return actions;
}
