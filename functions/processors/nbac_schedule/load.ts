/** Loads `schedule_*` files: the columns that are known before the game. */
import { parseGameDate } from '../../../shared/domain/game-date.ts';
import {
  gameId,
  isSeasonType,
  kindOfGame,
  parseNbaGameId,
  seasonOfGame,
  type NbaGameId,
} from '../../../shared/domain/game-id.ts';
import { seasonOf } from '../../../shared/domain/season.ts';
import { easternToUtc } from '../../ingest/instants.ts';
import { ofOtherSeason, teamOf, type RawLoad } from '../../ingest/raw-load.ts';
import { refuse, type SourceRow } from '../../ingest/source-row.ts';
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
  },
  begin: ({ season, note }) => {
    const seen = new Set<NbaGameId>();
    const gameOfTeam = new Map<string, NbaGameId>();
    return {
      read: (source, file) => {
        const other = ofOtherSeason(source, file, season);
        if (other !== undefined) return other;
        const text = source.text('game_id');
        const nbaGameId =
          parseNbaGameId(text) ?? refuse(`game_id is "${text}", which is no ten-digit id of the NBA`);
        const seasonType = kindOfGame(nbaGameId);
        if (!isSeasonType(seasonType)) return { leftOut: `rows of ${seasonType} games not used` };
        if (source.text('season_type') !== seasonType) {
          refuse(`season_type is ${source.text('season_type')}, game ${nbaGameId} is ${seasonType}`);
        }
        if (seasonOfGame(nbaGameId) !== season) refuse(`game ${nbaGameId} is not of ${season}`);
        const date =
          parseGameDate(source.text('game_date')) ?? refuse(`game_date is "${source.text('game_date')}"`);
        if (seasonOf(date) !== season) refuse(`game_date ${date} is not in ${season}`);
        const home = teamOf(source, 'home_team');
        const away = teamOf(source, 'visitor_team');
        if (home === away) refuse(`${home} cannot play itself`);
        if (seen.has(nbaGameId)) refuse(`game ${nbaGameId} is in the schedule already`);
        for (const team of [home, away]) {
          const other = gameOfTeam.get(`${date} ${team}`);
          if (other !== undefined)
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
          arena: source.optionalText('arena'),
          arena_city: source.optionalText('arena_city'),
          neutral_site: source.optionalFlag('neutral_site'),
        };
        seen.add(nbaGameId);
        for (const team of [home, away]) gameOfTeam.set(`${date} ${team}`, nbaGameId);
        return [row];
      },
    };
  },
} satisfies RawLoad;

/** The tip-off in UTC. One that can't be read, or is not on the game date, is left NULL and noted: the game still counts. */
function tipoffOf(source: SourceRow, date: string, note: (text: string) => void): string | null {
  const local = source.raw('tipoff_et');
  if (local === '') return null;
  const tipoff = easternToUtc(local);
  if (tipoff !== undefined && local.startsWith(date)) return tipoff;
  const fault =
    tipoff === undefined
      ? `tipoff_et is "${local}", which is no Eastern local time`
      : `tipoff_et ${local} is not on ${date}`;
  note(`${fault}: left NULL`);
  return null;
}
