/** Failures of state: refusals taken for success, second writers, early firing, late data, older runs that win. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rememberArchive } from '../../shared/state/archives.ts';
import { addDays } from '../../shared/domain/game-date.ts';
import { completeTopic, runTopic } from '../../shared/derive/topic-names.ts';
import { topics } from '../../shared/derive/topics.ts';
import { defineTable, PHASES, type TableDefinition } from '../../shared/domain/table.ts';
import { sameDate } from '../../shared/domain/window.ts';
import { failedDate } from '../../shared/state/runs.ts';
import type { RunCompleted } from '../../shared/messages/schemas.ts';
import { paths, type RunDocument } from '../../shared/state/documents.ts';
import { brokenPromises, comparableStates } from '../support/at-rest.ts';
import { deadLettersIn, orders, runsIn, runSince, stateIn, statusesOf } from '../support/look.ts';
import {
  dateOf,
  DATES,
  PHASE3_DATES,
  PHASE4_DATES,
  SEASON,
  withChange,
  withMorePoints,
  withNote,
} from '../support/toy-league.ts';
import { COMPUTED_TABLES, TOY_DEFINITIONS, toyRegistry } from '../support/toy-tables.ts';
import {
  archivedWorld,
  BEFORE_LAST_DATE,
  builtWorld,
  FIRST_SOURCES,
  importedWorld,
  LAST_DATE,
  loadInto,
} from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';

const date = dateOf(14);

describe('F-01 a refused gate is recorded as a successful trigger', () => {
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
    const before = await runsIn(world, 'team_offense');
    expect(stateIn(world, 'team_offense', date)).toMatchObject({
      status: 'blocked',
      waitingFor: [`nbac_game_results@${date}`],
      gates: [{ gate: 'input_rows', verdict: 'blocked' }],
      want: { through: 'phase4' },
    });
    expect(world.bus.backlog().has(`${runTopic('phase3', 'live')}-sub`)).toBe(false);
    expect(world.events.filter(({ event }) => event === 'gate_closed')).not.toHaveLength(0);
    await world.settle();
    expect(await runsIn(world, 'team_offense')).toHaveLength(before.length);

    await world.request({ dates: [date], from: 'phase2', through: 'phase2', tables: ['nbac_game_results'] });
    await world.settle();
    expect(await runsIn(world, 'team_offense')).toHaveLength(before.length + 1);
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
  ])('F-01 a gate that %s is never taken for a pass', async (_how, rowCounts) => {
    const world = await refused(rowCounts);
    expect(stateIn(world, 'team_offense', date)).toMatchObject({ status: 'success', token: 1 });
    expect(world.bus.backlog().has(`${runTopic('phase3', 'live')}-sub`)).toBe(false);
    await world.settle();
    expect(stateIn(world, 'team_offense', date)).toMatchObject({ status: 'success', token: 2 });
    expect(await brokenPromises(world)).toEqual([]);
  });
});

describe('F-02 a second writer turns every completion into a duplicate', () => {
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
    const built = (await runsIn(world))
      .filter(({ phase }) => phase !== 'phase2')
      .flatMap((run) => run.dates.map((each) => `${run.table}@${each.date}`));
    expect(built).toHaveLength(new Set(built).size);
    expect(built).toHaveLength(4 * PHASE3_DATES.length + 4 * PHASE4_DATES.length);
    expect(await brokenPromises(world)).toEqual([]);
  });
});

describe('F-04 two of five processors have no route', () => {
  it.each([
    ['the toy tables', toyRegistry()],
    ['the tables of the product', loadRegistry()],
  ])(
    'F-04 every computed table of %s is reached from raw tables, by a topic somebody consumes',
    (_of, registry) => {
      const raw = registry.all
        .filter(({ definition }) => definition.kind === 'loaded')
        .map(({ definition }) => definition.name);
      const reached = registry.downstreamOf(raw);
      const consumed = new Set(
        topics().flatMap(({ name, subscription }) => (subscription.consumer === 'run' ? [name] : [])),
      );
      for (const { definition } of registry.all) {
        expect(reached.has(definition.name), `${definition.name} is reached`).toBe(true);
        if (definition.kind === 'computed')
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

  it('F-04 live news alone, without any schedule, builds every table of the date, each after what it reads', async () => {
    const world = makeWorld({ from: await importedBeforeLast() });
    await world.archiveRows(FIRST_SOURCES);
    for (const table of ['nbac_game_results', 'nbac_player_boxscores']) {
      await world.ingest(table, LAST_DATE);
      await world.run();
    }
    const order = world.warehouse
      .history()
      .flatMap((row) => (row.run_mode === 'live' ? [row.processor_name] : []));
    for (const table of ['team_offense', 'team_defense', 'player_summary']) {
      expect(stateIn(world, table, LAST_DATE), table).toMatchObject({ status: 'success', mode: 'live' });
    }
    expect(order.indexOf('team_offense')).toBeLessThan(order.indexOf('team_defense'));
    expect(order.indexOf('team_offense')).toBeLessThan(order.indexOf('player_summary'));
    expect(await brokenPromises(world)).toEqual([]);
  });
});

/** Built up to the last date, whose games have not been played. */
async function importedBeforeLast(): Promise<World> {
  const world = await loadInto(makeWorld(), BEFORE_LAST_DATE);
  await world.request({ season: SEASON });
  await world.settle();
  return world;
}

