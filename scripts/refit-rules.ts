/**
 * `npm run refit-rules`: fits the weights of the hand rules on the seasons of the home that is in force, and prints them as
 * `functions/processors/player_prop_predictions/systems/weights.ts` holds them. Weights are fitted to the absolute error on 2021-22
 * and 2022-23; the error on 2023-24 is printed beside them. The maps from a distance to a probability are fitted on the lines of
 * 2023-24, and are used for later dates alone.
 */
import { environment, readConfig } from '../shared/config.ts';

import type { TableRows } from '../shared/domain/table-rows.ts';
import { matrixOf } from '../shared/learn/matrix.ts';
import { predict } from '../shared/learn/model.ts';
import { wilsonInterval } from '../shared/learn/statistics.ts';
import { trainLad } from '../shared/learn/train/lad.ts';
import {
  FEATURE_COLUMNS,
  featuresAt,
  numberAt,
  pastGameAt,
  ZONE_COLUMNS,
  zoneDefenceAt,
} from '../functions/processors/player_prop_predictions/features.ts';
import { tiredness } from '../functions/processors/player_prop_predictions/systems/confidence.ts';
import { ensemble } from '../functions/processors/player_prop_predictions/systems/ensemble.ts';
import { unitOf } from '../functions/processors/player_prop_predictions/systems/interval.ts';
import { movingAverage } from '../functions/processors/player_prop_predictions/systems/moving-average.ts';
import {
  alikeGames,
  similarGames,
  type History,
} from '../functions/processors/player_prop_predictions/systems/similarity.ts';
import type {
  PastGame,
  PlayerFeatures,
  SystemId,
  SystemResult,
  ZoneDefence,
} from '../functions/processors/player_prop_predictions/systems/system.ts';
import {
  LEAGUE_DEFENSIVE_RATING,
  weightOfShare,
  zoneMatchup,
} from '../functions/processors/player_prop_predictions/systems/zone-matchup.ts';
import { valueOf } from '../functions/steps/overlay-partitions.ts';
import { openClient } from '../functions/targets/embedded/client.ts';
import type { Warehouse } from '../shared/ports/warehouse.ts';

/** A player before a game that he played in. */
interface Example {
  readonly date: string;
  readonly features: PlayerFeatures;
  readonly defence: ZoneDefence;
  readonly history: History;
  readonly points: number;
  readonly line: number | null;
}

const TRAINED_BEFORE = '2023-08-01';
const SEASONS = [
  { first: '2021-10-01', last: '2022-07-31' },
  { first: '2022-10-01', last: '2023-07-31' },
  { first: '2023-10-01', last: '2024-07-31' },
] as const;

