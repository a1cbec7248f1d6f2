/** Tries mistakes on a copy of a built home: imports the wrong files, rebuilds what is stale, and looks at every derived row. */
import { DuckDBInstance } from '@duckdb/node-api';
import { join } from 'node:path';
import { loadFiles } from '../../../functions/control/imports.ts';
import { loadRegistry } from '../../../functions/processors/registry.ts';
import { RequestError } from '../../../shared/domain/failure.ts';
import type { GameDate } from '../../../shared/domain/game-date.ts';
import type { PartitionState } from '../../../shared/domain/partition.ts';
import { reachOf } from '../../../shared/domain/reach.ts';
import { type ComputedTable, isComputed, isRaw, qualifiedName } from '../../../shared/domain/table.ts';
import { loadView } from '../../../shared/state/views.ts';
import { atHome, backfill, copyOf, partitionsOf } from '../homes.ts';
import { run } from '../tables.ts';
import type { Ground } from './ground.ts';
import { wrongFiles, type Mutation } from './mutation.ts';
import { removeFolder } from '../remove-folder.ts';

const registry = loadRegistry();

/** A derived row that is not as in the clean warehouse. */
export interface Difference {
  readonly table: string;
  readonly date: string;
  readonly key: string;
  /** The game that the row is about; undefined where rows are about several. */
  readonly game: string | undefined;
  /** The columns that differ; `lacking` or `added` for a row that only one warehouse has. */
  readonly how: string;
}

export interface Tried {
  /** Why the files were refused as a whole; undefined when they were imported. */
  readonly refused: string | undefined;
  /** Whether something was imported, although other files may be refused. */
  readonly isImported: boolean;
  /** The games of rows that differ. */
  readonly games: ReadonlySet<string>;
  readonly differing: number;
  /** Rows that differ, are ready and have no code, in cells that say nothing. */
  readonly silent: readonly Difference[];
  /** Rows that differ although nothing that they rest on has changed. */
  readonly outside: readonly Difference[];
  /** Lookups with several ids, and ids with several lookups. */
  readonly confused: readonly string[];
  /** Rows that are lacking, or of a former team, because nobody can know of a player whose games are lacking. */
  readonly unknowable: readonly Difference[];
}

type Cells = ReadonlyMap<string, PartitionState>;

export async function tryMutations(
  clean: { readonly folder: string; readonly cells: Cells },
  ground: Ground,
  mutations: readonly Mutation[],
): Promise<Tried> {
  const newcomers = mutations.flatMap(({ newcomer }) => (newcomer === undefined ? [] : [newcomer]));
  const { files, replace, dates } = wrongFiles(ground, mutations);
  const folder = copyOf(clean.folder);
  try {
    let refused: string | undefined;
    let isImported = false;
    const { cells, reach } = await atHome(folder, async (home) => {
      const { client, worker } = home;
      try {
        const { failed, seasons } = await loadFiles(client, files, {
          seasons: [ground.season],
          replace,
          worker,
        });
        isImported = seasons.length > 0;
        if (failed.length > 0) refused = failed.join('\n');
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        refused = error.message;
      }
      await backfill(home, { season: ground.season, through: 'phase4' });
      const view = await loadView(client, registry, [ground.season]);
      const raw = registry.all.filter(({ definition }) => isRaw(definition));
      const changed = raw.flatMap(({ definition }) =>
        dates.map((date) => ({ table: definition.name, date })),
      );
      return { cells: await partitionsOf(client), reach: reachOf(view, changed, 'phase4') };
    });
    const found = await differencesOf(clean.folder, folder);
    const confused = found.confused;
    const differences = found.differences.filter(
      ({ key }) => !newcomers.some((id) => key.split(' ').some((part) => part.endsWith(`_${id}`))),
    );
    const wrong = differences.filter((row) => row.isReady && !saysWhy(cells, clean.cells, row));
    return {
      ...{ refused, isImported, confused },
      games: new Set(differences.flatMap(({ game }) => (game === undefined ? [] : [game]))),
      differing: differences.length,
      silent: wrong.filter(({ isUnknowable }) => !isUnknowable),
      unknowable: wrong.filter(({ isUnknowable }) => isUnknowable),
      outside: differences.filter(({ table, date }) => !(reach.get(table) ?? []).includes(date as GameDate)),
    };
  } finally {
    removeFolder(folder);
  }
}

/** Whether the cell of a row gives a reason that it does not give in the clean home. */
function saysWhy(cells: Cells, clean: Cells, { table, date }: Difference): boolean {
  const cell = cells.get(`${table}@${date}`);
  if (cell === undefined || (cell.status !== 'success' && cell.status !== 'partial')) return true;
  const before = clean.get(`${table}@${date}`);
  return (cell.reason ?? '') !== '' && cell.reason !== before?.reason;
}

interface FoundDifference extends Difference {
  /** Whether the wrong warehouse calls the row ready and gives no code for the difference, or does not have it. */
  readonly isReady: boolean;
  /** Whether the row rests on games of the player for this team that are all lacking in the wrong warehouse. */
  readonly isUnknowable: boolean;
}

