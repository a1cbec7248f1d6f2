/**
 * Comes back from the loss of a store. Documents are made again from the journal of the archive and from the tables; tables are
 * loaded and built again from the archive; decisions of persons are written into the journal of an archive that was lost. It
 * may be stopped at any moment and repeated.
 */
import type { Archive } from '../../shared/domain/archive.ts';
import { ok } from '../../shared/domain/failure.ts';
import { evaluate } from '../../shared/domain/evaluation.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { isToBuildAgain } from '../../shared/domain/recover.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { isRaw, type Phase, PHASES, RAW_PHASE } from '../../shared/domain/table.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { acceptCells, storedAcceptances } from '../../shared/state/acceptances.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import { calendarOf } from '../../shared/state/calendars.ts';
import { tableSeason, tableSeasonsOf } from '../../shared/state/completions.ts';
import { knownModels } from '../../shared/state/models.ts';
import { restoreDocuments, type RestoredCollection } from '../../shared/state/recovered.ts';
import { knownSeasons, loadView, seasonsOf } from '../../shared/state/views.ts';
import { acceptJournal } from './journal.ts';
import { journalAgain } from './recover-archive.ts';
import {
  onlyOnce,
  replayJournal,
  soundFile,
  type AcceptedAbsence,
  type LostFile,
} from './recover-journal.ts';
import { datesWithRows, mendTables, type MendedTable } from './recover-tables.ts';
import { sealedAgain } from './recover-sealed.ts';
import { refreshCalendars } from './refresh-calendars.ts';

export interface RecoveringPorts extends Pick<Ports, 'store' | 'clock'> {
  readonly archive: ArchiveStore;
  readonly registry: Registry;
  readonly warehouse: Pick<Warehouse, 'prepare' | 'read' | 'rowCounts' | 'published' | 'scheduleFacts'>;
  /** An empty store, in which the journal is repeated. */
  readonly scratch: StateStore;
}

/** What a recovery has done, or would do. */
export interface Recovery {
  /** Documents that were made again from the journal, by collection. */
  readonly documents: Readonly<Record<RestoredCollection, number>>;
  /** Seasons whose calendars were read from the schedule. */
  readonly calendars: readonly Season[];
  /** Completion documents that were brought in line with the tables. */
  readonly tables: readonly MendedTable[];
  /** Decisions that were written into the journal again. */
  readonly journal: number;
  /** Files of sealed rows, one for each table and date, that were written to the archive again. */
  readonly sealed: number;
  /** Archived files that are lacking or damaged. */
  readonly lost: readonly LostFile[];
  /** For a person: what could not be read or repeated. */
  readonly notes: readonly string[];
  /** The backfills that build what was mended, in their order. */
  readonly builds: readonly BackfillRequest[];
}

/**
 * Recovers; nothing is built yet.
 * @param dryRun nothing is written
 * @throws Error when a store does not answer
 */
export async function recover(ports: RecoveringPorts, dryRun: boolean): Promise<Recovery> {
  const { store, archive, registry, warehouse, scratch } = ports;
  const told = await replayJournal({ archive, registry }, scratch);
  const documents = await restoreDocuments({ store }, scratch, dryRun);
  const journal = await journalAgain({ store, archive, clock: ports.clock }, scratch, told.absences, dryRun);
  const notes = [...told.notes];
  if (!dryRun) await warehouse.prepare();
  const { withRows, reading } = await readTables(ports, dryRun, notes);
  const sealed = withRows === undefined ? 0 : await sealedAgain(reading, withRows, dryRun);
  const inTables = [...(withRows?.values() ?? [])].flatMap(seasonsOf);
  const inDocuments = [...(await knownSeasons({ store })), ...(await knownSeasons({ store: scratch }))];
  const seasons = [...new Set([...inDocuments, ...inTables])].sort();
  const calendars = await readCalendars(ports, seasons, dryRun);
  const tables = withRows === undefined ? [] : await mendTables(reading, seasons, withRows, dryRun);
  if (!dryRun) for (const absence of told.absences) await acceptAgain(ports, absence);
  const lost = onlyOnce([...told.lost, ...(await lostFiles(ports, seasons, told.sound))]);
  if (!dryRun) await acceptJournal({ archive, store });
  const builds: BackfillRequest[] = [];
  for (const season of seasons)
    if (documents.archives > 0 || (await isToBuild(ports, season, tables)))
      builds.push(...(await buildsOf(ports, season, withRows ?? new Map(), lost)));
  return { documents, calendars, tables, journal, sealed, lost, notes, builds };
}

