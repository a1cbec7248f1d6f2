/** A lost store of a deployment is noticed by little looks, and a store that does not answer is not taken for lost. */
import { beforeEach, describe, expect, it } from 'vitest';
import { lostStores } from '../../functions/control/lost-stores.ts';
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { permanent, transient } from '../../shared/domain/failure.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { updateStates } from '../../shared/state/completions.ts';
import { DATES } from '../support/toy-league.ts';
import { builtWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const NOT_TOLD = transient('warehouse_unavailable', 'no answer');

let world: World;
beforeEach(async () => {
  world = makeWorld({ from: await builtWorld() });
  // The worlds of tests archive rows without the import that writes the journal.
  await world.archive.write('journal/2024-06-01.json', new Uint8Array());
});

const look = ({
  beginsEmpty = false,
  ...lost
}: { beginsEmpty?: boolean } & Partial<Parameters<typeof lostStores>[0]> = {}) =>
  lostStores(
    {
      store: world.store,
      archive: world.archive,
      registry: world.registry,
      warehouse: world.warehouse,
      clock: world.now,
      ...lost,
    },
    beginsEmpty,
  );
const emptied = (only: (table: string) => boolean): Pick<Warehouse, 'rowCounts'> => ({
  rowCounts: async (ranges) => {
    const found = await world.warehouse.rowCounts(ranges);
    return found.ok
      ? {
          ok: true,
          value: found.value.map((counts, i) =>
            only(ranges[i]?.table.definition.name ?? '') ? new Map() : counts,
          ),
        }
      : found;
  },
});
const failing = (failure: ReturnType<typeof transient>): Pick<Warehouse, 'rowCounts'> => ({
  rowCounts: () => Promise.resolve(failure),
});
const LOST = (store: string) => [{ store, what: 'lost' }];

describe('the stores of a deployment', () => {
  it('are whole when each has what the others tell of', async () => {
    expect(await look()).toEqual([]);
    expect(await look({ beginsEmpty: true })).toEqual([]);
  });

  it('are whole before anything is loaded', async () => {
    const nothing = { store: memoryStore(), archive: memoryArchive(), warehouse: emptied(() => true) };
    expect(await look(nothing)).toEqual([]);
    expect(await look({ ...nothing, warehouse: failing(permanent('not_found', 'no dataset')) })).toEqual([]);
  });

  it('have lost their documents when the archive tells of imports, unless these begin empty', async () => {
    const lost = { store: memoryStore(), warehouse: emptied(() => true) };
    expect(await look(lost)).toEqual(LOST('documents'));
    expect(await look({ ...lost, beginsEmpty: true })).toEqual([]);
  });

  it('have lost their documents when tables have rows', async () => {
    const lost = { store: memoryStore(), archive: memoryArchive() };
    expect(await look(lost)).toEqual(LOST('documents'));
    expect(await look({ ...lost, beginsEmpty: true })).toEqual(LOST('documents'));
  });

  it('have lost the archive when it has neither a journal nor files by date', async () => {
    const archive = memoryArchive();
    expect(await look({ archive })).toEqual(LOST('archive'));
    await archive.write('by-date/of-an-earlier-version', new Uint8Array());
    expect(await look({ archive })).toEqual([]);
  });

  it('have lost their tables when a dataset is gone, or none of its newest dates has rows', async () => {
    expect(await look({ warehouse: failing(permanent('not_found', 'no dataset')) })).toEqual(LOST('tables'));
    for (const lost of ['nba_raw', 'nba_analytics'])
      expect(
        await look({
          warehouse: emptied((table) => world.registry.get(table).definition.dataset === lost),
        }),
        lost,
      ).toEqual(LOST('tables'));
  });

  it('have not lost their tables while one of the newest dates has rows, or a run is under way', async () => {
    const last = DATES.at(-1);
    const warehouse: Pick<Warehouse, 'rowCounts'> = {
      rowCounts: async (ranges) => {
        const found = await world.warehouse.rowCounts(ranges);
        const without = (counts: ReadonlyMap<string, number>) =>
          new Map([...counts].filter(([date]) => date !== last));
        return found.ok ? { ok: true, value: found.value.map(without) } : found;
      },
    } as Pick<Warehouse, 'rowCounts'>;
    expect(await look({ warehouse })).toEqual([]);
    for (const table of world.registry.all)
      await updateStates(world.context.ports, table, DATES, (state) =>
        state.rows > 0 ? { ...state, status: 'requested', runId: 'r1' } : undefined,
      );
    expect(await look({ warehouse: emptied(() => true) })).toEqual([]);
  });

  it('are looked at by one season index of each dataset and one entry of the journal', async () => {
    const read: string[] = [];
    const limits: (number | undefined)[] = [];
    await look({
      store: {
        ...world.store,
        getAll: (paths) => {
          read.push(...paths.filter((path) => path.startsWith('table_seasons/')));
          return world.store.getAll(paths);
        },
      },
      archive: {
        list: (folder, limit) => {
          limits.push(limit);
          return world.archive.list(folder, limit);
        },
      },
    });
    const datasets = new Set(world.registry.all.map(({ definition }) => definition.dataset));
    expect(read).toHaveLength(datasets.size);
    expect(limits).toEqual([1]);
  });

  it('are not lost because they do not answer', async () => {
    expect(await look({ warehouse: failing(NOT_TOLD) })).toEqual([]);
    const list = (): Promise<never> => Promise.reject(new Error('no answer'));
    expect(await look({ archive: { list } })).toEqual([]);
    await expect(look({ archive: { list }, store: memoryStore() })).rejects.toThrow('no answer');
  });
});
