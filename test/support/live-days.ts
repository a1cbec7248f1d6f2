/** Game dates of simulated seasons on which a live day is something else than usual: many games, one game, a tip-off at noon, a night on which clocks change. */
import type { LeagueOptions, SimulatedFile, SimulatedSeason } from '../../scripts/simulate/league.ts';
import { addDays, daysBetween, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { seasonOfLeague } from './live-league/index.ts';

/** A season, and the game date of it that is lived. */
export interface LivedDay {
  readonly season: SimulatedSeason;
  readonly date: GameDate;
}

/** Six teams play on some 45 dates, at most three games on each. */
const SMALL: Omit<LeagueOptions, 'seed'> = { firstSeason: 2021, teams: 6, gamesPerTeam: 24 };
const LARGE: Omit<LeagueOptions, 'seed'> = { firstSeason: 2021, teams: 30, gamesPerTeam: 9 };
/** Days from opening night after which everybody has the history that features need. */
const DAYS_OF_HISTORY = { small: 20, large: 14 };

/** Days by name; a seed makes another league. */
export const LIVED_DAYS = {
  'a usual day': (seed: number) => chosen(seasonOfLeague({ ...SMALL, seed }), 'most'),
  'a date with one game': (seed: number) => chosen(seasonOfLeague({ ...SMALL, seed }), 'fewest'),
  'a date with fifteen games': (seed: number) => fullDay(seed),
  'a date with a game abroad at noon': (seed: number) =>
    abroad(chosen(seasonOfLeague({ ...SMALL, seed }), 'most')),
  'the night on which clocks go back': (seed: number) =>
    movedTo(chosen(seasonOfLeague({ ...SMALL, seed }), 'most'), gameDate('2021-11-06')),
  'the night on which clocks go forward': (seed: number) =>
    movedTo(chosen(seasonOfLeague({ ...SMALL, seed }), 'most'), gameDate('2022-03-12')),
} as const satisfies Readonly<Record<string, (seed: number) => LivedDay>>;
export type LivedDayName = keyof typeof LIVED_DAYS;

/** The lines of a season by kind of file, as cells by column. */
type Line = Record<string, string>;
type Change = (line: Line, kind: string) => Line;

function withLines({ season, files }: SimulatedSeason, change: Change): SimulatedSeason {
  return { season, files: files.map((file) => changedFile(file, change)) };
}

function changedFile({ name, text }: SimulatedFile, change: Change): SimulatedFile {
  const kind = name.replace(/_\d{4}-\d\d\.csv$/, '');
  const [head = '', ...lines] = text.trim().split('\n');
  const columns = head.split(',');
  const changed = lines.map((line) => {
    const cells = line.split(',');
    const after = change(Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? ''])), kind);
    return columns.map((column) => after[column] ?? '').join(',');
  });
  return { name, text: `${[head, ...changed].join('\n')}\n` };
}

function scheduleOf({ files }: SimulatedSeason): Line[] {
  const lines: Line[] = [];
  const schedule = files.find(({ name }) => name.startsWith('schedule_'));
  if (schedule !== undefined)
    changedFile(schedule, (line) => {
      lines.push(line);
      return line;
    });
  return lines;
}

/** The first date with most or fewest games that has enough history before it, and a game date after it. */
function chosen(season: SimulatedSeason, wanted: 'most' | 'fewest'): LivedDay {
  const [first] = candidates(season, wanted, DAYS_OF_HISTORY.small);
  if (first === undefined) throw new Error('the season is too short');
  return first;
}

/** Days between two dates, after which nothing is read again of the earlier one for a while. */
const QUIET_DAYS = 9;

/** A season of four teams that pauses before its last date, so that only this date is asked about when it is lived. One game is played on it. */
export function lastOfShortSeason(seed: number): LivedDay {
  const { season, files } = seasonOfLeague({ firstSeason: 2021, teams: 4, gamesPerTeam: 8, seed });
  const [day] = candidates({ season, files }, 'fewest', DAYS_OF_HISTORY.large);
  if (day === undefined) throw new Error('the season is too short');
  const ended = files.map(({ name, text }) => {
    const [head = '', ...lines] = text.trim().split('\n');
    const at = head.split(',').indexOf('game_date');
    const kept = lines.filter((line) => (line.split(',')[at] ?? '') <= day.date);
    return { name, text: `${[head, ...kept].join('\n')}\n` };
  });
  return {
    season: withLines({ season, files: ended }, (line) =>
      line['game_date'] === day.date ? later(line, QUIET_DAYS) : line,
    ),
    date: addDays(day.date, QUIET_DAYS),
  };
}

