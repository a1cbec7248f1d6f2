/**
 * What files mean to hold: the play-in, of which a league's files have no box score at first. Its dates are looked at again
 * when a first box score comes, and when a person says what the files mean to hold.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Coverage } from '../../functions/control/coverage.ts';
import type { DryRun } from '../../functions/control/import-dry-run.ts';
import type { LoadResult } from '../../functions/control/imports.ts';
import { copyOf, newFolder, removeFolders } from '../support/homes.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { importedHome, OPENING_NIGHT, SEASON, tinyFiles } from '../support/tiny-league.ts';

const [BOX, TEAM_BOX, SHOTS] = ['nbac_player_boxscores', 'nbac_team_boxscore', 'nbac_shot_chart'];
const SUMMARY = 'player_game_summary';
/** The league ends on the last of these dates; on each of them a game of the play-in is played. */
const PLAY_IN = ['2021-11-03', '2021-11-04', '2021-11-05'];
const [FIRST = '', SECOND = '', THIRD = ''] = PLAY_IN;
const RANGE = ['--start', OPENING_NIGHT, '--end', THIRD];

/** Every file of the league until the play-in. The files of box scores have those of some dates of the play-in. */
function filesWith(...dates: readonly string[]): string {
  const folder = join(newFolder(), 'files');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(whole)) {
    const [head = '', ...lines] = readFileSync(join(whole, name), 'utf8').trimEnd().split('\n');
    const at = head.split(',').indexOf('game_date');
    const isBox = /^(player_box|team_box|shots)/.test(name);
    const kept = lines.flatMap((line) => {
      const date = line.split(',')[at] ?? '';
      if (date > THIRD || (isBox && PLAY_IN.includes(date) && !dates.includes(date))) return [];
      return [
        PLAY_IN.includes(date) ? line.replace(/\b00221/, '00521').replace(',regular,', ',play_in,') : line,
      ];
    });
    writeFileSync(join(folder, name), `${[head, ...kept].join('\n')}\n`);
  }
  return folder;
}

/** A folder with only one file of another. */
function only(name: string, folder: string): string {
  const made = join(newFolder(), 'files');
  mkdirSync(made, { recursive: true });
  writeFileSync(join(made, name), readFileSync(join(folder, name)));
  return made;
}

function scopeFile(scope: object, folder = newFolder()): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'scope.json'), JSON.stringify(scope));
  return join(folder, 'scope.json');
}

let whole: string;
let without: string;
let built: string;
beforeAll(async () => {
  whole = tinyFiles();
  without = filesWith();
  built = await importedHome(without);
  const { code, stderr } = await cli(built, 'backfill', ...RANGE, '--through', 'phase3');
  if (code !== 0) throw new Error(stderr);
}, 180_000);
afterAll(removeFolders);

const coverageOf = async (home: string): Promise<Coverage> =>
  (await cliJson<Coverage>(home, 'coverage', ...RANGE)).document;
const ofTable = ({ tables }: Coverage, name = '') => tables.find(({ table }) => table === name);
/** `[table, missing, excluded, outside]` of the tables of box scores, and of one that is made from them. */
async function answersOf(home: string): Promise<unknown[]> {
  const coverage = await coverageOf(home);
  return [BOX, TEAM_BOX, SHOTS, SUMMARY].map((name) => {
    const found = ofTable(coverage, name);
    const without = found?.excluded.filter(({ reason }) => reason === 'source_unavailable');
    return [name, found?.missing, without?.map(({ date }) => date), found?.outsideScope.dates];
  });
}
const allOutside = [BOX, TEAM_BOX, SHOTS, SUMMARY].map((name) => [name, [], PLAY_IN, PLAY_IN]);
const allMissing = [BOX, TEAM_BOX, SHOTS, SUMMARY].map((name) => [name, PLAY_IN, [], []]);

