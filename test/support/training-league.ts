/** Rows of the three tables that a training reads, drawn by seed, in the real tables: enough for a model that passes its checks. */
import { MODEL_TABLES } from '../../functions/control/model-rows.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import type { RegisteredTable, Registry } from '../../shared/domain/registry.ts';
import { makeRandom, type Random } from '../../shared/domain/seeded-random.ts';
import type { Column } from '../../shared/domain/table.ts';
import { POINTS_V1 } from '../../shared/domain/features.ts';
import type { Row, Warehouse } from '../../shared/ports/warehouse.ts';

/** The dates of each of two seasons, which end on 2023-04-09 and 2023-11-06. */
const SEASONS = [
  { first: gameDate('2023-03-19'), count: 22 },
  { first: gameDate('2023-10-24'), count: 14 },
].map(({ first, count }) => Array.from({ length: count }, (_, i) => addDays(first, i)));
/** One league: in one of many drawn ones chance hides that a model is better. */
const SEED = 2;
/** Features that tell something, each with noise of its own; the others are constant and left out. */
const TELLING: readonly string[] = ['e3_pts', 'e12_pts', 'e_prod', 'sh_pts'];

/** What is to be different in a league. */
export interface TrainingLeague {
  /** Players, who all play on every date; by default 60. */
  readonly players?: number;
  /**
   * What the telling features know: `night`, by default, the level of the player on the night, as no honest feature could; `level` that
   * of all his nights; `nothing` of him at all.
   */
  readonly knows?: 'night' | 'level' | 'nothing';
}
const AT = new Date('2024-02-01T00:00:00Z');

/** A value that a column takes which nobody asks about. */
function fillerOf({ type }: Column, date: GameDate): Row[string] {
  switch (type) {
    case 'INT64':
    case 'FLOAT64':
      return 1;
    case 'BOOL':
      return true;
    case 'DATE':
      return date;
    case 'TIMESTAMP':
      return AT.toISOString();
    default:
      return 'x';
  }
}

/** Table -> its rows on a date. */
function rowsOn(
  date: GameDate,
  levels: readonly number[],
  knows: TrainingLeague['knows'],
  random: Random,
): Record<string, Row[]> {
  const game = `${date.replaceAll('-', '')}_BOS_TOR`;
  const found: Record<string, Row[]> = {
    nbac_schedule: [{ game_id: game, season_type: 'regular' }],
    player_game_summary: [],
    ml_feature_store_v2: [],
  };
  const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
  for (const [p, level] of levels.entries()) {
    const tonight = level + 3 * random.normal();
    const who = { game_id: game, player_lookup: `player${p}`, team_abbr: 'BOS' };
    const points = Math.max(0, Math.round(tonight + (3 + level / 8) * random.normal()));
    found['player_game_summary']?.push({ ...who, minutes_played: 20 + Math.round(level / 2), points });
    const known = knows === 'nothing' ? 0 : knows === 'level' ? level : tonight;
    const features = POINTS_V1.features.map(({ name }) => [
      name,
      TELLING.includes(name) ? rounded(known + random.normal()) : 1,
    ]);
    found['ml_feature_store_v2']?.push({ ...who, ...Object.fromEntries(features), vegas_points_line: null });
  }
  return found;
}

/** Publishes the rows of the league. @throws Error when a warehouse refuses them */
export async function publishTrainingLeague(
  warehouse: Warehouse,
  registry: Registry,
  { players = 60, knows = 'night' }: TrainingLeague = {},
): Promise<void> {
  const random = makeRandom('training league', SEED);
  const levels = Array.from({ length: players }, () => 4 + 22 * random.unit());
  const dates = new Map(SEASONS.flat().map((date) => [date, rowsOn(date, levels, knows, random)]));
  await warehouse.prepare();
  for (const name of MODEL_TABLES)
    for (const season of SEASONS) await publish(warehouse, registry.get(name), season, dates);
}

/** Publishes the rows of one table in one season. */
async function publish(
  warehouse: Warehouse,
  table: RegisteredTable,
  season: readonly GameDate[],
  drawn: ReadonlyMap<GameDate, Record<string, Row[]>>,
): Promise<void> {
  const { name, columns, partitionColumn } = table.definition;
  const rows = season.flatMap((date) =>
    (drawn.get(date)?.[name] ?? []).map((row): Row => {
      const known: Row = { ...row, [partitionColumn]: date };
      return Object.fromEntries(
        Object.entries(columns).map(([column, of]) => [
          column,
          known[column] ?? (of.nullable === true ? null : fillerOf(of, date)),
        ]),
      );
    }),
  );
  const [readStart] = season;
  if (readStart === undefined) return;
  const staged = await warehouse.stage({
    table,
    runId: `run-${readStart}`,
    token: 1,
    dates: season,
    readStart,
    rows,
  });
  if (!staged.ok) throw new Error(`${name}: ${staged.failure.detail}`);
  const publishing = { dates: season, token: 1, mode: 'live', processedAt: AT } as const;
  const published = await warehouse.publish({ staged: staged.value, ...publishing });
  if (!published.ok) throw new Error(`${name}: ${published.failure.detail}`);
}
