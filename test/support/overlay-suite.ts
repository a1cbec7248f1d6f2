/** What an overlay promises on every warehouse: it shows what it holds, reads through to the rest, and changes nothing below. */
import { describe, expect, it } from 'vitest';
import playersDefinition from '../../functions/processors/nbac_player_boxscores/definition.ts';
import resultsDefinition from '../../functions/processors/nbac_game_results/definition.ts';
import scheduleDefinition from '../../functions/processors/nbac_schedule/definition.ts';
import { codeFingerprintOf } from '../../shared/domain/code-fingerprint.ts';
import { gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { buildRegistry, type RegisteredTable } from '../../shared/domain/registry.ts';
import type { Answer, Overlay, Row, Staged, TableDates, Warehouse } from '../../shared/ports/warehouse.ts';
import { fill, form, score, scores, valueOf, type Open } from './warehouse-suite.ts';

const D1 = gameDate('2024-01-10');
const D2 = gameDate('2024-01-11');
const D3 = gameDate('2024-01-12');

/** The schedule and its results, which a view of `nba_reference` joins. */
const scheduleRegistry = buildRegistry(
  [scheduleDefinition, resultsDefinition, { ...playersDefinition, witnesses: [], inputs: [] }].map(
    (definition): RegisteredTable => ({
      definition: { ...definition, moreGamesFrom: [] },
      codeFingerprint: codeFingerprintOf(definition, undefined),
    }),
  ),
);

/** How engines say that a query is none of what is shown. */
const REFUSED = /no table|cannot be asked|not found|select/i;

let runs = 0;
const job = (table: RegisteredTable, dates: readonly GameDate[], rows?: readonly Row[]) => ({
  ...{ table, runId: `held-${(runs += 1)}`, token: 1, dates, readStart: gameDate('2023-10-24') },
  ...(rows === undefined ? {} : { rows }),
});

async function stageIn(
  overlay: Overlay,
  table: RegisteredTable,
  dates: readonly GameDate[],
  rows?: readonly Row[],
): Promise<Staged> {
  return valueOf(await overlay.stage(job(table, dates, rows)));
}

/** Puts rows into an overlay, or the result of the query of a table. */
async function put(
  overlay: Overlay,
  table: RegisteredTable,
  dates: readonly GameDate[],
  rows?: readonly Row[],
): Promise<Staged> {
  const staged = await stageIn(overlay, table, dates, rows);
  valueOf(await overlay.hold(staged, dates));
  await overlay.discard(staged);
  return staged;
}

async function within<T>(
  warehouse: Warehouse,
  shows: TableDates | undefined,
  work: (overlay: Overlay) => Promise<T>,
): Promise<T> {
  const overlay = valueOf(await warehouse.openOverlay(shows));
  try {
    return await work(overlay);
  } finally {
    await overlay.close();
  }
}

const rowsShown = async (overlay: Overlay, dates: readonly GameDate[]): Promise<number[]> =>
  valueOf(await overlay.shown(scores, dates)).map(({ rows }) => rows);

/** Promises that a model of a warehouse keeps too. */
export function describeOverlay(engine: string, open: Open): void {
  describe(`an overlay of the ${engine} warehouse`, () => {
    const three = [score(D1, 'a', 1), score(D2, 'a', 1), score(D2, 'b', 1), score(D3, 'a', 1)];

    it('shows the rows that it holds in place of published ones, and reads through to the rest', async () => {
      const warehouse = await open();
      await fill(warehouse, three, [D1, D2, D3]);
      const published = valueOf(await warehouse.published(scores, [D1, D2, D3]));
      await within(warehouse, undefined, async (overlay) => {
        expect(await rowsShown(overlay, [D1, D2, D3])).toEqual([1, 2, 1]);
        const rows = ['x', 'y', 'z'].map((player) => score(D1, player, 5));
        const { dates } = await put(overlay, scores, [D1], rows);
        const shown = valueOf(await overlay.shown(scores, [D1, D2, D3]));

        expect(shown.map((each) => each.rows)).toEqual([3, 2, 1]);
        expect(shown.map(({ fingerprint }) => fingerprint)).toEqual([
          dates[0]?.fingerprint,
          published[1]?.fingerprint,
          published[2]?.fingerprint,
        ]);
        expect(valueOf(await warehouse.published(scores, [D1, D2, D3]))).toEqual(published);
      });
    });

    it('reads the rows that it shows', async () => {
      const warehouse = await open();
      await fill(warehouse, three, [D1, D2, D3]);
      await within(warehouse, new Map([['scores', [D1, D2]]]), async (overlay) => {
        await put(overlay, scores, [D1], [score(D1, 'x', 5)]);
        const asked = { table: scores, columns: ['player', 'points'], first: D1, last: D3 };
        const read = valueOf(await overlay.read(asked));

        expect(read.texts['player']).toEqual(['x', 'a', 'b']);
        expect([...(read.numbers['points'] ?? [])]).toEqual([5, 1, 1]);
        expect(valueOf(await warehouse.read(asked)).texts['player']).toEqual(['a', 'a', 'b', 'a']);
      });
    });

    it('shows a date that it holds without rows as empty, and the last rows that were put into it', async () => {
      const warehouse = await open();
      await fill(warehouse, three, [D1, D2, D3]);
      await within(warehouse, undefined, async (overlay) => {
        await put(overlay, scores, [D1, D2], [score(D1, 'x', 1)]);
        expect(await rowsShown(overlay, [D1, D2, D3])).toEqual([1, 0, 1]);
        await put(overlay, scores, [D1], [score(D1, 'x', 1), score(D1, 'y', 1)]);
        expect(await rowsShown(overlay, [D1, D2, D3])).toEqual([2, 0, 1]);
      });
    });

    it('holds exactly the dates that it is given of what was staged', async () => {
      const warehouse = await open();
      await within(warehouse, undefined, async (overlay) => {
        const staged = await stageIn(overlay, scores, [D1, D2], three);
        valueOf(await overlay.hold(staged, [D2]));
        await overlay.discard(staged);

        expect(await rowsShown(overlay, [D1, D2])).toEqual([0, 2]);
      });
    });

    it('sees what is published meanwhile, where it holds nothing', async () => {
      const warehouse = await open();
      await within(warehouse, undefined, async (overlay) => {
        await put(overlay, scores, [D1], [score(D1, 'x', 1)]);
        await fill(warehouse, three, [D1, D2, D3]);

        expect(await rowsShown(overlay, [D1, D2, D3])).toEqual([1, 2, 1]);
      });
    });

    it('hides every published date that it was not opened for', async () => {
      const warehouse = await open();
      await fill(warehouse, three, [D1, D2, D3]);
      await within(warehouse, new Map([['scores', [D2]]]), async (overlay) => {
        expect(await rowsShown(overlay, [D1, D2, D3])).toEqual([0, 2, 0]);
        await put(overlay, scores, [D3], [score(D3, 'x', 1)]);
        expect(await rowsShown(overlay, [D1, D2, D3])).toEqual([0, 2, 1]);
        valueOf(await overlay.reveal(scores, [D1, D3]));
        expect(await rowsShown(overlay, [D1, D2, D3])).toEqual([1, 2, 1]);
        valueOf(await overlay.narrow(new Map([['scores', [D3]]])));
        expect(await rowsShown(overlay, [D1, D2, D3])).toEqual([0, 0, 1]);
        valueOf(await overlay.narrow(new Map([['scores', [D1, D2]]])));
        valueOf(await overlay.reveal(scores, [D1, D2]));
        expect(await rowsShown(overlay, [D1, D2, D3])).toEqual([0, 0, 0]);
      });
    });

    it('knows nothing of another overlay', async () => {
      const warehouse = await open();
      await within(warehouse, undefined, (one) =>
        within(warehouse, undefined, async (other) => {
          await put(one, scores, [D1], [score(D1, 'x', 1)]);

          expect(one.name).not.toBe(other.name);
          expect(await rowsShown(one, [D1])).toEqual([1]);
          expect(await rowsShown(other, [D1])).toEqual([0]);
        }),
      );
    });

    it('can publish nothing', async () => {
      const warehouse = await open();
      await within(warehouse, undefined, async (overlay) => {
        const staged = await stageIn(overlay, scores, [D1], [score(D1, 'x', 1)]);
        const publishing = { staged, dates: [D1], token: 1, mode: 'live', processedAt: new Date(0) } as const;

        expect(await warehouse.publish(publishing)).toMatchObject({
          ok: false,
          failure: { code: 'staging_gone' },
        });
        valueOf(await overlay.hold(staged, [D1]));
        expect((await warehouse.publish(publishing)).ok).toBe(false);
        expect(valueOf(await warehouse.published(scores, [D1])).map(({ rows }) => rows)).toEqual([0]);
      });
    });

    it('is gone when it is closed, which may be done twice', async () => {
      const warehouse = await open();
      const overlay = valueOf(await warehouse.openOverlay());
      await put(overlay, scores, [D1], [score(D1, 'x', 1)]);
      await overlay.close();
      await overlay.close();

      expect(await overlay.shown(scores, [D1])).toMatchObject({
        ok: false,
        failure: { code: 'overlay_closed' },
      });
      expect(await overlay.stage(job(scores, [D1], []))).toMatchObject({
        ok: false,
        failure: { code: 'overlay_closed' },
      });
      await within(warehouse, undefined, async (later) => {
        expect(await rowsShown(later, [D1])).toEqual([0]);
      });
    });
  });
}

/** Promises that take an engine of SQL. */
export function describeOverlaySql(engine: string, open: Open): void {
  const rowsOf = async ({ columns, chunks }: Answer): Promise<Row[]> => {
    const rows: Row[] = [];
    for await (const chunk of chunks)
      for (const cells of chunk)
        rows.push(Object.fromEntries(columns.map(({ name }, i) => [name, cells[i] ?? null])));
    return rows;
  };

  describe(`queries in an overlay of ${engine}`, () => {
    it('computes a table by its own query from held and published rows together', async () => {
      const warehouse = await open();
      await fill(warehouse, [score(D1, 'a', 10), score(D2, 'a', 20), score(D3, 'a', 30)], [D1, D2, D3]);
      await within(warehouse, undefined, async (overlay) => {
        const { dates } = await put(overlay, scores, [D1], [score(D1, 'a', 40)]);
        expect(dates).toMatchObject([{ rows: 1 }]);
        const computed = await put(overlay, form, [D2, D3]);
        expect(computed.dates.map(({ rows, expectedRows }) => [rows, expectedRows])).toEqual([
          [1, 2],
          [1, 2],
        ]);
        const answer = await overlay.ask(
          'SELECT game_date, points_before FROM nba_analytics.form ORDER BY game_date',
        );

        expect(await rowsOf(answer)).toEqual([
          { game_date: D2, points_before: 40 },
          { game_date: D3, points_before: 30 },
        ]);
      });
      expect(
        await rowsOf(
          await warehouse.ask("SELECT COUNT(*) AS n FROM nba_analytics.form WHERE game_date >= '2024-01-01'"),
        ),
      ).toEqual([{ n: 0 }]);
    });

    it('has every declared column and those that say where a row was learned', async () => {
      const warehouse = await open();
      await fill(warehouse, [score(D2, 'a', 20)], [D2]);
      await within(warehouse, undefined, async (overlay) => {
        await put(overlay, scores, [D1], [{ ...score(D1, "o'x", 40), source: 'files' }]);
        const { columns } = await overlay.ask('SELECT * FROM nba_raw.scores LIMIT 0');
        const answer = await overlay.ask(
          'SELECT player, points, minutes, starter, source FROM nba_raw.scores ORDER BY game_date',
        );

        expect(columns.map(({ name }) => name)).toEqual([
          ...Object.keys(scores.definition.columns),
          ...['source', 'observed_at', 'entry_id'],
        ]);
        expect(await rowsOf(answer)).toEqual([
          { player: "o'x", points: 40, minutes: 30.5, starter: true, source: 'files' },
          { player: 'a', points: 20, minutes: 30.5, starter: true, source: null },
        ]);
      });
    });

    it('refuses tables of which it can show no date, and everything that is no query of its tables', async () => {
      const warehouse = await open();
      await fill(warehouse, [score(D1, 'a', 1), score(D2, 'a', 1)], [D1, D2]);
      await within(warehouse, new Map([['scores', [D1, D2]]]), async (overlay) => {
        valueOf(await overlay.narrow(new Map([['scores', [D2]]])));
        const count = await overlay.ask('SELECT COUNT(*) AS n FROM nba_raw.scores AS s');

        expect(await rowsOf(count)).toEqual([{ n: 1 }]);
        for (const sql of [
          'SELECT * FROM nba_analytics.form',
          'SELECT * FROM nba_reference.row_changes',
          'SELECT * FROM nba_reference.processor_run_history',
          'SELECT * FROM held.scores',
          'DELETE FROM nba_raw.scores WHERE TRUE',
        ])
          await expect(overlay.ask(sql).then(rowsOf), sql).rejects.toThrow(REFUSED);
        // Such a name is refused, or read as that of the overlay's table.
        for (const table of [
          'memory.nba_raw.scores',
          '`demo-fullcourt.nba_raw.scores`',
          '`x`.nba_raw.scores',
        ]) {
          const found = await overlay
            .ask(`SELECT game_date FROM ${table}`)
            .then(rowsOf)
            .catch(() => [{ game_date: D2 }]);
          expect(found, table).toEqual([{ game_date: D2 }]);
        }
      });
      expect(valueOf(await warehouse.published(scores, [D1])).map(({ rows }) => rows)).toEqual([1]);
    });

    it('answers the views of nba_reference and counts games by what it shows', async () => {
      const warehouse = await open(scheduleRegistry);
      const game = (date: GameDate, home: string): Row => ({
        game_id: `${date.replaceAll('-', '')}_LAL_${home}`,
        nba_game_id: '0022300001',
        game_date: date,
        season: '2023-24',
        season_type: 'regular',
        home_team_abbr: home,
        away_team_abbr: 'LAL',
      });
      const [schedule, results] = [
        scheduleRegistry.get('nbac_schedule'),
        scheduleRegistry.get('nbac_game_results'),
      ];
      await within(warehouse, undefined, async (overlay) => {
        await put(overlay, schedule, [D1, D2], [game(D1, 'BOS'), game(D2, 'DEN')]);
        await put(overlay, results, [D1], [{ ...game(D1, 'BOS'), home_points: 101, away_points: 99 }]);
        const answer = await overlay.ask(
          'SELECT game_date, home_points FROM nba_reference.nba_schedule ORDER BY game_date',
        );

        expect(await rowsOf(answer)).toEqual([
          { game_date: D1, home_points: 101 },
          { game_date: D2, home_points: null },
        ]);
        expect(valueOf(await overlay.scheduleFacts(['2023-24']))).toMatchObject([
          { date: D1, games: 1, finalGames: 1 },
          { date: D2, games: 1, finalGames: 0 },
        ]);
      });
      expect(valueOf(await warehouse.scheduleFacts(['2023-24']))).toEqual([]);
    });

    it('goes on when a query in it fails', async () => {
      const warehouse = await open();
      await fill(warehouse, [score(D1, 'a', 1)], [D1]);
      await within(warehouse, undefined, async (overlay) => {
        await expect(overlay.ask('SELECT no_such FROM nba_raw.scores').then(rowsOf)).rejects.toThrow(
          'no_such',
        );
        expect(await rowsOf(await overlay.ask('SELECT player FROM nba_raw.scores'))).toEqual([
          { player: 'a' },
        ]);
      });
    });
  });
}
