/** A command that waits for a backfill ends when nothing moves any more, and names what is missing. */
import { describe, expect, it } from 'vitest';
import { watchBackfill } from '../../functions/control/watch.ts';
import { gateAhead, WaitedInVain } from '../../functions/control/patience.ts';
import { transient } from '../../shared/domain/failure.ts';
import type { ActiveBackfill } from '../../shared/state/backfills.ts';
import { claimRun } from '../../shared/state/runs.ts';
import { runsIn } from '../support/look.ts';
import { worldFrom } from '../support/stepping.ts';
import { DATES } from '../support/toy-league.ts';
import { builtWorld, importedWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const DATE = DATES[0] as (typeof DATES)[0];
const watch = (world: World, id: string, patienceMs = 60) =>
  watchBackfill({ store: world.store, pollMs: 5, openWorker: () => Promise.resolve(undefined) }, id, {
    patienceMs,
  });

/** A backfill whose first run was asked for, and nobody handles any message. */
async function asked(): Promise<{ world: World; id: string }> {
  const world = await worldFrom(importedWorld());
  const id = await world.request({ dates: [DATE], through: 'phase3', tables: ['team_offense'] });
  await world.handle('nba-backfill-request');
  return { world, id };
}

describe('waiting for a backfill', () => {
  it('ends when nobody takes up the request', async () => {
    const world = await worldFrom(importedWorld());
    const id = await world.request({ dates: [DATE], through: 'phase3' });
    await expect(watch(world, id)).rejects.toThrow(`no process has taken up the request of ${id}`);
  });

  it('ends when nobody takes up a run, and names the run', async () => {
    const { world, id } = await asked();
    const failed = watch(world, id);
    await expect(failed).rejects.toThrow(WaitedInVain);
    await expect(failed).rejects.toThrow(`no process has taken up the runs of team_offense for ${DATE}`);
  });

  it('goes on while a process holds a run, and ends when its lease is over', async () => {
    const { world, id } = await asked();
    const [run] = runsIn(world, 'team_offense');
    // The lease is counted from the time of this machine, as the watcher sees it.
    const ports = { ...world.context.ports, clock: () => new Date() };
    await claimRun(ports, run?.runId ?? '', 'somebody', 0.4);
    const started = Date.now();
    await expect(watch(world, id)).rejects.toThrow('has ended; its lease was over at');
    expect(Date.now() - started).toBeGreaterThan(390);
  });

  it('goes on while the backfill is paused', async () => {
    const { world, id } = await asked();
    await world.pause(id);
    const waiting = watch(world, id, 30);
    const outcome = await Promise.race([
      waiting.catch(() => 'ended'),
      new Promise((resolve) => setTimeout(() => resolve('waits'), 300)),
    ]);
    expect(outcome).toBe('waits');
    await world.cancel(id);
    // Nobody handles messages here, so a backfill that is not paused any more is given up.
    await expect(waiting).rejects.toThrow(WaitedInVain);
  });

  it.each([
    { table: 'team_offense', waits: `team_offense@${DATE} and 1 more wait for the gate` },
    { table: 'team_defense', waits: `team_defense@${DATE} waits for the gate` },
  ])('names a gate that opens later for $table, with its time', async ({ table, waits }) => {
    const world = makeWorld({ from: await builtWorld() });
    const id = await world.request({
      dates: [DATE],
      through: 'phase3',
      tables: [table],
      force: true,
    });
    const rowCounts = () => Promise.resolve(transient('down', 'the warehouse is away'));
    await world.handle('nba-backfill-request', { warehouse: { ...world.warehouse, rowCounts } });
    const backfill = (await world.backfill(id)) as ActiveBackfill;
    const told = await gateAhead({ store: world.store }, backfill, world.now());
    expect(told).toContain(waits);
    expect(told).toMatch(/input_rows, which is asked again at \d{4}-\d\d-\d\dT.*the warehouse is away/);
    world.advance(world.policy.gateRetrySeconds + 1);
    expect(await gateAhead({ store: world.store }, backfill, world.now())).toBeUndefined();
  });
});
