/** Ball Don't Lie: games with scores, box scores of a date, injuries and active players, in pages of 25 unless more are asked for. */
import { gameDateOf, type GameDate } from '../../../shared/domain/game-date.ts';
import { TRICODES } from '../../../shared/domain/teams.ts';
import { json, type LiveAnswer, type LiveSource } from './answers.ts';
import type { Cells, Facts, LiveGame } from './facts.ts';

export const balldontlie: LiveSource = ({ pathname, searchParams }, at, facts) => {
  switch (pathname) {
    case '/v1/games':
      return page(
        gamesAsked(searchParams, facts).map((game) => gameOf(game, at)),
        searchParams,
      );
    case '/v1/box_scores':
      // All games of a date are one page.
      return json({ data: facts.gamesOn(searchParams.get('date') ?? '').map((game) => boxOf(game, at)) });
    case '/v1/player_injuries':
      return page(injuriesAt(facts, at), searchParams);
    case '/v1/players/active':
      return page(activeAt(facts, at, searchParams.getAll('team_ids[]')), searchParams);
    default:
      return undefined;
  }
};

/** The rows of a page: those with an id above the cursor. */
function page(rows: readonly object[], asked: URLSearchParams): LiveAnswer {
  const size = Number(asked.get('per_page') ?? 25);
  const from = Number(asked.get('cursor') ?? 0);
  const next = from + size < rows.length ? { next_cursor: from + size } : {};
  return json({ data: rows.slice(from, from + size), meta: { ...next, per_page: size } });
}

function gamesAsked(asked: URLSearchParams, facts: Facts): readonly LiveGame[] {
  const seasons = asked.getAll('seasons[]');
  if (seasons.length > 0) return seasons.includes(facts.season.slice(0, 4)) ? facts.games : [];
  const dates = asked.getAll('dates[]');
  if (dates.length > 0) return dates.flatMap((date) => facts.gamesOn(date));
  const [from = '', to = '9999'] = ['start_date', 'end_date'].map((name) => asked.get(name) ?? undefined);
  return facts.games.filter(({ date }) => date >= from && date <= to);
}

/** The teams in the order of their ids: by code, but that Boston is before Brooklyn. */
const BDL_TEAMS: readonly string[] = [
  'ATL',
  'BOS',
  ...TRICODES.filter((code) => code !== 'ATL' && code !== 'BOS'),
];

const teamOf = (code: string) => ({
  id: BDL_TEAMS.indexOf(code) + 1,
  abbreviation: code,
});

function gameOf(game: LiveGame, at: Date) {
  const { schedule, date, home, visitor, tipoffAt } = game;
  const isOver = at >= game.overAt;
  return {
    id: 15_000_000 + Number(game.id.slice(5)),
    date,
    season: Number(schedule['season']?.slice(0, 4)),
    status: isOver ? 'Final' : at >= tipoffAt ? '3rd Qtr' : tipoffAt.toISOString(),
    period: isOver ? 4 : at >= tipoffAt ? 3 : 0,
    time: isOver ? 'Final' : null,
    postseason: ['play_in', 'playoffs'].includes(schedule['season_type'] ?? ''),
    home_team_score: isOver ? Number(schedule['home_pts']) : 0,
    visitor_team_score: isOver ? Number(schedule['visitor_pts']) : 0,
    datetime: tipoffAt.toISOString(),
    home_team: teamOf(home),
    visitor_team: teamOf(visitor),
  };
}

function boxOf(game: LiveGame, at: Date): object {
  const { id: _, home_team, visitor_team, ...own } = gameOf(game, at);
  const players = (team: string): object[] =>
    at < game.overAt ? [] : game.players.filter((row) => row['team'] === team).map(lineOf);
  return {
    ...own,
    home_team: { ...home_team, players: players(game.home) },
    visitor_team: { ...visitor_team, players: players(game.visitor) },
  };
}

function lineOf(row: Cells): object {
  const counts = ['fgm', 'fga', 'fg3m', 'fg3a', 'ftm', 'fta', 'oreb', 'dreb', 'reb', 'ast', 'stl', 'blk'];
  return {
    min: row['minutes'],
    ...Object.fromEntries(counts.map((column) => [column, Number(row[column])])),
    turnover: Number(row['tov']),
    pf: Number(row['pf']),
    pts: Number(row['pts']),
    player: playerOf(row),
  };
}

function playerOf(row: Cells): object {
  const [first_name = '', ...rest] = (row['player_name'] ?? '').split(' ');
  return {
    id: Number(row['player_id']) + 7,
    first_name,
    last_name: rest.join(' '),
    position: row['position'] ?? '',
  };
}

const STATUSES: Readonly<Record<string, string>> = {
  out: 'Out',
  doubtful: 'Doubtful',
  questionable: 'Day-To-Day',
};

/**
 * The last that is known of each player of the games of the day who is reported as anything, and somebody of the other teams. Where that
 * is nobody, those who were reported for the games before.
 */
function injuriesAt(facts: Facts, at: Date): object[] {
  const today = gameDateOf(at);
  const found = hurtOn(facts, today, at);
  const before = facts.games.map(({ date }) => date).filter((date) => date < today);
  return found.length > 0
    ? found
    : (before
        .toReversed()
        .map((date) => hurtOn(facts, date, at))
        .find((hurt) => hurt.length > 0) ?? []);
}

function hurtOn(facts: Facts, date: GameDate, at: Date): object[] {
  const games = facts.gamesOn(date);
  const hurt = games.flatMap(({ injuries }) => {
    const known = injuries.filter((row) => new Date(row['report_utc'] ?? '') <= at);
    return [...Map.groupBy(known, (row) => row['player_id'])].flatMap(([, reports]) => {
      const last = reports.at(-1) ?? {};
      const status = STATUSES[last['status'] ?? ''];
      return status === undefined ? [] : hurtOf(playerOf(last), last['team'] ?? '', status, last['reason']);
    });
  });
  const playing = new Set(games.flatMap(({ home, visitor }) => [home, visitor]));
  const others = TRICODES.filter((team) => !playing.has(team)).flatMap((team) =>
    othersOf(team)
      .slice(0, 1)
      .map((player) => hurtOf(player, team, 'Out', 'Knee')),
  );
  return [...hurt, ...others];
}

function hurtOf(player: object, team: string, status: string, description: string | undefined): object {
  return { player: { ...player, team_id: teamOf(team).id }, return_date: 'Oct 1', description, status };
}

function activeAt(facts: Facts, at: Date, ids: readonly string[]): object[] {
  const today = gameDateOf(at);
  return TRICODES.flatMap((team) => {
    if (ids.length > 0 && !ids.includes(String(teamOf(team).id))) return [];
    const roster = facts.rosterOf(team, today);
    // A small league is a part of the real one: the other teams have players, too.
    const players = roster.length > 0 ? roster.map(playerOf) : othersOf(team);
    return players.map((player) => ({ ...player, team: teamOf(team) }));
  });
}

const PLAYERS_OF_A_TEAM = 15;

function othersOf(team: string): object[] {
  return Array.from({ length: PLAYERS_OF_A_TEAM }, (_, i) => ({
    id: 90_000 + 100 * teamOf(team).id + i,
    first_name: team,
    last_name: `Number ${i}`,
    position: 'G',
  }));
}