describe('a kind of game of which the files have no box score', () => {
  it('is outside of their scope: named and counted apart, and what is known before its games is built', async () => {
    expect(await answersOf(built)).toEqual(allOutside);
    const coverage = await coverageOf(built);
    expect(ofTable(coverage, 'upcoming_team_game_context')).toMatchObject({ missing: [], excluded: [] });
    const games = ofTable(coverage, BOX)?.outsideScope.games ?? 0;
    expect(games).toBeGreaterThanOrEqual(PLAY_IN.length);
    const { document: backfill } = await cliJson<{ outsideScope: string[]; dates: Record<string, number> }>(
      copyOf(built),
      ...['backfill', ...RANGE, '--through', 'phase3', '--force'],
    );
    expect(backfill.outsideScope).toEqual(PLAY_IN);
    const { asked = 0, built: done = 0, unchanged = 0, failed = 0, leftOut = 0 } = backfill.dates;
    expect(done + unchanged + failed + leftOut).toBe(asked);
    const { stdout } = await cli(built, 'coverage', ...RANGE);
    expect(stdout).toContain(
      `Outside of the scope of ${BOX}: ${games} games, 3 whole dates (${PLAY_IN.join(', ')})`,
    );
  }, 120_000);

  it('comes into the scope with its first box score: its other dates are looked at again, and no other', async () => {
    const home = copyOf(built);
    const one = only(`player_box_${SEASON}.csv`, filesWith(SECOND));
    const dry = await cliJson<DryRun>(home, 'import', one, '--dry-run');
    const { document } = await cliJson<LoadResult>(home, 'import', one);
    const looked = [{ table: BOX, season: SEASON, inside: PLAY_IN, outside: [] }];
    for (const answer of [dry.document, document]) {
      expect(answer.lookedAgain).toEqual(looked);
      expect(answer.next).toBe(`fullcourt backfill --start ${FIRST} --end ${THIRD}`);
    }
    // One run loads the three dates; no other date of the season is loaded again.
    const { document: status } = await cliJson<{
      phases: Record<string, { tables: Record<string, { status: string; runId: string }> }>;
    }>(home, ...['status', '--date', FIRST]);
    expect(status.phases['phase2']?.tables[BOX ?? '']).toMatchObject({ status: 'partial', rows: 0 });
    expect(await answersOf(home)).toEqual([
      [BOX, [FIRST, THIRD], [], []],
      ...allOutside.slice(1, 3),
      [SUMMARY, PLAY_IN, [], []],
    ]);
    expect((await cliJson<LoadResult>(home, 'import', one)).document).toMatchObject({
      runs: 0,
      lookedAgain: [],
    });
    await cli(home, 'backfill', ...RANGE, '--through', 'phase3');
    expect((await answersOf(home))[3]).toEqual([SUMMARY, [FIRST, THIRD], [], []]);
  }, 120_000);
});

