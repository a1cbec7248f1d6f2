/** How often one message asks the store: what is known is read once, and again only after the handler itself has changed it. */
import { describe, expect, it } from 'vitest';
import { isLastGames } from '../../shared/domain/table.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { PHASE3_DATES, SEASON, withChange, withMorePoints } from '../support/toy-league.ts';
import { FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

/** Reads outside of transactions, by what they are of. */
interface Reads {
  readonly calendars: number;
  readonly seasonIndexes: number;
  readonly gameHashes: number;
  readonly backfills: number;
  readonly plans: number;
  readonly calls: number;
}

async function readsOf(world: World, topic: string): Promise<Reads> {
  const reads = { calendars: 0, seasonIndexes: 0, gameHashes: 0, backfills: 0, plans: 0, calls: 0 };
  const note = (paths: readonly string[]): void => {
    const is = (pattern: RegExp): number => (paths.some((path) => pattern.test(path)) ? 1 : 0);
    reads.calls += 1;
    reads.calendars += is(/^calendars\//);
    reads.seasonIndexes += is(/^table_seasons\//);
    reads.gameHashes += is(/^game_hashes\//);
    reads.backfills += is(/^backfills\/[^/]+$/);
    reads.plans += is(/\/plans\//);
  };
  const store: StateStore = {
    ...world.store,
    get: (path) => {
      note([path]);
      return world.store.get(path);
    },
    getAll: (paths) => {
      note(paths);
      return world.store.getAll(paths);
    },
    list: (...query) => {
      reads.calls += 1;
      return world.store.list(...query);
    },
  };
  expect(await world.handle(topic, { store })).toEqual({ kind: 'ack' });
  return reads;
}

/** Live news: other points in the box scores of one date. */
async function correctOneDate(world: World): Promise<void> {
  const [date] = PHASE3_DATES.slice(3);
  if (date === undefined) throw new Error('the toy league has no such date');
  const table = 'nbac_player_boxscores';
  const changed = withChange(FIRST_SOURCES, table, date, withMorePoints);
  await world.archiveRows({ [table]: changed[table] ?? [] });
  await world.ingest(table, date);
}

describe('a completion', () => {
  it('of a batch of a backfill reads the season, the backfill and its plan once', async () => {
    const world = makeWorld({ from: await importedWorld() });
    await world.request({ season: SEASON, from: 'phase3', through: 'phase4' });
    await world.handle('nba-backfill-request');
    const hashTables = world.registry.all.filter(({ definition }) =>
      world.registry.readersOf(definition.name).some(({ input }) => isLastGames(input.window)),
    ).length;

    for (let batch = 0; batch < 5; batch++) {
      expect(await world.handle('nba-phase3-backfill')).toEqual({ kind: 'ack' });
      const reads = await readsOf(world, 'nba-phase3-complete');
      // Listed with those that are active, a backfill is not read again by itself.
      expect(reads).toMatchObject({ calendars: 1, seasonIndexes: 1, backfills: 0, plans: 1 });
      expect(reads.gameHashes).toBeLessThanOrEqual(hashTables);
      expect(reads.calls).toBeLessThanOrEqual(11 + hashTables);
    }
  });

  it('that ends a backfill reads the season again: the end is decided from what is stored then', async () => {
    const world = makeWorld({ from: await importedWorld() });
    const id = await world.request({
      season: SEASON,
      from: 'phase3',
      through: 'phase3',
      tables: ['team_offense'],
    });
    await world.handle('nba-backfill-request');
    for (let isDone = false; !isDone;) {
      expect(await world.handle('nba-phase3-backfill')).toEqual({ kind: 'ack' });
      const reads = await readsOf(world, 'nba-phase3-complete');
      isDone = (await world.backfill(id))?.state === 'done';
      // The third reading is for the validation: dates that have just been left out are in no earlier view.
      const times = isDone ? 3 : 1;
      expect(reads).toMatchObject({ calendars: times, seasonIndexes: times });
    }
  });

  it('of live work reads the season again for a backfill, when it has asked for runs itself', async () => {
    const world = makeWorld({ from: await importedWorld() });
    await world.request({ season: SEASON, from: 'phase3', through: 'phase4' });
    await world.handle('nba-backfill-request');
    await correctOneDate(world);
    await world.handle('nba-phase2-run');
    expect(await readsOf(world, 'nba-phase2-complete')).toMatchObject({
      calendars: 2,
      seasonIndexes: 2,
      plans: 1,
    });
  });

  it('of live work reads the season once', async () => {
    const world = makeWorld({ from: await importedWorld() });
    await world.request({ season: SEASON, from: 'phase3', through: 'phase4' });
    await world.settle();
    await correctOneDate(world);
    for (const phase of ['phase2', 'phase3']) {
      await world.handle(`nba-${phase}-run`);
      const reads = await readsOf(world, `nba-${phase}-complete`);
      expect(reads).toMatchObject({ calendars: 1, seasonIndexes: 1, backfills: 0, plans: 0 });
    }
  });
});
