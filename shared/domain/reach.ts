/** Which later partitions a change can reach, by the declared windows. */
import type { GameDate } from './game-date.ts';
import { isBuilt, type PartitionRef } from './partition.ts';
import { batchesOf, inReleaseOrder, type Batch, type BatchSize } from './plan.ts';
import { isSealed } from './seal.ts';
import { seasonOf } from './season.ts';
import { type Input, isRaw, type Phase, PHASES } from './table.ts';
import {
  bySeason,
  seasonsAffectedIn,
  stateOf,
  whyNoPartition,
  type GameHashes,
  type SeasonView,
  type View,
} from './view.ts';
import { affects } from './window.ts';

/**
 * The built partitions that a change of `changed` can reach, as batches in the order of release. This is an
 * upper bound: it assumes that every rebuilt partition has other content than before.
 */
export function planRestatement(
  view: View,
  changed: readonly PartitionRef[],
  through: Phase,
  batchSize: BatchSize,
): Batch[] {
  const batches: Batch[] = [];
  for (const [table, dates] of reachOf(view, changed, through)) {
    const built = dates.filter((date) =>
      isBuilt(view.seasons.get(seasonOf(date))?.states.get(table)?.[date]),
    );
    for (const [, ofSeason] of bySeason(built))
      batches.push(...batchesOf(view.registry.get(table), ofSeason, batchSize));
  }
  return inReleaseOrder(batches, view);
}

/**
 * Which partitions depend on the given ones, directly or through other tables: table -> dates, ascending.
 * For a window of the last n games, the reach is followed player by player (or team by team) where it is
 * known who played on the changed dates. Where that is not known, it goes to the end of the season.
 * @param through last phase to follow
 */
export function reachOf(
  view: View,
  changed: readonly PartitionRef[],
  through: Phase,
): Map<string, GameDate[]> {
  const reach = new Map<string, Set<GameDate>>();
  for (const { table, date } of changed) reach.set(table, (reach.get(table) ?? new Set()).add(date));
  const result = new Map<string, GameDate[]>();
  for (const table of view.registry.all) {
    const { name, phase } = table.definition;
    if (PHASES.indexOf(phase) > PHASES.indexOf(through)) continue;
    const dates = new Set<GameDate>();
    for (const input of table.definition.inputs) {
      for (const [label, sources] of bySeason([...(reach.get(input.table) ?? [])].sort())) {
        const season = view.seasons.get(label);
        const reached = season === undefined ? [] : reachedThrough(input, sources, season);
        const later = seasonsAffectedIn(view, input.window, label).flatMap(({ calendar }) => calendar.dates);
        for (const date of [...reached, ...later]) {
          if (isSealed(table.definition, stateOf(view, name, date), date, view.today)) continue;
          if (isRaw(table.definition) || whyNoPartition(view, table, date) === undefined) dates.add(date);
        }
      }
    }
    if (isRaw(table.definition)) continue;
    if (dates.size > 0) result.set(name, [...dates].sort());
    for (const date of dates) reach.set(name, (reach.get(name) ?? new Set()).add(date));
  }
  return result;
}

/** The dates of `season` whose runs read one of `sources` (ascending, of the same season) through `input`. */
function reachedThrough(input: Input, sources: readonly GameDate[], season: SeasonView): readonly GameDate[] {
  const { window } = input;
  const first = sources[0];
  if (first === undefined) return [];
  switch (window.kind) {
    case 'season_to_date':
      return affects(window, first, season.calendar.dates);
    case 'last_games':
      return reachOfGames(window.games, sources, season.gameHashes.get(input.table), season);
    case 'same_date':
    case 'previous_days':
    case 'around_date':
      return [...new Set(sources.flatMap((date) => affects(window, date, season.calendar.dates)))];
    case 'previous_seasons':
      return [];
    default:
      return window satisfies never;
  }
}

/** The dates on which some game of `sources` is among the last `games` games of its player or team. */
function reachOfGames(
  games: number,
  sources: readonly GameDate[],
  hashes: Readonly<Record<string, GameHashes>> | undefined,
  season: SeasonView,
): GameDate[] {
  const reached = new Set<GameDate>();
  for (const source of sources) {
    const entities = Object.keys(hashes?.[source] ?? {});
    const later = season.calendar.dates.filter((date) => date > source);
    if (entities.length === 0) {
      for (const date of later) reached.add(date);
      continue;
    }
    let open = new Map(entities.map((entity) => [entity, 0]));
    for (const date of later) {
      if (open.size === 0) break;
      reached.add(date);
      const played = hashes?.[date] ?? {};
      open = new Map(
        [...open]
          .map(([entity, n]): [string, number] => [entity, entity in played ? n + 1 : n])
          .filter(([, n]) => n < games),
      );
    }
  }
  return [...reached].sort();
}
