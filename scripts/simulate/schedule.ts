/** When the games of a season are played: dates, tip-off times and arenas. */
import type { Fixture } from './fixtures.ts';
import type { Franchise } from './franchises.ts';
import { pick, shuffled, type Random } from '../../shared/domain/seeded-random.ts';
import { weekdayOf, type SeasonDay } from './season-days.ts';

/** A game with its date and time. */
export interface Tip extends Fixture {
  readonly day: number;
  /** Minutes after midnight, US Eastern. */
  readonly minute: number;
  readonly neutralSite: boolean;
  readonly arena: string;
  readonly city: string;
}

/** A game with its date. */
interface Dated extends Fixture {
  readonly day: number;
}

const MOST_ATTEMPTS = 40;

/**
 * Dates for the fixtures. Each day has about as many games as `days` asks for. No team plays twice a day, on three days in
 * a row, or four times in five days. Ordered by day and tip-off.
 * @throws Error when the games do not fit into the days; the leagues that the simulator accepts should all fit
 */
export function scheduleGames(
  franchises: readonly Franchise[],
  fixtures: readonly Fixture[],
  days: readonly SeasonDay[],
  random: Random,
): Tip[] {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const dated = dateGames(franchises.length, fixtures, days, random);
    if (dated !== undefined) return withTips(franchises, dated, random);
  }
  throw new Error(`${fixtures.length} games do not fit into ${days.length} days`);
}

function dateGames(
  teams: number,
  fixtures: readonly Fixture[],
  days: readonly SeasonDay[],
  random: Random,
): readonly Dated[] | undefined {
  const book = makeBook(teams, days);
  const left = makePairs(teams, fixtures);
  // On the last days all teams play. These days are filled first, while every pair still has games to play.
  const fullSlates = days.slice(-3).filter(({ games }) => games * 2 >= teams - 1 && teams >= 10);
  for (const { day, games } of fullSlates) fillSlate(book, left, day, games, random);
  for (const { day, games } of days) {
    if (!fullSlates.some((slate) => slate.day === day)) fillDay(book, left, day, games, random);
  }
  return placeRest(book, left, days, random) ? spreadBackToBacks(book, days, random) : undefined;
}

/** The games that have a date so far. */
interface Book {
  readonly teams: number;
  readonly games: Dated[];
  readonly perTeam: number[];
  readonly countOn: (day: number) => number;
  readonly plays: (team: number, day: number) => boolean;
  /** Whether `team` may play on `day` too. */
  readonly fits: (team: number, day: number) => boolean;
  /** Games of `team` on the day before and the day after `day`. */
  readonly neighbours: (team: number, day: number) => number;
  readonly add: (game: Dated) => void;
  readonly remove: (game: Dated) => void;
  /** Days since `team` last played before `day`; 10 when it has not. */
  readonly rest: (team: number, day: number) => number;
  /** Days between the games of `team` before and after `day`. */
  readonly gapAround: (team: number, day: number) => number;
}

/** Empty days before and after a season, so that a window around any day needs no check of its bounds. */
const MARGIN = 12;

function makeBook(teams: number, days: readonly SeasonDay[]): Book {
  const first = (days[0]?.day ?? 0) - MARGIN;
  const width = (days.at(-1)?.day ?? 0) - first + MARGIN;
  const busy = new Uint8Array(teams * width);
  const counts = new Map<number, number>();
  const games: Dated[] = [];
  const perTeam = Array.from({ length: teams }, () => 0);
  const at = (team: number, day: number): number => busy[team * width + day - first] ?? 0;

  const restFrom = (team: number, day: number, step: 1 | -1): number => {
    for (let days = 1; days < 10; days += 1) if (at(team, day + step * days) === 1) return days;
    return 10;
  };
  const mark = (game: Dated, step: 1 | -1): void => {
    for (const team of [game.home, game.visitor]) {
      busy[team * width + game.day - first] = step === 1 ? 1 : 0;
      perTeam[team] = (perTeam[team] ?? 0) + step;
    }
    counts.set(game.day, (counts.get(game.day) ?? 0) + step);
  };
  return {
    teams,
    games,
    perTeam,
    countOn: (day) => counts.get(day) ?? 0,
    plays: (team, day) => at(team, day) === 1,
    fits: (team, day) => {
      if (at(team, day) === 1) return false;
      const [before2, before, after, after2] = [
        at(team, day - 2),
        at(team, day - 1),
        at(team, day + 1),
        at(team, day + 2),
      ];
      if (before + before2 === 2 || before + after === 2 || after + after2 === 2) return false;
      // Games in the five windows of five days around the day.
      let window = at(team, day - 4) + at(team, day - 3) + before2 + before;
      for (let end = day; end <= day + 4; end += 1) {
        window += end === day ? 0 : at(team, end);
        if (window >= 3) return false;
        window -= end - 4 === day ? 0 : at(team, end - 4);
      }
      return true;
    },
    neighbours: (team, day) => at(team, day - 1) + at(team, day + 1),
    add: (game) => {
      games.push(game);
      mark(game, 1);
    },
    remove: (game) => {
      games.splice(games.indexOf(game), 1);
      mark(game, -1);
    },
    rest: (team, day) => restFrom(team, day, -1),
    gapAround: (team, day) => restFrom(team, day, -1) + restFrom(team, day, 1),
  };
}