/**
 * The dates on which each table has rows, and the ports that tell of these rows. Tables that are gone before a recovery are taken
 * for empty, and a note names them.
 * @throws Error when the warehouse does not answer, unless nothing is to be written; then a note says so
 */
async function readTables(
  ports: RecoveringPorts,
  dryRun: boolean,
  notes: string[],
): Promise<{
  readonly withRows: ReadonlyMap<string, readonly GameDate[]> | undefined;
  readonly reading: RecoveringPorts;
}> {
  const found = await datesWithRows(ports);
  if (!found.ok) {
    const { detail } = found.failure;
    if (!dryRun) throw new Error(detail);
    notes.push(`The tables cannot be read, so nothing is said of them: ${detail}`);
    return { withRows: undefined, reading: ports };
  }
  const { dates, gone } = found.value;
  if (gone.length === 0) return { withRows: dates, reading: ports };
  const names = gone.join(', ');
  if (!dryRun) throw new Error(`Tables are gone although they were made a moment ago: ${names}`);
  notes.push(`Tables are gone, and would be made again: ${names}`);
  const published: Warehouse['published'] = (table, asked) =>
    gone.includes(table.definition.name) ? Promise.resolve(ok([])) : ports.warehouse.published(table, asked);
  return { withRows: dates, reading: { ...ports, warehouse: { ...ports.warehouse, published } } };
}

/** Reads the calendars that are lost from the schedule. A season of which the table has no schedule gets its calendar when it is loaded. */
async function readCalendars(
  ports: RecoveringPorts,
  seasons: readonly Season[],
  dryRun: boolean,
): Promise<Season[]> {
  const read: Season[] = [];
  for (const season of seasons) {
    if ((await calendarOf(ports, season)) !== undefined) continue;
    if (!dryRun) {
      const fault = await refreshCalendars(ports, [season]);
      if (fault !== undefined) throw new Error(fault);
      if ((await calendarOf(ports, season)) === undefined) continue;
    }
    read.push(season);
  }
  return read;
}

/** Marks partitions that a person has accepted as not being there, where they still are not. */
async function acceptAgain(
  { store, clock, registry }: RecoveringPorts,
  { table, at, ...given }: AcceptedAbsence,
): Promise<void> {
  if (!registry.has(table)) return;
  const known = await storedAcceptances({ store });
  const dates = given.dates.filter(
    (date) => !known.some((other) => other.table === table && other.date === date && other.at >= at),
  );
  if (dates.length === 0) return;
  const registered = registry.get(table);
  const evaluation = evaluate(await loadView({ store, clock }, registry, seasonsOf(dates)));
  const inputs = new Map(dates.map((date) => [date, evaluation.inputFingerprint(registered, date)]));
  await acceptCells({ store, clock: () => new Date(at) }, registered, { ...given, dates }, inputs);
}

/** Whether a season has partitions that were mended, by this recovery or by one that was stopped, or was never loaded. */
async function isToBuild(
  { store, registry }: RecoveringPorts,
  season: Season,
  mended: readonly MendedTable[],
): Promise<boolean> {
  if (mended.some((table) => table.season === season && table.recovered + table.reopened > 0)) return true;
  const asked = registry.all.map(({ definition }) => ({ table: definition.name, season }));
  const states = (await tableSeasonsOf({ store }, asked)).flatMap((index) =>
    Object.values(index?.dates ?? {}),
  );
  return states.length === 0 || states.some(isToBuildAgain);
}

