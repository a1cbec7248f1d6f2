/**
 * What a seed stands for: how often things go wrong, how many workers there are, how large batches are, and what people
 * and sources do while a backfill runs.
 */
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { BackfillDocument } from '../../shared/state/documents.ts';
import { makeRandom, type Random } from '../../shared/simulate/random.ts';
import { brokenPromises, comparableStates, contentsOf, partitionsOf } from '../support/at-rest.ts';
import { DATES, PHASE3_DATES, SEASON, UNSOURCED_DATE, withChange, withMorePoints, withNote, type Sources } from '../support/toy-league.ts';
import { archivedWorld, cleanWorld, FIRST_SOURCES, importedBeforeLastDate, importedWorld, LAST_DATE } from '../support/toy-worlds.ts';
import { COMPUTED_TABLES, RAW_TABLES } from '../support/toy-tables.ts';
import { makeWorld, NO_FAULTS, type Faults, type World } from '../support/world.ts';

/** What happened under one seed. */
export interface Report {
  readonly seed: number;
  readonly story: readonly string[];
  readonly steps: number;
  /** Everything that is not as it was promised; empty when all is well. */
  readonly broken: readonly string[];
  readonly world: World;
}

const first = FIRST_SOURCES;
const LAST = LAST_DATE;
const [D0, D1, , D3, D4, D5] = PHASE3_DATES as unknown as [GameDate, GameDate, GameDate, GameDate, GameDate, GameDate];

/** Corrections a source may publish while the pipeline is at work. */
const CORRECTIONS: readonly { readonly what: string; readonly table: string; readonly date: GameDate; readonly sources: Sources }[] = [
  { what: `points of all teams on ${D1}`, table: 'nbac_player_boxscores', date: D1, sources: withChange(first, 'nbac_player_boxscores', D1, withMorePoints) },
  { what: `points of ATL on ${D3}`, table: 'nbac_player_boxscores', date: D3, sources: withChange(first, 'nbac_player_boxscores', D3, withMorePoints, 'ATL') },
  { what: `a note on ${D0}`, table: 'nbac_player_boxscores', date: D0, sources: withChange(first, 'nbac_player_boxscores', D0, withNote) },
  { what: `a line on ${D4}`, table: 'odds_api_game_lines', date: D4, sources: withChange(first, 'odds_api_game_lines', D4, (row) => ({ ...row, line: 99 })) },
  { what: `the score on ${D5}`, table: 'nbac_game_results', date: D5, sources: withChange(first, 'nbac_game_results', D5, (row) => ({ ...row, home_points: 1 })) },
];

function faultsOf(random: Random): Faults {
  const harsh = random.chance(0.5);
  const often = (probability: number): number => (random.chance(0.7) ? probability * (harsh ? 3 : 1) : 0);
  return {
    ...NO_FAULTS,
    steps: random.between(500, 6000),
    pause: 0.3,
    longPause: random.chance(0.5) ? 0.004 : 0,
    crash: often(0.002),
    crashWorker: often(0.001),
    unavailable: often(0.002),
    warehouse: often(0.01),
    outage: random.chance(0.15) ? outageOf(random) : [0, 0],
    duplicate: often(0.1),
    delay: often(0.1),
    loseAck: often(0.03),
  };
}

/** Long enough for messages to use up their tries. */
function outageOf(random: Random): [number, number] {
  const from = random.below(5000);
  return [from, from + random.between(1000, 400_000)];
}

