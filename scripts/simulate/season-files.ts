/** The season as CSV files, in the format and with the column order of the historical files. */
import {
  openInfirmary,
  EARLY_EXIT_SHARE,
  INJURY_RATE,
  type Availability,
  type Infirmary,
} from './availability.ts';
import { fixturesOf } from './fixtures.ts';
import type { Franchise } from './franchises.ts';
import { playGame, type BoxLine, type GameResult, type Side, type TeamResult } from './game.ts';
import { applyMove, FULL_CONTRACTS, type SeasonPlan } from './season-plans.ts';
import { expectedOf, gameLines, propLines, type ScoringRecord } from './lines.ts';
import { bookNameOf } from './names.ts';
import type { Player } from './players.ts';
import { makeRandom, type Random } from '../../shared/domain/seeded-random.ts';
import { FEWEST_DRESSED, rotationOfGame, usualRotation, type Candidate } from './rotation.ts';
import { scheduleGames, type Tip } from './schedule.ts';
import { dateOfDay, minutesToUtc } from './season-days.ts';
import { seasonStarting } from '../../shared/domain/season.ts';
import { placeShot } from './shot-place.ts';

/** A file of a season. */
export interface SimulatedFile {
  /** Such as `player_box_2021-22.csv`. */
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
  /** Rows of the game or date at hand. */
  readonly rows: string[];
  /** What is written for good: many rows joined are one flat text, far cheaper to keep than the rows. */
  readonly written: string[];
}

type Files = Readonly<{ [kind in FileKind]: Pages }>;

function turnPages(files: Files): void {
  for (const { rows, written } of Object.values(files)) {
    if (rows.length === 0) continue;
    written.push(rows.join('\n'));
    rows.length = 0;
  }
}

/** Plays the season of `plan` and gives its files. */
export function playSeason(plan: SeasonPlan): SimulatedFile[] {
  const { league, year, franchises, days } = plan;
  const fixtures = fixturesOf(franchises, league.gamesPerTeam, year);
  const tips = scheduleGames(franchises, fixtures, days.days, makeRandom(league.seed, year, 'schedule'));
  const season = seasonStarting(year);
  const files: Files = {
    schedule: newFile('schedule'),
    player_box: newFile('player_box'),
    team_box: newFile('team_box'),
    shots: newFile('shots'),
    game_odds: newFile('game_odds'),
    player_props: newFile('player_props'),
    injury_report: newFile('injury_report'),
    rosters: newFile('rosters'),
  };
  const state: SeasonState = {
    plan,
    season,
    files,
    infirmary: openInfirmary(makeRandom(league.seed, year, 'infirmary')),
    records: new Map(),
    lastPlayed: new Map(),
  };

  let rosters = plan.rosters;
  let movesDone = 0;
  let today = -Infinity;
  for (const [number, tip] of tips.entries()) {
    if (tip.day !== today) {
      today = tip.day;
      for (; (plan.moves[movesDone]?.day ?? Infinity) <= today; movesDone += 1) {
        const move = plan.moves[movesDone];
        if (move !== undefined) rosters = applyMove(rosters, move);
      }
      const playing = tips.filter(({ day }) => day === today).flatMap(({ home, visitor }) => [home, visitor]);
      writeRosters(state, today, playing, rosters);
    }
    writeGame(state, tip, number, rosters);
    turnPages(files);
  }
  return Object.entries(files).map(([kind, { written }]) => ({
    name: `${kind}_${season}.csv`,
    text: `${written.join('\n')}\n`,
  }));
}

function newFile(kind: FileKind): Pages {
  return { rows: [], written: [HEADERS[kind]] };
}

/** What goes on from game to game. */
interface SeasonState {
  readonly plan: SeasonPlan;
  readonly season: string;
  readonly files: Files;
  readonly infirmary: Infirmary;
  /** Points so far and what was expected, by player id. */
  readonly records: Map<number, ScoringRecord>;
  /** Last day of a game, by team. */
  readonly lastPlayed: Map<number, number>;
}

/** A game with the cells that name it. */
interface GameFacts {
  readonly tip: Tip;
  readonly id: string;
  readonly date: string;
  readonly home: Franchise;
  readonly visitor: Franchise;
  /** Tip-off in minutes UTC since 1970. */
  readonly tipoffUtc: number;
}

/** One team before a game. */
interface Squad {
  readonly team: number;
  readonly franchise: Franchise;
  readonly availabilities: readonly (Candidate & { readonly availability: Availability })[];
}

/** Accuracy gained at home and lost away, and lost by playing on consecutive days. */
const HOME_EDGE = 0.0056;
const TIRED_LEGS = 0.006;
/** Seconds that a possession is shorter for each possession more in a game. */
const SECONDS_PER_POSSESSION = 0.145;
/** How much the pace of one game differs from what both teams like. */
const PACE_NOISE = 1.2;

