/** `status`, `status --why`, `coverage` and `--only stale` name the same partitions, whatever has happened and whenever one asks. */
import { afterAll, describe, expect, it } from 'vitest';
import { coverageDocument } from '../../functions/control/coverage.ts';
import { planRequest } from '../../functions/control/plan.ts';
import { completionsOf } from '../../functions/control/status.ts';
import { why } from '../../functions/control/why.ts';
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { refName } from '../../shared/domain/partition.ts';
import { partitionsOf as partitionsOfBatches } from '../../shared/domain/plan.ts';
import type { Random } from '../../shared/domain/seeded-random.ts';
import { defineTable, isComputed, type TableDefinition } from '../../shared/domain/table.ts';
import { contentsOf } from '../support/at-rest.ts';
import {
  DATES,
  OPENING_NIGHT,
  withChange,
  withMorePoints,
  withNote,
  type Sources,
} from '../support/toy-league.ts';
import { seedsFor } from '../support/seeds.ts';
import { COMPUTED_TABLES, RAW_TABLES, toyRegistry, TOY_DEFINITIONS } from '../support/toy-tables.ts';
import { builtWorld, cleanWorld, FIRST_SOURCES, LAST_DATE } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const SEEDS = seedsFor('model', { small: 6, ci: 16, all: 200 });
const ACTS = 12;
const WHOLE = { startDate: OPENING_NIGHT, endDate: LAST_DATE };

/** The partitions that each answer names as stale. */
async function answersOf(world: World): Promise<Record<'status' | 'why' | 'coverage' | 'plan', string[]>> {
  const { registry, policy } = world;
  const { store, clock } = world.context.ports;
  const ports = { store, clock, registry };
  const [status, reasons, coverage]: [string[], string[], string[]] = [[], [], []];
  for (const date of DATES) {
    for (const { tables } of await completionsOf(ports, date))
      for (const [table, { stale }] of Object.entries(tables))
        if (stale !== null) status.push(refName({ table, date }));
    for (const table of registry.all.map(({ definition }) => definition.name)) {
      const { explanation } = await why(ports, table, date);
      if (explanation.startsWith('stale')) reasons.push(refName({ table, date }));
    }
    const { document } = await coverageDocument(ports, date, date);
    for (const { table, stale } of document.tables) if (stale > 0) coverage.push(refName({ table, date }));
  }
  const { plan } = await planRequest({ ...ports, policy }, { ...WHOLE, only: 'stale' });
  const first = new Set(plan.builtFirst.map(refName));
  const planned = partitionsOfBatches(plan.batches)
    .map(refName)
    .filter((name) => !first.has(name));
  return { status: status.sort(), why: reasons.sort(), coverage: coverage.sort(), plan: planned.sort() };
}

/** @returns the stale partitions, after it was checked that every answer names the same ones */
async function agreed(world: World, told: readonly string[]): Promise<string[]> {
  const { status, why: reasons, coverage, plan } = await answersOf(world);
  const story = told.join('\n');
  expect(reasons, story).toEqual(status);
  expect(plan, story).toEqual(status);
  expect(coverage, story).toEqual(status);
  return status;
}

interface Story {
  world: World;
  sources: Sources;
  readonly random: Random;
  readonly told: string[];
  readonly backfills: string[];
}

/** Lets a random number of calls pass, so that the question comes while runs are under way. */
async function runAWhile({ world, random }: Story): Promise<void> {
  const until = world.steps() + random.below(400);
  await world.run(() => world.steps() >= until);
}

const pick = <T>(random: Random, all: readonly T[]): T => all[random.below(all.length)] as T;

async function archive(story: Story, sources: Sources): Promise<void> {
  const changed = Object.keys(sources).filter((table) => sources[table] !== story.sources[table]);
  story.sources = sources;
  await story.world.archiveRows(Object.fromEntries(changed.map((table) => [table, sources[table] ?? []])));
}

