/** The daily look heals small holes, in a world of small tables. */
import { describe, expect, it } from 'vitest';
import { permanent } from '../../shared/domain/failure.ts';
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { contentsOf } from '../support/at-rest.ts';
import { computedRuns, documentsIn, runsByPartition, stateIn } from '../support/look.ts';
import { drain, worldFrom } from '../support/stepping.ts';
import { dateOf } from '../support/toy-league.ts';
import { builtWorld } from '../support/toy-worlds.ts';
import type { World } from '../support/world.ts';

const look = async (world: World): Promise<void> => {
  await world.publish(SWEEP_TOPIC, { heal: true });
  await world.settle();
};
const backfillsOf = (world: World): number => documentsIn(world, 'backfills').length;

describe('the daily look for holes', () => {
  it('F-08 builds what was deleted and halved to the same content, and nothing else', async () => {
    const before = await builtWorld();
    const world = await worldFrom(builtWorld());
    // Every table that reads these counts their rows before it does.
    const [deleted, halved] = [dateOf(0), dateOf(15)];
    world.warehouse.truncate('team_defense', deleted, 0);
    world.warehouse.truncate('team_defense', halved, 2);
    world.warehouse.truncate('shot_zones', halved, 0);
    await look(world);
    expect(runsByPartition(world, before)).toEqual({
      [`team_defense@${deleted}`]: 1,
      [`team_defense@${halved}`]: 1,
      [`shot_zones@${halved}`]: 1,
    });
    expect(contentsOf(world)).toEqual(contentsOf(before));
    const told = world.events.filter(({ event }) => event === 'gaps_found');
    expect(told.map(({ failures, changed }) => [failures, changed])).toEqual([[3, 3]]);

    // A second look finds nothing; what is lost once more is another hole.
    const after = backfillsOf(world);
    await look(world);
    expect(backfillsOf(world)).toBe(after);
    world.warehouse.truncate('team_defense', deleted, 0);
    await look(world);
    expect(backfillsOf(world)).toBe(after + 1);
    expect(contentsOf(world)).toEqual(contentsOf(before));
  });

  it('loads raw rows again from the archived files', async () => {
    const before = await builtWorld();
    const world = await worldFrom(builtWorld());
    world.warehouse.truncate('nbac_player_boxscores', dateOf(15), 0);
    await look(world);
    expect(contentsOf(world)).toEqual(contentsOf(before));
    expect(computedRuns(world, before)).toEqual({});
    expect(runsByPartition(world, before)).toEqual({ [`nbac_player_boxscores@${dateOf(15)}`]: 1 });
  });

  it('F-17 does not ask for the same twice while nothing has changed', async () => {
    const world = await worldFrom(builtWorld());
    const before = backfillsOf(world);
    const date = dateOf(0);
    world.warehouse.truncate('team_defense', date, 0);
    const stage: Warehouse['stage'] = (job) =>
      job.table.definition.name === 'team_defense'
        ? Promise.resolve(permanent('broken_on_purpose', 'the disk of this table is gone'))
        : world.warehouse.stage(job);
    const broken = { warehouse: { ...world.warehouse, stage } };
    for (let i = 0; i < 3; i += 1) {
      await world.publish(SWEEP_TOPIC, { heal: true });
      await drain(world, broken);
    }
    expect(stateIn(world, 'team_defense', date)?.status).toBe('failed');
    expect(backfillsOf(world)).toBe(before + 1);
  });

  it('leaves the dates alone that rightly have no rows, and is silent where nothing is lacking', async () => {
    const before = await builtWorld();
    const world = await worldFrom(builtWorld());
    await look(world);
    expect(runsByPartition(world, before)).toEqual({});
    expect(world.events.filter(({ event }) => event === 'gaps_found')).toEqual([]);
  });
});
