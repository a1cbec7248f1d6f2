/** Reads `playbyplay_<game>.json`: every action of a game that is over. */
import { z } from 'zod';
import { gameDateOf } from '../../../shared/domain/game-date.ts';
import { kindOfGame, parseNbaGameId, seasonOfGame } from '../../../shared/domain/game-id.ts';
import { shaped } from '../shape.ts';
import { NotYet, PayloadFault, type Reading, type SourceLine } from '../source.ts';

const person = z.number().int().nonnegative();
const number = z.number().nullable().optional();

const action = z.object({
  actionNumber: z.number().int().positive(),
  // When it happened, by the clock of the scorers.
  timeActual: z.iso.datetime({ offset: true }),
  period: z.number().int().positive(),
  clock: z.string().min(1),
  actionType: z.string().min(1),
  subType: z.string().optional(),
  descriptor: z.string().optional(),
  teamTricode: z.string().optional(),
  // 0 where nobody acts.
  personId: person,
  assistPersonId: person.optional(),
  blockPersonId: person.optional(),
  shotResult: z.string().optional(),
  shotDistance: number,
  x: number,
  y: number,
});

const document = z.object({ game: z.object({ gameId: z.string(), actions: z.array(action) }) });

type Action = z.infer<typeof action>;

/**
 * The order of the actions has no meaning: they are told out of order, and moved later.
 * @throws NotYet when the game is not over
 * @throws PayloadFault when the answer is of another game, has no actions, no shots from the field, or one number for two actions
 */
export function readPlayByPlay(answer: unknown, subject: string): Reading[] {
  const { game } = shaped(document, answer);
  if (game.gameId !== subject) throw new PayloadFault(`is of game ${game.gameId}`);
  const id = parseNbaGameId(game.gameId);
  if (id === undefined) throw new PayloadFault(`is of ${game.gameId}, which is no game of the league`);
  const { actions } = game;
  if (actions.length === 0) throw new PayloadFault('has no actions although the game has begun');
  if (!actions.some(({ actionType, subType }) => actionType === 'game' && subType === 'end'))
    throw new NotYet('is of a game that is not over (it has no last action)');
  if (!actions.some(({ actionType }) => actionType === '2pt' || actionType === '3pt'))
    throw new PayloadFault('has no shots although the game is over');
  const numbers = actions.map(({ actionNumber }) => actionNumber);
  const double = numbers.find((each, i) => numbers.indexOf(each) !== i);
  if (double !== undefined) throw new PayloadFault(`has two actions with the number ${double}`);
  const [first = ''] = actions.map(({ timeActual }) => new Date(timeActual).toISOString()).sort();
  const whose = {
    season: seasonOfGame(id),
    season_type: kindOfGame(id),
    game_id: id,
    game_date: gameDateOf(new Date(first)),
  };
  const lines = actions.map((each): SourceLine => ({ ...whose, ...cellsOf(each) }));
  return [{ kind: 'play_by_play', columns: Object.keys(lines[0] ?? {}), lines }];
}

function cellsOf(each: Action): SourceLine {
  return {
    action_number: each.actionNumber,
    period: each.period,
    clock: each.clock,
    action_type: each.actionType,
    sub_type: each.subType ?? null,
    descriptor: each.descriptor ?? null,
    team: each.teamTricode ?? null,
    player_id: each.personId === 0 ? null : each.personId,
    assist_player_id: each.assistPersonId ?? null,
    block_player_id: each.blockPersonId ?? null,
    shot_result: each.shotResult ?? null,
    shot_distance: each.shotDistance ?? null,
    x: each.x ?? null,
    y: each.y ?? null,
  };
}
