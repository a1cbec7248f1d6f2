/** A run that its table refuses goes on with a larger token while the documents still name it as the owner. */
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { runTopic } from '../../shared/derive/topic-names.ts';
import { permanent, transient } from '../../shared/domain/failure.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { updateStates } from '../../shared/state/completions.ts';
import { brokenPromises } from '../support/at-rest.ts';
import { stateIn } from '../support/look.ts';
import { DATES, withChange, withMorePoints } from '../support/toy-league.ts';
import { buildIn, builtWorld, FIRST_SOURCES } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const DATE = DATES[0] as (typeof DATES)[0];

/** A built world in which one date was corrected three times, so that its rows carry large tokens. */
async function correctedWorld(): Promise<World> {
  const world = makeWorld({ from: await builtWorld() });
  const corrected = withChange(FIRST_SOURCES, 'nbac_player_boxscores', DATE, withMorePoints);
  for (const sources of [corrected, FIRST_SOURCES, corrected]) {
    await world.archiveRows(sources);
    await world.ingest('nbac_player_boxscores', DATE);
    await world.settle();
  }
  return world;
}

describe('a table whose rows carry newer tokens than the documents know', () => {
  it('is filled again when the documents are gone, corrected dates among them', async () => {
    const before = await correctedWorld();
    const token = before.warehouse.tokenOf('nbac_player_boxscores', DATE) ?? 0;
    expect(token).toBeGreaterThan(3000);
    const world = makeWorld({ from: { ...before, store: memoryStore() } });
    await buildIn(world, withChange(FIRST_SOURCES, 'nbac_player_boxscores', DATE, withMorePoints));

    expect(world.warehouse.contents()).toEqual(before.warehouse.contents());
    expect(await brokenPromises(world)).toEqual([]);
    expect(stateIn(world, 'nbac_player_boxscores', DATE)).toMatchObject({
      status: 'success',
      token: Math.floor((token + 1) / 1000),
    });
  });
});

describe('the run history of a run that its table refuses', () => {
  it.each([
    {
      what: 'whose partitions belong to another run',
      outcome: 'ack',
      takeAway: true,
      published: undefined,
      error: 'the rows are newer',
    },
    {
      what: 'while the table does not say which rows it has',
      outcome: 'retry',
      takeAway: false,
      published: transient('down', 'the warehouse is away'),
      error: 'down: the warehouse is away',
    },
  ])('has the attempt $what', async ({ outcome, takeAway, published, error }) => {
    const world = makeWorld({ from: await builtWorld() });
    const table = world.registry.get('nbac_player_boxscores');
    await world.archiveRows(withChange(FIRST_SOURCES, 'nbac_player_boxscores', DATE, withMorePoints));
    await world.ingest('nbac_player_boxscores', DATE);
    let isRefused = false;
    const warehouse: Warehouse = {
      ...world.warehouse,
      publish: async () => {
        isRefused = true;
        if (takeAway)
          await updateStates(world.context.ports, table, [DATE], (state) => ({ ...state, runId: 'another' }));
        return permanent('fenced', 'the rows are newer');
      },
      published: (...asked) =>
        isRefused && published !== undefined
          ? Promise.resolve(published)
          : world.warehouse.published(...asked),
    };
    const before = world.warehouse.history().length;
    expect(await world.handle(runTopic('phase2', 'live'), { warehouse })).toMatchObject({
      kind: outcome,
    });
    expect(isRefused).toBe(true);
    expect(world.warehouse.history().slice(before)).toEqual([
      expect.objectContaining({
        processor_name: 'nbac_player_boxscores',
        data_date: DATE,
        status: 'failed',
        error,
      }),
    ]);
  });
});
