/**
 * Loads what imports have archived: backfills of phase 2, season by season. What is to be loaded is read from the documents, so that a
 * load whose process was killed is finished by whoever comes next.
 */
import { evaluate } from '../../shared/domain/evaluation.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { isRaw, RAW_PHASE, readBeside } from '../../shared/domain/table.ts';
import { partitionDates, whyNoPartition } from '../../shared/domain/view.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { archivesOf, forgetArchive } from '../../shared/state/archives.ts';
import { listFailures } from '../../shared/state/backfill-failures.ts';
import { activeBackfills, type Backfill } from '../../shared/state/backfills.ts';
import { calendarOf } from '../../shared/state/calendars.ts';
import { loadView } from '../../shared/state/views.ts';
import { endWantedLoad, wantedLoads, type WantedLoad } from '../../shared/state/wanted-loads.ts';
import { outcomeOf } from './backfills.ts';
import { WaitedInVain } from './patience.ts';
import { runBackfill, watchBackfill, type RequestingPorts, type WatchOptions } from './watch.ts';

/** Who asks for the backfills that load what was archived. */
const IMPORT = 'import';

export interface LoadingPorts extends RequestingPorts {
  readonly clock: Clock;
  readonly registry: Registry;
}

/** How far a load is. */
export type LoadProgress =
  | { readonly kind: 'loading'; readonly season: Season; readonly backfill: Backfill }
  | {
      readonly kind: 'loaded';
      readonly season: Season;
      readonly tables: number;
      readonly dates: number;
      readonly runs: number;
      readonly seconds: number;
    };

export type LoadOptions = Pick<WatchOptions, 'worker' | 'onWait'> & {
  readonly onLoad?: (progress: LoadProgress) => void;
};

export interface Loaded {
  /** What was to be loaded when it began. */
  readonly wanted: readonly WantedLoad[];
  readonly backfillIds: readonly string[];
  readonly runs: number;
  /** One line for each load that has not ended well, and for what has failed in it. */
  readonly failed: readonly string[];
}

/**
 * Finishes the loads that an import has left behind, because its process was killed after it had archived the files.
 * @returns one line for each thing that could not be loaded; empty when nothing was left behind
 */
export async function finishLoads(ports: LoadingPorts, options: LoadOptions): Promise<readonly string[]> {
  const { wanted, failed } = await loadWanted(ports, options);
  return [...failed, ...unknownText(await endWanted(ports, wanted))];
}

/** What an import says of seasons that it has forgotten. */
export function unknownText(forgotten: readonly Season[]): string[] {
  return forgotten.map((season) => `${season}: no game of it is known, so nothing of it is kept`);
}

/**
 * Runs the backfills of phase 2 that load what is wanted, after those that a killed import had asked for. The requests of one import
 * have the same ids whoever publishes them, so that none becomes two backfills. {@link endWanted} is to be called when they have ended.
 */
export async function loadWanted(
  ports: LoadingPorts,
  { worker, onWait, onLoad = () => undefined }: LoadOptions = {},
): Promise<Loaded> {
  const wanted = await wantedLoads(ports);
  const backfillIds: string[] = [];
  let runs = 0;
  const failed: string[] = [];
  await endEarlier(ports, wanted, { worker, onWait, onLoad });
  const run = async (
    want: WantedLoad,
    what: string,
    request: BackfillRequest,
    tables: readonly string[],
  ): Promise<void> => {
    const { season } = want;
    const { backfill, seconds } = await runBackfill(
      ports,
      {
        ...{ from: RAW_PHASE, through: RAW_PHASE, tables: [...tables], restate: 'mark', requestedBy: IMPORT },
        ...{ fetch: false, requestId: requestIdOf(want, what) },
        ...request,
      },
      { worker, onWait, onLook: (backfill) => onLoad({ kind: 'loading', season, backfill }) },
    );
    const outcome = await outcomeOf(ports, backfill, seconds);
    backfillIds.push(backfill.id);
    runs += outcome.runs;
    const { asked, unchanged, leftOut } = outcome.dates;
    const dates = asked - unchanged - leftOut;
    onLoad({ kind: 'loaded', season, tables: tables.length, dates, runs: outcome.runs, seconds });
    if (backfill.state === 'done') return;
    failed.push(`${season}: ${backfill.verdict}`);
    for (const { partition, reason } of await listFailures(ports, backfill.id, 5))
      failed.push(`  ${partition}: ${reason}`);
  };
  const rest = await Promise.all(
    wanted.map(async (want) => [want, 'others', await othersToLoad(ports, want)] as const),
  );
  // The tables that say which games exist are loaded first, because every other table needs the games to be read.
  const first = wanted
    .filter(({ isTold }) => isTold)
    .map((want) => [want, 'games', ports.registry.calendarSources] as const);
  for (const [want, what, tables] of [...first, ...rest]) {
    const { season, shrinking } = want;
    if (tables.length === 0 || (shrinking.length === 0 && (await isLoaded(ports, tables, season)))) continue;
    // The trial has found that these dates rightly have fewer rows; the audit would refuse them.
    const forced = shrinking.filter(({ table }) => tables.includes(table));
    if (forced.length > 0) {
      const dates = [...new Set(forced.map(({ date }) => date))].sort();
      const names = [...new Set(forced.map(({ table }) => table))];
      await run(want, `${what}-shrinking`, { dates, force: true }, names);
    }
    await run(want, what, { season }, tables);
  }
  return { wanted, backfillIds, runs, failed };
}

