/**
 * What is known of some seasons at one moment: the values every decision is computed from. A view is read once and
 * never written to; what is derived from it is remembered beside it.
 */
import {
  expectedDates,
  exclusionOf,
  isWithoutSource,
  type ExcludedDate,
  type ExpectationFacts,
  type SeasonCalendar,
} from './calendar.ts';
import { digest } from './hash.ts';
import type { GameDate } from './game-date.ts';
import {
  isAnswered,
  isBuilt,
  isSettled,
  refName,
  type PartitionRef,
  type PartitionState,
} from './partition.ts';
import type { RegisteredTable, Registry } from './registry.ts';
import { seasonOf, type Season } from './season.ts';
import type { Input } from './table.ts';
import { positionOf, reads, type LastGames } from './window.ts';

/** For each entity with a game on a date, the hash of its rows. */
export type GameHashes = Readonly<Record<string, string>>;

/** An archived set of source files that fills one raw table for one season. */
export interface Archive {
  readonly table: string;
  readonly season: Season;
  /** Counts the changes of the files. */
  readonly revision: number;
  readonly files: readonly { readonly name: string; readonly uri: string; readonly sha256: string }[];
  /** Dates for which the files have rows. */
  readonly dates: readonly GameDate[];
}

export interface SeasonView {
  readonly calendar: SeasonCalendar;
  /** Table -> date -> state. */
  readonly states: ReadonlyMap<string, Readonly<Record<string, PartitionState>>>;
  /** Table -> date -> entity -> hash, for tables that others read by their last games. */
  readonly gameHashes: ReadonlyMap<string, Readonly<Record<string, GameHashes>>>;
  /** Raw table -> where its rows come from. */
  readonly archives: ReadonlyMap<string, Archive>;
}

export interface View {
  readonly registry: Registry;
  readonly seasons: ReadonlyMap<Season, SeasonView>;
  /** The Eastern date of now. */
  readonly today: GameDate;
  /** Partitions a person has accepted as they are, whatever is missing in them. */
  readonly acceptMissing: boolean;
}

export function stateOf(view: View, table: string, date: GameDate): PartitionState | undefined {
  return view.seasons.get(seasonOf(date))?.states.get(table)?.[date];
}

export function factsOf(view: View, season: SeasonView): ExpectationFacts {
  return {
    calendar: season.calendar,
    today: view.today,
    withoutSource: (date) =>
      view.registry.resultSources.some((table) => isWithoutSource(season.states.get(table)?.[date])),
  };
}

/** Why `table` has no partition for `date`, or undefined when it should have one. */
export function exclusion(view: View, table: RegisteredTable, date: GameDate): string | undefined {
  const season = view.seasons.get(seasonOf(date));
  if (season === undefined) return 'no_schedule';
  if (table.definition.kind === 'loaded') {
    if (season.states.get(table.definition.name)?.[date] !== undefined) return undefined;
    const archive = season.archives.get(table.definition.name);
    if (archive === undefined) return SOURCE_NOT_ARCHIVED;
    // Files that have nothing for a date say that it has no source only once its games have been played.
    const isDue =
      table.definition.timing === 'pre_game' || (season.calendar.games[date]?.finalGames ?? 0) > 0;
    return isDue || archive.dates.includes(date) ? undefined : 'not_played';
  }
  return exclusionOf(table.definition, date, factsOf(view, season));
}

const SOURCE_NOT_ARCHIVED = 'source_not_archived';

/** The dates of `dates` on which `table` should have a partition, by the calendars of the view. */
export function expectationsOf(
  view: View,
  table: RegisteredTable,
  dates: readonly GameDate[],
): { readonly expected: GameDate[]; readonly excluded: ExcludedDate[] } {
  const expected: GameDate[] = [];
  const excluded: ExcludedDate[] = [];
  for (const [label, ofSeason] of bySeason(dates)) {
    const season = view.seasons.get(label);
    if (season === undefined) excluded.push(...ofSeason.map((date) => ({ date, reason: 'no_schedule' })));
    else {
      const answer = expectedDates(table.definition, ofSeason, factsOf(view, season));
      expected.push(...answer.expected);
      excluded.push(...answer.excluded);
    }
  }
  return { expected, excluded };
}

/** `dates` grouped by season, in their order. */
export function bySeason(dates: readonly GameDate[]): Map<Season, GameDate[]> {
  const groups = new Map<Season, GameDate[]>();
  for (const date of dates) {
    const season = seasonOf(date);
    const group = groups.get(season);
    if (group === undefined) groups.set(season, [date]);
    else group.push(date);
  }
  return groups;
}