/** Five tables that read the schedule, and one that reads the five. */
function fiveAndOne(): TableDefinition[] {
  const [schedule] = TOY_DEFINITIONS;
  const sample = TOY_DEFINITIONS.find(({ name }) => name === 'team_context');
  if (schedule === undefined || sample?.kind !== 'computed') throw new Error('the toy tables have changed');
  const { kind: _, ...rest } = sample;
  const five = FIVE.map((name) =>
    defineTable({ ...rest, name, inputs: [{ table: 'nbac_schedule', window: sameDate, required: true }] }),
  );
  return [
    schedule,
    ...five,
    defineTable({
      ...rest,
      name: 'last',
      phase: 'phase4',
      inputs: FIVE.map((table) => ({ table, window: sameDate, required: true })),
    }),
  ];
}
const FIVE = ['a', 'b', 'c', 'd', 'e'];

/** A world in which the schedule of one date has arrived and the runs of the five tables wait to be answered. */
async function fiveAsked(): Promise<{ world: World; completions: Map<string, string> }> {
  const world = makeWorld({ registry: toyRegistry(fiveAndOne()) });
  await world.archiveRows({ nbac_schedule: FIRST_SOURCES['nbac_schedule'] ?? [] });
  await world.request({ season: SEASON, from: 'phase2', through: 'phase2' });
  await world.settle();
  await rememberArchive(world, { table: 'nbac_schedule', season: SEASON, files: [], dates: [date] });
  await world.archiveRows({
    nbac_schedule: (FIRST_SOURCES['nbac_schedule'] ?? []).map((row) => ({ ...row, note: 'again' })),
  });
  await world.ingest('nbac_schedule', date);
  await world.handle(runTopic('phase2', 'live'));
  await world.handle(completeTopic('phase2'));
  const completions = new Map<string, string>();
  for (const _ of FIVE) await world.handle(runTopic('phase3', 'live'));
  const subscription = topics().find(({ name }) => name === completeTopic('phase3'))?.subscription;
  for (const _ of FIVE) {
    const held = subscription === undefined ? undefined : world.bus.take([subscription]);
    if (held === undefined) continue;
    completions.set((JSON.parse(held.delivery.body) as RunCompleted).table, held.delivery.body);
    held.ack();
  }
  return { world, completions };
}

describe('F-31 early firing on partial data, late data ignored', () => {
  it('F-31 over all 120 arrival orders the reader runs once, after the fifth', async () => {
    const { world: base, completions } = await fiveAsked();
    expect([...completions.keys()].sort()).toEqual(FIVE);
    for (const order of orders(FIVE)) {
      const world = makeWorld({ from: base });
      for (const [i, table] of order.entries()) {
        await world.publish(completeTopic('phase3'), completions.get(table) ?? '');
        await world.handle(completeTopic('phase3'));
        expect(await runsIn(world, 'last'), `${order.join('')} after ${i + 1}`).toHaveLength(i < 4 ? 0 : 1);
        if (i < 4)
          expect(stateIn(world, 'last', date)?.waitingFor.toSorted()).toEqual(
            FIVE.filter((each) => !order.slice(0, i + 1).includes(each)).map((each) => `${each}@${date}`),
          );
      }
      await world.run();
      expect(stateIn(world, 'last', date)?.status).toBe('success');
    }
  });

  it('F-31 a late optional input rebuilds exactly what reads it, and the same content again rebuilds nothing', async () => {
    const world = makeWorld({ from: await builtWorld() });
    const late = withChange(FIRST_SOURCES, 'odds_api_game_lines', date, (row) => ({ ...row, line: 7 }));
    const lineDate =
      DATES.find(
        (each) => late['odds_api_game_lines'] !== FIRST_SOURCES['odds_api_game_lines'] && each === dateOf(15),
      ) ?? date;
    const withLine = withChange(FIRST_SOURCES, 'odds_api_game_lines', lineDate, (row) => ({
      ...row,
      line: 7,
    }));
    const before = await runsIn(world);
    await world.archiveRows(withLine);
    await world.ingest('odds_api_game_lines', lineDate);
    await world.settle();
    expect(await runSince(world, before)).toEqual([
      `daily_cache@${lineDate}`,
      `feature_store@${lineDate}`,
      `odds_api_game_lines@${lineDate}`,
      `team_context@${lineDate}`,
    ]);
    const after = await runsIn(world);
    await world.archiveRows(withChange(withLine, 'odds_api_game_lines', dateOf(0), (row) => row));
    expect(await world.ingest('odds_api_game_lines', lineDate)).toBe(true);
    await world.settle();
    expect(await runSince(world, after)).toEqual([]);
  });
});

