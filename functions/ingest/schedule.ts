/** What a load can look up while it reads a file: the games of the season, and the players in its box scores. */
import type { GameDate } from '../../shared/domain/game-date.ts';
import {
  gameId,
  isSeasonType,
  kindOfGame,
  parseGameId,
  parseAnyGameId,
  type GameId,
  type NbaGameId,
  type SeasonType,
} from '../../shared/domain/game-id.ts';
import type { Alias, KnownPerson } from '../../shared/domain/identity.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { Credits } from './plays-and-box-scores.ts';
import { UNREAD } from './refused-lines.ts';
import type { Tricode } from '../../shared/domain/teams.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import type { Attempts } from './attempts.ts';
import type { BoxedGame } from './boxed-games.ts';

/** A game of the schedule. */
export interface ScheduledGame {
  readonly gameId: GameId;
  readonly nbaGameId: NbaGameId;
  readonly date: GameDate;
  readonly season: Season;
  readonly seasonType: SeasonType;
  readonly home: Tricode;
  readonly away: Tricode;
  /** ISO UTC; null when unknown. */
  readonly tipoffAt: string | null;
  /** Null while the game is not final. */
  readonly score: { readonly home: number; readonly away: number } | null;
  /** The columns of the game that every raw table of games has. */
  readonly cells: GameCells;
}

interface GameCells {
  readonly game_id: GameId;
  readonly nba_game_id: NbaGameId;
  readonly game_date: GameDate;
  readonly season: Season;
  readonly season_type: SeasonType;
}

/** The games of a season by their league id. */
export type Schedule = ReadonlyMap<NbaGameId, ScheduledGame>;

/** Players by their id at stats.nba.com. */
export type KnownPlayers = ReadonlyMap<number, KnownPerson>;

/** Raw tables whose rows other loads look up. */
export type KnownTable = 'nbac_schedule' | 'nbac_game_results' | 'nbac_player_boxscores';

/** What a load can look up. What its `knows` does not name is empty. */
export interface LoadContext {
  readonly schedule: Schedule;
  readonly players: KnownPlayers;
  /** Other names of players, as persons have given them. */
  readonly aliases?: readonly Alias[];
  /** What the box scores of the date say of the shots, for a load whose table has them as an input. */
  readonly attempts?: readonly Attempts[] | undefined;
  /** The rows of the date in the table for which the own one stands in. */
  readonly league?: readonly Row[] | undefined;
  /** What the box scores of the date say of each player, for the load of the play-by-play. */
  readonly credits?: readonly Credits[] | undefined;
  /** The games of the date that box scores have and the schedule has no final score of, for a load whose table tells of games. */
  readonly boxed?: readonly BoxedGame[] | undefined;
  /** False when no line of the schedule of the season can be read: then nothing stands for its refused lines. */
  readonly hasGames?: boolean | undefined;
}

/** Makes what a load can look up from the rows of the tables that are loaded already. */
export function loadContextOf(rowsOf: (table: KnownTable) => readonly Row[] | undefined): LoadContext {
  return {
    schedule: scheduleOf(rowsOf('nbac_schedule') ?? [], rowsOf('nbac_game_results')),
    players: playersOf(rowsOf('nbac_player_boxscores') ?? []),
  };
}

/** The games in the rows of `nbac_schedule`, with the scores from the rows of `nbac_game_results`. */
export function scheduleOf(scheduleRows: readonly Row[], resultRows: readonly Row[] = []): Schedule {
  const scores = new Map(
    resultRows
      .filter(isRead)
      .map((row) => [
        row['nba_game_id'],
        { home: Number(row['home_points']), away: Number(row['away_points']) },
      ]),
  );
  const games = new Map<NbaGameId, ScheduledGame>();
  for (const row of scheduleRows.filter(isRead)) {
    const nbaGameId = parseAnyGameId(String(row['nba_game_id']));
    const parts = parseGameId(String(row['game_id']));
    const kind = nbaGameId === undefined ? undefined : kindOfGame(nbaGameId);
    if (nbaGameId === undefined || parts === undefined || kind === undefined || !isSeasonType(kind)) {
      throw new Error(`${String(row['game_id'])} (${String(row['nba_game_id'])}) is no row of the schedule`);
    }
    const id = gameId(parts.date, parts.away, parts.home);
    games.set(nbaGameId, {
      ...parts,
      gameId: id,
      nbaGameId,
      season: String(row['season']),
      seasonType: kind,
      tipoffAt: row['tipoff_at'] == null ? null : String(row['tipoff_at']),
      score: scores.get(nbaGameId) ?? null,
      cells: {
        game_id: id,
        nba_game_id: nbaGameId,
        game_date: parts.date,
        season: String(row['season']),
        season_type: kind,
      },
    });
  }
  return games;
}

/** Whether a row is about a game, and not about a line that was refused. */
function isRead(row: Row): boolean {
  return row['season_type'] !== UNREAD;
}

/** The players in the rows of `nbac_player_boxscores`. */
export function playersOf(rows: readonly Row[]): KnownPlayers {
  return new Map(
    rows.map((row) => [
      Number(row['nba_player_id']),
      { lookup: String(row['player_lookup']), name: String(row['player_name']) },
    ]),
  );
}
