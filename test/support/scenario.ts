/**
 * What a seed stands for: how often things go wrong, how many workers there are, how large batches are, and what people
 * and sources do while a backfill runs. The story of a seed is told in its report.
 */
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { makeRandom, type Random } from '../../shared/domain/seeded-random.ts';
import { brokenPromises, comparableStates, contentsOf, partitionsOf } from './at-rest.ts';
import {
  DATES,
  PHASE3_DATES,
  SEASON,
  UNSOURCED_DATE,
  withChange,
  withMorePoints,
  withNote,
  type Sources,
} from './toy-league.ts';
import {
  archivedWorld,
  cleanWorld,
  FIRST_SOURCES,
  importedBeforeLastDate,
  importedWorld,
  LAST_DATE,
} from './toy-worlds.ts';
import { COMPUTED_TABLES, RAW_TABLES, SIMULATED_DEFINITIONS, toyRegistry } from './toy-tables.ts';
import { NO_FAULTS, type Faults } from '../../functions/targets/simulated/faults.ts';
import { makeWorld, type World, type WorldOptions } from './world.ts';
import { isRaw } from '../../shared/domain/table.ts';

/** What happened under one seed. */
export interface Report {
  readonly seed: number;
  readonly story: readonly string[];
  readonly steps: number;
  /** Everything that is not as it was promised; empty when all is well. */
  readonly broken: readonly string[];
  readonly world: World;
}

type Request = Parameters<World['request']>[0];

/** What a plot writes its part of the story with. */
interface Stage {
  readonly world: World;
  readonly random: Random;
  /** Lets something happen after so many milliseconds, and tells of it. */
  readonly later: (what: string, ms: number, act: () => Promise<unknown>) => void;
  /** Somewhere in the time a backfill takes, sometimes long after. */
  readonly soon: () => number;
  readonly ask: (request: Request) => Promise<void>;
  /** The first backfill that was asked for. */
  readonly main: () => string;
  /** Asks again for what has failed of the newest backfill, if it has ended. */
  readonly retry: () => Promise<void>;
  /** What the source of one table holds from now on. */
  readonly publish: (table: string, apply: (sources: Sources) => Sources) => Promise<void>;
  /** Says that the range is not expected to be complete and right by itself. */
  readonly leaveOpen: () => void;
}

const WHOLE: Request = { season: SEASON };

