/** Two games that only box scores know, from their files to the rest, load and form of their teams on later dates. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { tryImport, differencesOf } from '../../functions/control/import-trial.ts';
import { planImport } from '../../functions/control/import-plan.ts';
import { textOf } from '../../functions/ingest/sound-file.ts';
import { readFolder } from '../../scripts/cli/load.ts';
import type { ChangeCount } from '../../shared/ports/warehouse.ts';
import { calendarOf } from '../../shared/state/calendars.ts';
import { tableSeason } from '../../shared/state/completions.ts';
import {
  atHome,
  backfill,
  contents,
  importFiles,
  newFolder,
  openHome,
  removeFolders,
  rowsOf,
  type Home,
} from '../support/homes.ts';
import { sourceFile } from '../support/source-file.ts';
import { OPENING_NIGHT, SEASON, tinyFiles } from '../support/tiny-league.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

/** BKN and BOS play the only game of the one date; CHI and ATL play on the other one, beside two other teams. */
const ALONE = { date: '2021-10-26', id: '0022100012', game: '20211026_BOS_BKN' };
const BESIDE = { date: '2021-10-27', id: '0022100014', game: '20211027_ATL_CHI' };
const LAST = '2021-11-05';
const CONTEXTS = ['upcoming_team_game_context', 'upcoming_player_game_context'] as const;

/** The lines of a file that `keeps` accepts. */
function linesOf({ name, bytes }: SourceFile, keeps: (line: string) => boolean): SourceFile {
  const [head = '', ...lines] = textOf(bytes()).split('\n');
  return sourceFile(name, [head, ...lines.filter(keeps)].join('\n'));
}

const whole = readFolder(tinyFiles({ through: LAST })).filter(({ name }) => !name.startsWith('shots'));
const lacking = whole.map((file) =>
  linesOf(
    file,
    (line) => !file.name.startsWith('schedule') || ![ALONE.id, BESIDE.id].some((id) => line.startsWith(id)),
  ),
);

const request = { startDate: OPENING_NIGHT, endDate: LAST, through: 'phase3' } as const;

/** The rows of the contexts after the two games, by table, date and team or player. */
async function contextsOf(home: Home) {
  const rows = new Map<string, Readonly<Record<string, unknown>>>();
  for (const table of CONTEXTS) {
    const columns = Object.keys(home.client.registry.get(table).definition.columns).join(', ');
    const sql = `SELECT ${columns} FROM nba_analytics.${table} WHERE game_date > DATE '${BESIDE.date}'`;
    for (const row of await rowsOf(home, sql))
      rows.set(
        `${table} ${String(row['game_id'])} ${String(row['team_abbr'])} ${String(row['player_lookup'])}`,
        row,
      );
  }
  return rows;
}

let truth: Awaited<ReturnType<typeof contextsOf>>;
let clean: Record<string, string | null>;
let home: Home;
beforeAll(async () => {
  await atHome(newFolder(), async (right) => {
    await importFiles(right, whole, SEASON);
    expect((await backfill(right, request)).state).toBe('done');
    truth = await contextsOf(right);
    clean = await contents(right.client);
  });
  home = await openHome(newFolder());
});
afterAll(async () => {
  await home.close();
  removeFolders();
});

describe('two games that the schedule lacks from the beginning', () => {
  it('are played games of the calendar once box scores have them, also when these come later', async () => {
    const isBox = ({ name }: SourceFile): boolean => /_box/.test(name);
    await importFiles(
      home,
      lacking.filter((file) => !isBox(file)),
      SEASON,
    );
    expect((await calendarOf(home.client, SEASON))?.games[ALONE.date]).toBeUndefined();

    const boxes = lacking.filter(isBox);
    const { client } = home;
    const plan = await planImport(client, boxes);
    const told = (changes: readonly ChangeCount[]): string[] =>
      changes
        .filter(({ table }) => client.registry.calendarSources.includes(table))
        .map(({ table, date, added, changed, removed }) => `${table} ${date} ${added} ${changed} ${removed}`)
        .sort();
    const expected = ['nbac_game_results', 'nbac_schedule'].flatMap((table) =>
      [ALONE, BESIDE].map(({ date }) => `${table} ${date} 1 0 0`),
    );
    expect(told(differencesOf(await tryImport(client, plan, { onlyKnown: false })).changes)).toEqual(
      expected,
    );
    expect(told((await importFiles(home, boxes, SEASON)).changes)).toEqual(expected);
    expect((await calendarOf(client, SEASON))?.games[ALONE.date]).toEqual({
      games: 0,
      finalGames: 0,
      playedGames: 1,
    });
    expect((await importFiles(home, boxes, SEASON)).runs).toBe(0);
  });

  it('are named by both raw tables and by the verdict of a backfill', async () => {
    const { state, verdict } = await backfill(home, request);
    expect([state, verdict]).toEqual([
      'done_with_failures',
      expect.stringContaining(`lack games or rows: nbac_game_results@${ALONE.date}`),
    ]);
    for (const { date, game } of [ALONE, BESIDE]) {
      for (const table of home.client.registry.calendarSources) {
        const found = (await tableSeason(home.client, table, SEASON))?.dates[date as never] as
          { status: string; reason: string } | undefined;
        expect([table, found?.status]).toEqual([table, 'partial']);
        expect(found?.reason).toContain(`games_unread: ${game}`);
      }
    }
  });

  it('count for the rest of their teams, and leave no row ready that lacks them', async () => {
    const found = await contextsOf(home);
    expect([...found.keys()].sort()).toEqual([...truth.keys()].sort());
    const readyAndWrong: string[] = [];
    let differing = 0;
    for (const [key, row] of found) {
      const right = truth.get(key) ?? {};
      for (const name of [
        'team_days_rest',
        'opponent_days_rest',
        'next_game_days_rest',
        'games_in_next_7_days',
      ])
        expect([key, name, row[name]]).toEqual([key, name, right[name]]);
      const columns = Object.keys(right).filter(
        (name) => !['is_production_ready', 'data_quality_issues'].includes(name) && row[name] !== right[name],
      );
      if (columns.length === 0) continue;
      differing += 1;
      const says = String(row['data_quality_issues']);
      const isNamed = says.includes('next_opponent_gap') && columns.join() === 'next_opponent_win_pct';
      if (row['is_production_ready'] === true && !isNamed) readyAndWrong.push(`${key}: ${columns.join(' ')}`);
    }
    expect(differing).toBeGreaterThan(0);
    expect(readyAndWrong).toEqual([]);
  });

  it('are like any other game when a newer schedule has them', async () => {
    await importFiles(
      home,
      whole.filter(({ name }) => name.startsWith('schedule')),
      SEASON,
    );
    expect((await backfill(home, request)).state).toBe('done');
    expect(await contents(home.client)).toEqual(clean);
  });
});