/** Runs one seed to the end. */
export async function simulate(seed: number): Promise<Report> {
  const random = makeRandom('scenario', seed);
  const plot = random.below(12);
  const base = await (plot === 10 ? importedBeforeLastDate() : plot === 11 ? archivedWorld() : importedWorld());
  const world = makeWorld({
    seed,
    from: base,
    faults: faultsOf(random),
    workers: random.between(1, 3),
    policy: { batchSize: sizes(random), maxInFlight: random.between(1, 4) },
  });
  const story: string[] = [];
  const backfills: string[] = [];
  let sources = first;
  /** Something happened after which the range is not complete by itself. */
  let incomplete = false;
  const soon = (): number => (random.chance(0.8) ? random.below(6000) : random.below(200_000));
  const later = (what: string, ms: number, act: () => Promise<unknown>): void => {
    story.push(`${ms} ms: ${what}`);
    world.later(ms, act);
  };
  const ask = async (request: Parameters<World['request']>[0]): Promise<void> => {
    backfills.push(await world.request(request));
  };

  const whole = { season: SEASON, ...(random.chance(0.3) ? { maxInFlight: random.between(1, 6) } : {}) };
  if (plot === 1) {
    const cut = random.between(1, DATES.length - 2);
    later('the later part is asked for', 0, () => ask({ startDate: DATES[cut] ?? '', endDate: DATES.at(-1) ?? '' }));
    later('and the whole season', soon(), () => ask(whole));
  } else {
    later('the season is asked for', 0, () => ask({ ...whole, requestId: `first-${seed}` }));
  }
  if (plot === 2) later('the same request again', soon(), () => ask({ ...whole, requestId: `first-${seed}` }));
  if (plot === 3) later('another request for the same season', soon(), () => ask({ season: SEASON, force: random.chance(0.5) }));
  if (plot === 4) {
    later('pause', soon(), () => world.steer(backfills[0] ?? '', 'paused'));
    later('resume', 250_000 + soon(), () => world.steer(backfills[0] ?? '', 'running'));
    later('resume', 600_000, () => world.steer(backfills[0] ?? '', 'running'));
  }
  if (plot === 5) {
    incomplete = true;
    later('cancel', soon(), () => world.steer(backfills[0] ?? '', 'cancelled'));
  }
  if (plot === 6 || (plot !== 10 && random.chance(0.15))) {
    const correction = CORRECTIONS[random.below(CORRECTIONS.length)];
    if (correction !== undefined) {
      sources = correction.sources;
      const mark = random.chance(0.4);
      incomplete = incomplete || mark;
      later(`re-import with a change in ${correction.what}${mark ? ', marking only' : ''}`, soon(), async () => {
        await world.archiveRows(correction.sources);
        await ask({ season: SEASON, from: 'phase2', through: mark ? 'phase2' : 'phase4', tables: [correction.table], restate: mark ? 'mark' : 'auto' });
      });
    }
  } else if (plot === 7 || (plot !== 10 && random.chance(0.15))) {
    const correction = CORRECTIONS[random.below(CORRECTIONS.length)];
    if (correction !== undefined) {
      sources = correction.sources;
      const arrive = async (): Promise<void> => {
        if (!(await world.ingest(correction.table, correction.date))) world.later(5000, arrive);
      };
      later(`live news of ${correction.what}`, soon(), async () => {
        await world.archiveRows(correction.sources);
        await arrive();
      });
    }
  }
  if (plot === 8) {
    incomplete = true;
    const table = COMPUTED_TABLES[random.below(COMPUTED_TABLES.length)] ?? '';
    const date = PHASE3_DATES[random.below(PHASE3_DATES.length)] ?? D0;
    world.warehouse.refuse(table, date, 'the query fails');
    story.push(`the query of ${table} fails for ${date}`);
  }
  if (plot === 10) {
    // The last games are played while the backfill is under way: their results and box scores arrive live.
    const arrive = async (table: string): Promise<void> => {
      if (!(await world.ingest(table, LAST))) world.later(5000, () => arrive(table));
    };
    later(`the results of ${LAST} arrive`, soon(), async () => {
      await world.archiveRows(first);
      await arrive('nbac_game_results');
    });
    later(`the box scores of ${LAST} arrive`, soon(), async () => {
      await world.archiveRows(first);
      await arrive('nbac_player_boxscores');
    });
  }
  if (plot === 11) {
    // Nothing is loaded yet: raw tables first, while what needs them is refused or waits.
    incomplete = true;
    later('the schedule and the results are asked for', 0, () =>
      ask({ season: SEASON, from: 'phase2', through: 'phase2', tables: ['nbac_schedule', 'nbac_game_results'] }),
    );
    later('all raw tables are asked for', soon(), () => ask({ season: SEASON, from: 'phase2', through: 'phase2' }));
    later('everything is asked for', soon(), () => ask({ season: SEASON, from: 'phase2', through: 'phase4' }));
  }
  if (plot === 9) {
    // A date is taken out of the warehouse behind the pipeline's back.
    incomplete = true;
    const table = [...RAW_TABLES.slice(1, 3), 'team_offense'][random.below(3)] ?? '';
    const date = PHASE3_DATES[random.below(PHASE3_DATES.length)] ?? D0;
    later(`rows of ${table} for ${date} vanish`, soon(), () => Promise.resolve(world.warehouse.truncate(table, date, 0)));
  }

  const broken: string[] = [];
  await world.settle();
  if (plot !== 9) broken.push(...(await brokenPromises(world)).map((promise) => `at rest: ${promise}`));
  const ended = await Promise.all(backfills.map((id) => world.backfill(id)));
  const letters = await world.store.count('dead_letters');
  const isComplete = !incomplete && letters === 0 && ended.every((backfill) => backfill?.state === 'done');
  const clean = await cleanWorld(sources);
  // What is known before the games may have been built before it was known that the date has no source.
  const compared = (name: string): boolean => plot !== 11 || !name.endsWith(UNSOURCED_DATE);
  if (isComplete) {
    broken.push(...differences(world, clean, (name) => COMPUTED_TABLES.some((table) => name.startsWith(`${table}@`))).map((what) => `done, but ${what}`));
  }

  world.calm();
  // Whatever failed is repaired, and everything is asked for once more.
  for (const table of COMPUTED_TABLES) for (const date of DATES) world.warehouse.refuse(table, date, undefined);
  await world.publish('nba-sweep', '{"reconcile":true}');
  await world.settle();
  const last = await world.request({ season: SEASON, from: 'phase2', through: 'phase4' });
  await world.settle();
  const verdict = await world.backfill(last);
  if (verdict?.state !== 'done') broken.push(`the last request ended ${verdict?.state}: ${verdict?.verdict}`);
  broken.push(...(await brokenPromises(world)).map((promise) => `at the end: ${promise}`));
  broken.push(...differences(world, clean, compared).map((what) => `at the end ${what}`));
  const again = await world.request({ season: SEASON, from: 'phase2', through: 'phase4' });
  const runs = await world.store.count('runs');
  await world.settle();
  const more = (await world.store.count('runs')) - runs;
  if (more > 0 || (await world.backfill(again))?.state !== 'done') broken.push(`the same request again made ${more} runs`);
  return { seed, story, steps: world.steps(), broken, world };
}

