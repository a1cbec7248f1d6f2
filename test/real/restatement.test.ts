import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { addDays } from '../../shared/domain/game-date.ts';
import type { PartitionState } from '../../shared/domain/partition.ts';
import { playerLookup } from '../../shared/domain/player-lookup.ts';
import { POINTS_V1 } from '../../shared/domain/features.ts';
import { isComputed } from '../../shared/domain/table.ts';
import { drawnOf } from '../support/draw.ts';
import { proof } from '../support/proof.ts';
import { isTurn } from '../support/turns.ts';
import { differingColumns, differingRows, type DifferingRow } from '../support/compare-homes.ts';
import {
  atHome,
  backfill,
  builtHome,
  changedFile,
  contents,
  copyOf,
  haveSeasons,
  importFiles,
  partition,
  partitionsOf,
  planOf,
  removeFolders,
  rowsOf,
  runsOf,
  type Request,
} from '../support/homes.ts';
import { correctedGame, DATES_AFTER_WINDOWS, type CorrectedGame } from '../support/real-games.ts';
import { realPart, type RealPart } from '../support/real-part.ts';

// Real seasons on a busy machine.

const registry = loadRegistry();
const SEASON = '2023-24';
const WHOLE: Request = { season: SEASON, through: 'phase4' };

afterAll(removeFolders);

type Changes = Readonly<Record<string, (cells: Record<string, string>) => void>>;

/** The files of the part, with some of them changed. */
function filesWith({ files }: RealPart, changes: Changes): SourceFile[] {
  return files.map((file) => {
    const change = changes[file.name];
    return change === undefined ? file : changedFile(file, change);
  });
}

function add(cells: Record<string, string>, changes: Readonly<Record<string, number>>): void {
  for (const [column, by] of Object.entries(changes)) cells[column] = String(Number(cells[column]) + by);
}

/** Gives one basket of one player to a team-mate: every sum of the team stays as it is. */
function basketMoved(part: RealPart, { date, team, scorer, other }: CorrectedGame): SourceFile[] {
  return filesWith(part, {
    'player_box_2023-24.csv.gz': (cells) => {
      if (cells['game_date'] !== date || cells['team'] !== team) return;
      if (cells['player_name'] === scorer) add(cells, { fgm: -1, fga: -1, pts: -2 });
      if (cells['player_name'] === other) add(cells, { fgm: 1, fga: 1, pts: 2 });
    },
  });
}

/** One more free throw missed: the score stays, the possessions of the team do not. */
function freeThrowMissed(part: RealPart, { date, team, scorer }: CorrectedGame): SourceFile[] {
  const isOfTeam = (cells: Record<string, string>): boolean =>
    cells['game_date'] === date && cells['team'] === team;
  return filesWith(part, {
    'player_box_2023-24.csv.gz': (cells) => {
      if (isOfTeam(cells) && cells['player_name'] === scorer) add(cells, { fta: 1 });
    },
    'team_box_2023-24.csv.gz': (cells) => {
      if (isOfTeam(cells)) add(cells, { fta: 1 });
    },
  });
}

interface Restated {
  readonly folder: string;
  readonly before: ReadonlyMap<string, PartitionState>;
  readonly imported: ReadonlyMap<string, PartitionState>;
  readonly after: ReadonlyMap<string, PartitionState>;
  readonly plannedRuns: number;
  readonly outcome: Awaited<ReturnType<typeof backfill>>;
  readonly again: Awaited<ReturnType<typeof backfill>>;
  readonly rawChanged: readonly string[];
  readonly rows: readonly DifferingRow[];
}

/** Re-imports changed files into a copy of `built` and lets `requests` restate what follows. */
async function restate(built: string, files: readonly SourceFile[], request: Request): Promise<Restated> {
  const folder = copyOf(built);
  const result = await atHome(folder, async (home) => {
    const { client } = home;
    const before = await partitionsOf(client);
    const rawBefore = await rawRevisions(client);
    await importFiles(home, files, SEASON);
    const imported = await partitionsOf(client);
    const rawAfter = await rawRevisions(client);
    const { runs: plannedRuns } = await planOf(home, request);
    const outcome = await backfill(home, request);
    const after = await partitionsOf(client);
    const again = await backfill(home, request);
    const rawChanged = Object.keys(rawAfter).filter((name) => rawAfter[name] !== rawBefore[name]);
    return { folder, before, imported, after, plannedRuns, outcome, again, rawChanged };
  });
  return { ...result, rows: await differingRows(built, folder, registry) };
}