/** Everything one evaluation derives from one view; made anew for each view, so it cannot go stale. */
export class Evaluation {
  readonly view: View;
  readonly #unresolved: (table: string, date: GameDate) => boolean;
  readonly #prefixes = new Map<string, readonly string[]>();
  readonly #lastGames = new Map<string, readonly string[]>();
  readonly #expected = new Map<string, boolean>();

  /** @param unresolved whether a partition is yet to be built by the plan that is being evaluated */
  constructor(view: View, unresolved: (table: string, date: GameDate) => boolean = () => false) {
    this.view = view;
    this.#unresolved = unresolved;
  }

  /** What a run for `date` still needs from others, in two kinds: what somebody is at work on, and what nobody is. */
  unmet(
    table: RegisteredTable,
    date: GameDate,
  ): { readonly pending: PartitionRef[]; readonly lost: PartitionRef[] } {
    const pending: PartitionRef[] = [];
    const lost: PartitionRef[] = [];
    const season = this.view.seasons.get(seasonOf(date));
    if (season === undefined) return { pending, lost: [{ table: 'nbac_schedule', date }] };
    for (const input of table.definition.inputs) {
      for (const read of this.#windowDates(input, date, season)) {
        const ref = { table: input.table, date: read };
        const need = this.#need(ref, input, season);
        if (need === 'pending') pending.push(ref);
        else if (need === 'lost') lost.push(ref);
      }
    }
    return { pending, lost };
  }

  /** Required inputs of a run that are missing and that a person has accepted as missing; at most ten names. */
  accepted(table: RegisteredTable, date: GameDate): readonly string[] {
    if (!this.view.acceptMissing) return [];
    const { lost } = new Evaluation({ ...this.view, acceptMissing: false }, this.#unresolved).unmet(
      table,
      date,
    );
    return lost.slice(0, 10).map(refName);
  }

  #need(ref: PartitionRef, input: Input, season: SeasonView): 'met' | 'pending' | 'lost' {
    if (this.#unresolved(ref.table, ref.date)) return 'pending';
    const state = season.states.get(ref.table)?.[ref.date];
    if (isAnswered(state)) return 'met';
    if (state?.status === 'requested' || state?.status === 'running') return 'pending';
    if (!this.#isExpected(ref, season)) return 'met';
    // The live lane builds what is wanted, as soon as what it reads is there; nobody does when that is lost.
    const reader = this.view.registry.get(ref.table);
    if (state?.want != null && this.unmet(reader, ref.date).lost.length === 0) return 'pending';
    return input.required && !this.view.acceptMissing ? 'lost' : 'met';
  }

  #isExpected(ref: PartitionRef, season: SeasonView): boolean {
    const key = `${ref.table}@${ref.date}`;
    const known = this.#expected.get(key);
    if (known !== undefined) return known;
    const expected =
      exclusionOf(this.view.registry.get(ref.table).definition, ref.date, factsOf(this.view, season)) ===
      undefined;
    this.#expected.set(key, expected);
    return expected;
  }

