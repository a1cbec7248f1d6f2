/**
 * What a date of a raw table should hold by what is known independently of its files: the final games of the schedule and
 * their scores, and for box scores the other table of box scores and the minutes of a game. Rows that were refused, games without
 * a row and teams whose numbers are contradicted are lacking. Pure.
 */
import type { Lacking } from '../../shared/domain/lacking.ts';
import type { GameKind } from '../../shared/domain/game-id.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { RawTable } from '../../shared/domain/table.ts';
import type { Cell, Row } from '../../shared/ports/warehouse.ts';
import type { Schedule, ScheduledGame } from './schedule.ts';
import {
  boxScoreFaults,
  type MinutesFault,
  type TeamBoxFault,
  type TeamTotals,
} from './team-box-witnesses.ts';

/** What is known of one date of a raw table. */
export interface KnownOfDate {
  /** Final games of the date that the files of the table should speak of; 0 for a table of plans and lines. */
  readonly expectedGames: number;
  /** Rows that are lacking; at least so many, because nobody knows how many players a game without rows had. */
  readonly lackingRows: number;
  readonly lacking: readonly Lacking[];
}

/** Rows that each team of a played game has at least: five players, or one row of the team. */
const FEWEST_ROWS: Readonly<Record<string, number>> = { nbac_player_boxscores: 5, bdl_player_boxscores: 5 };

/**
 * Compares the rows of one date with what is known of it.
 * @param refused rows of the date that were refused and that no other row stands for
 * @param scope the kinds of games that the table should have on that date; see `shared/domain/scope.ts`
 * @param totals of the teams of the date, by box scores of players and of teams
 */
export function knownOfDate(
  { name, timing, tells, standsInFor }: Pick<RawTable, 'name' | 'timing' | 'tells' | 'standsInFor'>,
  date: GameDate,
  rows: readonly Row[],
  refused: number,
  schedule: Schedule,
  scope: ReadonlySet<GameKind>,
  totals: readonly TeamTotals[] = [],
): KnownOfDate {
  const finals =
    timing === 'post_game'
      ? [...schedule.values()].filter(
          (game) => game.date === date && game.score !== null && scope.has(game.seasonType),
        )
      : [];
  const covered = new Set(rows.map((row) => row['nba_game_id']));
  const missing = finals.filter(({ nbaGameId }) => !covered.has(nbaGameId));
  const faults = tells === 'box_scores' || standsInFor !== undefined ? scoreFaults(rows, finals) : [];
  const lacking: Lacking[] = [];
  if (missing.length > 0)
    lacking.push({ code: 'game_missing', detail: missing.map(({ gameId }) => gameId).join(' ') });
  if (faults.length > 0)
    lacking.push({
      code: 'points_do_not_add_up',
      detail: faults
        .map(({ game, team, sum, final }) => `${game.gameId} (${team} has ${sum} of ${final} points)`)
        .join(', '),
    });
  const contradicted = boxScoreFaults(
    totals,
    finals.filter(({ nbaGameId }) => covered.has(nbaGameId)),
  );
  if (contradicted.minutes.length > 0)
    lacking.push({ code: 'minutes_do_not_add_up', detail: contradicted.minutes.map(minutesText).join(', ') });
  if (contradicted.lines.length > 0)
    lacking.push({ code: 'team_box_differs', detail: contradicted.lines.map(linesText).join(', ') });
  if (refused > 0)
    lacking.push({ code: 'rows_refused', detail: `${refused} row${refused === 1 ? '' : 's'}` });
  const short = faults.filter(({ sum, final }) => sum < final).length;
  return {
    expectedGames: finals.length,
    lackingRows: Math.max(refused, short + missing.length * 2 * (FEWEST_ROWS[name] ?? 1)),
    lacking,
  };
}

/** How many final games of the season, or of one date, have no row, by kind. */
export function missingGames(rows: readonly Row[], schedule: Schedule, only?: GameDate): Map<string, number> {
  const covered = new Set(rows.map((row) => row['nba_game_id']));
  const missing = new Map<string, number>();
  for (const { nbaGameId, seasonType, score, date } of schedule.values()) {
    if (only !== undefined && date !== only) continue;
    if (score !== null && !covered.has(nbaGameId))
      missing.set(seasonType, (missing.get(seasonType) ?? 0) + 1);
  }
  return missing;
}

/** `20221028_LAL_MIN (LAL has 219 minutes of 240)`. */
function minutesText({ game, team, players, box, length }: MinutesFault): string {
  const [said, whose] = players === null ? [box, 'the team box of '] : [players, ''];
  const other = players !== null && box !== null && box !== length ? `, its team box has ${box}` : '';
  return `${game.gameId} (${whose}${team} has ${rounded(said)} minutes of ${length}${other})`;
}

function rounded(minutes: number | null): string {
  return String(Math.round((minutes ?? 0) * 10) / 10);
}

/** Statistics of a team that are told with their numbers. */
const MAX_TOLD = 3;

/** `20221028_LAL_MIN (LAL has rebounds 40 of 45 in the team box)`. */
function linesText({ game, team, differing }: TeamBoxFault): string {
  const told = differing.slice(0, MAX_TOLD).map(({ column, sum, box }) => `${column} ${sum} of ${box}`);
  const more = differing.length > MAX_TOLD ? ` and ${differing.length - MAX_TOLD} more` : '';
  return `${game.gameId} (${team} has ${told.join(', ')}${more} in the team box)`;
}

/** A team whose rows of a game have other points than the final score. */
export interface ScoreFault {
  readonly game: ScheduledGame;
  readonly team: string;
  readonly sum: number;
  readonly final: number;
}

/** The teams whose points do not add up to the final score, in those of `games` that have rows. */
export function scoreFaults(rows: readonly Row[], games: Iterable<ScheduledGame>): ScoreFault[] {
  const sums = new Map<Cell, Map<Cell, number>>();
  for (const { nba_game_id: game = null, team_abbr: team = null, points } of rows) {
    const ofGame = sums.get(game) ?? new Map<Cell, number>();
    if (ofGame.size === 0) sums.set(game, ofGame);
    ofGame.set(team, (ofGame.get(team) ?? 0) + Number(points));
  }
  return [...games].flatMap((game) => {
    const ofGame = sums.get(game.nbaGameId);
    const { home, away, score } = game;
    if (ofGame === undefined || score === null) return [];
    return [[home, score.home] as const, [away, score.away] as const]
      .map(([team, final]) => ({ game, team, final, sum: ofGame.get(team) ?? 0 }))
      .filter(({ final, sum }) => sum !== final);
  });
}
