/**
 * What the live day asks for: loads of raw tables of which a source has told something new, and the first want of what follows from
 * them.
 */
import { evaluate } from '../evaluation.ts';
import { addDays, type GameDate } from '../game-date.ts';
import { isAnswered, isBuilt, isInFlight, refName, type LiveWant } from '../partition.ts';
import type { RegisteredTable, Registry } from '../registry.ts';
import { seasonOf } from '../season.ts';
import { isToBeEmptied, partitionDates, stateOf, whyNoPartition, type View } from '../view.ts';
import { dateRequest, type Action } from './action.ts';
import { isComputed, isRaw, RAW_PHASE, readBeside } from '../table.ts';

/** Raw table -> the dates of which answers of sources speak. */
export type Told = ReadonlyMap<string, ReadonlySet<GameDate>>;

/**
 * What was told, and what is looked at again for it on the same dates: raw tables that read files of a told table beside their own, and
 * raw tables that read any of these, through any number of tables. New results are read by the box scores, and these by the shots.
 */
export function withReaders(registry: Registry, told: Told): Told {
  const all = new Map([...told].map(([table, dates]) => [table, new Set(dates)]));
  const raw = registry.all.flatMap(({ definition }) => (isRaw(definition) ? [definition] : []));
  const add = (name: string, read: readonly string[], from: Told): void => {
    const dates = read.flatMap((table) => [...(from.get(table) ?? [])]);
    if (dates.length > 0) all.set(name, new Set([...(all.get(name) ?? []), ...dates]));
  };
  for (const definition of raw) add(definition.name, readBeside(definition), told);
  // The registry has each table after those that it reads.
  for (const { name, inputs } of raw)
    add(
      name,
      inputs.map(({ table }) => table),
      all,
    );
  return all;
}

/** Loads of raw tables for one cascade. */
export interface LoadsAsked {
  /** The last phase that follows from the loads. */
  readonly through: typeof RAW_PHASE | 'phase5';
  readonly actions: Action[];
}

/**
 * The loads of raw tables that do not hold what is archived of them. A date of today, of yesterday, or of which something was
 * computed before, is followed through all phases. Older dates of which nothing was computed are only loaded: their history is the
 * work of a backfill. What only helps to know a game beforehand (lines, reports, rosters) is only loaded, too: what it makes stale
 * is built again by `decideWants`, at its own pace; on the days after, nobody looks at it again, and it is followed like the others.
 * @param told raw table -> the dates of which a source has spoken
 */
export function decideLoads(view: View, told: Told, correlationId: string): LoadsAsked[] {
  const asked = new Set<string>();
  const evaluation = evaluate(view, (table, date) => asked.has(`${table}@${date}`));
  const loads = new Map<LoadsAsked['through'], Action[]>();
  for (const table of view.registry.all) {
    const dates = told.get(table.definition.name);
    if (!isRaw(table.definition) || dates === undefined) continue;
    for (const season of view.seasons.values())
      for (const date of partitionDates(table, season)) {
        if (!dates.has(date) || whyNoPartition(view, table, date) !== undefined) continue;
        const { pending, lost } = evaluation.unmet(table, date);
        // A table that is loaded already waits for those that it reads and that are loaded again: they may say something else.
        if (evaluation.isCurrent(table, date) && pending.length === 0) continue;
        const through = throughOf(view, table, date);
        const want: LiveWant = { through, correlationId };
        const ref = { table: table.definition.name, date };
        const actions = loads.get(through) ?? [];
        loads.set(through, actions);
        if (isInFlight(stateOf(view, ref.table, date)) || pending.length + lost.length > 0)
          actions.push({ kind: 'wait', ref, for: [...pending, ...lost], want });
        else
          actions.push({
            kind: 'request run',
            table: ref.table,
            dates: [dateRequest(evaluation, table, date)],
          });
        asked.add(refName(ref));
      }
  }
  return [...loads].map(([through, actions]) => ({ through, actions: batched(view, actions) }));
}

function throughOf(view: View, { definition }: RegisteredTable, date: GameDate): typeof RAW_PHASE | 'phase5' {
  const isCalendar = view.registry.calendarSources.includes(definition.name);
  if (definition.timing === 'pre_game' && !isCalendar && date >= view.today) return RAW_PHASE;
  const isNear = date >= addDays(view.today, -1) && date <= addDays(view.today, 1);
  return isNear || view.registry.all.some((table) => isBuiltFrom(view, table, date)) ? 'phase5' : RAW_PHASE;
}

/** Whether a table has been computed from the raw rows of a date. */
function isBuiltFrom(view: View, { definition }: RegisteredTable, date: GameDate): boolean {
  return isComputed(definition) && isBuilt(stateOf(view, definition.name, date));
}

/** Most dates that one live run loads. */
const MAX_DATES = 60;

/** Runs of one table and season that follow each other become one: the first schedule of a season is some two hundred dates. */
function batched(view: View, actions: readonly Action[]): Action[] {
  const result: Action[] = [];
  for (const action of actions) {
    const last = result.at(-1);
    const [date] = action.kind === 'request run' ? action.dates : [];
    const [before] = last?.kind === 'request run' ? last.dates : [];
    if (
      action.kind === 'request run' &&
      last?.kind === 'request run' &&
      last.table === action.table &&
      last.dates.length < MAX_DATES &&
      date !== undefined &&
      before !== undefined &&
      seasonOf(date.date) === seasonOf(before.date) &&
      [date, ...last.dates].every((each) => each.date < addDays(view.today, -1))
    )
      result[result.length - 1] = { ...last, dates: [...last.dates, ...action.dates] };
    else result.push(action);
  }
  return result;
}

/**
 * The wants of a date that nothing else makes. Before its last tip-off: every table that is computed beforehand, when it was never
 * built, when its inputs have changed since, or when its games are gone. The carry of 2023-10-23 is gone when the season turns out to
 * open on 2023-10-24. After its games: every table that was never built although results and box scores are there, and every raw table
 * that was never looked at, at the latest on the day after. Its source may have told nothing of the date, as that of the shots where
 * only box scores are asked for; then it says what is lacking, whichever answers have come, and in which order. What is computed
 * beforehand and has become stale since the last tip-off, as by a roster whose names box scores have told, is built again, too.
 * @param when whether the games of the date are ahead or behind
 */
export function decideWants(
  view: View,
  date: GameDate,
  when: 'before' | 'after',
  correlationId: string,
): Action[] {
  const evaluation = evaluate(view);
  const isTold = view.registry.resultSources.every((table) => isAnswered(stateOf(view, table, date)));
  const timing = when === 'before' ? 'pre_game' : 'post_game';
  return view.registry.all.flatMap((table): Action[] => {
    const { definition } = table;
    const state = stateOf(view, definition.name, date);
    const isAgain =
      isComputed(definition) && definition.timing === 'pre_game' && state?.stale?.cause === 'data';
    if (definition.timing !== timing && !(isAgain && isBuilt(state))) return [];
    if (when === 'after' && !isTold && !isRaw(definition)) return [];
    if (isRaw(definition)) {
      if (when === 'before' || state !== undefined || !(isTold || date < view.today)) return [];
    } else {
      if (isInFlight(state) || state?.want != null || state?.status === 'failed') return [];
      if (isBuilt(state) && !isAgain && !isToBeEmptied(view, table, date)) return [];
    }
    if (whyNoPartition(view, table, date) !== undefined) return [];
    const { pending, lost } = evaluation.unmet(table, date);
    const want: LiveWant = { through: 'phase5', correlationId };
    return [{ kind: 'wait', ref: { table: definition.name, date }, for: [...pending, ...lost], want }];
  });
}