async function examplesOf(warehouse: Warehouse): Promise<Example[]> {
  const examples: Example[] = [];
  /** Player -> his earlier games of the season before and of this one, the latest last. */
  const games = new Map<string, (PastGame & { readonly season: number })[]>();
  for (const [season, { first, last }] of SEASONS.entries()) {
    const read = async (table: string, columns: readonly string[]): Promise<TableRows> =>
      valueOf(
        await warehouse.read({
          table: client.registry.get(table),
          columns,
          first: first as never,
          last: last as never,
        }),
      );
    const rows = await read('ml_feature_store_v2', [
      'game_date',
      'game_id',
      'player_lookup',
      'opponent_team_abbr',
      'vegas_points_line',
      ...FEATURE_COLUMNS,
    ]);
    const box = await read('player_game_summary', ['game_id', 'player_lookup', 'points', 'is_active']);
    const points = new Map<string, number>();
    for (let i = 0; i < box.count; i += 1)
      if (box.flags['is_active']?.[i] === true)
        points.set(
          `${text(box, 'game_id', i)} ${text(box, 'player_lookup', i)}`,
          box.numbers['points']?.[i] ?? NaN,
        );
    const zones = await read('team_defense_zone_analysis', ['analysis_date', 'team_abbr', ...ZONE_COLUMNS]);
    const zoneAt = new Map<string, number>();
    for (let i = 0; i < zones.count; i += 1)
      zoneAt.set(`${text(zones, 'analysis_date', i)} ${text(zones, 'team_abbr', i)}`, i);
    for (let i = 0; i < rows.count; i += 1) {
      const player = text(rows, 'player_lookup', i);
      const scored = points.get(`${text(rows, 'game_id', i)} ${player}`);
      if (scored === undefined || Number.isNaN(scored)) continue;
      const own = (games.get(player) ?? []).filter((game) => game.season >= season - 1);
      const gamesOf = (which: number): PastGame[] => own.filter((game) => game.season === which);
      const date = text(rows, 'game_date', i);
      examples.push({
        date,
        features: featuresAt(rows, i),
        defence: zoneDefenceAt(zones, zoneAt.get(`${date} ${text(rows, 'opponent_team_abbr', i)}`)),
        history: { season: gamesOf(season), seasonBefore: gamesOf(season - 1) },
        points: scored,
        line: numberAt(rows, 'vegas_points_line', i),
      });
      games.set(player, [...own, { ...pastGameAt(rows, i, scored), season }]);
    }
  }
  return examples;
}

function text(rows: TableRows, column: string, i: number): string {
  return rows.texts[column]?.[i] ?? '';
}

/** The columns of a linear rule for one example; undefined where the rule has no answer. */
type Terms = (example: Example) => Readonly<Record<string, number>> | undefined;

const movingAverageTerms: Terms = ({ features }) => {
  const { points_avg_last_5: last5, points_avg_last_10: last10, points_avg_season: season } = features;
  if (last5 === null || last10 === null || season === null) return undefined;
  return {
    last5,
    last10,
    season,
    ...tirednessTerms(features),
    mismatch: features.shot_zone_mismatch_score ?? 0,
    pace: features.pace_score ?? 0,
    usage: features.usage_spike_score ?? 0,
    home: features.isHome ? 1 : -1,
    backToBack: features.isBackToBack ? 1 : 0,
  };
};

const zoneTerms: Terms = ({ features, defence }) => {
  const { points_avg_season: season, opponent_def_rating: rating } = features;
  if (season === null || !zoneMatchup(features, defence).ok) return undefined;
  const term = (share: number | null, difference: number | null): number =>
    share === null || difference === null ? 0 : weightOfShare(share) * difference;
  return {
    season,
    paint: term(features.pct_paint, defence.paint),
    midRange: term(features.pct_mid_range, defence.midRange),
    three: term(features.pct_three, defence.three),
    freeThrow: term(features.pct_free_throw, rating === null ? null : rating - LEAGUE_DEFENSIVE_RATING),
    pace: features.pace_score ?? 0,
    home: features.isHome ? 1 : -1,
    ...tirednessTerms(features),
  };
};

const similarityTerms: Terms = ({ features, history }) => {
  const result = similarGames(features, alikeGames(features, history));
  if (!result.ok || result.answer.similar === undefined) return undefined;
  return {
    baseline: result.answer.similar.baseline,
    fatigue: (features.fatigue_score ?? 70) - 70,
    mismatch: features.shot_zone_mismatch_score ?? 0,
    pace: features.pace_score ?? 0,
    usage: features.usage_spike_score ?? 0,
    home: features.isHome ? 1 : -1,
  };
};

function tirednessTerms({ fatigue_score: score }: PlayerFeatures): { tired: number; aLittleTired: number } {
  const tired = tiredness(score);
  return { tired: tired === 'tired' ? 1 : 0, aLittleTired: tired === 'a_little' ? 1 : 0 };
}

/** A fitted rule: its weights with the intercept, and what it predicts. */
interface Fitted {
  readonly weights: Readonly<Record<string, number>>;
  readonly predict: (example: Example) => number | undefined;
}

