/** What `load.ts` of a raw table declares: which files fill the table, and how a row of a file becomes rows of the table. */
import { canonicalTeam, type Tricode } from '../../shared/domain/teams.ts';
import { isSeasonType, kindOfGame, parseNbaGameId } from '../../shared/domain/game-id.ts';
import type { AskedName, Match, MatchedBy } from '../../shared/domain/identity.ts';
import { isSeason, type Season } from '../../shared/domain/season.ts';
import type { LoadedTable } from '../../shared/domain/table.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { minutesBetween, parseUtc } from './instants.ts';
import type { KnownPlayers, KnownTable, Schedule, ScheduledGame } from './schedule.ts';
import type { FileKind, SourceFile } from './source-files.ts';
import { refuse, type SourceRow } from './source-row.ts';

/** The columns that a kind of file has. */
export interface Layout {
  /** Columns that are read. A file that lacks one of them is refused. */
  readonly needed: readonly string[];
  /** Columns that are read where the file has them. */
  readonly welcome?: readonly string[];
  /** Columns that may be there and are not read. */
  readonly unused?: readonly string[];
}

/** One load of one table and season. */
export interface LoadJob {
  readonly season: Season;
  readonly schedule: Schedule;
  readonly players: KnownPlayers;
  /** With whom a row is matched. The answers of a load are kept, except where the id of the row decides. */
  readonly matchOf: (asked: AskedName) => Match;
  /** `playerLookup`; the lookup of a name is computed once in a load. */
  readonly lookupOf: (name: string) => string;
  /** Counts something that the report should mention although the row has no fault. */
  readonly note: (text: string) => void;
}

/** A row without a fault that is not loaded. It has no reason when it is a row of another season. */
export interface LeftOut {
  readonly leftOut: string | null;
}

export interface Loading {
  /** The rows of the table that a row of a file becomes. @throws RowRefusal with the reason when the row is refused */
  readonly read: (source: SourceRow, file: SourceFile) => readonly Row[] | LeftOut;
  /** Checks all loaded rows together, when every file is read. */
  readonly finish?: (rows: readonly Row[]) => void;
}

export interface RawLoad {
  readonly definition: LoadedTable;
  /**
   * Raw tables whose archived files are read before those of this table. A load may use only what it names here:
   * `job.schedule` comes from `nbac_schedule`, its scores from `nbac_game_results`, and `job.players` are
   * the persons whom any box score or roster has named.
   */
  readonly knows: readonly KnownTable[];
  /** The files that fill the table, in the order in which they are read. */
  readonly layouts: Readonly<Partial<Record<FileKind, Layout>>>;
  readonly begin: (job: LoadJob) => Loading;
}

export function isLeftOut(found: object): found is LeftOut {
  return 'leftOut' in found;
}

/** Whether a row is of the season that is loaded. @throws RowRefusal when its season is none of those of the file */
export function ofOtherSeason(source: SourceRow, file: SourceFile, season: Season): LeftOut | undefined {
  const own = source.text('season');
  if (own === season) return undefined;
  if (isSeason(own) && own >= file.first && own <= file.last) return { leftOut: null };
  const named = file.first === file.last ? file.first : `${file.first} to ${file.last}`;
  return refuse(`season is "${own}", the file is of ${named}`);
}

/**
 * The game in the schedule that a row belongs to.
 * @throws RowRefusal when the schedule has no such game, or has it on another date or as another kind of game
 */
export function gameOf(source: SourceRow, file: SourceFile, job: LoadJob): ScheduledGame | LeftOut {
  const other = source.has('season') ? ofOtherSeason(source, file, job.season) : undefined;
  if (other !== undefined) return other;
  const text = source.text('game_id');
  const id = parseNbaGameId(text) ?? refuse(`game_id is "${text}", which is no ten-digit id of the NBA`);
  const kind = kindOfGame(id);
  if (!isSeasonType(kind)) return { leftOut: `rows of ${kind} games not used` };
  const game = job.schedule.get(id) ?? refuse(`game ${id} is not in the schedule of ${job.season}`);
  const date = source.text('game_date');
  if (date !== game.date) refuse(`game_date is ${date}, the schedule has game ${id} on ${game.date}`);
  if (source.has('season_type') && source.text('season_type') !== game.seasonType) {
    refuse(`season_type is ${source.text('season_type')}, game ${id} is ${game.seasonType}`);
  }
  return game;
}

