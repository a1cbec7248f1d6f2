import { describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { completeTopic, runTopic } from '../../shared/derive/topic-names.ts';
import { topics } from '../../shared/derive/topics.ts';
import { isComputed, isRaw, PHASES } from '../../shared/domain/table.ts';
import { brokenPromises, contentsOf } from '../support/at-rest.ts';
import { runsIn, stateIn } from '../support/look.ts';
import { DATES, PHASE3_DATES, PHASE4_DATES, type Sources, UNSOURCED_DATE } from '../support/toy-league.ts';
import { COMPUTED_TABLES, TOY_DEFINITIONS, toyRegistry } from '../support/toy-tables.ts';
import { cleanWorld, FIRST_SOURCES } from '../support/toy-worlds.ts';
import { makeWorld } from '../support/world.ts';

/** A season without the date that nobody has box scores for. */
const SOURCES: Sources = Object.fromEntries(
  Object.entries(FIRST_SOURCES).map(([table, rows]) => [
    table,
    rows.filter((row) => row['game_date'] !== UNSOURCED_DATE),
  ]),
);

describe('F-04 every computed table has a route', () => {
  it('F-04 reaches every computed table of the product from what is loaded, through topics that exist', () => {
    const registry = loadRegistry();
    const loaded = registry.all
      .filter(({ definition }) => isRaw(definition))
      .map(({ definition }) => definition.name);
    const computed = registry.all.filter(({ definition }) => isComputed(definition));
    const reached = registry.downstreamOf(loaded);
    const names = new Set(topics().map(({ name }) => name));
    expect(computed.length).toBeGreaterThanOrEqual(10);
    for (const { definition } of computed) {
      expect(reached.has(definition.name), definition.name).toBe(true);
      expect(
        definition.inputs.some(({ required }) => required),
        definition.name,
      ).toBe(true);
      for (const topic of [
        runTopic(definition.phase, 'live'),
        runTopic(definition.phase, 'backfill'),
        completeTopic(definition.phase),
      ]) {
        expect(names.has(topic), topic).toBe(true);
      }
      for (const input of definition.inputs) {
        expect(
          registry.readersOf(input.table).map(({ table }) => table.definition.name),
          `${input.table} -> ${definition.name}`,
        ).toContain(definition.name);
      }
    }
  });

  it('F-04 lists every table of the product after all that it reads', () => {
    const registry = loadRegistry();
    const order = new Map(registry.all.map(({ definition }, i) => [definition.name, i]));
    for (const { definition } of registry.all) {
      for (const { table } of definition.inputs) {
        expect(order.get(table) ?? Infinity, `${table} before ${definition.name}`).toBeLessThan(
          order.get(definition.name) ?? -1,
        );
      }
    }
  });

  it('F-04 refuses a graph in which a table reads what nobody builds', () => {
    const names = TOY_DEFINITIONS.filter(({ name }) => name !== 'team_offense');
    expect(() => toyRegistry(names)).toThrow(/reads team_offense, which does not exist/);
  });

  it('F-04 F-25 builds every table in the order of its inputs from upstream events alone, without a schedule', async () => {
    const world = makeWorld();
    await world.archiveRows(SOURCES);
    const settled: string[] = [];
    world.store.onCommit((path, before, after) => {
      if (!path.startsWith('runs/') || after?.['state'] !== 'settled' || before?.['state'] === 'settled')
        return;
      const dates = after['dates'] as { date: string }[];
      settled.push(...dates.map(({ date }) => `${String(after['table'])}@${date}`));
    });
    for (const date of PHASE3_DATES) await world.ingest('nbac_schedule', date);
    await world.run();
    for (const date of PHASE3_DATES) {
      for (const table of ['odds_api_game_lines', 'nbac_game_results', 'nbac_player_boxscores']) {
        expect(await world.ingest(table, date)).toBe(true);
        await world.run();
      }
    }
    for (const name of COMPUTED_TABLES) {
      const { phase } = world.registry.get(name).definition;
      for (const date of PHASE3_DATES) {
        if (phase === 'phase4' && !PHASE4_DATES.includes(date)) continue;
        expect(stateIn(world, name, date)?.status, `${name}@${date}`).toBe('success');
        for (const input of world.registry.get(name).definition.inputs) {
          if (input.window.kind !== 'same_date' || !input.required) continue;
          expect(
            settled.indexOf(`${input.table}@${date}`),
            `${input.table} before ${name} on ${date}`,
          ).toBeLessThan(settled.lastIndexOf(`${name}@${date}`));
          expect(settled.indexOf(`${input.table}@${date}`)).toBeGreaterThanOrEqual(0);
        }
      }
    }
    expect(runsIn(world).every(({ mode, backfillId }) => mode === 'live' && backfillId === null)).toBe(true);
    expect(contentsOf(world)).toEqual(contentsOf(await cleanWorld(SOURCES)));
  });

  it('F-04 leaves nothing waiting behind a date that turns out to have no source, once the sweep has come by', async () => {
    const world = makeWorld();
    await world.archiveRows(FIRST_SOURCES);
    for (const date of DATES) await world.ingest('nbac_schedule', date);
    await world.run();
    for (const date of DATES) {
      for (const table of ['odds_api_game_lines', 'nbac_game_results', 'nbac_player_boxscores']) {
        await world.ingest(table, date);
        await world.run();
      }
    }
    await world.settle();
    expect(await brokenPromises(world)).toEqual([]);
    for (const date of PHASE4_DATES)
      expect(stateIn(world, 'feature_store', date)?.status, date).toBe('success');
  });

  it.each([
    ['the toy tables', toyRegistry()],
    ['the tables of the product', loadRegistry()],
  ])(
    'F-04 every computed table of %s is reached from raw tables, by a topic somebody consumes',
    (_of, registry) => {
      const raw = registry.all
        .filter(({ definition }) => isRaw(definition))
        .map(({ definition }) => definition.name);
      const reached = registry.downstreamOf(raw);
      const consumed = new Set(
        topics().flatMap(({ name, subscription }) => (subscription.consumer === 'run' ? [name] : [])),
      );
      for (const { definition } of registry.all) {
        expect(reached.has(definition.name), `${definition.name} is reached`).toBe(true);
        if (isComputed(definition))
          expect(
            definition.inputs.some(({ required }) => required),
            `${definition.name} waits for something`,
          ).toBe(true);
        expect(
          consumed.has(runTopic(definition.phase, 'live')) &&
            consumed.has(runTopic(definition.phase, 'backfill')),
        ).toBe(true);
      }
      expect(topics().map(({ subscription }) => subscription.name)).toHaveLength(
        new Set(topics().map(({ subscription }) => subscription.name)).size,
      );
      for (const phase of PHASES)
        expect(topics().some(({ name }) => name === completeTopic(phase))).toBe(true);
    },
  );
});
