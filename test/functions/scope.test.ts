/**
 * What files mean to hold: the play-in, of which a league's files have no box score at first. Its dates are looked at again
 * when a first box score comes, and when a person says what the files mean to hold.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptableDates } from '../../functions/control/accept.ts';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { coverageDocument, type Coverage } from '../../functions/control/coverage.ts';
import { dryRunImport } from '../../functions/control/import-dry-run.ts';
import { loadFiles, type ImportOptions } from '../../functions/control/imports.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { simulateLeague } from '../../scripts/simulate/league.ts';
import {
  atHome,
  backfill,
  copyOf,
  newFolder,
  partition,
  removeFolders,
  type Home,
} from '../support/homes.ts';
import { sourceFile } from '../support/source-file.ts';
import { OPENING_NIGHT, SEASON } from '../support/tiny-league.ts';

const BOX = 'nbac_player_boxscores';
const TEAM_BOX = 'nbac_team_boxscore';
const SHOTS = 'nbac_shot_chart';
const SUMMARY = 'player_game_summary';
/** The league ends on the last of these dates; on each of them a game of the play-in is played. */
const [FIRST, SECOND, THIRD] = ['2021-11-03', '2021-11-04', '2021-11-05'] as const;
const PLAY_IN: readonly string[] = [FIRST, SECOND, THIRD];
const RANGE = { startDate: OPENING_NIGHT, endDate: THIRD, through: 'phase3' } as const;

const [league] = simulateLeague({ seasons: 1, seed: 3, firstSeason: 2021, teams: 6, gamesPerTeam: 30 });

/** Every file of the league until the play-in. The files of box scores have those of some dates of the play-in. */
function filesWith(...dates: readonly string[]): SourceFile[] {
  return (league?.files ?? []).map(({ name, text }) => {
    const [head = '', ...lines] = text.trimEnd().split('\n');
    const at = head.split(',').indexOf('game_date');
    const isBox = /^(player_box|team_box|shots)/.test(name);
    const kept = lines.flatMap((line) => {
      const date = line.split(',')[at] ?? '';
      if (date > THIRD || (isBox && PLAY_IN.includes(date) && !dates.includes(date))) return [];
      return [
        PLAY_IN.includes(date) ? line.replace(/\b00221/, '00521').replace(',regular,', ',play_in,') : line,
      ];
    });
    return sourceFile(name, `${[head, ...kept].join('\n')}\n`);
  });
}

const only = (name: string, files: readonly SourceFile[]): SourceFile[] =>
  files.filter((file) => file.name === `${name}_${SEASON}.csv`);
const beside = (scope: object): SourceFile => sourceFile('scope.json', JSON.stringify(scope));
/** A scope that is given with `--scope`. */
const given = (scope: object): Pick<ImportOptions, 'scope'> => ({
  scope: { ...sourceFile('meant.json', JSON.stringify(scope)), by: 'ann' },
});

const without = filesWith();
let built: string;
beforeAll(async () => {
  built = newFolder();
  await atHome(built, async (home) => {
    await load(home, without);
    await backfill(home, RANGE);
  });
});
afterAll(removeFolders);

const load = ({ client, worker }: Home, files: readonly SourceFile[], options: ImportOptions = {}) =>
  loadFiles(client, files, { ...options, worker });
const inCopy = <T>(work: (home: Home) => Promise<T>): Promise<T> => atHome(copyOf(built), work);

const coverageOf = async ({ client }: Home): Promise<Coverage> =>
  (await coverageDocument(client, gameDate(OPENING_NIGHT), gameDate(THIRD))).document;
const ofTable = ({ tables }: Coverage, name: string) => tables.find(({ table }) => table === name);
/** `[table, missing, excluded, outside]` of the tables of box scores, and of one that is made from them. */
async function answersOf(home: Home): Promise<unknown[]> {
  const coverage = await coverageOf(home);
  return [BOX, TEAM_BOX, SHOTS, SUMMARY].map((name) => {
    const found = ofTable(coverage, name);
    const unavailable = found?.excluded.filter(({ reason }) => reason === 'source_unavailable');
    return [name, found?.missing, unavailable?.map(({ date }) => date), found?.outsideScope.dates];
  });
}
const allOutside = [BOX, TEAM_BOX, SHOTS, SUMMARY].map((name) => [name, [], PLAY_IN, PLAY_IN]);
const allMissing = [BOX, TEAM_BOX, SHOTS, SUMMARY].map((name) => [name, PLAY_IN, [], []]);