function writeGame(
  state: SeasonState,
  tip: Tip,
  number: number,
  rosters: readonly (readonly Player[])[],
): void {
  const { plan } = state;
  const random = makeRandom(plan.league.seed, plan.year, 'game', number);
  const home = plan.franchises[tip.home];
  const visitor = plan.franchises[tip.visitor];
  if (home === undefined || visitor === undefined)
    throw new RangeError('A game of a team that is not in the league');
  const game: GameFacts = {
    tip,
    id: `002${String(plan.year % 100).padStart(2, '0')}${String(number + 1).padStart(5, '0')}`,
    date: dateOfDay(tip.day),
    home,
    visitor,
    tipoffUtc: tip.day * 1440 + tip.minute + minutesToUtc(tip.day),
  };
  const squads = [
    squadOf(state, tip.visitor, visitor, tip.day, rosters),
    squadOf(state, tip.home, home, tip.day, rosters),
  ] as const;
  for (const squad of squads) writeReports(state, game, squad);

  const [away, host] = squads;
  const paceWish = (plan.teams[tip.home]?.pace ?? 0) + (plan.teams[tip.visitor]?.pace ?? 0);
  const sideOf = (squad: Squad, who: (availability: Availability) => boolean, isExpected: boolean): Side => {
    const candidates = squad.availabilities.filter(({ availability }) => who(availability));
    const style = plan.teams[squad.team];
    const tired = state.lastPlayed.get(squad.team) === tip.day - 1 ? TIRED_LEGS : 0;
    const edge =
      squad === host && !tip.neutralSite ? HOME_EDGE : squad === away && !tip.neutralSite ? -HOME_EDGE : 0;
    return {
      players: isExpected ? usualRotation(candidates) : rotationOfGame(candidates, random),
      offence: (style?.offence ?? 0) + edge - tired,
      defence: (style?.defence ?? 0) - edge / 4 + tired / 2,
    };
  };
  const expectationOf = (who: (availability: Availability) => boolean) => {
    const [hostSide, awaySide] = [sideOf(host, who, true), sideOf(away, who, true)];
    return {
      home: expectedOf(hostSide, awaySide, paceWish),
      visitor: expectedOf(awaySide, hostSide, paceWish),
    };
  };
  // Lines on players are made when the first report is known, lines on the game when the last one is.
  const early = expectationOf(
    ({ reports }) => reports[0]?.status !== 'out' && reports[0]?.status !== 'doubtful',
  );
  const late = expectationOf(({ reports }) => reports.at(-1)?.status !== 'out');
  const propRandom = makeRandom(plan.league.seed, plan.year, 'lines', number);
  const lines = gameLines(propRandom, late.home, late.visitor);
  for (const side of [early.visitor, early.home]) {
    const props = propLines(propRandom, side, ({ id }) => state.records.get(id) ?? NO_RECORD);
    for (const prop of props) writeProp(state, game, prop);
  }

  const plays = ({ plays }: Availability): boolean => plays;
  const slowness = -SECONDS_PER_POSSESSION * (paceWish + PACE_NOISE * random.normal());
  const hostSide = sideOf(host, plays, false);
  const awaySide = sideOf(away, plays, false);
  const result = playGame(random, hostSide, awaySide, slowness);

  writeResult(state, game, result, lines);
  writeBox(state, game, result, host, away);
  writeShots(state, game, result, makeRandom(plan.league.seed, plan.year, 'shots', number));
  for (const [expectation, squadResult] of [
    [late.home, result.home],
    [late.visitor, result.visitor],
  ] as const) {
    settle(state, expectation.players, squadResult);
  }
  hurtSome(
    state,
    tip.day,
    random,
    [...hostSide.players, ...awaySide.players],
    [...result.home.lines, ...result.visitor.lines],
  );
  state.lastPlayed.set(tip.home, tip.day);
  state.lastPlayed.set(tip.visitor, tip.day);
}

const NO_RECORD: ScoringRecord = { points: 0, expected: 0 };

function squadOf(
  { plan, infirmary, lastPlayed }: SeasonState,
  team: number,
  franchise: Franchise,
  day: number,
  rosters: readonly (readonly Player[])[],
): Squad {
  const roster = rosters[team] ?? [];
  const isBackToBack = lastPlayed.get(team) === day - 1;
  const examined = roster.map((player, rank) => {
    const profile = plan.profiles.get(player.id);
    if (profile === undefined) throw new RangeError(`${player.name} has no profile for the season`);
    const occasion = { day, isBackToBack, rank, isTwoWay: rank >= FULL_CONTRACTS };
    return { player, profile, availability: infirmary.examine(player, occasion) };
  });
  let missing = FEWEST_DRESSED - examined.filter(({ availability }) => availability.plays).length;
  const availabilities = examined.map((candidate) => {
    if (missing <= 0 || candidate.availability.plays) return candidate;
    missing -= 1;
    infirmary.recall(candidate.player);
    return { ...candidate, availability: { plays: true, reports: [] } };
  });
  return { team, franchise, availabilities };
}

/** Keeps the score between what was expected of the players who played and what they did. */
function settle(
  { records }: SeasonState,
  expected: readonly { readonly player: Player; readonly points: number }[],
  result: TeamResult,
): void {
  const scored = new Map(result.lines.map(({ player, points }) => [player.id, points]));
  for (const { player, points } of expected) {
    const actual = scored.get(player.id);
    if (actual === undefined) continue;
    const before = records.get(player.id) ?? NO_RECORD;
    records.set(player.id, { points: before.points + actual, expected: before.expected + points });
  }
}

function hurtSome(
  { infirmary }: SeasonState,
  day: number,
  random: Random,
  dressed: Side['players'],
  lines: readonly BoxLine[],
): void {
  const played = new Set(lines.map(({ player }) => player.id));
  for (const { player, hurtAt } of dressed) {
    const isHurt =
      hurtAt !== Infinity || random.chance(INJURY_RATE * (1 - EARLY_EXIT_SHARE) * player.fragility);
    if (isHurt && played.has(player.id)) infirmary.hurt(player, day);
  }
}

function writeRosters(
  { plan, season, files }: SeasonState,
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

function writeReports(
  { season, files }: SeasonState,
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

function writeProp(
  { season, files }: SeasonState,
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

function writeResult(
  { season, files }: SeasonState,
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

function writeBox(
  { season, files }: SeasonState,
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

function writeShots(
  { files }: SeasonState,
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