  #windowDates(input: Input, date: GameDate, season: SeasonView): readonly GameDate[] {
    const { dates } = season.calendar;
    switch (input.window.kind) {
      case 'same_date':
        return [date];
      case 'season_to_date':
      case 'last_games': {
        // Everything before the first partition that is not settled is met: the search starts there.
        const first = this.#firstUnmet(input, season);
        return dates.slice(first, Math.max(first, positionOf(season.calendar.dates, date)));
      }
      case 'previous_days':
      case 'around_date':
        return reads(input.window, date, dates);
      default:
        return input.window satisfies never;
    }
  }

  readonly #firstUnmetOf = new Map<string, number>();
  #firstUnmet(input: Input, season: SeasonView): number {
    const key = `${input.table}|${input.required}|${season.calendar.season}`;
    const known = this.#firstUnmetOf.get(key);
    if (known !== undefined) return known;
    const found = season.calendar.dates.findIndex(
      (date) => this.#need({ table: input.table, date }, input, season) !== 'met',
    );
    const first = found === -1 ? season.calendar.dates.length : found;
    this.#firstUnmetOf.set(key, first);
    return first;
  }

  /**
   * Hash of everything a run of `table` for `date` depends on: `<code>.<inputs>`. The two halves are compared apart, so
   * that a change of code can be told from a change of data. Meaningful when nothing is unmet.
   */
  inputFingerprint(table: RegisteredTable, date: GameDate): string {
    const season = this.view.seasons.get(seasonOf(date));
    const parts: string[] = [];
    if (table.definition.kind === 'loaded') {
      parts.push(...(season?.archives.get(table.definition.name)?.files ?? []).map((file) => file.sha256));
    }
    if (season !== undefined) {
      for (const input of table.definition.inputs)
        parts.push(`${input.table}=${this.#windowFingerprint(input, date, season)}`);
    }
    return `${table.codeFingerprint}.${digest(parts.join('\n'))}`;
  }

  /**
   * Counts everything that has ever been set in motion among what a run of `table` for `date` reads: runs asked for,
   * damage found, files archived. It only grows. Where nothing was under way and it is the same before and after a run,
   * the run has read one state of its inputs, the one of the fingerprint, and none that came and went in between.
   */
  inputVersion(table: RegisteredTable, date: GameDate): number {
    const season = this.view.seasons.get(seasonOf(date));
    if (season === undefined) return 0;
    return table.definition.inputs.reduce(
      (sum, input) => sum + this.#windowVersion(input, date, season),
      season.archives.get(table.definition.name)?.revision ?? 0,
    );
  }

  /** What a run that is asked for now will have been built from. */
  inputsSeen(table: RegisteredTable, date: GameDate): InputsSeen {
    return {
      inputFingerprint: this.inputFingerprint(table, date),
      inputVersion: this.inputVersion(table, date),
    };
  }

  #windowVersion(input: Input, date: GameDate, season: SeasonView): number {
    switch (input.window.kind) {
      case 'same_date':
        return versionOf(season.states.get(input.table)?.[date]);
      case 'season_to_date':
      case 'last_games':
        return this.#versionsBefore(input.table, season)[positionOf(season.calendar.dates, date)] ?? 0;
      case 'previous_days':
      case 'around_date':
        return reads(input.window, date, season.calendar.dates).reduce(
          (sum, read) => sum + versionOf(season.states.get(input.table)?.[read]),
          0,
        );
      default:
        return input.window satisfies never;
    }
  }

  readonly #versions = new Map<string, readonly number[]>();
  /** For each position of the season, the versions of the dates before it, added up. */
  #versionsBefore(table: string, season: SeasonView): readonly number[] {
    const key = `${table}|${season.calendar.season}`;
    const known = this.#versions.get(key);
    if (known !== undefined) return known;
    const states = season.states.get(table) ?? {};
    const sums = [0];
    for (const date of season.calendar.dates) sums.push((sums.at(-1) ?? 0) + versionOf(states[date]));
    this.#versions.set(key, sums);
    return sums;
  }

  #windowFingerprint(input: Input, date: GameDate, season: SeasonView): string {
    switch (input.window.kind) {
      case 'same_date':
        return this.#contentOf(input.table, date, season);
      case 'season_to_date':
        return this.#prefix(input.table, season)[positionOf(season.calendar.dates, date)] ?? '';
      case 'last_games':
        return (
          this.#lastGamesFingerprints(input.table, input.window, season)[
            positionOf(season.calendar.dates, date)
          ] ?? ''
        );
      case 'previous_days':
      case 'around_date':
        return reads(input.window, date, season.calendar.dates)
          .map((read) => `${read}:${this.#contentOf(input.table, read, season)}`)
          .join(' ');
      default:
        return input.window satisfies never;
    }
  }

  #contentOf(table: string, date: GameDate, season: SeasonView): string {
    const state = season.states.get(table)?.[date];
    if (state?.status === 'success' || state?.status === 'partial') {
      return state.reopened > 0
        ? `${state.outputFingerprint} after ${state.reopened}`
        : (state.outputFingerprint ?? NOTHING);
    }
    return isBuilt(state) && !isSettled(state) ? 'unsettled' : NOTHING;
  }

  /** Running hash of the contents before each position of the season, so that a date costs the same in October and in April. */
  #prefix(table: string, season: SeasonView): readonly string[] {
    const key = `${table}|${season.calendar.season}`;
    const known = this.#prefixes.get(key);
    if (known !== undefined) return known;
    const contents = season.calendar.dates.map((date) => `${date}:${this.#contentOf(table, date, season)}`);
    const prefix = remembered(`prefix|${key}`, contents, () => {
      let running = '';
      return [running, ...contents.map((content) => (running = digest(`${running} ${content}`)))];
    });
    this.#prefixes.set(key, prefix);
    return prefix;
  }

  /**
   * For each position of the season, the sum of the hashes of the last n games of every entity before it. A change of a
   * game changes it exactly where that game is among its entity's last n.
   */
  #lastGamesFingerprints(table: string, window: LastGames, season: SeasonView): readonly string[] {
    const key = `${table}|${window.games}|${season.calendar.season}`;
    const known = this.#lastGames.get(key);
    if (known !== undefined) return known;
    const byDate = season.gameHashes.get(table) ?? {};
    const states = season.states.get(table);
    const { dates } = season.calendar;
    const hashes = dates.map((date) => (isSettled(states?.[date]) ? byDate[date] : undefined));
    const damages = dates.map((date) => states?.[date]?.reopened ?? 0);
    const fingerprints = remembered(`last games|${key}`, [...hashes, ...damages], () =>
      sumsOfLastGames(hashes, damages, window.games),
    );
    this.#lastGames.set(key, fingerprints);
    return fingerprints;
  }

  /** Whether the published content was built from exactly the inputs and code of now. */
  isCurrent(table: RegisteredTable, date: GameDate): boolean {
    const state = stateOf(this.view, table.definition.name, date);
    if (!isSettled(state) || state?.stale?.cause === 'forced') return false;
    // Never built, because there was nothing to build: right for as long as there still is nothing.
    if (state?.inputFingerprint == null) return exclusion(this.view, table, date) !== undefined;
    return state?.inputFingerprint === this.inputFingerprint(table, date);
  }
}