describe('F-32 a wrong or unknown processor satisfies the count', () => {
  it('F-32 whatever names report, however often, the reader runs exactly when its five inputs are there', async () => {
    const { world: base, completions } = await fiveAsked();
    const sample = JSON.parse(completions.get('a') ?? '') as RunCompleted;
    const unknown = (table: string): string =>
      JSON.stringify({ ...sample, table, eventId: `completed:${table}` });
    const stranger = (table: string): string =>
      JSON.stringify({ ...sample, table, runId: 'run-of-somebody-else' });
    const names = fc.array(
      fc.oneof(
        fc.constantFrom(...FIVE),
        fc.constantFrom('x', 'PlayerGameSummaryProcessor', 'a_v2', 'Async_a'),
        fc.constantFrom('!a', '!b'),
      ),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(names, async (reports) => {
        const world = makeWorld({ from: base });
        for (const name of reports) {
          const body = FIVE.includes(name)
            ? completions.get(name)
            : name.startsWith('!')
              ? stranger(name.slice(1))
              : unknown(name);
          await world.publish(completeTopic('phase3'), body ?? '');
        }
        await world.run();
        const complete = FIVE.every((name) => reports.includes(name));
        expect(await runsIn(world, 'last')).toHaveLength(complete ? 1 : 0);
        const strange = new Set(reports.filter((name) => !FIVE.includes(name) && !name.startsWith('!')));
        for (const { reason } of await deadLettersIn(world)) expect(reason).toMatch(/^There is no table /);
        expect((await deadLettersIn(world)).length).toBe(reports.filter((name) => strange.has(name)).length);
      }),
      { numRuns: 60, seed: 32 },
    );
  });
});

describe('F-34 waiting for a source that was switched off', () => {
  it('F-34 a table that is no longer declared is no longer waited for', async () => {
    const without = TOY_DEFINITIONS.filter(({ name }) => name !== 'odds_api_game_lines').map(
      (definition) => ({
        ...definition,
        inputs: definition.inputs.filter(({ table }) => table !== 'odds_api_game_lines'),
      }),
    );
    const base = await importedWorld();
    const world = makeWorld({ from: base, registry: toyRegistry(without) });
    const id = await world.request({ season: SEASON });
    await world.settle();
    expect(await world.backfill(id)).toMatchObject({ state: 'done' });
    expect(
      Object.values(statusesOf(world, 'team_context')).every(
        (status) => status === 'success' || status === 'empty',
      ),
    ).toBe(true);
  });

  it('F-34 a required source that is missing is named, with the command that fills it', async () => {
    const world = makeWorld();
    const { nbac_player_boxscores: _, ...rest } = FIRST_SOURCES;
    await loadInto(world, rest);
    const id = await world.request({ season: SEASON });
    await world.settle();
    const backfill = await world.backfill(id);
    expect(backfill).toMatchObject({ state: 'done_with_failures', plannedRuns: 0 });
    expect(backfill?.verdict).toContain('nbac_player_boxscores is missing on 9 dates');
    expect(backfill?.verdict).toContain('fullcourt import');
    expect(await runsIn(world, 'team_offense')).toEqual([]);
  });
});

