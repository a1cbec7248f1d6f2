/** Predicts the points of every player of a date with each system that can. */
import type { Compute, ComputeJob } from '../../../shared/domain/code-table.ts';
import type { Row, TableRows } from '../../../shared/domain/table-rows.ts';
import { answersAt, tenths, type Answered } from './answers.ts';
import { featuresAt, numberAt } from './features.ts';
import { lineAt, type PointsLine } from './line.ts';
import { intervalOf } from './systems/interval.ts';
import { predictionsOf, type Predictions } from './systems/model.ts';
import { overProbability } from './systems/over.ts';
import { leanOf, recommendationOf } from './systems/recommendation.ts';

/** Minutes a game in the last 7 days from which on a player may be recommended. */
const LEAST_MINUTES = 15;

/** Everything that is known of a player before his game. */
interface Player {
  /** Columns that all of his rows share. */
  readonly shared: Row;
  readonly answers: readonly Answered[];
  readonly line: PointsLine;
  readonly isEligible: boolean;
}

/** A row for each player of prediction_inputs and each system that has an answer for him. */
const compute: Compute = (job) => {
  const artifact = job.artifactOf('champion');
  const model = artifact && predictionsOf(artifact, job.rowsOf('prediction_inputs'));
  return playersOf(job, model).flatMap((player) =>
    player.answers.map((answered) => rowOf(job.date, player, answered, model)),
  );
};
export default compute;

function playersOf({ rowsOf }: ComputeJob, model: Predictions | undefined): Player[] {
  const store = rowsOf('prediction_inputs');
  const context = rowsOf('upcoming_player_game_context');
  const schedule = rowsOf('nbac_schedule');
  const contexts = placesOf(context, 'game_id', 'player_lookup');
  const games = placesOf(schedule, 'game_id');
  return Array.from({ length: store.count }, (_, i) => {
    const text = (column: string): string => store.texts[column]?.[i] ?? '';
    const contextAt = contexts.get(`${text('game_id')} ${text('player_lookup')}`);
    const game = games.get(text('game_id'));
    const reason = ineligible(store, i, context, contextAt);
    const ready = store.flags['is_production_ready']?.[i] === true;
    return {
      answers: answersAt(store, i, model),
      line: lineAt(context, contextAt, featuresAt(store, i)),
      isEligible: reason === null,
      shared: {
        game_id: text('game_id'),
        game_date: text('game_date'),
        season: game === undefined ? '' : (schedule.texts['season']?.[game] ?? ''),
        season_type: game === undefined ? '' : (schedule.texts['season_type']?.[game] ?? ''),
        player_lookup: text('player_lookup'),
        nba_player_id: numberAt(store, 'nba_player_id', i),
        team_abbr: text('team_abbr'),
        opponent_team_abbr: text('opponent_team_abbr'),
        feature_version: text('feature_version'),
        feature_hash: text('feature_hash'),
        feature_quality_score: numberAt(store, 'feature_quality_score', i),
        is_eligible: reason === null,
        ineligible_reason: reason,
        expected_games_count: numberAt(store, 'expected_games_count', i),
        actual_games_count: numberAt(store, 'actual_games_count', i),
        completeness_percentage: numberAt(store, 'completeness_percentage', i),
        is_production_ready: ready,
        data_quality_issues: store.texts['data_quality_issues']?.[i] ?? null,
      },
    };
  });
}

/** Place of the row that has these texts, joined by a space. */
function placesOf(rows: TableRows, ...columns: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    Array.from({ length: rows.count }, (_, i) => [
      columns.map((column) => rows.texts[column]?.[i] ?? '').join(' '),
      i,
    ]),
  );
}

/** Why a player may not be recommended; null when he may. */
function ineligible(
  store: TableRows,
  i: number,
  context: TableRows,
  contextAt: number | undefined,
): 'few_minutes' | 'not_ready' | 'doubtful' | null {
  if (store.flags['is_production_ready']?.[i] !== true) return 'not_ready';
  if (contextAt !== undefined && context.texts['player_status']?.[contextAt] === 'doubtful')
    return 'doubtful';
  const minutes =
    contextAt === undefined ? null : numberAt(context, 'avg_minutes_per_game_last_7', contextAt);
  return minutes !== null && minutes >= LEAST_MINUTES ? null : 'few_minutes';
}

function rowOf(
  date: string,
  { shared, line, isEligible }: Player,
  { system, answer, together }: Answered,
  model: Predictions | undefined,
): Row {
  const own = system === 'xgboost_v1' ? model : undefined;
  const points = tenths(answer.points);
  const current = line.current_points_line;
  const raw = answer.rawConfidence ?? answer.confidence;
  const over =
    current === null
      ? null
      : own === undefined
        ? overProbability(system, points - current, date)
        : own.overAt(points, current);
  const interval = own?.intervalAt(answer.points) ?? intervalOf(system, answer.points);
  const votes =
    together === undefined || current === null
      ? undefined
      : {
          over: together.of.filter((each) => each.points > current).length,
          under: together.of.filter((each) => each.points < current).length,
        };
  return {
    ...shared,
    ...line,
    system_id: system,
    model_id: own?.modelId ?? null,
    predicted_points: points,
    predicted_p10: interval?.p10 ?? null,
    predicted_p90: interval?.p90 ?? null,
    confidence_score: answer.confidence,
    raw_confidence: raw,
    line_margin: current === null ? null : points - current,
    over_probability: over?.probability ?? null,
    over_probability_lower: over?.lower ?? null,
    over_probability_upper: over?.upper ?? null,
    lean: leanOf({ points, line: current, over }),
    recommendation: recommendationOf({
      system,
      points,
      confidence: raw,
      line: current,
      over,
      isEligible,
      ...(votes === undefined ? {} : { votes }),
    }),
    fatigue_adjustment: answer.adjustments?.fatigue ?? null,
    shot_zone_adjustment: answer.adjustments?.shotZone ?? null,
    pace_adjustment: answer.adjustments?.pace ?? null,
    usage_spike_adjustment: answer.adjustments?.usageSpike ?? null,
    home_away_adjustment: answer.adjustments?.homeAway ?? null,
    other_adjustment: answer.adjustments?.other ?? null,
    similarity_baseline: answer.similar?.baseline ?? null,
    similar_games_count: answer.similar?.games ?? null,
    avg_similarity_score: answer.similar?.score ?? null,
    prediction_stddev: together?.spread ?? null,
    contributing_systems: together?.systems ?? null,
  };
}
