/** The files of a season as text, in the format and with the column order of the historical files. */
import type { Availability } from './availability.ts';
import type { BoxLine, GameResult, TeamResult } from './box-score.ts';
import type { Franchise } from './franchises.ts';
import type { gameLines, propLines } from './lines.ts';
import { bookNameOf } from './names.ts';
import type { Player } from './players.ts';
import type { Random } from '../../shared/domain/seeded-random.ts';
import type { Candidate } from './rotation.ts';
import type { Tip } from './schedule.ts';
import { dateOfDay } from './season-days.ts';
import type { SeasonPlan } from './season-plans.ts';
import { placeShot } from './shot-place.ts';

/** A file of a season. */
export interface SimulatedFile {
  /** The name of the file, such as `player_box_2021-22.csv`. */
  readonly name: string;
  /** UTF-8, header row, `\n` line ends. */
  readonly text: string;
}

const COUNTS = 'minutes,fgm,fga,fg3m,fg3a,ftm,fta,oreb,dreb,reb,ast,stl,blk,tov,pf,pts,plus_minus';
const GAME = 'season,season_type,game_id,game_date';

const HEADERS = {
  schedule:
    'game_id,game_date,season,season_type,home_team,visitor_team,home_pts,visitor_pts,winner,neutral_site,tipoff_et,arena,arena_city',
  player_box: `${GAME},team_id,team,opponent,is_home,win,player_id,player_name,position,${COUNTS}`,
  team_box: `${GAME},team_id,team,opponent,is_home,win,${COUNTS}`,
  shots:
    'game_id,game_date,team,player_id,period,seconds_left,made,is_three,zone,zone_side,zone_range,shot_distance,action,loc_x,loc_y',
  game_odds:
    'game_id,game_date,season,season_type,home_team,visitor_team,spread_home,total,moneyline_home,moneyline_visitor,q1_home,q2_home,q3_home,q4_home,ot_home,q1_visitor,q2_visitor,q3_visitor,q4_visitor,ot_visitor',
  player_props: `${GAME},home_team,visitor_team,player_id,player_name,market,bookmaker,line,over_price,under_price,is_main_line,snapshot_utc,commence_utc,source`,
  injury_report: `${GAME},team,player_id,player_name,status,reason,report_utc`,
  rosters: 'season,season_type,game_date,team,player_id,player_name,position,birth_date',
} as const;

type FileKind = keyof typeof HEADERS;

/** The text of a file as it grows. */
interface Pages {
  /** The rows of the current game or date. */
  readonly rows: string[];
  /** The rows of earlier games, joined. One long text takes far less memory than many rows. */
  readonly written: string[];
}

export type Files = Readonly<{ [kind in FileKind]: Pages }>;

export function turnPages(files: Files): void {
  for (const { rows, written } of Object.values(files)) {
    if (rows.length === 0) continue;
    written.push(rows.join('\n'));
    rows.length = 0;
  }
}

/** The season whose files are written. */
interface SeasonText {
  readonly season: string;
  readonly files: Files;
}

export function newFile(kind: FileKind): Pages {
  return { rows: [], written: [HEADERS[kind]] };
}

/** A game with the cells that name it. */
export interface GameFacts {
  readonly tip: Tip;
  readonly id: string;
  readonly date: string;
  readonly home: Franchise;
  readonly visitor: Franchise;
  /** Tip-off in minutes UTC since 1970. */
  readonly tipoffUtc: number;
}

/** One team before a game. */
export interface Squad {
  readonly team: number;
  readonly franchise: Franchise;
  readonly availabilities: readonly (Candidate & { readonly availability: Availability })[];
}

export function writeRosters(
  { plan, season, files }: SeasonText & { readonly plan: SeasonPlan },
  day: number,
  playing: readonly number[],
  rosters: readonly (readonly Player[])[],
): void {
  const date = dateOfDay(day);
  for (const team of playing.toSorted((left, right) => left - right)) {
    const code = plan.franchises[team]?.code ?? '';
    for (const player of rosters[team] ?? []) {
      files.rosters.rows.push(
        `${season},regular,${date},${code},${player.id},${player.name},${positionOf(player)},${player.birthDate}`,
      );
    }
  }
}

function positionOf({ position, isPositionKnown }: Player): string {
  return isPositionKnown ? position : '';
}

export function writeReports(
  { season, files }: SeasonText,
  game: GameFacts,
  { franchise, availabilities }: Squad,
): void {
  for (const { player, availability } of availabilities) {
    for (const { status, reason, minutesBefore } of availability.reports) {
      const reported = utcText((game.tipoffUtc - minutesBefore) * 60);
      files.injury_report.rows.push(
        `${season},regular,${game.id},${game.date},${franchise.code},${player.id},${player.name},${status},${reason},${reported}`,
      );
    }
  }
}

/** Minutes after the announced tip-off at which a game really begins. */
const LATE_START_MINUTES = 10;

export function writeProp(
  { season, files }: SeasonText,
  game: GameFacts,
  prop: ReturnType<typeof propLines>[number],
): void {
  const { player, bookmaker, line, overPrice, underPrice, isMainLine, secondsBefore } = prop;
  const seen = utcText(game.tipoffUtc * 60 - secondsBefore);
  const begins = utcText((game.tipoffUtc + LATE_START_MINUTES) * 60);
  files.player_props.rows.push(
    `${season},regular,${game.id},${game.date},${game.home.code},${game.visitor.code},${player.id},${bookNameOf(player.name)},player_points,${bookmaker},${line},${overPrice},${underPrice},${isMainLine},${seen},${begins},simulated`,
  );
}