/** Two teams and the games between them that are not dated yet. */
interface Pair {
  readonly one: number;
  readonly other: number;
  /** Games still to be played with the first team at home, and with the second team at home. */
  homeOfOne: number;
  homeOfOther: number;
  lastMet: number;
}

function makePairs(teams: number, fixtures: readonly Fixture[]): Pair[] {
  const byPair = new Map<number, Pair>();
  for (const { home, visitor } of fixtures) {
    const [one, other] = home < visitor ? [home, visitor] : [visitor, home];
    const key = one * teams + other;
    const pair = byPair.get(key) ?? { one, other, homeOfOne: 0, homeOfOther: 0, lastMet: -Infinity };
    byPair.set(key, pair);
    if (home === one) pair.homeOfOne += 1;
    else pair.homeOfOther += 1;
  }
  return [...byPair.values()];
}

/** Takes a game of `pair` and dates it. `preferred` is at home when there is a choice. */
function play(book: Book, pair: Pair, day: number, preferred: number): void {
  const atOne = pair.homeOfOne > 0 && (pair.homeOfOther === 0 || preferred === pair.one);
  if (atOne) pair.homeOfOne -= 1;
  else pair.homeOfOther -= 1;
  pair.lastMet = day;
  book.add(
    atOne ? { day, home: pair.one, visitor: pair.other } : { day, home: pair.other, visitor: pair.one },
  );
}

const hasGames = (pair: Pair): boolean => pair.homeOfOne + pair.homeOfOther > 0;

/** Fills a day on which (nearly) every team plays: tries random pairings until one leaves no team out. */
function fillSlate(book: Book, left: readonly Pair[], day: number, games: number, random: Random): void {
  let best: Pair[] = [];
  for (let attempt = 0; attempt < 200 && best.length < games; attempt += 1) {
    const taken = new Set<number>();
    const chosen: Pair[] = [];
    for (const pair of shuffled(random, left.filter(hasGames))) {
      if (chosen.length === games || taken.has(pair.one) || taken.has(pair.other) || pair.lastMet > day - 4)
        continue;
      if (!book.fits(pair.one, day) || !book.fits(pair.other, day)) continue;
      taken.add(pair.one).add(pair.other);
      chosen.push(pair);
    }
    if (chosen.length > best.length) best = chosen;
  }
  for (const pair of best) play(book, pair, day, random.chance(0.5) ? pair.one : pair.other);
}

/** Fills a usual day: teams that have played fewest games and are rested are paired first. */
function fillDay(book: Book, left: readonly Pair[], day: number, games: number, random: Random): void {
  const mean = book.perTeam.reduce((sum, count) => sum + count, 0) / book.teams;
  const eager = book.perTeam.map((count, team) => {
    const rest = book.rest(team, day);
    return 10 * (mean - count) + (rest === 1 ? -9 : 2 * (rest - 2) * rest);
  });
  const wishes = book.perTeam.map((_, team) => wishToBeHome(stretch(book, team, day), random));
  const candidates = left
    .filter((pair) => hasGames(pair) && book.fits(pair.one, day) && book.fits(pair.other, day))
    .map((pair) => {
      const games = pair.homeOfOne + pair.homeOfOther;
      const again = day - pair.lastMet < 12 ? -12 : 0;
      const venue = Math.abs(preferenceForOne(pair, wishes));
      const value =
        (eager[pair.one] ?? 0) + (eager[pair.other] ?? 0) + 2 * games + again + 2 * venue + 6 * random.unit();
      return { pair, value };
    })
    .toSorted((left, right) => right.value - left.value);
  const taken = new Set<number>();
  for (const { pair } of candidates) {
    if (taken.size === 2 * games) break;
    if (taken.has(pair.one) || taken.has(pair.other)) continue;
    taken.add(pair.one).add(pair.other);
    const preference = preferenceForOne(pair, wishes);
    play(book, pair, day, preference > 0 ? pair.one : pair.other);
  }
}