async function rawRevisions(client: Parameters<typeof partition>[0]): Promise<Record<string, number>> {
  const revisions: Record<string, number> = {};
  for (const { data } of await client.store.list('phase2_completion')) {
    const { date, tables } = data as unknown as { date: string; tables: Record<string, PartitionState> };
    for (const [table, { revision }] of Object.entries(tables)) revisions[`${table}@${date}`] = revision;
  }
  return revisions;
}

/** Dates of `table` for which `changed` holds between two moments, ascending. */
function datesWhere(
  table: string,
  { before, after }: Restated,
  changed: (then: PartitionState, now: PartitionState) => boolean,
): string[] {
  return [...after]
    .filter(([name, now]) => {
      const then = before.get(name);
      return name.startsWith(`${table}@`) && then !== undefined && changed(then, now);
    })
    .map(([name]) => name.slice(table.length + 1))
    .sort();
}

/** Dates of `table` that are not left out as the first of a season, ascending. */
function builtDatesOf(table: string, { after }: Restated): string[] {
  return [...after]
    .filter(([name, { status }]) => name.startsWith(`${table}@`) && status !== 'skipped')
    .map(([name]) => name.slice(table.length + 1))
    .sort();
}

const newContent = (then: PartitionState, now: PartitionState): boolean => then.revision !== now.revision;
const rerun = (then: PartitionState, now: PartitionState): boolean => then.runId !== now.runId;

function datesOf(rows: readonly DifferingRow[], table: string): string[] {
  return [...new Set(rows.filter((row) => row.table === table).map(({ date }) => date))].sort();
}

const computedNames = registry.all
  .filter(({ definition }) => isComputed(definition))
  .map(({ definition }) => definition.name);
const STORE = 'ml_feature_store_v2';
/** The features that say of a player what others of his team and of the opponent have done. */
const OF_TEAMS = POINTS_V1.features.flatMap(({ name, group }) => (group === 'team' ? [name] : []));
/** The two corrections take turns. */
const CORRECTIONS = 'corrections of a box score';
/** Ways to restate beside the one that all look at: one of the two by the draw, with the whole proof both. */
const WAYS = drawnOf(['of the date', 'back'], proof === 'all' ? 2 : 1, 'restatements');
const cli = fileURLToPath(new URL('../../scripts/cli.ts', import.meta.url));