describe('F-38 a re-run destroys better or later results', () => {
  it('F-38 run 2 completes before run 1: the result of run 2 stays, run 1 is superseded', async () => {
    const world = makeWorld({ from: await builtWorld() });
    await world.request({ dates: [date], tables: ['team_defense'], through: 'phase3', force: true });
    await world.handle('nba-backfill-request');
    const first = (await runsIn(world, 'team_defense')).at(-1) as RunDocument;
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

function takeBody(world: World, topic: string): string {
  const subscription = topics().find(({ name }) => name === topic)?.subscription;
  const held = subscription === undefined ? undefined : world.bus.take([subscription]);
  held?.ack();
  return held?.delivery.body ?? '';
}

describe('F-39 repaired day, poisoned following weeks', () => {
  const repaired = [dateOf(5), dateOf(11)];

  it('F-39 a repair that only marks makes exactly the dates within the windows stale', async () => {
    const world = makeWorld({ from: await builtWorld() });
    await world.archiveRows(withChange(FIRST_SOURCES, 'nbac_player_boxscores', dateOf(14), withMorePoints));
    await world.request({
      dates: [dateOf(14)],
      from: 'phase2',
      through: 'phase2',
      tables: ['nbac_player_boxscores'],
      restate: 'mark',
    });
    await world.settle();
    const stale = staleIn(world);
    expect(stale).toEqual([`player_summary@${dateOf(14)}`, `team_offense@${dateOf(14)}`]);
    await world.request({ dates: [dateOf(14)], through: 'phase3', restate: 'mark' });
    await world.settle();
    const later = PHASE4_DATES.filter((each) => each > dateOf(14));
    const within = later.filter((each) => each <= addDays(dateOf(14), 4));
    expect(staleIn(world, 'team_context')).toEqual(later);
    expect(staleIn(world, 'daily_cache')).toEqual(later);
    expect(staleIn(world, 'zone_defense')).toEqual(expect.arrayContaining(within));
    expect(staleIn(world, 'team_offense')).toEqual([]);
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('F-39 several days repaired together: every later date within a window is rebuilt once, and nothing else', async () => {
    const world = makeWorld({ from: await builtWorld() });
    const before = await runsIn(world);
    let sources = FIRST_SOURCES;
    for (const each of repaired) sources = withChange(sources, 'nbac_player_boxscores', each, withMorePoints);
    await world.archiveRows(sources);
    const id = await world.request({
      dates: repaired,
      from: 'phase2',
      through: 'phase4',
      tables: ['nbac_player_boxscores'],
    });
    await world.settle();
    const ran = await runSince(world, before);
    expect(ran).toHaveLength(new Set(ran).size);
    expect(await world.backfill(id)).toMatchObject({ state: 'done' });
    expect(ran.filter((name) => name.startsWith('team_offense'))).toEqual(
      repaired.map((each) => `team_offense@${each}`),
    );
    expect(ran.filter((name) => name.startsWith('team_context'))).toEqual(
      PHASE3_DATES.filter((each) => each > dateOf(5)).map((each) => `team_context@${each}`),
    );
    expect(staleIn(world, ...COMPUTED_TABLES)).toEqual([]);
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('F-39 unchanged content stops the branch', async () => {
    const world = makeWorld({ from: await builtWorld() });
    const before = await runsIn(world);
    await world.archiveRows(withChange(FIRST_SOURCES, 'nbac_player_boxscores', dateOf(14), withNote));
    await world.request({
      dates: [dateOf(14)],
      from: 'phase2',
      through: 'phase4',
      tables: ['nbac_player_boxscores'],
    });
    await world.settle();
    const ran = await runSince(world, before);
    expect(ran).toContain(`team_offense@${dateOf(14)}`);
    // team_offense does not use the note, so nothing that reads only it is built again; player_summary does.
    expect(ran.filter((name) => name.startsWith('team_defense') || name.startsWith('zone_defense'))).toEqual(
      [],
    );
    expect(ran).toContain(`player_summary@${dateOf(14)}`);
  });

  function staleIn(world: World, ...tables: string[]): string[] {
    const states = Object.entries(comparableStates(world)) as [string, { stale: unknown }][];
    const names = states.flatMap(([name, { stale }]) =>
      stale === null || name.startsWith('nbac_') || name.startsWith('odds_') ? [] : [name],
    );
    if (tables.length === 0) return names.sort();
    return names
      .filter((name) => tables.includes(name.split('@')[0] ?? ''))
      .map((name) => (tables.length === 1 ? (name.split('@')[1] ?? '') : name));
  }
});

it('F-03 a failed date says so in the announcement, in every status', () => {
  expect(failedDate(date, 'code.data', 'x'.repeat(3000)).reason).toHaveLength(2000);
});
