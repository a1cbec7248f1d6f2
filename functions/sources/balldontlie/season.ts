/** Reads `/v1/games` of a whole season: its games, with the scores of those that are over. */
import { z } from 'zod';
import { easternTimeOf } from '../../../shared/domain/eastern-time.ts';
import { gameDateOf } from '../../../shared/domain/game-date.ts';
import { standInId } from '../../../shared/domain/game-id.ts';
import { seasonOf, seasonStarting } from '../../../shared/domain/season.ts';
import { namedGame } from '../named-game.ts';
import { seasonTypesOf } from '../season-types.ts';
import { PayloadFault, type PlannedGame, type Reading } from '../source.ts';
import { finalScore, gameEntry, gameOfEntry, isPostponed, keyOfGame } from './game.ts';
import { entriesOf } from './pages.ts';

const entry = gameEntry.extend({
  season: z.number().int(),
  postseason: z.boolean(),
  // The tip-off in UTC. Older answers do not have it, and have the tip-off of a game that has not begun as its status.
  datetime: z.iso.datetime().nullable().optional(),
});

type Entry = z.infer<typeof entry>;

const COLUMNS = [
  ...['game_id', 'game_date', 'season', 'season_type', 'home_team', 'visitor_team'],
  ...['home_pts', 'visitor_pts', 'tipoff_et'],
];

/**
 * @throws PayloadFault when the answer has no games, games of another season, or has a game or a page twice, or when the kinds of its
 * games cannot be told
 */
export function readSeasonGames(document: unknown, season: string): Reading[] {
  const all = entriesOf(entry, document, keyOfGame);
  const games = all
    .filter((each) => !isPostponed(each))
    .map((each) => {
      const { home_team: home, visitor_team: visitor } = each;
      const day = each.date.slice(0, 10);
      const named = namedGame(day, home.abbreviation, visitor.abbreviation, day);
      if (seasonStarting(each.season) !== season || seasonOf(named.game_date) !== season)
        throw new PayloadFault(`is of the season ${seasonStarting(each.season)}: ${keyOfGame(each)}`);
      return { ...named, each, score: finalScore(each) };
    });
  if (games.length === 0) throw new PayloadFault('has no games');
  const kinds = seasonTypesOf(
    games.map(({ game_date, home_team: home, visitor_team: away, each }) => ({
      ...{ date: game_date, home, away, isPostseason: each.postseason },
    })),
  );
  const lines = games.map(({ game_date, home_team, visitor_team, each, score }, i) => {
    const kind = kinds[i] ?? 'regular';
    return {
      game_id: standInId(kind, game_date, home_team),
      ...{ game_date, season, season_type: kind, home_team, visitor_team },
      home_pts: score?.home ?? null,
      visitor_pts: score?.away ?? null,
      tipoff_et: tipoffOf(each),
    };
  });
  return [{ kind: 'named_schedule', columns: COLUMNS, lines }];
}

/**
 * The games of a date as they are planned, without those that are postponed.
 * @throws PayloadFault when the answer has games of another date, or has a game or a page twice
 */
export function plannedGames(document: unknown, date: string): PlannedGame[] {
  return entriesOf(entry, document, keyOfGame)
    .filter((each) => !isPostponed(each))
    .map((each) => {
      const { home_team: home, visitor_team: away } = gameOfEntry(each, date);
      return { home, away, tipoffAt: tipoffOf(each) };
    });
}

/** No game begins before this time by the Eastern clock. A time of the night, such as midnight, stands for one that is not known. */
const FIRST_TIPOFF = '09:00';

/** The tip-off in UTC; null where it is not known, or is not on the date of the game by the Eastern clock. */
function tipoffOf({ date, datetime, status }: Entry): string | null {
  const text = datetime ?? (z.iso.datetime().safeParse(status).success ? status : null);
  if (text === null) return null;
  const tipoff = new Date(text);
  const isKnown = gameDateOf(tipoff) === date.slice(0, 10) && easternTimeOf(tipoff) >= FIRST_TIPOFF;
  return isKnown ? `${tipoff.toISOString().slice(0, 19)}Z` : null;
}