describe.skipIf(!haveSeasons('restatements on a real season'))('a corrected box score', () => {
  let built: string;
  let clean: Record<string, string | null>;
  let part: RealPart;
  let game: CorrectedGame;
  let touched: readonly string[];

  beforeAll(async () => {
    part = realPart(SEASON);
    game = correctedGame(part);
    touched = [game.scorer, game.other].map(playerLookup);
    ({ folder: built } = await builtHome(part));
    clean = await atHome(copyOf(built), ({ client }) => contents(client));
  });

  describe.runIf(isTurn(CORRECTIONS, 0, 2))('that moves a basket from one player to a team-mate', () => {
    let restated: Restated;
    beforeAll(async () => {
      restated = await restate(built, basketMoved(part, game), { ...WHOLE, only: 'stale' });
    });

    it('republishes exactly its raw date', () => {
      expect(restated.rawChanged).toEqual([`nbac_player_boxscores@${game.date}`]);
    });

    it('makes the summaries of the date stale at once, and the later rows that read rest from box scores', () => {
      const stale = [...restated.imported].filter(([, state]) => state.stale !== null).map(([name]) => name);
      expect(stale).toEqual(
        expect.arrayContaining([
          `player_game_summary@${game.date}`,
          `team_offense_game_summary@${game.date}`,
        ]),
      );
      const readers = ['upcoming_player_game_context@', 'player_composite_factors@'];
      const others = stale.filter(
        (name) => !readers.some((reader) => name.startsWith(reader) && name.slice(reader.length) > game.date),
      );
      expect(others.every((name) => name.endsWith(game.date))).toBe(true);
    });

    it('ends done, and the same request again runs nothing', () => {
      expect(restated.outcome.state).toBe('done');
      expect(restated.outcome.runs).toBeGreaterThan(0);
      expect(restated.outcome.runs).toBeLessThanOrEqual(restated.plannedRuns);
      expect(restated.again).toMatchObject({ state: 'done', runs: 0, dates: { built: 0, builtFirst: 0 } });
      expect([...restated.after].filter(([, state]) => state.stale !== null)).toEqual([]);
    });

    it('changes rows of the two players, later features of others where they speak of teams, and nothing else', async () => {
      const others = restated.rows.filter(({ entity }) => !touched.includes(entity));
      expect(new Set(others.map(({ table }) => table))).toEqual(new Set([STORE]));
      expect(others.filter(({ date }) => date <= game.date)).toEqual([]);
      const { definition } = registry.get(STORE);
      const changed = await differingColumns(built, restated.folder, definition, touched);
      expect(OF_TEAMS).toEqual(expect.arrayContaining(changed));
      expect(new Set(restated.rows.map(({ entity }) => entity)).isSupersetOf(new Set(touched))).toBe(true);
      expect(restated.rows.filter(({ date }) => date < game.date)).toEqual([]);
      expect(datesOf(restated.rows, 'player_game_summary')).toEqual([game.date]);
      for (const table of [
        'upcoming_player_game_context',
        'player_daily_cache',
        'player_composite_factors',
        STORE,
      ]) {
        expect(datesOf(restated.rows, table).length).toBeGreaterThan(5);
        expect(datesOf(restated.rows, table)[0]! > game.date).toBe(true);
      }
    });

    it.each(computedNames)('%s has new content exactly where its rows differ', (table) => {
      expect(datesWhere(table, restated, newContent)).toEqual(datesOf(restated.rows, table));
    });

    it('stops where content is equal: the team is as it was, and nothing that reads only teams is run', () => {
      expect(datesWhere('team_offense_game_summary', restated, rerun)).toEqual([game.date]);
      expect(datesWhere('team_offense_game_summary', restated, newContent)).toEqual([]);
      for (const table of ['team_defense_game_summary', 'team_defense_zone_analysis'])
        expect(datesWhere(table, restated, rerun)).toEqual([]);
    });

    it("rebuilds the shot zones while the game is among the players' last 20, and not after", async () => {
      const dates = await atHome(copyOf(built), (home) =>
        rowsOf(
          home,
          `SELECT player_lookup, game_date FROM nba_analytics.player_game_summary
           WHERE is_active AND player_lookup IN ('${touched.join("', '")}') AND game_date > DATE '${game.date}' ORDER BY game_date`,
        ),
      );
      const twentieth = touched.map((player) =>
        String(dates.filter((row) => row['player_lookup'] === player)[19]?.['game_date']),
      );
      const last = twentieth.toSorted().at(-1) ?? '';
      const zoneDates = builtDatesOf('player_shot_zone_analysis', restated);
      expect(datesWhere('player_shot_zone_analysis', restated, rerun)).toEqual(
        zoneDates.filter((date) => date > game.date && date <= last),
      );
      expect(zoneDates.filter((date) => date > last).length).toBeGreaterThanOrEqual(DATES_AFTER_WINDOWS);
    });

    it.skipIf(!WAYS.includes('of the date'))(
      'comes out the same when only the date is asked for and later dates are restated',
      async () => {
        const folder = copyOf(built);
        await atHome(folder, async (home) => {
          await importFiles(home, basketMoved(part, game), SEASON);
          const outcome = await backfill(home, {
            startDate: game.date,
            endDate: game.date,
            through: 'phase4',
            restate: 'auto',
          });
          expect(outcome.state).toBe('done');
          expect(
            (await runsOf(home.client, outcome.backfillId)).some(({ dates }) =>
              dates.some(({ date }) => date > game.date),
            ),
          ).toBe(true);
          expect(
            [...(await partitionsOf(home.client)).values()].filter(({ stale }) => stale !== null),
          ).toEqual([]);
        });
        expect(await differingRows(restated.folder, folder, registry)).toEqual([]);
      },
    );

    it.skipIf(!WAYS.includes('back'))('goes back to what it was when the files do', async () => {
      const folder = copyOf(restated.folder);
      await atHome(folder, async (home) => {
        await importFiles(home, part.files, SEASON);
        await backfill(home, { ...WHOLE, only: 'stale' });
        expect(await contents(home.client)).toEqual(clean);
      });
      expect(await differingRows(built, folder, registry)).toEqual([]);
    });
  });

  describe.runIf(isTurn(CORRECTIONS, 1, 2))('that changes what a team did', () => {
    let restated: Restated;
    beforeAll(async () => {
      restated = await restate(built, freeThrowMissed(part, game), WHOLE);
    });

    it('republishes exactly its raw date in both box scores, and the same request again runs nothing', () => {
      expect([...restated.rawChanged].sort()).toEqual([
        `nbac_player_boxscores@${game.date}`,
        `nbac_team_boxscore@${game.date}`,
      ]);
      expect(restated.outcome).toMatchObject({ state: 'done' });
      expect(restated.again).toMatchObject({ state: 'done', runs: 0 });
    });

    it('changes what is said of the two teams and of the players who played with or against them', () => {
      expect(datesOf(restated.rows, 'team_offense_game_summary')).toEqual([game.date]);
      expect(
        restated.rows
          .filter(({ table }) => table === 'team_offense_game_summary')
          .map(({ entity }) => entity),
      ).toEqual([game.team]);
      expect(restated.rows.filter(({ table }) => table === 'team_defense_game_summary')).toEqual([
        { table: 'team_defense_game_summary', date: game.date, entity: game.opponent },
      ]);
      expect(restated.rows.filter(({ date }) => date < game.date)).toEqual([]);
      expect(
        new Set(
          restated.rows
            .filter(({ table }) => table === 'team_defense_zone_analysis')
            .map(({ entity }) => entity),
        ),
      ).toEqual(new Set([game.opponent]));
    });

    it.each(computedNames)('%s has new content exactly where its rows differ', (table) => {
      expect(datesWhere(table, restated, newContent)).toEqual(datesOf(restated.rows, table));
    });

    it("rebuilds the defences while the game is in the opponent's last 15 or the last 30 days, and not after", async () => {
      const games = await atHome(copyOf(built), (home) =>
        rowsOf(
          home,
          `SELECT game_date FROM nba_analytics.team_defense_game_summary
           WHERE defending_team_abbr = '${game.opponent}' AND game_date > DATE '${game.date}' ORDER BY game_date`,
        ),
      );
      const last = [String(games[14]?.['game_date']), addDays(game.date, 30)].toSorted().at(-1) ?? '';
      const dates = builtDatesOf('team_defense_zone_analysis', restated);
      expect(datesWhere('team_defense_zone_analysis', restated, rerun)).toEqual(
        dates.filter((date) => date > game.date && date <= last),
      );
      expect(dates.filter((date) => date > last).length).toBeGreaterThanOrEqual(DATES_AFTER_WINDOWS);
    });

    it('is announced by `restatements`, which names at least what changed', async () => {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [
          '--disable-warning=ExperimentalWarning',
          cli,
          'restatements',
          '--start',
          game.date,
          '--end',
          game.date,
          '--json',
        ],
        { env: { ...process.env, FULLCOURT_HOME: copyOf(built) } },
      );
      const { dates, affected } = JSON.parse(stdout) as {
        dates: string[];
        affected: { table: string; dates: string[]; because: string }[];
      };
      expect(dates).toEqual([game.date]);
      for (const table of computedNames) {
        const named = affected.find((each) => each.table === table);
        expect(named?.dates).toEqual(expect.arrayContaining(datesWhere(table, restated, rerun)));
        expect(named?.because).not.toBe('');
      }
    });
  });
});
