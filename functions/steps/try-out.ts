/**
 * Tries out what follows from changed documents: every partition that would be loaded or built again is made in an overlay, in the
 * order in which runs would make it, and held against the published rows. A partition that comes out as it was stops what would
 * follow from it, as in a run. Nothing is published, and no document of the deployment is written.
 */
import { evaluate, staleCause } from '../../shared/domain/evaluation.ts';
import { daysBetween, type GameDate } from '../../shared/domain/game-date.ts';
import { isBuilt, refName, type PartitionRef, type PartitionState } from '../../shared/domain/partition.ts';
import type { RegisteredTable, Registry } from '../../shared/domain/registry.ts';
import { rowDifferences, type RowDifference } from '../../shared/domain/row-differences.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { eachRow, type Row } from '../../shared/domain/table-rows.ts';
import type { Stale } from '../../shared/domain/staleness.ts';
import { partitionDates, statesOf, whyNoPartition, type View } from '../../shared/domain/view.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Clock, DocumentPorts } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { Overlay, RowsAsked, TableDates, Warehouse } from '../../shared/ports/warehouse.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import { calendarOf } from '../../shared/state/calendars.ts';
import { modelsKnown } from '../../shared/state/models.ts';
import { knownSeasons, loadView } from '../../shared/state/views.ts';
import type { ComputeContext } from './computed-rows.ts';
import { archivedLoader } from './load-archived.ts';
import { calendarInOverlay, overlayPartitions, valueOf } from './overlay-partitions.ts';

export interface TryOutPorts {
  /** The documents as they would be. What is made is written into them, so they are a layer over those of the deployment. */
  readonly store: StateStore;
  /** The archive as it would be. */
  readonly archive: ArchiveStore;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly businessClock?: Clock;
  readonly warehouse: Pick<Warehouse, 'openOverlay' | 'read'>;
}

/** What is carried out before everything that is stale is built again. */
export interface Trial {
  /** The first season in which anything changes. */
  readonly since: Season;
  /** Raw tables of which every date that is not as its files have it is loaded, also one that was never loaded. */
  readonly loads: ReadonlySet<string>;
  /** Partitions that are made whether they are stale or not. */
  readonly asked: TableDates;
  /** Whether most rows of a partition may go. */
  readonly mayShrink: (table: string, date: GameDate) => boolean;
  /** Whether missing inputs are passed over. */
  readonly acceptMissing: boolean;
  /** Whether what is stale for this cause is built again. */
  readonly rebuilds: (table: RegisteredTable, season: Season, cause: Stale['cause']) => boolean;
}

/** A partition whose rows would be others. */
export interface TriedPartition extends PartitionRef {
  readonly differences: readonly RowDifference[];
}

export interface Tried {
  /** In the order in which they would be made. */
  readonly changed: readonly TriedPartition[];
  /** Partitions that were made, those that came out as they are included. */
  readonly made: number;
  /** Partitions that a run would refuse or that wait for something, and why. */
  readonly notMade: readonly (PartitionRef & { readonly why: string })[];
}

/**
 * @throws RequestError for what can never be answered
 * @throws Error when the warehouse or the archive does not answer
 */
export async function tryOut(given: TryOutPorts, trial: Trial): Promise<Tried> {
  const { registry, warehouse } = given;
  const overlay = valueOf(await warehouse.openOverlay());
  try {
    const walk = walker(given, trial, overlay);
    for (const season of (await knownSeasons(given)).filter((each) => each >= trial.since).sort())
      await walk.through(season);
    const changed: TriedPartition[] = [];
    for (const table of registry.all) {
      const dates = walk.differing(table);
      for (const [date, differences] of await differencesIn(warehouse, overlay, table, dates))
        changed.push({ table: table.definition.name, date, differences });
    }
    return { changed, made: walk.made(), notMade: walk.notMade() };
  } finally {
    await overlay.close();
  }
}

/** A partition that was made, and what it was. */
interface Made {
  readonly was: PartitionState | undefined;
  readonly is: PartitionState;
}

