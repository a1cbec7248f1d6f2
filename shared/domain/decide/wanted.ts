/** What the sweep asks for again: live partitions that nobody is at work on. */
import { evaluate } from '../evaluation.ts';
import type { GameDate } from '../game-date.ts';
import { isGateClosed, isInFlight, refName } from '../partition.ts';
import { whyNoPartition, type View } from '../view.ts';
import type { Action } from './action.ts';

/**
 * Partitions that are wanted live and not under way: what the sweep looks at again.
 * @param now the time (ISO, UTC), for gates that are not to be asked before theirs has come
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
            dates: [{ date, ...evaluation.inputsSeen(table, date) }],
          });
          asked.add(refName(ref));
        }
      }
    }
  }
  return actions;
}