/** The dates that have enough history before them and a game date after them, those with most or fewest games first. */
function candidates(season: SimulatedSeason, wanted: 'most' | 'fewest', daysBefore: number): LivedDay[] {
  const games = Map.groupBy(scheduleOf(season), (line) => line['game_date'] as GameDate);
  const dates = [...games.keys()].sort();
  const [opening] = dates;
  const late = dates
    .slice(0, -1)
    .filter((date) => opening !== undefined && daysBetween(opening, date) > daysBefore);
  const countOf = (date: GameDate): number => (games.get(date)?.length ?? 0) * (wanted === 'most' ? -1 : 1);
  return late.toSorted((a, b) => countOf(a) - countOf(b)).map((date) => ({ season, date }));
}

/** Leagues in which a date on which all teams can play is looked for. */
const LEAGUES = 20;

/** A date on which all thirty teams play: of the league of the seed, or of a league beside it where that one has none. */
function fullDay(seed: number): LivedDay {
  for (let league = 0; league < LEAGUES; league += 1) {
    const season = seasonOfLeague({ ...LARGE, seed: seed + league * 100_000 });
    for (const day of candidates(season, 'most', DAYS_OF_HISTORY.large)) {
      const full = filled(day);
      if (full !== undefined) return full;
    }
  }
  throw new Error(`no league beside seed ${seed} has a date on which all teams can play`);
}

const TIMES = ['report_utc', 'snapshot_utc', 'commence_utc'];

/** A line of a game that is played so many days later. */
function later(line: Line, days: number): Line {
  const date = line['game_date'];
  if (date === undefined || days === 0) return line;
  const to = addDays(date as GameDate, days);
  const times = TIMES.flatMap((column): [string, string][] => {
    const at = line[column];
    return at === undefined || at === ''
      ? []
      : [[column, new Date(Date.parse(at) + days * 86_400_000).toISOString().replace('.000', '')]];
  });
  const tipoff = line['tipoff_et'];
  return {
    ...line,
    game_date: to,
    ...Object.fromEntries(times),
    ...(tipoff === undefined ? {} : { tipoff_et: tipoff.replace(/^.{10}/, to) }),
  };
}

/** The same season, played on other dates, so that the lived one is `to`. */
function movedTo({ season, date }: LivedDay, to: GameDate): LivedDay {
  const days = daysBetween(date, to);
  return { season: withLines(season, (line) => later(line, days)), date: to };
}

/**
 * With games of other dates that are played on the lived one, so that every team plays on it; undefined where the teams that are free
 * have no games with each other.
 */
function filled({ season, date }: LivedDay): LivedDay | undefined {
  const games = scheduleOf(season);
  const teamsOf = (game: Line): string[] => [game['home_team'] ?? '', game['visitor_team'] ?? ''];
  const busy = new Set(games.filter((game) => game['game_date'] === date).flatMap(teamsOf));
  const free = new Set(games.flatMap(teamsOf)).difference(busy);
  const found = pairedUp(
    free,
    games.filter((game) => teamsOf(game).every((team) => free.has(team))),
    teamsOf,
  );
  if (found === undefined) return undefined;
  const moves = new Map(
    found.map((game) => [game['game_id'] ?? '', daysBetween(game['game_date'] as GameDate, date)]),
  );
  // Rosters are those of a date: they stay.
  return { season: withLines(season, (line) => later(line, moves.get(line['game_id'] ?? '') ?? 0)), date };
}

/** Games in which each of some teams plays once; undefined where there are none. */
function pairedUp(
  teams: ReadonlySet<string>,
  games: readonly Line[],
  teamsOf: (game: Line) => readonly string[],
): Line[] | undefined {
  const [first] = teams;
  if (first === undefined) return [];
  for (const game of games.filter((each) => teamsOf(each).includes(first))) {
    const left = teams.difference(new Set(teamsOf(game)));
    const others = pairedUp(
      left,
      games.filter((each) => teamsOf(each).every((team) => left.has(team))),
      teamsOf,
    );
    if (others !== undefined) return [game, ...others];
  }
  return undefined;
}

/** Hours by which a game abroad is reported and quoted earlier than one in the evening. */
const HOURS_EARLIER = 8;

/** With the first game of the date at noon by the Eastern clock, in an arena abroad. */
function abroad({ season, date }: LivedDay): LivedDay {
  const game = scheduleOf(season).find((line) => line['game_date'] === date)?.['game_id'];
  const earlier = (at: string): string =>
    new Date(Date.parse(at) - HOURS_EARLIER * 3_600_000).toISOString().replace('.000', '');
  return {
    date,
    season: withLines(season, (line, kind) => {
      if (line['game_id'] !== game) return line;
      const times = TIMES.flatMap((column) =>
        line[column] ? [[column, earlier(line[column])] as const] : [],
      );
      const place = {
        neutral_site: 'true',
        tipoff_et: `${date}T12:00:00`,
        arena: 'Accor Arena',
        arena_city: 'Paris',
      };
      return { ...line, ...Object.fromEntries(times), ...(kind === 'schedule' ? place : {}) };
    }),
  };
}