function fitted(terms: Terms, examples: readonly Example[]): Fitted {
  const rows = examples.flatMap((example) => {
    const values = terms(example);
    return values === undefined ? [] : [{ values, points: example.points }];
  });
  const names = Object.keys(rows[0]?.values ?? {});
  const columns = Object.fromEntries(
    names.map((name) => [name, rows.map(({ values }) => values[name] ?? 0)]),
  );
  const features = matrixOf(columns);
  const { model } = trainLad({
    features,
    target: Float64Array.from(rows, ({ points }) => points),
    keys: rows.map((_, i) => String(i).padStart(8, '0')),
  });
  const zero = matrixOf(Object.fromEntries(names.map((name) => [name, [0]])));
  const intercept = predict(model, zero)[0] ?? 0;
  const weights = Object.fromEntries([
    ['intercept', intercept],
    ...model.terms.map(({ feature, coefficient }) => [feature, coefficient] as const),
  ]) as Record<string, number>;
  const rounded = Object.fromEntries(
    Object.entries(weights).map(([name, weight]) => [name, Number(weight.toPrecision(3))]),
  );
  return {
    weights: rounded,
    predict: (example) => {
      const values = terms(example);
      if (values === undefined) return undefined;
      return Object.entries(values).reduce(
        (sum, [name, value]) => sum + (rounded[name] ?? 0) * value,
        rounded['intercept'] ?? 0,
      );
    },
  };
}

function meanError(fit: Fitted, examples: readonly Example[]): string {
  const errors = examples.flatMap((example) => {
    const predicted = fit.predict(example);
    return predicted === undefined ? [] : [Math.abs(predicted - example.points)];
  });
  return `${(errors.reduce((a, b) => a + b, 0) / errors.length).toFixed(3)} on ${errors.length}`;
}

function report(examples: readonly Example[]): void {
  const before = examples.filter(({ date }) => date < TRAINED_BEFORE);
  const after = examples.filter(({ date }) => date >= TRAINED_BEFORE);
  for (const [name, terms] of [
    ['MOVING_AVERAGE', movingAverageTerms],
    ['ZONE_MATCHUP', zoneTerms],
    ['SIMILARITY', similarityTerms],
  ] as const) {
    const fit = fitted(terms, before);
    console.log(
      `// mean absolute error ${meanError(fit, before)} games, ${meanError(fit, after)} of 2023-24`,
    );
    console.log(`export const ${name} = ${JSON.stringify(fit.weights)};`);
  }
  console.log('// The following rest on the weights that are in force.');
  reportScales(before, after);
}

const SYSTEMS: Readonly<Partial<Record<SystemId, (example: Example) => SystemResult>>> = {
  moving_average: ({ features }) => movingAverage(features),
  zone_matchup_v1: ({ features, defence }) => zoneMatchup(features, defence),
  similarity_balanced_v1: ({ features, history }) => similarGames(features, alikeGames(features, history)),
  ensemble_v1: (example) =>
    ensemble(
      [
        movingAverage(example.features),
        zoneMatchup(example.features, example.defence),
        similarGames(example.features, alikeGames(example.features, example.history)),
      ].flatMap((result) => (result.ok ? [result.answer] : [])),
    ).result,
};

