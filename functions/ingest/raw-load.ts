/** What `load.ts` of a raw table declares: which files fill the table, and how a row of a file becomes rows of the table. */
import type { FileKind } from '../../shared/domain/file-kinds.ts';
import { canonicalTeam, type Tricode } from '../../shared/domain/teams.ts';
import { isSeasonType, kindOfGame, type NbaGameId, type SeasonType } from '../../shared/domain/game-id.ts';
import type { AskedName, Match, MatchedBy } from '../../shared/domain/identity.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Lacking } from '../../shared/domain/lacking.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { RawTable } from '../../shared/domain/table.ts';
import type { Cell, Row } from '../../shared/ports/warehouse.ts';
import type { Attempts } from './attempts.ts';
import type { BoxedGame } from './boxed-games.ts';
import { minutesBetween, parseUtc } from './instants.ts';
import { repairedName } from './mojibake.ts';
import type { Credits } from './plays-and-box-scores.ts';
import type { KnownPlayers, KnownTable, Schedule, ScheduledGame } from './schedule.ts';
import { gameIdIn, seasonIn, seasonTypeIn } from './source-codes.ts';
import type { SourceFile } from './source-files.ts';
import { refuse, type SourceRow } from './source-row.ts';

/** The columns that a kind of file has. */
export interface Layout {
  /** Columns that are read. A file that lacks one of them is refused. */
  readonly needed: readonly string[];
  /** Columns that are read where the file has them. */
  readonly welcome?: readonly string[];
  /** Columns that may be there and are not read. */
  readonly unused?: readonly string[];
  /** Set where the last of several files is read first; else files of a kind are read in the order of their names. */
  readonly isLastFirst?: true;
}

/** One load of one table and season. */
export interface LoadJob {
  readonly season: Season;
  readonly schedule: Schedule;
  readonly players: KnownPlayers;
  /** With whom a row is matched. The answers of a load are kept, except where the id of the row decides. */
  readonly matchOf: (asked: AskedName) => Match;
  /** The id of another player of the teams whose whole name a row has although it has the id of somebody else. */
  readonly namesAnother: (asked: AskedName) => number | undefined;
  /** What the box scores of the date say of the shots, for a load whose table has them as an input. */
  readonly attempts?: readonly Attempts[] | undefined;
  /** The rows of the date in the table for which the own one stands in. */
  readonly league?: readonly Row[] | undefined;
  /** What the box scores of the date say of each player, for the load of the play-by-play. */
  readonly credits?: readonly Credits[] | undefined;
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
  /**
   * Rows for a line that was refused, so that what rests on the line does not pass for known. Of several with the same key one is loaded.
   * @param source undefined for a line that has not as many cells as the header
   * @param date the date that the lines are about, where it is one
   */
  readonly standIns?: (
    source: SourceRow | undefined,
    file: SourceFile,
    date: GameDate | undefined,
  ) => readonly Row[];
  /** Rows for a game that box scores have and the schedule has no final score of. Of several with the same key one is loaded. */
  readonly boxed?: (game: BoxedGame) => readonly Row[];
  /** Called with a row after a cell of it was left NULL because its value is out of bounds. */
  readonly amended?: (row: Record<string, Cell>) => void;
  /** Checks all loaded rows together, when every file is read. */
  readonly finish?: (rows: readonly Row[], amend: Amend) => void;
}

/** Rows that are known to be lacking, at least so many, or that contradict what is known. */
export interface KnownLack extends Lacking {
  readonly rows: number;
}

/** What a check of all rows may do about one of them, and what it may tell of all. */
export interface Amend {
  /** Leaves a cell NULL, with a note that begins with the cell and its value. */
  readonly leaveNull: (row: Row, column: string, reason: string) => void;
  /** Sets the row aside: it is refused with the reason. */
  readonly setAside: (row: Row, reason: string) => void;
  /** Tells what is lacking although no row was refused. */
  readonly lacks: (what: KnownLack) => void;
}

export interface RawLoad {
  readonly definition: RawTable;
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
  const other = seasonIn(own);
  if (other === season) return undefined;
  if (other !== undefined && other >= file.first && other <= file.last) return { leftOut: null };
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
  if (file.kind === 'named_schedule')
    return gameOfTeams(source, job) ?? { leftOut: 'games of teams whose game another source has' };
  if (!source.has('game_id'))
    return gameOfTeams(source, job) ?? gameThatWasMoved(source, file, job) ?? refuse(noGameText(source));
  const id = nbaGameIdOf(source);
  const kind = kindOfGame(id);
  if (!isSeasonType(kind)) return { leftOut: `rows of ${kind} games not used` };
  const game = job.schedule.get(id) ?? refuse(`game ${id} is not in the schedule of ${job.season}`);
  if (source.raw('game_date') !== game.date) {
    const date = source.gameDate();
    if (date !== game.date) refuse(`game_date is ${date}, the schedule has game ${id} on ${game.date}`);
  }
  if (source.has('season_type')) checkSeasonType(source, id, game.seasonType);
  return game;
}

