/** Reads what models are trained on and judged by: box scores, and the features of the same games. */
import { FEATURE_VERSIONS, featureVersion } from '../../shared/domain/features.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { firstDateOf, seasonOf } from '../../shared/domain/season.ts';
import type { TableRows } from '../../shared/domain/table-rows.ts';
import { takeRows, type Matrix } from '../../shared/learn/matrix.ts';
import {
  keyOf,
  playerGamesOf,
  whyAbsent,
  LEAST_EARLIER,
  type BoxLines,
} from '../../shared/modeling/games.ts';
import type { SealedRows } from '../../shared/modeling/known-then.ts';
import type { Absent } from '../../shared/modeling/predicted.ts';
import { rowsOf, type ModelRows } from '../../shared/modeling/rows.ts';
import { RULE_COLUMNS, ruledPoints, type RuleRow } from '../../shared/modeling/rules.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';

const BOX_SCORES = 'player_game_summary';
const SCHEDULE = 'nbac_schedule';
/** The table of features. */
export const FEATURES = 'ml_feature_store_v2';
/** The table of the features that predictions were made from. */
const SEALED = 'prediction_inputs';
const LINE = 'vegas_points_line';
/** The tables that a training reads. */
export const MODEL_TABLES: readonly string[] = [BOX_SCORES, SCHEDULE, FEATURES];

/** What is read of a range of dates. */
export interface FoundRows {
  /** Player-games that have features. */
  readonly rows: ModelRows;
  /** Points of each by `rules_v1`. */
  readonly rules: Float64Array;
  /** Player-games that have none, and why. */
  readonly absent: readonly Absent[];
}

interface RowPorts {
  readonly registry: Registry;
  readonly warehouse: Pick<Warehouse, 'read'>;
}

/** The digest of the code that computes the features. */
export function featureCode(registry: Registry): string {
  return registry.get(FEATURES).codeFingerprint;
}

/** The newest feature version of which `ml_feature_store_v2` has every column. @throws RequestError when there is none */
export function newestVersion(registry: Registry): string {
  const { columns } = registry.get(FEATURES).definition;
  const found = FEATURE_VERSIONS.find(({ features }) => features.every(({ name }) => name in columns));
  if (found === undefined) throw new RequestError(`${FEATURES} has the columns of no feature version`);
  return found.name;
}

/**
 * The features of a version, without those that are left out.
 * @throws RequestError when one that is to be left out is none of them
 */
export function featuresOf(version: string, without: readonly string[]): string[] {
  const names = featureVersion(version).features.map(({ name }) => name);
  for (const name of without)
    if (!names.includes(name))
      throw new RequestError(
        `--without ${name} is no feature of ${version}; there are: ${names.join(', ')}`,
        {
          flag: '--without',
        },
      );
  return names.filter((name) => !without.includes(name));
}

/**
 * The player-games of a range with three or more earlier games of the season.
 * @param features columns of `ml_feature_store_v2`
 * @throws RequestError when the tables cannot be read, or the features are no columns of numbers
 */
