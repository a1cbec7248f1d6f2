/**
 * Prepares partitions as they were known at an earlier time in an overlay. A partition whose code and inputs were then what the
 * published one was built from is read through; every other one is loaded from what was known, or computed by its own query, and put
 * into the overlay. Nothing is visible that was not found to be the same or was not made anew.
 */
import { audit } from '../../shared/domain/audit.ts';
import { calendarAfter } from '../../shared/domain/calendar.ts';
import { evaluate, type Evaluation } from '../../shared/domain/evaluation.ts';
import { RequestError, type Result } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import {
  isAnswered,
  isBuilt,
  refName,
  UNTOUCHED,
  type PartitionRef,
  type PartitionState,
} from '../../shared/domain/partition.ts';
import type { RegisteredTable, Registry } from '../../shared/domain/registry.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import {
  partitionDates,
  statesOf,
  whyNoPartition,
  type SeasonView,
  type View,
} from '../../shared/domain/view.ts';
import { neededDates } from '../../shared/domain/needed-dates.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { DocumentPorts } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { Overlay, Row, Staged, StagedDate, Warehouse } from '../../shared/ports/warehouse.ts';
import { calendarOf, replaceCalendar } from '../../shared/state/calendars.ts';
import { tableSeasonsOf, updateStates } from '../../shared/state/completions.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import { mergeGameHashes } from '../../shared/state/game-hashes.ts';
import { copyModels, modelsKnown } from '../../shared/state/models.ts';
import { gameTables, loadView, needGameHashes } from '../../shared/state/views.ts';
import { earliestRead, goneDates } from './batch-dates.ts';
import type { LoadedRows } from './context.ts';
import { computedRows, withComputed, type ComputeContext } from './computed-rows.ts';
import { stageInRange } from './in-range.ts';
import { withKnown } from './known-rows.ts';
import { stateOf, timesOf, waitText } from './known-states.ts';
import { archivedLoader } from './load-archived.ts';
import { isRaw } from '../../shared/domain/table.ts';
import type { KnownArchiveAt } from '../control/known-archive.ts';

export interface KnownThenPorts {
  readonly store: StateStore;
  readonly archive: ArchiveStore;
  readonly registry: Registry;
  readonly warehouse: Pick<Warehouse, 'openOverlay' | 'published' | 'read'>;
  /** An empty store. What was known then is written into it. */
  readonly scratch: StateStore;
}

/** Most dates that are loaded or computed together. */
const BATCH = 60;

/** The partitions of one time. */
export interface KnownPartitions {
  /**
   * Prepares `tables` on `dates` of a season, with all that they are built from in it. Tables that later seasons read are prepared
   * on the dates on which they are published, because a run reads of earlier seasons what is built and waits for nothing else.
   * Earlier seasons are to be prepared first.
   */
  readonly prepareSeason: (
    season: Season,
    tables: readonly string[],
    dates: readonly GameDate[],
    readLater: Iterable<string>,
  ) => Promise<void>;
  /** Why a partition was not there; undefined when it was. */
  readonly whyAbsent: (ref: PartitionRef) => string | undefined;
  /** Partitions that were looked at, and those of them that were made anew. */
  readonly counts: () => { readonly looked: number; readonly made: number };
  /** Looks whether the published partitions that are read through are still the same. @throws RequestError */
  readonly assertUnchanged: () => Promise<void>;
}

