/** Source rows of a four-team league over a few dates, as archived files would hold them. */
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import type { Row } from '../../shared/ports/warehouse.ts';

export const OPENING_NIGHT = gameDate('2023-10-24');
export const SEASON = '2023-24';

/** Days after opening night with games: three in the bootstrap, six after it. */
const GAME_DAYS = [0, 5, 11, 14, 15, 17, 18, 19, 21] as const;

/** A date with games and results for which no box score exists anywhere. */
const UNSOURCED_DAY = 18;

export const dateOf = (day: number): GameDate => addDays(OPENING_NIGHT, day);
export const DATES: readonly GameDate[] = GAME_DAYS.map(dateOf);
export const UNSOURCED_DATE = dateOf(UNSOURCED_DAY);
/** Dates on which phase 3, and on which phase 4, should have partitions. */
export const PHASE3_DATES = DATES.filter((date) => date !== UNSOURCED_DATE);
export const PHASE4_DATES = DATES.filter((date) => date >= dateOf(14));

export const PLAYERS_PER_TEAM = 2;
const TEAMS = ['ATL', 'BOS', 'CHI', 'DEN'] as const;

/** Every source row of the league by raw table. */
export type Sources = Readonly<Record<string, readonly Row[]>>;

/** The sources as they were first published. */
export function toySources(): Sources {
  const schedule: Row[] = [];
  const results: Row[] = [];
  const boxes: Row[] = [];
  const lines: Row[] = [];
  GAME_DAYS.forEach((day, i) => {
    const date = dateOf(day);
    for (const [home, away] of pairsOf(i)) {
      const game_id = `${date.replaceAll('-', '')}_${away}_${home}`;
      schedule.push({ game_id, game_date: date, home_team_abbr: home, away_team_abbr: away, note: null });
      results.push({ game_id, game_date: date, home_points: 100 + day, note: null });
      if (i % 2 === 0) lines.push({ game_id, game_date: date, team_abbr: home, line: day, note: null });
      if (day === UNSOURCED_DAY) continue;
      for (const team_abbr of [home, away]) {
        for (let player = 1; player <= PLAYERS_PER_TEAM; player++) {
          const player_lookup = `${team_abbr}:${player}`;
          boxes.push({
            game_id,
            game_date: date,
            team_abbr,
            player_lookup,
            points: day + player,
            minutes: player === 2 && i % 3 === 0 ? 0 : 30,
            note: 'a',
          });
        }
      }
    }
  });
  return {
    nbac_schedule: schedule,
    nbac_game_results: results,
    nbac_player_boxscores: boxes,
    odds_api_game_lines: lines,
  };
}

/** One or two games a date; who plays whom rotates, and on some dates two teams rest. */
function pairsOf(i: number): (readonly [string, string])[] {
  const [a, b, c, d] = TEAMS;
  const rounds = [
    [
      [a, b],
      [c, d],
    ],
    [[a, c]],
    [[b, d]],
    [
      [a, d],
      [b, c],
    ],
  ] as const;
  return [...(rounds[i % rounds.length] ?? [])];
}

/** The sources with one column of the rows of a date changed; `only` narrows it down to one team. */
export function withChange(
  sources: Sources,
  table: string,
  date: GameDate,
  change: (row: Row) => Row | undefined,
  only?: string,
): Sources {
  return {
    ...sources,
    [table]: (sources[table] ?? []).flatMap((row) => {
      if (row['game_date'] !== date || (only !== undefined && row['team_abbr'] !== only)) return [row];
      const changed = change(row);
      return changed === undefined ? [] : [changed];
    }),
  };
}

export const withMorePoints = (row: Row): Row => ({ ...row, points: Number(row['points']) + 1 });
export const withNote = (row: Row): Row => ({ ...row, note: `${String(row['note'])}*` });
