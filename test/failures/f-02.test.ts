import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completeTopic, SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { completionOf } from '../../shared/state/runs.ts';
import { brokenPromises, contentsOf } from '../support/at-rest.ts';
import { DATES, PHASE3_DATES, SEASON } from '../support/toy-league.ts';
import { builtWorld, cleanWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import { NO_FAULTS } from '../../functions/targets/simulated/faults.ts';
import { computedRuns, drain, runsOf, stateAt, worldFrom } from './pipeline.ts';

describe('F-02 a completion counts once, whoever else writes or repeats', () => {
  it('F-02 is not misled by entries of a foreign writer under names of its own', async () => {
    const world = await worldFrom(importedWorld());
    for (const phase of ['phase3', 'phase4'] as const) {
      for (const date of DATES) {
        await world.store.transaction((tx) => {
          const tables = { backup_tracker: { status: 'success', token: 99 }, _count: { status: 'success' } };
          tx.set(`${phase}_completion/${date}`, {
            phase,
            date,
            tables,
            updatedAt: '2024-01-01T00:00:00.000Z',
          });
          return Promise.resolve();
        });
      }
    }
    const id = await world.request({ season: SEASON });
    await world.settle();
    expect((await world.backfill(id))?.state).toBe('done');
    expect(contentsOf(world)).toEqual(contentsOf(await cleanWorld(FIRST_SOURCES)));
    expect(new Set(Object.values(computedRuns(world)))).toEqual(new Set([1]));
  });

  it('F-02 builds what a foreign writer only calls complete', async () => {
    const world = await worldFrom(importedWorld());
    const date = PHASE3_DATES[0] as (typeof DATES)[0];
    const foreign = {
      ...stateAt(world, 'nbac_schedule', date),
      status: 'success',
      runId: null,
      rows: 0,
      outputFingerprint: null,
      inputFingerprint: null,
      readyPct: null,
    };
    await world.store.transaction((tx) => {
      tx.set(`phase3_completion/${date}`, {
        phase: 'phase3',
        date,
        tables: { team_offense: foreign },
        updatedAt: '2024-01-01T00:00:00.000Z',
      });
      return Promise.resolve();
    });
    const id = await world.request({ season: SEASON });
    await world.settle();
    expect((await world.backfill(id))?.state).toBe('done');
    expect(contentsOf(world)).toEqual(contentsOf(await cleanWorld(FIRST_SOURCES)));
  });

  it('F-02 counts every message once when the broker delivers each of them twice, on every hop', async () => {
    const once = await worldFrom(importedWorld());
    await once.request({ season: SEASON });
    await once.settle();
    const world = await worldFrom(importedWorld(), {
      faults: { ...NO_FAULTS, steps: 1_000_000, duplicate: 1 },
    });
    await world.request({ season: SEASON });
    await world.settle();
    expect(computedRuns(world)).toEqual(computedRuns(once));
    expect(contentsOf(world)).toEqual(contentsOf(once));
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('F-02 does not settle a partition again by an old completion, after its rows were found to be missing', async () => {
    const world = await worldFrom(builtWorld());
    const date = PHASE3_DATES[0] as (typeof DATES)[0];
    const run = runsOf(world, 'team_offense').find(({ dates }) => dates.some((each) => each.date === date));
    if (run === undefined || run.outcome === null) throw new Error('team_offense has not been built');
    world.warehouse.truncate('team_offense', date, 0);
    await world.publish(SWEEP_TOPIC, { reconcile: true });
    await drain(world);
    const reopened = stateAt(world, 'team_offense', date);
    expect(reopened).toMatchObject({ status: 'blocked', reopened: 1 });
    await world.publish(completeTopic('phase3'), completionOf(world.context.ports, run, run.outcome));
    await drain(world);
    expect(stateAt(world, 'team_offense', date)).toEqual(reopened);
  });

  it('F-02 leaves the completion documents to one module', () => {
    const root = join(import.meta.dirname, '../..');
    const writers = ['functions', 'shared'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(folder, name))
        .filter((name) =>
          /tx\.(set|merge|delete)\(\s*(paths\.completion\(|`[^`]*_completion\/)/.test(
            readFileSync(join(root, name), 'utf8'),
          ),
        ),
    );
    expect(writers).toEqual([join('shared', 'state', 'completions.ts')]);
  });
});
