/** A dozen tables with the shape of the real graph: small enough for thousands of pipelines, with every kind of window. */
import { codeFingerprintOf } from '../../shared/domain/code-fingerprint.ts';
import type { Compute } from '../../shared/domain/code-table.ts';
import { digest } from '../../shared/domain/hash.ts';
import { textsOf } from '../../shared/domain/table-rows.ts';
import { buildRegistry, type RegisteredTable, type Registry } from '../../shared/domain/registry.ts';
import {
  type Column,
  type ComputedTable,
  defineCodeTable,
  defineRawTable,
  defineTable,
  type Input,
  isComputed,
  isRaw,
  type RawTable,
  type TableDefinition,
} from '../../shared/domain/table.ts';
import { aroundDate, lastGames, previousDays, sameDate, seasonToDate } from '../../shared/domain/window.ts';

const text: Column = { type: 'STRING', description: 'a name' };
const whole: Column = { type: 'INT64', description: 'a count' };
const note: Column = { type: 'STRING', nullable: true, description: 'what only some tables use' };
const gameDate: Column = { type: 'DATE', description: 'the game date' };

const schedule: Input = { table: 'nbac_schedule', window: sameDate, required: true };
const on = (table: string): Input => ({ table, window: sameDate, required: true });
const optional = (table: string): Input => ({ table, window: sameDate, required: false });
const season = (table: string): Input => ({ table, window: seasonToDate, required: true });

function raw(
  name: string,
  timing: 'pre_game' | 'post_game',
  columns: Record<string, Column>,
  key: string[],
  inputs: Input[],
  tells?: RawTable['tells'],
): TableDefinition {
  return defineRawTable({
    ...(tells === undefined ? {} : { tells }),
    name,
    description: `Toy table ${name}.`,
    timing,
    columns: { game_id: text, game_date: gameDate, ...columns, note },
    key,
    partitionColumn: 'game_date',
    clusterBy: [],
    inputs,
    calculationVersion: 'toy',
  });
}

function computed(
  phase: ComputedTable['phase'],
  name: string,
  timing: 'pre_game' | 'post_game',
  entity: 'team_abbr' | 'player_lookup',
  inputs: Input[],
  counts = false,
): TableDefinition {
  return defineTable({
    name,
    dataset: phase === 'phase3' ? 'nba_analytics' : phase === 'phase4' ? 'nba_precompute' : 'nba_predictions',
    phase,
    description: `Toy table ${name}.`,
    timing,
    columns: {
      game_id: text,
      game_date: gameDate,
      [entity]: text,
      content: text,
      is_ready: { type: 'BOOL', description: 'whether it may be used' },
    },
    key: ['game_id', entity],
    partitionColumn: 'game_date',
    clusterBy: [],
    readinessColumn: 'is_ready',
    ...(counts ? { games: { entityColumn: entity } } : {}),
    inputs,
    calculationVersion: 'toy',
  });
}

/** The definitions, each after what it reads. */
export const TOY_DEFINITIONS: readonly TableDefinition[] = [
  raw(
    'nbac_schedule',
    'pre_game',
    { home_team_abbr: text, away_team_abbr: text },
    ['game_id'],
    [],
    'calendar',
  ),
  raw('nbac_game_results', 'post_game', { home_points: whole }, ['game_id'], [schedule], 'calendar'),
  raw(
    'nbac_player_boxscores',
    'post_game',
    { team_abbr: text, player_lookup: text, points: whole, minutes: whole },
    ['game_id', 'player_lookup'],
    [schedule],
    'box_scores',
  ),
  raw('odds_api_game_lines', 'pre_game', { team_abbr: text, line: whole }, ['game_id'], [schedule]),
  computed(
    'phase3',
    'team_offense',
    'post_game',
    'team_abbr',
    [schedule, on('nbac_game_results'), on('nbac_player_boxscores')],
    true,
  ),
  computed('phase3', 'team_defense', 'post_game', 'team_abbr', [on('team_offense')], true),
  computed(
    'phase3',
    'player_summary',
    'post_game',
    'player_lookup',
    [schedule, on('nbac_game_results'), on('nbac_player_boxscores'), on('team_offense')],
    true,
  ),
  computed('phase3', 'team_context', 'pre_game', 'team_abbr', [
    { table: 'nbac_schedule', window: aroundDate(0, 3), required: true },
    season('nbac_game_results'),
    season('team_offense'),
    season('player_summary'),
    optional('odds_api_game_lines'),
  ]),
  computed('phase4', 'zone_defense', 'pre_game', 'team_abbr', [
    schedule,
    season('nbac_game_results'),
    { table: 'team_defense', window: lastGames(2, 'team'), required: true },
    { table: 'team_defense', window: previousDays(4), required: true },
  ]),
  computed('phase4', 'shot_zones', 'pre_game', 'player_lookup', [
    schedule,
    season('nbac_game_results'),
    { table: 'player_summary', window: lastGames(2, 'player'), required: true },
  ]),
  computed('phase4', 'daily_cache', 'pre_game', 'player_lookup', [
    schedule,
    season('player_summary'),
    on('shot_zones'),
    optional('team_context'),
  ]),
  computed('phase4', 'feature_store', 'pre_game', 'player_lookup', [
    schedule,
    season('team_offense'),
    on('zone_defense'),
    on('shot_zones'),
    on('daily_cache'),
    optional('team_context'),
  ]),
];