function walker(given: TryOutPorts, trial: Trial, overlay: Overlay) {
  const { registry } = given;
  const ports: DocumentPorts = {
    ...given,
    log: () => undefined,
    publisher: { publish: () => Promise.reject(new Error('A trial sends no messages')) },
  };
  const { store, archive } = given;
  const computing: ComputeContext = {
    ...{ registry, now: given.clock(), models: () => modelsKnown(ports) },
    ...{ fileOf: archive.get, archives: (tables, of) => archivesOf(ports, tables, of), kept: archive },
  };
  /** Table -> date -> the published state; undefined for what was never built. */
  const made = new Map<string, Map<GameDate, Made>>();
  const notMade: (PartitionRef & { why: string })[] = [];
  let published: View | undefined;
  const wasOf = (table: RegisteredTable, date: GameDate): PartitionState | undefined => {
    const state = statesOf(published?.seasons.get(seasonOf(date)), table.definition.name)[date];
    return isBuilt(state) ? state : undefined;
  };
  const partitions = overlayPartitions({
    ...{ ports, registry, overlay, computing, runId: 'trial' },
    load: archivedLoader({ ...ports, archive }),
    before: (table, date) => ({
      rows: wasOf(table, date)?.rows ?? 0,
      mayShrink: trial.mayShrink(table.definition.name, date),
    }),
    onMade: (table, states) => {
      const ofTable = made.get(table.definition.name) ?? new Map<GameDate, Made>();
      made.set(table.definition.name, ofTable);
      for (const [date, is] of states) ofTable.set(date, { was: wasOf(table, date), is });
    },
    onFailed: ({ definition: { name } }, date, why) => notMade.push({ table: name, date, why }),
  });

  const viewOf = (season: Season): Promise<View> =>
    loadView(ports, registry, [season], { acceptMissing: trial.acceptMissing });

  /** The dates of a table that are to be made now. */
  const datesToMake = (
    view: View,
    evaluation: ReturnType<typeof evaluate>,
    table: RegisteredTable,
    season: Season,
  ): GameDate[] => {
    const { name } = table.definition;
    const found = view.seasons.get(season);
    if (found === undefined) return [];
    const asked = new Set(trial.asked.get(name) ?? []);
    const states = statesOf(found, name);
    return partitionDates(table, found).filter((date) => {
      if (whyNoPartition(view, table, date) !== undefined) return false;
      if (!asked.has(date)) {
        if (evaluation.isCurrent(table, date)) return false;
        const recorded = states[date]?.inputFingerprint ?? null;
        const cause = staleCause(recorded, evaluation.inputFingerprint(table, date)) ?? 'forced';
        const isRebuilt = isBuilt(states[date]) && trial.rebuilds(table, season, cause);
        if (!isRebuilt && !trial.loads.has(name)) return false;
      }
      const { pending, lost } = evaluation.unmet(table, date);
      const [waits] = [...lost, ...pending];
      if (waits === undefined) return true;
      notMade.push({ table: name, date, why: `it waits for ${refName(waits)}` });
      return false;
    });
  };

  const through = async (season: Season): Promise<void> => {
    let view = await viewOf(season);
    published = view;
    const isCalendar = ({ definition }: RegisteredTable): boolean =>
      registry.calendarSources.includes(definition.name);
    const make = async (tables: readonly RegisteredTable[]): Promise<boolean> => {
      let isAnyMade = false;
      for (const table of tables) {
        const evaluation = evaluate(view);
        const dates = datesToMake(view, evaluation, table, season);
        if (dates.length === 0) continue;
        const states = statesOf(published?.seasons.get(season), table.definition.name);
        await partitions.make(table, dates, view, evaluation, states);
        view = await viewOf(season);
        isAnyMade = true;
      }
      return isAnyMade;
    };
    if (await make(registry.all.filter(isCalendar))) {
      await calendarInOverlay(ports, overlay, season, await calendarOf({ store }, season));
      view = await viewOf(season);
    }
    await make(registry.all.filter((table) => !isCalendar(table)));
  };

  return {
    through,
    made: () => [...made.values()].reduce((sum, ofTable) => sum + ofTable.size, 0),
    notMade: () => notMade,
    /** The dates of a table whose rows have another fingerprint than the published ones, ascending. */
    differing: ({ definition: { name } }: RegisteredTable): GameDate[] =>
      [...(made.get(name) ?? [])]
        .filter(([, { was, is }]) => {
          const before = was?.rows ?? 0;
          return before === 0 && is.rows === 0 ? false : was?.outputFingerprint !== is.outputFingerprint;
        })
        .map(([date]) => date)
        .sort(),
  };
}

/** Dates that lie closer together are read by one query. */
const NEAR_DAYS = 4;

async function differencesIn(
  warehouse: Pick<Warehouse, 'read'>,
  overlay: Pick<Overlay, 'read'>,
  table: RegisteredTable,
  dates: readonly GameDate[],
): Promise<Map<GameDate, RowDifference[]>> {
  const found = new Map<GameDate, RowDifference[]>();
  const { definition } = table;
  for (const [first, last] of rangesOf(dates)) {
    const asked: RowsAsked = { table, columns: Object.keys(definition.columns), first, last };
    const [before, after] = [await warehouse.read(asked), await overlay.read(asked)].map((rows) =>
      Map.groupBy<unknown, Row>(eachRow(valueOf(rows)), (row) => row[definition.partitionColumn]),
    );
    for (const date of dates.filter((each) => first <= each && each <= last)) {
      const differing = rowDifferences(definition, before?.get(date) ?? [], after?.get(date) ?? []);
      if (differing.length > 0) found.set(date, differing);
    }
  }
  return found;
}

/** The dates in ranges, each of dates that are near to one another. @param dates ascending */
function rangesOf(dates: readonly GameDate[]): (readonly [GameDate, GameDate])[] {
  const ranges: [GameDate, GameDate][] = [];
  for (const date of dates) {
    const range = ranges.at(-1);
    if (range !== undefined && daysBetween(range[1], date) <= NEAR_DAYS) range[1] = date;
    else ranges.push([date, date]);
  }
  return ranges;
}
