/**
 * Games that a schedule names in a line that was refused, and games that only box scores know. Nobody knows such a game well enough
 * to have rows of it, but its teams are known to have one, so it must not pass for a free day.
 */
import { gameId, type GameId } from '../../shared/domain/game-id.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { canonicalTeam, type Tricode } from '../../shared/domain/teams.ts';
import type { BoxedGame } from './boxed-games.ts';
import { nbaGameIdOf, type Amend, type LoadJob } from './raw-load.ts';
import { UNREAD, unlessRefused } from './refused-lines.ts';
import type { SourceRow } from './source-row.ts';

/** A game of which only the date and a team or two are known. */
export interface UnreadGame {
  /** The columns of the game that every raw table of games has. */
  readonly cells: Readonly<
    Record<'game_id' | 'nba_game_id' | 'game_date' | 'season' | 'season_type', string>
  >;
  readonly home: Tricode;
  /** Null when the line names no other team. */
  readonly away: Tricode | null;
}

/** The games of one load that are not read. */
export interface UnreadGames {
  /** The game of a line, unless another line has told of its teams; undefined when it has no team or no date of the season. */
  readonly of: (source: SourceRow, season: Season, date: GameDate | undefined) => UnreadGame | undefined;
  /** The game as box scores have it, likewise. */
  readonly boxed: (game: BoxedGame, season: Season) => UnreadGame | undefined;
  /** Remembers a game that is named otherwise. */
  readonly add: (game: GameId) => void;
  /** Tells which games were found. */
  readonly tell: (amend: Amend) => void;
}

export function unreadGames(): UnreadGames {
  const found = new Set<string>();
  const told = new Set<string>();
  const gameOn = (on: GameDate, id: string, teams: readonly Tricode[], season: Season) => {
    const [home, away] = [...new Set(teams)].filter((team) => !told.has(`${id} ${on} ${team}`));
    if (home === undefined) return undefined;
    for (const team of [home, away]) told.add(`${id} ${on} ${team}`);
    const own = away === undefined ? `${on.replaceAll('-', '')}_${UNREAD}_${home}` : gameId(on, away, home);
    found.add(own);
    return {
      cells: { game_id: own, nba_game_id: id, game_date: on, season, season_type: UNREAD },
      home,
      away: away ?? null,
    };
  };
  return {
    of: (source, season, date) => {
      const on = date ?? unlessRefused(() => source.gameDate());
      if (on === undefined || seasonOf(on) !== season) return undefined;
      const id = unlessRefused(() => nbaGameIdOf(source)) ?? UNREAD;
      const teams = ['home_team', 'visitor_team'].flatMap(
        (column) => canonicalTeam(source.raw(column)) ?? [],
      );
      return gameOn(on, id, teams, season);
    },
    boxed: ({ date, nbaGameId, teams }, season) => gameOn(date, nbaGameId, teams, season),
    add: (game) => found.add(game),
    tell: (amend) => {
      if (found.size > 0) amend.lacks({ code: 'games_unread', detail: [...found].join(' '), rows: 0 });
    },
  };
}

/** The games that refused lines of box scores are about and that the schedule has not on their date. */
export interface StrangeGames {
  readonly see: (source: SourceRow | undefined, date: GameDate | undefined) => void;
  readonly tell: (amend: Amend) => void;
}

export function strangeGames({ schedule }: Pick<LoadJob, 'schedule'>): StrangeGames {
  const found = new Set<string>();
  return {
    see: (source, date) => {
      if (source === undefined) return;
      const id = unlessRefused(() => nbaGameIdOf(source));
      const on = date ?? unlessRefused(() => source.gameDate());
      if (id !== undefined && schedule.get(id)?.date !== on) found.add(id);
    },
    tell: (amend) => {
      if (found.size > 0) amend.lacks({ code: 'games_unread', detail: [...found].join(' '), rows: 0 });
    },
  };
}
