/** The answers that cdn.nba.com would give about games of which there are source files. */
import Papa from 'papaparse';
import { simulateSeason, type SimulatedFile } from '../../scripts/simulate/league.ts';
import { easternToUtc } from '../../shared/domain/eastern-time.ts';
import { playByPlay } from './nba-cdn-plays.ts';

type Cells = Readonly<Record<string, string>>;

/** A JSON document whose fields a test may change. */
export type Document = Record<string, unknown>;

export interface CdnAnswers {
  /** The answer about a season. Games without a score, and those that are not over, have not begun. */
  readonly schedule: (season: string, isOver?: (gameId: string) => boolean) => Document;
  /** The answer about a game of which there are box scores. */
  readonly boxScore: (gameId: string) => Document;
  /** The play-by-play of a game of which there are box scores and shots. */
  readonly playByPlay: (gameId: string) => Document;
  /** The games of which there are box scores. */
  readonly games: readonly string[];
  /** The date of a game of which there are box scores. */
  readonly dateOf: (gameId: string) => string;
  /** The games of a date of which there are box scores. */
  readonly gamesOn: (date: string) => readonly string[];
}

/** A source file from which answers are made. */
export type CdnKind = 'schedule' | 'player_box' | 'team_box' | 'shots';

/** The paths of cdn.nba.com. */
export const CDN_PATHS = {
  schedule: '/static/json/staticData/scheduleLeagueV2.json',
  boxScore: (gameId: string) => `/static/json/liveData/boxscore/boxscore_${gameId}.json`,
  playByPlay: (gameId: string) => `/static/json/liveData/playbyplay/playbyplay_${gameId}.json`,
} as const;

/** The season that {@link simulatedFiles} has. */
export const SEASON = '2021-22';

/** The files of a small season of six teams. */
export function simulatedFiles(gamesPerTeam: number): readonly SimulatedFile[] {
  return simulateSeason({ index: 0, seed: 5, firstSeason: 2021, teams: 6, gamesPerTeam });
}

/**
 * The same files by what they hold, such as `player_box`.
 * @throws Error, from what it returns, when the season has no such file
 */
export function simulatedTexts(gamesPerTeam: number): (kind: string) => string {
  const files = simulatedFiles(gamesPerTeam);
  return (kind) => {
    const file = files.find(({ name }) => name === `${kind}_${SEASON}.csv`);
    if (file === undefined) throw new Error(`The season ${SEASON} has no ${kind}`);
    return file.text;
  };
}

/** @param textOf the text of the schedule, the box scores of players, those of teams, and the shots */
export function cdnAnswers(textOf: (kind: CdnKind) => string): CdnAnswers {
  const rowsOf = (kind: CdnKind): Cells[] =>
    Papa.parse<Cells>(textOf(kind), { header: true, skipEmptyLines: true }).data;
  const games = rowsOf('schedule');
  const players = Map.groupBy(rowsOf('player_box'), (row) => row['game_id'] ?? '');
  const teams = Map.groupBy(rowsOf('team_box'), (row) => row['game_id'] ?? '');
  const shots = Map.groupBy(rowsOf('shots'), (row) => row['game_id'] ?? '');
  const gameOf = (gameId: string): Cells => games.find((each) => each['game_id'] === gameId) ?? {};
  return {
    playByPlay: (gameId) =>
      playByPlay({
        game: gameOf(gameId),
        players: players.get(gameId) ?? [],
        shots: shots.get(gameId) ?? [],
      }),
    games: [...teams.keys()],
    dateOf: (gameId) => teams.get(gameId)?.[0]?.['game_date'] ?? '',
    gamesOn: (date) => [...teams].flatMap(([game, [first]]) => (first?.['game_date'] === date ? [game] : [])),
    schedule: (season, isOver = () => true) => ({
      meta: { version: 1 },
      leagueSchedule: {
        seasonYear: season,
        leagueId: '00',
        gameDates: [...Map.groupBy(games, (game) => game['game_date'])].map(([date, ofDate]) => ({
          gameDate: `${date} 00:00:00`,
          games: ofDate.map((game) => scheduledGame(game, isOver(game['game_id'] ?? ''))),
        })),
      },
    }),
    boxScore: (gameId) => {
      const game = gameOf(gameId);
      const side = (team: string | undefined): Document =>
        teamOf(
          (teams.get(gameId) ?? []).find((row) => row['team'] === team) ?? {},
          (players.get(gameId) ?? []).filter((row) => row['team'] === team),
        );
      return {
        meta: { version: 1 },
        game: {
          gameId,
          gameTimeUTC: easternToUtc(game['tipoff_et'] ?? ''),
          gameStatus: 3,
          gameStatusText: 'Final',
          period: 4,
          homeTeam: side(game['home_team']),
          awayTeam: side(game['visitor_team']),
        },
      };
    },
  };
}

function scheduledGame(game: Cells, hasBegun: boolean): Document {
  const isOver = hasBegun && game['home_pts'] !== '';
  const side = (team: string, points: string): Document => ({
    teamId: 1610612700,
    teamTricode: game[team],
    score: isOver ? Number(game[points]) : 0,
  });
  return {
    gameId: game['game_id'],
    gameStatus: isOver ? 3 : 1,
    gameStatusText: isOver ? 'Final' : '7:00 pm ET',
    gameDateEst: `${game['game_date']}T00:00:00Z`,
    gameDateTimeEst: `${game['tipoff_et']}Z`,
    postponedStatus: 'N',
    isNeutral: game['neutral_site'] === 'true',
    arenaName: game['arena'],
    arenaCity: game['arena_city'],
    homeTeam: side('home_team', 'home_pts'),
    awayTeam: side('visitor_team', 'visitor_pts'),
  };
}

function teamOf(team: Cells, players: readonly Cells[]): Document {
  return {
    teamId: Number(team['team_id']),
    teamTricode: team['team'],
    score: Number(team['pts']),
    players: players.map((row, i) => ({
      status: 'ACTIVE',
      order: i + 1,
      personId: Number(row['player_id']),
      name: row['player_name'],
      position: row['position'],
      starter: '0',
      played: row['minutes'] === '' ? '0' : '1',
      statistics: {
        ...statistics(row),
        reboundsTotal: Number(row['reb']),
        turnovers: Number(row['tov']),
        plusMinusPoints: Number(row['plus_minus']),
      },
    })),
    // The live data counts rebounds and turnovers of nobody apart.
    statistics: {
      ...statistics(team),
      reboundsPersonal: Number(team['reb']),
      reboundsTotal: Number(team['reb']) + 9,
      turnovers: Number(team['tov']) - 1,
      turnoversTotal: Number(team['tov']),
    },
  };
}

function statistics(row: Cells): Document {
  return {
    minutes: `PT${String(Number(row['minutes'])).padStart(2, '0')}M00.00S`,
    fieldGoalsMade: Number(row['fgm']),
    fieldGoalsAttempted: Number(row['fga']),
    threePointersMade: Number(row['fg3m']),
    threePointersAttempted: Number(row['fg3a']),
    freeThrowsMade: Number(row['ftm']),
    freeThrowsAttempted: Number(row['fta']),
    reboundsOffensive: Number(row['oreb']),
    reboundsDefensive: Number(row['dreb']),
    assists: Number(row['ast']),
    steals: Number(row['stl']),
    blocks: Number(row['blk']),
    foulsPersonal: Number(row['pf']),
    points: Number(row['pts']),
  };
}
