/**
 * Which partitions of a request lack rows or games after everything has been built. A backfill that leaves such partitions
 * names them when it ends.
 */
import { counted } from '../counted.ts';
import type { GameDate } from '../game-date.ts';
import { lackingIn } from '../lacking.ts';
import { isAnswered, isPresent, refName, type PartitionRef } from '../partition.ts';
import { seasonOf } from '../season.ts';
import { PHASES, type Phase } from '../table.ts';
import { stateOf, type View } from '../view.ts';

/** What a backfill was asked for, as far as completeness is concerned. */
export interface AskedFor {
  readonly dates: readonly GameDate[];
  readonly from: Phase;
  readonly through: Phase;
  readonly tables: readonly string[] | null;
}

/** Built partitions that lack rows. Those that a person has accepted are not among them. */
export interface Incomplete {
  /** Partitions that do not count as present: they lack a game, or more than 5 % of their rows. */
  readonly absent: readonly PartitionRef[];
  /** Partitions with the status `partial` that count as present all the same, or of which nobody knows whether a game was played. */
  readonly partial: readonly PartitionRef[];
}

/** Nothing lacks anything. */
export const COMPLETE: Incomplete = { absent: [], partial: [] };

/**
 * What the partitions of a request lack. Without `tables`, the raw tables of games, results and box scores are looked at
 * too, because a night whose box scores were refused may leave nothing in the computed tables that tells of it. A request
 * through phase 2 only loads raw tables, and the import that makes it tells what was refused.
 */
export function incompleteOf(view: View, { dates, from, through, tables }: AskedFor): Incomplete {
  if (through === 'phase2') return COMPLETE;
  const { registry } = view;
  const named = tables === null ? undefined : registry.downstreamOf(tables);
  const sources = named === undefined ? [...registry.calendarSources, ...registry.resultSources] : [];
  const asked = registry.all.filter(({ definition: { name, phase, kind } }) =>
    kind === 'loaded'
      ? sources.includes(name)
      : (named?.has(name) ?? true) &&
        PHASES.indexOf(phase) >= PHASES.indexOf(from) &&
        PHASES.indexOf(phase) <= PHASES.indexOf(through),
  );
  const absent: PartitionRef[] = [];
  const partial: PartitionRef[] = [];
  for (const date of dates) {
    if (!view.seasons.has(seasonOf(date))) continue;
    // A refused score of a game without a box score may be that of a game nobody has played, such as 0 : 0.
    const hasBoxScores = registry.resultSources.some((name) => (stateOf(view, name, date)?.rows ?? 0) > 0);
    const isGivenUp = registry.resultSources.some((name) => isAcceptedReason(reasonOf(view, name, date)));
    for (const { definition } of asked) {
      const { name, timing } = definition;
      const state = stateOf(view, name, date);
      if (!isAnswered(state) || state.status === 'empty' || state.status === 'skipped') continue;
      if (isAcceptedReason(state.reason) || (isGivenUp && timing === 'post_game')) continue;
      const tellsOfGames = registry.calendarSources.includes(name);
      const isDoubtful = tellsOfGames && !hasBoxScores;
      // No table of played games has rows of a game that has box scores and no final score.
      const lacksGame = tellsOfGames && lackingIn(state.reason, 'game_missing') !== undefined;
      if (lacksGame || (!isPresent(state) && !isDoubtful)) absent.push({ table: name, date });
      else if (state.status === 'partial') partial.push({ table: name, date });
    }
  }
  return { absent, partial };
}

function reasonOf(view: View, table: string, date: GameDate): string | null {
  return stateOf(view, table, date)?.reason ?? null;
}

/** Whether a person has said that what lacks may lack; see `acceptedText` and `audit`. */
function isAcceptedReason(reason: string | null): boolean {
  return reason !== null && /(?:^|; )accepted (?:as missing|by)/.test(reason);
}

/** Partitions that a verdict names one by one. */
const MAX_NAMED = 3;

/** `1 partition lacks games or rows: player_game_summary@2022-10-28`; null when there is none. */
export function incompleteText({ absent, partial }: Incomplete): string | null {
  const texts = [
    ...(absent.length === 0
      ? []
      : [`${counted(absent.length, 'partition lacks', 'partitions lack')} games or rows: ${names(absent)}`]),
    ...(partial.length === 0
      ? []
      : [`${counted(partial.length, 'partition is', 'partitions are')} partial: ${names(partial)}`]),
  ];
  return texts.length === 0 ? null : texts.join('; ');
}

/** The first partitions by name, and how many more there are. */
function names(refs: readonly PartitionRef[]): string {
  const shown = refs.slice(0, MAX_NAMED).map(refName).join(', ');
  return refs.length > MAX_NAMED ? `${shown} and ${refs.length - MAX_NAMED} more` : shown;
}
