/** Player-games with features, drawn by seed, for tests of models of points. */
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { makeRandom } from '../../shared/domain/seeded-random.ts';
import { matrixOf } from '../../shared/learn/matrix.ts';
import { keyOf, playerGamesOf, type BoxLines } from '../../shared/modeling/games.ts';
import { rowsOf, type ModelRows } from '../../shared/modeling/rows.ts';

/** Lines of a league in which every player plays on every date. */
export function boxLinesOf(
  lines: readonly (readonly [date: string, player: string, minutes: number, points: number, team?: string])[],
): BoxLines {
  return {
    dates: lines.map(([date]) => gameDate(date)),
    games: lines.map(([date]) => `${date.replaceAll('-', '')}_BOS_TOR`),
    players: lines.map(([, player]) => player),
    teams: lines.map(([, , , , team]) => team ?? 'BOS'),
    minutes: Float64Array.from(lines, ([, , minutes]) => minutes),
    points: Float64Array.from(lines, ([, , , points]) => points),
  };
}

const FIRST = gameDate('2023-10-24');

/**
 * 60 players on 60 dates: points scatter around a level of each player and night, on which `form` and `level` tell something. `rest` tells
 * nothing, `constant` has one value, and `empty` none. One row of ten has no line.
 */
export function pointRows(seed: number, dates = 60, players = 60): ModelRows {
  const random = makeRandom('point rows', seed);
  const lines: [string, string, number, number][] = [];
  const features: Record<string, number[]> = { form: [], level: [], rest: [], constant: [], empty: [] };
  const keys: string[] = [];
  const known: number[] = [];
  const levels = Array.from({ length: players }, () => 3 + 22 * random.unit());
  for (let d = 0; d < dates; d += 1) {
    const date = addDays(FIRST, d);
    for (const [p, level] of levels.entries()) {
      const tonight = level + random.normal();
      const points = Math.max(0, Math.round(tonight + (1.5 + level / 8) * random.normal()));
      lines.push([date, `player${p}`, 20 + level / 2, points]);
      keys.push(keyOf(date, `${date.replaceAll('-', '')}_BOS_TOR`, `player${p}`));
      features['form']?.push(level + 2 * random.normal());
      features['level']?.push(tonight + 0.8 * random.normal());
      features['rest']?.push(random.below(4));
      features['constant']?.push(7);
      features['empty']?.push(NaN);
      known.push((d + p) % 10 > 0 ? tonight + 0.2 * random.normal() : NaN);
    }
  }
  const box = boxLinesOf(lines);
  const last: GameDate = addDays(FIRST, dates);
  const games = playerGamesOf(box, new Set(box.games), FIRST, last).filter(({ earlier }) => earlier >= 3);
  return rowsOf(games, { keys, features: matrixOf(features), lines: Float64Array.from(known) });
}
