/**
 * Which partitions of a request lack rows or games after everything has been built. A backfill that leaves such partitions
 * names them when it ends.
 */
import { counted } from '../counted.ts';
import type { GameDate } from '../game-date.ts';
import { boxScoresBefore, givenUpIn, tellsOfRowsAlone } from '../given-up.ts';
import { lackingIn } from '../lacking.ts';
import { isAnswered, isPresent, refName, type PartitionRef } from '../partition.ts';
import { seasonOf } from '../season.ts';
import { gamesNobodyHas, isStoodInFor } from '../stand-ins.ts';
import { isComputed, isRaw, type Phase, PHASES, RAW_PHASE } from '../table.ts';
import { stateOf, statesOf, type View } from '../view.ts';

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
  /** Final games without box scores. */
  readonly games: readonly LackingGames[];
}

/** Games that a table of box scores lacks on a date. */
export interface LackingGames extends PartitionRef {
  readonly games: readonly string[];
}

/** Nothing lacks anything. */
export const COMPLETE: Incomplete = { absent: [], partial: [], games: [] };

/**
 * What the partitions of a request lack. Without `tables`, the raw tables of games, results and box scores are looked at
 * too, because a night whose box scores were refused may leave nothing in the computed tables that tells of it. A request
 * through phase 2 only loads raw tables, and the import that makes it tells what was refused.
 */
export function incompleteOf(view: View, { dates, from, through, tables }: AskedFor): Incomplete {
  if (through === RAW_PHASE) return COMPLETE;
  const { registry } = view;
  const named = tables === null ? undefined : registry.downstreamOf(tables);
  const sources = named === undefined ? [...registry.calendarSources, ...registry.resultSources] : [];
  const asked = registry.all.filter(({ definition }) => {
    const { name, phase } = definition;
    return isRaw(definition)
      ? sources.includes(name)
      : (named?.has(name) ?? true) &&
          PHASES.indexOf(phase) >= PHASES.indexOf(from) &&
          PHASES.indexOf(phase) <= PHASES.indexOf(through);
  });
  const absent: PartitionRef[] = [];
  const partial: PartitionRef[] = [];
  const games: LackingGames[] = [];
  for (const date of dates) {
    if (!view.seasons.has(seasonOf(date))) continue;
    // A refused score of a game without a box score may be that of a game nobody has played, such as 0 : 0.
    const hasBoxScores = registry.resultSources.some((name) => (stateOf(view, name, date)?.rows ?? 0) > 0);
    const isGivenUp = registry.resultSources.some(
      (name) => givenUpIn(stateOf(view, name, date)) !== undefined,
    );
    if (sources.length > 0) games.push(...gamesWithoutBoxScores(view, date));
    for (const { definition } of asked) {
      const { name, timing } = definition;
      const state = stateOf(view, name, date);
      if (!isAnswered(state) || state.status === 'empty' || state.status === 'skipped') continue;
      if (givenUpIn(state) !== undefined || (isGivenUp && timing === 'post_game')) continue;
      if (isStoodInFor(view, name, date)) continue;
      const lacksPlayers = isComputed(definition) && timing === 'pre_game' && state.status === 'partial';
      if (lacksPlayers && tellsOfRowsAlone(state.reason) && isGivenUpBefore(view, date)) continue;
      const tellsOfGames = registry.calendarSources.includes(name);
      const isDoubtful = tellsOfGames && !hasBoxScores;
      // No table of played games has rows of a game that has box scores and no final score.
      const lacksGame = tellsOfGames && lackingIn(state, 'game_missing') !== undefined;
      if (lacksGame || (!isPresent(state) && !isDoubtful)) absent.push({ table: name, date });
      else if (state.status === 'partial') partial.push({ table: name, date });
    }
  }
  return { absent, partial, games };
}

/** Whether a person has given up all box scores that are lacking of the days before a date. */
function isGivenUpBefore(view: View, date: GameDate): boolean {
  const season = view.seasons.get(seasonOf(date));
  const states = view.registry.resultSources.map((name) => [name, statesOf(season, name)] as const);
  const { lacking, givenUp } = boxScoresBefore(states, date);
  return lacking.length === 0 && givenUp !== undefined;
}

/** The final games of a date of which no box score is there and that nobody has given up, by the first table that lacks them. */
function gamesWithoutBoxScores(view: View, date: GameDate): LackingGames[] {
  const states = view.registry.resultSources.map((table) => ({ table, state: stateOf(view, table, date) }));
  if (states.some(({ state }) => givenUpIn(state) !== undefined)) return [];
  for (const { table } of states) {
    const games = gamesNobodyHas(view, table, date);
    if (games.length > 0) return [{ table, date, games }];
  }
  return [];
}

/** Partitions that a verdict names one by one. */
const MAX_NAMED = 3;

/**
 * `1 partition lacks games or rows: player_game_summary@2022-10-28`, with the games that have no box scores and the command that
 * gives them up; null when nothing lacks anything.
 */
export function incompleteText({ absent, partial, games }: Incomplete): string | null {
  const texts = [
    ...(absent.length === 0
      ? []
      : [
          `${counted(absent.length, 'partition lacks', 'partitions lack')} games or rows: ${named(absent.map(refName))}`,
        ]),
    ...(partial.length === 0
      ? []
      : [
          `${counted(partial.length, 'partition is', 'partitions are')} partial: ${named(partial.map(refName))}`,
        ]),
    ...[...Map.groupBy(games, ({ table }) => table)].map(([table, ofTable]) => gamesText(table, ofTable)),
  ];
  return texts.length === 0 ? null : texts.join('; ');
}

/** Dates that a command in a verdict names at most. */
const MAX_DATES = 20;

/** `20260605_NYK_SAS has no box scores in nbac_player_boxscores; if no source has them: fullcourt accept ...`. */
function gamesText(table: string, lacking: readonly LackingGames[]): string {
  const games = lacking.flatMap((each) => each.games);
  const dates = lacking.map(({ date }) => date);
  const list = dates.length > MAX_DATES ? '@FILE' : dates.join(',');
  const file =
    dates.length > MAX_DATES
      ? ` (its dates: fullcourt coverage --start ${dates[0]} --end ${dates.at(-1)} --missing)`
      : '';
  return `${named(games)} ${games.length === 1 ? 'has' : 'have'} no box scores in ${table}; if no source has them: fullcourt accept --table ${table} --dates ${list} --reason TEXT${file}`;
}

/** The first names, and how many more there are. */
function named(all: readonly string[]): string {
  const shown = all.slice(0, MAX_NAMED).join(', ');
  return all.length > MAX_NAMED ? `${shown} and ${all.length - MAX_NAMED} more` : shown;
}
