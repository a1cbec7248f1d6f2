import { describe, expect, it } from 'vitest';
import { topics } from '../../shared/derive/topics.ts';
import { handlerFor } from '../../functions/services/index.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { abandonRun } from '../../shared/state/runs.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { contentsOf } from '../support/at-rest.ts';
import { DATES, withChange, withMorePoints } from '../support/toy-league.ts';
import { builtWorld, cleanWorld, FIRST_SOURCES } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';
import { drain, runsOf, stateAt, watchIntents } from './pipeline.ts';

const DATE = DATES[4] as (typeof DATES)[0];
const CORRECTED = withChange(FIRST_SOURCES, 'nbac_player_boxscores', DATE, withMorePoints);
const TABLE = 'nbac_player_boxscores';
const take = (world: World, topic: string) => {
  const subscription = topics().find(({ name }) => name === topic)?.subscription;
  const held = subscription === undefined ? undefined : world.bus.take([subscription]);
  if (held === undefined) throw new Error(`nothing is due on ${topic}`);
  return held;
};
const newest = (world: World) =>
  runsOf(world, TABLE)
    .filter(({ mode }) => mode === 'live')
    .sort((a, b) => b.token - a.token)[0];

describe('F-38 an older run never overwrites a newer one', () => {
  it.each([
    { what: 'holds other rows', sources: CORRECTED },
    { what: 'holds the rows that were there before', sources: FIRST_SOURCES },
  ])(
    'F-38 fences the late write of a run that was given up, and keeps the rows and the document of the newer one, which $what',
    async ({ sources }) => {
      const world = makeWorld({ from: await builtWorld() });
      const intents = watchIntents(world);
      // Run 1 reads a wrong correction and stops before it publishes.
      await world.archiveRows(withChange(FIRST_SOURCES, TABLE, DATE, (row) => ({ ...row, points: 0 })));
      await world.ingest(TABLE, DATE);
      const held = take(world, 'nba-phase2-run');
      let late: unknown;
      const publish: Warehouse['publish'] = async (job) => {
        world.advance(world.policy.leaseSeconds + 1);
        const event = await abandonRun(world.context.ports, newest(world)?.runId ?? '', 'given up');
        await dispatchOutbox(world.context.ports, event === undefined ? [] : [event]);
        await drain(world);
        // Run 2 reads the right one and is done before run 1 goes on.
        await world.archiveRows(sources);
        expect(await world.ingest(TABLE, DATE)).toBe(true);
        await drain(world);
        late = await world.warehouse.publish(job);
        return late as Awaited<ReturnType<Warehouse['publish']>>;
      };
      const ports = { ...world.context.ports, warehouse: { ...world.warehouse, publish } };
      expect(await handlerFor({ ...world.context, ports, holder: 'slow' }, 'run')(held.delivery)).toEqual({
        kind: 'ack',
      });
      held.ack();
      expect(late).toMatchObject({ ok: false, failure: { code: 'fenced' } });
      await world.settle();

      const run2 = newest(world);
      const state = stateAt(world, TABLE, DATE);
      expect(state).toMatchObject({ status: 'success', runId: run2?.runId });
      expect(world.warehouse.tokenOf(TABLE, DATE)).toBe(run2?.token);
      expect(contentsOf(world)).toEqual(contentsOf(await cleanWorld(sources)));
      const loads = runsOf(world, TABLE).filter(({ mode }) => mode === 'live');
      expect(loads.map(({ outcome }) => outcome?.[0]?.status)).toEqual(
        expect.arrayContaining(['failed', 'success']),
      );
      expect(new Set(intents.filter((event) => event.startsWith(`completed:${loads[0]?.runId}`))).size).toBe(
        1,
      );
    },
  );

  it('F-38 records the late completion of an older run as superseded, and changes nothing for it', async () => {
    const world = makeWorld({ from: await builtWorld() });
    await world.archiveRows(withChange(FIRST_SOURCES, TABLE, DATE, (row) => ({ ...row, points: 0 })));
    await world.ingest(TABLE, DATE);
    await world.handle('nba-phase2-run');
    const older = newest(world)?.runId ?? '';
    // One copy of its completion is handled at once, the other is under way until a newer run is done.
    const delayed = take(world, 'nba-phase2-complete');
    await world.publish('nba-phase2-complete', delayed.delivery.body);
    delayed.ack();
    await world.settle();
    expect(stateAt(world, TABLE, DATE)).toMatchObject({ status: 'success', runId: older });
    await world.archiveRows(CORRECTED);
    expect(await world.ingest(TABLE, DATE)).toBe(true);
    await world.settle();
    const before = stateAt(world, TABLE, DATE);
    const contents = contentsOf(world);
    expect(before?.runId).not.toBe(older);

    await world.publish('nba-phase2-complete', delayed.delivery.body);
    await world.settle();
    expect(
      world.events
        .filter(({ event, runId }) => event === 'completion_superseded' && runId === older)
        .map(({ dates }) => dates),
    ).toEqual([[DATE]]);
    expect(stateAt(world, TABLE, DATE)).toEqual(before);
    expect(contentsOf(world)).toEqual(contents);
    expect(contents).toEqual(contentsOf(await cleanWorld(CORRECTED)));
  });
});
