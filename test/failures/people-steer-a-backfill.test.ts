import { describe, expect, it } from 'vitest';
import { showBackfill } from '../../functions/control/backfills.ts';
import { NO_FAULTS } from '../../functions/targets/simulated/faults.ts';
import { runTopic } from '../../shared/derive/topic-names.ts';
import { differences } from '../support/scenario.ts';
import { brokenPromises } from '../support/at-rest.ts';
import { datesWith, runsIn, runSince } from '../support/look.ts';
import { dateOf, PHASE3_DATES, SEASON, withChange, withMorePoints } from '../support/toy-league.ts';
import { COMPUTED_TABLES } from '../support/toy-tables.ts';
import { builtWorld, cleanWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import { makeWorld } from '../support/world.ts';

describe('steering a backfill', () => {
  it('pause stops asking, and what is under way is finished; resume goes on where it stopped', async () => {
    const world = makeWorld({ from: await importedWorld() });
    const id = await world.request({ season: SEASON });
    await world.handle('nba-backfill-request');
    await world.handle(runTopic('phase3', 'backfill'));
    expect(await world.pause(id)).toEqual({ kind: 'moved', to: 'paused' });
    const asked = runsIn(world).length;
    await world.settle();
    expect(runsIn(world).length).toBe(asked);
    expect(runsIn(world).every(({ state }) => state === 'settled')).toBe(true);
    expect(await world.backfill(id)).toMatchObject({ state: 'paused', finishedAt: null });
    expect(await world.resume(id)).toEqual({ kind: 'moved', to: 'running' });
    await world.settle();
    expect(await world.backfill(id)).toMatchObject({ state: 'done' });
    expect(differences(world, await cleanWorld(FIRST_SOURCES), () => true)).toEqual([]);
  });

  it('the time of a pause is known, and is no time of work', async () => {
    const world = makeWorld({ from: await importedWorld() });
    const id = await world.request({ season: SEASON });
    await world.handle('nba-backfill-request');
    await world.pause(id);
    world.advance(600);
    expect(await world.backfill(id)).toMatchObject({ pausedAt: expect.any(String) as string });
    const shown = await showBackfill({ store: world.store, clock: world.now }, id);
    expect(shown?.outcome).toMatchObject({ state: 'paused', seconds: expect.closeTo(600, 0) as number });
    expect(shown?.outcome.pausedSeconds).toBeCloseTo(600, 0);
    await world.resume(id);
    const resumed = await world.backfill(id);
    expect(resumed?.pausedAt).toBeUndefined();
    expect(resumed?.pausedSeconds).toBeCloseTo(600, 0);
    await world.settle();
    expect(await world.backfill(id)).toMatchObject({ state: 'done', pausedSeconds: resumed?.pausedSeconds });
  });

  it('cancel ends it; asked again, only the rest is built', async () => {
    const world = makeWorld({ from: await importedWorld() });
    const id = await world.request({ season: SEASON });
    await world.handle('nba-backfill-request');
    await world.handle(runTopic('phase3', 'backfill'));
    expect(await world.cancel(id)).toEqual({ kind: 'moved', to: 'cancelled' });
    await world.settle();
    expect(await world.backfill(id)).toMatchObject({
      state: 'cancelled',
      verdict: 'cancelled; what was under way has been finished',
    });
    const before = runsIn(world);
    const done = datesWith(world, 'team_offense', 'success');
    expect(done.length).toBeGreaterThan(0);
    await world.request({ season: SEASON });
    await world.settle();
    const ran = runSince(world, before);
    expect(ran.filter((name) => name.startsWith('team_offense'))).toEqual(
      PHASE3_DATES.filter((date) => !done.includes(date)).map((date) => `team_offense@${date}`),
    );
    expect(differences(world, await cleanWorld(FIRST_SOURCES), () => true)).toEqual([]);
  });

  it('the same request id twice is one backfill, also when both are handled at once', async () => {
    const world = makeWorld({
      from: await importedWorld(),
      workers: 2,
      seed: 4,
      faults: { ...NO_FAULTS, steps: 2000, pause: 0.5 },
    });
    const id = await world.request({ season: SEASON, requestId: 'tonight' });
    expect(await world.request({ season: SEASON, requestId: 'tonight' })).toBe(id);
    await world.settle();
    expect(await world.store.count('backfills')).toBe(
      (await (await importedWorld()).store.count('backfills')) + 1,
    );
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('force builds again what is unchanged, once, also when two people force the same at once', async () => {
    const world = makeWorld({ from: await builtWorld() });
    const before = runsIn(world);
    const ids = [
      await world.request({ dates: [dateOf(21)], force: true }),
      await world.request({ dates: [dateOf(21)], force: true }),
    ];
    await world.settle();
    const ran = runSince(world, before);
    for (const name of COMPUTED_TABLES)
      expect(ran.filter((each) => each === `${name}@${dateOf(21)}`).length, name).toBeGreaterThan(0);
    for (const id of ids) expect(await world.backfill(id)).toMatchObject({ state: 'done' });
    expect(differences(world, await cleanWorld(FIRST_SOURCES), () => true)).toEqual([]);
  });

  it('a date that is wanted live in the middle of a backfill goes first, and is built once', async () => {
    const world = makeWorld({ from: await importedWorld(), policy: { batchSize: () => 1, maxInFlight: 1 } });
    const id = await world.request({ season: SEASON });
    await world.handle('nba-backfill-request');
    const date = dateOf(21);
    await world.archiveRows(withChange(FIRST_SOURCES, 'nbac_player_boxscores', date, withMorePoints));
    await world.ingest('nbac_player_boxscores', date);
    await world.run();
    const order = world.warehouse
      .history()
      .flatMap((row) => (row.processor_name === 'team_offense' ? [`${row.data_date} ${row.run_mode}`] : []));
    expect(order.indexOf(`${date} live`)).toBeGreaterThanOrEqual(0);
    expect(order.indexOf(`${date} live`)).toBeLessThan(3);
    expect(order.filter((each) => each.startsWith(date))).toEqual([`${date} live`]);
    await world.settle();
    expect(await world.backfill(id)).toMatchObject({ state: 'done' });
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('at most maxInFlight batches of a backfill are under way', async () => {
    for (const maxInFlight of [1, 2, 3]) {
      const world = makeWorld({ from: await importedWorld(), policy: { batchSize: () => 1 } });
      await world.request({ season: SEASON, maxInFlight });
      let most = 0;
      world.store.onCommit((path) => {
        if (!path.startsWith('runs/')) return;
        const open = [...world.store.dump()].filter(
          ([each, run]) => each.startsWith('runs/') && run['state'] !== 'settled',
        ).length;
        most = Math.max(most, open);
      });
      await world.settle();
      expect(most).toBeLessThanOrEqual(maxInFlight);
      expect(most).toBeGreaterThan(0);
    }
  });
});