function sizes(random: Random): (table: { definition: { kind: string } }) => number {
  const [loaded, computed] = [random.between(2, 9), random.between(1, 5)];
  return ({ definition }) => (definition.kind === 'loaded' ? loaded : computed);
}

/** How a world differs from the clean one, partition by partition. */
export function differences(world: World, clean: World, only: (name: string) => boolean): string[] {
  const different: string[] = [];
  const [held, expected] = [contentsOf(world), contentsOf(clean)];
  for (const name of new Set([...Object.keys(held), ...Object.keys(expected)])) {
    if (only(name) && held[name] !== expected[name]) different.push(`the rows of ${name} are not those of a clean run`);
  }
  const vanished = [...partitionsOf(world).values()].some(({ reopened }) => reopened > 0);
  const [said, should] = [comparableStates(world, only, vanished), comparableStates(clean, only, vanished)];
  for (const name of new Set([...Object.keys(said), ...Object.keys(should)])) {
    const [a, b] = [JSON.stringify(said[name]), JSON.stringify(should[name])];
    if (a !== b) different.push(`the document of ${name} is not that of a clean run: ${a} instead of ${b}`);
  }
  return different;
}

export function isFinished(backfill: BackfillDocument | undefined): boolean {
  return backfill?.finishedAt !== null;
}
