/**
 * The property that matters: whatever is wrong with a source file, a derived row that differs from the clean warehouse is not
 * ready, or its cell says why; and nothing outside the declared windows of the wrong games changes.
 */
import { DuckDBInstance } from '@duckdb/node-api';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadFiles } from '../../functions/control/imports.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { reachOf } from '../../shared/domain/reach.ts';
import { makeRandom, pick } from '../../shared/domain/seeded-random.ts';
import { qualifiedName, type ComputedTable } from '../../shared/domain/table.ts';
import { loadView } from '../../shared/state/views.ts';
import { DRAW } from '../support/draw.ts';
import {
  atHome,
  backfill,
  builtHome,
  copyOf,
  haveSeasons,
  partitionsOf,
  removeFolders,
} from '../support/homes.ts';
import { MUTATIONS, tableOf, type Ground, type Mutation } from '../support/mutations.ts';
import { byProof } from '../support/proof.ts';
import { realPart, type RealPart } from '../support/real-part.ts';
import { run } from '../support/tables.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 300_000 });

const registry = loadRegistry();
const SEASON = '2023-24';
const KINDS = Object.keys(MUTATIONS);
/** How many mutations are tried. */
const TRIES = byProof({ small: 5, ci: 25, all: 200 });
const seeds = Array.from({ length: TRIES }, (_, i) => `${DRAW}-${i}`);

afterAll(removeFolders);

/** A derived row that is not as in the clean warehouse. */
interface Difference {
  readonly table: string;
  readonly date: string;
  readonly key: string;
  /** The columns that differ, or `lacking` for a row that only the clean warehouse has. */
  readonly how: string;
  /** Whether the mutated warehouse calls the row ready and gives no code for the difference, or does not have it. */
  readonly isReady: boolean;
}

describe.skipIf(!haveSeasons('mutations of the source files of a real season'))('a wrong source file', () => {
  let part: RealPart;
  let ground: Ground;
  let clean: string;

  beforeAll(async () => {
    part = realPart(SEASON);
    const file = (name: string) => {
      const found = part.files.find((each) => each.name === `${name}_${SEASON}.csv.gz`);
      if (found === undefined) throw new Error(`There is no ${name}`);
      return tableOf(found);
    };
    ground = {
      ...{ player: file('player_box'), team: file('team_box'), schedule: file('schedule') },
      week: part.dates.slice(33, 40),
    };
    ({ folder: clean } = await builtHome(part));
  });

  it.each(seeds)('never yields a wrong row that is said to be right: %s', async (seed) => {
    const drawn = mutationsOf(seed);
    const folder = copyOf(clean);
    const { silent, outside } = await tried(folder, drawn);
    const told = drawn.map(({ kind, what }) => `${kind}: ${what}`).join('; ');
    expect({ told, silent: silent.slice(0, 10), of: silent.length }).toEqual({ told, silent: [], of: 0 });
    expect({ told, outside: outside.slice(0, 10) }).toEqual({ told, outside: [] });
  });

  /** One mistake of each kind in turn, then two different ones at once. */
  function mutationsOf(seed: string): Mutation[] {
    const random = makeRandom('mutation', seed);
    const at = seeds.indexOf(seed);
    const first = KINDS[at % KINDS.length] ?? '';
    const kinds =
      at < KINDS.length
        ? [first]
        : [
            first,
            pick(
              random,
              KINDS.filter((kind) => kind !== first),
            ),
          ];
    return kinds.map((kind) => {
      const draw = MUTATIONS[kind];
      if (draw === undefined) throw new Error(`There is no mutation ${kind}`);
      return { kind, ...draw(ground, random) };
    });
  }

  /** Imports the mutated files into a copy of the clean home, one after the other, rebuilds what is stale and compares. */
  async function tried(folder: string, mutations: readonly Mutation[]) {
    const { cells, reach } = await atHome(folder, async (home) => {
      const { client, worker } = home;
      for (const { files, replace } of mutations) {
        try {
          await loadFiles(client, files, { seasons: [SEASON], replace, worker });
        } catch (error) {
          if (!(error instanceof RequestError)) throw error;
        }
      }
      await backfill(home, { season: SEASON, through: 'phase4' });
      const view = await loadView(client, registry, [SEASON]);
      const raw = registry.all.filter(({ definition }) => definition.kind === 'loaded');
      const changed = raw.flatMap(({ definition }) =>
        mutations.flatMap(({ dates }) => dates).map((date) => ({ table: definition.name, date })),
      );
      return { cells: await partitionsOf(client), reach: reachOf(view, changed, 'phase4') };
    });
    const differences = await differencesOf(folder);
    const saysWhy = ({ table, date }: Difference): boolean => {
      const cell = cells.get(`${table}@${date}`);
      return cell === undefined || cell.status !== 'success' || (cell.reason ?? '') !== '';
    };
    // A player whose only games are lacking is not known to be there before a game: his row is lacking and says nothing wrong.
    const isAbsent = ({ table, how }: Difference): boolean =>
      how === 'lacking' && registry.get(table).definition.timing === 'pre_game';
    // Nobody knows that a player has changed teams while his first game for the new one is lacking.
    const isTaken = ({ how }: Difference): boolean => how.split(' ').includes('team_abbr');
    return {
      silent: differences.filter((row) => row.isReady && !isAbsent(row) && !isTaken(row) && !saysWhy(row)),
      outside: differences.filter(({ table, date }) => !(reach.get(table) ?? []).includes(date as GameDate)),
    };
  }

  async function differencesOf(folder: string): Promise<Difference[]> {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(
      `ATTACH '${join(clean, 'warehouse.duckdb')}' AS clean (READ_ONLY); ATTACH '${join(folder, 'warehouse.duckdb')}' AS mutated (READ_ONLY)`,
    );
    const found: Difference[] = [];
    for (const { definition } of registry.all)
      if (definition.kind === 'computed')
        for (const row of await run(connection, differenceSql(definition)))
          found.push({
            table: definition.name,
            date: String(row['date']),
            key: String(row['key']),
            how: String(row['how']),
            isReady: row['ready'] === true,
          });
    connection.closeSync();
    instance.closeSync();
    return found;
  }
});