const plots: Readonly<Record<string, (stage: Stage) => void>> = {
  'nothing but faults': ({ later, ask, random }) => {
    later('the season is asked for', 0, () => ask({ ...WHOLE, maxInFlight: random.between(1, 6) }));
  },

  'overlapping ranges': ({ later, ask, soon, random }) => {
    const cut = random.between(1, DATES.length - 2);
    later('the later part is asked for', 0, () =>
      ask({ startDate: DATES[cut] ?? '', endDate: DATES.at(-1) ?? '' }),
    );
    later('and the whole season', soon(), () => ask(WHOLE));
  },

  'the same request twice': ({ later, ask, soon }) => {
    later('the season is asked for', 0, () => ask({ ...WHOLE, requestId: 'the-same' }));
    later('the same request again', soon(), () => ask({ ...WHOLE, requestId: 'the-same' }));
  },

  'two people at once': ({ later, ask, soon, random }) => {
    const force = random.chance(0.5);
    later('the season is asked for', 0, () => ask(WHOLE));
    later(`another person asks for the same${force ? ', with force' : ''}`, soon(), () =>
      ask({ ...WHOLE, force }),
    );
  },

  'pause and resume': ({ world, later, ask, soon, main }) => {
    later('the season is asked for', 0, () => ask(WHOLE));
    later('pause', soon(), () => world.pause(main()));
    for (const ms of [250_000 + soon(), 600_000]) later('resume', ms, () => world.resume(main()));
  },

  cancel: ({ world, later, ask, soon, main, leaveOpen }) => {
    leaveOpen();
    later('the season is asked for', 0, () => ask(WHOLE));
    later('cancel', soon(), () => world.cancel(main()));
  },

  're-import': (stage) => {
    const { later, ask, soon } = stage;
    later('the season is asked for', 0, () => ask(WHOLE));
    for (const { what, apply, table } of correctionsFor(stage)) {
      const mark = stage.random.chance(0.4);
      if (mark) stage.leaveOpen();
      later(`re-import with ${what}${mark ? ', marking only' : ''}`, soon(), async () => {
        await stage.publish(table, apply);
        await ask({
          ...WHOLE,
          from: 'phase2',
          through: mark ? 'phase2' : 'phase4',
          tables: [table],
          restate: mark ? 'mark' : 'auto',
        });
      });
    }
  },

  'live news': (stage) => {
    const { later, ask, soon } = stage;
    later('the season is asked for', 0, () => ask(WHOLE));
    for (const { what, apply, table, date } of correctionsFor(stage)) {
      later(`live news of ${what}`, soon(), async () => {
        await stage.publish(table, apply);
        await arrive(stage, table, date);
      });
    }
  },

  'corrections while owners stall': (stage) => {
    const { later, ask, soon } = stage;
    later('the season is asked for', 0, () => ask(WHOLE));
    for (const { what, apply, table, date } of [...correctionsFor(stage), ...correctionsFor(stage)]) {
      later(`live news of ${what}`, soon(), async () => {
        await stage.publish(table, apply);
        await arrive(stage, table, date);
      });
    }
  },

  'a query that fails': ({ world, later, ask, random, leaveOpen }) => {
    leaveOpen();
    const table = COMPUTED_TABLES[random.below(COMPUTED_TABLES.length)] ?? '';
    const date = PHASE3_DATES[random.below(PHASE3_DATES.length)] ?? LAST_DATE;
    world.warehouse.refuse(table, date, 'the query fails');
    later(`the season is asked for; the query of ${table} fails for ${date}`, 0, () => ask(WHOLE));
  },

  'retries while things fail': ({ world, later, ask, retry, soon, random, leaveOpen }) => {
    leaveOpen();
    const table = COMPUTED_TABLES[random.below(COMPUTED_TABLES.length)] ?? '';
    const date = PHASE3_DATES[random.below(PHASE3_DATES.length)] ?? LAST_DATE;
    world.warehouse.refuse(table, date, 'the query fails');
    later(`the season is asked for; the query of ${table} fails for ${date}`, 0, () => ask(WHOLE));
    for (const ms of [soon(), soon(), 250_000 + soon(), 900_000 + soon()]) later('a retry', ms, retry);
    if (random.chance(0.7)) {
      later('the query is mended', soon(), () =>
        Promise.resolve(world.warehouse.refuse(table, date, undefined)),
      );
    }
  },

  'rows that vanish': ({ world, later, ask, soon, random, leaveOpen }) => {
    leaveOpen();
    const table = ['nbac_game_results', 'nbac_player_boxscores', 'team_offense'][random.below(3)] ?? '';
    const date = PHASE3_DATES[random.below(PHASE3_DATES.length)] ?? LAST_DATE;
    later('the season is asked for', 0, () => ask(WHOLE));
    later(`rows of ${table} for ${date} vanish`, soon(), () =>
      Promise.resolve(world.warehouse.truncate(table, date, 0)),
    );
  },

  'the last games are played': (stage) => {
    const { later, ask, soon } = stage;
    later('the season is asked for', 0, () => ask(WHOLE));
    for (const table of ['nbac_game_results', 'nbac_player_boxscores']) {
      later(`${table} of ${LAST_DATE} arrive`, soon(), async () => {
        await stage.publish(table, () => FIRST_SOURCES);
        await arrive(stage, table, LAST_DATE);
      });
    }
  },

  'nothing is loaded yet': ({ later, ask, soon, leaveOpen }) => {
    leaveOpen();
    later('the season is asked for', 0, () => ask(WHOLE));
    later('the schedule and the results are asked for', 0, () =>
      ask({ ...WHOLE, from: 'phase2', through: 'phase2', tables: ['nbac_schedule', 'nbac_game_results'] }),
    );
    later('all raw tables are asked for', soon(), () => ask({ ...WHOLE, from: 'phase2', through: 'phase2' }));
    later('everything is asked for', soon(), () => ask({ ...WHOLE, from: 'phase2' }));
  },
};

/** Loads archived rows of one date live, as soon as nobody else is loading them. */
async function arrive({ world }: Stage, table: string, date: GameDate): Promise<void> {
  if (!(await world.ingest(table, date))) world.later(5000, () => arrive({ world } as Stage, table, date));
}

