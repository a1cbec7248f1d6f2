/** What is stored of a value, its canonical text and its fingerprint are the same on both engines, however odd it is. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import * as duck from '../../shared/adapters/embedded/dialect.ts';
import * as google from '../../shared/adapters/gcp/bigquery-dialect.ts';
import type { Column, ColumnType } from '../../shared/domain/table.ts';
import { makeRandom } from '../../shared/domain/seeded-random.ts';
import { valuesOf } from '../support/both-engines.ts';
import { haveJudge, isRefused, openJudge, PATIENCE_MS, type Judge, type Value } from '../support/judge.ts';

const column = (type: ColumnType, decimals?: number): Column => ({
  type,
  description: 'x',
  nullable: true,
  ...(decimals === undefined ? {} : { decimals }),
});
const COLUMNS: Readonly<Record<string, Column>> = {
  id: column('INT64'),
  name: column('STRING'),
  whole: column('INT64'),
  exact: column('FLOAT64', 0),
  rate: column('FLOAT64', 2),
  fine: column('FLOAT64', 5),
  flag: column('BOOL'),
  day: column('DATE'),
  moment: column('TIMESTAMP'),
};

const random = makeRandom('fingerprints');
const pick = <T>(values: readonly T[]): T => values[random.below(values.length)] as T;
const TEXTS = [
  '',
  '~',
  '=',
  "it's",
  'Dončić',
  '日本 😀',
  'e\u0301',
  '\u001f',
  'a\\b"c`',
  ' tab\tnew\nline ',
  'NULL',
  null,
];
const WHOLES = [0, -1, 7, '9007199254740993', '-9223372036854775808', '9223372036854775807', null];
// Halves at two decimals that binary numbers cannot hold, signs of zero, sums whose last bit depends on their order.
const FLOATS = [
  0,
  -0,
  2.675,
  1.005,
  0.285,
  -2.675,
  0.125,
  0.1 + 0.2,
  0.3,
  109.125,
  -54.5,
  99.995,
  1e6 + 0.005,
  null,
];
const DAYS = ['1969-12-31', '1970-01-01', '2024-02-29', '1946-11-01', '9999-12-31', null];
const MOMENTS = [0, -1, -1_500_000, 1_700_000_000_123_456, null];

const ROWS: readonly (readonly Value[])[] = Array.from({ length: 400 }, (_, id) => {
  const float = (): Value =>
    random.below(2) === 0 ? pick(FLOATS) : (random.below(2_000_001) - 1_000_000) / 1e3 / 8;
  return [
    ...[id, pick(TEXTS), pick(WHOLES), float(), float(), float()],
    ...[pick([true, false, null]), pick(DAYS), pick(MOMENTS)],
  ];
});

describe.skipIf(!haveJudge('fingerprints on GoogleSQL'))('a stored row', () => {
  let judge: Judge;
  let connection: DuckDBConnection;
  let catalog: number;
  const names = Object.keys(COLUMNS);

  beforeAll(async () => {
    judge = await openJudge();
    connection = await (await DuckDBInstance.create(':memory:')).connect();
    await duck.installDialect((sql) => connection.run(sql));
    const columns = Object.entries(COLUMNS).map(([name, { type }]) => [name, type] as const);
    catalog = await judge.catalog([{ name: 'given', columns, rows: ROWS }]);
    const raw = Object.entries(COLUMNS).map(([name, { type }], i) => {
      const text = `CAST(json_extract_string(line, '$[${i}]') AS ${{ STRING: 'VARCHAR', INT64: 'BIGINT', FLOAT64: 'DOUBLE', BOOL: 'BOOLEAN', DATE: 'DATE', TIMESTAMP: 'BIGINT' }[type]})`;
      return `${type === 'TIMESTAMP' ? `make_timestamp(${text})` : text} AS ${name}`;
    });
    await connection.run('CREATE TABLE lines (line JSON)');
    for (const row of ROWS)
      await connection.run('INSERT INTO lines VALUES ($line)', { line: JSON.stringify(row) });
    await connection.run(`CREATE TABLE given AS SELECT ${raw.join(', ')} FROM lines`);
  }, PATIENCE_MS);
  afterAll(async () => {
    connection.closeSync();
    await judge.close();
  });

  const onGoogle = async (sql: string): Promise<readonly (readonly Value[])[]> => {
    const answer = await judge.execute(sql, catalog);
    if (isRefused(answer)) throw new Error(answer.error);
    return answer.rows;
  };
  const storedBy = (value: (expression: string, of: Column) => string): string =>
    `SELECT ${Object.entries(COLUMNS)
      .map(([name, of]) => `${value(`given.${name}`, of)} AS ${name}`)
      .join(', ')} FROM given`;
  const duckStored = storedBy(duck.stagedValue);
  const googleStored = storedBy(google.storedValue);

  it('has the same values to the last bit', async () => {
    // -0 is stored as it comes and is the same number as 0.
    const plain = (rows: readonly (readonly Value[])[]): Value[][] =>
      rows.map((row) => row.map((value) => (value === 0 ? 0 : value)));
    const found = plain(await onGoogle(`${googleStored} ORDER BY id`));
    expect(found).toEqual(plain(await valuesOf(connection, `${duckStored} ORDER BY id`)));
    expect(found).toHaveLength(ROWS.length);
  });

  it.each(names)('has the same canonical text of %s', async (name) => {
    const of = COLUMNS[name] as Column;
    expect(
      await onGoogle(
        `SELECT id, ${google.canonicalText(name, of)} AS v FROM (${googleStored}) AS s ORDER BY id`,
      ),
    ).toEqual(
      await valuesOf(
        connection,
        `SELECT id, ${duck.canonicalText(name, of)} AS v FROM (${duckStored}) AS s ORDER BY id`,
      ),
    );
  });

  it('has the same two numbers of its hash', async () => {
    const found = await onGoogle(
      `SELECT id, ${google.lane('h', 0)} AS lane0, ${google.lane('h', 1)} AS lane1
       FROM (SELECT id, ${google.rowHash(COLUMNS)} AS h FROM (${googleStored}) AS s) AS hashed ORDER BY id`,
    );
    expect(found).toEqual(
      await valuesOf(
        connection,
        `SELECT id, row_hash & 4294967295 AS lane0, row_hash >> 32 AS lane1
         FROM (SELECT id, md5_number_lower(${duck.canonicalRow(COLUMNS)}) AS row_hash FROM (${duckStored}) AS s) ORDER BY id`,
      ),
    );
    expect(new Set(found.map(([, lane0, lane1]) => `${String(lane0)} ${String(lane1)}`)).size).toBe(
      ROWS.length,
    );
  });
});
