/** Games that only box scores know: the schedule and the results have them all the same, in whichever order the files come. */
import { describe, expect, it } from 'vitest';
import { archiveFiles, type SourceFile } from '../../functions/control/archive-files.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { archivedLoader } from '../../functions/steps/load-archived.ts';
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { boxedDates } from '../../shared/domain/boxed-games.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { shuffled } from '../../shared/domain/seeded-random.ts';
import { isRaw } from '../../shared/domain/table.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import { drawn } from '../support/draw.ts';
import { orders } from '../support/orders.ts';
import { sourceFile } from '../support/source-file.ts';
import { boxLine, csv, game, secondGame, teamLine, SEASON, type Cells } from '../support/source-lines.ts';

const DATE = gameDate('2023-10-24');
const TABLES = ['nbac_schedule', 'nbac_game_results'] as const;
const registry = loadRegistry();

/** BOS at MIA on the night of the other games, by the box scores alone. */
const UNKNOWN = '0022300077';
const miami: Cells = { ...boxLine, game_id: UNKNOWN, team: 'MIA', opponent: 'BOS', is_home: true };
const boston: Cells = { ...boxLine, game_id: UNKNOWN, team: 'BOS', opponent: 'MIA', player_id: 203999 };

type Files = Readonly<Record<string, readonly Cells[]>>;
const fileOf = ([name, rows]: [string, readonly Cells[]]): SourceFile => {
  const { text } = csv(name, rows);
  return sourceFile(name, text);
};

/** An archive into which the imports came one after the other, an hour apart. */
async function imported(...imports: readonly Files[]) {
  let hour = 10;
  let reads = 0;
  const kept = memoryArchive();
  const archive: typeof kept = {
    ...kept,
    read: (path) => {
      reads += 1;
      return kept.read(path);
    },
  };
  const ports = {
    ...{ store: memoryStore(), archive },
    clock: () => new Date(`2024-06-01T${hour}:00:00Z`),
  };
  for (const files of imports) {
    await archiveFiles(ports, Object.entries(files).map(fileOf));
    hour += 1;
  }
  const load = archivedLoader({
    ...ports,
    publisher: { publish: () => Promise.resolve('m1') },
    log: () => undefined,
  });
  return {
    /** How often archived files are read for a load. */
    reads: async (table: (typeof TABLES)[number]) => {
      reads = 0;
      await load(registry.get(table), [DATE]);
      return reads;
    },
    /** The rows of a date as `game season_type home away`, with what is lacking. */
    told: async (table: (typeof TABLES)[number], date = DATE) => {
      const loaded = await load(registry.get(table), [date]);
      if (!loaded.ok) throw new Error(loaded.failure.detail);
      const rows = loaded.value.rows.map((row) =>
        ['game_id', 'season_type', 'home_team_abbr', 'away_team_abbr'].map((name) => row[name]).join(' '),
      );
      const lacking = loaded.value.dates.get(date)?.lacking.map(({ code, detail }) => `${code}: ${detail}`);
      return { rows, lacking: lacking ?? [] };
    },
    boxed: async (table: (typeof TABLES)[number]) => {
      const names = registry.all.flatMap(({ definition }) => (isRaw(definition) ? [definition.name] : []));
      const archives = await archivesOf(ports, names, SEASON);
      return boxedDates(registry.get(table).definition, new Map(names.map((name, i) => [name, archives[i]])));
    },
  };
}

const schedule = (...rows: readonly Cells[]): Files => ({ 'schedule_2023-24.csv': rows });
const players = (...rows: readonly Cells[]): Files => ({ 'player_box_2023-24.csv': rows });
const teams = (...rows: readonly Cells[]): Files => ({ 'team_box_2023-24.csv': rows });

const OTHERS = ['20231024_LAL_DEN regular DEN LAL', '20231024_PHX_GSW regular GSW PHX'];
const BOXED = '20231024_BOS_MIA unread MIA BOS';

