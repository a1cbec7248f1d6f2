/** `why` names every cell that is not green, each with the smallest set of causes, and their cures turn it green. */
import { afterAll, describe, expect, it } from 'vitest';
import { completionsOf } from '../../functions/control/status.ts';
import { cellsNotGreen, why } from '../../functions/control/why.ts';
import { causeText, type Cause } from '../../shared/domain/cause.ts';
import { refName, type PartitionRef } from '../../shared/domain/partition.ts';
import { isRaw } from '../../shared/domain/table.ts';
import type { View } from '../../shared/domain/view.ts';
import { whyOf, type CellWhy } from '../../shared/domain/why.ts';
import { knownSeasons, loadView } from '../../shared/state/views.ts';
import { seedsFor } from '../support/seeds.ts';
import { ACTS_OF, pick, runAWhile, type Story } from '../support/stories.ts';
import { DATES, dateOf, OPENING_NIGHT, SEASON } from '../support/toy-league.ts';
import { COMPUTED_TABLES } from '../support/toy-tables.ts';
import { builtWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

/** In this story a cell has several causes, of which each has to be cured by itself, as in one story of seven. */
const SEVERAL_CAUSES = 9;
const SEEDS = seedsFor('model', { small: 6, ci: 16, all: 200 }, [SEVERAL_CAUSES]);
const ACTS = 10;

const viewOf = async (world: World): Promise<View> =>
  loadView(world.context.ports, world.registry, await knownSeasons(world.context.ports));

/** The cells that `status` does not show as whole and current, table by table and date by date. */
async function notGreenByStatus(world: World): Promise<string[]> {
  const { registry } = world;
  const found: string[] = [];
  for (const date of DATES) {
    const documents = await completionsOf({ ...world.context.ports, registry }, date);
    const states = new Map(documents.flatMap(({ tables }) => Object.entries(tables)));
    for (const { definition } of registry.all) {
      const state = states.get(definition.name);
      const isGreen =
        state?.status === 'success' &&
        state.stale === null &&
        (isRaw(definition) || (state.readyRows === state.rows && state.syntheticRows === 0));
      if (!isGreen) found.push(refName({ table: definition.name, date }));
    }
  }
  return found.sort();
}

/** Checks that each cause is a fault of its own: nothing else that is listed has led to it. */
function expectMinimal(explain: (cell: PartitionRef) => CellWhy, cell: CellWhy, story: string): void {
  expect(cell.causes.length, story).toBeGreaterThan(0);
  const names = cell.causes.map(refName);
  expect(new Set(names).size, story).toBe(names.length);
  for (const cause of cell.causes) {
    const own = explain(cause);
    expect([refName(cause), own.status, own.causes.map(refName)], `${refName(cell)}\n${story}`).toEqual([
      refName(cause),
      cause.kind,
      expect.arrayContaining([refName(cause)]),
    ]);
    const isLeftAlone = cause.kind === 'excluded' && cause.cure === null;
    if (isLeftAlone || ['partial', 'not_ready'].includes(cause.kind)) expect(own.causes).toHaveLength(1);
  }
}

/** The request of a cure, such as `fullcourt backfill --dates 2023-11-08 --tables shot_zones --through phase4`. */
function requestOf({ cure }: Cause): Parameters<World['request']>[0] | undefined {
  if (cure?.startsWith('fullcourt backfill ') !== true) return undefined;
  const after = (flag: string): string | undefined => new RegExp(`--${flag} (\\S+)`).exec(cure)?.[1];
  return {
    dates: (after('dates') ?? '').split(','),
    tables: (after('tables') ?? '').split(','),
    through: (after('through') ?? 'phase5') as 'phase5',
    ...(after('from') === undefined ? {} : { from: 'phase2' as const }),
    force: cure.endsWith(' --force'),
  };
}

/** The cell in a copy of a world in which some causes are cured. */
async function cureAll(world: World, causes: readonly Cause[], cell: PartitionRef): Promise<CellWhy> {
  const copy = makeWorld({ from: world, registry: world.registry });
  for (const cause of causes) {
    await copy.request(requestOf(cause) ?? {});
    await copy.settle();
  }
  return whyOf(await viewOf(copy))(cell);
}

/**
 * Whether the request that cures one cause builds another one as well: it is of a date of the request, it is computed and stale,
 * which is what a request restates, or it is not there, which is built first for the cell.
 */
function isCuredWith({ registry }: World, left: Cause, other: Cause): boolean {
  if (left.kind === 'stale' && COMPUTED_TABLES.includes(left.table)) return true;
  if (left.kind === 'missing' || left.kind === 'blocked') return true;
  const { dates, tables } = requestOf(other) ?? {};
  return dates?.includes(left.date) === true && registry.downstreamOf(tables ?? []).has(left.table);
}

describe('why', () => {
  let [asked, cured, several, subsets] = [0, 0, 0, 0];
  afterAll(() => {
    if (SEEDS.length === 1) return;
    // Otherwise the seeds have shown nothing.
    expect(asked).toBeGreaterThan(SEEDS.length * ACTS * 5);
    expect(cured).toBeGreaterThan(SEEDS.length / 2);
    expect([several, subsets].every((n) => n > 0)).toBe(true);
  });

  it.each(SEEDS)('names what status shows as not green, by causes of their own: seed %i', async (seed) => {
    const world = makeWorld({ from: await builtWorld(), seed });
    const story: Story = {
      ...{ world, sources: FIRST_SOURCES, random: world.random },
      ...{ told: [`seed ${seed}`], backfills: [] },
    };
    for (let act = 0; act < ACTS; act++) {
      story.told.push(await pick(story.random, Object.values(ACTS_OF))(story));
      await runAWhile(story);
      const view = await viewOf(story.world);
      const cells = cellsNotGreen(view, DATES);
      const told = story.told.join('\n');
      expect(cells.map(refName).sort(), told).toEqual(await notGreenByStatus(story.world));
      const explain = whyOf(view);
      for (const cell of cells) expectMinimal(explain, cell, told);
      asked += cells.length;
      if (cells.some(({ causes }) => causes.length > 1)) several += 1;
    }
  });

  it.each(SEEDS)('its cures turn a cell green, and all but one of them do not: seed %i', async (seed) => {
    const world = makeWorld({ from: await builtWorld(), seed });
    const { random } = world;
    const story: Story = { world, sources: FIRST_SOURCES, random, told: [`seed ${seed}`], backfills: [] };
    const harms = [
      ACTS_OF.correct,
      ACTS_OF.correct,
      ACTS_OF.refuse,
      ACTS_OF.load,
      ACTS_OF.lose,
      ACTS_OF.deploy,
    ];
    for (let act = 0; act < 3; act++) {
      story.told.push(await pick(random, harms)(story));
      await story.world.request({ season: SEASON, only: 'all', restate: 'auto' });
      await story.world.settle();
    }
    story.told.push(await ACTS_OF.correct(story), await ACTS_OF.load(story));
    await story.world.settle();
    for (const table of COMPUTED_TABLES)
      for (const date of DATES) story.world.warehouse.refuse(table, date, undefined);
    const cells = cellsNotGreen(await viewOf(story.world), DATES).filter(
      ({ status, causes }) =>
        status !== 'excluded' && causes.every((cause) => requestOf(cause) !== undefined),
    );
    if (cells.length === 0) return;
    const cell = pick(random, cells);
    story.told.push(refName(cell), ...cell.causes.map((cause) => causeText(cause)));
    const before = story.world;
    const after = await cureAll(before, cell.causes, cell);
    // A raw partition without rows is left out again when it has been looked for once more.
    const open = after.causes.filter(({ kind }) => kind !== 'excluded').map((cause) => causeText(cause));
    expect(open, story.told.join('\n')).toEqual([]);
    cured += 1;
    const left = pick(random, cell.causes);
    const others = cell.causes.filter((cause) => cause !== left);
    if (others.some((other) => isCuredWith(story.world, left, other))) return;
    const without = await cureAll(before, others, cell);
    expect(without.status, `without ${causeText(left)}\n${story.told.join('\n')}`).not.toBe('green');
    if (others.length > 0) subsets += 1;
  });
});

describe('the causes of a cell', () => {
  const explained = async (world: World, table: string, date: PartitionRef['date']): Promise<CellWhy> =>
    whyOf(await viewOf(world))({ table, date });

  it('are the one failure at the beginning of the chain, whose cure builds the cell', async () => {
    const world = makeWorld({ from: await importedWorld() });
    world.warehouse.refuse('player_summary', dateOf(5), 'no such\ncolumn');
    await world.request({ season: SEASON });
    await world.settle();
    const cell = await explained(world, 'feature_store', dateOf(17));
    expect(cell).toEqual({
      ...{ table: 'feature_store', date: dateOf(17), status: 'blocked' },
      causes: [
        {
          ...{
            kind: 'failed',
            table: 'player_summary',
            date: dateOf(5),
            detail: 'query_refused: no such column',
          },
          cure: `fullcourt backfill --dates ${dateOf(5)},${dateOf(17)} --tables player_summary --through phase4`,
        },
      ],
    });
    const text = cell.causes.map((cause) => causeText(cause));
    expect(text).toEqual([
      `player_summary@${dateOf(5)} has failed: query_refused: no such column; cure it with: ${cell.causes[0]?.cure ?? ''}`,
    ]);
  });

  it('are all that was never asked for, at the beginning of the chain', async () => {
    const world = makeWorld({ from: await importedWorld() });
    expect(
      (await explained(world, 'shot_zones', dateOf(14))).causes.map(({ kind, table }) => [kind, table]),
    ).toEqual(expect.arrayContaining([['missing', 'team_offense']]));
    expect(await explained(world, 'feature_store', OPENING_NIGHT)).toMatchObject({
      status: 'excluded',
      causes: [{ kind: 'excluded', cure: null }],
    });
  });

  it('come with the state of every input over its window, and with what the last run read', async () => {
    const world = makeWorld({ from: await builtWorld() });
    const ports = { ...world.context.ports, registry: world.registry };
    const found = await why(ports, 'daily_cache', dateOf(15));
    expect(found).toMatchObject({
      ...{ status: 'green', causes: [], lastRun: { attempt: 1 } },
      standing: 'up to date: built from exactly these inputs and this code',
    });
    expect(found.inputs).toContainEqual({
      ...{
        table: 'player_summary',
        window: 'season to date',
        required: true,
        dates: 4,
        states: { green: 4 },
      },
    });
    expect((await why(ports, 'nbac_schedule', dateOf(15))).entries).toEqual([
      `nbac_schedule@${dateOf(15)}: nbac_schedule.json (files)`,
    ]);
  });
});