/**
 * Waits for the loads that an import had asked for before it was killed, so that nothing is asked for beside them. Those that are
 * wanted still are asked for under the same ids, and waited for then.
 */
async function endEarlier(
  ports: LoadingPorts,
  wanted: readonly WantedLoad[],
  { worker, onWait, onLoad }: LoadOptions,
): Promise<void> {
  for (const { id, state, request, requestId } of await activeBackfills(ports)) {
    if (state !== 'running' || request.requestedBy !== IMPORT || request.through !== RAW_PHASE) continue;
    const [first] = request.dates;
    if (first === undefined || wanted.some((want) => requestId.startsWith(requestIdOf(want, '')))) continue;
    const season = seasonOf(first);
    try {
      await watchBackfill(ports, id, {
        worker,
        onWait,
        onLook: (backfill) => onLoad?.({ kind: 'loading', season, backfill }),
      });
    } catch (error) {
      // What it cannot load is asked for again, and said then.
      if (!(error instanceof WaitedInVain)) throw error;
    }
  }
}

/** The same for whoever asks for the loads of one import. */
function requestIdOf({ id }: Pick<WantedLoad, 'id'>, what: string): string {
  return `${IMPORT}-${id}-${what}`;
}

/**
 * Takes down that loads were wanted, because they have ended. The archives of seasons that were not known before and of which no game
 * was accepted are forgotten, so that no season stays of which nothing is known; what was refused stays in the load reports.
 * @returns these seasons
 */
export async function endWanted(
  ports: { readonly store: StateStore },
  wanted: readonly WantedLoad[],
): Promise<Season[]> {
  const forgotten: Season[] = [];
  for (const want of wanted) {
    const { season, forgettable } = want;
    if (forgettable.length > 0 && (await calendarOf(ports, season)) === undefined) {
      for (const table of forgettable) await forgetArchive(ports, table, season);
      forgotten.push(season);
    }
    await endWantedLoad(ports, want);
  }
  return forgotten;
}

/** Whether every date of these raw tables holds what the archive says of it, as after an import that has no schedule. */
async function isLoaded(ports: LoadingPorts, tables: readonly string[], season: Season): Promise<boolean> {
  const { registry } = ports;
  const view = await loadView(ports, registry, [season], { gameHashes: false, tables });
  const found = view.seasons.get(season);
  if (found === undefined || found.calendar.dates.length === 0) return false;
  const evaluation = evaluate(view);
  return tables
    .map((name) => registry.get(name))
    .every((table) =>
      partitionDates(table, found).every(
        (date) => whyNoPartition(view, table, date) !== undefined || evaluation.isCurrent(table, date),
      ),
    );
}

/**
 * The tables to load for a season beside those that say which games exist: the tables that the files fill, and tables that
 * were loaded earlier and read one of these or have it as a witness, in which the files have explained a name, or of which
 * dates come into the scope or leave it.
 */
async function othersToLoad(
  { store, registry }: LoadingPorts,
  { season, tables, anew }: WantedLoad,
): Promise<string[]> {
  const loaded = loadedWith(registry, tables);
  const archived = await archivesOf({ store }, loaded, season);
  const loadedEarlier = loaded.filter((_, i) => archived[i] !== undefined);
  return [...new Set([...tables, ...loadedEarlier, ...anew])].filter(
    (name) => !registry.calendarSources.includes(name),
  );
}

/** The raw tables whose loads know what files say of these ones: their readers, and those that have one of them as a witness. */
export function loadedWith(registry: Registry, tables: readonly string[]): string[] {
  const readers = tables.flatMap((name) => registry.readersOf(name).map(({ table }) => table.definition));
  const besides = registry.all.flatMap(({ definition }) =>
    readBeside(definition).some((name) => tables.includes(name)) ? [definition] : [],
  );
  return [...new Set([...readers, ...besides].filter(isRaw).map(({ name }) => name))];
}
