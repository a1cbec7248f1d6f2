/** What every warehouse promises: write aside, judge, publish exactly these dates or nothing. One suite for all of them. */
import { describe, expect, it } from 'vitest';
import scheduleDefinition from '../../functions/processors/nbac_schedule/definition.ts';
import resultsDefinition from '../../functions/processors/nbac_game_results/definition.ts';
import { codeFingerprintOf } from '../../shared/domain/code-fingerprint.ts';
import type { Result } from '../../shared/domain/failure.ts';
import { gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { buildRegistry, type RegisteredTable, type Registry } from '../../shared/domain/registry.ts';
import { defineRawTable, defineTable, type TableDefinition } from '../../shared/domain/table.ts';
import { eachRow } from '../../shared/domain/table-rows.ts';
import { previousDays } from '../../shared/domain/window.ts';
import type { Row, RunHistoryRow, Staged, StagedDate, Warehouse } from '../../shared/ports/warehouse.ts';

const D1 = gameDate('2024-01-10');
const D2 = gameDate('2024-01-11');
const D3 = gameDate('2024-01-12');
const AT = new Date('2024-02-01T12:00:00Z');
/** The day of {@link AT}, and the one after it. */
const ON = gameDate('2024-02-01');
const LATER = gameDate('2024-02-02');

const registered = (
  definition: TableDefinition,
  sql: Omit<RegisteredTable, 'definition' | 'codeFingerprint'> = {},
): RegisteredTable => ({ definition, codeFingerprint: codeFingerprintOf(definition, sql.query), ...sql });

/** Points of players, with a column of each type. */
export const scores = registered(
  defineRawTable({
    name: 'scores',
    description: 'Points of one player in one game.',
    timing: 'post_game',
    columns: {
      game_id: { type: 'STRING', description: 'game' },
      game_date: { type: 'DATE', description: 'date' },
      player: { type: 'STRING', description: 'player' },
      points: { type: 'INT64', min: 0, max: 100, description: 'points' },
      minutes: { type: 'FLOAT64', decimals: 1, nullable: true, description: 'minutes' },
      starter: { type: 'BOOL', nullable: true, description: 'started' },
      status: { type: 'STRING', nullable: true, oneOf: ['in', "o'ut"], description: 'status' },
      seen_at: { type: 'TIMESTAMP', nullable: true, description: 'seen' },
    },
    key: ['game_id', 'player'],
    partitionColumn: 'game_date',
    clusterBy: [],
    inputs: [],
    calculationVersion: 'v1',
  }),
);

/** Points of each player on a date beside those of the five days before. */
export const form = registered(
  defineTable({
    name: 'form',
    dataset: 'nba_analytics',
    phase: 'phase3',
    description: 'Points of a player on a date and before.',
    timing: 'post_game',
    columns: {
      game_id: { type: 'STRING', description: 'game' },
      game_date: { type: 'DATE', description: 'date' },
      player: { type: 'STRING', description: 'player' },
      points_before: { type: 'FLOAT64', decimals: 2, nullable: true, description: 'mean of the days before' },
      played: { type: 'BOOL', description: 'played' },
      is_ready: { type: 'BOOL', description: 'ready' },
      context: { type: 'STRING', description: 'real or synthetic' },
    },
    key: ['game_id', 'player'],
    partitionColumn: 'game_date',
    clusterBy: [],
    readinessColumn: 'is_ready',
    contextColumn: 'context',
    games: { entityColumn: 'player', playedColumn: 'played' },
    inputs: [{ table: 'scores', window: previousDays(5), required: true }],
    calculationVersion: 'v1',
  }),
  {
    query: `
      SELECT s.game_id, s.game_date, s.player, AVG(b.points) AS points_before, s.points > 0 AS played,
             COUNT(b.points) > 0 AS is_ready, IF(COUNT(b.points) > 0, 'real', 'synthetic') AS context
      FROM nba_raw.scores AS s
      LEFT JOIN nba_raw.scores AS b ON b.player = s.player AND b.game_date BETWEEN s.game_date - 5 AND s.game_date - 1
        AND b.game_date BETWEEN @read_start AND @end_date
      WHERE s.game_date BETWEEN @start_date AND @end_date
      GROUP BY s.game_id, s.game_date, s.player, s.points`,
    expectedQuery: `
      SELECT game_date AS expected_date, COUNT(*) + 1 AS expected_rows, COUNT(DISTINCT game_id) AS expected_games
      FROM nba_raw.scores WHERE game_date BETWEEN @start_date AND @end_date GROUP BY game_date`,
    checksQuery: `
      SELECT game_date AS check_date, 'unready_rows' AS check_name, 'warn' AS severity, COUNTIF(NOT is_ready) AS failures
      FROM staged GROUP BY game_date
      UNION ALL
      SELECT game_date, 'player_called_bad', 'fail', COUNTIF(player = 'bad') FROM staged GROUP BY game_date`,
  },
);
const failing = registered(
  { ...form.definition, name: 'failing' },
  {
    query: `SELECT no_such_column AS game_id, game_date FROM nba_raw.scores WHERE game_date BETWEEN @start_date AND @end_date`,
  },
);
/** The tables of the suite. */
export const registry = buildRegistry([scores, form, failing]);
/** The same points without a limit. */
const wideRegistry = buildRegistry([
  registered({
    ...scores.definition,
    columns: { ...scores.definition.columns, points: { type: 'INT64', description: 'points' } },
  }),
]);
/** The same with the column that says whether a row was made before its game. */
const sealedRegistry = buildRegistry([
  registered({
    ...scores.definition,
    columns: { ...scores.definition.columns, origin: { type: 'STRING', description: 'live or backfill' } },
  }),
]);
/** The schedule and its results, without the box scores that know more games. */
const scheduleRegistry = buildRegistry(
  [scheduleDefinition, resultsDefinition].map((definition) =>
    registered({ ...definition, moreGamesFrom: [] }),
  ),
);

/** An empty warehouse with the tables of a registry. */
export type Open = (registry?: Registry) => Promise<Warehouse>;

export const score = (date: GameDate, player: string, points: number, more: Row = {}): Row => ({
  game_id: `${date.replaceAll('-', '')}_A_B`,
  game_date: date,
  player,
  points,
  minutes: 30.5,
  starter: true,
  status: null,
  seen_at: '2024-01-10T20:00:00.000Z',
  ...more,
});

/** An attempt of a run, for the run history. */
export const ATTEMPT: RunHistoryRow = {
  processor_name: 'form',
  run_id: 'r1',
  phase: 'phase3',
  data_date: D1,
  season: '2023-24',
  status: 'success',
  started_at: '2024-02-01T12:00:00.000Z',
  processed_at: '2024-02-01T12:00:01.500Z',
  duration_seconds: 1.5,
  records_processed: 2,
  expected_records: 3,
  output_table: 'nba_analytics.form',
  run_mode: 'backfill',
  backfill_id: null,
  attempt: 1,
  skip_reason: null,
  failure_category: null,
  error: 'it\'s broken: “quoted” "twice"',
  service_revision: 'nba-phase3-run-00007-abc',
};

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.detail}`);
  return result.value;
}

let runs = 0;
async function stage(
  warehouse: Warehouse,
  table: RegisteredTable,
  dates: readonly GameDate[],
  rows?: readonly Row[],
): Promise<Staged> {
  const job = { table, runId: `run-${(runs += 1)}`, dates, readStart: gameDate('2023-10-24') };
  return valueOf(await warehouse.stage(rows === undefined ? job : { ...job, rows }));
}
const publish = (
  warehouse: Warehouse,
  staged: Staged,
  dates: readonly GameDate[],
  token = 1,
): Promise<Result<void>> => warehouse.publish({ staged, dates, token, mode: 'live', processedAt: AT });

/** Stages, publishes and lets go of it. */
export async function fill(
  warehouse: Warehouse,
  rows: readonly Row[],
  dates: readonly GameDate[],
  token = 1,
): Promise<readonly StagedDate[]> {
  const staged = await stage(warehouse, scores, dates, rows);
  valueOf(await publish(warehouse, staged, dates, token));
  await warehouse.discard(staged);
  return staged.dates;
}
async function fingerprintsOf(
  warehouse: Warehouse,
  dates: readonly GameDate[],
  table = scores,
): Promise<string[]> {
  return valueOf(await warehouse.published(table, dates)).map(({ fingerprint }) => fingerprint);
}
const oneDate = async (warehouse: Warehouse, rows: readonly Row[]): Promise<StagedDate> => {
  const staged = await stage(warehouse, scores, [D1], rows);
  await warehouse.discard(staged);
  const [date] = staged.dates;
  if (date === undefined) throw new Error('nothing staged');
  return date;
};

/** Promises about reading rows; a model of a warehouse keeps them too. */
function describeRead(engine: string, open: Open): void {
  describe(`rows read from ${engine}`, () => {
    const rows = [
      score(D2, 'b', 2, { minutes: null, starter: false, status: "o'ut", seen_at: null }),
      score(D2, 'a', 3, { game_id: '20240111_Z_Z' }),
      score(D1, 'z', 1, { minutes: 0, source: 'files' }),
      score(D3, 'a', 4),
      score(D2, 'a', 5, { starter: null, minutes: -0.5 }),
    ];
    const columns = ['player', 'points', 'minutes', 'starter', 'status', 'game_date', 'seen_at', 'source'];

    it('come column by column, between the dates, in the order of date and key', async () => {
      const warehouse = await open();
      await fill(warehouse, rows, [D1, D2, D3]);
      const read = valueOf(await warehouse.read({ table: scores, columns, first: D1, last: D2 }));

      expect(read.count).toBe(4);
      expect(read.texts).toEqual({
        player: ['z', 'a', 'b', 'a'],
        game_date: [D1, D2, D2, D2],
        status: [null, null, "o'ut", null],
        seen_at: ['2024-01-10T20:00:00.000Z', '2024-01-10T20:00:00.000Z', null, '2024-01-10T20:00:00.000Z'],
        source: ['files', null, null, null],
      });
      expect(read.flags).toEqual({ starter: [true, null, false, true] });
      expect(Object.keys(read.numbers).sort()).toEqual(['minutes', 'points']);
      expect([...(read.numbers['points'] ?? [])]).toEqual([1, 5, 2, 3]);
      expect([...(read.numbers['minutes'] ?? [])]).toEqual([0, -0.5, Number.NaN, 30.5]);
    });

    it('have empty columns where there are none', async () => {
      const read = valueOf(
        await (await open()).read({ table: scores, columns: ['points', 'player'], first: D1, last: D3 }),
      );
      expect(read).toEqual({
        count: 0,
        numbers: { points: new Float64Array(0) },
        texts: { player: [] },
        flags: {},
      });
    });

    it('are refused for good where a column is unknown, asked for twice or none is named', async () => {
      const warehouse = await open();
      for (const [wrong, why] of [
        [['player', 'nothing'], 'has no column nothing'],
        [['player', 'player'], 'twice'],
        [[], 'No column'],
      ] as const) {
        const refused = await warehouse.read({ table: scores, columns: wrong, first: D1, last: D1 });
        expect(refused).toMatchObject({ ok: false, failure: { kind: 'permanent' } });
        expect(refused.ok ? '' : refused.failure.detail).toContain(why);
      }
    });

    it('are those of the last publication', async () => {
      const warehouse = await open();
      await fill(warehouse, rows, [D1, D2, D3]);
      await fill(warehouse, [score(D2, 'new', 9)], [D2], 2);
      const read = valueOf(await warehouse.read({ table: scores, columns: ['player'], first: D2, last: D3 }));
      expect(read.texts['player']).toEqual(['new', 'a']);
    });
  });
}

/** Promises that a model of a warehouse keeps too. */
export function describeWarehouse(engine: string, open: Open): void {
  describeRead(engine, open);
  describe(`the ${engine} warehouse`, () => {
    it('shows staged rows to nobody before they are published', async () => {
      const warehouse = await open();
      const [empty] = await fingerprintsOf(warehouse, [D1]);
      const staged = await stage(warehouse, scores, [D1], [score(D1, 'a', 1)]);
      const range = { table: scores, first: D1, last: D3 };
      expect(staged.dates).toMatchObject([{ date: D1, rows: 1, games: 1, checks: [] }]);
      expect(valueOf(await warehouse.published(scores, [D1]))).toEqual([
        { date: D1, rows: 0, fingerprint: empty, token: 0 },
      ]);
      expect(valueOf(await warehouse.rowCounts([range]))).toEqual([new Map()]);
      valueOf(await publish(warehouse, staged, [D1]));

      expect(valueOf(await warehouse.published(scores, [D1]))).toEqual([
        { date: D1, rows: 1, fingerprint: staged.dates[0]?.fingerprint, token: 1 },
      ]);
      expect(valueOf(await warehouse.rowCounts([range]))).toEqual([new Map([[D1, 1]])]);
    });

    it('replaces exactly the dates it is given', async () => {
      const warehouse = await open();
      await fill(warehouse, [score(D1, 'a', 1), score(D2, 'a', 1), score(D3, 'a', 1)], [D1, D2, D3]);
      const before = await fingerprintsOf(warehouse, [D1, D2, D3]);
      const staged = await stage(
        warehouse,
        scores,
        [D1, D2],
        [score(D1, 'b', 2), score(D1, 'c', 2), score(D2, 'b', 2)],
      );
      valueOf(await publish(warehouse, staged, [D1]));
      const after = valueOf(await warehouse.published(scores, [D1, D2, D3]));

      expect(after.map(({ rows }) => rows)).toEqual([2, 1, 1]);
      expect(after.map(({ fingerprint }) => fingerprint)).toEqual([
        staged.dates[0]?.fingerprint,
        before[1],
        before[2],
      ]);
    });

    it('leaves out rows of other dates than it is asked for', async () => {
      const warehouse = await open();
      const staged = await stage(warehouse, scores, [D1], [score(D1, 'a', 1), score(D2, 'a', 1)]);
      valueOf(await publish(warehouse, staged, [D1]));

      expect(valueOf(await warehouse.published(scores, [D1, D2])).map(({ rows }) => rows)).toEqual([1, 0]);
    });

    it('empties a date for which nothing was staged', async () => {
      const warehouse = await open();
      await fill(warehouse, [score(D1, 'a', 1), score(D2, 'a', 1)], [D1, D2]);
      const [empty] = await fill(warehouse, [], [D1]);

      expect(empty).toMatchObject({ date: D1, rows: 0, games: 0 });
      expect(valueOf(await warehouse.published(scores, [D1, D2])).map(({ rows }) => rows)).toEqual([0, 1]);
      expect(await fingerprintsOf(warehouse, [D1])).toEqual([empty?.fingerprint]);
    });

    it('refuses an older token for good and changes nothing, also where only one date is newer', async () => {
      const warehouse = await open();
      await fill(warehouse, [score(D1, 'a', 1)], [D1], 3);
      await fill(warehouse, [score(D2, 'a', 1)], [D2], 7);
      const before = await fingerprintsOf(warehouse, [D1, D2]);
      const tokens = valueOf(await warehouse.published(scores, [D1, D2])).map(({ token }) => token);
      expect(tokens).toEqual([3, 7]);
      const staged = await stage(warehouse, scores, [D1, D2], [score(D1, 'z', 9), score(D2, 'z', 9)]);
      const refused = await publish(warehouse, staged, [D1, D2], 6);

      expect(refused).toMatchObject({ ok: false, failure: { kind: 'permanent', code: 'fenced' } });
      expect(await fingerprintsOf(warehouse, [D1, D2])).toEqual(before);
      expect((await publish(warehouse, staged, [D1], 6)).ok).toBe(true);
      expect((await publish(warehouse, staged, [D1, D2], 7)).ok).toBe(true);
      expect(await fingerprintsOf(warehouse, [D1, D2])).toEqual(
        staged.dates.map(({ fingerprint }) => fingerprint),
      );
    });

    it('publishes the same rows twice without harm', async () => {
      const warehouse = await open();
      const staged = await stage(warehouse, scores, [D1], [score(D1, 'a', 1)]);
      for (const token of [1, 1, 2]) valueOf(await publish(warehouse, staged, [D1], token));

      expect(valueOf(await warehouse.published(scores, [D1])).map(({ rows }) => rows)).toEqual([1]);
    });

    it('names the dates whose rows are not those that were staged', async () => {
      const warehouse = await open();
      const rows = [score(D1, 'a', 1), score(D2, 'a', 1), score(D3, 'a', 1)];
      const staged = await stage(warehouse, scores, [D1, D2, D3], rows);
      valueOf(await publish(warehouse, staged, [D1, D2, D3], 1));
      expect(valueOf(await warehouse.readBack(staged, [D1, D2, D3]))).toEqual([]);
      await fill(warehouse, [score(D1, 'a', 2)], [D1], 2);
      await fill(warehouse, [], [D2], 2);

      expect(valueOf(await warehouse.readBack(staged, [D1, D2, D3])).toSorted()).toEqual([D1, D2]);
      expect(valueOf(await warehouse.readBack(staged, [D3]))).toEqual([]);
    });

    it('answers a temporary failure for rows that were let go', async () => {
      const warehouse = await open();
      await fill(warehouse, [score(D1, 'a', 1)], [D1]);
      const staged = await stage(warehouse, scores, [D1], []);
      await warehouse.discard(staged);
      await warehouse.discard(staged);
      const gone = { ok: false, failure: { kind: 'transient', code: 'staging_gone' } };

      expect(await publish(warehouse, staged, [D1])).toMatchObject(gone);
      expect(await warehouse.readBack(staged, [D1])).toMatchObject(gone);
      expect(valueOf(await warehouse.published(scores, [D1])).map(({ rows }) => rows)).toEqual([1]);
    });

    it('gives equal rows the same fingerprint in any order', async () => {
      const warehouse = await open();
      const rows = [score(D1, 'a', 1), score(D1, 'b', 2), score(D1, 'c', 3)];
      const { fingerprint } = await oneDate(warehouse, rows);

      expect((await oneDate(warehouse, rows.toReversed())).fingerprint).toBe(fingerprint);
    });

    it('gives other rows another fingerprint: a row more, less or twice, a value changed or swapped between rows', async () => {
      const warehouse = await open();
      const rows = [score(D1, 'a', 1), score(D1, 'b', 2), score(D1, 'c', 3)];
      const variants = [
        rows,
        rows.slice(1),
        [...rows, score(D1, 'd', 4)],
        [...rows, score(D1, 'a', 1)],
        [...rows, score(D1, 'a', 1), score(D1, 'a', 1)],
        [score(D1, 'a', 2), score(D1, 'b', 1), score(D1, 'c', 3)],
        [score(D1, 'a', 1), score(D1, 'b', 2), score(D1, 'c', 4)],
        [],
      ];
      const fingerprints: string[] = [];
      for (const variant of variants) fingerprints.push((await oneDate(warehouse, variant)).fingerprint);

      expect(new Set(fingerprints).size).toBe(variants.length);
    });

    it('keeps two stagings apart that are under way at once', async () => {
      const warehouse = await open();
      const [first, second] = await Promise.all([
        stage(warehouse, scores, [D1], [score(D1, 'a', 1)]),
        stage(warehouse, scores, [D2], [score(D2, 'b', 2), score(D2, 'c', 3)]),
      ]);
      const results = await Promise.all([publish(warehouse, second, [D2]), publish(warehouse, first, [D1])]);
      expect(results.map(({ ok }) => ok)).toEqual([true, true]);
      await warehouse.discard(first);

      expect(valueOf(await warehouse.published(scores, [D1, D2])).map(({ rows }) => rows)).toEqual([1, 2]);
      expect(valueOf(await warehouse.readBack(second, [D2]))).toEqual([]);
    });

    it('keeps which rows of restated dates were added, changed and removed, and nothing of other dates', async () => {
      const warehouse = await open();
      const first = await stage(
        warehouse,
        scores,
        [D1, D2],
        [score(D1, 'a', 1), score(D1, 'b', 2), score(D1, 'c', 3), score(D2, 'a', 1)],
      );
      valueOf(await publish(warehouse, first, [D1, D2]));
      expect(valueOf(await warehouse.changeCounts({ since: ON }))).toEqual([]);
      const rows = [score(D1, 'a', 1), score(D1, 'b', 9), score(D1, 'd', 4), score(D2, 'a', 5)];
      const second = await stage(warehouse, scores, [D1, D2], rows);
      const job = { staged: second, dates: [D1, D2], mode: 'backfill', processedAt: AT } as const;
      const restated = { ...job, token: 2, restated: [D1], backfillId: 'bf-1' };
      valueOf(await warehouse.publish(restated));
      valueOf(await warehouse.publish({ ...restated, token: 3 }));

      const count = { table: 'scores', date: D1, added: 1, changed: 1, removed: 1 };
      expect(valueOf(await warehouse.changeCounts({ since: ON }))).toEqual([count]);
      const asked = { since: ON, dates: { first: D1, last: D1 }, table: 'scores', backfillId: 'bf-1' };
      expect(valueOf(await warehouse.changeCounts(asked))).toEqual([count]);
      const of = { subject: '20240110_A_B', runId: second.runId, at: AT.toISOString() };
      expect(valueOf(await warehouse.changeEvents(asked))).toEqual([
        { ...count, ...of, source: null, observedAt: null },
      ]);
      const changes = valueOf(await warehouse.changes(asked, 100));
      const key = (player: string): string => `20240110_A_B ${player}`;
      expect([...new Set(changes.map((change) => `${change.kind} ${change.key}`))].toSorted()).toEqual([
        `added ${key('d')}`,
        `changed ${key('b')}`,
        `removed ${key('c')}`,
      ]);
      for (const { date, runId, backfillId, at } of changes)
        expect([date, runId, backfillId, at]).toEqual([D1, second.runId, 'bf-1', AT.toISOString()]);
      expect(valueOf(await warehouse.changes(asked, 1))).toEqual(changes.slice(0, 1));
      for (const other of [
        { ...asked, since: LATER },
        { ...asked, dates: { first: D2, last: D3 } },
        { ...asked, table: 'form' },
        { ...asked, backfillId: "it's another" },
      ])
        expect(valueOf(await warehouse.changes(other, 100))).toEqual([]);
    });

    it('keeps no change of a publication that is refused', async () => {
      const warehouse = await open();
      await fill(warehouse, [score(D1, 'a', 1)], [D1], 7);
      const staged = await stage(warehouse, scores, [D1], [score(D1, 'a', 2)]);
      const job = { staged, dates: [D1], mode: 'live', processedAt: AT, restated: [D1] } as const;

      expect((await warehouse.publish({ ...job, token: 6 })).ok).toBe(false);
      expect(valueOf(await warehouse.changes({ since: ON }, 10))).toEqual([]);
    });

    it('counts rows by date within each range', async () => {
      const warehouse = await open();
      await fill(warehouse, [score(D1, 'a', 1), score(D1, 'b', 1), score(D3, 'a', 1)], [D1, D3]);
      const ranges = [
        { table: scores, first: D1, last: D3 },
        { table: scores, first: D2, last: D2 },
        { table: form, first: D1, last: D3 },
        { table: scores, first: D3, last: D3 },
      ];

      expect(valueOf(await warehouse.rowCounts(ranges))).toEqual([
        new Map([
          [D1, 2],
          [D3, 1],
        ]),
        new Map(),
        new Map(),
        new Map([[D3, 1]]),
      ]);
      expect(valueOf(await warehouse.rowCounts([]))).toEqual([]);
    });
  });
}

/** Promises that take an engine of SQL. */
export function describeEngine(engine: string, open: Open): void {
  describe(`fingerprints of ${engine}`, () => {
    it.each<[string, Row, Row]>([
      ['NULL and the mark for it', { status: null }, { status: '~' }],
      ['NULL and an empty text', { status: null }, { status: '' }],
      ['NULL and FALSE', { starter: null }, { starter: false }],
      ['NULL and 0', { minutes: null }, { minutes: 0 }],
      ['two instants of one day', { seen_at: '2024-01-10T20:00:00Z' }, { seen_at: '2024-01-10T20:00:01Z' }],
      [
        'values moved to the next column',
        { player: 'a\u001f=b', game_id: 'c' },
        { player: 'b\u001f=c', game_id: 'a' },
      ],
      ['numbers that differ in a kept decimal', { minutes: 30.1 }, { minutes: 30.2 }],
    ])('tell apart %s', async (_what, a, b) => {
      const warehouse = await open();
      const [first, second] = [
        await oneDate(warehouse, [score(D1, 'a', 1, a)]),
        await oneDate(warehouse, [score(D1, 'a', 1, b)]),
      ];

      expect(first.fingerprint).not.toBe(second.fingerprint);
    });

    it('do not see decimals that are not kept', async () => {
      const warehouse = await open();
      const [a, b] = [
        await oneDate(warehouse, [score(D1, 'a', 1, { minutes: 30.1 })]),
        await oneDate(warehouse, [score(D1, 'a', 1, { minutes: 30.1 + 1e-9 })]),
      ];

      expect(a.fingerprint).toBe(b.fingerprint);
    });

    it('do not see the columns of the framework', async () => {
      const warehouse = await open();
      const [first] = await fill(warehouse, [score(D1, 'a', 1)], [D1], 1);
      const learned = {
        source: 'files',
        observed_at: '2024-12-31T09:30:00.000Z',
        entry_id: '2a54306df20ca3cc',
      };
      const staged = await stage(warehouse, scores, [D1], [{ ...score(D1, 'a', 1), ...learned }]);
      valueOf(
        await warehouse.publish({
          staged,
          dates: [D1],
          token: 2,
          mode: 'backfill',
          processedAt: new Date('2025-01-01T00:00:00Z'),
        }),
      );

      expect(await fingerprintsOf(warehouse, [D1])).toEqual([first?.fingerprint]);
      expect(valueOf(await warehouse.readBack(staged, [D1]))).toEqual([]);
      const rows = valueOf(
        await warehouse.query(
          `SELECT source, observed_at, entry_id, run_id, run_token, run_mode, calculation_version, processed_at
           FROM nba_raw.scores WHERE game_date = DATE '${D1}'`,
        ),
      );
      expect(rows).toEqual([
        {
          ...learned,
          run_id: staged.runId,
          run_token: 2,
          run_mode: 'backfill',
          calculation_version: 'v1',
          processed_at: '2025-01-01T00:00:00.000Z',
        },
      ]);
    });

    it('tell games apart: only the entity whose row changed gets another hash', async () => {
      const warehouse = await open();
      const hashes = async (points: number): Promise<Record<string, string>> => {
        await fill(warehouse, [score(D1, 'a', points), score(D1, 'b', 2)], [D1]);
        await fill(warehouse, [score(D2, 'a', 5), score(D2, 'b', 5), score(D2, 'rests', 0)], [D2]);
        const staged = await stage(warehouse, form, [D2]);
        await warehouse.discard(staged);
        return { ...staged.dates[0]?.gameHashes };
      };
      const [before, again, after] = [await hashes(1), await hashes(1), await hashes(3)];

      expect(Object.keys(before).toSorted()).toEqual(['a', 'b']);
      expect(again).toEqual(before);
      expect(after['b']).toBe(before['b']);
      expect(after['a']).not.toBe(before['a']);
      expect(before['a']).toMatch(/^[0-9a-f]{16}$/);
    });
  });

  describe(`the audit of ${engine}`, () => {
    it('counts what breaks a promise of a column, date by date', async () => {
      const warehouse = await open();
      const rows = [
        score(D1, 'fine', 0, { status: "o'ut", minutes: null }),
        score(D1, 'finest', 100),
        score(D2, 'low', -1),
        score(D2, 'lower', -5),
        score(D2, 'high', 101),
        { ...score(D2, 'none', 1), points: null },
        score(D2, 'odd', 1, { status: 'maybe' }),
        { ...score(D2, 'x', 1), player: null },
      ];
      const staged = await stage(warehouse, scores, [D1, D2], rows);

      expect(staged.dates[0]?.checks).toEqual([]);
      expect(staged.dates[1]?.checks).toEqual(
        expect.arrayContaining([
          { check: 'null(player)', severity: 'fail', failures: 1 },
          { check: 'null(points)', severity: 'fail', failures: 1 },
          { check: 'below_0(points)', severity: 'fail', failures: 2, isRange: true },
          { check: 'above_100(points)', severity: 'fail', failures: 1, isRange: true },
          { check: 'unknown_value(status)', severity: 'fail', failures: 1, isRange: true },
        ]),
      );
      expect(staged.dates[1]?.checks).toHaveLength(5);
    });

    it('sets rows with values out of range aside, where that is asked', async () => {
      const warehouse = await open();
      const rows = [
        ...['a', 'b', 'c'].flatMap((player) => [score(D1, player, 1), score(D2, player, 1)]),
        score(D1, 'low', -1),
        score(D2, 'low', -1),
        { ...score(D2, 'high', 101), game_id: 'another' },
      ];
      const job = { table: scores, runId: 'aside', dates: [D1, D2], readStart: D1, rows };
      const staged = valueOf(await warehouse.stage({ ...job, inRangeOnly: [D2] }));
      const plain = valueOf(
        await warehouse.stage({ ...job, runId: 'plain', dates: [D2], rows: rows.slice(0, 6) }),
      );
      expect(staged.dates).toMatchObject([
        { date: D1, rows: 4, checks: [{ check: 'below_0(points)', failures: 1 }] },
        { date: D2, rows: 3, checks: [], aside: { rows: 2, games: 2 } },
      ]);
      expect(staged.dates[0]?.aside).toBeUndefined();
      expect(staged.dates[1]?.fingerprint).toBe(plain.dates[0]?.fingerprint);
      await warehouse.discard(staged);
      await warehouse.discard(plain);
    });

    it('counts rows whose key is there already', async () => {
      const warehouse = await open();
      const { checks } = await oneDate(warehouse, [
        score(D1, 'a', 1),
        score(D1, 'a', 2),
        score(D1, 'a', 3),
        score(D1, 'b', 1),
      ]);

      expect(checks).toEqual([{ check: 'duplicate_key(game_id, player)', severity: 'fail', failures: 2 }]);
    });

    it('runs the checks of the table, and counts what is expected, ready and synthetic', async () => {
      const warehouse = await open();
      await fill(warehouse, [score(D1, 'a', 1), score(D1, 'bad', 3)], [D1]);
      await fill(warehouse, [score(D2, 'a', 1), score(D2, 'new', 4)], [D2]);
      const staged = await stage(warehouse, form, [D1, D2, D3]);

      expect(staged.dates).toMatchObject([
        { date: D1, rows: 2, games: 1, expectedRows: 3, expectedGames: 1, readyRows: 0, syntheticRows: 2 },
        { date: D2, rows: 2, games: 1, expectedRows: 3, expectedGames: 1, readyRows: 1, syntheticRows: 1 },
        {
          date: D3,
          rows: 0,
          games: 0,
          expectedRows: 0,
          expectedGames: 0,
          readyRows: 0,
          syntheticRows: 0,
          checks: [],
        },
      ]);
      expect(staged.dates[0]?.checks.toSorted((a, b) => (a.check < b.check ? -1 : 1))).toEqual([
        { check: 'player_called_bad', severity: 'fail', failures: 1 },
        { check: 'unready_rows', severity: 'warn', failures: 2 },
      ]);
      expect(staged.dates[1]?.checks).toEqual([{ check: 'unready_rows', severity: 'warn', failures: 1 }]);
    });

    it.each([
      // On the first date both rows are synthetic, on the second one of two is.
      ['synthetic', [3, 6]],
      ['real', [5, 6]],
    ])('expects all rows in proportion where only those with %s are counted', async (value, expected) => {
      const warehouse = await open();
      await fill(warehouse, [score(D1, 'a', 1), score(D1, 'b', 3)], [D1]);
      await fill(warehouse, [score(D2, 'a', 1), score(D2, 'new', 4)], [D2]);
      const { definition } = form;
      if (definition.rowsFrom !== 'query') throw new Error('form is a table of a query');
      const table = { ...form, definition: { ...definition, countedRows: { column: 'context', value } } };
      const staged = await stage(warehouse, table, [D1, D2, D3]);

      expect(staged.dates.map(({ rows }) => rows)).toEqual([2, 2, 0]);
      expect(staged.dates.map(({ expectedRows }) => expectedRows)).toEqual([...expected, 0]);
    });

    it('counts what is expected anew when what it is counted from has changed', async () => {
      const warehouse = await open();
      const expectedRows = async (): Promise<number | undefined> =>
        (await stage(warehouse, form, [D1])).dates[0]?.expectedRows;
      await fill(warehouse, [score(D1, 'a', 1)], [D1]);
      const before = [await expectedRows(), await expectedRows()];
      await fill(warehouse, [score(D1, 'a', 1), score(D1, 'b', 1)], [D1]);

      expect([before, await expectedRows()]).toEqual([[2, 2], 3]);
    });

    it('reads nothing before the first date a window reaches', async () => {
      const warehouse = await open();
      await fill(warehouse, [score(D1, 'a', 4), score(D2, 'a', 1)], [D1, D2]);
      const job = { table: form, runId: 'r', dates: [D2] };
      const all = valueOf(await warehouse.stage({ ...job, readStart: D1 }));
      const cut = valueOf(await warehouse.stage({ ...job, readStart: D2 }));

      expect([all.dates[0]?.readyRows, cut.dates[0]?.readyRows]).toEqual([1, 0]);
    });
  });

  describe(`many rows read from ${engine}`, () => {
    it('are all there, also where they take more room than at first', async () => {
      const warehouse = await open();
      const players = Array.from({ length: 2500 }, (_, i) => `p${String(i).padStart(4, '0')}`);
      await fill(
        warehouse,
        players.map((player, i) => score(D1, player, i % 100, { minutes: i / 2 })),
        [D1],
      );
      const columns = ['minutes', 'player', 'points'];
      const read = valueOf(await warehouse.read({ table: scores, columns, first: D1, last: D1 }));

      expect(read.texts['player']).toEqual(players);
      expect(read.numbers['minutes']).toEqual(Float64Array.from(players, (_, i) => i / 2));
      expect(read.numbers['points']).toEqual(Float64Array.from(players, (_, i) => i % 100));
    });

    it('have the same fingerprint when they are staged again, as rows that are carried over are', async () => {
      const warehouse = await open();
      const minutes = [0.1, 30.7, 12.3, 1e9 / 7, -0.5, 0, null];
      const rows = minutes.map((each, i) =>
        score(D1, `p${i}`, i, { minutes: each, starter: i % 2 === 0, seen_at: '2024-01-10T20:00:00.123Z' }),
      );
      await fill(warehouse, rows, [D1]);
      const columns = Object.keys(scores.definition.columns);
      const read = valueOf(await warehouse.read({ table: scores, columns, first: D1, last: D1 }));
      const again = eachRow(read);
      const staged = await stage(warehouse, scores, [D1], again);

      expect(staged.dates[0]?.fingerprint).toBe((await fingerprintsOf(warehouse, [D1]))[0]);
      await warehouse.discard(staged);
    });

    it('are only those that were made before their games, where only these are asked for', async () => {
      const warehouse = await open(sealedRegistry);
      const table = sealedRegistry.get('scores');
      const rows = ['live', 'backfill', 'live'].map((origin, i) => score(D1, `p${i}`, i, { origin }));
      const staged = await stage(warehouse, table, [D1], rows);
      valueOf(await publish(warehouse, staged, [D1]));
      const asked = { table, columns: ['player', 'origin'], first: D1, last: D1 };
      const players = async (onlyLive: boolean): Promise<unknown> =>
        valueOf(await warehouse.read({ ...asked, onlyLive })).texts['player'];

      expect(await players(true)).toEqual(['p0', 'p2']);
      expect(await players(false)).toEqual(['p0', 'p1', 'p2']);
      const overlay = valueOf(await warehouse.openOverlay());
      expect(valueOf(await overlay.read({ ...asked, onlyLive: true })).texts['player']).toEqual(['p0', 'p2']);
      await overlay.close();
    });

    it('are refused for good where a whole number cannot be held exactly', async () => {
      const warehouse = await open(wideRegistry);
      const rows = [{ ...score(D1, 'a', 1), points: '9007199254740993' }];
      const staged = await stage(warehouse, wideRegistry.get('scores'), [D1], rows);
      valueOf(await publish(warehouse, staged, [D1]));
      const asked = { table: wideRegistry.get('scores'), columns: ['points'], first: D1, last: D1 };

      expect(await warehouse.read(asked)).toMatchObject({
        ok: false,
        failure: { kind: 'permanent', code: 'value_refused' },
      });
    });
  });

  describe(`failures of ${engine}`, () => {
    it('are permanent for a query that cannot run, and leave nothing behind', async () => {
      const warehouse = await open();
      const result = await warehouse.stage({ table: failing, runId: 'r', dates: [D1], readStart: D1 });
      expect(result).toMatchObject({ ok: false, failure: { kind: 'permanent', code: 'query_refused' } });
      await fill(warehouse, [score(D1, 'a', 1)], [D1]);

      expect(valueOf(await warehouse.published(scores, [D1])).map(({ rows }) => rows)).toEqual([1]);
    });

    it('leave the old rows where a publication fails half way', async () => {
      const file = await open();
      await fill(file, [score(D1, 'a', 1)], [D1]);
      const [before] = await fingerprintsOf(file, [D1]);
      const staged = await stage(file, scores, [D1], [score(D1, 'z', 9), score(D1, 'y', 9)]);
      const broken: Staged = {
        ...staged,
        table: {
          ...scores,
          definition: {
            ...scores.definition,
            columns: { ...scores.definition.columns, nowhere: { type: 'STRING', description: 'not there' } },
          },
        },
      };
      const result = await publish(file, broken, [D1]);

      expect(result).toMatchObject({ ok: false, failure: { kind: 'permanent' } });
      expect(await fingerprintsOf(file, [D1])).toEqual([before]);
      expect((await publish(file, staged, [D1])).ok).toBe(true);
    });
  });

  describe(`queries of a person on ${engine}`, () => {
    it('give the rows of a portable query', async () => {
      const warehouse = await open();
      await fill(warehouse, [score(D1, 'a', 1), score(D1, 'b', 3)], [D1]);
      const rows = valueOf(
        await warehouse.query(
          `SELECT game_date, COUNT(*) AS n, SAFE_DIVIDE(SUM(points), 4) AS mean FROM nba_raw.scores
         WHERE game_date BETWEEN DATE '${D1}' AND DATE '${D3}' GROUP BY game_date`,
        ),
      );

      expect(rows).toEqual([{ game_date: D1, n: 2, mean: 1 }]);
    });

    it.each([
      ['DELETE FROM nba_raw.scores'],
      ['DROP TABLE nba_raw.scores'],
      ['SELECT 1; SELECT 2'],
      ['SELECT list_value(1, 2)'],
      ["SELECT * FROM read_csv('/etc/passwd')"],
      ["COPY nba_raw.scores TO '/tmp/x.csv'"],
      ['SELECT GREATEST(1, 2)'],
      ['SELEC 1'],
      ['SELECT * FROM scores'],
    ])('are refused for good outside of the portable subset: %s', async (sql) => {
      const warehouse = await open();
      await fill(warehouse, [score(D1, 'a', 1)], [D1]);
      const result = await warehouse.query(sql);

      expect(result).toMatchObject({ ok: false, failure: { kind: 'permanent', code: 'not_portable' } });
      expect(result.ok ? '' : result.failure.detail).not.toBe('');
      expect(valueOf(await warehouse.published(scores, [D1])).map(({ rows }) => rows)).toEqual([1]);
    });

    it('fail for good when they name what does not exist', async () => {
      const warehouse = await open();

      expect(
        await warehouse.query(`SELECT nothing FROM nba_raw.scores WHERE game_date = DATE '${D1}'`),
      ).toMatchObject({
        ok: false,
        failure: { kind: 'permanent', code: 'query_refused' },
      });
    });
  });

  describe(`what ${engine} keeps beside the tables`, () => {
    const attempt = ATTEMPT;

    it('is every attempt, as it was told', async () => {
      const warehouse = await open();
      valueOf(
        await warehouse.appendRunHistory([attempt, { ...attempt, run_id: 'r2', attempt: 2, error: null }]),
      );
      valueOf(await warehouse.appendRunHistory([{ ...attempt, run_id: 'r3', backfill_id: 'bf-1' }]));
      const rows = valueOf(
        await warehouse.query(
          `SELECT * FROM nba_reference.processor_run_history WHERE data_date = DATE '${D1}' ORDER BY run_id`,
        ),
      );

      expect(rows).toEqual([
        attempt,
        { ...attempt, run_id: 'r2', attempt: 2, error: null },
        { ...attempt, run_id: 'r3', backfill_id: 'bf-1' },
      ]);
    });

    it('accepts an empty list of attempts', async () => {
      expect((await (await open()).appendRunHistory([])).ok).toBe(true);
    });

    it('is every changed cell, with its old and new value as text', async () => {
      const warehouse = await open();
      const before = score(D1, 'a', 7, { minutes: 30.5, starter: true, status: "o'ut" });
      await fill(warehouse, [before, score(D1, 'same', 1)], [D1]);
      const after = score(D1, 'a', 8, {
        ...{ minutes: 0.1, starter: false, status: null, seen_at: '2024-01-10T20:00:01.250Z' },
      });
      const staged = await stage(warehouse, scores, [D1], [after, score(D1, 'same', 1)]);
      const job = { staged, dates: [D1], token: 2, mode: 'live', processedAt: AT } as const;
      valueOf(await warehouse.publish({ ...job, restated: [D1] }));
      const changes = valueOf(await warehouse.changes({ since: ON }, 100));

      expect(
        changes.map((change) => [change.kind, change.key, change.column, change.old, change.new]),
      ).toEqual(
        [
          ['minutes', '30.5', '0.1'],
          ['points', '7', '8'],
          ['seen_at', '2024-01-10T20:00:00.000Z', '2024-01-10T20:00:01.250Z'],
          ['starter', 'true', 'false'],
          ['status', "o'ut", null],
        ].map((cell) => ['changed', '20240110_A_B a', ...cell]),
      );
      expect(changes[0]).toMatchObject({ table: 'scores', date: D1, backfillId: null, at: AT.toISOString() });
      const rows = valueOf(
        await warehouse.query(
          `SELECT column_name, new_value FROM nba_reference.row_changes WHERE changed_on = DATE '2024-02-01' AND column_name = 'points'`,
        ),
      );
      expect(rows).toEqual([{ column_name: 'points', new_value: '8' }]);
    });

    describe('of a raw table', () => {
      const learned = (source: string, observed_at: string): Row => ({
        ...{ source, observed_at },
        entry_id: `${source} ${observed_at}`,
      });
      const game = (id: string, player: string, points: number, more: Row): Row => ({
        ...score(D1, player, points, more),
        game_id: id,
      });
      const first = learned('files', '2024-01-11T17:00:00.000Z');
      const later = learned('nba_cdn', '2024-01-12T09:00:00.250Z');
      const said = { source: 'nba_cdn', observedAt: '2024-01-12T09:00:00.250Z' };
      const before = [game('g1', 'a', 7, first), game('g1', 'b', 1, first)];

      /** What is told after other rows were published. */
      async function eventsOf(rows: readonly Row[]) {
        const warehouse = await open();
        await fill(warehouse, before, [D1]);
        const staged = await stage(warehouse, scores, [D1], rows);
        const job = { staged, dates: [D1], token: 2, mode: 'live', processedAt: AT } as const;
        valueOf(await warehouse.publish({ ...job, restated: [D1] }));
        return valueOf(await warehouse.changeEvents({ since: ON })).map(
          ({ table, date, runId, at, ...event }) => {
            expect({ table, date, runId, at }).toEqual({
              ...{ table: 'scores', date: D1, runId: staged.runId, at: AT.toISOString() },
            });
            return event;
          },
        );
      }

      it('is told for each game, with who said it and when', async () => {
        expect(await eventsOf([game('g1', 'a', 8, later), game('g2', 'c', 3, later)])).toEqual([
          { ...said, subject: 'g1', added: 0, changed: 1, removed: 1 },
          { ...said, subject: 'g2', added: 1, changed: 0, removed: 0 },
        ]);
      });

      it('has who took a row away, though the rows that stay are the same', async () => {
        expect(await eventsOf([game('g1', 'a', 7, later)])).toEqual([
          { ...said, subject: 'g1', added: 0, changed: 0, removed: 1 },
        ]);
      });

      it('has nobody where the same file is read in another way, or nothing is left', async () => {
        const nobody = { source: null, observedAt: null, subject: 'g1' };
        expect(await eventsOf([game('g1', 'a', 8, first), game('g1', 'other', 1, first)])).toEqual([
          { ...nobody, added: 1, changed: 1, removed: 1 },
        ]);
        expect(await eventsOf([])).toEqual([{ ...nobody, added: 0, changed: 0, removed: 2 }]);
      });
    });

    it('writes negative and small numbers with all of their decimals', async () => {
      const warehouse = await open();
      const values = [
        [-0.5, '-0.5'],
        [12.25, '12.3'],
        [-120, '-120.0'],
        [0, '0.0'],
      ] as const;
      await fill(
        warehouse,
        values.map((_, i) => score(D1, `p${i}`, 1, { minutes: null })),
        [D1],
      );
      const rows = values.map(([minutes], i) => score(D1, `p${i}`, 1, { minutes }));
      const staged = await stage(warehouse, scores, [D1], rows);
      const job = { staged, dates: [D1], token: 2, mode: 'live', processedAt: AT } as const;
      valueOf(await warehouse.publish({ ...job, restated: [D1] }));

      const changes = valueOf(await warehouse.changes({ since: ON }, 100));
      expect(changes.map((change) => [change.old, change.new])).toEqual(
        values.map(([, text]) => [null, text]),
      );
    });

    it('can be prepared twice and drops nothing', async () => {
      const warehouse = await open();
      await fill(warehouse, [score(D1, 'a', 1)], [D1]);
      await warehouse.prepare();

      expect(valueOf(await warehouse.published(scores, [D1])).map(({ rows }) => rows)).toEqual([1]);
    });

    it('says how many games a date has, how many are final and how many regular', async () => {
      const warehouse = await open(scheduleRegistry);
      const [schedule, results] = [
        scheduleRegistry.get('nbac_schedule'),
        scheduleRegistry.get('nbac_game_results'),
      ];
      const game = (date: GameDate, home: string, seasonType: string): Row => ({
        game_id: `${date.replaceAll('-', '')}_LAL_${home}`,
        nba_game_id: '0022300001',
        game_date: date,
        season: '2023-24',
        season_type: seasonType,
        home_team_abbr: home,
        away_team_abbr: 'LAL',
      });
      const games = [
        game(D1, 'BOS', 'regular'),
        game(D1, 'DEN', 'regular'),
        game(D2, 'BOS', 'playoffs'),
        game(D2, 'DEN', 'cup_final'),
      ];
      for (const [table, rows] of [
        [schedule, games],
        [results, [...games.slice(0, 1), ...games.slice(3)]],
      ] as const) {
        const staged = await stage(warehouse, table, [D1, D2], rows);
        valueOf(await publish(warehouse, staged, [D1, D2]));
      }

      expect(valueOf(await warehouse.scheduleFacts(['2023-24', '2022-23']))).toEqual([
        { date: D1, season: '2023-24', games: 2, finalGames: 1, regularGames: 2, playedGames: 1 },
        { date: D2, season: '2023-24', games: 1, finalGames: 0, regularGames: 0, playedGames: 1 },
      ]);
      expect(valueOf(await warehouse.scheduleFacts(['2021-22']))).toEqual([]);
    });
  });
}
