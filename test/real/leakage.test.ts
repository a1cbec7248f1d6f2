import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import type { Season } from '../../shared/domain/season.ts';
import {
  type ComputedTable,
  type Input,
  isComputed,
  isLastGames,
  isOncePerSeason,
} from '../../shared/domain/table.ts';
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
} from '../support/clipped-warehouse.ts';
import { builtLeague } from '../support/tiny-league.ts';
import { drawn, drawnStretch } from '../support/draw.ts';
import { byProof, proof } from '../support/proof.ts';
import {
  atHome,
  backfill,
  builtHome,
  copyOf,
  haveSeasons,
  newFolder,
  removeFolders,
} from '../support/homes.ts';

// Real seasons on a busy machine.

const registry = loadRegistry();
/** A table with one partition in a season reads the seasons before; `test/sql/earlier-seasons-real.test.ts` looks at it over three of them. */
const computed = registry.all.flatMap(({ definition }) =>
  isComputed(definition) && !isOncePerSeason(definition) ? [definition] : [],
);
/**
 * How many dates of each table are looked at: `leak` with everything hidden that is played on them or later, `clip` with
 * nothing shown but what is declared.
 */
const AMOUNTS = byProof({
  small: { real: { leak: 0, clip: 0 }, simulated: { leak: 2, clip: 2 } },
  ci: { real: { leak: 4, clip: 2 }, simulated: { leak: 3, clip: 2 } },
  all: { real: { leak: 20, clip: 6 }, simulated: { leak: 8, clip: 6 } },
});
/**
 * A week is drawn from this part of a season's dates. Before it the windows are not yet full, after it are playoffs of a
 * few teams: a query that reads a day too far back would change nothing there.
 */
const FULL_WINDOWS = { from: 0.35, to: 0.75 } as const;

interface SeasonUnderTest {
  readonly name: string;
  readonly openingNight: GameDate;
  readonly home: () => Promise<string>;
}

/** Real seasons: one came through the door in batches; the others are computed whole. */
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
  const folder = copyOf((await builtLeague()).folder);
  await atHome(folder, (home) => backfill(home, { season: '2021-22', from: 'phase5', through: 'phase5' }));
  return folder;
}

async function stored(season: Season, openingNight: GameDate): Promise<string> {
  const folder = newFolder();
  await storeSeason(folder, registry, season, openingNight);
  return folder;
}

afterAll(removeFolders);

/** Every run looks at the season that several files share; the whole proof looks at all of them. */
const someSeasons = proof === 'all' ? REAL : REAL.slice(-1);
const seasons = haveSeasons('leakage and undeclared reads on real seasons')
  ? [SIMULATED, ...someSeasons]
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
  const { leak, clip } = season === SIMULATED.name ? AMOUNTS.simulated : AMOUNTS.real;
  /** One early date and a week of later ones, by the draw; with the whole proof dates from all over the season. */
  const someDates = async (table: ComputedTable, n: number, purpose: string): Promise<GameDate[]> => {
    const dates = await warehouse.datesOf(table);
    if (proof === 'all') return chosen(dates, n, makeRandom('dates', season, table.name, purpose));
    const at = (share: number): number => Math.floor(dates.length * share);
    const random = drawn('leakage', season);
    const early = chosen(dates.slice(0, at(FULL_WINDOWS.from)), 1, random);
    const full = dates.slice(at(FULL_WINDOWS.from), at(FULL_WINDOWS.to));
    return [...early, ...drawnStretch(random, full, n - 1)];
  };

  // The tables of phase 5 are those of the simulated season: the real one is built without them, and what they read is looked at here.
  const looked =
    season === SIMULATED.name || proof === 'all'
      ? computed
      : computed.filter(({ phase }) => phase !== 'phase5');
  const preGame = looked.filter(({ timing }) => timing === 'pre_game');

  it.each(preGame.map((table) => [table.name, table] as const))(
    '%s knows nothing of its date and what comes after',
    async (_name, table) => {
      const dates = await someDates(table, leak, 'leakage');
      expect(dates).toHaveLength(leak);
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

  const readsGames = ({ inputs }: ComputedTable): boolean =>
    inputs.some(({ table }) => registry.get(table).definition.timing === 'post_game');
  it.each(preGame.filter(readsGames).map((table) => [table.name, table] as const))(
    '%s does depend on the games just before',
    async (_name, table) => {
      const dates = await warehouse.datesOf(table);
      // Similar games of a player are rare: of the last predictions all games are hidden.
      const middle = Math.floor(dates.length / 2);
      const [before, date] =
        table.phase === 'phase5' ? [dates[0], dates.at(-1)] : [dates[middle - 3], dates[middle]];
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

  it.each(looked.map((table) => [table.name, table] as const))(
    '%s reads nothing but what it declares',
    async (_name, table) => {
      for (const date of await someDates(table, clip, 'declared')) {
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
    looked
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