function reportScales(before: readonly Example[], after: readonly Example[]): void {
  for (const [system, answer] of Object.entries(SYSTEMS)) {
    const deviations = before
      .flatMap((example) => {
        const result = answer(example);
        return result.ok ? [(example.points - result.answer.points) / unitOf(result.answer.points)] : [];
      })
      .toSorted((a, b) => a - b);
    const quantile = (share: number): number =>
      Number((deviations[Math.floor(share * deviations.length)] ?? 0).toFixed(3));
    const spread = { p10: quantile(0.1), p90: quantile(0.9) };
    let inside = 0;
    let answered = 0;
    let error = 0;
    for (const example of after) {
      const result = answer(example);
      if (!result.ok) continue;
      const { points } = result.answer;
      answered += 1;
      error += Math.abs(points - example.points);
      const low = Math.max(0, points + spread.p10 * unitOf(points));
      if (example.points >= low && example.points <= points + spread.p90 * unitOf(points)) inside += 1;
    }
    console.log(
      `// ${system}: on 2023-24 error ${(error / answered).toFixed(3)}, ${(inside / answered).toFixed(3)} inside, ${answered} games`,
    );
    console.log(`//   spread ${JSON.stringify(spread)}`);
    console.log(`//   over ${JSON.stringify(overMap(answer, after))}`);
  }
  console.log(`//   similarity calibration ${JSON.stringify(calibration(before))}`);
}

/** Pools neighbours until the shares rise: rows of equal places are one block. */
function rising(
  blocks: readonly { readonly from: number; readonly wins: number; readonly n: number }[],
): typeof blocks {
  const pooled: { from: number; wins: number; n: number }[] = [];
  for (const block of blocks) {
    pooled.push({ ...block });
    for (;;) {
      const last = pooled.at(-1);
      const former = pooled.at(-2);
      if (last === undefined || former === undefined || former.wins / former.n < last.wins / last.n) break;
      pooled.pop();
      former.wins += last.wins;
      former.n += last.n;
    }
  }
  return pooled;
}

function overMap(answer: (example: Example) => SystemResult, examples: readonly Example[]): unknown {
  const rows = examples
    .flatMap((example) => {
      const result = answer(example);
      if (!result.ok || example.line === null || example.points === example.line) return [];
      return [{ edge: result.answer.points - example.line, isOver: example.points > example.line }];
    })
    .toSorted((a, b) => a.edge - b.edge);
  const size = Math.ceil(rows.length / 12);
  const blocks = [];
  for (let i = 0; i < rows.length; i += size) {
    const part = rows.slice(i, i + size);
    blocks.push({
      from: part[0]?.edge ?? 0,
      wins: part.filter(({ isOver }) => isOver).length,
      n: part.length,
    });
  }
  return rising(blocks).map(({ from, wins, n }) => {
    const share = wins / n;
    const { low, high } = wilsonInterval(wins, n);
    const round = (value: number): number => Number(value.toFixed(3));
    return {
      from: round(from),
      probability: round(share),
      lower: round(low),
      upper: round(high),
      n,
    };
  });
}

/** How often the side of the estimated line was right, by the raw confidence. */
function calibration(examples: readonly Example[]): unknown {
  const byRaw = new Map<number, { wins: number; n: number }>();
  for (const example of examples) {
    const result = similarGames(example.features, alikeGames(example.features, example.history));
    const { points_avg_last_5: five } = example.features;
    if (!result.ok || result.answer.rawConfidence === undefined || five === null) continue;
    const line = Math.round(2 * five) / 2;
    if (line === example.points || line === result.answer.points) continue;
    const seen = byRaw.get(result.answer.rawConfidence) ?? { wins: 0, n: 0 };
    seen.n += 1;
    if (result.answer.points > line === example.points > line) seen.wins += 1;
    byRaw.set(result.answer.rawConfidence, seen);
  }
  const blocks = [...byRaw].toSorted(([a], [b]) => a - b).map(([from, { wins, n }]) => ({ from, wins, n }));
  return rising(blocks).map(({ from, wins, n }) => ({ from, confidence: Number((wins / n).toFixed(3)), n }));
}

const client = openClient(readConfig(environment));
const worker = await client.openWorker('refit-rules');
if (worker === undefined) throw new Error('Another process has the home: end it, and run this again');
try {
  const examples = await examplesOf(worker.context.ports.warehouse);
  console.log(`// ${examples.length} player-games`);
  report(examples);
} finally {
  await worker.close();
  client.close();
}