/** The team that a cell names. @throws RowRefusal when it is not one of the 30 */
export function teamOf(source: SourceRow, column: string): Tricode {
  const code = source.text(column);
  return canonicalTeam(code) ?? refuse(`${column} is "${code}", which is no NBA team`);
}

/** Compares `home_team` and `visitor_team` with the schedule. @throws RowRefusal when they differ */
export function checkTeams(source: SourceRow, game: ScheduledGame): void {
  const home = teamOf(source, 'home_team');
  const away = teamOf(source, 'visitor_team');
  if (home !== game.home || away !== game.away) {
    refuse(
      `${away} at ${home} is not the game ${game.nbaGameId} of the schedule, ${game.away} at ${game.home}`,
    );
  }
}

/** The team of a row, its opponent, and whether it is at home. @throws RowRefusal when the row differs from the schedule */
export function sideOf(
  source: SourceRow,
  game: ScheduledGame,
): { team_abbr: Tricode; opponent_team_abbr: Tricode; is_home: boolean } {
  const team = teamOf(source, 'team');
  const home = team === game.home;
  if (!home && team !== game.away) refuse(`${team} does not play in ${game.gameId}`);
  const opponent = home ? game.away : game.home;
  if (source.has('opponent') && teamOf(source, 'opponent') !== opponent) {
    refuse(`opponent is ${source.text('opponent')}, in ${game.gameId} ${team} plays ${opponent}`);
  }
  if (source.has('is_home') && source.flag('is_home') !== home) {
    refuse(
      `is_home is ${source.text('is_home')}, in ${game.gameId} ${team} plays ${home ? 'at home' : 'away'}`,
    );
  }
  return { team_abbr: team, opponent_team_abbr: opponent, is_home: home };
}

/** A player's name as the source writes it, and its lookup. @throws RowRefusal when the name has no letter */
export function nameOf(
  source: SourceRow,
  { lookupOf }: LoadJob,
): { readonly name: string; readonly lookup: string } {
  const name = source.text('player_name');
  const lookup = lookupOf(name);
  return lookup === '' ? refuse(`player_name is "${name}", which is no name`) : { name, lookup };
}

/** A player's id at stats.nba.com. @throws RowRefusal when it is not positive */
export function playerIdOf(source: SourceRow): number {
  const id = source.whole('player_id');
  return id > 0 ? id : refuse(`player_id is ${id}`);
}

/** The player of a row whose source may have no ids. @throws RowRefusal when the name has no letter or the id is not positive */
export function playerOf(
  source: SourceRow,
  job: LoadJob,
  teams: readonly Tricode[],
): {
  readonly player_lookup: string;
  readonly nba_player_id: number | null;
  readonly player_name: string;
  readonly matched_by: MatchedBy;
} {
  const { name } = nameOf(source, job);
  const id = source.raw('player_id') === '' ? null : playerIdOf(source);
  const match = job.matchOf({ name, id, teams });
  return {
    player_lookup: match.lookup,
    nba_player_id: match.id,
    player_name: name,
    matched_by: match.matchedBy,
  };
}

/** The time in a cell; null when the cell is empty. @throws RowRefusal when it is no UTC time */
export function instantOf(source: SourceRow, column: string): string | null {
  const text = source.raw(column);
  if (text === '') return null;
  return (
    parseUtc(text) ?? refuse(`${column} is "${text}", which is no UTC time such as 2024-01-26T00:30:00Z`)
  );
}

/**
 * Whole minutes from the time `at` to the tip-off; null when one of the two is unknown.
 * @throws RowRefusal when `at` is after the tip-off: the row may then know something of the game itself
 */
export function minutesBeforeTipoff(at: string | null, tipoff: string | null): number | null {
  if (at === null || tipoff === null) return null;
  const minutes = minutesBetween(at, tipoff);
  return minutes < 0 ? refuse(`seen at ${at}, after the tip-off at ${tipoff}: in-play`) : minutes;
}
