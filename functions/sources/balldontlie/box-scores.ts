/** Reads `/v1/box_scores`: the lines of the players of all games of a date. */
import { z } from 'zod';
import { NotYet, PayloadFault, type Reading, type SourceLine } from '../source.ts';
import { finalScore, gameFields, gameOfEntry, keyOfGame } from './game.ts';
import { entriesOf } from './pages.ts';

const count = z.number().int().nonnegative().nullable();

const line = z.object({
  min: z.string().nullable(),
  fgm: count,
  fga: count,
  fg3m: count,
  fg3a: count,
  ftm: count,
  fta: count,
  oreb: count,
  dreb: count,
  reb: count,
  ast: count,
  stl: count,
  blk: count,
  turnover: count,
  pf: count,
  pts: count,
  // Answers of 2024 and before do not have it.
  plus_minus: z.number().int().nullable().optional(),
  // Some lines are about nobody.
  player: z
    .object({
      id: z.number().int().positive(),
      first_name: z.string(),
      last_name: z.string(),
      position: z.string().nullable().optional(),
    })
    .nullable(),
});

const team = z.object({ abbreviation: z.string(), players: z.array(line) });
const boxScore = z.object({ ...gameFields, home_team: team, visitor_team: team });

type Line = z.infer<typeof line>;

const COLUMNS = [
  ...['game', 'game_date', 'home_team', 'visitor_team', 'team', 'player_name', 'bdl_player_id', 'position'],
  ...['minutes', 'fgm', 'fga', 'fg3m', 'fg3a', 'ftm', 'fta', 'oreb', 'dreb', 'reb', 'ast', 'stl', 'blk'],
  ...['tov', 'pf', 'pts', 'plus_minus'],
];

/**
 * The players of the games that are over. A game that is over and of which a team has no players yet is left for a later answer.
 * @throws NotYet when no game of the date is over
 * @throws PayloadFault as {@link boxScoresOf}
 */
export function readBoxScores(document: unknown, date: string): Reading[] {
  const reading = boxScoresOf(document, date);
  if (reading.lines.length === 0) throw new NotYet('has no game that is over');
  return [reading];
}

/**
 * The same, without a line while no game of the date is over.
 * @throws PayloadFault when the answer has no games or games of another date, has one twice, or has no players of those that are over
 */
export function boxScoresOf(document: unknown, date: string): Reading {
  const games = entriesOf(boxScore, document, keyOfGame);
  if (games.length === 0) throw new PayloadFault('has no games');
  const named = games.map((entry) => ({ entry, whose: gameOfEntry(entry, date) }));
  const over = named.filter(({ entry }) => finalScore(entry) !== undefined);
  const lines = over.flatMap(({ entry, whose }) => {
    const sides = [
      ...entry.home_team.players.map((each) => ({ each, side: whose.home_team })),
      ...entry.visitor_team.players.map((each) => ({ each, side: whose.visitor_team })),
    ].map(({ each, side }): SourceLine => ({ ...whose, team: side, ...playerCells(each) }));
    const hasPlayers = [whose.home_team, whose.visitor_team].every((side) =>
      sides.some((cells) => cells['team'] === side && cells['pts'] !== null),
    );
    return hasPlayers ? sides : [];
  });
  if (lines.length === 0 && over.length > 0) throw new PayloadFault('has no players although games are over');
  return { kind: 'named_player_box', columns: COLUMNS, lines };
}

/** The cells of a player. Zeros of somebody who did not play are no numbers. */
function playerCells({ min, turnover, player, ...own }: Line): SourceLine {
  const who = {
    player_name: player === null ? null : `${player.first_name} ${player.last_name}`.trim(),
    bdl_player_id: player?.id ?? null,
    position: player?.position ?? null,
  };
  const numbers = { ...own, plus_minus: own.plus_minus ?? null, tov: turnover };
  const hasPlayed =
    /[1-9]/.test(min ?? '') || Object.values(numbers).some((each) => each !== null && each !== 0);
  if (!hasPlayed)
    return { ...who, minutes: null, ...Object.fromEntries(Object.keys(numbers).map((each) => [each, null])) };
  // `00` is less than half a minute of somebody who played, `0:00` is no measured time.
  return { ...who, minutes: /^0+:0+$/.test(min ?? '') ? null : min, ...numbers };
}