describe('a scope', () => {
  it('that means the play-in makes its games missing, with --scope as with scope.json, after a dry run that says so', async () => {
    const meant = { seasons: [SEASON], seasonTypes: ['regular', 'play_in'] };
    const home = copyOf(built);
    const given = ['import', without, '--scope', scopeFile(meant)];
    const { document: dry } = await cliJson<DryRun>(home, ...given, '--dry-run');
    expect(await answersOf(home)).toEqual(allOutside);
    const { document } = await cliJson<LoadResult>(home, ...given);
    for (const answer of [dry, document]) {
      expect(answer.scopes).toEqual([
        {
          season: SEASON,
          file: 'scope.json',
          meant: { seasonTypes: ['regular', 'play_in'] },
          tables: {},
          isNew: true,
        },
      ]);
      expect(answer.lookedAgain.map(({ table, inside, outside }) => [table, inside, outside])).toEqual(
        [BOX, SHOTS, TEAM_BOX].map((table) => [table, PLAY_IN, []]),
      );
      expect(answer).toMatchObject({ changes: [], rejected: 0, failed: [] });
    }
    expect(document.runs).toBe(3);
    expect(await answersOf(home)).toEqual(allMissing);

    const beside = filesWith();
    scopeFile(meant, beside);
    const other = copyOf(built);
    expect((await cliJson<LoadResult>(other, 'import', beside)).document.scopes).toEqual(document.scopes);
    expect(await answersOf(other)).toEqual(allMissing);
    // The same scope again says nothing new, and an import without one leaves it.
    expect((await cliJson<LoadResult>(other, 'import', beside)).document).toMatchObject({
      runs: 0,
      scopes: [{ isNew: false }],
    });
    expect((await cliJson<LoadResult>(other, 'import', without)).document).toMatchObject({
      runs: 0,
      scopes: [],
    });
    expect(await answersOf(other)).toEqual(allMissing);
  }, 180_000);

  it('is kept beside the archive, and replaced by the next one; dates whose answer stays are left alone', async () => {
    const home = copyOf(built);
    await cli(home, 'import', without, '--scope', scopeFile({}));
    expect(await answersOf(home)).toEqual(allMissing);
    // The flag wins over the file in the folder.
    const beside = filesWith();
    scopeFile({}, beside);
    const until = {
      dates: [{ start: OPENING_NIGHT, end: FIRST }],
      tables: { [SHOTS ?? '']: { seasonTypes: ['regular'] } },
    };
    const { document } = await cliJson<LoadResult>(home, 'import', beside, '--scope', scopeFile(until));
    expect(document.notes).toEqual([
      'scope.json beside the files is not used: scope.json was given with --scope',
    ]);
    expect(document.lookedAgain.map(({ table, inside, outside }) => [table, inside, outside])).toEqual([
      [BOX, [], [SECOND, THIRD]],
      [SHOTS, [], PLAY_IN],
      [TEAM_BOX, [], [SECOND, THIRD]],
    ]);
    expect(await answersOf(home)).toEqual([
      [BOX, [FIRST], [SECOND, THIRD], [SECOND, THIRD]],
      [TEAM_BOX, [FIRST], [SECOND, THIRD], [SECOND, THIRD]],
      [SHOTS, [], PLAY_IN, PLAY_IN],
      [SUMMARY, [FIRST], [SECOND, THIRD], [SECOND, THIRD]],
    ]);
    expect((await coverageOf(home)).scopes).toEqual([
      expect.objectContaining({ season: SEASON, file: 'scope.json', meant: { dates: until.dates } }),
    ]);
    const journal = join(home, 'archive', 'journal');
    const decisions = readdirSync(journal).filter((name) => name.endsWith('-scope.json'));
    expect(decisions.map((name) => JSON.parse(readFileSync(join(journal, name), 'utf8')) as unknown)).toEqual(
      [
        expect.objectContaining({ kind: 'scope', seasons: [{ season: SEASON, meant: {}, tables: {} }] }),
        expect.objectContaining({
          kind: 'scope',
          seasons: [expect.objectContaining({ meant: { dates: until.dates } })],
        }),
      ],
    );
    // A person gives up what is inside; what is outside is not his to give up.
    const given = ['--table', BOX ?? '', '--reason', 'lost'];
    expect((await cli(home, 'accept', ...given, '--dates', SECOND)).code).toBe(2);
    expect((await cli(home, 'accept', ...given, '--dates', FIRST)).code).toBe(0);
    expect(ofTable(await coverageOf(home), BOX)).toMatchObject({
      missing: [],
      outsideScope: { dates: [SECOND, THIRD] },
    });
  }, 180_000);

  it('takes nothing away: box scores that lie outside of it are loaded, with the others of their date', async () => {
    const home = copyOf(built);
    const files = filesWith(SECOND);
    scopeFile({ seasonTypes: ['regular'] }, files);
    const { document } = await cliJson<LoadResult>(home, 'import', files);
    expect(document.changes.map(({ table, date }) => [table, date])).toEqual(
      [BOX, SHOTS, TEAM_BOX].map((table) => [table, SECOND]),
    );
    const outside = [FIRST, THIRD];
    expect(await answersOf(home)).toEqual([
      ...[BOX, TEAM_BOX, SHOTS].map((name) => [name, [], outside, outside]),
      [SUMMARY, [SECOND], outside, outside],
    ]);
  }, 120_000);

  it('that does not name a season leaves it out: its games are not missing, and what is known before them is built', async () => {
    const schedule = only(`schedule_${SEASON}.csv`, without);
    scopeFile({ seasons: ['2020-21'] }, schedule);
    const home = await importedHome(schedule);
    const coverage = await coverageOf(home);
    for (const name of [BOX, TEAM_BOX, SHOTS, SUMMARY])
      expect(ofTable(coverage, name)).toMatchObject({ table: name, expected: 0, missing: [] });
    expect(ofTable(coverage, BOX)?.outsideScope.dates).toHaveLength(ofTable(coverage, BOX)?.gameDates ?? 0);
    const { document } = await cliJson<{ state: string; outsideScope: string[] }>(
      home,
      ...['backfill', ...RANGE, '--through', 'phase3'],
    );
    expect(document).toMatchObject({
      state: 'done',
      outsideScope: ofTable(coverage, BOX)?.outsideScope.dates,
    });
    expect(ofTable(await coverageOf(home), 'upcoming_team_game_context')?.missing).toEqual([]);
    // When the scope names a table of which no file is there, what it should have is missing.
    const tables = { [SHOTS ?? '']: {} };
    await cli(home, 'import', only(`schedule_${SEASON}.csv`, without), '--scope', scopeFile({ tables }));
    const after = await coverageOf(home);
    expect(ofTable(after, SHOTS)?.missing).toHaveLength(ofTable(after, SHOTS)?.gameDates ?? 0);
    expect(ofTable(after, TEAM_BOX)).toMatchObject({ missing: [], outsideScope: { dates: [] } });
  }, 180_000);

  it('that is none stops the import before anything is written', async () => {
    const files = filesWith(SECOND);
    scopeFile({ season: [SEASON] }, files);
    const home = copyOf(built);
    for (const flags of [[], ['--dry-run']]) {
      const { code, stderr } = await cli(home, 'import', files, ...flags);
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining('scope.json is no scope: there is no field "season"'),
      ]);
    }
    expect((await cli(home, 'import', files, '--scope', join(files, 'none.json'))).code).toBe(2);
    expect(await answersOf(home)).toEqual(allOutside);
    const empty = newFolder();
    scopeFile({}, empty);
    expect((await cli(home, 'import', empty)).stderr).toContain('holds no .csv or .csv.gz files');
  }, 120_000);
});