export function knownPartitions(
  { store, registry, warehouse }: KnownThenPorts,
  { store: scratch, archive, entryIds, absences }: KnownArchiveAt,
  overlay: Overlay,
  at: string,
): KnownPartitions {
  const ports: DocumentPorts = {
    store: scratch,
    clock: () => new Date(at),
    log: () => undefined,
    publisher: { publish: () => Promise.reject(new Error('What was known then sends no messages')) },
  };
  const load = archivedLoader({ ...ports, archive });
  const computing: ComputeContext = {
    ...{ registry, now: new Date(at), models: () => modelsKnown(ports) },
    ...{ fileOf: archive.get, archives: (tables, of) => archivesOf(ports, tables, of), kept: archive },
    // What was sealed by then has stayed as it was.
    published: warehouse,
  };
  /** `table@date` of what is there. */
  const present = new Set<string>();
  /** `table@date` -> why it is not there. */
  const reasons = new Map<string, string>();
  /** Season -> table -> the published states of what is read through. */
  const through = new Map<Season, Map<string, Map<GameDate, PartitionState>>>();
  let [looked, made] = [0, 0];

  const viewFor = (season: Season, table: RegisteredTable): Promise<View> =>
    loadView(ports, registry, [season], { gameHashes: needGameHashes(registry, [table]) });

  const prepareSeason: KnownPartitions['prepareSeason'] = async (season, tables, dates, readLater) => {
    await copyModels({ store }, ports, at);
    const published = await loadView({ ...ports, store }, registry, [season]);
    const below = published.seasons.get(season);
    for (const { table, dates: of, reason, by, at: saidAt } of absences) {
      const ofSeason = of.filter((date) => seasonOf(date) === season);
      if (!registry.has(table) || ofSeason.length === 0) continue;
      await updateStates(ports, registry.get(table), ofSeason, (state) => ({
        ...state,
        ...{ status: 'failed', reason: 'it was not there' },
        accepted: { reason, by, at: saidAt, input: '' },
      }));
    }
    for (const name of registry.calendarSources) {
      const table = registry.get(name);
      const view = (await viewFor(season, table)).seasons.get(season);
      if (view !== undefined) await prepare(table, partitionDates(table, view), below);
    }
    await makeCalendar(season);
    const view = (await loadView(ports, registry, [season], { gameHashes: false })).seasons.get(season);
    if (view === undefined) {
      for (const table of tables)
        for (const date of dates) reasons.set(refName({ table, date }), 'nothing of the season was known');
      return;
    }
    const needed = neededDates(registry, view, [
      ...tables.map((name) => [name, dates] as const),
      ...[...readLater].map((name) => [name, builtDates(statesOf(below, name))] as const),
    ]);
    for (const table of registry.all) {
      const { name } = table.definition;
      const open = [...(needed.get(name) ?? [])].filter((date) => !isLookedAt({ table: name, date }));
      await prepare(table, open.sort(), below);
    }
  };

  const isLookedAt = (ref: PartitionRef): boolean => present.has(refName(ref)) || reasons.has(refName(ref));

  /** The calendar of the games that were known; dates that have games by now stay in it without any. */
  const makeCalendar = async (season: Season): Promise<void> => {
    const facts = valueOf(await overlay.scheduleFacts([season]));
    const openingNight = facts.find(({ regularGames }) => regularGames > 0)?.date;
    if (openingNight === undefined) return;
    const now = await calendarOf({ store }, season);
    await replaceCalendar(ports, undefined, calendarAfter(now, season, openingNight, facts));
  };

  /** Finds out which dates of a table were there, opens the published ones that are the same, and makes the others. */
  const prepare = async (
    table: RegisteredTable,
    dates: readonly GameDate[],
    below: SeasonView | undefined,
  ): Promise<void> => {
    const [first] = dates;
    if (first === undefined) return;
    const { name } = table.definition;
    const view = await viewFor(seasonOf(first), table);
    const evaluation = evaluate(view);
    const here: GameDate[] = [];
    for (const date of dates) {
      looked += 1;
      const why = whyNoPartition(view, table, date) ?? waitText(evaluation.unmet(table, date));
      if (why === undefined) here.push(date);
      else reasons.set(refName({ table: name, date }), why);
    }
    const states = statesOf(below, name);
    const archives = [view.seasons.get(seasonOf(first)), below].map((each) => each?.archives.get(name));
    const alike = here.filter((date) => timesOf(archives[0], date) === timesOf(archives[1], date));
    const same = await unchanged(table, alike, states, evaluation);
    if (same.size > 0) {
      valueOf(await overlay.reveal(table, [...same]));
      noteThrough(table, [...same], states);
      await remember(
        table,
        new Map([...same].map((date) => [date, { ...(states[date] ?? UNTOUCHED), want: null, stale: null }])),
        new Map([...same].map((date) => [date, below?.gameHashes.get(name)?.[date]])),
      );
    }
    const others = here.filter((date) => !same.has(date));
    for (let from = 0; from < others.length; from += BATCH)
      await make(table, others.slice(from, from + BATCH), view, evaluation, states);
  };

  const noteThrough = (
    { definition: { name } }: RegisteredTable,
    dates: readonly GameDate[],
    states: Readonly<Record<string, PartitionState>>,
  ): void => {
    for (const date of dates) {
      const [season, state] = [seasonOf(date), states[date]];
      const ofSeason = through.get(season) ?? new Map<string, Map<GameDate, PartitionState>>();
      const ofTable = ofSeason.get(name) ?? new Map<GameDate, PartitionState>();
      if (state !== undefined) through.set(season, ofSeason.set(name, ofTable.set(date, state)));
    }
  };

  /** A run that publishes is asked for before, and that is written into the state of the partition. */
  const assertUnchanged = async (): Promise<void> => {
    for (const [season, tables] of through) {
      const names = [...tables.keys()];
      const found = await tableSeasonsOf(
        { store },
        names.map((table) => ({ table, season })),
      );
      names.forEach((name, i) => {
        for (const [date, then] of tables.get(name) ?? []) {
          const now = found[i]?.dates[date];
          if (now?.status !== then.status || now.token !== then.token || now.reopened !== then.reopened)
            throw new RequestError(`${name} of ${date} is built again at this moment; ask again`);
        }
      });
    }
  };

  /** Those of the dates whose published rows are what a run would have made then, and still are what was published. */
  const unchanged = async (
    table: RegisteredTable,
    dates: readonly GameDate[],
    states: Readonly<Record<string, PartitionState>>,
    evaluation: Evaluation,
  ): Promise<ReadonlySet<GameDate>> => {
    const equal = dates.filter((date) => {
      const state = states[date];
      return (
        isAnswered(state) &&
        state.stale?.cause !== 'forced' &&
        state.inputFingerprint === evaluation.inputFingerprint(table, date)
      );
    });
    if (equal.length === 0) return new Set();
    const found = valueOf(await warehouse.published(table, equal));
    return new Set(
      found
        .filter(({ date, fingerprint }) => fingerprint === states[date]?.outputFingerprint)
        .map(({ date }) => date),
    );
  };

  /** Loads or computes dates; where they fail together, each half by itself. */
  const make = async (
    table: RegisteredTable,
    dates: readonly GameDate[],
    view: View,
    evaluation: Evaluation,
    states: Readonly<Record<string, PartitionState>>,
  ): Promise<void> => {
    const [first] = dates;
    if (first === undefined) return;
    const calendar = view.seasons.get(seasonOf(first))?.calendar;
    const loaded = isRaw(table.definition) ? valueOf(await load(table, dates)) : undefined;
    const computed = await computedRows(computing, overlay, table, dates, calendar);
    const rows = loaded === undefined ? computed.ok && computed.value?.rows : withEntryIds(loaded.rows);
    const staged = !computed.ok
      ? computed
      : await stageInRange(overlay, {
          ...{ table, runId: `known-${digits(at)}`, token: 1, mode: 'live', dates },
          readStart: earliestRead(table, first, calendar),
          ...(rows === undefined || rows === false ? {} : { rows }),
        });
    if (!staged.ok && staged.failure.kind === 'permanent') {
      if (dates.length === 1) return fail(table, first, staged.failure.detail);
      const half = Math.ceil(dates.length / 2);
      await make(table, dates.slice(0, half), view, evaluation, states);
      return make(table, dates.slice(half), view, evaluation, states);
    }
    const found = valueOf(staged);
    try {
      await hold(
        table,
        await withKnown(
          { ports, registry },
          withComputed(found, computed.ok ? computed.value : undefined),
          loaded,
        ),
        loaded,
        view,
        evaluation,
        states,
      );
    } finally {
      await overlay.discard(found);
    }
  };

  /** Puts the staged dates that the audit lets through into the overlay. */
  const hold = async (
    table: RegisteredTable,
    staged: Staged,
    loaded: LoadedRows | undefined,
    view: View,
    evaluation: Evaluation,
    states: Readonly<Record<string, PartitionState>>,
  ): Promise<void> => {
    const dates = staged.dates.map(({ date }) => date);
    const [first] = dates;
    const calendar = first === undefined ? undefined : view.seasons.get(seasonOf(first))?.calendar;
    const gone = goneDates(table, dates, calendar, loaded);
    const kept = new Map<GameDate, PartitionState>();
    for (const measured of staged.dates) {
      const { date } = measured;
      const accepted = evaluation.accepted(table, date);
      const verdict = audit(table.definition, measured, 0, true, accepted, gone.has(date));
      if (verdict.kind === 'refuse') {
        await fail(table, date, verdict.reason);
        continue;
      }
      // The count of damages is that of the present, so that what was built from the same rows is the same.
      const { reopened } = states[date] ?? UNTOUCHED;
      kept.set(date, stateOf(measured, verdict, evaluation.inputFingerprint(table, date), reopened));
    }
    if (kept.size === 0) return;
    valueOf(await overlay.hold(staged, [...kept.keys()]));
    made += kept.size;
    await remember(table, kept, new Map(staged.dates.map(({ date, gameHashes }) => [date, gameHashes])));
  };

  const fail = async (table: RegisteredTable, date: GameDate, reason: string): Promise<void> => {
    reasons.set(refName({ table: table.definition.name, date }), reason);
    await updateStates(ports, table, [date], (state) => ({ ...state, status: 'failed', reason }));
  };

  /** Writes the states of partitions that are there into the store of the time, for those that read them. */
  const remember = async (
    table: RegisteredTable,
    states: ReadonlyMap<GameDate, PartitionState>,
    hashes: ReadonlyMap<GameDate, StagedDate['gameHashes']>,
  ): Promise<void> => {
    const { name } = table.definition;
    const dates = [...states.keys()];
    for (const date of dates) present.add(refName({ table: name, date }));
    await updateStates(ports, table, dates, (_, date) => states.get(date));
    if (!gameTables(registry).includes(name)) return;
    const known = new Map(
      dates.flatMap((date) => {
        const ofDate = hashes.get(date);
        return ofDate === undefined ? [] : [[date, ofDate] as const];
      }),
    );
    await scratch.transaction((tx) => Promise.resolve(mergeGameHashes(tx, name, known)));
  };

  const withEntryIds = (rows: readonly Row[]): readonly Row[] =>
    entryIds.size === 0
      ? rows
      : rows.map((row) => {
          const original = entryIds.get(String(row['entry_id']));
          return original === undefined ? row : { ...row, entry_id: original };
        });

  return {
    prepareSeason,
    whyAbsent: (ref) => (present.has(refName(ref)) ? undefined : (reasons.get(refName(ref)) ?? 'no_games')),
    counts: () => ({ looked, made }),
    assertUnchanged,
  };
}

function builtDates(states: Readonly<Record<string, PartitionState>>): GameDate[] {
  return (Object.keys(states) as GameDate[]).filter((date) => isBuilt(states[date]));
}

function digits(at: string): string {
  return at.replaceAll(/\D/g, '');
}

/** The value of an answer. @throws RequestError for what can never be answered, Error for what does not answer now */
export function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  const { kind, detail } = result.failure;
  throw kind === 'permanent' ? new RequestError(detail) : new Error(detail);
}
