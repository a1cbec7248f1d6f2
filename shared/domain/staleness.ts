/**
 * Which partitions are stale. `status`, `why`, `coverage` and `--only stale` all ask here, so they
 * name the same partitions.
 *
 * A built partition is stale
 * - when its code or the published content of its inputs is no longer what it was built from,
 * - when nobody knows what it holds (`forced`), or
 * - when a partition inside its windows is stale. This goes through any number of tables.
 *
 * Example: the box scores of 2024-01-26 were loaded again with other rows. The player summary of that date
 * is stale because its input has changed. The features of 2024-01-27 are stale because they were built from
 * that summary. If the summary is built again with the same rows as before, the features are current again,
 * without a run.
 *
 * Staleness does not depend on the status of a partition. While a stale partition is being built again, or
 * after that has failed, its published rows are still the old ones, so it is still stale.
 */
import type { States } from './contents.ts';
import { evaluate, staleCause, type Evaluation } from './evaluation.ts';
import type { GameDate } from './game-date.ts';
import {
  isBuilt,
  isInDoubt,
  isSettled,
  refName,
  type PartitionRef,
  type PartitionState,
} from './partition.ts';
import type { RegisteredTable } from './registry.ts';
import { isSealed } from './seal.ts';
import { seasonOf, type Season } from './season.ts';
import { datesWithStaleGames } from './stale-games.ts';
import type { Input } from './table.ts';
import {
  partitionDates,
  seasonsReadIn,
  statesOf,
  whyNoPartition,
  type SeasonView,
  type View,
} from './view.ts';
import { reads, type LastGames } from './window.ts';

/** Why a partition is stale. */
export interface Stale {
  /**
   * `data`: other content of the inputs. `code`: other code. `forced`: what the partition holds is unknown.
   * For a partition that is stale through another one, the cause of that one.
   */
  readonly cause: 'data' | 'code' | 'forced';
  /** A stale partition that it was built from; null when the cause lies with the partition itself. */
  readonly through: PartitionRef | null;
}

/** Why a partition is stale; undefined when it is current, was never built, or is not expected. */
export type Staleness = (table: RegisteredTable, date: GameDate) => Stale | undefined;

interface KnownStaleness {
  readonly of: Staleness;
  readonly datesIn: (table: RegisteredTable, season: SeasonView) => readonly GameDate[];
}

const known = new WeakMap<View, KnownStaleness>();

/**
 * The staleness of every partition of a view. A table and season are computed when they are first asked
 * for, together with the tables they read, and are remembered as long as the view is in use.
 * @param view a view with game hashes, where some table reads the last games of another
 */
export function stalenessOf(view: View): Staleness {
  return knownOf(view).of;
}

/** The game dates of a season of the view on which a table is stale, ascending; see {@link stalenessOf}. */
export function staleDatesIn(view: View, table: RegisteredTable, season: SeasonView): readonly GameDate[] {
  return knownOf(view).datesIn(table, season);
}

function knownOf(view: View): KnownStaleness {
  const found = known.get(view);
  if (found !== undefined) return found;
  const made = makeStaleness(view);
  known.set(view, made);
  return made;
}

/** Why a partition is stale, for a person. */
export function staleText({ cause, through }: Stale): string {
  if (through !== null) return `it was built from ${refName(through)}, which is stale`;
  switch (cause) {
    case 'data':
      return 'its inputs have changed since it was built';
    case 'code':
      return 'its code has changed since it was built';
    case 'forced':
      return 'it is not known what it holds';
    default:
      return cause satisfies never;
  }
}

/**
 * The state of a partition as it is shown: its `stale` says whether it is stale at this moment. The stored
 * mark is kept where it names the change that made the partition stale.
 */
export function withStaleness<State extends PartitionState>(state: State, stale: Stale | undefined): State {
  if (stale === undefined) return { ...state, stale: null };
  if (state.stale !== null && stale.through === null) return state;
  return { ...state, stale: { cause: stale.cause, because: staleText(stale) } };
}

/** The stale partitions of one table and season. */
interface StaleDates {
  readonly byDate: ReadonlyMap<GameDate, Stale>;
  /** Those on game dates of the season, ascending: only these are read by other tables. */
  readonly dates: readonly GameDate[];
}

/** An input of a table, and what of it is stale in a season and first in the seasons before. */
interface StaleInput {
  readonly input: Input;
  readonly own: StaleDates;
  readonly earlier: { readonly read: GameDate; readonly stale: Stale | undefined } | undefined;
}