describe('a kind of game of which the files have no box score', () => {
  it('is outside of their scope: named and counted apart, and what is known before its games is built', async () => {
    await inCopy(async (home) => {
      expect(await answersOf(home)).toEqual(allOutside);
      const coverage = await coverageOf(home);
      expect(ofTable(coverage, 'upcoming_team_game_context')).toMatchObject({ missing: [], excluded: [] });
      expect(ofTable(coverage, BOX)?.outsideScope.games).toBeGreaterThanOrEqual(PLAY_IN.length);
      const { outsideScope, dates } = await backfill(home, { ...RANGE, startDate: FIRST, force: true });
      expect(outsideScope).toEqual(PLAY_IN);
      expect(dates).toMatchObject({ asked: 3, built: 3, unchanged: 0, failed: 0, leftOut: 0 });
      const { outsideScope: none } = await backfill(home, { ...RANGE, endDate: '2021-11-02' });
      expect(none).toEqual([]);
      // Tables of played games alone have nothing to build on these dates.
      const played = await backfill(home, {
        ...RANGE,
        startDate: FIRST,
        tables: ['team_defense_game_summary'],
        through: 'phase3',
        only: 'missing',
      });
      expect(played).toMatchObject({ outsideScope: PLAY_IN });
      const { asked, built: done, unchanged, failed, leftOut } = played.dates;
      expect(done + unchanged + failed + leftOut).toBe(asked);
    });
  });

  it('comes into the scope with its first box score: its other dates are looked at again, and no other', async () => {
    await inCopy(async (home) => {
      const one = only('player_box', filesWith(SECOND));
      const runOf = async (date: string) => (await partition(home.client, BOX, date))?.runId;
      const earlier = await runOf('2021-11-02');
      const dry = await dryRunImport(home.client, one);
      const done = await load(home, one);
      for (const answer of [dry, done]) {
        expect(answer.lookedAgain).toEqual([{ table: BOX, season: SEASON, inside: PLAY_IN, outside: [] }]);
        expect(answer.next).toBe(`fullcourt backfill --start ${FIRST} --end ${THIRD}`);
      }
      expect(new Set(await Promise.all(PLAY_IN.map(runOf))).size).toBe(1);
      expect(await runOf('2021-11-02')).toBe(earlier);
      expect(await partition(home.client, BOX, FIRST)).toMatchObject({
        ...{ status: 'partial', rows: 0 },
        reason: expect.stringContaining('game_missing: 20211103_') as string,
      });
      expect(await answersOf(home)).toEqual([
        [BOX, [FIRST, THIRD], [], []],
        ...allOutside.slice(1, 3),
        [SUMMARY, PLAY_IN, [], []],
      ]);
      expect(await load(home, one)).toMatchObject({ runs: 0, lookedAgain: [] });
      await backfill(home, RANGE);
      expect((await answersOf(home))[3]).toEqual([SUMMARY, [FIRST, THIRD], [], []]);
    });
  });
});

