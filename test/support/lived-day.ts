/** Lives a game date from the morning to the noon after, with or without something that goes wrong, and says how it ended. */
import type { ModelWarehouse } from '../../functions/targets/simulated/model-warehouse.ts';
import { slotsOf } from '../../functions/control/due.ts';
import { NO_FAULTS } from '../../functions/targets/simulated/faults.ts';
import { easternToUtc } from '../../shared/domain/eastern-time.ts';
import { addDays, type GameDate } from '../../shared/domain/game-date.ts';
import { makeRandom, pick } from '../../shared/domain/seeded-random.ts';
import { isSealing } from '../../shared/domain/table.ts';
import { affects } from '../../shared/domain/window.ts';
import type { Doc } from '../../shared/ports/state-store.ts';
import type { CompletionDocument } from '../../shared/state/documents.ts';
import { textsOf } from '../../shared/domain/table-rows.ts';
import { listFetches } from '../../shared/state/fetches.ts';
import { historyBefore } from './live-history.ts';
import type { Facts, LiveLeague } from './live-league/index.ts';
import { LIVED_DAYS, type LivedDay, type LivedDayName } from './live-days.ts';
import { ROSTERS, type Drill } from './live-drills.ts';
import { liveWorld, registry, withHistory, type Beginning } from './live-world.ts';

const MINUTE = 60_000;
/** Minutes before a tip-off at which everybody who can be predicted has features. */
const FEATURES_MINUTES = 30;

/** How a day went. */
export interface Ended {
  /** Who had features half an hour before the first tip-off: game and player. */
  readonly featured: ReadonlySet<string>;
  /** The content of each partition at the end: `table@date` -> fingerprint. */
  readonly contents: Readonly<Record<string, string>>;
  /** The state of each partition of the date and the dates about it, with what is lacking. */
  readonly states: Readonly<Record<string, string>>;
  /** Fetches and messages without an end. */
  readonly open: readonly string[];
  /** The most seconds for which one source has kept a date waiting. */
  readonly longest: number;
  readonly asked: number;
  readonly trace: readonly string[];
}

const days = new Map<string, LivedDay>();
const histories = new Map<string, Promise<Beginning<ModelWarehouse>>>();
const cleanDays = new Map<string, Promise<Ended>>();

function once<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}

/** A day, as a seed of a league makes it. */
export interface Given {
  readonly day: LivedDayName;
  readonly league: number;
}

const keyOf = ({ day, league }: Given): string => `${day} ${league}`;
export const dayOf = (given: Given): LivedDay =>
  once(days, keyOf(given), () => LIVED_DAYS[given.day](given.league));

/** The day as it is when nothing goes wrong. It is lived once for all drills with the same sources. */
export function cleanDay(given: Given, drill: Drill, seed: number): Promise<Ended> {
  if (drill.isTrue === true) return lived(given, drill, seed, 'clean');
  const key = `${keyOf(given)} ${JSON.stringify(drill.env ?? {})}`;
  return once(cleanDays, key, () => lived(given, drill, seed, 'clean'));
}

/** The day on which something goes wrong. The seed decides from when to when, and what becomes of messages. */
export function blindDay(given: Given, drill: Drill, seed: number): Promise<Ended> {
  return lived(given, drill, seed, 'blind');
}

/** Minutes before the first tip-off from which something goes wrong, and the times of the morning after until which it does. */
const FROM = [12 * 60, 6 * 60, 60, -60];
const UNTIL = ['00:30', '03:00', '07:00'];

/** Where a day is lived. */
interface Living {
  readonly league: LiveLeague;
  /** Sets the clock, lets the schedule of fetches look, and handles everything that follows. */
  readonly at: (now: Date) => Promise<void>;
}

/**
 * Lives a game date from the morning to the noon after. The files have the other games of the season, so no source has anything of them.
 * @param how whether what the drill says goes wrong
 * @param beforeFirst called half an hour before the first tip-off
 */
export async function liveThrough(
  { league, at }: Living,
  {
    date,
    drill,
    seed,
    how,
  }: {
    readonly date: GameDate;
    readonly drill: Drill;
    readonly seed: number;
    readonly how: 'clean' | 'blind';
  },
  beforeFirst: () => Promise<void>,
): Promise<void> {
  const random = makeRandom('drill', seed);
  const games = league.facts.gamesOn(date);
  const tips = games.map(({ tipoffAt }) => tipoffAt.getTime()).sort((a, b) => a - b);
  const [first = 0] = tips;
  const fault = drill.fault({ date, facts: league.facts, random });
  const isTrue = drill.isTrue === true;
  const from = isTrue
    ? first - random.between(2, 8) * 60 * MINUTE
    : Math.max(first - pick(random, FROM) * MINUTE, timeOf(date, '05:40'));
  const until = isTrue ? Infinity : timeOf(addDays(date, 1), pick(random, UNTIL));
  const isOn = (time: number): boolean => (how === 'clean' ? isTrue : time >= from && time < until);
  league.fail((asked, answer, told) => {
    if (isOfOtherDate(league.facts, date, asked.path)) return { status: 404, body: '' };
    return isOn(asked.at.getTime()) ? fault(asked, answer, told) : undefined;
  });
  for (const look of looksAt(date, tips)) {
    await at(new Date(look));
    if (look === first - (FEATURES_MINUTES + 1) * MINUTE) await beforeFirst();
  }
}

