/**
 * Loads `schedule_*` files: the columns that are known before the game. Of the games that these lack it loads `named_schedule`, where
 * a source that has ids of its own has told them.
 */
import { gameDateOf, type GameDate } from '../../../shared/domain/game-date.ts';
import {
  gameId,
  isSeasonType,
  isStandInId,
  kindOfGame,
  parseAnyGameId,
  seasonOfGame,
  standInId,
  type NbaGameId,
} from '../../../shared/domain/game-id.ts';
import { seasonOf } from '../../../shared/domain/season.ts';
import { easternToUtc } from '../../../shared/domain/eastern-time.ts';
import { parseUtc } from '../../ingest/instants.ts';
import { checkSeasonType, nbaGameIdOf, ofOtherSeason, teamOf, type RawLoad } from '../../ingest/raw-load.ts';
import { unlessRefused } from '../../ingest/refused-lines.ts';
import { unreadGames, type UnreadGame } from '../../ingest/unread-games.ts';
import { refuse, type SourceRow } from '../../ingest/source-row.ts';
import type { Row } from '../../../shared/ports/warehouse.ts';
import definition from './definition.ts';

export default {
  definition,
  knows: [],
  layouts: {
    schedule: {
      needed: [
        'game_id',
        'game_date',
        'season',
        'season_type',
        'home_team',
        'visitor_team',
        'neutral_site',
        'tipoff_et',
        'arena',
        'arena_city',
      ],
      unused: ['home_pts', 'visitor_pts', 'winner'],
    },
    named_schedule: {
      needed: ['game_id', 'game_date', 'season', 'season_type', 'home_team', 'visitor_team', 'tipoff_et'],
      unused: ['home_pts', 'visitor_pts'],
    },
  },
  begin: ({ season, note }) => {
    const seen = new Set<NbaGameId>();
    const gameOfTeam = new Map<string, NbaGameId>();
    const unread = unreadGames();
    return {
      read: (source, file) => {
        const other = ofOtherSeason(source, file, season);
        if (other !== undefined) return other;
        const isNamed = file.kind === 'named_schedule';
        const nbaGameId = isNamed ? standInIdOf(source) : nbaGameIdOf(source);
        const seasonType = kindOfGame(nbaGameId);
        if (!isSeasonType(seasonType)) return { leftOut: `rows of ${seasonType} games not used` };
        checkSeasonType(source, nbaGameId, seasonType);
        if (seasonOfGame(nbaGameId) !== season) refuse(`game ${nbaGameId} is not of ${season}`);
        const date = source.gameDate();
        if (seasonOf(date) !== season) refuse(`game_date ${date} is not in ${season}`);
        const home = teamOf(source, 'home_team');
        const away = teamOf(source, 'visitor_team');
        if (home === away) refuse(`${home} cannot play itself`);
        if (isNamed && standInId(seasonType, date, home) !== nbaGameId)
          refuse(`game_id ${nbaGameId} stands for no ${seasonType} game of ${home} on ${date}`);
        if (seen.has(nbaGameId)) refuse(`game ${nbaGameId} is in the schedule already`);
        for (const team of [home, away]) {
          const other = gameOfTeam.get(`${date} ${team}`);
          if (other === undefined) continue;
          if (isNamed && !isStandInId(other))
            return { leftOut: 'games of teams whose game another source has' };
          refuse(`${team} plays game ${other} on ${date} already; a team plays once on a date`);
        }
        const row = {
          game_id: gameId(date, away, home),
          nba_game_id: nbaGameId,
          game_date: date,
          season,
          season_type: seasonType,
          home_team_abbr: home,
          away_team_abbr: away,
          tipoff_at: tipoffOf(source, date, note),
          arena: isNamed ? null : source.optionalText('arena'),
          arena_city: isNamed ? null : source.optionalText('arena_city'),
          neutral_site: isNamed ? null : source.optionalFlag('neutral_site'),
        };
        seen.add(nbaGameId);
        for (const team of [home, away]) gameOfTeam.set(`${date} ${team}`, nbaGameId);
        return [row];
      },
      standIns: (source, file, date) => {
        // A refused line of a source without ids of the league is no word of the league that a game is played.
        if (
          source === undefined ||
          file.kind !== 'schedule' ||
          seen.has(unlessRefused(() => nbaGameIdOf(source)) ?? UNKNOWN)
        )
          return [];
        const game = unread.of(source, season, date);
        if (game === undefined) return [];
        return [unreadRow(game)];
      },
      boxed: (boxed) => {
        const game = seen.has(boxed.nbaGameId) ? undefined : unread.boxed(boxed, season);
        return game === undefined ? [] : [unreadRow(game)];
      },
      finish: (_rows, amend) => unread.tell(amend),
    };
  },
} satisfies RawLoad;

/** The stand-in for the id of a game. @throws RowRefusal when the cell has none */
function standInIdOf(source: SourceRow): NbaGameId {
  const text = source.text('game_id');
  const id = isStandInId(text) ? parseAnyGameId(text) : undefined;
  return id ?? refuse(`game_id is "${text}", which stands for no id of the NBA`);
}

/** The row of a game that is not read. */
function unreadRow({ cells, home, away }: UnreadGame): Row {
  return {
    ...cells,
    home_team_abbr: home,
    away_team_abbr: away,
    tipoff_at: null,
    arena: null,
    arena_city: null,
    neutral_site: null,
  };
}

/** The id of no game. */
const UNKNOWN = '' as NbaGameId;

/**
 * The tip-off in UTC, from Eastern local time or a time with a zone. One that can't be read, or is not on the game date by
 * the Eastern clock, is left NULL and noted: the game still counts.
 */
function tipoffOf(source: SourceRow, date: GameDate, note: (text: string) => void): string | null {
  if (source.isUnknown('tipoff_et')) return null;
  const text = source.raw('tipoff_et');
  const local = easternToUtc(text);
  const tipoff = local ?? parseUtc(text);
  if (tipoff !== undefined && isOnDate(text, local, tipoff, date)) return tipoff;
  const fault =
    tipoff === undefined
      ? `tipoff_et is "${text}", which is no Eastern local time and no time with a zone`
      : `tipoff_et ${text} is not on ${date}`;
  note(`${fault}: left NULL`);
  return null;
}

function isOnDate(text: string, local: string | undefined, tipoff: string, date: GameDate): boolean {
  return local === undefined ? gameDateOf(new Date(tipoff)) === date : text.startsWith(date);
}
