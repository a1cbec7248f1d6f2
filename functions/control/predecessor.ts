/**
 * The model of the predecessor: 21 features, trees of depth 8 on the squared error. It is trained on the rows of the
 * model that is judged and asked about the same games, and its bars are told as verdicts of both.
 */
import { featureVersion } from '../../shared/domain/features.ts';
import type { ModelCheck } from '../../shared/domain/models.ts';
import { absoluteErrors, mean } from '../../shared/modeling/errors.ts';
import type { PlayerGame } from '../../shared/modeling/games.ts';
import { fitPredecessor } from '../../shared/modeling/predecessor.ts';
import { makeRandom, shuffled } from '../../shared/domain/seeded-random.ts';
import type { EvaluatingPorts, ModelEvaluation } from './evaluate-model.ts';
import { readModelRows } from './model-rows.ts';
import { SEED } from './train-model.ts';

/** A prediction beside what was known of the player. */
export type SpotCheck = Pick<
  PlayerGame,
  'player' | 'date' | 'points' | 'l5' | 'l10' | 'season' | 'minutes10'
> & { readonly predicted: number };

export interface Predecessor {
  /** Games that both predict. */
  readonly rows: number;
  /** Error of the model of the predecessor, and of the model that is judged. */
  readonly mae: number;
  readonly own: number;
  readonly checks: readonly ModelCheck[];
  /** 20 predictions of the model that is judged. */
  readonly spotChecks: readonly SpotCheck[];
}

/** @throws RequestError when the rows cannot be read */
export async function predecessorOf(
  ports: Pick<EvaluatingPorts, 'registry' | 'warehouse'>,
  { model, first, last, found }: ModelEvaluation,
  say: (step: string) => void,
): Promise<Predecessor> {
  const features = featureVersion('trainer_21').features.map(({ name }) => name);
  say('reading the rows of the predecessor');
  const learned = await readModelRows(ports, model.training.first, model.training.last, features);
  const asked = await readModelRows(ports, first, last, features);
  say(`fitting its model on ${learned.rows.games.length} rows`);
  const fit = fitPredecessor(learned.rows, SEED);
  const predicted = fit.predict(asked.rows.features);
  const its = new Map(asked.rows.games.map(({ key }, at) => [key, predicted[at] ?? NaN]));
  const both = found.games.flatMap((game, at) => (its.has(game.key) ? [{ game, at }] : []));
  const actual = Float64Array.from(both, ({ game }) => game.points);
  const mae = mean(
    absoluteErrors(
      Float64Array.from(both, ({ game }) => its.get(game.key) ?? NaN),
      actual,
    ),
  );
  const own = mean(
    absoluteErrors(
      Float64Array.from(both, ({ at }) => found.predicted[at] ?? NaN),
      actual,
    ),
  );
  const { errors, importance } = fit;
  const parts = [errors.train, errors.validation, errors.test];
  const spread = Math.max(...parts) / Math.min(...parts) - 1;
  const rank = importance.indexOf('usage_rate_last_10') + 1;
  const bar = (name: string, ok: boolean, text: string): ModelCheck => ({
    name,
    ok,
    required: false,
    found: text,
  });
  return {
    ...{ rows: both.length, mae, own },
    checks: [
      bar('MAE under 4.27', own < 4.27, `${own.toFixed(3)}; its windows held the game that they predicted`),
      bar('MAE under 4.0', own < 4, own.toFixed(3)),
      bar('better than its model', own < mae, `${own.toFixed(3)} against ${mae.toFixed(3)}`),
      bar(
        'its train, validation and test within 10 %',
        spread <= 0.1,
        `${parts.map((error) => error.toFixed(3)).join(' / ')}, ${(100 * spread).toFixed(1)} %`,
      ),
      bar(
        'usage among its 10 most important features',
        rank > 0 && rank <= 10,
        rank === 0 ? 'not used' : `place ${rank}`,
      ),
    ],
    spotChecks: shuffled(makeRandom('spot checks', SEED), both)
      .slice(0, 20)
      .map(({ game: { player, date, points, l5, l10, season, minutes10 }, at }) => ({
        ...{ player, date, points, l5, l10, season, minutes10 },
        predicted: found.predicted[at] ?? NaN,
      })),
  };
}
