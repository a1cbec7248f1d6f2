import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { coverageDocument } from '../../functions/control/coverage.ts';
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { permanent } from '../../shared/domain/failure.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { BOOTSTRAP_DAYS } from '../../shared/domain/season.ts';
import { isRaw } from '../../shared/domain/table.ts';
import { builtLeague } from '../support/tiny-league.ts';
import type { Row, Warehouse } from '../../shared/ports/warehouse.ts';
import { behindTheBack, differingRows } from '../support/compare-homes.ts';
import {
  atHome,
  backfill,
  builtHome,
  contents,
  copyOf,
  haveSeasons,
  openHome,
  partition,
  removeFolders,
  rawHome,
  rowsOf,
  type Home,
} from '../support/homes.ts';
import { lossOf } from '../support/real-games.ts';
import { realPart } from '../support/real-part.ts';

// Real seasons on a busy machine.

const registry = loadRegistry();
const SEASON = '2023-24';
const CONTEXT = 'upcoming_player_game_context';
const FACTORS = 'player_composite_factors';

afterAll(removeFolders);

async function sweepAndReconcile({ client, worker }: Home): Promise<void> {
  await client.bus.publish(SWEEP_TOPIC, '{"reconcile":true}');
  await worker.dispatcher.drain();
  worker.dispatcher.start();
}

/** Makes every attempt to compute `table` fail. @returns what makes it work again */
function breakTable({ worker }: Home, table: string): () => void {
  const warehouse = worker.context.ports.warehouse as { stage: Warehouse['stage'] };
  const { stage } = warehouse;
  warehouse.stage = (job) =>
    job.table.definition.name === table
      ? Promise.resolve(permanent('broken_on_purpose', 'the disk of this table is gone'))
      : stage(job);
  return () => {
    warehouse.stage = stage;
  };
}

const players = (rows: readonly Readonly<Record<string, unknown>>[]): string[] =>
  rows.map((row) => String(row['player_lookup'])).sort();

