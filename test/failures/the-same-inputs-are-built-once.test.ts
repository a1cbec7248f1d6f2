import { describe, expect, it } from 'vitest';
import { handlerFor } from '../../functions/services/index.ts';
import { topics } from '../../shared/derive/topics.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { runsByPartition, runsIn, stateIn } from '../support/look.ts';
import { drain, sweepOnce, worldFrom } from '../support/stepping.ts';
import { DATES, withChange, withMorePoints } from '../support/toy-league.ts';
import { builtWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const DATE = DATES[0] as (typeof DATES)[0];
const TOPIC = 'nba-phase3-backfill';
const subscription = topics().find(({ name }) => name === TOPIC)?.subscription;

async function aboutToRun(): Promise<World> {
  const world = await worldFrom(importedWorld());
  await world.request({ dates: [DATE], through: 'phase3', tables: ['team_offense'] });
  await world.handle('nba-backfill-request');
  return world;
}

describe('F-13 the same inputs are built once, other inputs again', () => {
  it('F-13 makes one run of an event that two workers are given at once', async () => {
    const world = await aboutToRun();
    const held = subscription === undefined ? undefined : world.bus.take([subscription]);
    if (held === undefined) throw new Error('no run was asked for');
    let staged = 0;
    const stage: Warehouse['stage'] = (job) => {
      staged += 1;
      return world.warehouse.stage(job);
    };
    const ports = { ...world.context.ports, warehouse: { ...world.warehouse, stage } };
    const outcomes = await Promise.all(
      ['a', 'b'].map((holder) => handlerFor({ ...world.context, ports, holder }, 'run')(held.delivery)),
    );
    expect(outcomes).toEqual([{ kind: 'ack' }, { kind: 'ack' }]);
    expect(staged).toBe(1);
    // A third delivery, when all is done, does nothing either.
    expect(await handlerFor({ ...world.context, ports, holder: 'c' }, 'run')(held.delivery)).toEqual({
      kind: 'ack',
    });
    expect(staged).toBe(1);
    held.ack();
    await drain(world);
    expect(runsIn(world, 'team_offense')).toMatchObject([{ state: 'settled', attempt: 1 }]);
    expect(stateIn(world, 'team_offense', DATE)).toMatchObject({ status: 'success', revision: 1 });
  });

  it('F-13 runs again when the inputs have changed, and not when they have not', async () => {
    const before = await builtWorld();
    const world = makeWorld({ from: before });
    await world.archiveRows(withChange(FIRST_SOURCES, 'nbac_player_boxscores', DATE, withMorePoints));
    await world.ingest('nbac_player_boxscores', DATE);
    await world.settle();
    expect(runsByPartition(world, before)[`team_offense@${DATE}`]).toBe(1);
    expect(stateIn(world, 'team_offense', DATE)).toMatchObject({ status: 'success', revision: 2 });
    expect(stateIn(world, 'team_offense', DATE)?.token).toBeGreaterThan(
      stateIn(before, 'team_offense', DATE)?.token ?? 0,
    );

    const again = makeWorld({ from: world });
    await again.ingest('nbac_player_boxscores', DATE);
    await again.settle();
    expect(runsByPartition(again, world)).toEqual({});
  });

  it('F-13 gives the run of a worker killed after its claim to the next delivery, when the lease is over and not before', async () => {
    const world = await aboutToRun();
    let died = 0;
    world.setTrap((point, name) =>
      name === `${TOPIC}-sub` && point === 'before stage team_offense' && (died += 1) === 1
        ? 'die'
        : undefined,
    );
    // Long enough for the claim, and not for a second delivery.
    await world.run(() => died > 0);
    world.setTrap(undefined);
    expect(runsIn(world, 'team_offense')).toMatchObject([{ state: 'running', attempt: 1 }]);
    await sweepOnce(world);
    expect(runsIn(world, 'team_offense')).toMatchObject([{ state: 'running', attempt: 1 }]);
    world.advance(world.policy.leaseSeconds + 1);
    await sweepOnce(world);
    await world.settle();
    expect(runsIn(world, 'team_offense')).toMatchObject([{ state: 'settled', attempt: 2 }]);
    expect(stateIn(world, 'team_offense', DATE)).toMatchObject({ status: 'success', revision: 1 });
  });
});
