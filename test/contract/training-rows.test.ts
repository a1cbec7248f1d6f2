/** A model has the same bytes whether its rows are read from DuckDB or from BigQuery. */
import { expect, it } from 'vitest';
import { FEATURES, readModelRows } from '../../functions/control/model-rows.ts';
import { openWarehouse } from '../../shared/adapters/embedded/duckdb-warehouse.ts';
import { bigQueryWarehouse } from '../../shared/adapters/gcp/bigquery-warehouse.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { buildRegistry } from '../../shared/domain/registry.ts';
import { makeRandom } from '../../shared/domain/seeded-random.ts';
import { defineTable, type Column } from '../../shared/domain/table.ts';
import { modelText } from '../../shared/modeling/points-model.ts';
import { RULE_COLUMNS } from '../../shared/modeling/rules.ts';
import { hashOfRows } from '../../shared/modeling/rows.ts';
import { trainPoints } from '../../shared/modeling/train.ts';
import type { Row, Warehouse } from '../../shared/ports/warehouse.ts';
import { startBigQueryServer } from '../support/bigquery-server/index.ts';
import { cloudAt, PROJECT } from '../support/bigquery-warehouses.ts';
import { drawn } from '../support/draw.ts';

const AT = new Date('2024-02-01T00:00:00Z');
const FIRST = gameDate('2023-10-24');
const DATES = Array.from({ length: 18 }, (_, i) => addDays(FIRST, i));
const PLAYERS = 24;
const MODELED = ['form', 'level'];

const number = (description: string): Column => ({
  type: 'FLOAT64',
  decimals: 6,
  nullable: true,
  description,
});
const text: Column = { type: 'STRING', description: 'text' };

/** A table with these columns beside date, game and player. */
function tableOf(name: string, columns: Readonly<Record<string, Column>>) {
  return {
    definition: defineTable({
      name,
      dataset: 'nba_analytics',
      phase: 'phase3',
      description: 'Rows that a training reads.',
      timing: 'post_game',
      columns: {
        game_date: { type: 'DATE', description: 'date' },
        game_id: text,
        player_lookup: text,
        ...columns,
        is_ready: { type: 'BOOL', description: 'ready' },
      },
      key: ['game_id', 'player_lookup'],
      partitionColumn: 'game_date',
      clusterBy: [],
      readinessColumn: 'is_ready',
      games: { entityColumn: 'player_lookup' },
      inputs: [],
      calculationVersion: 'v1',
    }),
    codeFingerprint: name,
  };
}

const registry = buildRegistry([
  tableOf('nbac_schedule', { season_type: text }),
  tableOf('player_game_summary', {
    ...{ team_abbr: text, minutes_played: number('minutes') },
    points: { type: 'INT64', description: 'points' },
  }),
  tableOf(
    FEATURES,
    Object.fromEntries(
      [...MODELED, ...RULE_COLUMNS, 'vegas_points_line'].map((name) => [name, number(name)]),
    ),
  ),
]);

/** Table -> date -> rows: numbers with many digits, unknown ones among them. */
const ROWS = ((): ReadonlyMap<string, ReadonlyMap<GameDate, readonly Row[]>> => {
  const random = makeRandom('training rows', drawn('training rows').below(1000));
  const levels = Array.from({ length: PLAYERS }, () => 3 + 22 * random.unit());
  const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
  const found = new Map(registry.all.map(({ definition }) => [definition.name, new Map<GameDate, Row[]>()]));
  for (const date of DATES) {
    const of = { is_ready: true, game_date: date, game_id: `${date.replaceAll('-', '')}_BOS_TOR` };
    found.get('nbac_schedule')?.set(date, [{ ...of, player_lookup: '', season_type: 'regular' }]);
    const [box, features]: [Row[], Row[]] = [[], []];
    for (const [p, level] of levels.entries()) {
      const tonight = level + random.normal();
      const who = { ...of, player_lookup: `player${p}` };
      const minutes_played = rounded(20 + level / 2 + random.unit());
      box.push({ ...who, team_abbr: 'BOS', minutes_played, points: Math.max(0, Math.round(tonight)) });
      const known = [...MODELED, ...RULE_COLUMNS].map((name) => [
        name,
        random.chance(0.05) ? null : rounded(tonight + random.normal()),
      ]);
      features.push({ ...who, ...Object.fromEntries(known), vegas_points_line: null });
    }
    found.get('player_game_summary')?.set(date, box);
    found.get(FEATURES)?.set(date, features);
  }
  return found;
})();

/** Publishes the rows, reads them for a training, and gives the file of the model and the hash of its rows. */
async function trainedOn(warehouse: Warehouse): Promise<readonly [model: string, rows: string]> {
  await warehouse.prepare();
  for (const table of registry.all) {
    const ofTable = ROWS.get(table.definition.name);
    const rows = DATES.flatMap((date) => ofTable?.get(date) ?? []);
    const staged = await warehouse.stage({
      table,
      runId: 'run',
      token: 1,
      dates: DATES,
      readStart: FIRST,
      rows,
    });
    if (!staged.ok) throw new Error(staged.failure.detail);
    const job = { dates: DATES, token: 1, mode: 'live', processedAt: AT } as const;
    const published = await warehouse.publish({ staged: staged.value, ...job });
    if (!published.ok) throw new Error(published.failure.detail);
  }
  const last = DATES.at(-1) ?? FIRST;
  const { rows } = await readModelRows({ registry, warehouse }, FIRST, last, MODELED);
  expect(rows.games).toHaveLength((DATES.length - 3) * PLAYERS);
  const options = { algorithm: 'mean', featureVersion: 'test_1', features: MODELED, seed: 42 } as const;
  return [modelText(trainPoints(rows, options).model), hashOfRows(rows)];
}

it(
  'a model has the same bytes from DuckDB and from BigQuery with its limits',
  { timeout: 120_000 },
  async () => {
    const server = await startBigQueryServer({ project: PROJECT, now: () => AT.getTime() });
    const embedded = await openWarehouse(registry, { path: ':memory:', threads: 1 });
    try {
      const cloud = bigQueryWarehouse(cloudAt(server.host), registry, { clock: () => AT });
      expect(await trainedOn(cloud)).toEqual(await trainedOn(embedded));
    } finally {
      embedded.close();
      await server.stop();
    }
  },
);
