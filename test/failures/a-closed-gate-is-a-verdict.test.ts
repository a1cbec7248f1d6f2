import { describe, expect, it } from 'vitest';
import { matrixOf, planRequest, type Matrix } from '../../functions/control/plan.ts';
import { shortInputsOf } from '../../functions/steps/gates.ts';
import { completeTopic, runTopic } from '../../shared/derive/topic-names.ts';
import { transient } from '../../shared/domain/failure.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { brokenPromises, contentsOf } from '../support/at-rest.ts';
import { datesRun, runsByPartition, runsIn, stateIn } from '../support/look.ts';
import { drain, sweepOnce, worldFrom } from '../support/stepping.ts';
import { dateOf, DATES, SEASON, withChange, withMorePoints } from '../support/toy-league.ts';
import { builtWorld, cleanWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const [D0, D1, D2] = DATES as unknown as [(typeof DATES)[0], (typeof DATES)[0], (typeof DATES)[0]];
const ask = (world: World) => world.request({ season: SEASON, from: 'phase3', through: 'phase3' });

function counting(
  world: World,
  answer: Warehouse['rowCounts'],
): { ports: { warehouse: Warehouse }; asked: () => number } {
  let asked = 0;
  const rowCounts: Warehouse['rowCounts'] = (ranges) => {
    asked += 1;
    return answer(ranges);
  };
  return { ports: { warehouse: { ...world.warehouse, rowCounts } }, asked: () => asked };
}

const date = dateOf(14);

describe('F-01 a closed gate is a verdict, never a trigger', () => {
  it('F-01 blocks with a retry time and asks for no run when the warehouse lacks rows of an input, and runs once when they are back', async () => {
    const world = await worldFrom(importedWorld());
    world.warehouse.truncate('nbac_player_boxscores', D0, 0);
    await ask(world);
    await drain(world);

    expect(runsIn(world, 'team_offense')).toEqual([]);
    for (const date of [D0, D1, D2]) {
      const state = stateIn(world, 'team_offense', date);
      expect(state).toMatchObject({
        status: 'blocked',
        outputFingerprint: null,
        gates: [{ gate: 'input_rows', verdict: 'blocked' }],
      });
      expect(Date.parse(state?.gates[0]?.retryAt ?? '')).toBe(
        world.now().getTime() + world.policy.gateRetrySeconds * 1000,
      );
    }
    expect(stateIn(world, 'nbac_player_boxscores', D0)).toMatchObject({ status: 'blocked', reopened: 1 });
    expect(
      world.events.filter(({ event }) => event === 'gate_closed').map(({ severity }) => severity),
    ).toEqual(['WARNING']);
    expect(
      world.events.filter(({ event }) => event === 'partition_reopened').map(({ severity }) => severity),
    ).toEqual(['ERROR']);

    expect(await world.ingest('nbac_player_boxscores', D0)).toBe(true);
    await world.settle();
    const runs = runsByPartition(world);
    for (const date of [D0, D1, D2]) {
      expect(stateIn(world, 'team_offense', date)?.status, date).toBe('success');
      expect(runs[`team_offense@${date}`], date).toBe(1);
    }
  });

  it('F-01 preflight says beforehand what the gate will stop, with the command that turns it', async () => {
    const world = makeWorld({ from: await builtWorld() });
    const phase = 'phase3' as const;
    const request = { dates: [date], from: phase, through: phase, force: true };
    const preflight = async (): Promise<Matrix> => {
      const planned = await planRequest({ ...world, clock: world.now }, request);
      const short = await shortInputsOf(world.warehouse, planned.view, planned.plan.batches);
      return matrixOf(world, planned, false, short.ok ? short.value : null);
    };
    expect(await preflight()).toMatchObject({ verdict: 'GO' });
    world.warehouse.truncate('nbac_game_results', date, 0);
    const { verdict, criteria } = await preflight();
    expect(verdict).toBe('NO-GO');
    expect(criteria.filter((each) => each.verdict === 'NO-GO')).toMatchObject([
      {
        weight: 'critical',
        value: 1,
        cure: `fullcourt backfill --dates ${date} --tables nbac_game_results --from phase2 --through phase2 --force`,
      },
    ]);
    await world.request(request);
    await drain(world);
    expect(stateIn(world, 'team_offense', date)?.status).toBe('blocked');
    await world.settle();
    await world.request({
      ...{ dates: [date], from: 'phase2', through: 'phase2', tables: ['nbac_game_results'], force: true },
    });
    await world.settle();
    expect(await preflight()).toMatchObject({ verdict: 'GO' });
  });

  it('F-01 preflight takes a warehouse that does not answer for unknown, which is no GO', async () => {
    const world = makeWorld({ from: await builtWorld() });
    const planned = await planRequest(
      { ...world, clock: world.now },
      { dates: [date], from: 'phase3', force: true },
    );
    expect(await matrixOf(world, planned, false, null)).toMatchObject({ verdict: 'NO-GO' });
  });

  it('F-01 reopens a computed input that lost its rows, builds it again by itself, and runs its reader once', async () => {
    const world = await worldFrom(importedWorld());
    const id = await ask(world);
    await world.handle('nba-backfill-request');
    await world.handle('nba-phase3-backfill');
    expect(stateIn(world, 'team_offense', D0)?.status).toBe('requested');
    world.warehouse.truncate('team_offense', D0, 0);
    await drain(world);
    expect(runsByPartition(world)[`team_defense@${D0}`] ?? 0).toBeLessThanOrEqual(1);
    await world.settle();

    const runs = runsByPartition(world);
    expect(runs[`team_offense@${D0}`]).toBe(2);
    expect(runs[`team_offense@${D1}`]).toBe(1);
    expect(runs[`team_defense@${D0}`]).toBe(1);
    expect(runs[`player_summary@${D0}`]).toBe(1);
    expect((await world.backfill(id))?.state).toBe('done');
    const clean = contentsOf(await cleanWorld(FIRST_SOURCES));
    for (const table of ['team_offense', 'team_defense', 'player_summary', 'team_context']) {
      expect(contentsOf(world)[`${table}@${D0}`], table).toBe(clean[`${table}@${D0}`]);
    }
  });

  it('F-01 F-41 takes a question that cannot be asked for unknown, never for a pass, and asks again when its time has come', async () => {
    const world = await worldFrom(importedWorld());
    const { ports, asked } = counting(world, () =>
      Promise.resolve(transient('warehouse_unavailable', 'no answer')),
    );
    await ask(world);
    await drain(world, ports);
    expect(stateIn(world, 'team_offense', D0)).toMatchObject({
      status: 'blocked',
      gates: [{ verdict: 'unknown' }],
    });
    expect(runsIn(world).filter(({ phase }) => phase === 'phase3')).toEqual([]);

    const before = asked();
    await sweepOnce(world, ports);
    expect(asked()).toBe(before);
    world.advance(world.policy.gateRetrySeconds - 1);
    await sweepOnce(world);
    expect(runsIn(world, 'team_offense')).toEqual([]);
    world.advance(2);
    await sweepOnce(world);
    expect(runsByPartition(world)[`team_offense@${D0}`]).toBe(1);
    await world.settle();
    expect(Object.values(runsByPartition(world)).every((n) => n === 1)).toBe(true);
    expect(stateIn(world, 'team_offense', D0)?.status).toBe('success');
  });

  it('F-01 asks for no run when the gate throws; the message is delivered again', async () => {
    const world = await worldFrom(importedWorld());
    const { ports } = counting(world, () => Promise.reject(new Error('no route to the warehouse')));
    await ask(world);
    expect(await world.handle('nba-backfill-request', ports)).toMatchObject({ kind: 'retry' });
    expect(runsIn(world).filter(({ phase }) => phase === 'phase3')).toEqual([]);
    await world.settle();
    const dates = datesRun(world, 'team_offense');
    expect(dates).toContain(D0);
    expect(dates.every((date) => runsByPartition(world)[`team_offense@${date}`] === 1)).toBe(true);
  });

  /** Live news of a date whose results have vanished from the warehouse. */
  async function refused(rowCounts?: World['warehouse']['rowCounts']): Promise<World> {
    const world = makeWorld({ from: await builtWorld() });
    if (rowCounts === undefined) world.warehouse.truncate('nbac_game_results', date, 0);
    await world.archiveRows(withChange(FIRST_SOURCES, 'nbac_player_boxscores', date, withMorePoints));
    await world.ingest('nbac_player_boxscores', date);
    await world.handle(runTopic('phase2', 'live'));
    if (rowCounts === undefined) await world.handle(completeTopic('phase2'));
    else
      void (await Promise.race([
        world.handle(completeTopic('phase2'), { warehouse: { ...world.warehouse, rowCounts } }),
        new Promise((resolve) => setTimeout(resolve, 20)),
      ]));
    return world;
  }

  it('F-01 a refused gate is blocked, not done, and when the rows are back the date is asked for once without any new event', async () => {
    const world = await refused();
    const before = runsIn(world, 'team_offense');
    expect(stateIn(world, 'team_offense', date)).toMatchObject({
      status: 'blocked',
      waitingFor: [`nbac_game_results@${date}`],
      gates: [{ gate: 'input_rows', verdict: 'blocked' }],
      want: { through: 'phase4' },
    });
    expect(world.bus.backlog().has(`${runTopic('phase3', 'live')}-sub`)).toBe(false);
    expect(world.events.filter(({ event }) => event === 'gate_closed')).not.toHaveLength(0);
    await world.settle();
    expect(runsIn(world, 'team_offense')).toHaveLength(before.length);

    await world.request({ dates: [date], from: 'phase2', through: 'phase2', tables: ['nbac_game_results'] });
    await world.settle();
    expect(runsIn(world, 'team_offense')).toHaveLength(before.length + 1);
    expect(stateIn(world, 'team_offense', date)).toMatchObject({
      status: 'success',
      want: null,
      waitingFor: [],
      gates: [],
    });
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('F-01 a gate whose question cannot be asked is unknown, and asked again when its time has come', async () => {
    const world = await refused(() =>
      Promise.resolve({
        ok: false,
        failure: { kind: 'transient', code: 'warehouse_unavailable', detail: 'down' },
      }),
    );
    const blocked = stateIn(world, 'team_offense', date);
    expect(blocked).toMatchObject({
      status: 'blocked',
      gates: [{ verdict: 'unknown' }],
      want: { through: 'phase4' },
    });
    expect(blocked?.gates[0]?.retryAt).toBe(new Date(world.now().getTime() + 30_000).toISOString());
    await world.publish('nba-sweep', '{}');
    await world.run();
    expect(stateIn(world, 'team_offense', date)?.status).toBe('blocked');
    await world.settle();
    expect(stateIn(world, 'team_offense', date)).toMatchObject({ status: 'success', want: null });
    expect(await brokenPromises(world)).toEqual([]);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('no such dataset'))],
    ['answers nothing', () => Promise.resolve(undefined as never)],
    ['never answers', () => new Promise<never>(() => undefined)],
  ])('F-01 F-41 a gate that %s is never taken for a pass', async (_how, rowCounts) => {
    const world = await refused(rowCounts);
    expect(stateIn(world, 'team_offense', date)).toMatchObject({ status: 'success', token: 1 });
    expect(world.bus.backlog().has(`${runTopic('phase3', 'live')}-sub`)).toBe(false);
    await world.settle();
    expect(stateIn(world, 'team_offense', date)).toMatchObject({ status: 'success', token: 2 });
    expect(await brokenPromises(world)).toEqual([]);
  });
});