export async function readModelRows(
  { registry, warehouse }: RowPorts,
  first: GameDate,
  last: GameDate,
  features: readonly string[],
): Promise<FoundRows> {
  const columns = registry.get(FEATURES).definition.columns;
  const unknown = features.filter((name) => !['INT64', 'FLOAT64'].includes(columns[name]?.type ?? ''));
  if (unknown.length > 0)
    throw new RequestError(`${FEATURES} has no columns of numbers named ${unknown.join(', ')}`);
  const read = (table: string, from: GameDate, names: readonly string[]): Promise<TableRows> =>
    readTable({ registry, warehouse }, table, names, from, last);
  const box = linesOf(
    await read(BOX_SCORES, firstDateOf(seasonOf(first)), [
      ...['game_date', 'game_id', 'player_lookup', 'team_abbr'],
      ...['minutes_played', 'points'],
    ]),
  );
  const schedule = await read(SCHEDULE, first, ['game_date', 'game_id', 'season_type']);
  const regular = new Set(
    keptTexts(schedule, 'game_id').filter((_, at) => schedule.texts['season_type']?.[at] === 'regular'),
  );
  const games = playerGamesOf(box, regular, first, last).filter(({ earlier }) => earlier >= LEAST_EARLIER);
  const numbers = [...new Set([...features, ...RULE_COLUMNS, LINE])];
  const found = await read(FEATURES, first, ['game_date', 'game_id', 'player_lookup', ...numbers]);
  const matrix = matrixOfRows(found, numbers);
  const keys = keysOf(found);
  const all = rowsOf(games, {
    keys,
    features: matrix,
    lines: found.numbers[LINE] ?? new Float64Array(found.count).fill(NaN),
  });
  const built = new Set(found.texts['game_date'] as readonly string[] | undefined);
  const known = new Set(all.games.map(({ key }) => key));
  const asked = [...features];
  return {
    rows: { ...all, features: only(all.features, asked) },
    rules: rulesOf(only(all.features, RULE_COLUMNS)),
    absent: games
      .filter(({ key }) => !known.has(key))
      .map((game) => ({ game, reason: whyAbsent(game, built) })),
  };
}

/**
 * The features from which predictions of a range of dates were made before the games, as they were sealed at tip-off.
 * @throws RequestError when they cannot be read
 */
export async function readSealedRows(
  ports: RowPorts,
  first: GameDate,
  last: GameDate,
  features: readonly string[],
): Promise<SealedRows> {
  const names = ['game_date', 'game_id', 'player_lookup', 'origin', ...features];
  const found = await readTable(ports, SEALED, names, first, last);
  const origins = keptTexts(found, 'origin');
  const live = Uint32Array.from([...origins.keys()].filter((at) => origins[at] === 'live'));
  const keys = keysOf(found);
  return {
    keys: Array.from(live, (at) => keys[at] ?? ''),
    features: takeRows(matrixOfRows(found, features), live),
  };
}

/** Some columns of a table from `first` to `last`. @throws RequestError when it cannot be read */
export async function readTable(
  { registry, warehouse }: RowPorts,
  table: string,
  columns: readonly string[],
  first: GameDate,
  last: GameDate,
): Promise<TableRows> {
  const found = await warehouse.read({ table: registry.get(table), columns, first, last });
  if (!found.ok) throw new RequestError(`${table} cannot be read: ${found.failure.detail}`);
  return found.value;
}

function keptTexts({ texts, count }: TableRows, name: string): string[] {
  return Array.from({ length: count }, (_, at) => texts[name]?.[at] ?? '');
}

function linesOf(found: TableRows): BoxLines {
  const { numbers, count } = found;
  const text = (name: string): string[] => keptTexts(found, name);
  const empty = new Float64Array(count).fill(NaN);
  return {
    dates: text('game_date') as GameDate[],
    games: text('game_id'),
    players: text('player_lookup'),
    teams: text('team_abbr'),
    minutes: numbers['minutes_played'] ?? empty,
    points: numbers['points'] ?? empty,
  };
}

function keysOf({ texts, count }: TableRows): string[] {
  const at = (name: string, i: number): string => texts[name]?.[i] ?? '';
  return Array.from({ length: count }, (_, i) =>
    keyOf(at('game_date', i), at('game_id', i), at('player_lookup', i)),
  );
}

function matrixOfRows({ numbers, count }: TableRows, names: readonly string[]): Matrix {
  return { names, rows: count, columns: names.map((name) => numbers[name] ?? new Float64Array(count)) };
}

function only({ names, rows, columns }: Matrix, asked: readonly string[]): Matrix {
  return {
    names: asked,
    rows,
    columns: asked.map((name) => columns[names.indexOf(name)] ?? new Float64Array(rows)),
  };
}

function rulesOf({ names, rows, columns }: Matrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, at) =>
    ruledPoints(Object.fromEntries(names.map((name, f) => [name, columns[f]?.[at] ?? NaN])) as RuleRow),
  );
}
