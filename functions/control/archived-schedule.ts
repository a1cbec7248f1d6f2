/**
 * Reads games of the schedule, with their results, from the archived files. Only the dates that are asked for are parsed: the
 * archive itself tells on which dates a game is.
 */
import type { Archive } from '../../shared/domain/archive.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { NbaGameId } from '../../shared/domain/game-id.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import type { PartsOfDate } from '../ingest/archived-lines.ts';
import { loadTable } from '../ingest/load-table.ts';
import { loadContextOf, type LoadContext, type Schedule, type ScheduledGame } from '../ingest/schedule.ts';
import { RAW_LOADS } from '../processors/loads.ts';

/** Whether a raw table tells of the games of a season: which there are, or how they ended. */
export function isOfSchedule(table: string): boolean {
  return table === 'nbac_schedule' || table === 'nbac_game_results';
}

/** What is archived of a schedule. */
export interface ArchivedSchedule {
  readonly season: Season;
  /** Of the tables of the schedule, in loading order. */
  readonly archives: readonly (Archive | undefined)[];
  readonly parts: PartsOfDate;
}

/** The games of dates that were read, by season, date and the revisions of the archives that they are read from. */
export type ReadGames = Map<string, Promise<Schedule>>;

/** Dates whose games are remembered at once: those of more than ten seasons. */
const MAX_DATES = 2000;

/**
 * The games of a date, and those of other dates that are named. Every game is there as the whole schedule has it: one that the
 * files have on several dates counts on the last of them.
 * @param named ids of games; what is no id of a game of the schedule is passed over
 * @param read where games that were read are kept for later calls
 */
export async function gamesOfDate(
  schedule: ArchivedSchedule,
  date: GameDate,
  named: Iterable<string>,
  read: ReadGames,
): Promise<Schedule> {
  const games = await rememberedGames(schedule, date, read);
  const others: ScheduledGame[] = [];
  for (const id of named) {
    const other = games.has(id as NbaGameId) ? undefined : datesOf(schedule, id).at(-1);
    const found = other === undefined ? undefined : await rememberedGames(schedule, other, read);
    const game = found?.get(id as NbaGameId);
    if (game !== undefined) others.push(game);
  }
  return others.length === 0
    ? games
    : new Map([...games, ...others.map((game) => [game.nbaGameId, game] as const)]);
}

async function rememberedGames(
  schedule: ArchivedSchedule,
  date: GameDate,
  read: ReadGames,
): Promise<Schedule> {
  const revisions = schedule.archives.map((archive) => archive?.revision ?? 0);
  const key = `${schedule.season} ${date} ${revisions.join(' ')}`;
  const remembered = read.get(key);
  if (remembered !== undefined) return remembered;
  const reading = readGames(schedule, date);
  if (read.size >= MAX_DATES) read.clear();
  read.set(key, reading);
  try {
    return await reading;
  } catch (error) {
    // One failed read of the archive fails this load only: the next load reads again.
    if (read.get(key) === reading) read.delete(key);
    throw error;
  }
}

/** Reads the games of which the files speak on a date: the schedule, and then the results with what the schedule has told. */
async function readGames(schedule: ArchivedSchedule, date: GameDate): Promise<Schedule> {
  const { archives, season, parts } = schedule;
  const games = new Set((archives[0]?.slices[date] ?? []).flatMap(({ subjects }) => subjects));
  // Where a game is on several dates, all of them are read, so that it has its last date.
  const dates = [...new Set([date, ...[...games].flatMap((game) => datesOf(schedule, game))])].sort();
  const rows = new Map<string, Row[]>();
  const contextNow = (): LoadContext => loadContextOf((table) => rows.get(table));
  for (const archive of archives) {
    if (archive === undefined) continue;
    const ofTable: Row[] = [];
    const [load, context] = [RAW_LOADS.of(archive.table), contextNow()];
    for (const each of dates)
      for (const row of loadTable(load, season, await parts(archive, each), context, each).rows)
        ofTable.push(row);
    rows.set(archive.table, ofTable);
  }
  return new Map([...contextNow().schedule].filter(([id]) => games.has(id)));
}

const placed = new WeakMap<Archive, ReadonlyMap<string, readonly GameDate[]>>();

/** The dates on which the schedule has a game, ascending. */
function datesOf({ archives: [archive] }: ArchivedSchedule, game: string): readonly GameDate[] {
  if (archive === undefined) return [];
  let dates = placed.get(archive);
  if (dates === undefined) placed.set(archive, (dates = placesIn(archive)));
  return dates.get(game) ?? [];
}

function placesIn({ slices }: Archive): ReadonlyMap<string, readonly GameDate[]> {
  const places = new Map<string, GameDate[]>();
  for (const date of (Object.keys(slices) as GameDate[]).sort())
    for (const { subjects } of slices[date] ?? [])
      for (const game of subjects) {
        const known = places.get(game);
        if (known === undefined) places.set(game, [date]);
        else if (known.at(-1) !== date) known.push(date);
      }
  return places;
}
