/** The historical files load without loss, and say what is known to be true. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadTable, type LoadedFiles, type Note } from '../../functions/ingest/load-table.ts';
import { formatRejects } from '../../functions/ingest/reject-report.ts';
import { loadContextOf } from '../../functions/ingest/schedule.ts';
import { sourceFilesOf } from '../../functions/ingest/source-folder.ts';
import { subjectColumn, sourceFileOf } from '../../functions/ingest/source-files.ts';
import { sortLines } from '../../functions/ingest/source-lines.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import type { Cell, Row } from '../../shared/ports/warehouse.ts';

const FOLDER =
  process.env['FULLCOURT_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
const absent = !existsSync(`${FOLDER}/schedule_2023-24.csv.gz`);
if (absent) console.log(`Left out: loading of the historical files (none in ${FOLDER}; set FULLCOURT_DATA)`);

/** Remembers the last few files, which several tables and checks read. */
const texts = new Map<string, string>();
function textOf(name: string): string {
  const known = texts.get(name);
  if (known !== undefined) return known;
  const text = gunzipSync(readFileSync(`${FOLDER}/${name}`)).toString('utf8');
  texts.set(name, text);
  return text;
}

/** Every raw table of a season, as its files load. */
function loadSeason(season: string): ReadonlyMap<string, LoadedFiles> {
  const loaded = new Map<string, LoadedFiles>();
  for (const { table, files } of sourceFilesOf(readdirSync(FOLDER), RAW_LOADS, [season]).sources) {
    const context = loadContextOf((known) => loaded.get(known)?.rows);
    loaded.set(
      table,
      loadTable(
        RAW_LOADS.of(table),
        season,
        files.map((name) => ({ name, text: textOf(name) })),
        context,
      ),
    );
  }
  return loaded;
}

const STATISTICS = [
  ['points', 'pts'],
  ['field_goals_made', 'fgm'],
  ['field_goals_attempted', 'fga'],
  ['three_pointers_made', 'fg3m'],
  ['three_pointers_attempted', 'fg3a'],
  ['free_throws_made', 'ftm'],
  ['free_throws_attempted', 'fta'],
  ['offensive_rebounds', 'oreb'],
  ['defensive_rebounds', 'dreb'],
  ['rebounds', 'reb'],
  ['assists', 'ast'],
  ['steals', 'stl'],
  ['blocks', 'blk'],
  ['turnovers', 'tov'],
  ['personal_fouls', 'pf'],
] as const;

const countOf = (rows: readonly Row[], column: string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[String(row[column])] = (counts[String(row[column])] ?? 0) + 1;
  return counts;
};
const told = (notes: readonly Note[] = []): string[] => notes.map(({ text, count }) => `${count} ${text}`);

interface Facts {
  readonly seasonTypes: Readonly<Record<string, number>>;
  /** Games with quarter scores. */
  readonly quarters: number;
  readonly tipoffs: number;
  readonly rows: Readonly<Record<string, number>>;
  readonly details: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly notes: Readonly<Record<string, readonly string[]>>;
  readonly regularDates: number;
  /** Games with shots, and their player-games that differ from the box score, which was corrected later. */
  readonly shots: readonly [games: number, differing: number];
  /** Main points lines, their mean absolute error in points, and how often the over hits. */
  readonly lines?: { readonly main: number; readonly error: number; readonly overPercent: number };
}

