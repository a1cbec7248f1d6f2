/** Tables of code that use models and seal what they have said before a game: in a world of virtual time, on the evening of two games. */
import { beforeAll, describe, expect, it } from 'vitest';
import { why } from '../../functions/control/why.ts';
import { staleIn } from '../../functions/control/stale-tables.ts';
import type { Compute } from '../../shared/domain/code-table.ts';
import { digest } from '../../shared/domain/hash.ts';
import type { ModelDocument } from '../../shared/domain/models.ts';
import { buildRegistry } from '../../shared/domain/registry.ts';
import { defineCodeTable, type Column, type TableDefinition } from '../../shared/domain/table.ts';
import { eachRow, textsOf } from '../../shared/domain/table-rows.ts';
import { sameDate } from '../../shared/domain/window.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { changeAlias, keepModel } from '../../shared/state/models.ts';
import { stateIn } from '../support/look.ts';
import { PHASE4_DATES, SEASON, type Sources } from '../support/toy-league.ts';
import { registered, TOY_DEFINITIONS } from '../support/toy-tables.ts';
import { FIRST_SOURCES, LAST_DATE, loadInto } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const text: Column = { type: 'STRING', description: 'text' };

const predictions = defineCodeTable({
  name: 'predictions',
  dataset: 'nba_predictions',
  phase: 'phase5',
  description: 'One row for each player and model.',
  timing: 'pre_game',
  seal: 'tip_off',
  artifacts: [{ role: 'champion' }],
  columns: {
    ...{ game_id: text, player_lookup: text, model_id: text, content: text, origin: text },
    game_date: { type: 'DATE', description: 'date' },
    is_ready: { type: 'BOOL', description: 'ready' },
  },
  key: ['game_id', 'player_lookup'],
  partitionColumn: 'game_date',
  clusterBy: [],
  readinessColumn: 'is_ready',
  inputs: [
    { table: 'nbac_schedule', window: sameDate, required: true, columns: ['game_id'] },
    {
      ...{ table: 'feature_store', window: sameDate, required: true },
      columns: ['game_id', 'player_lookup', 'content'],
    },
  ],
  calculationVersion: 'toy',
});

const predict: Compute = ({ date, rowsOf, artifactOf }) => {
  const model = artifactOf('champion');
  const features = rowsOf('feature_store');
  if (model === undefined) return [];
  return textsOf(features, 'player_lookup').map((player_lookup, i) => ({
    ...{ game_id: textsOf(features, 'game_id')[i] ?? null, player_lookup, model_id: model.id },
    content: digest(`${model.text} ${textsOf(features, 'content')[i] ?? ''}`),
    game_date: date,
    is_ready: true,
  }));
};

/** The toy tables, with a tip-off in the schedule, and the predictions. */
const registry = buildRegistry([
  ...TOY_DEFINITIONS.map((definition): TableDefinition =>
    definition.name === 'nbac_schedule'
      ? {
          ...definition,
          columns: {
            ...definition.columns,
            tipoff_at: { type: 'TIMESTAMP', nullable: true, description: 'tip-off' },
          },
        }
      : definition,
  ).map(registered),
  { definition: predictions, codeFingerprint: 'predictions', compute: () => Promise.resolve(predict) },
]);

const GAMES = (FIRST_SOURCES['nbac_schedule'] ?? [])
  .filter((row) => row['game_date'] === LAST_DATE)
  .map((row) => String(row['game_id']));
const [EARLY = '', LATE = ''] = GAMES;
const unplayed = (table: string): Sources[string] =>
  (FIRST_SOURCES[table] ?? []).filter((row) => row['game_date'] !== LAST_DATE);
/** The games of the last date begin at 18:00 and 23:00 UTC and have not been played; those before it began at midnight UTC. */
const SOURCES: Sources = {
  ...FIRST_SOURCES,
  nbac_game_results: unplayed('nbac_game_results'),
  nbac_player_boxscores: unplayed('nbac_player_boxscores'),
  nbac_schedule: (FIRST_SOURCES['nbac_schedule'] ?? []).map((row) => ({
    ...row,
    tipoff_at:
      row['game_date'] === LAST_DATE
        ? `${LAST_DATE}T${row['game_id'] === EARLY ? '18' : '23'}:00:00.000Z`
        : `${String(row['game_date'])}T23:30:00.000Z`,
  })),
};