/**
 * Rows that differ, and rows that only the clean warehouse has. A row says why it differs when it has a code that the clean row
 * does not have. A row that is lacking says nothing.
 */
function differenceSql(definition: ComputedTable): string {
  const name = qualifiedName(definition);
  const columns = Object.keys(definition.columns).join(', ');
  const key = `concat_ws(' ', ${definition.key.join(', ')})`;
  const date = `CAST(${definition.partitionColumn} AS VARCHAR)`;
  const codes = (table: string): string => `string_split(COALESCE(${table}.data_quality_issues, ''), ',')`;
  const rows = (home: string): string =>
    `(SELECT *, ${date} AS diff_date, ${key} AS diff_key FROM ${home}.${name})`;
  const differing = Object.keys(definition.columns)
    .map((column) => `IF(wrong.${column} IS DISTINCT FROM sound.${column}, '${column}', NULL)`)
    .join(', ');
  return `
    SELECT wrong.diff_date AS date, wrong.diff_key AS key, concat_ws(' ', ${differing}) AS how,
      wrong.${definition.readinessColumn} AND NOT COALESCE(list_has_any(
        ${codes('wrong')}, list_filter(${codes('wrong')}, code -> NOT list_contains(${codes('sound')}, code))
      ), FALSE) AS ready
    FROM (SELECT *, ${date} AS diff_date, ${key} AS diff_key
          FROM (SELECT ${columns} FROM mutated.${name} EXCEPT SELECT ${columns} FROM clean.${name})) AS wrong
    LEFT JOIN ${rows('clean')} AS sound ON sound.diff_date = wrong.diff_date AND sound.diff_key = wrong.diff_key
    UNION ALL
    SELECT sound.diff_date, sound.diff_key, 'lacking', TRUE
    FROM ${rows('clean')} AS sound
    ANTI JOIN ${rows('mutated')} AS wrong ON sound.diff_date = wrong.diff_date AND sound.diff_key = wrong.diff_key`;
}