async function differencesOf(
  clean: string,
  wrong: string,
): Promise<{ readonly differences: FoundDifference[]; readonly confused: string[] }> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `ATTACH '${join(clean, 'warehouse.duckdb')}' AS clean (READ_ONLY); ATTACH '${join(wrong, 'warehouse.duckdb')}' AS wrong (READ_ONLY)`,
  );
  const found: FoundDifference[] = [];
  for (const { definition } of registry.all)
    if (isComputed(definition))
      for (const row of await run(connection, differenceSql(definition)))
        found.push({
          table: definition.name,
          date: String(row['date']),
          key: String(row['key']),
          game: typeof row['game'] === 'string' ? row['game'] : undefined,
          how: String(row['how']),
          isReady: row['ready'] === true,
          isUnknowable: row['unknowable'] === true,
        });
  const confused = (await run(connection, CONFUSED)).map((row) => String(row['who']));
  connection.closeSync();
  instance.closeSync();
  return { differences: found, confused };
}

/** Each player once for each lookup and id that any table has of him. */
const CONFUSED = `
  WITH named AS (${registry.all
    .filter(
      ({ definition }) => 'player_lookup' in definition.columns && 'nba_player_id' in definition.columns,
    )
    .map(({ definition }) => `SELECT player_lookup, nba_player_id FROM wrong.${qualifiedName(definition)}`)
    .join(' UNION ')})
  SELECT concat_ws(' ', player_lookup, nba_player_id) AS who FROM named
  QUALIFY COUNT(*) OVER (PARTITION BY player_lookup) > 1
    OR (nba_player_id IS NOT NULL AND COUNT(*) OVER (PARTITION BY nba_player_id) > 1)
  ORDER BY ALL`;

/**
 * Rows that differ, and rows that one warehouse alone has. A row says why it differs when it has a code that the clean row
 * does not have. A row that is lacking says nothing.
 */
function differenceSql(definition: ComputedTable): string {
  const name = qualifiedName(definition);
  const columns = Object.keys(definition.columns);
  const part = definition.partitionColumn;
  const list = columns.join(', ');
  const same = definition.key.map((column) => `wrong_row.${column} = clean_row.${column}`).join(' AND ');
  const codes = (row: string): string => `string_split(COALESCE(${row}.data_quality_issues, ''), ',')`;
  const differing = columns
    .map((column) => `IF(wrong_row.${column} IS DISTINCT FROM clean_row.${column}, '${column}', NULL)`)
    .join(', ');
  const ofPlayer = columns.includes('player_lookup') && columns.includes('team_abbr');
  const rests = ofPlayer && definition.timing === 'pre_game';
  const first = definition.key[0] ?? '';
  const player = 'COALESCE(clean_row.player_lookup, wrong_row.player_lookup)';
  const date = `COALESCE(clean_row.${part}, wrong_row.${part})`;
  // Where the clean warehouse has no row of him, his team does not play.
  const team = `COALESCE(clean_row.team_abbr, (
    SELECT arg_max(games.team_abbr, games.game_date) FROM clean.nba_analytics.player_game_summary AS games
    WHERE games.player_lookup = ${player} AND games.game_date < ${date}
  ))`;
  const newTeam = `(${team} <> COALESCE(wrong_row.team_abbr, '') AND NOT EXISTS (
    SELECT 1 FROM wrong.nba_analytics.player_game_summary AS games
    WHERE games.player_lookup = ${player} AND games.team_abbr = ${team} AND games.game_date < ${date}
  ))`;
  return `
    WITH wrong_row AS (SELECT ${list} FROM wrong.${name} EXCEPT SELECT ${list} FROM clean.${name}),
    clean_row AS (SELECT ${list} FROM clean.${name} EXCEPT SELECT ${list} FROM wrong.${name})
    SELECT CAST(COALESCE(wrong_row.${part}, clean_row.${part}) AS VARCHAR) AS date,
      concat_ws(' ', ${definition.key.map((column) => `COALESCE(wrong_row.${column}, clean_row.${column})`).join(', ')}) AS key,
      ${columns.includes('game_id') ? 'COALESCE(wrong_row.game_id, clean_row.game_id)' : 'NULL'} AS game,
      CASE WHEN wrong_row.${first} IS NULL THEN 'lacking' WHEN clean_row.${first} IS NULL THEN 'added'
        ELSE concat_ws(' ', ${differing}) END AS how,
      wrong_row.${first} IS NULL OR (wrong_row.${definition.readinessColumn} AND NOT COALESCE(list_has_any(
        ${codes('wrong_row')}, list_filter(${codes('wrong_row')}, code -> NOT list_contains(${codes('clean_row')}, code))
      ), FALSE)) AS ready,
      ${rests ? `COALESCE(${newTeam}, FALSE)` : 'FALSE'} AS unknowable
    FROM wrong_row FULL JOIN clean_row ON ${same}`;
}