const FACTS: Readonly<Record<string, Facts>> = {
  '2021-22': {
    seasonTypes: { regular: 1230, play_in: 6, playoffs: 87 },
    quarters: 1323,
    tipoffs: 1323,
    rows: {
      nbac_schedule: 1323,
      nbac_game_results: 1323,
      nbac_player_boxscores: 26_039 + 1892,
      nbac_team_boxscore: 2460 + 174,
      // Four lines a game; two games have no spread.
      odds_api_game_lines: 4 * 1323 - 2 * 2,
    },
    details: {
      nbac_player_boxscores: { full: 26_039, lite: 1892 },
      nbac_team_boxscore: { full: 2460, lite: 174 },
    },
    notes: {
      nbac_player_boxscores: ['6 final play_in games without a row'],
      nbac_team_boxscore: ['6 final play_in games without a row'],
      odds_api_game_lines: ['1323 moneylines not used', '2 games without a spread'],
    },
    regularDates: 165,
    shots: [0, 0],
  },
  '2022-23': {
    seasonTypes: { regular: 1230, play_in: 6, playoffs: 84 },
    quarters: 1320,
    tipoffs: 1320,
    rows: {
      nbac_schedule: 1320,
      nbac_game_results: 1320,
      nbac_player_boxscores: 25_895 + 1728,
      nbac_team_boxscore: 2460 + 168,
      nbac_shot_chart: 217_220,
      odds_api_game_lines: 4 * 1320,
    },
    details: {
      nbac_player_boxscores: { full: 25_895, lite: 1728 },
      nbac_team_boxscore: { full: 2460, lite: 168 },
    },
    notes: {
      nbac_player_boxscores: ['6 final play_in games without a row'],
      nbac_team_boxscore: ['6 final play_in games without a row'],
      nbac_shot_chart: ['6 final play_in games without a row', '84 final playoffs games without a row'],
      odds_api_game_lines: ['664 moneylines not used'],
    },
    regularDates: 164,
    shots: [1230, 4],
  },
  '2023-24': {
    seasonTypes: { regular: 1230, play_in: 6, playoffs: 82 },
    quarters: 1318,
    tipoffs: 1230,
    rows: {
      nbac_schedule: 1318,
      nbac_game_results: 1318,
      nbac_player_boxscores: 26_401 + 1685,
      nbac_team_boxscore: 2460 + 164,
      nbac_shot_chart: 218_701,
      odds_api_game_lines: 4 * 1318,
      odds_api_player_points_props: 64_658,
    },
    details: {
      nbac_player_boxscores: { full: 26_401, lite: 1685 },
      nbac_team_boxscore: { full: 2460, lite: 164 },
    },
    notes: {
      nbac_player_boxscores: ['6 final play_in games without a row'],
      nbac_team_boxscore: ['6 final play_in games without a row'],
      nbac_shot_chart: ['6 final play_in games without a row', '82 final playoffs games without a row'],
      odds_api_player_points_props: [
        '74011 rows of market player_points_rebounds_assists not used',
        '26876 rows of market player_assists not used',
        '37190 rows of market player_rebounds not used',
      ],
    },
    regularDates: 160,
    shots: [1230, 3],
    lines: { main: 31_232, error: 5.27, overPercent: 48 },
  },
  '2025-26': {
    seasonTypes: { regular: 1230, play_in: 6, playoffs: 85, cup_final: 1 },
    quarters: 0,
    tipoffs: 0,
    rows: {
      nbac_schedule: 1322,
      nbac_game_results: 1322,
      // The 690 games with whole rows take the place of their lite ones.
      nbac_player_boxscores: 28_491,
      nbac_team_boxscore: 2622,
      odds_api_game_lines: 2 * (4709 - 2622),
      odds_api_player_points_props: 65_548,
    },
    details: {
      nbac_player_boxscores: { full: 14_991, lite: 28_491 - 14_991 },
      nbac_team_boxscore: { lite: 2622 },
    },
    notes: {
      nbac_player_boxscores: [
        '14991 lite rows of games with full rows not used',
        '1 final cup_final games without a row',
        '6 final play_in games without a row',
        '4 final playoffs games without a row',
      ],
      nbac_team_boxscore: [
        '1 final cup_final games without a row',
        '6 final play_in games without a row',
        '4 final playoffs games without a row',
      ],
      odds_api_game_lines: ['2622 rows with a moneyline only not used'],
      odds_api_player_points_props: [
        '27747 rows of market player_assists not used',
        '47116 rows of market player_points_rebounds_assists not used',
        '37281 rows of market player_rebounds not used',
      ],
    },
    regularDates: 164,
    shots: [0, 0],
    lines: { main: 35_340, error: 5.1, overPercent: 50 },
  },
};

const KNOWN_GAMES = [
  {
    season: '2023-24',
    player_lookup: 'lukadoncic',
    game_date: '2024-01-26',
    game_id: '20240126_DAL_ATL',
    points: 73,
    field_goals_made: 25,
    field_goals_attempted: 33,
    rebounds: 10,
    assists: 7,
    is_home: false,
  },
  { season: '2023-24', player_lookup: 'devinbooker', game_date: '2024-01-26', points: 62 },
  { season: '2023-24', player_lookup: 'joelembiid', game_date: '2024-01-22', points: 70 },
  { season: '2022-23', player_lookup: 'donovanmitchell', game_date: '2023-01-02', points: 71 },
  { season: '2022-23', player_lookup: 'damianlillard', game_date: '2023-02-26', points: 71 },
  { season: '2021-22', player_lookup: 'karlanthonytowns', game_date: '2022-03-14', points: 60 },
];

