/** A league with one table that reads five raw tables beside the schedule, and one raw table that nobody needs. */
import { gameDate } from '../../shared/domain/game-date.ts';
import { defineRawTable, defineTable, type Column, type TableDefinition } from '../../shared/domain/table.ts';
import { sameDate } from '../../shared/domain/window.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { makeWorld, type World } from './world.ts';
import { toyRegistry } from './toy-tables.ts';

export const DATE = gameDate('2023-10-24');
export const INPUTS = ['raw_a', 'raw_b', 'raw_c', 'raw_d', 'raw_e'] as const;
export const UNREAD = 'raw_unread';
export const READER = 'five_reader';

const text: Column = { type: 'STRING', description: 'a name' };
const date: Column = { type: 'DATE', description: 'the game date' };

function raw(name: string, columns: Record<string, Column>, key: string[]): TableDefinition {
  return defineRawTable({
    name,
    description: `Toy table ${name}.`,
    timing: 'pre_game',
    columns: { game_id: text, game_date: date, ...columns },
    key,
    partitionColumn: 'game_date',
    clusterBy: [],
    ...(name === 'nbac_schedule' ? { tells: 'calendar' as const } : {}),
    inputs: name === 'nbac_schedule' ? [] : [{ table: 'nbac_schedule', window: sameDate, required: true }],
    calculationVersion: 'toy',
  });
}

const DEFINITIONS: readonly TableDefinition[] = [
  raw('nbac_schedule', { home_team_abbr: text, away_team_abbr: text }, ['game_id']),
  ...[...INPUTS, UNREAD].map((name) => raw(name, { team_abbr: text }, ['game_id', 'team_abbr'])),
  defineTable({
    name: READER,
    dataset: 'nba_analytics',
    phase: 'phase3',
    description: 'Reads five tables.',
    timing: 'pre_game',
    columns: {
      game_id: text,
      game_date: date,
      team_abbr: text,
      is_ready: { type: 'BOOL', description: 'whether it may be used' },
    },
    key: ['game_id', 'team_abbr'],
    partitionColumn: 'game_date',
    clusterBy: [],
    readinessColumn: 'is_ready',
    inputs: ['nbac_schedule', ...INPUTS].map((table) => ({ table, window: sameDate, required: true })),
    calculationVersion: 'toy',
  }),
];

let made: Promise<World> | undefined;
/** Only the schedule is loaded. */
export function fiveInputWorld(): Promise<World> {
  return (made ??= make());
}

async function make(): Promise<World> {
  const world = makeWorld({ registry: toyRegistry(DEFINITIONS) });
  const game_id = '20231024_ATL_BOS';
  const ofTeams: Row[] = ['ATL', 'BOS'].map((team_abbr) => ({ game_id, game_date: DATE, team_abbr }));
  await world.archiveRows({
    nbac_schedule: [{ game_id, game_date: DATE, home_team_abbr: 'BOS', away_team_abbr: 'ATL' }],
    ...Object.fromEntries([...INPUTS, UNREAD].map((name) => [name, ofTeams])),
  });
  await world.ingest('nbac_schedule', DATE);
  await world.run();
  return world;
}
