/** Reads `/stats/leaguegamelog`: the lines of the players, or of the teams, of all games of a date. */
import { z } from 'zod';
import { isSeasonType, kindOfGame, parseNbaGameId, seasonOfGame } from '../../../shared/domain/game-id.ts';
import { canonicalTeam } from '../../../shared/domain/teams.ts';
import { shaped } from '../shape.ts';
import { NotYet, PayloadFault, type Reading, type SourceCell, type SourceLine } from '../source.ts';

const document = z.object({
  resource: z.literal('leaguegamelog'),
  resultSets: z
    .array(
      z.object({
        name: z.literal('LeagueGameLog'),
        headers: z.array(z.string()),
        rowSet: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
      }),
    )
    .length(1),
});

/** Columns of a source file with those of the log that fill them. */
const NUMBERS = {
  ...{ minutes: 'MIN', fgm: 'FGM', fga: 'FGA', fg3m: 'FG3M', fg3a: 'FG3A', ftm: 'FTM', fta: 'FTA' },
  ...{ oreb: 'OREB', dreb: 'DREB', reb: 'REB', ast: 'AST', stl: 'STL', blk: 'BLK', tov: 'TOV', pf: 'PF' },
  ...{ pts: 'PTS', plus_minus: 'PLUS_MINUS' },
} as const;
const PLAYER = { player_id: 'PLAYER_ID', player_name: 'PLAYER_NAME' } as const;
const WHOSE = ['GAME_ID', 'GAME_DATE', 'TEAM_ABBREVIATION', 'MATCHUP'] as const;

/** Players of a team in a game, at least. */
const FEWEST = { player_box: 5, team_box: 1 } as const;

/** Reads the log of players (`player_box`) or of teams (`team_box`). */
export function gameLogReader(
  kind: keyof typeof FEWEST,
): (answer: unknown, date: string) => readonly Reading[] {
  const cells = kind === 'player_box' ? { ...PLAYER, ...NUMBERS } : NUMBERS;
  /**
   * @throws NotYet when the log has no lines of the date
   * @throws PayloadFault when it lacks a column, has lines of another date, or has too few of a team for a game
   */
  return (answer, date) => {
    const [set] = shaped(document, answer).resultSets;
    const { headers = [], rowSet = [] } = set ?? {};
    const missing = [...WHOSE, ...Object.values(cells)].filter((column) => !headers.includes(column));
    if (missing.length > 0) throw new PayloadFault(`lacks the column ${missing.join(', ')}`);
    if (rowSet.length === 0) throw new NotYet('has no lines of the date yet');
    const lines = rowSet.map((row): SourceLine => {
      if (row.length !== headers.length)
        throw new PayloadFault(`has a row of ${row.length} cells under ${headers.length} headers`);
      const cell = (column: string): SourceCell => row[headers.indexOf(column)] ?? null;
      const own = Object.entries(cells).map(([column, theirs]) => [column, cell(theirs)] as const);
      return {
        ...whoseOf(cell, date),
        ...(kind === 'player_box' ? { position: null } : {}),
        ...Object.fromEntries(own),
      };
    });
    for (const [game, ofGame] of Map.groupBy(lines, (line) => line['game_id'])) {
      const teams = Map.groupBy(ofGame, (line) => line['team']);
      if (teams.size !== 2 || [...teams.values()].some((own) => own.length < FEWEST[kind]))
        throw new PayloadFault(`has too few lines of game ${String(game)}`);
    }
    return [{ kind, columns: Object.keys(lines[0] ?? {}), lines }];
  };
}

/** Which game and team a line is about. */
function whoseOf(cell: (column: string) => SourceCell, date: string): SourceLine {
  const [gameId, day, code, matchup] = WHOSE.map((column) => String(cell(column) ?? ''));
  const id = parseNbaGameId(gameId ?? '');
  if (id === undefined || !isSeasonType(kindOfGame(id)))
    throw new PayloadFault(`is of ${gameId}, which is no game of the league`);
  if (day?.slice(0, 10) !== date) throw new PayloadFault(`has lines of the date ${day}`);
  const [, first = '', how = '', second = ''] = /^(\S+) (vs\.|@) (\S+)$/.exec(matchup ?? '') ?? [];
  const [team, named, opponent] = [code ?? '', first, second].map(canonicalTeam);
  if (team === undefined || opponent === undefined || named !== team)
    throw new PayloadFault(`has the matchup ${matchup} of the team ${code}`);
  return {
    ...{ season: seasonOfGame(id), season_type: kindOfGame(id), game_id: id, game_date: date },
    ...{ team, opponent, is_home: how === 'vs.' },
  };
}