/** What a run is to be built from, as it was when the run was asked for. */
export interface InputsSeen {
  /** Hash of the code and of the contents. */
  readonly inputFingerprint: string;
  /** Count of everything that had been set in motion among the inputs. */
  readonly inputVersion: number;
}

/**
 * The fingerprint of a run whose inputs were set in motion while it was at work: it equals no other, so whatever the run
 * read is built again.
 */
export function fingerprintOfMovedInputs(table: RegisteredTable): string {
  return `${table.codeFingerprint}.moved`;
}

function versionOf(state: PartitionState | undefined): number {
  return (state?.token ?? 0) + (state?.reopened ?? 0);
}

/** What a partition without rows adds to a fingerprint, whether it was looked at or not. */
const NOTHING = 'none';

interface EntityLanes {
  readonly entity: string;
  readonly lanes: readonly number[];
}

/** Hashes as numbers, read once for each document: a document that was read is never written to. */
const parsed = new WeakMap<GameHashes, readonly EntityLanes[]>();
function lanesOf(hashes: GameHashes): readonly EntityLanes[] {
  const known = parsed.get(hashes);
  if (known !== undefined) return known;
  const lanes = Object.entries(hashes).map(([entity, hash]) => ({
    entity,
    lanes: [Number.parseInt(hash.slice(0, 8), 16), Number.parseInt(hash.slice(8, 16), 16)],
  }));
  parsed.set(hashes, lanes);
  return lanes;
}

/**
 * @param hashes for each game date those of its games, if they count
 * @param damages for each game date how often its rows were found damaged
 */
function sumsOfLastGames(
  hashes: readonly (GameHashes | undefined)[],
  damages: readonly number[],
  games: number,
): readonly string[] {
  const recent = new Map<string, (readonly number[])[]>();
  const sum = [0, 0];
  const fingerprints = [sumText(sum)];
  for (const [i, ofDate] of hashes.entries()) {
    const reopened = damages[i] ?? 0;
    for (const { entity, lanes: content } of ofDate === undefined ? [] : lanesOf(ofDate)) {
      const lanes = reopened === 0 ? content : [(content[0] ?? 0) + reopened, content[1] ?? 0];
      const own = recent.get(entity) ?? [];
      if (own.length === 0) recent.set(entity, own);
      own.push(lanes);
      add(sum, lanes, 1);
      const oldest = own.length > games ? own.shift() : undefined;
      if (oldest !== undefined) add(sum, oldest, -1);
    }
    fingerprints.push(sumText(sum));
  }
  return fingerprints;
}

/** The last answer for each key, with what it was made of. */
const answers = new Map<string, { readonly parts: readonly unknown[]; readonly answer: readonly string[] }>();

/**
 * The answer that was made of the same parts before, or a new one. Decisions follow one another closely, and most of
 * what they are made of is still the same then; it is compared part by part.
 */
function remembered(
  key: string,
  parts: readonly unknown[],
  make: () => readonly string[],
): readonly string[] {
  const known = answers.get(key);
  if (known?.parts.length === parts.length && known.parts.every((part, i) => part === parts[i]))
    return known.answer;
  const answer = make();
  answers.set(key, { parts, answer });
  return answer;
}

const LANE = 0x1_0000_0000;
function add(sum: number[], lanes: readonly number[], sign: 1 | -1): void {
  for (let i = 0; i < sum.length; i++) sum[i] = ((sum[i] ?? 0) + sign * (lanes[i] ?? 0) + LANE) % LANE;
}
function sumText(sum: readonly number[]): string {
  return sum.map((lane) => lane.toString(16).padStart(8, '0')).join('');
}

/** Which half of a recorded fingerprint differs from the one of now. */
export function staleCause(recorded: string | null, now: string): 'data' | 'code' | undefined {
  if (recorded === null || recorded === now) return undefined;
  const [codeThen, dataThen] = recorded.split('.');
  const [codeNow, dataNow] = now.split('.');
  if (dataThen !== dataNow) return 'data';
  return codeThen === codeNow ? undefined : 'code';
}