/** ISO text of a moment given in seconds since 1970. */
function utcText(seconds: number): string {
  const day = Math.floor(seconds / 86_400);
  const rest = seconds - day * 86_400;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${dateOfDay(day)}T${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}Z`;
}

export function writeResult(
  { season, files }: SeasonText,
  { tip, id, date, home, visitor }: GameFacts,
  result: GameResult,
  lines: ReturnType<typeof gameLines>,
): void {
  const winner = result.home.points > result.visitor.points ? home : visitor;
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${date}T${two(Math.floor(tip.minute / 60))}:${two(tip.minute % 60)}:00`;
  const score = `${result.home.points},${result.visitor.points},${winner.code}`;
  files.schedule.rows.push(
    `${id},${date},${season},regular,${home.code},${visitor.code},${score},${tip.neutralSite},${clock},${tip.arena},${tip.city}`,
  );
  const cell = (value: number | null): string => (value === null ? '' : String(value));
  const periods = ({ periods }: TeamResult): string =>
    [...periods.slice(0, 4), periods.slice(4).reduce((sum, points) => sum + points, 0)].join(',');
  const market = [lines.spread, lines.total, lines.moneylineHome, lines.moneylineVisitor].map(cell).join(',');
  files.game_odds.rows.push(
    `${id},${date},${season},regular,${home.code},${visitor.code},${market},${periods(result.home)},${periods(result.visitor)}`,
  );
}

export function writeBox(
  { season, files }: SeasonText,
  game: GameFacts,
  result: GameResult,
  home: Squad,
  visitor: Squad,
): void {
  const { id, date } = game;
  for (const [squad, own, other] of [
    [visitor, result.visitor, result.home],
    [home, result.home, result.visitor],
  ] as const) {
    const team = squad.franchise;
    const opponent = squad === home ? visitor.franchise : home.franchise;
    const names = `${season},regular,${id},${date},${team.id},${team.code},${opponent.code},${squad === home},${own.points > other.points}`;
    const minutes = wholeMinutes(own.lines, 240 + 25 * result.overtimes);
    for (const [i, line] of own.lines.entries()) {
      const { player } = line;
      files.player_box.rows.push(
        `${names},${player.id},${player.name},${positionOf(player)},${minutes[i] ?? 0},${countsOf(line)},${line.plusMinus}`,
      );
    }
    const total = (of: (line: BoxLine) => number): number =>
      own.lines.reduce((sum, line) => sum + of(line), 0);
    const played = minutes.reduce((sum, count) => sum + count, 0);
    files.team_box.rows.push(
      `${names},${played},${COUNT_COLUMNS.map(total).join(',')},${own.points - other.points}`,
    );
  }
}

/** The counting columns from `fgm` to `pts`. */
const COUNT_COLUMNS: readonly ((line: BoxLine) => number)[] = [
  (line) => line.fieldGoals,
  (line) => line.fieldGoalAttempts,
  (line) => line.threes,
  (line) => line.threeAttempts,
  (line) => line.freeThrows,
  (line) => line.freeThrowAttempts,
  (line) => line.offensiveRebounds,
  (line) => line.defensiveRebounds,
  (line) => line.offensiveRebounds + line.defensiveRebounds,
  (line) => line.assists,
  (line) => line.steals,
  (line) => line.blocks,
  (line) => line.turnovers,
  (line) => line.fouls,
  (line) => line.points,
];

function countsOf(line: BoxLine): string {
  return COUNT_COLUMNS.map((count) => count(line)).join(',');
}

/** Whole minutes of the players, as the league's game log rounds them: their sum is at most 1 below or 2 above `exact`. */
function wholeMinutes(lines: readonly BoxLine[], exact: number): number[] {
  const minutes = lines.map(({ seconds }) => Math.round(seconds / 60));
  const error = (i: number): number => (lines[i]?.seconds ?? 0) / 60 - (minutes[i] ?? 0);
  for (;;) {
    const sum = minutes.reduce((total, count) => total + count, 0);
    const step = sum < exact - 1 ? 1 : sum > exact + 2 ? -1 : 0;
    if (step === 0) return minutes;
    const [nearest] = [...minutes.keys()].toSorted((left, right) => step * (error(right) - error(left)));
    if (nearest === undefined) return minutes;
    minutes[nearest] = (minutes[nearest] ?? 0) + step;
  }
}

export function writeShots(
  { files }: SeasonText,
  { id, date, home, visitor }: GameFacts,
  { shots }: GameResult,
  random: Random,
): void {
  for (const shot of shots) {
    const { zone, side, range, distance, action, x, y } = placeShot(random, shot);
    const team = shot.isHome ? home.code : visitor.code;
    files.shots.rows.push(
      `${id},${date},${team},${shot.playerId},${shot.period},${shot.secondsLeft},${shot.made},${shot.zone >= 3},${zone},${side},${range},${distance},${action},${x},${y}`,
    );
  }
}
