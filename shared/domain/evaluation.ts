/**
 * What a run waits for and what it is built from, computed from one view. Every decision rests on these
 * answers.
 */
import { archivedContent } from './archive.ts';
import { artifactContents, artifactVersion } from './artifacts.ts';
import { boxedContent } from './boxed-games.ts';
import { whyNotExpected } from './calendar.ts';
import {
  contentOf,
  contentsBefore,
  contentsOn,
  versionOf,
  versionsBefore,
  wholeSeason,
  type States,
} from './contents.ts';
import type { GameDate } from './game-date.ts';
import { digest } from './hash.ts';
import { lastGamesBefore } from './last-games.ts';
import { memoized } from './memoized.ts';
import { hasScope, outsideOf } from './outside.ts';
import {
  acceptedText,
  isAccepted,
  isAnswered,
  isInFlight,
  isSettled,
  refName,
  type PartitionRef,
} from './partition.ts';
import type { RegisteredTable } from './registry.ts';
import { isSealed } from './seal.ts';
import { type Input, isOncePerSeason, isRaw, moreGamesFrom, readBeside } from './table.ts';
import {
  isToBeEmptied,
  whyNoPartition,
  factsOf,
  seasonsReadIn,
  seasonViewOf,
  standInOn,
  stateOf,
  statesOf,
  type SeasonView,
  type View,
} from './view.ts';
import { countBefore, readRange, reads } from './window.ts';

/** What a run is to be built from, as it was at the moment when the run was asked for. */
export interface InputsSeen {
  /** Hash of the table's code and of the contents of its inputs. */
  readonly inputFingerprint: string;
  /** How often something has happened to the inputs; see {@link Evaluation.inputVersion}. */
  readonly inputVersion: number;
}

/** What a run still needs from other partitions. */
export interface Unmet {
  /**
   * Partitions that are going to be built: a run is under way, a plan holds them, or the live lane wants
   * them and can build them.
   */
  readonly pending: PartitionRef[];
  /** Partitions that nothing is going to build until a person asks for them. */
  readonly lost: PartitionRef[];
}

/**
 * What a window contributes to the fingerprint of a run.
 * @param place how many game dates of its season lie before the date
 */
type WindowContent = (date: GameDate, place: number) => string;

/** The answers of one view about runs of a table for a date. */
export interface Evaluation {
  /**
   * What a run still needs. A run can be asked for when both lists are empty. A live run waits for nothing of an earlier season: a
   * backfill of that season would hold up tonight's games. See {@link Evaluation.isEarlierUnderWay}.
   * @param lane `live` for a run that a live cascade wants; by default what the state of the partition says
   */
  readonly unmet: (table: RegisteredTable, date: GameDate, lane?: 'live') => Unmet;
  /** Whether a run is under way for an earlier season that a run of `table` for `date` reads. */
  readonly isEarlierUnderWay: (table: RegisteredTable, date: GameDate) => boolean;
  /**
   * Required inputs that are missing and that a person has accepted as missing, as `table@date`; at most
   * ten. For a person's word about the input itself, person and reason follow in brackets.
   */
  readonly accepted: (table: RegisteredTable, date: GameDate) => readonly string[];
  /**
   * Hash of everything a run of `table` for `date` depends on: `<code>.<inputs>`. The two halves are
   * compared separately, so that a change of code can be told from a change of data. It has a meaning only
   * when no input is unmet.
   */
  readonly inputFingerprint: (table: RegisteredTable, date: GameDate) => string;
  /**
   * Counts everything that has ever happened to what a run of `table` for `date` reads: runs asked for,
   * damage found, files archived, names matched anew, scopes given. It never decreases.
   *
   * Suppose that no input was under way and that the version is the same before and after a run. Then the
   * run has read one state of its inputs, the one of the fingerprint. No input changed and changed back in
   * between.
   */
  readonly inputVersion: (table: RegisteredTable, date: GameDate) => number;
  /** What a run that is asked for at this moment will have been built from. */
  readonly inputsSeen: (table: RegisteredTable, date: GameDate) => InputsSeen;
  /** Whether the published content was built from exactly the inputs and the code of this moment. */
  readonly isCurrent: (table: RegisteredTable, date: GameDate) => boolean;
  /**
   * Whether a run has built the partition from the inputs of this moment by other code. That code answers while a deployment goes
   * on, and would answer again.
   */
  readonly isByOtherCode: (table: RegisteredTable, date: GameDate) => boolean;
}

/**
 * Everything that is derived from one view. It is computed anew for each view, so it cannot go out of date.
 * @param unresolved whether the plan that is being evaluated is still going to build a partition
 */
