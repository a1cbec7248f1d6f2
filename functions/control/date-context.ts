/**
 * What a load of a raw table may know beside the lines of its date. This is the one place that gathers it: the load and the trial
 * of an import both ask here, so that an import does what its trial has told.
 *
 * A load always knows the games of its lines, the players and the aliases. What archived files of another raw table say of the
 * same date stands in {@link TOLD_OF_DATE}: one entry for each such field of `LoadContext`, with the table and the reader of its
 * lines. A load is told it when the definition of its own table has that table as an input. A load of a table that tells which
 * games there are is told of the games that only box scores know, and one whose table stands in for another of the rows of that one.
 */
import { hasReadGames, type Archive } from '../../shared/domain/archive.ts';
import { boxedGames } from '../../shared/domain/boxed-games.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Season } from '../../shared/domain/season.ts';
import { moreGamesFrom } from '../../shared/domain/table.ts';
import type { GivenAlias } from '../../shared/state/aliases.ts';
import type { PartsOfDate } from '../ingest/archived-lines.ts';
import { attemptsIn } from '../ingest/attempts.ts';
import { boxedGamesIn, type BoxedGame } from '../ingest/boxed-games.ts';
import { loadTable, type SourcePart } from '../ingest/load-table.ts';
import { creditsIn } from '../ingest/plays-and-box-scores.ts';
import type { RawLoad } from '../ingest/raw-load.ts';
import type { KnownPlayers, LoadContext } from '../ingest/schedule.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { RAW_LOADS } from '../processors/loads.ts';
import { gamesOfDate, isOfSchedule, type ReadGames } from './archived-schedule.ts';

/** What another raw table tells of a date: its name, what is read from its archived lines of that date, and which table's load is told it. */
interface Told<T> {
  readonly table: string;
  readonly to: string;
  readonly read: (parts: readonly SourcePart[]) => T;
}

const TOLD_OF_DATE = {
  attempts: { table: 'nbac_player_boxscores', to: 'nbac_shot_chart', read: attemptsIn },
  credits: { table: 'nbac_player_boxscores', to: 'nbac_play_by_play', read: creditsIn },
} satisfies { readonly [Field in keyof LoadContext]?: Told<LoadContext[Field]> };

/** One state of the archive for one season, with the persons who are known in it. */
export interface KnownArchive {
  readonly season: Season;
  /** By raw table: the own one of a load, those of {@link tablesToKnow}, and those that it reads beside them. */
  readonly archives: ReadonlyMap<string, Archive | undefined>;
  readonly parts: PartsOfDate;
  readonly players: KnownPlayers;
  readonly aliases: readonly GivenAlias[];
}

/** The raw tables whose archives a load must know beside its own. */
export function tablesToKnow(load: RawLoad): string[] {
  const { standsInFor } = load.definition;
  return [
    ...scheduleTables(load),
    ...toldOf(load).map(([, { table }]) => table),
    ...(standsInFor === undefined ? [] : [standsInFor]),
  ];
}

/**
 * Makes the context of one date for a load. Of the schedule it has the games of the date, and those of which the own files of the
 * load speak on that date. Archived files are read and no loaded rows, so no load waits for another.
 * @param read where games that were read are kept for later calls
 * @throws ArchiveDamage when an archived file is not what was imported
 */
export async function contextOfDate(
  known: KnownArchive,
  load: RawLoad,
  date: GameDate,
  read: ReadGames,
): Promise<LoadContext> {
  const { season, archives, parts, players, aliases } = known;
  const told: Record<string, unknown> = {};
  for (const [field, reader] of toldOf(load)) {
    const archive = archives.get(reader.table);
    if (archive !== undefined) told[field] = reader.read(await parts(archive, date));
  }
  const { standsInFor } = load.definition;
  if (standsInFor !== undefined) told['league'] = await rowsOnDate(known, standsInFor, date, read);
  const archive = archives.get(load.definition.name);
  if (load.definition.tells === 'calendar') {
    told['hasGames'] = archive !== undefined && hasReadGames(archive);
    if (told['hasGames'] && moreGamesFrom(load.definition).length > 0)
      told['boxed'] = await boxedOn(known, load, date);
  }
  const own = archive?.slices[date] ?? [];
  const schedule = { season, archives: scheduleTables(load).map((table) => archives.get(table)), parts };
  const named = own.flatMap(({ subjects }) => subjects);
  return { schedule: await gamesOfDate(schedule, date, named, read), players, aliases, ...told };
}

/** The rows that the load of another raw table makes of its archived lines of a date. */
async function rowsOnDate(
  known: KnownArchive,
  table: string,
  date: GameDate,
  read: ReadGames,
): Promise<readonly Row[]> {
  const archive = known.archives.get(table);
  if (archive?.slices[date] === undefined) return [];
  const load = RAW_LOADS.of(table);
  const context = await contextOfDate(known, load, date, read);
  return loadTable(load, known.season, await known.parts(archive, date), context, date).rows;
}

/** The games of a date that only box scores know. */
async function boxedOn(
  { archives, parts }: KnownArchive,
  { definition }: RawLoad,
  date: GameDate,
): Promise<BoxedGame[]> {
  const busy = new Set(
    (archives.get(definition.name)?.slices[date] ?? []).flatMap(({ teams = {} }) =>
      Object.values(teams).flatMap((both) => both.split(' at ')),
    ),
  );
  const found: BoxedGame[] = [];
  for (const source of moreGamesFrom(definition)) {
    const games = boxedGames(definition, source, archives, date);
    const archive = archives.get(source);
    if (archive !== undefined && games.length > 0)
      found.push(...boxedGamesIn(await parts(archive, date), date, games, busy));
  }
  return found;
}

/** Whether a load knows the same in two states of the archive. Players are compared by their map as a whole. */
export function isSameContext(a: LoadContext, b: LoadContext): boolean {
  const [was, is] = [a, b].map(({ schedule, players: _, aliases: __, ...told }) =>
    JSON.stringify([[...schedule.values()], told]),
  );
  return a.players === b.players && a.aliases === b.aliases && was === is;
}

function toldOf({ definition }: RawLoad): [string, Told<unknown>][] {
  return Object.entries(TOLD_OF_DATE).filter(
    ([, told]) => told.to === definition.name && definition.inputs.some(({ table }) => table === told.table),
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
