/** `status`, `why`, `coverage` and `--only stale` name the same partitions, whatever has happened and whenever one asks. */
import { afterAll, describe, expect, it } from 'vitest';
import { coverageDocument } from '../../functions/control/coverage.ts';
import { planRequest } from '../../functions/control/plan.ts';
import { completionsOf } from '../../functions/control/status.ts';
import { why } from '../../functions/control/why.ts';
import { refName } from '../../shared/domain/partition.ts';
import { partitionsOf as partitionsOfBatches } from '../../shared/domain/plan.ts';
import { contentsOf } from '../support/at-rest.ts';
import { DATES } from '../support/toy-league.ts';
import { seedsFor } from '../support/seeds.ts';
import { ACTS_OF, pick, runAWhile, WHOLE, type Story } from '../support/stories.ts';
import { builtWorld, cleanWorld, FIRST_SOURCES } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const SEEDS = seedsFor('model', { small: 6, ci: 16, all: 200 });
const ACTS = 12;

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
      const { state } = await why(ports, table, date);
      if (state?.stale != null) reasons.push(refName({ table, date }));
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