describe.skipIf(!haveSeasons('rows lost behind the pipeline on a real season'))(
  'when rows are lost behind the pipeline',
  () => {
    let built: string;
    let date: GameDate;
    let team: string;
    beforeAll(async () => {
      const part = realPart(SEASON);
      ({ date, team } = lossOf(part));
      ({ folder: built } = await builtHome(part));
    });

    describe('30 % of the contexts of a date, and contexts cannot be computed', () => {
      let folder: string;
      let lost: string[];
      let home: Home;
      let repair: () => void;
      let clean: Record<string, string | null>;
      let before: readonly Row[];
      const factors = (of: Home): Promise<readonly Row[]> =>
        rowsOf(
          of,
          `SELECT * FROM nba_precompute.${FACTORS} WHERE game_date = DATE '${date}' ORDER BY player_lookup`,
        );

      beforeAll(async () => {
        clean = await atHome(copyOf(built), async (at) => {
          before = await factors(at);
          return contents(at.client, (name) => name.endsWith(date));
        });
        folder = copyOf(built);
        const chosen = `game_date = DATE '${date}' AND player_lookup IN (
        SELECT player_lookup FROM nba_analytics.${CONTEXT} WHERE game_date = DATE '${date}' ORDER BY md5(player_lookup)
        LIMIT (SELECT CAST(ROUND(COUNT(*) * 0.3) AS BIGINT) FROM nba_analytics.${CONTEXT} WHERE game_date = DATE '${date}'))`;
        lost = players(
          await behindTheBack(folder, `SELECT player_lookup FROM nba_analytics.${CONTEXT} WHERE ${chosen}`),
        );
        await behindTheBack(folder, `DELETE FROM nba_analytics.${CONTEXT} WHERE ${chosen}`);
        home = await openHome(folder);
        repair = breakTable(home, CONTEXT);
      });
      afterAll(() => home.close());

      it('reopens the date of the contexts, and no other', async () => {
        expect(lost.length / before.length).toBeCloseTo(0.3, 1);
        await sweepAndReconcile(home);
        const { covered, stale } = await stateOf(home, date);
        expect(stale).toEqual([`${CONTEXT}@${date}`]);
        expect(covered).toBe(false);
      });

      it('still writes the factors of every player, synthetic for exactly those who lost their context', async () => {
        const outcome = await backfill(home, { dates: [date], through: 'phase4', restate: 'none' });
        expect(outcome.state).toBe('done_with_failures');
        expect(await partition(home.client, CONTEXT, date)).toMatchObject({
          status: 'failed',
          reason: expect.stringContaining('the disk of this table is gone'),
        });
        const forced = await backfill(home, {
          dates: [date],
          from: 'phase4',
          through: 'phase4',
          tables: [FACTORS],
          force: true,
        });
        expect(forced.state).toBe('done');

        const after = await factors(home);
        expect(players(after)).toEqual(players(before));
        expect(players(after.filter((row) => row['context_source'] === 'synthetic'))).toEqual(lost);
        expect(await partition(home.client, FACTORS, date)).toMatchObject({
          status: 'success',
          rows: before.length,
          syntheticRows: lost.length,
        });
      });

      it.each([
        'days_since_last_game',
        'days_rest',
        'back_to_back',
        'games_in_last_7_days',
        'minutes_in_last_7_days',
        'avg_minutes_per_game_last_7',
        'back_to_backs_last_14_days',
        'player_age',
        'opponent_days_rest',
        'base_usage_rate',
        'projected_usage_rate',
        'fatigue_score',
        'pace_score',
        'shot_zone_mismatch_score',
      ])('computes %s of the synthetic rows as the contexts had it', async (column) => {
        const value = (rows: readonly Row[]): (readonly unknown[])[] =>
          rows
            .filter((row) => lost.includes(String(row['player_lookup'])))
            .map((row) => [row['player_lookup'], row[column]]);
        expect(value(await factors(home))).toEqual(value(before));
      });

      it('does not call the synthetic rows ready, and carries the mark into the features', async () => {
        const rows = await factors(home);
        expect(
          rows.filter(
            (row) =>
              row['context_source'] === 'synthetic' &&
              (row['is_production_ready'] === true || row['all_upstreams_ready'] === true),
          ),
        ).toEqual([]);
        const features = await rowsOf(
          home,
          `SELECT player_lookup, is_production_ready FROM nba_predictions.ml_feature_store_v2 WHERE game_date = DATE '${date}' AND context_source = 'synthetic'`,
        );
        expect(players(features)).toEqual(lost);
        expect(features.filter((row) => row['is_production_ready'] === true)).toEqual([]);
      });

      it('shows both shares in the coverage of the date', async () => {
        const { document } = await coverageDocument(home.client, date, date);
        const found = document.tables.find(({ table }) => table === FACTORS);
        const share = (n: number): number => Math.floor((10_000 * n) / before.length) / 100;
        const ready = (await factors(home)).filter((row) => row['is_production_ready'] === true).length;
        expect(found).toMatchObject({
          present: 1,
          expected: 1,
          readyPct: share(ready),
          syntheticPct: share(lost.length),
        });
        expect(document.tables.find(({ table }) => table === CONTEXT)).toMatchObject({
          present: 0,
          missing: [date],
        });
      });

      it('is rebuilt with the real contexts when they return, and ends as it was', async () => {
        repair();
        const outcome = await backfill(home, { dates: [date], through: 'phase4' });
        expect(outcome.state).toBe('done');
        expect(await contents(home.client, (name) => name.endsWith(date))).toEqual(clean);
        expect((await factors(home)).filter((row) => row['context_source'] === 'synthetic')).toEqual([]);
        await home.close();
        expect(await differingRows(built, folder, registry)).toEqual([]);
        home = await openHome(folder);
      });
    });

    it('without the row of one defence, exactly the players who face that team lose their readiness', async () => {
      const folder = copyOf(built);
      await behindTheBack(
        folder,
        `DELETE FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = DATE '${date}' AND team_abbr = '${team}'`,
      );
      await atHome(folder, async (home) => {
        const ready = (table: string, column: string): Promise<readonly Row[]> =>
          rowsOf(
            home,
            `SELECT player_lookup, opponent_team_abbr, ${column} AS ready, is_production_ready FROM ${table} WHERE game_date = DATE '${date}' ORDER BY player_lookup`,
          );
        const tables = [
          ['nba_precompute.player_composite_factors', 'all_upstreams_ready'],
          ['nba_predictions.ml_feature_store_v2', 'upstream_team_defense_ready'],
        ] as const;
        const before = await Promise.all(tables.map(([table, column]) => ready(table, column)));
        const outcome = await backfill(home, {
          dates: [date],
          from: 'phase4',
          through: 'phase4',
          tables: [FACTORS],
          force: true,
        });
        expect(outcome).toMatchObject({ state: 'done', runs: 2 });
        for (const [i, [table, column]] of tables.entries()) {
          const after = await ready(table, column);
          const lostReadiness = after.filter(
            (row, at) =>
              row['ready'] !== before[i]?.[at]?.['ready'] ||
              row['is_production_ready'] !== before[i]?.[at]?.['is_production_ready'],
          );
          const facing = (before[i] ?? []).filter(
            (row) =>
              row['opponent_team_abbr'] === team &&
              (row['ready'] === true || row['is_production_ready'] === true),
          );
          expect(facing.length).toBeGreaterThan(5);
          expect(players(lostReadiness)).toEqual(players(facing));
          expect(
            after.filter(
              (row) =>
                row['opponent_team_abbr'] === team &&
                (row['ready'] === true || row['is_production_ready'] === true),
            ),
          ).toEqual([]);
        }
      });
    });
  },
);

