import { describe, expect, it } from 'vitest';
import { handlerFor } from '../../functions/services/index.ts';
import { topics } from '../../shared/derive/topics.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { claimRun } from '../../shared/state/runs.ts';
import { brokenPromises } from '../support/at-rest.ts';
import { deadLettersIn, runsIn, stateIn } from '../support/look.ts';
import { drain, sweepOnce, watchIntents, worldFrom } from '../support/stepping.ts';
import { DATES } from '../support/toy-league.ts';
import { importedWorld } from '../support/toy-worlds.ts';
import type { World } from '../support/world.ts';

const DATE = DATES[0] as (typeof DATES)[0];
const TABLE = 'team_offense';
const subscription = topics().find(({ name }) => name === 'nba-phase3-backfill')?.subscription;

/** A run has been asked for, its message is waiting, and another process has taken the run. */
async function heldRun(): Promise<{ world: World; id: string; runId: string }> {
  const world = await worldFrom(importedWorld());
  const id = await world.request({ dates: [DATE], through: 'phase3', tables: [TABLE] });
  await world.handle('nba-backfill-request');
  const runId = runsIn(world, TABLE)[0]?.runId ?? '';
  const claim = await claimRun(world.context.ports, runId, 'another process', world.policy.leaseSeconds);
  if (claim.kind !== 'granted') throw new Error('the run could not be taken');
  return { world, id, runId };
}

describe('F-15 that somebody else has it is not success', () => {
  it('F-15 says nothing of a run that another one holds: it is running, the date is not there, the backfill goes on', async () => {
    const { world, id, runId } = await heldRun();
    const intents = watchIntents(world);
    expect(await world.handle('nba-phase3-backfill')).toEqual({ kind: 'ack' });
    await drain(world);
    expect(runsIn(world, TABLE)).toMatchObject([
      { state: 'running', attempt: 1, outcome: null, lease: { holder: 'another process' } },
    ]);
    expect(stateIn(world, TABLE, DATE)).toMatchObject({ status: 'requested', outputFingerprint: null });
    expect(await world.backfill(id)).toMatchObject({ state: 'running', finishedAt: null });
    expect(world.warehouse.contents().has(`${TABLE}@${DATE}`)).toBe(false);
    expect(intents.filter((event) => event.includes(runId))).toEqual([]);
  });

  it('F-15 runs it once, by itself, when the holder has died', async () => {
    const { world, id, runId } = await heldRun();
    const intents = watchIntents(world);
    await drain(world);
    // While the lease lasts, the sweep leaves the holder alone.
    world.advance(world.policy.leaseSeconds - 1);
    await sweepOnce(world);
    expect(runsIn(world, TABLE)).toMatchObject([{ state: 'running', attempt: 1 }]);
    world.advance(2);
    await sweepOnce(world);
    expect(runsIn(world, TABLE)).toMatchObject([{ state: 'settled', attempt: 2, lease: null }]);
    await world.settle();
    expect(stateIn(world, TABLE, DATE)).toMatchObject({ status: 'success', revision: 1 });
    expect(await world.backfill(id)).toMatchObject({ state: 'done' });
    expect(intents.filter((event) => event.startsWith(`completed:${runId}`))).toHaveLength(1);
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('F-15 F-43 costs the message no try, however often it comes while the holder is at work', async () => {
    const world = await worldFrom(importedWorld());
    await world.request({ dates: [DATE], through: 'phase3', tables: [TABLE] });
    await world.handle('nba-backfill-request');
    const held = subscription === undefined ? undefined : world.bus.take([subscription]);
    if (held === undefined) throw new Error('no run was asked for');
    let staged = 0;
    const busy: Warehouse['stage'] = async (job) => {
      if (job.table.definition.name !== TABLE) return world.warehouse.stage(job);
      staged += 1;
      // The broker delivers it again and again while this process is computing.
      for (let copy = 0; copy < 20; copy++) {
        await world.publish('nba-phase3-backfill', held.delivery.body);
        expect(await world.handle('nba-phase3-backfill')).toEqual({ kind: 'ack' });
      }
      return world.warehouse.stage(job);
    };
    const ports = { ...world.context.ports, warehouse: { ...world.warehouse, stage: busy } };
    expect(await handlerFor({ ...world.context, ports, holder: 'busy' }, 'run')(held.delivery)).toEqual({
      kind: 'ack',
    });
    held.ack();
    await world.settle();
    expect(staged).toBe(1);
    expect(deadLettersIn(world)).toEqual([]);
    expect(runsIn(world, TABLE)).toMatchObject([{ state: 'settled', attempt: 1 }]);
    expect(stateIn(world, TABLE, DATE)).toMatchObject({ status: 'success', revision: 1 });
  });

  it('F-15 asks again for a run whose message nobody ever took', async () => {
    const world = await worldFrom(importedWorld());
    const id = await world.request({ dates: [DATE], through: 'phase3', tables: [TABLE] });
    await world.handle('nba-backfill-request');
    // The broker lost it: it was acknowledged and nobody has the run.
    const lost = subscription === undefined ? undefined : world.bus.take([subscription]);
    lost?.ack();
    world.advance(world.policy.tellAgainSeconds - 1);
    await sweepOnce(world);
    expect(runsIn(world, TABLE)).toMatchObject([{ state: 'requested', attempt: 0 }]);
    world.advance(2);
    await sweepOnce(world);
    expect(runsIn(world, TABLE)).toMatchObject([{ state: 'settled', attempt: 1 }]);
    await world.settle();
    expect((await world.backfill(id))?.state).toBe('done');
  });
});