/** The archived files of the documents that are lacking or damaged. @param sound addresses that need no second look */
async function lostFiles(
  { store, archive, registry }: RecoveringPorts,
  seasons: readonly Season[],
  sound: ReadonlySet<string>,
): Promise<LostFile[]> {
  const lost: LostFile[] = [];
  const looked = new Set(sound);
  for (const season of seasons)
    for (const known of await archivesOf({ store }, rawTables(registry), season))
      for (const entry of Object.values(known?.entries ?? {})) {
        if (looked.has(entry.uri)) continue;
        looked.add(entry.uri);
        const found = await soundFile(archive, entry);
        if (typeof found === 'string') lost.push({ name: entry.name, why: found });
      }
  for (const { id, file } of await knownModels({ store })) {
    const found = await soundFile(archive, file);
    if (typeof found === 'string') lost.push({ name: `the file of the model ${id}`, why: found });
  }
  return lost;
}

function rawTables(registry: Registry): string[] {
  return registry.all.flatMap(({ definition }) => (isRaw(definition) ? [definition.name] : []));
}

/**
 * What builds a season again: first the raw tables that say which games there are, then the others, then what is computed from
 * them, from the first to the last date that had rows. A raw table of which a file is lost keeps its rows.
 */
async function buildsOf(
  { store, registry, scratch }: RecoveringPorts,
  season: Season,
  withRows: ReadonlyMap<string, readonly GameDate[]>,
  lost: readonly LostFile[],
): Promise<BackfillRequest[]> {
  const raw = rawTables(registry);
  const archives = await Promise.all(
    (await archivesOf({ store }, raw, season)).map(
      async (found, i) => found ?? (await archivesOf({ store: scratch }, [raw[i] ?? ''], season))[0],
    ),
  );
  const loadable = raw.filter((_, i) => isWhole(archives[i], lost));
  const first = loadable.filter((name) => registry.calendarSources.includes(name));
  const rest = loadable.filter((name) => !first.includes(name));
  const asked = {
    season,
    from: RAW_PHASE,
    through: RAW_PHASE,
    restate: 'mark',
    fetch: false,
    requestedBy: 'recover',
  } as const;
  const computed = await computedBefore({ store, registry }, season, withRows);
  return [
    ...[first, rest].flatMap((tables) => (tables.length === 0 ? [] : [{ ...asked, tables }])),
    ...(computed === undefined ? [] : [{ ...computed, from: 'phase3' as const, requestedBy: 'recover' }]),
  ];
}

function isWhole(archive: Archive | undefined, lost: readonly LostFile[]): boolean {
  return (
    archive !== undefined &&
    !Object.values(archive.entries).some(({ name }) => lost.some((file) => file.name === name))
  );
}

/** The range of dates and the last phase that were computed in a season; undefined when nothing was. */
async function computedBefore(
  { store, registry }: Pick<RecoveringPorts, 'store' | 'registry'>,
  season: Season,
  withRows: ReadonlyMap<string, readonly GameDate[]>,
): Promise<{ startDate: GameDate; endDate: GameDate; through: Phase } | undefined> {
  const dates: GameDate[] = [];
  let through: Phase = 'phase3';
  for (const { definition } of registry.all) {
    const { name, phase } = definition;
    if (isRaw(definition)) continue;
    const states = (await tableSeason({ store }, name, season))?.dates ?? {};
    const asked = (Object.keys(states) as GameDate[]).filter((date) => (states[date]?.token ?? 0) > 0);
    const filled = (withRows.get(name) ?? []).filter((date) => seasonOf(date) === season);
    if (asked.length + filled.length === 0) continue;
    dates.push(...asked, ...filled);
    if (PHASES.indexOf(phase) > PHASES.indexOf(through)) through = phase;
  }
  const [startDate] = dates.sort();
  const endDate = dates.at(-1);
  return startDate === undefined || endDate === undefined ? undefined : { startDate, endDate, through };
}