const KNOWN_LEADERS = [
  { season: '2021-22', player: 'joelembiid', games: 68, average: 30.57 },
  { season: '2022-23', player: 'joelembiid', games: 66, average: 33.08 },
  { season: '2023-24', player: 'lukadoncic', games: 70, average: 33.86 },
];

describe.skipIf(absent).each(Object.entries(FACTS))('the files of %s', (season, facts) => {
  let tables: ReadonlyMap<string, LoadedFiles>;
  const rowsOf = (table: string): readonly Row[] => tables.get(table)?.rows ?? [];

  beforeAll(() => {
    texts.clear();
    tables = loadSeason(season);
  });

  it('are loaded to the last row, and nothing is rejected', () => {
    for (const [table, { rejects }] of tables) expect(`${table}${formatRejects(rejects, 5)}`).toBe(table);
    const counts = Object.fromEntries([...tables].map(([table, { rows }]) => [table, rows.length]));
    expect(counts).toEqual(facts.rows);
    for (const [table, { notes }] of tables)
      expect([table, told(notes)]).toEqual([table, facts.notes[table] ?? []]);
  });

  it('have the games of a season', () => {
    expect(countOf(rowsOf('nbac_schedule'), 'season_type')).toEqual(facts.seasonTypes);
    const regular = rowsOf('nbac_schedule').filter((row) => row['season_type'] === 'regular');
    const teams = [...countTeams(regular).values()];
    expect([teams.length, new Set(teams)]).toEqual([30, new Set([82])]);
    expect(rowsOf('nbac_schedule').filter((row) => row['tipoff_at'] !== null)).toHaveLength(facts.tipoffs);
    expect(rowsOf('nbac_game_results').filter((row) => row['home_q1'] !== null)).toHaveLength(facts.quarters);
    const boxDates = new Set(
      rowsOf('nbac_player_boxscores')
        .filter((row) => row['season_type'] === 'regular')
        .map((row) => row['game_date']),
    );
    expect(boxDates.size).toBe(facts.regularDates);
  });

  it('have whole box scores where there are any, and lite ones elsewhere', () => {
    for (const [table, details] of Object.entries(facts.details)) {
      expect(countOf(rowsOf(table), 'source_detail')).toEqual(details);
      const wrong = rowsOf(table).filter((row) => {
        const lite = row['source_detail'] === 'lite';
        const marked = String(row['data_quality_issues']).includes('attempts_unknown');
        return marked !== lite || (row['field_goals_attempted'] === null) !== lite;
      });
      expect(wrong).toEqual([]);
    }
  });

  it('agree on every score: the players add up to the team, and the team is the result', () => {
    const results = new Map<string, Cell>();
    for (const row of rowsOf('nbac_game_results')) {
      results.set(`${row['game_id']} ${row['home_team_abbr']}`, row['home_points'] ?? null);
      results.set(`${row['game_id']} ${row['away_team_abbr']}`, row['away_points'] ?? null);
    }
    const sums = new Map<string, Record<string, number>>();
    for (const row of rowsOf('nbac_player_boxscores')) {
      const key = `${row['game_id']} ${row['team_abbr']}`;
      const sum = sums.get(key) ?? {};
      for (const [column] of STATISTICS) sum[column] = (sum[column] ?? 0) + Number(row[column]);
      sums.set(key, sum);
    }
    const differences: string[] = [];
    for (const row of rowsOf('nbac_team_boxscore')) {
      const key = `${row['game_id']} ${row['team_abbr']}`;
      if (row['points'] !== results.get(key)) differences.push(`${key} points against the result`);
      if (sums.get(key)?.['points'] !== row['points']) differences.push(`${key} points`);
      if (row['source_detail'] === 'lite') continue;
      for (const [column] of STATISTICS)
        if (sums.get(key)?.[column] !== row[column]) differences.push(`${key} ${column}`);
    }
    expect(differences).toEqual([]);
    expect(sums.size).toBe(rowsOf('nbac_team_boxscore').length);
  });

  it('name the dates by which their lines are sorted', () => {
    for (const { table, files } of sourceFilesOf(readdirSync(FOLDER), RAW_LOADS, [season]).sources) {
      const scanned = new Set(
        files.flatMap((name) => {
          const kind = sourceFileOf(name)?.kind ?? 'schedule';
          return [...(sortLines(textOf(name), subjectColumn(kind))?.seasons.get(season)?.keys() ?? [])];
        }),
      );
      const { dates = [] } = tables.get(table) ?? {};
      expect([table, dates.filter((date) => !scanned.has(date))]).toEqual([table, []]);
      // Only lines and props have dates without a row: those of other markets.
      if (!table.startsWith('odds_api')) expect([table, dates.length]).toEqual([table, scanned.size]);
    }
  });

  it('have the shots of the box scores, but for the few games that were corrected later', () => {
    const shots = new Map<string, number[]>();
    for (const row of rowsOf('nbac_shot_chart')) {
      const key = `${row['game_id']} ${row['player_lookup']}`;
      const sum = shots.get(key) ?? [0, 0, 0, 0];
      const three = row['shot_type'] === '3PT';
      [true, row['shot_made'] === true, three, three && row['shot_made'] === true].forEach((counts, i) => {
        sum[i] = (sum[i] ?? 0) + (counts ? 1 : 0);
      });
      shots.set(key, sum);
    }
    const charted = new Set(rowsOf('nbac_shot_chart').map((row) => row['game_id']));
    const boxes = rowsOf('nbac_player_boxscores').filter((row) => charted.has(row['game_id']));
    const differing = boxes.filter((row) => {
      const [fga, fgm, fg3a, fg3m] = shots.get(`${row['game_id']} ${row['player_lookup']}`) ?? [0, 0, 0, 0];
      return (
        fga !== row['field_goals_attempted'] ||
        fgm !== row['field_goals_made'] ||
        fg3a !== row['three_pointers_attempted'] ||
        fg3m !== row['three_pointers_made']
      );
    });
    expect([charted.size, differing.length]).toEqual(facts.shots);
    const made = rowsOf('nbac_shot_chart').filter((row) => row['shot_made'] === true).length;
    expect(made).toBe(boxes.reduce((sum, row) => sum + Number(row['field_goals_made']), 0));
  });

  it('have points lines as good as real ones, all of them on players of the box scores', () => {
    const main = rowsOf('odds_api_player_points_props').filter((row) => row['is_main_line'] === true);
    const known = new Set(rowsOf('nbac_player_boxscores').map((row) => row['player_lookup']));
    expect(main.filter((row) => !known.has(row['player_lookup'] ?? null))).toEqual([]);
    const points = new Map(
      rowsOf('nbac_player_boxscores')
        .filter((row) => Number(row['minutes']) > 0)
        .map((row) => [`${row['game_id']} ${row['player_lookup']}`, Number(row['points'])]),
    );
    const graded = main.flatMap((row) => {
      const actual = points.get(`${row['game_id']} ${row['player_lookup']}`);
      return actual === undefined ? [] : [actual - Number(row['points_line'])];
    });
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / graded.length;
    const quality = {
      main: main.length,
      error: Math.round(100 * mean(graded.map(Math.abs))) / 100,
      overPercent: Math.round(100 * mean(graded.map((miss) => (miss > 0 ? 1 : 0)))),
    };
    expect(quality).toEqual(facts.lines ?? { main: 0, error: NaN, overPercent: NaN });
    expect(main.filter((row) => !(Number(row['minutes_before_tipoff']) >= 0))).toEqual([]);
  });

  it.each(KNOWN_GAMES.filter((known) => known.season === season))(
    'remember $player_lookup on $game_date',
    (known) => {
      const { season: _season, ...facts } = known;
      expect(
        rowsOf('nbac_player_boxscores').find(
          (row) => row['player_lookup'] === facts.player_lookup && row['game_date'] === facts.game_date,
        ),
      ).toMatchObject(facts);
    },
  );

  it.each(KNOWN_LEADERS.filter((leader) => leader.season === season))(
    'have $player as the scorer of the season',
    (leader) => {
      const scorers = new Map<string, { games: number; points: number }>();
      for (const row of rowsOf('nbac_player_boxscores')) {
        if (row['season_type'] !== 'regular') continue;
        const { games, points } = scorers.get(String(row['player_lookup'])) ?? { games: 0, points: 0 };
        scorers.set(String(row['player_lookup']), {
          games: games + 1,
          points: points + Number(row['points']),
        });
      }
      const averages = [...scorers]
        .map(([player, { games, points }]) => ({ player, games, average: points / games }))
        .filter(({ games }) => games >= 58)
        .sort((a, b) => b.average - a.average);
      expect(averages[0]).toMatchObject({ player: leader.player, games: leader.games });
      expect(averages[0]?.average).toBeCloseTo(leader.average, 2);
    },
  );
});

function countTeams(games: readonly Row[]): Map<string, number> {
  const teams = new Map<string, number>();
  for (const game of games) {
    for (const team of [String(game['home_team_abbr']), String(game['away_team_abbr'])]) {
      teams.set(team, (teams.get(team) ?? 0) + 1);
    }
  }
  return teams;
}
