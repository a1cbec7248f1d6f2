/**
 * Loads `rosters_*` files, and `team_roster`, which is what ESPN answers: the roster of each team on each date on which it plays.
 * `named_rosters` has all teams by Ball Don't Lie: it is used for teams of which no other file has a roster of the date.
 */
import { bareLookup } from '../../../shared/domain/namesakes.ts';
import type { GameDate } from '../../../shared/domain/game-date.ts';
import { canonicalTeam } from '../../../shared/domain/teams.ts';
import type { Cell, Row } from '../../../shared/ports/warehouse.ts';
import { idsInDoubt, lackOfIds } from '../../ingest/ids-in-doubt.ts';
import {
  checkSeasonType,
  NOT_PLAYED,
  ofOtherSeason,
  playerOf,
  teamOf,
  type RawLoad,
} from '../../ingest/raw-load.ts';
import type { ScheduledGame } from '../../ingest/schedule.ts';
import { dateIn } from '../../ingest/source-dates.ts';
import { refuse, RowRefusal, type SourceRow } from '../../ingest/source-row.ts';
import { AGES } from '../_shared/rest-columns.ts';
import definition from './definition.ts';

export default {
  definition,
  knows: ['nbac_schedule', 'nbac_player_boxscores'],
  layouts: {
    rosters: {
      needed: [
        'season',
        'season_type',
        'game_date',
        'team',
        'player_id',
        'player_name',
        'position',
        'birth_date',
      ],
    },
    team_roster: { needed: ['game_date', 'team', 'player_name', 'position', 'birth_date'] },
    named_rosters: { needed: ['game_date', 'team', 'player_name', 'position', 'birth_date'] },
  },
  begin: (job) => {
    const games = new Map<string, ScheduledGame>();
    for (const game of job.schedule.values()) {
      games.set(`${game.date} ${game.home}`, game);
      games.set(`${game.date} ${game.away}`, game);
    }
    /** The teams and dates of which another file than one of all teams has a roster. */
    const rostered = new Set<string>();
    /** The rows about nobody, each with the reason why the row of the file is not understood. */
    const unread = new Map<Row, string>();

    /** @throws RowRefusal */
    const rowOf = (source: SourceRow, date: GameDate): Row => {
      const team = teamOf(source, 'team');
      const game = games.get(`${date} ${team}`) ?? refuse(`${team} does not play on ${date} by the schedule`);
      if (source.has('season_type')) checkSeasonType(source, game.nbaGameId, game.seasonType);
      const player = playerOf(source, job, [team]);
      const known = player.nba_player_id === null ? undefined : job.players.get(player.nba_player_id);
      return {
        ...sharedCells(game, team),
        ...player,
        player_name: known?.name ?? player.player_name,
        position: source.optionalText('position'),
        birth_date: birthDateOf(source, game.date),
      };
    };

    /**
     * A row about nobody for each team on whose roster the player of a refused row may be: that of the row, or, when the row has
     * no team of the league, those for which he is known to play. None when they do not play on the date.
     */
    const rowsAboutNobody = (source: SourceRow, date: GameDate): Row[] => {
      const own = canonicalTeam(source.raw('team'));
      const known =
        (source.has('player_id') ? job.players.get(Number(source.raw('player_id'))) : undefined)?.teams?.[
          job.season
        ] ?? [];
      return (own === undefined ? known : [own]).flatMap((team) => {
        const game = games.get(`${date} ${team}`);
        if (game === undefined) return [];
        return {
          ...sharedCells(game, team),
          player_lookup: `unread_${unread.size}_${team.toLowerCase()}`,
          nba_player_id: null,
          player_name: source.raw('player_name') === '' ? 'unknown' : source.raw('player_name'),
          matched_by: 'nobody',
          position: null,
          birth_date: null,
        };
      });
    };

    return {
      read: (source, file) => {
        const other = source.has('season') ? ofOtherSeason(source, file, job.season) : undefined;
        if (other !== undefined) return other;
        const date = source.gameDate();
        const whose = `${date} ${canonicalTeam(source.raw('team')) ?? ''}`;
        // Only teams that play are asked about: the game of this one was moved.
        const isTeam = canonicalTeam(source.raw('team')) !== undefined;
        if (file.kind === 'team_roster' && isTeam && !games.has(whose)) return { leftOut: NOT_PLAYED };
        if (file.kind !== 'named_rosters') rostered.add(whose);
        else if (!games.has(whose)) return { leftOut: 'players of teams that do not play on the date' };
        else if (rostered.has(whose)) return { leftOut: 'players of teams of which there is another roster' };
        try {
          return [rowOf(source, date)];
        } catch (error) {
          const rows = error instanceof RowRefusal ? rowsAboutNobody(source, date) : [];
          if (!(error instanceof RowRefusal) || rows.length === 0) throw error;
          for (const row of rows) unread.set(row, error.message);
          job.note(`${error.message}: the row is about nobody of the team`);
          return rows;
        }
      },
      finish: (rows, amend) => {
        const rosterOf = (row: Row): string => `${row['team_abbr']} on ${row['game_date']}`;
        const inDoubt = idsInDoubt(rows, job.players, job.season, rosterOf);
        const lack = lackOfIds(inDoubt, rosterOf);
        if (lack !== undefined) amend.lacks(lack);
        for (const { row } of inDoubt) {
          const own: Record<string, Cell> = row;
          own['player_lookup'] = `${bareLookup(String(row['player_lookup']))}_unresolved`;
          own['nba_player_id'] = null;
          own['matched_by'] = 'nobody';
        }
        // Where most rows are not understood, the file is: its rows are refused.
        if (unread.size > rows.length / 2) for (const [row, reason] of unread) amend.setAside(row, reason);
        else if (unread.size > 0)
          amend.lacks({
            code: 'rows_unread',
            detail: `${unread.values().next().value}${unread.size > 1 ? ` and ${unread.size - 1} more` : ''}`,
            rows: unread.size,
          });
      },
    };
  },
} satisfies RawLoad;

function sharedCells(game: ScheduledGame, team: string): Row {
  return {
    ...{ game_date: game.date, season: game.season, season_type: game.seasonType },
    team_abbr: team,
  };
}

/** His date of birth; null when it is unknown, and, with a note, when the cell has none. */
function birthDateOf(source: SourceRow, gameDate: string): string | null {
  if (source.isUnknown('birth_date')) return null;
  return source.optional(() => {
    const text = source.text('birth_date');
    const date = dateIn(text) ?? refuse(`birth_date is "${text}", which is no date`);
    if (date >= gameDate) refuse(`birth_date ${date} is not before ${gameDate}`);
    const age = yearsBetween(date, gameDate);
    return age >= AGES.min && age <= AGES.max ? date : refuse(`birth_date ${date} gives an age of ${age}`);
  });
}

/** Whole years from one date to a later one, such as 18 from 2005-10-24 to 2023-10-24. */
function yearsBetween(first: string, last: string): number {
  const years = Number(last.slice(0, 4)) - Number(first.slice(0, 4));
  return last.slice(4) < first.slice(4) ? years - 1 : years;
}
