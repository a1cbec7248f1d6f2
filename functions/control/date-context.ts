/**
 * What a load of a raw table may know beside the lines of its date. This is the one place that gathers it: the load and the trial
 * of an import both ask here, so that an import does what its trial has told.
 *
 * A load always knows the games of the season, the players and the aliases. What archived files of another raw table say of the
 * same date stands in {@link TOLD_OF_DATE}: one entry for each such field of `LoadContext`, with the table and the reader of its
 * lines. A load is told it when the definition of its own table has that table as an input.
 */
import type { Archive } from '../../shared/domain/archive.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { GivenAlias } from '../../shared/state/aliases.ts';
import type { PartsOfDate } from '../ingest/archived-lines.ts';
import { attemptsIn } from '../ingest/attempts.ts';
import type { SourcePart } from '../ingest/load-table.ts';
import type { RawLoad } from '../ingest/raw-load.ts';
import type { KnownPlayers, LoadContext, Schedule } from '../ingest/schedule.ts';
import { RAW_LOADS } from '../processors/loads.ts';
import { archivedSchedule, isOfSchedule } from './archived-schedule.ts';

/** What another raw table tells of a date: its name, and what is read from its archived lines of that date. */
interface Told<T> {
  readonly table: string;
  readonly read: (parts: readonly SourcePart[]) => T;
}

const TOLD_OF_DATE = {
  attempts: { table: 'nbac_player_boxscores', read: attemptsIn },
} satisfies { readonly [Field in keyof LoadContext]?: Told<LoadContext[Field]> };

/** One state of the archive for one season, with the persons who are known in it. */
export interface KnownArchive {
  readonly season: Season;
  /** By raw table, at least those of {@link tablesToKnow}. */
  readonly archives: ReadonlyMap<string, Archive | undefined>;
  readonly parts: PartsOfDate;
  readonly players: KnownPlayers;
  readonly aliases: readonly GivenAlias[];
}

/** Schedules that were read, by the season and the revisions of the archives that they are read from. */
export type ReadSchedules = Map<string, Promise<Schedule>>;

/** Schedules that are remembered at once. */
const MAX_SCHEDULES = 12;

/** The raw tables whose archives a load must know beside its own. */
export function tablesToKnow(load: RawLoad): string[] {
  return [...scheduleTables(load), ...toldOf(load).map(([, { table }]) => table)];
}

/**
 * Makes the context of one date for a load.
 * @param schedules where schedules that were read are kept for later calls
 * @throws ArchiveDamage when an archived file is not what was imported
 */
export async function contextOfDate(
  known: KnownArchive,
  load: RawLoad,
  date: GameDate,
  schedules: ReadSchedules,
): Promise<LoadContext> {
  const { archives, parts, players, aliases } = known;
  const told: Record<string, unknown> = {};
  for (const [field, { table, read }] of toldOf(load)) {
    const archive = archives.get(table);
    if (archive !== undefined) told[field] = read(await parts(archive, date));
  }
  return { schedule: await scheduleIn(known, load, schedules), players, aliases, ...told };
}

function toldOf({ definition }: RawLoad): [string, Told<unknown>][] {
  return Object.entries(TOLD_OF_DATE).filter(([, told]) =>
    definition.inputs.some(({ table }) => table === told.table),
  );
}

function scheduleTables({ definition }: RawLoad): string[] {
  return RAW_LOADS.knownBefore(definition.name).filter(isOfSchedule);
}

/** The season and the revisions of some of its archives, as a key of what was read from them. */
export function revisionsOf(
  { season, archives }: Pick<KnownArchive, 'season' | 'archives'>,
  tables: readonly string[],
): string {
  return `${season} ${tables.map((table) => `${table}:${archives.get(table)?.revision ?? 0}`).join(' ')}`;
}

/**
 * The games of the season as a load must know them. They are read from archived files and not from loaded rows, so no load waits
 * for another. They are read again when one of the files has changed.
 */
async function scheduleIn(
  { season, archives, parts }: KnownArchive,
  load: RawLoad,
  schedules: ReadSchedules,
): Promise<Schedule> {
  const tables = scheduleTables(load);
  const key = revisionsOf({ season, archives }, tables);
  const remembered = schedules.get(key);
  if (remembered !== undefined) return remembered;
  const reading = archivedSchedule(
    parts,
    tables.map((table) => archives.get(table)),
    season,
  );
  if (schedules.size >= MAX_SCHEDULES) schedules.clear();
  schedules.set(key, reading);
  try {
    return await reading;
  } catch (error) {
    // One failed read of the archive fails this load only: the next load reads again.
    if (schedules.get(key) === reading) schedules.delete(key);
    throw error;
  }
}
