/** The graph of the tables: its order, its questions, and what it refuses. */
import { describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { buildRegistry, undeclaredReads } from '../../shared/domain/registry.ts';
import {
  defineRawTable,
  defineTable,
  isRaw,
  type QueryTable,
  type Input,
} from '../../shared/domain/table.ts';
import { aroundDate, lastGames, sameDate, seasonToDate } from '../../shared/domain/window.ts';
import { registered, TOY_DEFINITIONS, toyRegistry } from '../support/toy-tables.ts';

const sample = TOY_DEFINITIONS.find(({ name }) => name === 'team_context');
if (sample?.rowsFrom !== 'query') throw new Error('the toy tables have changed');
const { rowsFrom: _, ...template } = sample;
const table = (name: string, inputs: Input[], over: Partial<Omit<QueryTable, 'rowsFrom'>> = {}): QueryTable =>
  defineTable({ ...template, name, inputs, ...over });
const withTables = (...tables: QueryTable[]) =>
  buildRegistry([...TOY_DEFINITIONS, ...tables].map(registered));

describe('the registry', () => {
  it('puts every table after what it reads', () => {
    const registry = toyRegistry(TOY_DEFINITIONS.toReversed());
    const position = new Map(registry.all.map(({ definition }, i) => [definition.name, i]));
    for (const { definition } of registry.all)
      for (const input of definition.inputs)
        expect(position.get(input.table)).toBeLessThan(position.get(definition.name) ?? 0);
  });

  it('has every raw table of played games after the results by which its games are counted', () => {
    const played = loadRegistry().all.flatMap(({ definition }) =>
      isRaw(definition) && definition.timing === 'post_game' && definition.tells !== 'calendar'
        ? [definition]
        : [],
    );
    expect(played.length).toBeGreaterThan(4);
    const without = played.filter(({ inputs }) => inputs.every(({ table }) => table !== 'nbac_game_results'));
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  it('knows what depends on a table, directly or not', () => {
    const registry = toyRegistry();
    expect([...registry.downstreamOf(['zone_defense'])]).toEqual(['zone_defense', 'feature_store']);
    expect(registry.downstreamOf(['nbac_schedule']).size).toBe(registry.all.length);
    expect(registry.resultSources).toEqual(['nbac_player_boxscores']);
    expect(registry.calendarSources).toEqual(['nbac_schedule', 'nbac_game_results']);
    expect(() => registry.get('no_such_table')).toThrow('There is no table no_such_table');
  });

  it.each([
    [
      'two tables of one name',
      () => withTables(table('team_context', [])),
      'Two tables are named team_context',
    ],
    [
      'an input that does not exist',
      () => withTables(table('x', [{ table: 'y', window: sameDate, required: true }])),
      'x reads y, which does not exist',
    ],
    [
      'a circle',
      () =>
        withTables(
          table('x', [{ table: 'y', window: sameDate, required: true }]),
          table('y', [{ table: 'x', window: seasonToDate, required: true }]),
        ),
      'in a circle',
    ],
    [
      'a table that reads itself',
      () => withTables(table('x', [{ table: 'x', window: seasonToDate, required: true }])),
      'in a circle',
    ],
    [
      'a table that reads a later phase',
      () => withTables(table('x', [{ table: 'zone_defense', window: sameDate, required: true }])),
      'of the later phase4',
    ],
    [
      'results of the same date before the games',
      () => withTables(table('x', [{ table: 'team_offense', window: sameDate, required: true }])),
      'reads the results of the same date',
    ],
    [
      'looking ahead at results',
      () =>
        withTables(table('x', [{ table: 'nbac_game_results', window: aroundDate(0, 1), required: true }])),
      'would leak results',
    ],
    [
      'last games of a table that counts none',
      () =>
        withTables(
          table('x', [{ table: 'nbac_player_boxscores', window: lastGames(5, 'player'), required: true }]),
        ),
      'does not say what a game is',
    ],
  ])('refuses %s', (_what, make, message) => {
    expect(make).toThrow(message);
  });

  it.each([
    ['a name that is not snake_case', () => table('TeamContext', []), 'needs a snake_case name'],
    ['a key that is no column', () => table('x', [], { key: ['nope'] }), 'names the column nope'],
    [
      'a readiness column that is not declared',
      () => table('x', [], { readinessColumn: 'nope' }),
      'names the column nope',
    ],
    [
      'a partition column that is no date',
      () => table('x', [], { partitionColumn: 'team_abbr' }),
      'needs a partition column of type DATE',
    ],
    [
      'a number without decimals',
      () => table('x', [], { columns: { ...template.columns, pace: { type: 'FLOAT64', description: '' } } }),
      'must declare decimals for pace',
    ],
    [
      'decimals of a text',
      () =>
        table('x', [], {
          columns: { ...template.columns, pace: { type: 'STRING', decimals: 2, description: '' } },
        }),
      'must declare decimals for pace',
    ],
    [
      'a nullable key',
      () =>
        table('x', [], {
          columns: { ...template.columns, team_abbr: { type: 'STRING', nullable: true, description: '' } },
        }),
      'nullable key column team_abbr',
    ],
    [
      'a column of the framework',
      () => table('x', [], { columns: { ...template.columns, run_id: { type: 'STRING', description: '' } } }),
      'which the framework appends',
    ],
  ])('a definition may not have %s', (_what, make, message) => {
    expect(make).toThrow(message);
  });

  it('keeps raw tables in phase 2', () => {
    const raw = defineRawTable({ ...template, name: 'raw_x', inputs: [] });
    expect(raw).toMatchObject({ rowsFrom: 'files', phase: 'phase2', dataset: 'nba_raw' });
  });

  it('tells what a query reads without declaring it, and declares without reading it', () => {
    const definitions = toyRegistry().all.map(({ definition }) => definition);
    const reader = definitions.find(({ name }) => name === 'team_defense');
    if (reader === undefined) throw new Error('the toy tables have changed');
    expect(undeclaredReads(reader, ['nba_analytics.team_offense'], definitions)).toEqual({
      undeclared: [],
      unused: [],
    });
    expect(undeclaredReads(reader, ['nba_raw.nbac_schedule'], definitions)).toEqual({
      undeclared: ['nba_raw.nbac_schedule'],
      unused: ['nba_analytics.team_offense'],
    });
  });
});