function makeStaleness(view: View): KnownStaleness {
  const published = asPublished(view);
  const evaluation = evaluate(view);
  const evaluations = published === view ? [evaluation] : [evaluation, evaluate(published)];
  const ofSeasons = new Map<SeasonView, Map<RegisteredTable, StaleDates>>();
  const staleGames = new Map<string, ReadonlyMap<GameDate, GameDate>>();

  const staleDatesOf = (table: RegisteredTable, season: SeasonView): StaleDates => {
    let ofTables = ofSeasons.get(season);
    if (ofTables === undefined) ofSeasons.set(season, (ofTables = new Map()));
    const seen = ofTables.get(table);
    if (seen !== undefined) return seen;
    const byDate = new Map<GameDate, Stale>();
    const states = statesOf(season, table.definition.name);
    const inputs = staleInputsOf(table, season);
    for (const date of partitionDates(table, season)) {
      const state = states[date];
      if (!isBuilt(state) || isSealed(table.definition, state, date, view.today)) continue;
      const stale = ownCause(evaluations, table, date, state) ?? throughInputs(inputs, date, season);
      if (stale !== undefined && whyNoPartition(view, table, date) === undefined) byDate.set(date, stale);
    }
    const dates = byDate.size === 0 ? [] : season.calendar.dates.filter((date) => byDate.has(date));
    const answer = { byDate, dates };
    ofTables.set(table, answer);
    return answer;
  };

  /** The inputs of a table of which anything is stale that its dates in a season may read. */
  const staleInputsOf = ({ definition }: RegisteredTable, season: SeasonView): readonly StaleInput[] =>
    definition.inputs.flatMap((input) => {
      const source = view.registry.get(input.table);
      const own = staleDatesOf(source, season);
      const earlier = staleInEarlier(source, input, season);
      return own.byDate.size === 0 && earlier === undefined ? [] : [{ input, own, earlier }];
    });

  const throughInputs = (
    inputs: readonly StaleInput[],
    date: GameDate,
    season: SeasonView,
  ): Stale | undefined => {
    for (const { input, own, earlier } of inputs) {
      const read = firstStaleRead(input, date, own, season);
      const found = read === undefined ? earlier : { read, stale: own.byDate.get(read) };
      if (found?.stale !== undefined)
        return { cause: found.stale.cause, through: { table: input.table, date: found.read } };
    }
    return undefined;
  };

  /** The first stale partition of earlier seasons that an input reads. */
  const staleInEarlier = (
    source: RegisteredTable,
    { window }: Input,
    season: SeasonView,
  ): StaleInput['earlier'] => {
    for (const earlier of seasonsReadIn(view, window, season.calendar.season)) {
      const { byDate, dates } = staleDatesOf(source, earlier);
      const [read] = dates;
      if (read !== undefined) return { read, stale: byDate.get(read) };
    }
    return undefined;
  };

  const firstStaleRead = (
    input: Input,
    date: GameDate,
    { byDate, dates }: StaleDates,
    season: SeasonView,
  ): GameDate | undefined => {
    switch (input.window.kind) {
      case 'same_date':
        return byDate.has(date) ? date : undefined;
      case 'season_to_date':
        return dates[0] !== undefined && dates[0] < date ? dates[0] : undefined;
      case 'last_games':
        return staleGamesBefore(input.table, input.window, dates, season).get(date);
      case 'previous_days':
      case 'around_date':
        return reads(input.window, date, dates)[0];
      case 'previous_seasons':
        return undefined;
      default:
        return input.window satisfies never;
    }
  };

  const staleGamesBefore = (
    table: string,
    { games }: LastGames,
    stale: readonly GameDate[],
    season: SeasonView,
  ): ReadonlyMap<GameDate, GameDate> => {
    const key = `${table}|${games}|${season.calendar.season}`;
    const seen = staleGames.get(key);
    if (seen !== undefined) return seen;
    const hashes = season.gameHashes.get(table) ?? {};
    const answer = datesWithStaleGames(season.calendar.dates, games, (date) => hashes[date], stale);
    staleGames.set(key, answer);
    return answer;
  };

  return {
    of: (table, date) => {
      const season = view.seasons.get(seasonOf(date));
      return season === undefined ? undefined : staleDatesOf(table, season).byDate.get(date);
    },
    datesIn: (table, season) => staleDatesOf(table, season).dates,
  };
}

/**
 * Why a built partition is stale by itself; undefined when it was built from the inputs and the code of now.
 * @param evaluations that of the states as they are, and that of the published content where it differs
 */
function ownCause(
  evaluations: readonly Evaluation[],
  table: RegisteredTable,
  date: GameDate,
  { stale, inputFingerprint }: PartitionState & { readonly inputFingerprint: string },
): Stale | undefined {
  if (stale?.cause === 'forced') return { cause: 'forced', through: null };
  let now = '';
  for (const evaluation of evaluations) {
    now = evaluation.inputFingerprint(table, date);
    if (now === inputFingerprint) return undefined;
  }
  return { cause: staleCause(inputFingerprint, now) ?? 'data', through: null };
}

/**
 * The view in which every partition whose published content is known counts as settled. A partition that is
 * being built again, or whose rebuild has failed, still has the content that its readers were built from.
 * @returns the same view when there is no such partition
 */
function asPublished(view: View): View {
  const seasons = seasonsAsPublished(view.seasons);
  const earlier = view.earlier && seasonsAsPublished(view.earlier);
  if (seasons === view.seasons && earlier === view.earlier) return view;
  return { ...view, seasons, ...(earlier === undefined ? {} : { earlier }) };
}

function seasonsAsPublished(views: ReadonlyMap<Season, SeasonView>): ReadonlyMap<Season, SeasonView> {
  const seasons = new Map<Season, SeasonView>();
  let isSame = true;
  for (const [label, season] of views) {
    const states = new Map(
      [...season.states].map(([table, ofTable]) => [table, settledAsPublished(ofTable)]),
    );
    const isSameSeason = season.states.entries().every(([table, ofTable]) => states.get(table) === ofTable);
    seasons.set(label, isSameSeason ? season : { ...season, states });
    isSame &&= isSameSeason;
  }
  return isSame ? views : seasons;
}

function settledAsPublished(states: States): States {
  if (Object.values(states).every(isSettled)) return states;
  const changed: Record<string, PartitionState> = { ...states };
  for (const [date, state] of Object.entries(states)) {
    if (!isSettled(state) && isBuilt(state) && !isInDoubt(state))
      changed[date] = { ...state, status: state.rows === 0 ? 'empty' : 'success' };
  }
  return changed;
}