describe('a game that the schedule lacks and box scores have', () => {
  const all = [
    schedule(game, secondGame),
    players(boxLine, boston, miami),
    teams(teamLine, { ...teamLine, game_id: UNKNOWN, team: 'MIA', opponent: 'BOS', is_home: true }),
  ];
  const expected = {
    nbac_schedule: { rows: [...OTHERS, BOXED], lacking: ['games_unread: 20231024_BOS_MIA'] },
    nbac_game_results: {
      rows: [...OTHERS, BOXED],
      lacking: [
        'games_unread: 20231024_BOS_MIA',
        'game_missing: 20231024_BOS_MIA (box scores, but no final score)',
      ],
    },
  };

  it.each(orders(all).map((order) => ({ order })))(
    'is a game that was played, import order %#',
    async ({ order }) => {
      const archive = await imported(...order);
      for (const table of TABLES) expect(await archive.told(table)).toEqual(expected[table]);
    },
  );

  it.each(TABLES)('is a game of %s by the box score of one team or by team boxes alone', async (table) => {
    for (const boxes of [
      players(boston),
      players(miami),
      teams({ ...teamLine, game_id: UNKNOWN, team: 'BOS', opponent: 'MIA' }),
    ])
      expect(await (await imported(schedule(game, secondGame), boxes)).told(table)).toEqual(expected[table]);
  });

  it.each(TABLES)('is a game of the team that is known where the other one is not, in %s', async (table) => {
    const archive = await imported(schedule(game), players({ ...miami, opponent: 'XYZ' }));
    expect((await archive.told(table)).rows).toEqual([OTHERS[0], '20231024_unread_MIA unread MIA ']);
  });

  it.each(TABLES)('is looked for without reading box scores where there is none, in %s', async (table) => {
    const alone = await imported(schedule(game));
    const reads = await alone.reads(table);
    expect(reads).toBeGreaterThan(0);
    const boxed = await imported(schedule(game), players(boxLine), teams(teamLine));
    expect(await boxed.reads(table)).toBe(reads);
    expect(await (await imported(schedule(game), players(miami))).reads(table)).toBeGreaterThan(reads);
  });

  it('is simply the game when a newer schedule has it', async () => {
    const scheduled = { ...game, game_id: UNKNOWN, home_team: 'MIA', visitor_team: 'BOS', winner: 'MIA' };
    const archive = await imported(schedule(game), players(boston, miami), schedule(game, scheduled));
    for (const table of TABLES)
      expect(await archive.told(table)).toEqual({
        rows: [OTHERS[0], '20231024_BOS_MIA regular MIA BOS'],
        lacking: [],
      });
  });

  it('was played where the schedule has it without a score, or on another date without one', async () => {
    const open = { home_pts: '', visitor_pts: '', winner: '' };
    const scheduled = { ...game, ...open, game_id: UNKNOWN, home_team: 'MIA', visitor_team: 'BOS' };
    const here = await imported(schedule(game, scheduled), players(miami));
    expect(await here.told('nbac_schedule')).toEqual({
      rows: [OTHERS[0], '20231024_BOS_MIA regular MIA BOS'],
      lacking: [],
    });
    expect(await here.told('nbac_game_results')).toMatchObject({ rows: [OTHERS[0], BOXED] });

    const later = { ...scheduled, game_date: '2023-10-30', tipoff_et: '' };
    const elsewhere = await imported(schedule(game, later), players(miami));
    for (const table of TABLES) expect((await elsewhere.told(table)).rows).toEqual([OTHERS[0], BOXED]);
  });

  it.each(TABLES)('on a date without any other game is a game of that date, in %s', async (table) => {
    const date = gameDate('2023-10-26');
    const archive = await imported(schedule(game), players({ ...miami, game_date: date }));
    expect(await archive.boxed(table)).toEqual([date]);
    expect((await archive.told(table, date)).rows).toEqual(['20231026_BOS_MIA unread MIA BOS']);
  });
});

describe('box scores that make no game', () => {
  it.each<[string, Files]>([
    ['have the teams of final games under another id', players({ ...boxLine, game_id: UNKNOWN })],
    ['are of a preseason game', players({ ...miami, game_id: '0012300077' })],
    ['are of a final game, dated another day', players({ ...boxLine, game_date: '2023-10-25' })],
  ])('%s', async (_what, boxes) => {
    const archive = await imported(schedule(game), boxes);
    for (const table of TABLES)
      for (const date of [DATE, gameDate('2023-10-25')])
        expect(await archive.told(table, date)).toEqual({
          rows: date === DATE ? [OTHERS[0]] : [],
          lacking: [],
        });
  });

  it('are of a season without a schedule', async () => {
    const archive = await imported(players(miami));
    for (const table of TABLES) expect(await archive.boxed(table)).toEqual([]);
  });

  it.each<[string, Cells]>([
    ['of another season', { season: '2021-22' }],
    ['with a team that nobody knows', { home_team: 'XYZ' }],
  ])('are of a season of which every line of the schedule is refused, as one %s is', async (_what, cells) => {
    const archive = await imported(schedule({ ...game, ...cells }), players(miami));
    for (const table of TABLES) expect((await archive.told(table)).rows).toEqual([]);
    // One line that can be read makes it a season: then both games are known.
    const known = await imported(schedule(secondGame, { ...game, ...cells }), players(miami));
    for (const table of TABLES) expect((await known.told(table)).rows).toHaveLength(3);
  });

  it('name a wrong opponent in one line: what most lines say counts', async () => {
    const wrong = { ...boston, opponent: 'CHI', player_id: 1 };
    const archive = await imported(schedule(game), players(wrong, boston, miami));
    const { rows } = await archive.told('nbac_game_results');
    expect(rows.slice(0, 2)).toEqual([OTHERS[0], BOXED]);
  });
});

it('whatever the games that the schedule lacks and the order of the files, both tables have every game that was played', async () => {
  const random = drawn('games only boxed');
  const pairs = [
    ['BOS', 'MIA'],
    ['NYK', 'CHI'],
    ['DAL', 'UTA'],
    ['POR', 'SAC'],
  ] as const;
  for (let round = 0; round < 20; round++) {
    const night = pairs.map(([away, home], i) => ({
      id: `002230010${i}`,
      away,
      home,
      isLacking: random.below(2) === 0,
    }));
    const files = [
      schedule(
        game,
        ...night
          .filter(({ isLacking }) => !isLacking)
          .map(({ id, away, home }) => ({
            ...game,
            game_id: id,
            home_team: home,
            visitor_team: away,
            winner: home,
          })),
      ),
      ...night.map(({ id, away, home }) =>
        random.below(2) === 0
          ? players({ ...boxLine, game_id: id, team: away, opponent: home })
          : teams({ ...teamLine, game_id: id, team: home, opponent: away, is_home: true }),
      ),
    ];
    const archive = await imported(...shuffled(random, files));
    for (const table of TABLES) {
      const { rows } = await archive.told(table);
      expect(rows.toSorted()).toEqual(
        [
          OTHERS[0],
          ...night.map(
            ({ away, home, isLacking }) =>
              `20231024_${away}_${home} ${isLacking ? 'unread' : 'regular'} ${home} ${away}`,
          ),
        ].toSorted(),
      );
    }
  }
});
