/** Reads `scheduleLeagueV2.json`: every game of a season, with the score of those that are over. */
import { z } from 'zod';
import { parseNbaGameId, kindOfGame } from '../../../shared/domain/game-id.ts';
import { shaped, withoutResultSets } from '../shape.ts';
import { PayloadFault, type Reading } from '../source.ts';
import { FINAL } from './game-status.ts';

const team = z.object({
  teamId: z.number().int(),
  teamTricode: z.string().nullable(),
  score: z.number().int().nonnegative().nullable().optional(),
});

const game = z.object({
  gameId: z.string(),
  gameStatus: z.number().int(),
  gameStatusText: z.string(),
  // The date and the time of the tip-off by the Eastern clock, although they end in Z.
  gameDateEst: z.iso.datetime(),
  gameDateTimeEst: z.iso.datetime(),
  postponedStatus: z.string().optional(),
  isNeutral: z.boolean().optional(),
  arenaName: z.string().nullable().optional(),
  arenaCity: z.string().nullable().optional(),
  homeTeam: team,
  awayTeam: team,
});

const document = z.object({
  leagueSchedule: z.object({
    seasonYear: z.string(),
    gameDates: z.array(z.object({ games: z.array(game) })),
  }),
});

type Game = z.infer<typeof game>;

const COLUMNS = [
  ...[
    'game_id',
    'game_date',
    'season',
    'season_type',
    'home_team',
    'visitor_team',
    'home_pts',
    'visitor_pts',
  ],
  ...['winner', 'neutral_site', 'tipoff_et', 'arena', 'arena_city'],
];

/** @throws PayloadFault when the answer is of another season or has no games */
export function readSchedule(answer: unknown, subject: string): Reading[] {
  const { leagueSchedule } = shaped(document, withoutResultSets(answer));
  const { seasonYear: season, gameDates } = leagueSchedule;
  if (season !== subject) throw new PayloadFault(`is of the season ${season}`);
  const games = gameDates.flatMap((each) => each.games);
  if (games.length === 0) throw new PayloadFault('has no games');
  const lines = games
    .filter((each) => hasTeams(each) && !isPostponed(each))
    .map((each) => {
      const isOver = each.gameStatus === FINAL;
      const { homeTeam: home, awayTeam: away } = each;
      if (isOver && (home.score == null || away.score == null))
        throw new PayloadFault(`says that game ${each.gameId} is over and has no score of it`);
      return {
        game_id: each.gameId,
        game_date: each.gameDateEst.slice(0, 10),
        season,
        season_type: seasonTypeOf(each.gameId),
        home_team: home.teamTricode,
        visitor_team: away.teamTricode,
        home_pts: isOver ? (home.score ?? null) : null,
        visitor_pts: isOver ? (away.score ?? null) : null,
        neutral_site: each.isNeutral ?? null,
        tipoff_et: isTimeKnown(each) ? each.gameDateTimeEst.replace(/Z$/, '') : null,
        arena: each.arenaName ?? null,
        arena_city: each.arenaCity ?? null,
      };
    });
  return [{ kind: 'schedule', columns: COLUMNS, lines }];
}

/** Whether both teams are known: later rounds of the play-offs are listed before that. */
function hasTeams({ homeTeam, awayTeam }: Game): boolean {
  return [homeTeam, awayTeam].every(({ teamId, teamTricode }) => teamId > 0 && (teamTricode ?? '') !== '');
}

/** Whether the game is not going to be played on its date. Its status is that of a game that has not begun. */
function isPostponed({ gameStatus, gameStatusText, postponedStatus }: Game): boolean {
  return gameStatus !== FINAL && (postponedStatus === 'Y' || /^\s*(?:PPD|postponed)/i.test(gameStatusText));
}

function isTimeKnown({ gameStatusText, gameStatus }: Game): boolean {
  return gameStatus !== 1 || !/TBD/i.test(gameStatusText);
}

function seasonTypeOf(gameId: string): string | null {
  const id = parseNbaGameId(gameId);
  return id === undefined ? null : kindOfGame(id);
}