/** What can happen to a world. Each act returns how it is told of. */
const ACTS_OF = {
  correct: async (story) => {
    const [table, date] = [pick(story.random, RAW_TABLES), pick(story.random, DATES)];
    const change = pick(story.random, [withMorePoints, withNote]);
    await archive(story, withChange(story.sources, table, date, change));
    return `${table}@${date} is corrected`;
  },
  undo: async (story) => {
    await archive(story, FIRST_SOURCES);
    return 'every correction is taken back';
  },
  load: async (story) => {
    const tables = [pick(story.random, RAW_TABLES)];
    const dates = story.random.chance(0.5) ? DATES : [pick(story.random, DATES)];
    const request = { dates, from: 'phase2', through: 'phase2', tables, restate: 'mark' } as const;
    story.backfills.push(await story.world.request(request));
    return `${tables.join()} is loaded for ${dates.length} dates`;
  },
  build: async (story) => {
    const { random } = story;
    const start = random.below(DATES.length);
    const request = {
      startDate: DATES[start] ?? '',
      endDate: DATES[random.between(start, DATES.length - 1)] ?? '',
      only: pick(random, ['all', 'stale', 'missing', 'failed'] as const),
      restate: pick(random, ['auto', 'mark', 'none'] as const),
      through: pick(random, ['phase3', 'phase4'] as const),
      force: random.chance(0.3),
    };
    story.backfills.push(await story.world.request(request));
    return `a backfill ${JSON.stringify(request)}`;
  },
  pause: async (story) => {
    const id = story.backfills.at(-1);
    if (id !== undefined) await story.world.pause(id);
    return `${id} is paused`;
  },
  resume: async (story) => {
    const id = story.backfills.at(-1);
    if (id !== undefined) await story.world.resume(id);
    return `${id} is resumed`;
  },
  live: async (story) => {
    const [table, date] = [pick(story.random, RAW_TABLES), pick(story.random, DATES)];
    await story.world.ingest(table, date);
    return `${table}@${date} is loaded live`;
  },
  refuse: async (story) => {
    const [table, date] = [pick(story.random, COMPUTED_TABLES), pick(story.random, DATES)];
    story.world.warehouse.refuse(table, date, 'a query that fails');
    return `${table}@${date} fails from now on`;
  },
  lose: async (story) => {
    const [table, date] = [pick(story.random, COMPUTED_TABLES), pick(story.random, DATES)];
    story.world.warehouse.truncate(table, date, 0);
    await story.world.publish(SWEEP_TOPIC, { reconcile: true });
    return `the warehouse loses ${table}@${date}`;
  },
  deploy: async (story) => {
    const changed = pick(story.random, COMPUTED_TABLES);
    const to = makeWorld({
      from: story.world,
      registry: toyRegistry(TOY_DEFINITIONS.map(otherCode(changed))),
    });
    story.world = to;
    return `${changed} has other code`;
  },
  rest: async (story) => {
    await story.world.settle();
    return 'the world comes to rest';
  },
} satisfies Readonly<Record<string, (story: Story) => Promise<string>>>;

function otherCode(changed: string): (definition: TableDefinition) => TableDefinition {
  return (definition) =>
    definition.name === changed && isComputed(definition)
      ? defineTable({ ...definition, calculationVersion: 'toy.2' })
      : definition;
}

describe('what is stale', () => {
  let [asked, found, moved] = [0, 0, 0];
  afterAll(() => {
    if (SEEDS.length === 1) return;
    // Otherwise the seeds have shown nothing.
    expect(asked).toBe(SEEDS.length * ACTS);
    expect(found).toBeGreaterThan(asked / 4);
    expect(moved).toBeGreaterThan(asked / 20);
  });

  it.each(SEEDS)(
    'is the same for status, why, coverage and plan after every act of seed %i',
    async (seed) => {
      const first = makeWorld({ from: await builtWorld(), seed });
      const story: Story = {
        world: first,
        sources: FIRST_SOURCES,
        random: first.random,
        told: [`seed ${seed}`],
        backfills: [],
      };
      let before: readonly string[] = [];
      for (let act = 0; act < ACTS; act++) {
        story.told.push(await pick(story.random, Object.values(ACTS_OF))(story));
        await runAWhile(story);
        const stale = await agreed(story.world, story.told);
        asked += 1;
        if (stale.length > 0) found += 1;
        if (stale.join() !== before.join()) moved += 1;
        before = stale;
      }
    },
  );

  it.each(SEEDS)(
    'is built by a request for exactly that, and then nothing is stale: seed %i',
    async (seed) => {
      const world = makeWorld({ from: await builtWorld(), seed });
      const { random } = world;
      const story: Story = { world, sources: FIRST_SOURCES, random, told: [`seed ${seed}`], backfills: [] };
      for (let act = 0; act < 4; act++) {
        story.told.push(await ACTS_OF.correct(story));
        if (random.chance(0.5)) story.told.push(await ACTS_OF.load(story));
        await world.settle();
      }
      const stale = await agreed(world, story.told);
      const before = contentsOf(world);
      await world.request({ ...WHOLE, from: 'phase2', only: 'stale', restate: 'none' });
      await world.settle();

      expect(await agreed(world, story.told), story.told.join('\n')).toEqual([]);
      const after = contentsOf(world);
      expect(after).toEqual(contentsOf(await cleanWorld(story.sources)));
      const rebuilt = Object.keys(after).filter((name) => after[name] !== before[name]);
      expect(stale).toEqual(expect.arrayContaining(rebuilt));
    },
  );

  it('is nothing in a world that was built once', async () => {
    expect(await agreed(makeWorld({ from: await builtWorld() }), [])).toEqual([]);
  });
});