interface Correction {
  readonly what: string;
  readonly table: string;
  readonly date: GameDate;
  readonly apply: (sources: Sources) => Sources;
}

const [D0, D1, , D3, D4, D5] = PHASE3_DATES as unknown as [
  GameDate,
  GameDate,
  GameDate,
  GameDate,
  GameDate,
  GameDate,
];
const BOXES = 'nbac_player_boxscores';

/** A correction of one date of a table, and of one team of it where it is named. */
function correction(
  what: string,
  table: string,
  date: GameDate,
  change: (row: Row) => Row,
  only?: string,
): Correction {
  return {
    what: `${what} on ${date}`,
    table,
    date,
    apply: (sources) => withChange(sources, table, date, change, only),
  };
}

const CORRECTIONS: readonly Correction[] = [
  correction('other points of all teams', BOXES, D1, withMorePoints),
  correction('other points of ATL', BOXES, D3, withMorePoints, 'ATL'),
  correction('another note', BOXES, D0, withNote),
  correction('another line', 'odds_api_game_lines', D4, (row) => ({ ...row, line: Number(row['line']) + 1 })),
  correction('another score', 'nbac_game_results', D5, (row) => ({ ...row, home_points: 1 })),
];

/** One correction, sometimes followed by the news that it was wrong. */
function correctionsFor({ random }: Stage): Correction[] {
  const first = CORRECTIONS[random.below(CORRECTIONS.length)];
  if (first === undefined) return [];
  const { what, table, date } = first;
  const asItWas = (FIRST_SOURCES[table] ?? []).filter((row) => row['game_date'] === date);
  const back: Correction = {
    what: `what was there before, instead of ${what}`,
    table,
    date,
    apply: (sources) => ({
      ...sources,
      [table]: [...(sources[table] ?? []).filter((row) => row['game_date'] !== date), ...asItWas],
    }),
  };
  return random.chance(0.2) ? [first, back] : [first];
}

function faultsOf(random: Random, name: string): Faults {
  const harsh = random.chance(0.5);
  const often = (probability: number): number => (random.chance(0.7) ? probability * (harsh ? 3 : 1) : 0);
  const from = random.below(5000);
  return {
    ...NO_FAULTS,
    steps: random.between(500, 6000),
    pause: 0.3,
    longPause: random.chance(0.5) ? 0.004 : 0,
    stall: name === 'corrections while owners stall' ? 0.15 : random.chance(0.3) ? 0.03 : 0,
    crash: often(0.002),
    crashWorker: often(0.001),
    unavailable: often(0.002),
    warehouse: often(0.01),
    // Long enough for messages to use up their tries.
    outage: random.chance(0.15) ? [from, from + random.between(1000, 400_000)] : [0, 0],
    duplicate: often(0.1),
    delay: often(0.1),
    loseAck: often(0.03),
  };
}

/**
 * Runs one seed to the end.
 * @param codeOf the version of the code that handles each delivery; that of the product unless it is given
 */
