/** Plays a season, game by game, and writes its files. */
import {
  openInfirmary,
  EARLY_EXIT_SHARE,
  INJURY_RATE,
  type Availability,
  type Infirmary,
} from './availability.ts';
import { fixturesOf } from './fixtures.ts';
import type { Franchise } from './franchises.ts';
import { playGame } from './game.ts';
import type { BoxLine, Side, TeamResult } from './box-score.ts';
import { applyMove, FULL_CONTRACTS, type SeasonPlan } from './season-plans.ts';
import { expectedOf, gameLines, propLines, type ScoringRecord } from './lines.ts';
import type { Player } from './players.ts';
import { makeRandom, type Random } from '../../shared/domain/seeded-random.ts';
import { FEWEST_DRESSED, rotationOfGame, usualRotation } from './rotation.ts';
import { scheduleGames, type Tip } from './schedule.ts';
import { dateOfDay, minutesToUtc } from './season-days.ts';
import { seasonStarting } from '../../shared/domain/season.ts';
import {
  newFile,
  turnPages,
  writeBox,
  writeProp,
  writeReports,
  writeResult,
  writeRosters,
  writeShots,
  type Files,
  type GameFacts,
  type SimulatedFile,
  type Squad,
} from './season-text.ts';

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

/** What is kept from one game to the next. */
interface SeasonState {
  readonly plan: SeasonPlan;
  readonly season: string;
  readonly files: Files;
  readonly infirmary: Infirmary;
  /** Points scored so far and points that were expected, by player id. */
  readonly records: Map<number, ScoringRecord>;
  /** The last day on which each team played. */
  readonly lastPlayed: Map<number, number>;
}

/** Accuracy gained at home and lost away, and lost by playing on consecutive days. */
const HOME_EDGE = 0.0056;
const TIRED_LEGS = 0.006;
/** By how many seconds a possession is shorter for each further possession in a game. */
const SECONDS_PER_POSSESSION = 0.145;
/** How much the pace of one game differs from the pace that both teams prefer. */
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
  // Lines on players are made after the first injury report, lines on the game after the last one.
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

/** Adds a game to the records of its players: the points that each was expected to score, and those that he scored. */
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
