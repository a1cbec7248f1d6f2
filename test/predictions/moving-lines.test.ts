/** Lines that move after a game has begun change no prediction of it; a game still to come has the newest line, with its time. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeFolders } from '../support/homes.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { atClockedHome, predictAt } from '../support/sealed-league.ts';
import { importedHome, OPENING_NIGHT, tinyFiles } from '../support/tiny-league.ts';

const DATE = '2021-11-14';
/** When the games begin (US Eastern). */
const [EARLY, LATE] = [
  { game: '20211114_ATL_BOS', id: '0022100040', tipoff: '13:00', commence: '2021-11-14T18:00:00Z' },
  { game: '20211114_BKN_CHI', id: '0022100041', tipoff: '22:00', commence: '2021-11-15T03:00:00Z' },
] as const;
/** Where every line moves to. */
const MOVED = 44.5;
/** When the moved lines were seen: that of the early game five minutes before it, that of the late game at 20:00. */
const SEEN = { [EARLY.id]: '2021-11-14T17:55:00Z', [LATE.id]: '2021-11-15T01:00:00Z' };

type Rows = readonly Readonly<Record<string, unknown>>[];
let home: string;
let before: Rows;
let after: Rows;

/** Changes the lines of one of the files. `change` has the cells of a line by column; it gives the lines that follow it. */
function changeFile(
  folder: string,
  kind: string,
  change: (cells: Record<string, string>) => readonly Record<string, string>[],
): void {
  for (const name of readdirSync(folder).filter((each) => each.startsWith(kind))) {
    const [head = '', ...lines] = readFileSync(join(folder, name), 'utf8').split('\n');
    const columns = head.split(',');
    const text = (cells: Record<string, string>): string => columns.map((column) => cells[column]).join(',');
    const changed = lines.flatMap((line) => {
      if (line === '' || line.includes('"')) return [line];
      const cells = Object.fromEntries(line.split(',').map((cell, i) => [columns[i] ?? '', cell]));
      const more = change(cells);
      return [text(cells), ...more.map(text)];
    });
    writeFileSync(join(folder, name), [head, ...changed].join('\n'));
  }
}

async function rowsOf(table: string): Promise<Rows> {
  const sql = `SELECT * FROM ${table} WHERE game_date = DATE '${DATE}' ORDER BY game_id, player_lookup`;
  return (await cliJson<{ rows: Rows }>(home, 'query', sql, '--limit', '0')).document.rows;
}
/** What predictions say and rest on, without the columns of the runs. */
async function predicted(): Promise<Rows> {
  const rows = await Promise.all(
    ['nba_predictions.prediction_inputs', 'nba_predictions.player_prop_predictions'].map(rowsOf),
  );
  const keyOf = (row: Rows[number]): string =>
    ['game_id', 'player_lookup', 'system_id'].map((column) => String(row[column])).join(' ');
  return rows
    .flatMap((own) => own.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)))
    .map((row) => {
      const { run_id: _, run_token: __, run_mode: ___, processed_at: ____, ...content } = row;
      return content;
    });
}
const of = (rows: Rows, game: string): Rows => rows.filter((row) => row['game_id'] === game);
const linesIn = (rows: Rows, column = 'current_points_line'): Map<string, unknown> =>
  new Map(
    rows.flatMap((row) =>
      typeof row['current_points_line'] === 'number' ? [[String(row['player_lookup']), row[column]]] : [],
    ),
  );

beforeAll(async () => {
  const files = tinyFiles({ through: DATE });
  const games = new Map<string | undefined, typeof EARLY | typeof LATE>(
    [EARLY, LATE].map((each) => [each.id, each]),
  );
  changeFile(files, 'schedule', (cells) => {
    const game = games.get(cells['game_id']);
    if (game !== undefined) cells['tipoff_et'] = `${DATE}T${game.tipoff}:00`;
    return [];
  });
  changeFile(files, 'player_props', (cells) => {
    const game = games.get(cells['game_id']);
    if (game !== undefined) cells['commence_utc'] = game.commence;
    return [];
  });
  home = await importedHome(files);
  const features = ['--start', OPENING_NIGHT, '--end', DATE, '--through', 'phase4'];
  expect((await cli(home, 'backfill', ...features)).code).toBe(0);
  await atClockedHome(home, (opened) => predictAt(opened, DATE, '2021-11-14T17:00:00Z'));
  before = await predicted();

  const quoted = new Set<string>();
  changeFile(files, 'player_props', (cells) => {
    const seen = Object.entries(SEEN).find(([id]) => id === cells['game_id'])?.[1];
    const quote = `${cells['player_id']} ${cells['bookmaker']}`;
    if (seen === undefined || cells['is_main_line'] !== 'true' || quoted.has(quote)) return [];
    quoted.add(quote);
    return [{ ...cells, snapshot_utc: seen, line: String(MOVED) }];
  });
  for (const name of readdirSync(files)) if (!name.startsWith('player_props')) rmSync(join(files, name));
  changeFile(files, 'player_props', () => []);
  expect((await cli(home, 'import', '--from', files)).code).toBe(0);
  expect((await cli(home, 'backfill', '--start', DATE, '--end', DATE, '--through', 'phase4')).code).toBe(0);
  await atClockedHome(home, (opened) => predictAt(opened, DATE, '2021-11-15T01:05:00Z'));
  after = await predicted();
});
afterAll(removeFolders);

describe('lines that move', () => {
  it('change no prediction of a game that has begun, nor what it rests on', async () => {
    const early = of(before, EARLY.game);
    expect(early.length).toBeGreaterThan(50);
    expect(of(after, EARLY.game)).toEqual(early);
    // The context, which nobody seals, has the moved line.
    const sealed = linesIn(early);
    const moved = linesIn(of(await rowsOf('nba_analytics.upcoming_player_game_context'), EARLY.game));
    expect(sealed.size).toBeGreaterThan(5);
    for (const player of sealed.keys()) expect(moved.get(player), player).toBe(MOVED);
    expect([...sealed.values()]).not.toContain(MOVED);
  });

  it('are the lines of a game that has not begun, with the time at which they were seen', () => {
    const [was, is] = [of(before, LATE.game), of(after, LATE.game)];
    expect(linesIn(was).size).toBeGreaterThan(5);
    for (const player of linesIn(was).keys()) expect(linesIn(is).get(player), player).toBe(MOVED);
    expect(new Set(linesIn(is, 'line_snapshot_at').values())).toEqual(new Set(['2021-11-15T01:00:00.000Z']));
    for (const [player, at] of linesIn(was, 'line_snapshot_at'))
      expect(String(at) < LATE.commence, `${player} ${String(at)}`).toBe(true);
  });

  it('leave the time at which everything was known: noon of the day after the last box scores', () => {
    expect(new Set([...before, ...after].map((row) => row['known_at']))).toEqual(
      new Set(['2021-11-14T17:00:00.000Z']),
    );
  });
});