it('computes rest, load, age and status of players with a known birthday and report as their lost contexts had them', async () => {
  const folder = copyOf((await builtLeague()).folder);
  const date = gameDate('2021-12-10');
  const clean = copyOf(folder);
  const lost = players(
    await behindTheBack(
      folder,
      `DELETE FROM nba_analytics.${CONTEXT} WHERE game_date = DATE '${date}' AND md5(player_lookup) < '5' RETURNING player_lookup`,
    ),
  );
  expect(lost.length).toBeGreaterThan(5);
  const columns = [
    ...[
      'days_since_last_game',
      'days_rest',
      'back_to_back',
      'games_in_last_7_days',
      'minutes_in_last_7_days',
      'avg_minutes_per_game_last_7',
    ],
    ...[
      'back_to_backs_last_14_days',
      'player_age',
      'player_status',
      'opponent_days_rest',
      'fatigue_score',
      'pace_score',
      'shot_zone_mismatch_score',
    ],
  ];
  const factors = (home: Home): Promise<readonly Row[]> =>
    rowsOf(
      home,
      `SELECT player_lookup, ${columns.join(', ')} FROM nba_precompute.${FACTORS} WHERE game_date = DATE '${date}' ORDER BY player_lookup`,
    );
  const before = await atHome(clean, factors);
  expect(before.every((row) => row['player_age'] !== null && row['player_status'] !== null)).toBe(true);
  await atHome(folder, async (home) => {
    expect(
      await backfill(home, {
        dates: [date],
        from: 'phase4',
        through: 'phase4',
        tables: [FACTORS],
        force: true,
      }),
    ).toMatchObject({ state: 'done' });
    expect(await factors(home)).toEqual(before);
    const synthetic = await rowsOf(
      home,
      `SELECT player_lookup FROM nba_precompute.${FACTORS} WHERE game_date = DATE '${date}' AND context_source = 'synthetic'`,
    );
    expect(players(synthetic)).toEqual(lost);
  });
});

describe.skipIf(!haveSeasons('a season without shots'))('a season without shots', () => {
  it('has shot zones without rates that are named and unready nothing', async () => {
    const part = realPart('2021-22');
    const [first, last] = [part.dates[0], part.dates[59]];
    if (first === undefined || last === undefined) throw new Error('The part of the season is too short');
    const folder = copyOf(await rawHome(part));
    await atHome(folder, async (home) => {
      const outcome = await backfill(home, { startDate: first, endDate: last, through: 'phase4' });
      expect(outcome.state).toBe('done');
      const { document } = await coverageDocument(home.client, addDays(first, BOOTSTRAP_DAYS), last);
      const of = (name: string) => document.tables.find(({ table }) => table === name);
      expect(of('player_game_summary')?.readyPct).toBeGreaterThan(90);
      for (const name of [
        'team_defense_zone_analysis',
        'player_shot_zone_analysis',
        FACTORS,
        'ml_feature_store_v2',
      ]) {
        expect([name, of(name)]).toMatchObject([name, { pct: 100, syntheticPct: 0 }]);
        expect([name, (of(name)?.readyPct ?? 0) > 80]).toEqual([name, true]);
      }
      const [zones] = await rowsOf(
        home,
        `SELECT COUNT(*) AS n, COUNT(paint_rate_last_10) AS known, COUNTIF(data_quality_issues LIKE '%shots_unavailable%') AS said
           FROM nba_precompute.player_shot_zone_analysis`,
      );
      expect(zones).toMatchObject({ known: 0, said: zones?.['n'] });
    });
  });
});

/** What the pipeline says of the contexts of the date, and which partitions of it are not what they were built to be. */
async function stateOf({ client }: Home, date: GameDate): Promise<{ covered: boolean; stale: string[] }> {
  const { document } = await coverageDocument(client, date, date);
  const stale: string[] = [];
  for (const { definition } of registry.all) {
    if (isRaw(definition)) continue;
    const state = await partition(client, definition.name, date);
    if (state?.stale?.cause === 'forced') stale.push(`${definition.name}@${date}`);
  }
  return { covered: document.tables.find(({ table }) => table === CONTEXT)?.present === 1, stale };
}
