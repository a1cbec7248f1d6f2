import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/registry.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { ComputedTable } from '../../shared/domain/table.ts';
import { makeRandom } from '../../shared/simulate/random.ts';
import { chosen, declared, inputsOf, knownBefore, openClipped, type ClippedWarehouse } from './clipped-warehouse.ts';
import { builtHome, haveSeasons } from './homes.ts';

const registry = loadRegistry();
const computed = registry.all.flatMap(({ definition }) => (definition.kind === 'computed' ? [definition] : []));
const preGame = computed.filter(({ timing }) => timing === 'pre_game');
const OPENING_NIGHTS: Readonly<Record<Season, string>> = {
  '2021-22': '2021-10-19',
  '2022-23': '2022-10-18',
  '2023-24': '2023-10-24',
};
const LEAK_DATES = 20;
const CLIP_DATES = 8;

describe.skipIf(!haveSeasons('leakage and undeclared reads on real seasons')).each(Object.keys(OPENING_NIGHTS))('season %s', (season) => {
  const openingNight = OPENING_NIGHTS[season] as GameDate;
  let warehouse: ClippedWarehouse;

  beforeAll(async () => {
    const { folder } = await builtHome(season);
    warehouse = await openClipped(folder, registry, () => openingNight);
  }, 300_000);
  afterAll(() => warehouse.close());

  const hideFrom = async (date: GameDate): Promise<void> => {
    for (const { definition } of registry.all) await warehouse.show(definition, knownBefore(definition, date));
  };
  const showDeclared = async (table: ComputedTable, date: GameDate): Promise<void> => {
    for (const [input, windows] of inputsOf(registry, table)) await warehouse.show(input, declared(input, windows, date, openingNight));
  };
  const someDates = async (table: ComputedTable, n: number, purpose: string): Promise<GameDate[]> =>
    chosen(await warehouse.datesOf(table), n, makeRandom('leakage', season, table.name, purpose));

  it.each(preGame.map((table) => [table.name, table] as const))('%s knows nothing of its date and what comes after', async (_name, table) => {
    const dates = await someDates(table, LEAK_DATES, 'leak');
    expect(dates).toHaveLength(LEAK_DATES);
    for (const date of dates) {
      await hideFrom(date);
      const found = await warehouse.difference(table, date);
      expect({ date, ...found }).toEqual({ date, rows: found.rows, onlyComputed: 0, onlyStored: 0, columns: [] });
      expect(found.rows).toBeGreaterThan(0);
    }
  });

  it.each(computed.map((table) => [table.name, table] as const))('%s reads nothing but what it declares', async (_name, table) => {
    for (const date of await someDates(table, CLIP_DATES, 'clip')) {
      await showDeclared(table, date);
      const found = await warehouse.difference(table, date);
      expect({ date, ...found }).toEqual({ date, rows: found.rows, onlyComputed: 0, onlyStored: 0, columns: [] });
    }
  });
});