async function train(world: World, id: string, validity: ModelDocument['validity']): Promise<void> {
  const bytes = new TextEncoder().encode(`model ${id}`);
  const { uri, sha256 } = await world.archive.put(`${id}.json`, bytes);
  const { store } = world.context.ports;
  await keepModel(
    { store },
    {
      ...{ id, algorithm: 'lad', parameters: {}, seed: 1, validity, featureVersion: 'v1', features: [] },
      training: { first: LAST_DATE, last: LAST_DATE, rows: 1, dates: 1, players: 1, rowsHash: '' },
      ...{ leftOut: [], fill: {}, codeRevision: '', trainedAt: world.now().toISOString() },
      ...{ metrics: [], baselines: {}, checks: [] },
      file: { uri, sha256, bytes: bytes.length },
    },
  );
}
async function promote(world: World, modelId: string): Promise<void> {
  const { store } = world.context.ports;
  const change = { modelId, at: world.now().toISOString(), by: null, reason: 'test', gate: [] };
  await changeAlias({ store }, 'champion', { ...change, kind: 'promoted' });
}
async function build(world: World, request: Parameters<World['request']>[0] = {}): Promise<void> {
  await world.request({ season: SEASON, through: 'phase5', ...request });
  await world.settle();
}
async function rowsOn(world: World, date = LAST_DATE): Promise<Row[]> {
  const columns = Object.keys(predictions.columns);
  const read = await world.warehouse.read({
    ...{ table: registry.get('predictions'), columns },
    ...{ first: date, last: date },
  });
  if (!read.ok) throw new Error(read.failure.detail);
  return eachRow(read.value);
}
const of = (rows: readonly Row[], game: string): Row[] => rows.filter((row) => row['game_id'] === game);
const told = (rows: readonly Row[]): string[] => [
  ...new Set(rows.map((row) => `${String(row['model_id'])} ${String(row['origin'])}`)),
];
const staleDates = async (world: World): Promise<readonly string[]> => {
  const ports = { ...world.context.ports, registry } as unknown as Parameters<typeof staleIn>[0];
  const stale = await staleIn(ports, [SEASON]);
  expect(stale.map(({ table }) => table).filter((table) => table !== 'predictions')).toEqual([]);
  return stale.flatMap(({ dates }) => dates);
};
const explained = async (world: World): Promise<string> => {
  const ports = { ...world.context.ports, registry } as unknown as Parameters<typeof why>[0];
  return (await why(ports, 'predictions', LAST_DATE)).standing ?? '';
};

/** A world of its own, with its own archive, in which both games are predicted and still to come. */
async function predicted(): Promise<World> {
  const world = await loadInto(makeWorld({ registry, start: `${LAST_DATE}T15:00:00Z` }), SOURCES);
  await train(world, 'lad-1', null);
  await promote(world, 'lad-1');
  await build(world);
  return world;
}

let before: World;
beforeAll(async () => {
  before = await predicted();
});
const past = PHASE4_DATES.filter((date) => date < LAST_DATE);

describe('models as inputs', () => {
  it('tonight has the champion; a past date without a rolling model lacks its rows, and says so', async () => {
    expect(told(await rowsOn(before))).toEqual(['lad-1 live']);
    expect(stateIn(before, 'predictions', LAST_DATE)).toMatchObject({ status: 'success', allLive: true });
    for (const date of past) {
      const state = stateIn(before, 'predictions', date);
      expect(await rowsOn(before, date)).toEqual([]);
      expect([state?.status, state?.reason], date).toEqual([
        'partial',
        expect.stringContaining('no_model: no champion was trained for 2023-11; `fullcourt train --rolling`'),
      ]);
    }
    expect(await staleDates(before)).toEqual([]);
  });

  it('rolling models make exactly the dates of their months stale, and the champion no past date', async () => {
    const world = makeWorld({ from: before, start: before.now().toISOString() });
    await train(world, 'lad-october', {
      from: '2023-10-01',
      before: '2023-11-01',
    } as ModelDocument['validity']);
    expect(await staleDates(world)).toEqual([]);
    await train(world, 'lad-november', {
      from: '2023-11-01',
      before: '2023-12-01',
    } as ModelDocument['validity']);
    expect(await staleDates(world)).toEqual(past);
    await build(world, { only: 'stale' });
    expect(told((await Promise.all(past.map((date) => rowsOn(world, date)))).flat())).toEqual([
      'lad-november backfill',
    ]);
    expect(await staleDates(world)).toEqual([]);

    await train(world, 'lad-2', null);
    expect(await staleDates(world)).toEqual([]);
    await promote(world, 'lad-2');
    expect(await staleDates(world)).toEqual([LAST_DATE]);
  });
});