/** Whether a question is about what was played on another date. */
export function isOfOtherDate({ gamesOn }: Facts, date: GameDate, path: string): boolean {
  const [, game] = /_(\d{10})\.json/.exec(path) ?? [];
  const [, of = date] = /\/v1\/box_scores\?date=([\d-]{10})/.exec(path) ?? [];
  return of !== date || (game !== undefined && gamesOn(date).every(({ id }) => id !== game));
}

async function lived(given: Given, drill: Drill, seed: number, how: 'clean' | 'blind'): Promise<Ended> {
  const { season, date } = dayOf(given);
  const begin = await once(histories, keyOf(given), () => withHistory(historyBefore(season, date)));
  const { league, world, at, open } = liveWorld({
    ...{ season, begin: { ...begin, warehouse: begin.warehouse.copy() } },
    ...(drill.env === undefined ? {} : { env: drill.env }),
    ...(how === 'clean' ? {} : { seed, faults: { ...NO_FAULTS, steps: 4000, duplicate: 0.1, delay: 0.1 } }),
  });
  let featured: ReadonlySet<string> = new Set();
  await liveThrough({ league, at }, { date, drill, seed, how }, async () => {
    featured = await featuresOn(world.warehouse, date);
  });
  await world.settle();
  const asks = (await listFetches(world)).flatMap((fetch) => fetch.asks);
  return {
    featured,
    contents: Object.fromEntries([...world.warehouse.contents()].sort(([a], [b]) => (a < b ? -1 : 1))),
    states: statesIn(world.store.dump()),
    open: await open(),
    longest: Math.max(...asks.map(({ seconds }) => seconds)),
    asked: league.asked.length,
    trace: world.trace,
  };
}

export const timeOf = (date: GameDate, time: string): number =>
  Date.parse(easternToUtc(`${date} ${time}`) ?? '');

/** The minutes after each slot of the date until the noon after, and those at which its tables are built again before a tip-off. */
export function looksAt(date: GameDate, tips: readonly number[]): number[] {
  const [first = 0] = tips;
  const games = tips.map((tip) => ({ tipoffAt: new Date(tip).toISOString() }));
  const end = timeOf(addDays(date, 1), '12:00');
  const slots = slotsOf({ date, games, season: null })
    .filter(({ occasion, at }) => occasion !== 'hourly' && at.getTime() < end)
    .map(({ at }) => at.getTime() + MINUTE);
  const before = [first - (FEATURES_MINUTES + 1) * MINUTE, ...tips.map((tip) => tip - 4 * MINUTE)];
  const begin = timeOf(date, '05:32');
  return [...new Set([begin, ...slots, ...before, end])].filter((at) => at >= begin).sort((a, b) => a - b);
}

async function featuresOn(warehouse: ModelWarehouse, date: GameDate): Promise<Set<string>> {
  const rows = await warehouse.read({
    table: registry.get('ml_feature_store_v2'),
    columns: ['game_id', 'player_lookup'],
    first: date,
    last: date,
  });
  if (!rows.ok) throw new Error(rows.failure.detail);
  const games = textsOf(rows.value, 'game_id');
  return new Set(textsOf(rows.value, 'player_lookup').map((player, i) => `${games[i]} ${player}`));
}

export function statesIn(documents: ReadonlyMap<string, Doc>): Record<string, string> {
  const states: Record<string, string> = {};
  for (const [path, data] of documents) {
    if (!/^phase\d_completion\//.test(path)) continue;
    const { date, tables } = data as unknown as CompletionDocument;
    for (const [table, { status, rows, expectedRows, stale }] of Object.entries(tables))
      states[`${table}@${date}`] =
        `${status}, ${rows} of ${expectedRows} rows${stale === null ? '' : ', stale'}`;
  }
  return states;
}

/**
 * The partitions that may end otherwise than on a clean day: rows of raw tables that nobody tells later, what was predicted from what
 * was known at the tip-off and when, and everything that reads them.
 */
export function mayDiffer({ season, date }: LivedDay, drill: Drill): ReadonlySet<string> {
  return mayDifferAfter(season, [[date, drill]]);
}

/** The same for drills on several dates, the first one first. */
export function mayDifferAfter(
  season: LivedDay['season'],
  drills: readonly (readonly [GameDate, Drill])[],
): ReadonlySet<string> {
  const dates = datesOf(season);
  const first = drills[0]?.[0] ?? '';
  const found = new Set(
    drills.flatMap(([date, { lost = [] }]) =>
      lost.flatMap((table) => [
        `${table}@${date}`,
        // In the first look of the next morning the source is still blind, and another one has told the rosters.
        ...(ROSTERS.includes(table) ? [`${table}@${addDays(date, 1)}`] : []),
      ]),
    ),
  );
  // What the second source has told stays. No row of it is used any more.
  const own = drills.map(([date]) => `bdl_player_boxscores@${date}`);
  for (const { definition } of registry.all) {
    const { name } = definition;
    // What is sealed also says when the rows became known that it rests on.
    if (isSealing(definition)) for (const each of dates) if (each >= first) found.add(`${name}@${each}`);
    for (const { table, window } of definition.inputs)
      for (const each of dates)
        if (found.has(`${table}@${each}`))
          for (const reader of affects(window, each, dates)) found.add(`${name}@${reader}`);
  }
  return new Set([...found, ...own]);
}

function datesOf({ files }: LivedDay['season']): GameDate[] {
  const lines = files.find(({ name }) => name.startsWith('schedule_'))?.text.split('\n') ?? [];
  const dates = lines.slice(1).flatMap((line) => (line === '' ? [] : [line.split(',')[1] as GameDate]));
  return [...new Set(dates)].sort();
}
