/** What can happen to the toy league, drawn act by act. */
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import type { Random } from '../../shared/domain/seeded-random.ts';
import { defineTable, isComputed, type TableDefinition } from '../../shared/domain/table.ts';
import { DATES, OPENING_NIGHT, withChange, withMorePoints, withNote, type Sources } from './toy-league.ts';
import { COMPUTED_TABLES, RAW_TABLES, toyRegistry, TOY_DEFINITIONS } from './toy-tables.ts';
import { FIRST_SOURCES, LAST_DATE } from './toy-worlds.ts';
import { makeWorld, type World } from './world.ts';

export const WHOLE = { startDate: OPENING_NIGHT, endDate: LAST_DATE };

export interface Story {
  world: World;
  sources: Sources;
  readonly random: Random;
  readonly told: string[];
  readonly backfills: string[];
}

/** Lets a random number of calls pass, so that the question comes while runs are under way. */
export async function runAWhile({ world, random }: Story): Promise<void> {
  const until = world.steps() + random.below(400);
  await world.run(() => world.steps() >= until);
}

export const pick = <T>(random: Random, all: readonly T[]): T => all[random.below(all.length)] as T;

async function archive(story: Story, sources: Sources): Promise<void> {
  const changed = Object.keys(sources).filter((table) => sources[table] !== story.sources[table]);
  story.sources = sources;
  await story.world.archiveRows(Object.fromEntries(changed.map((table) => [table, sources[table] ?? []])));
}

/** What can happen to a world. Each act returns how it is told of. */
export const ACTS_OF = {
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
