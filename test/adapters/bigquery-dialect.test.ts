/** How names, literals and values are spelled for BigQuery. */
import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import {
  canonicalText,
  dateList,
  identifier,
  integerLiteral,
  parametersIn,
  stringLiteral,
  timestampLiteral,
  askedOfBigQuery,
  toBigQuery,
  withoutProjects,
} from '../../shared/adapters/gcp/bigquery-dialect.ts';
import { promisesOf, publishScript, stageSql } from '../../shared/adapters/gcp/bigquery-statements.ts';
import { gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { namesOf } from '../../shared/derive/names.ts';
import { registry } from '../support/warehouse-suite.ts';
import { tokensOf } from '../support/bigquery-server/lexer.ts';

const staging = namesOf('staging_');

describe('names of datasets', () => {
  it.each([
    ['SELECT * FROM nba_raw.scores', 'SELECT * FROM staging_nba_raw.scores'],
    ['SELECT * FROM nba_raw . scores', 'SELECT * FROM staging_nba_raw . scores'],
    ["SELECT 'nba_raw.scores' AS nba_raw", "SELECT 'nba_raw.scores' AS nba_raw"],
    ["SELECT 'it''s nba_raw.x', \"nba_raw.y\"", "SELECT 'it''s nba_raw.x', \"nba_raw.y\""],
    ["SELECT 'a\\'nba_raw.b' FROM nba_raw.c", "SELECT 'a\\'nba_raw.b' FROM staging_nba_raw.c"],
    ['-- nba_raw.scores\nSELECT 1', '-- nba_raw.scores\nSELECT 1'],
    ['/* nba_raw.scores */ SELECT 1', '/* nba_raw.scores */ SELECT 1'],
    ['SELECT s.nba_raw.x FROM my_nba_raw.y AS s', 'SELECT s.nba_raw.x FROM my_nba_raw.y AS s'],
    ['SELECT `nba_raw.x` FROM nba_raws.x', 'SELECT `nba_raw.x` FROM nba_raws.x'],
    [
      'SELECT a.x FROM nba_analytics.a AS a JOIN nba_precompute.b USING (x)',
      'SELECT a.x FROM staging_nba_analytics.a AS a JOIN staging_nba_precompute.b USING (x)',
    ],
  ])('get their prefix where they are names, and nowhere else: %s', (sql, expected) => {
    expect(toBigQuery(sql, staging)).toBe(expected);
    expect(toBigQuery(sql, namesOf(''))).toBe(sql);
  });

  it('get their prefix in backticks, too, where a person has written the query', () => {
    const sql =
      'SELECT * FROM `nba_raw.x` JOIN `nba_analytics`.`y` USING (k) JOIN `other.nba_raw.z` USING (k)';
    expect(askedOfBigQuery(sql, staging)).toBe(
      'SELECT * FROM `staging_nba_raw.x` JOIN `staging_nba_analytics`.`y` USING (k) JOIN `other.nba_raw.z` USING (k)',
    );
  });

  it.each([
    ['SELECT * FROM `my-project.nba_raw.x` AS x', 'SELECT * FROM `nba_raw.x` AS x'],
    ['SELECT * FROM `my-project`.`nba_raw`.`x`', 'SELECT * FROM `nba_raw`.`x`'],
    ['SELECT * FROM `my-project`.nba_raw.x', 'SELECT * FROM nba_raw.x'],
    [
      'SELECT * FROM my-project.nba_raw.x JOIN `p.nba_analytics`.y USING (k)',
      'SELECT * FROM nba_raw.x JOIN `nba_analytics`.y USING (k)',
    ],
    [
      'SELECT 1 FROM `p.nba_raw.INFORMATION_SCHEMA.COLUMNS`, p.nba_raw.INFORMATION_SCHEMA.TABLES',
      'SELECT 1 FROM `nba_raw.INFORMATION_SCHEMA.COLUMNS`, nba_raw.INFORMATION_SCHEMA.TABLES',
    ],
    [
      'SELECT \'p.nba_raw.x\', "p.nba_raw.x" -- p.nba_raw.x',
      'SELECT \'p.nba_raw.x\', "p.nba_raw.x" -- p.nba_raw.x',
    ],
    [
      'SELECT `nba_raw.x`.k, t.k FROM nba_raw.x, `nba_raw`.t',
      'SELECT `nba_raw.x`.k, t.k FROM nba_raw.x, `nba_raw`.t',
    ],
    ['SELECT a.b.c FROM `p.other.x`', 'SELECT a.b.c FROM `p.other.x`'],
  ])('lose the project before them for a server that has one: %s', (sql, expected) => {
    expect(withoutProjects(sql)).toBe(expected);
  });

  it('are told from parameters, which are found outside of strings and comments only', () => {
    const sql = "SELECT '@no', @start_date, @@session -- @neither\n FROM nba_raw.x WHERE d < @end_date";

    expect([...parametersIn(sql)].toSorted()).toEqual(['end_date', 'start_date']);
  });
});

describe('a literal', () => {
  it('of text is one string, whatever the text holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(tokensOf(stringLiteral(text))).toEqual([{ kind: 'string', value: text }]);
      }),
    );
    expect(tokensOf(stringLiteral("'; DROP TABLE x; --\\"))).toHaveLength(1);
  });

  it('of dates is typed, and what is no date is refused', () => {
    expect(dateList([gameDate('2024-01-10'), gameDate('2024-02-29')])).toBe(
      "DATE '2024-01-10', DATE '2024-02-29'",
    );
    for (const text of ["2024-01-10' OR '1'='1", '2023-02-29', '', 'TODAY'])
      expect(() => dateList([text as GameDate])).toThrow(RangeError);
  });

  it('of a number is exact or refused', () => {
    expect(integerLiteral(7)).toBe('7');
    for (const value of [1.5, Number.NaN, Infinity, 2 ** 53])
      expect(() => integerLiteral(value)).toThrow(RangeError);
  });

  it('of a time says its zone', () => {
    expect(timestampLiteral(new Date('2024-02-01T12:00:00.250Z'))).toBe(
      "TIMESTAMP '2024-02-01 12:00:00.250+00:00'",
    );
  });

  it('is never made of a name', () => {
    for (const name of ['a`b', 'a b', '', '1a', 'a.b', 'a-b'])
      expect(() => identifier(name)).toThrow('is no identifier');
    expect(identifier('game_date')).toBe('`game_date`');
  });
});