/** How many games in a row `team` played at home before `day`; negative for games on the road. */
function stretch(book: Book, team: number, day: number): number {
  let length = 0;
  for (let i = book.games.length - 1; i >= 0; i -= 1) {
    const game = book.games[i];
    if (game === undefined || game.day >= day) continue;
    if (game.home === team) {
      if (length < 0) break;
      length += 1;
    } else if (game.visitor === team) {
      if (length > 0) break;
      length -= 1;
    }
  }
  return length;
}

/** How much a team would rather be at home than on the road, after a stretch of games in one place. */
function wishToBeHome(stretch: number, random: Random): number {
  const length = Math.abs(stretch);
  return Math.sign(stretch) * (length < 3 ? 0.5 : length < 5 ? -0.6 : -2) + 0.8 * random.normal();
}

/** Positive when the first team should be at home, negative when the second should; far from 0 when that suits both. */
function preferenceForOne(pair: Pair, wishes: readonly number[]): number {
  const wish = (wishes[pair.one] ?? 0) - (wishes[pair.other] ?? 0);
  if (pair.homeOfOne === 0) return Math.min(wish, -0.01);
  if (pair.homeOfOther === 0) return Math.max(wish, 0.01);
  return wish;
}

/** Dates the games that found no room on their days. Where needed, it moves other games to make room. */
function placeRest(book: Book, left: readonly Pair[], days: readonly SeasonDay[], random: Random): boolean {
  const most = Math.floor(book.teams / 2);
  const queue: Fixture[] = left.flatMap(({ one, other, homeOfOne, homeOfOther }) => [
    ...Array.from({ length: homeOfOne }, () => ({ home: one, visitor: other })),
    ...Array.from({ length: homeOfOther }, () => ({ home: other, visitor: one })),
  ]);
  for (let moves = 0; queue.length > 0; moves += 1) {
    if (moves > 20_000) return false;
    const fixture = queue.pop();
    if (fixture === undefined) break;
    const { home, visitor } = fixture;
    const free = days
      .slice(1)
      .filter(({ day }) => book.countOn(day) < most && book.fits(home, day) && book.fits(visitor, day));
    const best = leastBy(free, ({ day, games }) => {
      const over = Math.max(0, book.countOn(day) + 1 - games);
      return 4 * (book.neighbours(home, day) + book.neighbours(visitor, day)) + over + random.unit();
    });
    if (best !== undefined) {
      book.add({ day: best.day, home, visitor });
      continue;
    }
    const { day } = days[random.below(days.length)] ?? { day: 0 };
    const inTheWay = book.games.filter(
      (game) =>
        Math.abs(game.day - day) <= 1 &&
        [game.home, game.visitor].some((team) => team === home || team === visitor),
    );
    for (const game of inTheWay) {
      book.remove(game);
      queue.unshift(game);
    }
    if (book.countOn(day) < most && book.fits(home, day) && book.fits(visitor, day))
      book.add({ day, home, visitor });
    else queue.unshift(fixture);
  }
  return true;
}

function leastBy<T>(list: readonly T[], costOf: (value: T) => number): T | undefined {
  let best: T | undefined;
  let least = Infinity;
  for (const value of list) {
    const cost = costOf(value);
    if (cost < least) [best, least] = [value, cost];
  }
  return best;
}

/** Share of a team's games that may be the second of a back-to-back, at least and at most. */
const BACK_TO_BACKS = { least: 13 / 82, most: 17 / 82 } as const;

/** A game is not moved when a team would then have no game for more days than this. */
const LONGEST_GAP_DAYS = 6;