describe('sealed rows', () => {
  it('of a game that has begun are carried over byte for byte, and those of the other game follow', async () => {
    const world = makeWorld({ from: before, start: before.now().toISOString() });
    const first = await rowsOn(world);
    await train(world, 'lad-2', null);
    await promote(world, 'lad-2');
    world.advance(4 * 3600);
    await build(world, { only: 'stale' });
    const second = await rowsOn(world);

    expect(of(second, EARLY)).toEqual(of(first, EARLY));
    expect([told(of(first, EARLY)), told(of(second, LATE))]).toEqual([['lad-1 live'], ['lad-2 live']]);

    // The next day nothing makes the date stale, and a forced run changes nothing.
    world.advance(22 * 3600);
    await train(world, 'lad-3', null);
    await promote(world, 'lad-3');
    await train(world, 'lad-november', {
      from: '2023-11-01',
      before: '2023-12-01',
    } as ModelDocument['validity']);
    expect(await staleDates(world)).toEqual(past);
    expect(await explained(world)).toBe(
      'sealed: every row was made before its game began, and stays as it is',
    );
    await build(world, { force: true });
    expect(await rowsOn(world)).toEqual(second);
    expect(stateIn(world, 'predictions', LAST_DATE)).toMatchObject({ status: 'success', allLive: true });
    expect(stateIn(world, 'predictions', LAST_DATE)?.revision).toBe(2);
  });

  it('are only those that were made before the game: rows made later are ordinary, and never live', async () => {
    const world = await loadInto(makeWorld({ registry, start: `${LAST_DATE}T19:00:00Z` }), SOURCES);
    await train(world, 'lad-1', null);
    await promote(world, 'lad-1');
    await build(world);
    const first = await rowsOn(world);
    expect([told(of(first, EARLY)), told(of(first, LATE))]).toEqual([['lad-1 backfill'], ['lad-1 live']]);
    expect(stateIn(world, 'predictions', LAST_DATE)?.allLive).toBeUndefined();

    world.advance(24 * 3600);
    await train(world, 'lad-november', {
      from: '2023-11-01',
      before: '2023-12-01',
    } as ModelDocument['validity']);
    expect(await staleDates(world)).toEqual([...past, LAST_DATE]);
    await build(world, { only: 'stale' });
    const second = await rowsOn(world);
    expect(of(second, LATE)).toEqual(of(first, LATE));
    expect(told(of(second, EARLY))).toEqual(['lad-november backfill']);
  });
});

/** What a table has published of a date is gone, as from a warehouse that was lost; the documents know it. */
async function loseRows(world: World): Promise<void> {
  const table = registry.get('predictions');
  const empty = {
    table,
    runId: 'loss',
    token: 1_000_000,
    dates: [LAST_DATE],
    readStart: LAST_DATE,
    rows: [],
  };
  const staged = await world.warehouse.stage(empty);
  if (!staged.ok) throw new Error(staged.failure.detail);
  const job = { staged: staged.value, dates: [LAST_DATE], token: 1_000_000, mode: 'live' as const };
  const lost = await world.warehouse.publish({ ...job, processedAt: world.now() });
  if (!lost.ok) throw new Error(lost.failure.detail);
}

describe('sealed rows that a table has lost', () => {
  it('come back as they were, of games that have begun, by the next run of the date', async () => {
    const world = await predicted();
    const first = await rowsOn(world);
    await train(world, 'lad-2', null);
    await promote(world, 'lad-2');
    world.advance(4 * 3600);
    await loseRows(world);
    expect(await rowsOn(world)).toEqual([]);
    await build(world, { force: true });
    const second = await rowsOn(world);
    expect(of(second, EARLY)).toEqual(of(first, EARLY));
    expect(told(of(second, LATE))).toEqual(['lad-2 live']);
  });

  it('come back on a later day, when no model would predict the date any more, and the date is whole', async () => {
    const world = await predicted();
    const first = await rowsOn(world);
    world.advance(48 * 3600);
    await loseRows(world);
    await build(world, { force: true });
    expect(await rowsOn(world)).toEqual(first);
    expect(stateIn(world, 'predictions', LAST_DATE)).toMatchObject({ status: 'success', allLive: true });
  });

  it('are not made up where the archive holds something else', async () => {
    const world = await predicted();
    world.advance(48 * 3600);
    await loseRows(world);
    const [path = ''] = await world.archive.list('sealed');
    await world.archive.write(path, new TextEncoder().encode('nothing'));
    await build(world, { force: true });
    expect(await rowsOn(world)).toEqual([]);
    expect(stateIn(world, 'predictions', LAST_DATE)?.status).not.toBe('success');
  });
});