export async function simulate(seed: number, codeOf?: WorldOptions['codeOf']): Promise<Report> {
  const random = makeRandom('scenario', seed);
  const names = Object.keys(plots);
  const name = names[random.below(names.length)] ?? 'nothing but faults';
  const base = await (name === 'the last games are played'
    ? importedBeforeLastDate()
    : name === 'nothing is loaded yet'
      ? archivedWorld()
      : importedWorld());
  const [loaded, computed] = [random.between(2, 9), random.between(1, 5)];
  const world = makeWorld({
    seed,
    registry: toyRegistry(SIMULATED_DEFINITIONS),
    ...(codeOf === undefined ? {} : { codeOf }),
    from: base,
    faults: faultsOf(random, name),
    workers: random.between(1, 3),
    policy: {
      batchSize: ({ definition }) => (isRaw(definition) ? loaded : computed),
      maxInFlight: random.between(1, 4),
      leaseSeconds: random.between(20, 120),
    },
  });
  const story: string[] = [name];
  const backfills: string[] = [];
  let sources = FIRST_SOURCES;
  let isOpen = false;
  const stage: Stage = {
    world,
    random,
    soon: () => (random.chance(0.8) ? random.below(6000) : random.below(200_000)),
    later: (what, ms, act) => {
      story.push(`${ms} ms: ${what}`);
      world.later(ms, act);
    },
    ask: async (request) => void backfills.push(await world.request(request)),
    main: () => backfills[0] ?? '',
    retry: async () => {
      const again = await world.retry(backfills.at(-1) ?? '');
      if (again !== undefined) backfills.push(again);
    },
    publish: async (table, apply) => {
      sources = { ...sources, [table]: apply(sources)[table] ?? [] };
      await world.archiveRows({ [table]: sources[table] ?? [] });
    },
    leaveOpen: () => {
      isOpen = true;
    },
  };
  plots[name]?.(stage);
  const other =
    random.chance(0.3) && base === (await importedWorld())
      ? (['re-import', 'live news'] as const)[random.below(2)]
      : undefined;
  if (other !== undefined && name !== other) {
    story.push(`and ${other}`);
    plots[other]?.(stage);
  }

  const broken: string[] = [];
  await world.settle();
  const hasLostRows = name === 'rows that vanish';
  if (!hasLostRows) broken.push(...(await brokenPromises(world)).map((promise) => `at rest: ${promise}`));
  const clean = await cleanWorld(sources, world.registry);
  const ended = await Promise.all(backfills.map((id) => world.backfill(id)));
  const isComplete =
    !isOpen &&
    (await world.store.count('dead_letters')) === 0 &&
    ended.every((backfill) => backfill?.state === 'done');
  const isComputed = (partition: string): boolean => !RAW_TABLES.includes(partition.split('@')[0] ?? '');
  if (isComplete) broken.push(...differences(world, clean, isComputed).map((what) => `done, but ${what}`));
  broken.push(...(await repairAndCompare(world, clean, name === 'nothing is loaded yet')));
  return { seed, story, steps: world.steps(), broken, world };
}

/** Whatever failed is repaired, everything is asked for once more, and then the world is the clean one; and asking again does nothing. */
async function repairAndCompare(world: World, clean: World, isFromNothing: boolean): Promise<string[]> {
  const broken: string[] = [];
  const everything: Request = { season: SEASON, from: 'phase2', through: 'phase4' };
  world.calm();
  for (const { name: table } of SIMULATED_DEFINITIONS)
    for (const date of DATES) world.warehouse.refuse(table, date, undefined);
  await world.publish('nba-sweep', '{"reconcile":true}');
  await world.settle();
  const last = await world.request(everything);
  await world.settle();
  const verdict = await world.backfill(last);
  if (verdict?.state !== 'done') broken.push(`the last request ended ${verdict?.state}: ${verdict?.verdict}`);
  broken.push(...(await brokenPromises(world)).map((promise) => `at the end: ${promise}`));
  // What is known before the games may have been built before it was known that the date has no source.
  const compared = (partition: string): boolean => !isFromNothing || !partition.endsWith(UNSOURCED_DATE);
  broken.push(...differences(world, clean, compared).map((what) => `at the end ${what}`));
  const runs = await world.store.count('runs');
  const again = await world.request(everything);
  await world.settle();
  const more = (await world.store.count('runs')) - runs;
  if (more > 0 || (await world.backfill(again))?.state !== 'done')
    broken.push(`the same request again made ${more} runs`);
  return broken;
}

/** How a world differs from the clean one, partition by partition. */
export function differences(world: World, clean: World, only: (partition: string) => boolean): string[] {
  const different: string[] = [];
  const [held, expected] = [contentsOf(world), contentsOf(clean)];
  for (const name of new Set([...Object.keys(held), ...Object.keys(expected)])) {
    if (only(name) && held[name] !== expected[name])
      different.push(`the rows of ${name} are not those of a clean run`);
  }
  const hasLostRows = [...partitionsOf(world).values()].some(({ reopened }) => reopened > 0);
  const [said, should] = [
    comparableStates(world, only, hasLostRows),
    comparableStates(clean, only, hasLostRows),
  ];
  for (const name of new Set([...Object.keys(said), ...Object.keys(should)])) {
    const [a, b] = [JSON.stringify(said[name]), JSON.stringify(should[name])];
    if (a !== b) different.push(`the document of ${name} is not that of a clean run: ${a} instead of ${b}`);
  }
  return different;
}