/** The definitions of simulated worlds: the toy tables, and one whose rows come from code. */
export const SIMULATED_DEFINITIONS: readonly TableDefinition[] = [
  ...TOY_DEFINITIONS,
  defineCodeTable({
    name: 'estimates',
    dataset: 'nba_precompute',
    phase: 'phase4',
    description: 'Toy table estimates, whose rows come from code.',
    timing: 'pre_game',
    columns: {
      game_id: text,
      game_date: gameDate,
      player_lookup: text,
      content: text,
      is_ready: { type: 'BOOL', description: 'whether it may be used' },
    },
    key: ['game_id', 'player_lookup'],
    partitionColumn: 'game_date',
    clusterBy: [],
    readinessColumn: 'is_ready',
    inputs: [
      { ...schedule, columns: ['game_id', 'home_team_abbr'] },
      { ...on('feature_store'), columns: ['game_id', 'player_lookup', 'content'] },
      { ...season('player_summary'), columns: ['player_lookup', 'content'] },
      {
        table: 'player_summary',
        as: 'recent',
        window: lastGames(2, 'player'),
        required: true,
        columns: ['game_date', 'player_lookup', 'content'],
      },
    ],
    calculationVersion: 'toy',
  }),
];

/** The code of `estimates`: each row is made of everything that the code was handed. */
const estimate: Compute = ({ date, rowsOf }) => {
  const features = rowsOf('feature_store');
  const all = digest(JSON.stringify(['nbac_schedule', 'player_summary', 'recent'].map(rowsOf)));
  return textsOf(features, 'player_lookup').map((player, i) => ({
    game_id: textsOf(features, 'game_id')[i] ?? null,
    game_date: date,
    player_lookup: player,
    content: digest(`${all} ${textsOf(features, 'content')[i] ?? ''}`),
    is_ready: true,
  }));
};

/** Tables whose rows do not depend on notes, so that a change of a note stops there. */
export const IGNORES_NOTES: readonly string[] = ['team_offense', 'shot_zones'];

export const RAW_TABLES: readonly string[] = TOY_DEFINITIONS.filter(isRaw).map(({ name }) => name);
export const COMPUTED_TABLES: readonly string[] = TOY_DEFINITIONS.filter(isComputed).map(({ name }) => name);

export function registered(definition: TableDefinition): RegisteredTable {
  const codeFingerprint = codeFingerprintOf(definition, undefined);
  return definition.rowsFrom === 'code'
    ? { definition, codeFingerprint, compute: () => Promise.resolve(estimate) }
    : { definition, codeFingerprint };
}

/** The definition with other inputs; code is handed no column of them. */
export function readingOthers(definition: TableDefinition, inputs: readonly Input[]): TableDefinition {
  return definition.rowsFrom === 'code'
    ? { ...definition, inputs: inputs.map((input) => ({ columns: [], ...input })) }
    : { ...definition, inputs };
}

export function toyRegistry(definitions: readonly TableDefinition[] = TOY_DEFINITIONS): Registry {
  return buildRegistry(definitions.map(registered));
}