/** Moves games until every team has a usual number of back-to-backs, as far as that is possible. */
function spreadBackToBacks(book: Book, days: readonly SeasonDay[], random: Random): readonly Dated[] {
  const most = Math.floor(book.teams / 2);
  const opening = days[0]?.day;
  const movable = days.filter(({ day, games }) => day !== opening && (games < most || book.teams < 10));
  const isMovable = new Set(movable.map(({ day }) => day));
  const backToBacks = (team: number): number =>
    days.filter(({ day }) => book.plays(team, day) && book.plays(team, day - 1)).length;
  const counts = book.perTeam.map((_, team) => backToBacks(team));
  const isShort = (team: number): boolean =>
    (counts[team] ?? 0) < (book.perTeam[team] ?? 0) * BACK_TO_BACKS.least;
  const faultOf = (team: number): number => {
    const games = book.perTeam[team] ?? 0;
    const count = counts[team] ?? 0;
    return Math.max(0, count - games * BACK_TO_BACKS.most, games * BACK_TO_BACKS.least - count);
  };

  for (let move = 0; move < 4000; move += 1) {
    const faulty = counts.flatMap((_, team) => (faultOf(team) > 0 ? [team] : []));
    if (faulty.length === 0) break;
    const team = pick(random, faulty);
    const targets = isShort(team) ? movable.filter(({ day }) => book.neighbours(team, day) === 1) : movable;
    const target = targets[random.below(targets.length)];
    const game = pick(
      random,
      book.games.filter(({ home, visitor }) => home === team || visitor === team),
    );
    if (target === undefined || !isMovable.has(game.day) || book.countOn(game.day) <= 1) continue;
    if (book.countOn(target.day) >= Math.min(most, target.games + 2)) continue;
    const both = [game.home, game.visitor];
    if (both.some((side) => book.gapAround(side, game.day) > LONGEST_GAP_DAYS)) continue;
    const before = faultOf(game.home) + faultOf(game.visitor);
    book.remove(game);
    const moved = { ...game, day: target.day };
    const fits = both.every((side) => book.fits(side, moved.day));
    book.add(fits ? moved : game);
    if (!fits) continue;
    for (const side of both) counts[side] = backToBacks(side);
    if (faultOf(game.home) + faultOf(game.visitor) < before) continue;
    book.remove(moved);
    book.add(game);
    for (const side of both) counts[side] = backToBacks(side);
  }
  return book.games;
}

const [SUNDAY, SATURDAY] = [0, 6];

/** Games of a full season abroad, one in November and one in January. */
const ABROAD = [
  { arena: 'Arena CDMX', city: 'Mexico City', minute: 17 * 60, position: 0.12 },
  { arena: 'Accor Arena', city: 'Paris', minute: 14 * 60, position: 0.5 },
] as const;

function withTips(franchises: readonly Franchise[], games: readonly Dated[], random: Random): Tip[] {
  const ordered = games.toSorted((left, right) => left.day - right.day || left.home - right.home);
  const abroad = new Map(ABROAD.map((place) => [Math.floor(ordered.length * place.position), place]));
  const isFull = ordered.length >= 1000;
  return ordered
    .map((game, i): Tip => {
      const team = franchises[game.home];
      if (team === undefined) throw new RangeError(`There is no team ${game.home}`);
      const place = isFull ? abroad.get(i) : undefined;
      if (place !== undefined)
        return { ...game, minute: place.minute, neutralSite: true, arena: place.arena, city: place.city };
      const minute = tipOff(team, game.day, random);
      return { ...game, minute, neutralSite: false, arena: team.arena, city: team.city };
    })
    .toSorted((left, right) => left.day - right.day || left.minute - right.minute || left.home - right.home);
}

/** In the evening by the clock of the arena, sometimes a matinee at weekends; never later than 22:30 in the east. */
function tipOff({ behindEastern }: Franchise, day: number, random: Random): number {
  const weekday = weekdayOf(day);
  const draw = random.unit();
  if (weekday === SUNDAY && draw < 0.45) return pick(random, [13, 15, 15.5, 18, 18]) * 60;
  if (weekday === SATURDAY && draw < 0.15) return pick(random, [13, 15, 17]) * 60;
  const halfPast = [0.5, 0.2, 0.15, 0.3][behindEastern] ?? 0;
  return (19 + behindEastern) * 60 + (random.chance(halfPast) ? 30 : 0);
}
