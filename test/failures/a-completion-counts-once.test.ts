import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NO_FAULTS } from '../../functions/targets/simulated/faults.ts';
import { completeTopic, runTopic, SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { topics } from '../../shared/derive/topics.ts';
import { paths } from '../../shared/state/documents.ts';
import { completionOf } from '../../shared/state/runs.ts';
import { brokenPromises, contentsOf } from '../support/at-rest.ts';
import { computedRuns, runsIn, stateIn } from '../support/look.ts';
import { drain, worldFrom } from '../support/stepping.ts';
import { DATES, PHASE3_DATES, PHASE4_DATES, SEASON } from '../support/toy-league.ts';
import { COMPUTED_TABLES, TOY_DEFINITIONS, toyRegistry } from '../support/toy-tables.ts';
import {
  archivedWorld,
  builtWorld,
  cleanWorld,
  FIRST_SOURCES,
  importedWorld,
  loadInto,
} from '../support/toy-worlds.ts';
import { makeWorld } from '../support/world.ts';

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
      ...stateIn(world, 'nbac_schedule', date),
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
    const run = runsIn(world, 'team_offense').find(({ dates }) => dates.some((each) => each.date === date));
    if (run === undefined || run.outcome === null) throw new Error('team_offense has not been built');
    world.warehouse.truncate('team_offense', date, 0);
    await world.publish(SWEEP_TOPIC, { reconcile: true });
    await drain(world);
    const reopened = stateIn(world, 'team_offense', date);
    expect(reopened).toMatchObject({ status: 'blocked', reopened: 1 });
    await world.publish(completeTopic('phase3'), completionOf(world.context.ports, run, run.outcome));
    await drain(world);
    expect(stateIn(world, 'team_offense', date)).toEqual(reopened);
  });

  it('F-02 F-43 leaves the completion documents to one module', () => {
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

  it.each(['phase2', 'phase3', 'phase4'] as const)(
    'F-02 entries of a foreign writer in the documents of %s neither count nor stop anything',
    async (phase) => {
      const world = makeWorld({ from: await archivedWorld() });
      for (const each of DATES) {
        const tables = Object.fromEntries(
          TOY_DEFINITIONS.filter((table) => table.phase === phase).map(({ name }) => [
            name,
            { completed_at: 'yesterday', status: 'success' },
          ]),
        );
        await world.store.transaction((tx) =>
          Promise.resolve(
            tx.set(paths.completion(phase, each), {
              phase,
              date: each,
              tables: { ...tables, PlayerGameSummaryProcessor: { status: 'success' } },
              updatedAt: '',
            }),
          ),
        );
      }
      await loadInto(world, FIRST_SOURCES);
      await world.request({ season: SEASON });
      await world.settle();
      for (const table of COMPUTED_TABLES) {
        const dates = toyRegistry().get(table).definition.phase === 'phase3' ? PHASE3_DATES : PHASE4_DATES;
        for (const each of dates)
          expect(stateIn(world, table, each), `${table}@${each}`).toMatchObject({
            status: 'success',
            revision: expect.any(Number) as number,
          });
      }
    },
  );

  it('F-02 every completion delivered three times, in reverse, makes one run of each partition', async () => {
    const world = makeWorld({ from: await importedWorld() });
    const bodies: [string, string][] = [];
    const publish = world.bus.publish;
    const once = world.context.ports.publisher.publish;
    expect(once).toBe(publish);
    await world.request({ season: SEASON });
    for (let i = 0; i < 400; i++) {
      for (const { name, subscription } of topics()) {
        const held = subscription.consumer === 'orchestrate' ? world.bus.take([subscription]) : undefined;
        if (held === undefined) continue;
        bodies.unshift([name, held.delivery.body]);
        held.ack();
        for (const [topic, body] of bodies.slice(0, 3)) await world.publish(topic, body);
        await world.handle(name);
        await world.handle(name);
        await world.handle(name);
      }
      for (const topic of [
        'nba-backfill-request',
        runTopic('phase3', 'backfill'),
        runTopic('phase4', 'backfill'),
      ])
        await world.handle(topic);
    }
    await world.settle();
    const built = runsIn(world)
      .filter(({ phase }) => phase !== 'phase2')
      .flatMap((run) => run.dates.map((each) => `${run.table}@${each.date}`));
    expect(built).toHaveLength(new Set(built).size);
    expect(built).toHaveLength(3 * PHASE3_DATES.length + DATES.length + 4 * PHASE4_DATES.length);
    expect(await brokenPromises(world)).toEqual([]);
  });
});
