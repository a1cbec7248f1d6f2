/**
 * Which kind of game each game of a season is, for a source that tells only whether a game is of the postseason. The answer follows from
 * all games of the season together.
 */
import { addDays, type GameDate } from '../../shared/domain/game-date.ts';
import type { SeasonType } from '../../shared/domain/game-id.ts';
import type { Tricode } from '../../shared/domain/teams.ts';
import { PayloadFault } from './source.ts';

/** A game as such a source tells it. */
export interface PlainGame {
  readonly date: GameDate;
  readonly home: Tricode;
  readonly away: Tricode;
  readonly isPostseason: boolean;
}

/** Games of a team in a regular season. The Cup final counts in no standings, and comes on top of them. */
const REGULAR_GAMES = 82;

/** The play-in is played from Tuesday to Friday after the last Sunday of the regular season; the play-offs begin on the Saturday. */
const PLAY_IN_DAYS = 5;

/** Cup finals that were played. Sources without kinds of games count them to the regular season. */
const CUP_FINALS: readonly string[] = ['2023-12-09', '2024-12-17', '2025-12-16'];

/**
 * The kind of each game, in the order of the games. A game in December that is alone on its date, between the only two teams with a game
 * more than a regular season has, is the Cup final. What follows the 82 games of both teams, or is of the postseason within five days
 * after the last regular game, is the play-in.
 * @param games all games of a season since 2020-21, which has the first play-in of this form
 * @throws PayloadFault when a team has more games than a regular season, as when games of the preseason are among them
 */
export function seasonTypesOf(games: readonly PlainGame[]): SeasonType[] {
  const cupFinal = cupFinalIn(games);
  const played = new Map<Tricode, number>();
  const regular = new Set<PlainGame>();
  const extra: PlainGame[] = [];
  for (const game of games.toSorted((a, b) => (a.date < b.date ? -1 : Number(a.date > b.date)))) {
    if (game.isPostseason || game === cupFinal) continue;
    const counts = [game.home, game.away].map((team) => played.get(team) ?? 0);
    if (counts.every((count) => count >= REGULAR_GAMES)) {
      extra.push(game);
      continue;
    }
    if (counts.some((count) => count >= REGULAR_GAMES))
      throw new PayloadFault(
        `has more than ${REGULAR_GAMES} games of ${game.home} or ${game.away} that are not of the postseason`,
      );
    for (const [i, team] of [game.home, game.away].entries()) played.set(team, (counts[i] ?? 0) + 1);
    regular.add(game);
  }
  const lastRegular = [...regular].at(-1)?.date;
  const until = lastRegular === undefined ? undefined : addDays(lastRegular, PLAY_IN_DAYS);
  const late = extra.find(({ date }) => until === undefined || date > until);
  if (late !== undefined)
    throw new PayloadFault(
      `has the game ${late.away} at ${late.home} on ${late.date}, which fits no part of a season`,
    );
  return games.map((game) => {
    if (game === cupFinal) return 'cup_final';
    if (regular.has(game)) return 'regular';
    return until !== undefined && game.date <= until ? 'play_in' : 'playoffs';
  });
}

function cupFinalIn(games: readonly PlainGame[]): PlainGame | undefined {
  const plain = games.filter(({ isPostseason }) => !isPostseason);
  const counts = new Map<Tricode, number>();
  for (const { home, away } of plain)
    for (const team of [home, away]) counts.set(team, (counts.get(team) ?? 0) + 1);
  const hasMore = (team: Tricode): boolean => (counts.get(team) ?? 0) > REGULAR_GAMES;
  const alone = [...Map.groupBy(plain, ({ date }) => date).values()].flatMap((ofDate) =>
    ofDate.length === 1 ? ofDate : [],
  );
  return alone.find(
    ({ date, home, away }) =>
      CUP_FINALS.includes(date) || (date.slice(5, 7) === '12' && hasMore(home) && hasMore(away)),
  );
}
