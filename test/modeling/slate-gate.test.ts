/**
 * The gate of the slate that `start` shows, which lets the model of a simulated league serve. It opens where the games between the
 * training and the night are enough to show that the model is better. It stays shut where they are too few, and where the features
 * tell nothing of the points.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listModels } from '../../functions/control/models.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { firstChampion } from '../../scripts/cli/start-slate.ts';
import { openWarehouse } from '../../shared/adapters/embedded/duckdb-warehouse.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { publishTrainingLeague, type TrainingLeague } from '../support/training-league.ts';

const registry = loadRegistry();
type League = Awaited<ReturnType<typeof openWarehouse>>;
const opened: League[] = [];

/** A league in memory in which 160 players play on each of 36 nights. */
async function leagueThatKnows(knows: NonNullable<TrainingLeague['knows']>): Promise<League> {
  const warehouse = await openWarehouse(registry, { path: ':memory:', threads: 1 });
  opened.push(warehouse);
  await publishTrainingLeague(warehouse, registry, { players: 160, knows });
  return warehouse;
}

/** Ports over the rows of a league, with no model yet. */
const portsOver = (warehouse: League) => ({
  ...{ registry, warehouse, store: memoryStore(), archive: memoryArchive() },
  clock: (): Date => new Date('2026-11-15T12:00:00Z'),
});

/** The model learns until 2023-10-29, six of the fourteen nights of the second season. */
const LEARNED = { first: gameDate('2023-03-19'), learned: gameDate('2023-10-29') };
/** The last night of the league, and one that only the games of 2023-10-30 and 2023-10-31 come before. */
const [LAST_NIGHT, EARLY_NIGHT] = [gameDate('2023-11-06'), gameDate('2023-11-01')];

/** The conditions of the gate that failed. */
const failed = (gate: Awaited<ReturnType<typeof firstChampion>>): string[] =>
  gate.flatMap(({ name, ok, required }) => (required && !ok ? [name] : []));

async function championOf(ports: ReturnType<typeof portsOver>): Promise<unknown> {
  const { models, aliases } = await listModels(ports);
  const [champion] = aliases;
  const kinds = champion?.history.map(({ kind, by }) => `${kind} by ${by}`);
  return { models: models.map(({ id }) => id), champion: champion?.modelId, kinds };
}

afterAll(() => {
  for (const warehouse of opened) warehouse.close();
});

describe('a league whose features know how good its players are', () => {
  let league: League;
  beforeAll(async () => {
    league = await leagueThatKnows('level');
  }, 30_000);

  it('opens the gate after 1 120 games of players, and its model serves', async () => {
    const ports = portsOver(league);
    const gate = await firstChampion(ports, { ...LEARNED, before: LAST_NIGHT });
    expect(gate.map(({ name, ok }) => [name, ok])).toEqual([
      ['better on the same rows', true],
      ['no tier of scorers worse by more than 2 %', true],
      ['canaries', true],
    ]);
    expect(gate[0]?.found).toMatch(/ of l10 on 1120 rows, /);
    const id = expect.stringMatching(/^lad-/) as string;
    const found = await championOf(ports);
    expect(found).toEqual({ models: [id], champion: id, kinds: ['promoted by fullcourt start'] });
    // A champion that serves already is left alone, and no gate is asked.
    expect(await firstChampion(ports, { ...LEARNED, before: EARLY_NIGHT })).toEqual([]);
    expect(await championOf(ports)).toEqual(found);
  });

  it('keeps it shut after 320, because no tier of scorers has enough of them', async () => {
    const ports = portsOver(league);
    const gate = await firstChampion(ports, { ...LEARNED, before: EARLY_NIGHT });
    expect(gate[0]?.found).toMatch(/ of l10 on 320 rows, /);
    expect(failed(gate)).toEqual(['no tier of scorers worse by more than 2 %']);
    expect(await championOf(ports)).toMatchObject({ models: [expect.any(String)], champion: null });
  });

  it('keeps it shut on the first night after the training, of which no game can be compared', async () => {
    const gate = await firstChampion(portsOver(league), { ...LEARNED, before: gameDate('2023-10-30') });
    expect(failed(gate)).toEqual(['better on the same rows']);
    expect(gate[0]?.found).toMatch(/^no game after 2023-10-29/);
  });
});

describe('a league whose features tell nothing', () => {
  it('keeps the gate shut on the last night, because its model is no better than the mean of the last 10 games', async () => {
    const ports = portsOver(await leagueThatKnows('nothing'));
    const gate = await firstChampion(ports, { ...LEARNED, before: LAST_NIGHT });
    expect(failed(gate)).toContain('better on the same rows');
    expect(await championOf(ports)).toMatchObject({ models: [expect.any(String)], champion: null });
  }, 30_000);
});