describe('a scope', () => {
  it('that means the play-in makes its games missing, after a dry run that says so; later imports leave it', async () => {
    const meant = { seasons: [SEASON], seasonTypes: ['regular', 'play_in'] };
    await inCopy(async (home) => {
      const dry = await dryRunImport(home.client, without, given(meant));
      expect(await answersOf(home)).toEqual(allOutside);
      const done = await load(home, without, given(meant));
      for (const answer of [dry, done]) {
        const { seasonTypes } = meant;
        expect(answer.scopes).toEqual([
          { season: SEASON, file: 'meant.json', meant: { seasonTypes }, tables: {}, isNew: true },
        ]);
        expect(answer.lookedAgain.map(({ table, inside, outside }) => [table, inside, outside])).toEqual(
          [BOX, SHOTS, TEAM_BOX].map((table) => [table, PLAY_IN, []]),
        );
        expect(answer).toMatchObject({ changes: [], failed: [] });
      }
      expect(done.runs).toBe(3);
      expect(await answersOf(home)).toEqual(allMissing);
      expect(await load(home, without)).toMatchObject({ runs: 0, scopes: [] });
      expect(await load(home, without, given(meant))).toMatchObject({ runs: 0, scopes: [{ isNew: false }] });
      expect(await answersOf(home)).toEqual(allMissing);
    });
  });

  it('may lie beside the files, is kept beside the archive, and is replaced by the next one', async () => {
    await inCopy(async (home) => {
      await load(home, [...without, beside({})], { by: 'ann' });
      expect(await answersOf(home)).toEqual(allMissing);
      const until = {
        dates: [{ start: OPENING_NIGHT, end: FIRST }],
        tables: { [SHOTS]: { seasonTypes: ['regular'] } },
      };
      const done = await load(home, [...without, beside({})], given(until));
      expect(done.notes).toEqual([
        'scope.json beside the files is not used: meant.json was given with --scope',
      ]);
      expect(done.lookedAgain.map(({ table, inside, outside }) => [table, inside, outside])).toEqual([
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
      const scope = { season: SEASON, file: 'meant.json', by: 'ann', meant: { dates: until.dates } };
      expect((await coverageOf(home)).scopes).toEqual([expect.objectContaining(scope)]);
      const journal = join(home.folder, 'archive', 'journal');
      const decisions = readdirSync(journal).filter((name) => name.endsWith('-scope.json'));
      expect(
        decisions.map((name) => JSON.parse(readFileSync(join(journal, name), 'utf8')) as unknown),
      ).toEqual([
        expect.objectContaining({
          kind: 'scope',
          by: 'ann',
          seasons: [{ season: SEASON, meant: {}, tables: {} }],
        }),
        expect.objectContaining({
          kind: 'scope',
          seasons: [expect.objectContaining({ meant: { dates: until.dates } })],
        }),
      ]);
      // A person gives up what is inside; what is outside is not missing.
      const lacking = (date: string) =>
        acceptableDates(home.client, BOX, { dates: [gameDate(date)] }).then(({ lacking: found }) => found);
      await expect(lacking(SECOND)).rejects.toThrow(`${BOX} lacks nothing that is known on ${SECOND}`);
      await backfill(home, { tables: [BOX], dates: [FIRST], accept: { reason: 'lost' }, requestedBy: 'ann' });
      expect(ofTable(await coverageOf(home), BOX)).toMatchObject({
        missing: [],
        excluded: [
          { date: FIRST, reason: 'source_unavailable; accepted by ann: lost' },
          { date: SECOND, reason: 'source_unavailable' },
          { date: THIRD, reason: 'source_unavailable' },
        ],
        outsideScope: { dates: [SECOND, THIRD] },
      });
    });
  });

  it('takes nothing away: box scores that lie outside of it are loaded, with the others of their date', async () => {
    await inCopy(async (home) => {
      const { changes } = await load(home, [...filesWith(SECOND), beside({ seasonTypes: ['regular'] })]);
      expect(changes.map(({ table, date }) => [table, date])).toEqual(
        [BOX, SHOTS, TEAM_BOX].map((table) => [table, SECOND]),
      );
      const outside = [FIRST, THIRD];
      expect(await answersOf(home)).toEqual([
        ...[BOX, TEAM_BOX, SHOTS].map((name) => [name, [], outside, outside]),
        [SUMMARY, [SECOND], outside, outside],
      ]);
    });
  });

  it('that does not name a season leaves it out; one that names a table without files misses what it should have', async () => {
    await atHome(newFolder(), async (home) => {
      const schedule = only('schedule', without);
      await load(home, [...schedule, beside({ seasons: ['2020-21'] })]);
      const coverage = await coverageOf(home);
      const { outsideScope, gameDates = 0 } = ofTable(coverage, BOX) ?? {};
      for (const name of [BOX, TEAM_BOX, SHOTS, SUMMARY])
        expect(ofTable(coverage, name)).toMatchObject({ table: name, expected: 0, missing: [] });
      expect([outsideScope?.dates.length, gameDates > 10]).toEqual([gameDates, true]);
      expect(await backfill(home, RANGE)).toMatchObject({ state: 'done', outsideScope: outsideScope?.dates });
      expect(ofTable(await coverageOf(home), 'upcoming_team_game_context')?.missing).toEqual([]);
      await load(home, schedule, given({ tables: { [SHOTS]: {} } }));
      const after = await coverageOf(home);
      expect([BOX, TEAM_BOX, SHOTS].map((name) => ofTable(after, name)?.missing.length)).toEqual([
        gameDates,
        0,
        gameDates,
      ]);
    });
  });

  it('that is none stops an import before anything is written', async () => {
    await inCopy(async (home) => {
      const files = [...filesWith(SECOND), beside({ season: [SEASON] })];
      for (const importing of [() => load(home, files), () => dryRunImport(home.client, files)])
        await expect(importing()).rejects.toThrow('scope.json is no scope: there is no field "season"');
      expect(await answersOf(home)).toEqual(allOutside);
    });
  });
});