export function evaluate(
  view: View,
  unresolved: (table: string, date: GameDate) => boolean = () => false,
): Evaluation {
  const unmet = (table: RegisteredTable, date: GameDate, lane?: 'live'): Unmet => {
    const pending: PartitionRef[] = [];
    const lost: PartitionRef[] = [];
    const season = seasonViewOf(view, date);
    if (season === undefined) return { pending, lost: [{ table: 'nbac_schedule', date }] };
    const look = (input: Input, dates: readonly GameDate[], ofSeason: SeasonView): void => {
      for (const read of dates) {
        const ref = { table: input.table, date: read };
        const answer = need(ref, input, ofSeason);
        if (answer === 'pending') pending.push(ref);
        else if (answer === 'lost') lost.push(ref);
      }
    };
    const isLive = lane === 'live' || statesOf(season, table.definition.name)[date]?.want != null;
    for (const input of table.definition.inputs) {
      look(input, windowDates(input, date, season), season);
      if (isLive) continue;
      for (const earlier of seasonsReadIn(view, input.window, season.calendar.season))
        look(input, earlier.calendar.dates.slice(firstUnmet(input, earlier)), earlier);
    }
    return { pending, lost };
  };

  const isEarlierUnderWay = (table: RegisteredTable, date: GameDate): boolean => {
    const season = seasonViewOf(view, date)?.calendar.season;
    return (
      season !== undefined &&
      table.definition.inputs.some((input) =>
        seasonsReadIn(view, input.window, season).some((earlier) =>
          isAnyInFlight(statesOf(earlier, input.table), earlier.calendar.dates),
        ),
      )
    );
  };

  const accepted = (table: RegisteredTable, date: GameDate): readonly string[] => {
    const season = seasonViewOf(view, date);
    if (season === undefined) return [];
    const cells = table.definition.inputs
      .filter(({ required }) => required)
      .flatMap((input) => acceptedCells(input, date, season));
    const lost = view.acceptMissing
      ? evaluate({ ...view, acceptMissing: false }, unresolved)
          .unmet(table, date)
          .lost.map(refName)
      : [];
    return [...new Set([...cells, ...lost])].slice(0, 10);
  };

  /** The partitions that an input reads although they are not there, each with who has accepted that and why. */
  const acceptedCells = ({ table, window }: Input, date: GameDate, season: SeasonView): string[] => {
    const states = statesOf(season, table);
    const dates = acceptedDates(states);
    if (dates.length === 0) return [];
    const read = window.kind === 'same_date' ? [date] : reads(window, date, season.calendar.dates);
    const inWindow = new Set(read);
    return dates.flatMap((each) => {
      const state = states[each];
      if (!inWindow.has(each) || !isAccepted(state)) return [];
      return [`${refName({ table, date: each })} (${acceptedText(state.accepted)})`.slice(0, 400)];
    });
  };

  const need = (ref: PartitionRef, input: Input, season: SeasonView): 'met' | 'pending' | 'lost' => {
    if (unresolved(ref.table, ref.date)) return 'pending';
    const state = season.states.get(ref.table)?.[ref.date];
    if (isAnswered(state)) return 'met';
    if (state?.status === 'requested' || state?.status === 'running') return 'pending';
    if (isAccepted(state)) return 'met';
    const reader = view.registry.get(ref.table);
    // What a source has told of a game is loaded also where the calendar does not know yet that the game is over.
    const isTold = isRaw(reader.definition) && state?.want != null;
    if (!isTold && !isExpected(ref, season)) return 'met';
    // The live lane builds a wanted partition as soon as its inputs are there. When one of those is lost,
    // the partition is lost as well.
    if (state?.want != null && unmet(reader, ref.date).lost.length === 0) return 'pending';
    if (!input.required || view.acceptMissing) return 'met';
    const standIn = standInOn(view.registry, season, ref.table, ref.date);
    if (standIn === undefined) return 'lost';
    return need({ table: standIn, date: ref.date }, { ...input, table: standIn }, season);
  };

  const expected = new Map<string, boolean>();
  const isExpected = (ref: PartitionRef, season: SeasonView): boolean => {
    const key = `${ref.table}@${ref.date}`;
    const known = expected.get(key);
    if (known !== undefined) return known;
    const answer =
      whyNotExpected(view.registry.get(ref.table).definition, ref.date, factsOf(view, season)) === undefined;
    expected.set(key, answer);
    return answer;
  };

  const windowDates = (input: Input, date: GameDate, season: SeasonView): readonly GameDate[] => {
    const { dates } = season.calendar;
    switch (input.window.kind) {
      case 'same_date':
        return [date];
      case 'season_to_date':
      case 'last_games': {
        // The dates before the first unmet one need no search.
        const first = firstUnmet(input, season);
        return dates.slice(first, Math.max(first, countBefore(season.calendar.dates, date)));
      }
      case 'previous_days':
      case 'around_date':
        return reads(input.window, date, dates);
      case 'previous_seasons':
        return [];
      default:
        return input.window satisfies never;
    }
  };

  const firstUnmetOf = new Map<string, number>();
  const firstUnmet = (input: Input, season: SeasonView): number => {
    const key = `${input.table}|${input.required}|${season.calendar.season}`;
    const known = firstUnmetOf.get(key);
    if (known !== undefined) return known;
    const found = season.calendar.dates.findIndex(
      (date) => need({ table: input.table, date }, input, season) !== 'met',
    );
    const first = found === -1 ? season.calendar.dates.length : found;
    firstUnmetOf.set(key, first);
    return first;
  };

  const inputFingerprint = (table: RegisteredTable, date: GameDate): string => {
    const season = seasonViewOf(view, date);
    const state = season?.states.get(table.definition.name)?.[date];
    if (state?.inputFingerprint != null && isSealed(table.definition, state, date, view.today))
      return state.inputFingerprint;
    const parts: string[] = artifactContents(table.definition, date, view.today, season?.models);
    if (isRaw(table.definition)) {
      parts.push(archivedContent(season?.archives.get(table.definition.name), date));
      const names = season?.names?.get(table.definition.name)?.dates[date] ?? '';
      if (names !== '') parts.push(`names=${names}`);
      const { kinds } = outsideOf(season, view.registry, table, date);
      if (kinds.length > 0) parts.push(`outside=${kinds.join(' ')}`);
      for (const witness of readBeside(table.definition)) {
        const said = saidBy(witness, table, date, season);
        if (said !== '') parts.push(`witness ${witness}=${said}`);
      }
    }
    if (season !== undefined) {
      const place = countBefore(season.calendar.dates, date);
      for (const content of windowContentsOf(table, season)) parts.push(content(date, place));
    }
    return `${table.codeFingerprint}.${digest(parts.join('\n'))}`;
  };

  const inputVersion = (table: RegisteredTable, date: GameDate): number => {
    const season = seasonViewOf(view, date);
    if (season === undefined) return 0;
    const { name, inputs } = table.definition;
    const revisions = [name, ...readBeside(table.definition)].map(
      (each) => season.archives.get(each)?.revision ?? 0,
    );
    const ofFiles =
      revisions.reduce((sum, revision) => sum + revision, season.names?.get(name)?.changes ?? 0) +
      (hasScope(table.definition) ? (season.scope?.revision ?? 0) : 0);
    const others = ofFiles + artifactVersion(table.definition, season.models);
    return inputs.reduce((sum, input) => sum + windowVersion(input, date, season), others);
  };

  const inputsSeen = (table: RegisteredTable, date: GameDate): InputsSeen => ({
    inputFingerprint: inputFingerprint(table, date),
    inputVersion: isEarlierUnderWay(table, date) ? NO_ONE_STATE : inputVersion(table, date),
  });

  const windowVersion = (input: Input, date: GameDate, season: SeasonView): number => {
    const states = statesOf(season, input.table);
    const { dates } = season.calendar;
    switch (input.window.kind) {
      case 'same_date':
        return versionOf(states[date]);
      case 'season_to_date':
      case 'last_games':
        return versionsBefore(states, dates)[countBefore(dates, date)] ?? 0;
      case 'previous_days':
      case 'around_date':
        return reads(input.window, date, dates).reduce((sum, read) => sum + versionOf(states[read]), 0);
      case 'previous_seasons':
        return seasonsReadIn(view, input.window, season.calendar.season).reduce(
          (sum, earlier) =>
            sum + (versionsBefore(statesOf(earlier, input.table), earlier.calendar.dates).at(-1) ?? 0),
          0,
        );
      default:
        return input.window satisfies never;
    }
  };

  const windowContents = new Map<SeasonView, Map<RegisteredTable, readonly WindowContent[]>>();
  /** What each input of a table contributes to the fingerprints of a season. */
  const windowContentsOf = (table: RegisteredTable, season: SeasonView): readonly WindowContent[] => {
    let ofSeason = windowContents.get(season);
    if (ofSeason === undefined) windowContents.set(season, (ofSeason = new Map()));
    const known =
      ofSeason.get(table) ?? table.definition.inputs.map((input) => windowContentOf(input, season));
    ofSeason.set(table, known);
    return known;
  };

  const windowContentOf = ({ table, window }: Input, season: SeasonView): WindowContent => {
    const states = statesOf(season, table);
    const { dates } = season.calendar;
    switch (window.kind) {
      case 'same_date':
        return (date) => `${table}=${contentOf(states[date])}`;
      case 'season_to_date': {
        const before = contentsBefore(table, states, dates);
        return (_, place) => `${table}=${before[place] ?? ''}`;
      }
      case 'last_games': {
        const before = lastGamesBefore(table, window.games, season);
        return (_, place) => `${table}=${before[place] ?? ''}`;
      }
      case 'previous_days':
      case 'around_date': {
        const contents = contentsOn(states, dates);
        return (date) => `${table}=${contents.slice(...readRange(window, date, dates)).join(' ')}`;
      }
      case 'previous_seasons': {
        const content = seasonsReadIn(view, window, season.calendar.season)
          .flatMap((earlier) => wholeSeason(statesOf(earlier, table), earlier.calendar.dates))
          .join(' ');
        return () => `${table}=${content}`;
      }
      default:
        return window satisfies never;
    }
  };

  const isCurrent = (table: RegisteredTable, date: GameDate): boolean => {
    const state = stateOf(view, table.definition.name, date);
    if (!isSettled(state) || state?.stale?.cause === 'forced') return false;
    // The night on which the season opens is no input.
    if (isOncePerSeason(table.definition) && isToBeEmptied(view, table, date)) return false;
    // Settled without a run, because there were no rows to build: current for as long as the date is still
    // not expected.
    if (state?.inputFingerprint == null) return whyNoPartition(view, table, date) !== undefined;
    return state?.inputFingerprint === inputFingerprint(table, date);
  };

  const isByOtherCode = (table: RegisteredTable, date: GameDate): boolean => {
    const state = stateOf(view, table.definition.name, date);
    return (
      isAnswered(state) &&
      state.stale?.cause !== 'forced' &&
      staleCause(state.inputFingerprint, inputFingerprint(table, date)) === 'code'
    );
  };

  return {
    unmet,
    isEarlierUnderWay,
    accepted,
    inputFingerprint,
    inputVersion,
    inputsSeen,
    isCurrent,
    isByOtherCode,
  };
}