describe('a statement', () => {
  const { definition } = registry.get('scores');
  const dates = [gameDate('2024-01-10')];

  it('that publishes holds a run id of any kind as text', () => {
    const sql = publishScript(
      {
        definition,
        staging: 's',
        dates,
        runId: "x'; DELETE FROM y; --",
        token: 1,
        mode: 'live',
        processedAt: new Date(0),
      },
      namesOf(''),
    );
    const strings = tokensOf(sql).flatMap((token) => (token.kind === 'string' ? [token.value] : []));

    expect(strings).toContain("x'; DELETE FROM y; --");
    expect(tokensOf(sql).filter((token) => token.kind === 'mark' && token.text === ';')).toHaveLength(5);
  });

  it('that stages expires, names its dates, and takes only parameters that the query names', () => {
    const table = registry.get('form');
    const sql = stageSql(
      { table, staging: 's', dates, expiresAt: new Date('2026-01-01T00:00:00Z') },
      staging,
    );

    expect(sql).toContain("OPTIONS (expiration_timestamp = TIMESTAMP '2026-01-01 00:00:00.000+00:00')");
    expect(sql).toContain("IN (DATE '2024-01-10')");
    expect(sql).toContain('FROM staging_nba_raw.scores AS s');
    expect(sql).toContain('`staging_nba_staging`.`s`');
    expect([...parametersIn(sql)].toSorted()).toEqual(['end_date', 'read_start', 'start_date']);
  });

  it('that measures counts every promise of every column', () => {
    expect(promisesOf(definition).map(({ check }) => check)).toEqual([
      'null(game_id)',
      'null(game_date)',
      'null(player)',
      'null(points)',
      'below_0(points)',
      'above_100(points)',
      'not_finite(minutes)',
      'unknown_value(status)',
    ]);
    expect(canonicalText('points', { type: 'INT64', description: '' })).toBe(
      "COALESCE(CAST(`points` AS STRING), '~')",
    );
  });
});
