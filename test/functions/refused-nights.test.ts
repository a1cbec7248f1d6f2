/** Nights whose rows were refused: what should exist is counted without them, and the backfill says what is not there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { coverageDocument } from '../../functions/control/coverage.ts';
import { loadFiles } from '../../functions/control/imports.ts';
import { readFolder } from '../../scripts/cli/load.ts';
import { BOOTSTRAP_DAYS } from '../../shared/domain/season.ts';
import { addDays, gameDate } from '../../shared/domain/game-date.ts';
import { atHome, backfill, newFolder, removeFolders, type Home } from '../support/homes.ts';
import { drawnOf } from '../support/draw.ts';
import { proof } from '../support/proof.ts';
import { OPENING_NIGHT, SEASON, tinyFiles } from '../support/tiny-league.ts';

const PLAYERS = /^player_box/;
const TEAMS = /^team_box/;
const SCHEDULE = /^schedule/;
/** The last date of the files: the third on which features are computed. */
const LAST = addDays(gameDate(OPENING_NIGHT), BOOTSTRAP_DAYS + 2);
type Line = Record<string, string>;

let whole: readonly SourceFile[];
beforeAll(() => {
  // Without rosters, players are known from box scores alone.
  whole = readFolder(tinyFiles({ through: LAST })).filter(({ name }) => !name.startsWith('roster'));
});
afterAll(removeFolders);

/** The files with a column that cannot be read in the lines of `of` that `which` chooses. */
function refusing(of: RegExp, column: string, which: (line: Line) => boolean) {
  return (files: readonly SourceFile[]): SourceFile[] =>
    files.map((file) => {
      if (!of.test(file.name)) return file;
      const [head = '', ...lines] = new TextDecoder().decode(file.bytes()).split('\n');
      const columns = head.split(',');
      const changed = lines.map((text) => {
        if (text === '') return text;
        const line = Object.fromEntries(text.split(',').map((cell, i) => [columns[i] ?? '', cell]));
        if (which(line)) line[column] = 'a few';
        return columns.map((name) => line[name]).join(',');
      });
      const bytes = new TextEncoder().encode([head, ...changed].join('\n'));
      return { name: file.name, bytes: () => bytes };
    });
}

const NIGHT = gameDate('2021-10-22');
const onNight = (line: Line): boolean => line['game_date'] === NIGHT;

interface Told {
  readonly state: string;
  readonly verdict: string | null;
}

/** What is said of a backfill of the first days over changed files. */
function backfilled(
  change: (files: readonly SourceFile[]) => readonly SourceFile[],
  days: number,
  look: (home: Home) => Promise<void> = () => Promise.resolve(),
): Promise<Told> {
  return atHome(newFolder(), async (home) => {
    await loadFiles(home.client, change(whole), { seasons: [SEASON], worker: home.worker });
    const endDate = addDays(gameDate(OPENING_NIGHT), days);
    const { state, verdict } = await backfill(home, {
      ...{ startDate: OPENING_NIGHT, endDate, through: days > BOOTSTRAP_DAYS ? 'phase4' : 'phase3' },
    });
    await look(home);
    return { state, verdict };
  });
}

const built = 'every planned partition is built';

describe('a backfill over rows that were refused', () => {
  let team: string;
  let game: string;
  beforeAll(() => {
    const text = new TextDecoder().decode(whole.find(({ name }) => PLAYERS.test(name))?.bytes());
    const [head = '', ...lines] = text.split('\n');
    const columns = head.split(',');
    const first = lines.find((line) => line.includes(NIGHT))?.split(',') ?? [];
    team = first[columns.indexOf('team')] ?? '';
    game = first[columns.indexOf('game_id')] ?? '';
  });

  it('is done when there are none', async () => {
    expect(await backfilled((files) => files, 5)).toEqual({ state: 'done', verdict: built });
  });

  const nights: readonly (readonly [string, ReturnType<typeof refusing>, readonly string[]])[] = [
    ['all box scores', refusing(PLAYERS, 'pts', onNight), ['nbac_player_boxscores', 'player_game_summary']],
    ['one game', refusing(PLAYERS, 'pts', (line) => line['game_id'] === game), ['player_game_summary']],
    [
      'one team',
      refusing(PLAYERS, 'pts', (line) => onNight(line) && line['team'] === team),
      ['nbac_player_boxscores', 'player_game_summary'],
    ],
    ['all team boxes', refusing(TEAMS, 'pts', onNight), ['nbac_team_boxscore']],
    ['all results', refusing(SCHEDULE, 'home_pts', onNight), ['nbac_game_results']],
  ];
  it.each(proof === 'small' ? drawnOf(nights, 1, 'refused nights') : nights)(
    'names what is not there when %s of a night were',
    async (_what, change, tables) => {
      const { state, verdict } = await backfilled(change, 5);
      expect([state, verdict]).toEqual(['done_with_failures', expect.stringContaining(`${built}, but `)]);
      for (const table of tables) expect(verdict).toContain(`${table}@${NIGHT}`);
    },
  );
});

describe('the nights before the first features, all refused', () => {
  const first = addDays(gameDate(OPENING_NIGHT), BOOTSTRAP_DAYS);
  const PLAYER_TABLES = [
    'upcoming_player_game_context',
    'player_daily_cache',
    'player_composite_factors',
    'ml_feature_store_v2',
  ];

  it('leave the players of a date unknown, and their rows expected', async () => {
    const change = refusing(PLAYERS, 'pts', (line) => (line['game_date'] ?? '') < first);
    const { state, verdict } = await backfilled(change, BOOTSTRAP_DAYS + 2, async ({ client }) => {
      const { document, dates } = await coverageDocument(client, first, addDays(first, 2));
      const [date] = dates;
      for (const name of PLAYER_TABLES) {
        const found = document.tables.find(({ table }) => table === name);
        expect([name, found?.missing[0], found?.excluded]).toEqual([name, date, []]);
        expect(found?.rows.expected).toBeGreaterThanOrEqual(10);
        expect(found?.games.expected).toBeGreaterThan(0);
      }
    });
    expect([state, verdict]).toEqual(['done_with_failures', expect.stringContaining('lack games or rows')]);
  });
});
