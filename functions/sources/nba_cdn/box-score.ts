/** Reads `boxscore_<game>.json`: the lines of the players and of the teams of a game that is over. */
import { z } from 'zod';
import { gameDateOf } from '../../../shared/domain/game-date.ts';
import { kindOfGame, parseNbaGameId, seasonOfGame } from '../../../shared/domain/game-id.ts';
import { shaped, withoutResultSets } from '../shape.ts';
import { NotYet, PayloadFault, type Reading, type SourceLine } from '../source.ts';
import { FINAL } from './game-status.ts';

const count = z.number().int().nonnegative();

const statistics = z.object({
  minutes: z.string(),
  fieldGoalsMade: count,
  fieldGoalsAttempted: count,
  threePointersMade: count,
  threePointersAttempted: count,
  freeThrowsMade: count,
  freeThrowsAttempted: count,
  reboundsOffensive: count,
  reboundsDefensive: count,
  assists: count,
  steals: count,
  blocks: count,
  foulsPersonal: count,
  points: count,
});

const player = z.object({
  personId: z.number().int().positive(),
  name: z.string().min(1),
  position: z.string().optional(),
  starter: z.enum(['0', '1']),
  played: z.enum(['0', '1']),
  statistics: statistics.extend({
    reboundsTotal: count,
    turnovers: count,
    plusMinusPoints: z.number().int(),
  }),
});

const team = z.object({
  teamTricode: z.string().min(1),
  score: count,
  players: z.array(player),
  statistics: statistics.extend({
    // Without the rebounds that no player has: the sum of the two kinds, as the league's box scores have it.
    reboundsPersonal: count,
    // With the turnovers that no player has, such as five seconds.
    turnoversTotal: count,
    pointsSecondChance: count.optional(),
  }),
});

const document = z.object({
  game: z.object({
    gameId: z.string(),
    gameStatus: z.number().int(),
    gameStatusText: z.string(),
    gameTimeUTC: z.iso.datetime({ offset: true }),
    homeTeam: team,
    awayTeam: team,
  }),
});

type Team = z.infer<typeof team>;

/**
 * @throws NotYet when the game is not over
 * @throws PayloadFault when the answer is of another game, or a team has no players
 */
export function readBoxScore(answer: unknown, subject: string): Reading[] {
  const { game } = shaped(document, withoutResultSets(answer));
  if (game.gameId !== subject) throw new PayloadFault(`is of game ${game.gameId}`);
  if (game.gameStatus !== FINAL)
    throw new NotYet(`is of a game that is not over (${game.gameStatusText.trim()})`);
  const id = parseNbaGameId(game.gameId);
  if (id === undefined) throw new PayloadFault(`is of ${game.gameId}, which is no game of the league`);
  const whose = {
    season: seasonOfGame(id),
    season_type: kindOfGame(id),
    game_id: id,
    game_date: gameDateOf(new Date(game.gameTimeUTC)),
  };
  const sides = [
    { own: game.homeTeam, other: game.awayTeam, isHome: true },
    { own: game.awayTeam, other: game.homeTeam, isHome: false },
  ].map(({ own, other, isHome }) => ({
    ...{ own, other },
    side: { ...whose, team: own.teamTricode, opponent: other.teamTricode, is_home: isHome },
  }));
  for (const { own } of sides)
    if (!own.players.some(({ played }) => played === '1'))
      throw new PayloadFault(`has no players of ${own.teamTricode} although the game is over`);
  const players = sides.flatMap(({ own, side }) =>
    own.players.map((each): SourceLine => ({ ...side, ...playerCells(each) })),
  );
  const teams = sides.map(({ own, other, side }): SourceLine => ({ ...side, ...teamCells(own, other) }));
  return [
    { kind: 'player_box', columns: Object.keys(players[0] ?? {}), lines: players },
    { kind: 'team_box', columns: Object.keys(teams[0] ?? {}), lines: teams },
  ];
}

/** The cells of a player. Zeros of somebody who did not play are no numbers. */
function playerCells({
  personId,
  name,
  position,
  starter,
  played,
  statistics: own,
}: Team['players'][number]): SourceLine {
  const who = {
    player_id: personId,
    player_name: name,
    position: position ?? null,
    starter: starter === '1',
  };
  const numbers = {
    ...sharedCells(own),
    reb: own.reboundsTotal,
    tov: own.turnovers,
    plus_minus: own.plusMinusPoints,
  };
  if (played === '1') return { ...who, ...numbers };
  return { ...who, ...Object.fromEntries(Object.keys(numbers).map((column) => [column, null])) };
}

function teamCells({ statistics: own, score }: Team, other: Team): SourceLine {
  return {
    ...sharedCells(own),
    reb: own.reboundsPersonal,
    tov: own.turnoversTotal,
    plus_minus: score - other.score,
    second_chance_pts: own.pointsSecondChance ?? null,
  };
}

function sharedCells(own: z.infer<typeof statistics>): SourceLine {
  return {
    minutes: own.minutes,
    fgm: own.fieldGoalsMade,
    fga: own.fieldGoalsAttempted,
    fg3m: own.threePointersMade,
    fg3a: own.threePointersAttempted,
    ftm: own.freeThrowsMade,
    fta: own.freeThrowsAttempted,
    oreb: own.reboundsOffensive,
    dreb: own.reboundsDefensive,
    ast: own.assists,
    stl: own.steals,
    blk: own.blocks,
    pf: own.foulsPersonal,
    pts: own.points,
  };
}