/** What files beside the own ones say of a date: everything where they are witnesses, else only the games that the own files do not know. */
function saidBy(
  witness: string,
  { definition }: RegisteredTable,
  date: GameDate,
  season: SeasonView | undefined,
): string {
  if (season === undefined) return '';
  return moreGamesFrom(definition).includes(witness)
    ? boxedContent(definition, witness, season.archives, date)
    : archivedContent(season.archives.get(witness), date);
}

/**
 * Stands for the version of inputs of which some are under way when a run is asked for. It equals no version, so the run is taken for one
 * whose inputs have changed, and what it has built is built again. A run that is under way has a version of its own, so theirs is more.
 */
const NO_ONE_STATE = 0;

/** Whether a run is under way for any of the dates of a table; remembered with the states. */
const isAnyInFlight = memoized((states: States, dates: readonly GameDate[]): boolean =>
  dates.some((date) => isInFlight(states[date])),
);

const acceptedIn = new WeakMap<States, readonly GameDate[]>();

/** The dates of a table of which a person has accepted that they are not there, ascending; remembered with the states. */
function acceptedDates(states: States): readonly GameDate[] {
  const known = acceptedIn.get(states);
  if (known !== undefined) return known;
  const dates = (Object.keys(states) as GameDate[]).filter((date) => isAccepted(states[date])).sort();
  acceptedIn.set(states, dates);
  return dates;
}

/**
 * The fingerprint of a run whose inputs changed while it was at work. It equals no other fingerprint, so
 * the partition is built again.
 */
export function fingerprintOfMovedInputs(table: RegisteredTable): string {
  return `${table.codeFingerprint}.moved`;
}

/** The fingerprint of inputs that other code has named, for a run that this code does. */
export function fingerprintOfThisCode({ codeFingerprint }: RegisteredTable, asked: string): string {
  const [, inputs = ''] = asked.split('.');
  return `${codeFingerprint}.${inputs}`;
}

/**
 * Which half of a recorded input fingerprint differs from the present one; undefined when neither does, or
 * when there is no recorded one. When both differ, the cause is `data`.
 */
export function staleCause(recorded: string | null, now: string): 'data' | 'code' | undefined {
  if (recorded === null || recorded === now) return undefined;
  const [codeThen, dataThen] = recorded.split('.');
  const [codeNow, dataNow] = now.split('.');
  if (dataThen !== dataNow) return 'data';
  return codeThen === codeNow ? undefined : 'code';
}
