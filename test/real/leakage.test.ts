import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import type { Season } from '../../shared/domain/season.ts';
import { isLastGames, type ComputedTable, type Input } from '../../shared/domain/table.ts';
import { lastGames, previousDays } from '../../shared/domain/window.ts';
import { makeRandom } from '../../shared/domain/seeded-random.ts';
import {
  chosen,
  declared,
  inputsOf,
  knownBefore,
  openClipped,
  storeSeason,
  type ClippedWarehouse,
} from './clipped-warehouse.ts';
import { readFolder } from '../../scripts/cli/load.ts';
import { tinyFiles } from '../cli/tiny-league.ts';
import { atHome, backfill, builtHome, haveSeasons, importFiles, newFolder, removeFolders } from './homes.ts';

// Real seasons on a busy machine.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 300_000 });

const registry = loadRegistry();
const computed = registry.all.flatMap(({ definition }) =>
  definition.kind === 'computed' ? [definition] : [],
);
const preGame = computed.filter(({ timing }) => timing === 'pre_game');
/** Dates that are looked at of a real season, and of the simulated one. */
const LEAK_DATES = { real: 20, simulated: 8 };
const CLIP_DATES = 6;

interface SeasonUnderTest {
  readonly name: string;
  readonly openingNight: GameDate;
  readonly home: () => Promise<string>;
}

/** Real seasons: one came through the door in batches of 60 dates; the others are computed whole. */
const REAL: readonly SeasonUnderTest[] = [
  {
    name: '2021-22',
    openingNight: gameDate('2021-10-19'),
    home: () => stored('2021-22', gameDate('2021-10-19')),
  },
  {
    name: '2022-23',
    openingNight: gameDate('2022-10-18'),
    home: () => stored('2022-23', gameDate('2022-10-18')),
  },
  {
    name: '2023-24',
    openingNight: gameDate('2023-10-24'),
    home: async () => (await builtHome('2023-24')).folder,
  },
];
/** Injury reports and rosters, which no real season has. */
const SIMULATED: SeasonUnderTest = {
  name: 'simulated',
  openingNight: gameDate('2021-10-19'),
  home: simulated,
};

async function simulated(): Promise<string> {
  const folder = newFolder();
  await atHome(folder, async (home) => {
    await importFiles(home, readFolder(tinyFiles()), '2021-22');
    await backfill(home, { season: '2021-22', through: 'phase4' });
  });
  return folder;
}

async function stored(season: Season, openingNight: GameDate): Promise<string> {
  const folder = newFolder();
  await storeSeason(folder, registry, season, openingNight);
  return folder;
}

afterAll(removeFolders);

const seasons = haveSeasons('leakage and undeclared reads on real seasons')
  ? [SIMULATED, ...REAL]
  : [SIMULATED];

describe.each(seasons)('season $name', ({ name: season, openingNight, home }) => {
  let warehouse: ClippedWarehouse;

  beforeAll(async () => {
    warehouse = await openClipped(await home(), registry, openingNight);
  });
  afterAll(() => warehouse.close());

  const hideFrom = async (date: GameDate): Promise<void> => {
    for (const { definition } of registry.all)
      await warehouse.show(definition, knownBefore(definition, date));
  };
  const showDeclared = async (
    table: ComputedTable,
    date: GameDate,
    change: (input: Input) => Input = (input) => input,
  ): Promise<void> => {
    for (const [input, windows] of inputsOf(registry, table))
      await warehouse.show(input, declared(input, windows.map(change), date, openingNight));
  };
  const someDates = async (table: ComputedTable, n: number, purpose: string): Promise<GameDate[]> =>
    chosen(await warehouse.datesOf(table), n, makeRandom('dates', season, table.name, purpose));

  it.each(preGame.map((table) => [table.name, table] as const))(
    '%s knows nothing of its date and what comes after',
    async (_name, table) => {
      const n = season === SIMULATED.name ? LEAK_DATES.simulated : LEAK_DATES.real;
      const dates = await someDates(table, n, 'leakage');
      expect(dates).toHaveLength(n);
      for (const date of dates) {
        await hideFrom(date);
        const found = await warehouse.difference(table, date);
        expect({ date, ...found }).toEqual({
          date,
          rows: found.rows,
          onlyComputed: 0,
          onlyStored: 0,
          columns: [],
        });
        expect(found.rows > 0 || date === openingNight).toBe(true);
      }
    },
  );

  it.each(preGame.map((table) => [table.name, table] as const))(
    '%s does depend on the games just before',
    async (_name, table) => {
      const dates = await warehouse.datesOf(table);
      const [before, date] = [dates[Math.floor(dates.length / 2) - 3], dates[Math.floor(dates.length / 2)]];
      if (before === undefined || date === undefined) throw new Error('There are too few dates');
      for (const { definition } of registry.all) {
        await warehouse.show(
          definition,
          knownBefore(definition, definition.timing === 'pre_game' ? date : before),
        );
      }
      const found = await warehouse.difference(table, date);
      expect(found.onlyComputed + found.onlyStored).toBeGreaterThan(0);
    },
  );

  it.each(computed.map((table) => [table.name, table] as const))(
    '%s reads nothing but what it declares',
    async (_name, table) => {
      for (const date of await someDates(table, CLIP_DATES, 'declared')) {
        await showDeclared(table, date);
        const found = await warehouse.difference(table, date);
        expect({ date, ...found }).toEqual({
          date,
          rows: found.rows,
          onlyComputed: 0,
          onlyStored: 0,
          columns: [],
        });
      }
    },
  );

  it.each(
    computed
      .filter(({ inputs }) => inputs.some(({ window }) => isLastGames(window)))
      .map((table) => [table.name, table] as const),
  )('%s does read as far back as it declares', async (_name, table) => {
    const dates = await warehouse.datesOf(table);
    const date = dates[Math.floor(dates.length * 0.8)] ?? openingNight;
    await showDeclared(table, date, narrower);
    const found = await warehouse.difference(table, date);
    expect(found.onlyComputed + found.onlyStored).toBeGreaterThan(0);
  });
});

/** A window that is a little too short. */
function narrower(input: Input): Input {
  const { window } = input;
  if (isLastGames(window)) return { ...input, window: lastGames(window.games - 1, window.per) };
  return window.kind === 'previous_days' ? { ...input, window: previousDays(window.days - 10) } : input;
}
