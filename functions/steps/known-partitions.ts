/**
 * Prepares partitions as they were known at an earlier time in an overlay. A partition whose code and inputs were then what the
 * published one was built from is read through; every other one is loaded from what was known, or computed by its own query, and put
 * into the overlay. Nothing is visible that was not found to be the same or was not made anew.
 */
import { evaluate, type Evaluation } from '../../shared/domain/evaluation.ts';
import { RequestError } from '../../shared/domain/failure.ts';
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
import type { Overlay, Row, Warehouse } from '../../shared/ports/warehouse.ts';
import { calendarOf } from '../../shared/state/calendars.ts';
import { tableSeasonsOf, updateStates } from '../../shared/state/completions.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import { copyModels, modelsKnown } from '../../shared/state/models.ts';
import { loadView, needGameHashes } from '../../shared/state/views.ts';
import type { ComputeContext } from './computed-rows.ts';
import { timesOf, waitText } from './known-states.ts';
import { archivedLoader } from './load-archived.ts';
import { calendarInOverlay, overlayPartitions, valueOf } from './overlay-partitions.ts';
import type { KnownArchiveAt } from '../control/known-archive.ts';

export interface KnownThenPorts {
  readonly store: StateStore;
  readonly archive: ArchiveStore;
  readonly registry: Registry;
  readonly warehouse: Pick<Warehouse, 'openOverlay' | 'published' | 'read'>;
  /** An empty store. What was known then is written into it. */
  readonly scratch: StateStore;
}

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

  const noteThere = (table: RegisteredTable, dates: Iterable<GameDate>): void => {
    for (const date of dates) present.add(refName({ table: table.definition.name, date }));
  };

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
    await calendarInOverlay(ports, overlay, season, await calendarOf({ store }, season));
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
      noteThere(table, same);
      await partitions.remember(
        table,
        new Map([...same].map((date) => [date, { ...(states[date] ?? UNTOUCHED), want: null, stale: null }])),
        new Map([...same].map((date) => [date, below?.gameHashes.get(name)?.[date]])),
      );
    }
    const others = here.filter((date) => !same.has(date));
    await partitions.make(table, others, view, evaluation, states);
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

  const withEntryIds = (rows: readonly Row[]): readonly Row[] =>
    entryIds.size === 0
      ? rows
      : rows.map((row) => {
          const original = entryIds.get(String(row['entry_id']));
          return original === undefined ? row : { ...row, entry_id: original };
        });

  const partitions = overlayPartitions({
    ...{ ports, registry, overlay, load, computing, runId: `known-${digits(at)}`, loaded: withEntryIds },
    onMade: (table, states) => {
      made += states.size;
      noteThere(table, states.keys());
    },
    onFailed: (table, date, reason) => reasons.set(refName({ table: table.definition.name, date }), reason),
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
