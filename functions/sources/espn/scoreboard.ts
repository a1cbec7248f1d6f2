/** Reads the scoreboard of a date: its games, and the scores of those that are over. */
import { z } from 'zod';
import { gameDateOf } from '../../../shared/domain/game-date.ts';
import { NAMED_GAMES_COLUMNS, namedGame } from '../named-game.ts';
import { shaped } from '../shape.ts';
import { PayloadFault, type Reading, type SourceLine } from '../source.ts';

/** Quarters of a game without an overtime. */
const QUARTERS = 4;

const competitor = z.object({
  homeAway: z.enum(['home', 'away']),
  score: z.string().regex(/^\d+$/).optional(),
  team: z.object({ abbreviation: z.string() }),
});

const event = z.object({
  date: z.string(),
  status: z.object({
    period: z.number().int().nonnegative(),
    type: z.object({ name: z.string(), state: z.enum(['pre', 'in', 'post']), completed: z.boolean() }),
  }),
  competitions: z
    .array(
      z.object({
        type: z.object({ abbreviation: z.string() }).optional(),
        competitors: z.array(competitor).length(2),
      }),
    )
    .length(1),
});

const document = z.object({ events: z.array(event) });

type Event = z.infer<typeof event>;

/** Games of these kinds are of no teams of the league. */
const ALL_STAR = /^(?:ALLSTAR|ALL-STAR|RISING)/i;

/**
 * @throws PayloadFault when the answer has no games, games of another date, one game with two scores, or a state that says two
 * things at once
 */
export function readScoreboard(answer: unknown, date: string): Reading[] {
  const { events } = shaped(document, answer);
  const lines = new Map<string, SourceLine>();
  for (const each of events) {
    const [competition] = each.competitions;
    if (competition === undefined || ALL_STAR.test(competition.type?.abbreviation ?? '')) continue;
    const { game, line } = lineOf(each, date);
    const known = lines.get(game);
    // Some games are listed twice.
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(line))
      throw new PayloadFault(`has ${game} twice, with different scores`);
    lines.set(game, line);
  }
  if (lines.size === 0) throw new PayloadFault('has no games');
  return [{ kind: 'named_games', columns: NAMED_GAMES_COLUMNS, lines: [...lines.values()] }];
}

function lineOf({ date, status, competitions }: Event, asked: string): { game: string; line: SourceLine } {
  const start = new Date(date);
  if (Number.isNaN(start.getTime())) throw new PayloadFault(`has a game at ${date}, which is no time`);
  const sides = competitions[0]?.competitors ?? [];
  const [home, away] = (['home', 'away'] as const).map((side) =>
    sides.find(({ homeAway }) => homeAway === side),
  );
  if (home === undefined || away === undefined) throw new PayloadFault('has a game of two home teams');
  const named = namedGame(gameDateOf(start), home.team.abbreviation, away.team.abbreviation, asked);
  const { name, state, completed } = status.type;
  const isFinal = name === 'STATUS_FINAL';
  const scores = [Number(home.score ?? 0), Number(away.score ?? 0)] as const;
  const isOver = state === 'post' && completed && status.period >= QUARTERS;
  if (isFinal && (!isOver || scores[0] === scores[1] || scores.includes(0)))
    throw new PayloadFault(
      `says that ${named.game} is over (${state}, ${completed ? 'completed' : 'not completed'}) after ${status.period} periods with ${scores[1]} : ${scores[0]} points`,
    );
  return {
    game: named.game,
    line: { ...named, home_pts: isFinal ? scores[0] : null, visitor_pts: isFinal ? scores[1] : null },
  };
}
