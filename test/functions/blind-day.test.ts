/**
 * A day on which a source is blind, on DuckDB: it hangs, refuses, lies or changes shape for some hours. Everybody whose presence follows
 * from the schedule and from what was known before has features half an hour before the first tip-off. When the source is back, the
 * tables are those of a clean day, but for what is said only before the games. The same drills run with many seeds on the model of the
 * warehouse (`test/simulator/blind-days.test.ts`).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../shared/domain/game-date.ts';
import { listFetches } from '../../shared/state/fetches.ts';
import { drawn, drawnOf } from '../support/draw.ts';
import { builtHome, contents, copyOf, removeFolders } from '../support/homes.ts';
import { historyBefore } from '../support/live-history.ts';
import { DRILLS, type Drill, type DrillName } from '../support/live-drills.ts';
import { liveHome, type LiveHome } from '../support/live-home.ts';
import { LIVED_DAYS } from '../support/live-days.ts';
import { liveThrough, mayDiffer } from '../support/lived-day.ts';
import { byProof } from '../support/proof.ts';

const { season: SEASON, date: DATE } = LIVED_DAYS['a usual day'](11);

interface Day {
  /** The players with features half an hour before the first tip-off. */
  readonly featured: ReadonlySet<string>;
  /** Those of them who had played for a team within 30 days. */
  readonly predictable: ReadonlySet<string>;
  /** Those of whom something was predicted by then. */
  readonly predicted: ReadonlySet<string>;
  /** The content of each partition at the end. */
  readonly contents: Readonly<Record<string, string | null>>;
  /** Fetches without an end. */
  readonly open: readonly string[];
}

const homes: LiveHome[] = [];
afterAll(async () => {
  for (const home of homes) await home.close();
  removeFolders();
});

async function day(drill: Drill, seed: number, how: 'clean' | 'blind'): Promise<Day> {
  const history = (await builtHome(historyBefore(SEASON, DATE))).folder;
  const home = await liveHome(SEASON, drill.env, copyOf(history));
  homes.push(home);
  const names = async (sql: string): Promise<Set<string>> =>
    new Set((await home.rowsOf(sql)).map((row) => String(row['player_lookup'])));
  const on = (table: string): Promise<Set<string>> =>
    names(`SELECT DISTINCT player_lookup FROM nba_predictions.${table} WHERE game_date = DATE '${DATE}'`);
  let [featured, predicted] = [new Set<string>(), new Set<string>()];
  await liveThrough(
    { league: home.league, at: home.atInstant },
    { date: DATE, drill, seed, how },
    async () => {
      [featured, predicted] = [await on('ml_feature_store_v2'), await on('player_prop_predictions')];
    },
  );
  const seen = await names(
    `SELECT DISTINCT player_lookup FROM nba_analytics.player_game_summary WHERE game_date BETWEEN DATE '${addDays(DATE, -30)}' AND DATE '${addDays(DATE, -1)}' AND is_active`,
  );
  const fetches = await listFetches(home.client);
  return {
    ...{ featured, predicted, predictable: featured.intersection(seen) },
    contents: await contents(home.client),
    open: fetches.filter(({ finishedAt }) => finishedAt === null).map(({ fetchId }) => fetchId),
  };
}

/** Clean days by the sources that are on and by what happens on them. */
const cleanDays = new Map<string, Promise<Day>>();
function cleanDay(name: DrillName, seed: number): Promise<Day> {
  const drill: Drill = DRILLS[name];
  const key = drill.isTrue === true ? `${name} ${seed}` : JSON.stringify(drill.env ?? {});
  const known = cleanDays.get(key) ?? day(drill, seed, 'clean');
  cleanDays.set(key, known);
  return known;
}

const NAMES = Object.keys(DRILLS) as DrillName[];
const gate = drawnOf(NAMES, 1, 'blind').map((name) => [name, drawn('blind', name).below(10_000)] as const);
const drills = byProof({
  small: gate,
  ci: gate,
  all: NAMES.flatMap((name) => [0, 1].map((seed) => [name, seed] as const)),
});

describe('a day on which a source is blind', () => {
  beforeAll(async () => {
    await builtHome(historyBefore(SEASON, DATE));
  });

  it.each(drills)(
    'because %s (seed %i) has features of everybody who can be predicted, and ends as a clean day',
    async (name, seed) => {
      const clean = await cleanDay(name, seed);
      expect(clean.predictable.size).toBeGreaterThan(15);
      expect(clean.contents).toHaveProperty([`player_game_summary@${DATE}`]);
      const blind = await day(DRILLS[name], seed, 'blind');
      expect([...clean.predictable.difference(blind.featured)]).toEqual([]);
      expect([...clean.predicted.difference(blind.predicted)]).toEqual([]);
      const differing = mayDiffer({ season: SEASON, date: DATE }, DRILLS[name]);
      const kept = (all: Day['contents']): Day['contents'] =>
        Object.fromEntries(Object.entries(all).filter(([partition]) => !differing.has(partition)));
      expect(kept(blind.contents)).toEqual(kept(clean.contents));
      expect([clean.open, blind.open]).toEqual([[], []]);
    },
    300_000,
  );
});
