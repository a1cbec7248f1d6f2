import { describe, expect, it } from 'vitest';
import { handlerFor } from '../../functions/services/index.ts';
import { completeTopic, runTopic } from '../../shared/derive/topic-names.ts';
import { topics } from '../../shared/derive/topics.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import type { RunDocument } from '../../shared/state/documents.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { abandonRun } from '../../shared/state/runs.ts';
import { brokenPromises, comparableStates, contentsOf } from '../support/at-rest.ts';
import { runsIn, stateIn } from '../support/look.ts';
import { drain, watchIntents } from '../support/stepping.ts';
import { dateOf, DATES, SEASON, withChange, withMorePoints } from '../support/toy-league.ts';
import { builtWorld, cleanWorld, FIRST_SOURCES } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

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
  runsIn(world, TABLE)
    .filter(({ mode }) => mode === 'live')
    .sort((a, b) => b.token - a.token)[0];

const date = dateOf(14);

function takeBody(world: World, topic: string): string {
  const subscription = topics().find(({ name }) => name === topic)?.subscription;
  const held = subscription === undefined ? undefined : world.bus.take([subscription]);
  held?.ack();
  return held?.delivery.body ?? '';
}

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
      const state = stateIn(world, TABLE, DATE);
      expect(state).toMatchObject({ status: 'success', runId: run2?.runId });
      expect(world.warehouse.tokenOf(TABLE, DATE)).toBe(run2?.token);
      expect(contentsOf(world)).toEqual(contentsOf(await cleanWorld(sources)));
      const loads = runsIn(world, TABLE).filter(({ mode }) => mode === 'live');
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
    expect(stateIn(world, TABLE, DATE)).toMatchObject({ status: 'success', runId: older });
    await world.archiveRows(CORRECTED);
    expect(await world.ingest(TABLE, DATE)).toBe(true);
    await world.settle();
    const before = stateIn(world, TABLE, DATE);
    const contents = contentsOf(world);
    expect(before?.runId).not.toBe(older);

    await world.publish('nba-phase2-complete', delayed.delivery.body);
    await world.settle();
    expect(
      world.events
        .filter(({ event, runId }) => event === 'completion_superseded' && runId === older)
        .map(({ dates }) => dates),
    ).toEqual([[DATE]]);
    expect(stateIn(world, TABLE, DATE)).toEqual(before);
    expect(contentsOf(world)).toEqual(contents);
    expect(contents).toEqual(contentsOf(await cleanWorld(CORRECTED)));
  });

  it('F-38 run 2 completes before run 1: the result of run 2 stays, run 1 is superseded', async () => {
    const world = makeWorld({ from: await builtWorld() });
    await world.request({ dates: [date], tables: ['team_defense'], through: 'phase3', force: true });
    await world.handle('nba-backfill-request');
    const first = runsIn(world, 'team_defense').at(-1) as RunDocument;
    await world.handle(runTopic('phase3', 'backfill'));
    const late = takeBody(world, completeTopic('phase3'));
    // The first answer is lost for so long that the sweep gives the partition up and it is asked for and built again.
    await world.settle();
    const before = stateIn(world, 'team_defense', date);
    expect(before).toMatchObject({ status: 'success' });
    expect(before?.runId).not.toBe(first.runId);

    await world.publish(completeTopic('phase3'), late);
    await world.settle();
    expect(stateIn(world, 'team_defense', date)).toEqual(before);
    expect(
      world.events.some(({ event, runId }) => event === 'completion_superseded' && runId === first.runId),
    ).toBe(true);
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('F-38 a rebuild that would lose more than half of the rows is refused unless it is forced', async () => {
    const world = makeWorld({ from: await builtWorld() });
    await world.archiveRows(
      withChange(FIRST_SOURCES, 'nbac_player_boxscores', date, (row) =>
        row['player_lookup'] === 'ATL:1' ? row : undefined,
      ),
    );
    await world.request({
      dates: [date],
      from: 'phase2',
      through: 'phase4',
      tables: ['nbac_player_boxscores'],
    });
    await world.settle();
    expect(stateIn(world, 'nbac_player_boxscores', date)).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('ask with force') as string,
    });
    expect(await rowsIn(world, 'nbac_player_boxscores')).toBeGreaterThan(1);
    await world.request({
      dates: [date],
      from: 'phase2',
      through: 'phase2',
      tables: ['nbac_player_boxscores'],
      force: true,
    });
    await world.settle();
    expect(await rowsIn(world, 'nbac_player_boxscores')).toBe(1);
  });

  async function rowsIn(world: World, table: string): Promise<number> {
    const counted = await world.warehouse.rowCounts([
      { table: world.registry.get(table), first: date, last: date },
    ]);
    return counted.ok ? (counted.value[0]?.get(date) ?? 0) : -1;
  }

  it('F-38 a backfill over live results changes nothing that is built from the same inputs', async () => {
    const world = makeWorld({ from: await builtWorld() });
    const before = comparableStates(world);
    const id = await world.request({ season: SEASON });
    await world.settle();
    expect(comparableStates(world)).toEqual(before);
    expect(await world.backfill(id)).toMatchObject({ state: 'done', plannedRuns: 0 });
  });
});
