/** The games that a player is compared with are the same however the dates of a season are gone through. */
import { describe, expect, it } from 'vitest';
import storeDefinition from '../../functions/processors/ml_feature_store_v2/definition.ts';
import boxDefinition from '../../functions/processors/player_game_summary/definition.ts';
import { PAST_COLUMNS } from '../../functions/processors/player_prop_predictions/features.ts';
import { historiesOf } from '../../functions/processors/player_prop_predictions/history.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { makeRandom } from '../../shared/domain/seeded-random.ts';
import { gatherRows, rowsBetween, type TableRows } from '../../shared/domain/table-rows.ts';
import type { TableDefinition } from '../../shared/domain/table.ts';

const FIRST = gameDate('2024-01-01');
const PLAYERS = ['a', 'b', 'c', 'd', 'e'];

function gather(
  definition: TableDefinition,
  rows: readonly Record<string, string | number | boolean>[],
): TableRows {
  const columns = Object.keys(rows[0] ?? {});
  const gathered = gatherRows(definition, columns);
  for (const row of rows) gathered.take(columns.map((column) => row[column] ?? null));
  return gathered.rows();
}

/** Twenty dates of features and box scores; a player of a date may have no features, no box score, or not have played. */
function season(seed: number): { readonly features: TableRows; readonly box: TableRows } {
  const random = makeRandom('histories', String(seed));
  const games = Array.from({ length: 20 }, (_, day) => addDays(FIRST, day)).flatMap((game_date, day) =>
    PLAYERS.map((player_lookup) => ({ game_date, game_id: `g${day}`, player_lookup })),
  );
  return {
    features: gather(
      storeDefinition,
      games
        .filter(() => random.below(4) > 0)
        .map((game) => ({
          ...game,
          ...Object.fromEntries(PAST_COLUMNS.map((column) => [column, random.below(30)])),
          defaulted_features: random.below(3) === 0 ? 'days_rest,opponent_def_rating' : '',
        })),
    ),
    box: gather(
      boxDefinition,
      games
        .filter(() => random.below(4) > 0)
        .map((game) => ({ ...game, points: random.below(40), is_active: random.below(5) > 0 })),
    ),
  };
}

function until(rows: TableRows, last: GameDate): TableRows {
  return rowsBetween(rows, 'game_date', FIRST, last);
}

/** The same rows in memory of their own, so that nothing is remembered of them. */
function alone(rows: TableRows): TableRows {
  const numbers = Object.fromEntries(
    Object.entries(rows.numbers).map(([name, values]) => [name, Float64Array.from(values)]),
  );
  return { ...rows, numbers };
}

describe('the earlier games of players', () => {
  it('are the same date after date as of one date by itself, in any order of the dates', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const { features, box } = season(seed);
      const random = makeRandom('order', String(seed));
      const days = Array.from({ length: 20 }, (_, day) => day);
      const order = seed % 2 === 0 ? days : days.map(() => random.below(20));
      for (const day of order) {
        const last = addDays(FIRST, day);
        const asked = [until(features, last), until(box, last)] as const;
        const byItself = historiesOf(alone(asked[0]), alone(asked[1]));

        expect([...historiesOf(...asked)], `seed ${seed}, day ${day}`).toEqual([...byItself]);
      }
    }
  });

  it('are those of a window that begins later, before and after one that begins earlier', () => {
    const { features, box } = season(3);
    const [first, last] = [addDays(FIRST, 7), addDays(FIRST, 19)];
    const later = [features, box].map((rows) => rowsBetween(rows, 'game_date', first, last));
    const whole = [features, box];
    for (const [ofFeatures = features, ofBox = box] of [later, whole, later])
      expect([...historiesOf(ofFeatures, ofBox)]).toEqual([...historiesOf(alone(ofFeatures), alone(ofBox))]);
  });

  it('are those of the box scores that are given, also where the features are the same', () => {
    const [one, other] = [season(1), season(2)];
    historiesOf(one.features, one.box);

    expect([...historiesOf(one.features, other.box)]).toEqual([
      ...historiesOf(alone(one.features), alone(other.box)),
    ]);
    expect([...historiesOf(one.features, one.box).values()].flat().length).toBeGreaterThan(20);
  });
});