/** The game that two teams play on the date of a row whose source has no ids of the league; undefined when they play none. */
function gameOfTeams(source: SourceRow, job: LoadJob): ScheduledGame | undefined {
  const [date, home, away] = [source.gameDate(), teamOf(source, 'home_team'), teamOf(source, 'visitor_team')];
  return [...job.schedule.values()].find(
    (game) => game.date === date && game.home === home && game.away === away,
  );
}

/** Kinds of files with what was said before a game, in which the game is named by its teams. */
const SAID_BEFORE: ReadonlySet<FileKind> = new Set([
  'event_lines',
  'event_props',
  'bettingpros_props',
  'timed_injury_report',
]);

/** Why a row is not used that was said before a game which was moved to another date, or postponed. */
export const NOT_PLAYED = 'rows of games that are not played on their date';

/** What was said before a game that the schedule does not have on its date any more: neither of its teams plays on it. */
function gameThatWasMoved(source: SourceRow, file: SourceFile, job: LoadJob): LeftOut | undefined {
  if (!SAID_BEFORE.has(file.kind)) return undefined;
  const [date, home, away] = [source.gameDate(), teamOf(source, 'home_team'), teamOf(source, 'visitor_team')];
  const isPlayed = [...job.schedule.values()].some(
    (game) => game.date === date && [game.home, game.away].some((team) => team === home || team === away),
  );
  return isPlayed ? undefined : { leftOut: NOT_PLAYED };
}

function noGameText(source: SourceRow): string {
  return `the schedule has no game of ${teamOf(source, 'visitor_team')} at ${teamOf(source, 'home_team')} on ${source.gameDate()}`;
}

/** The league's id of the game of a row. @throws RowRefusal when the cell has none */
export function nbaGameIdOf(source: SourceRow): NbaGameId {
  const text = source.has('game_id') ? source.text('game_id') : '';
  return gameIdIn(text) ?? refuse(`game_id is "${text}", which is no ten-digit id of the NBA`);
}

/** Compares `season_type` with the kind of the game. @throws RowRefusal when they differ */
export function checkSeasonType(source: SourceRow, id: NbaGameId, seasonType: SeasonType): void {
  const text = source.text('season_type');
  if (text !== seasonType && seasonTypeIn(text) !== seasonType)
    refuse(`season_type is ${text}, game ${id} is ${seasonType}`);
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

/** A player's name as the source writes it (repaired where it was read in another encoding), and its lookup. @throws RowRefusal when the name has no letter */
export function nameOf(
  source: SourceRow,
  { lookupOf, players }: LoadJob,
): { readonly name: string; readonly lookup: string } {
  const name = repairedName(source.text('player_name'), players, lookupOf);
  const lookup = lookupOf(name);
  return lookup === '' ? refuse(`player_name is "${name}", which is no name`) : { name, lookup };
}

/** A player's id at stats.nba.com. @throws RowRefusal when it is not positive */
export function playerIdOf(source: SourceRow): number {
  const id = source.whole('player_id');
  return id > 0 ? id : refuse(`player_id is ${id}`);
}

/** The columns that say who the player of a row is. */
interface PlayerCells {
  readonly player_lookup: string;
  readonly nba_player_id: number | null;
  readonly player_name: string;
  readonly matched_by: MatchedBy;
}

/** The player of a row whose source may have no ids. @throws RowRefusal when the name has no letter */
export function playerOf(source: SourceRow, job: LoadJob, teams: readonly Tricode[]): PlayerCells {
  return matchedPlayer(source, job, { teams }).cells;
}

/**
 * The same where the row says for which team of a game he plays, and whether he is known to play for the opponents.
 * @throws RowRefusal when the name has no letter
 */
export function playerOfTeam(
  source: SourceRow,
  job: LoadJob,
  team: Tricode,
  opponent: Tricode,
): { readonly cells: PlayerCells; readonly isContradicted: boolean } {
  return matchedPlayer(source, job, { teams: [team], opponents: [opponent] });
}

function matchedPlayer(source: SourceRow, job: LoadJob, sides: Pick<AskedName, 'teams' | 'opponents'>) {
  const { name } = nameOf(source, job);
  const {
    id,
    lookup,
    matchedBy,
    isContradicted = false,
  } = job.matchOf({
    ...{ name, id: optionalPlayerIdOf(source) },
    ...sides,
  });
  const cells = { player_lookup: lookup, nba_player_id: id, player_name: name, matched_by: matchedBy };
  return { cells, isContradicted };
}

/** A player's id at stats.nba.com; null when it is unknown, or, with a note, when the cell has no id. */
function optionalPlayerIdOf(source: SourceRow): number | null {
  return !source.has('player_id') || source.isUnknown('player_id')
    ? null
    : source.optional(() => playerIdOf(source));
}

/** The time in a cell; null when it is unknown. @throws RowRefusal when it is no UTC time */
export function instantOf(source: SourceRow, column: string): string | null {
  const text = source.raw(column);
  if (source.isUnknown(column)) return null;
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
