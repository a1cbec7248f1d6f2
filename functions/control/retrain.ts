/** The monthly retraining: a model of everything that was known at the first of the month, beside the one that serves. */
import { addDays, gameDate, gameDateOf, type GameDate } from '../../shared/domain/game-date.ts';
import { ALIASES, isGo, servingNow, type ModelAlias, type ModelCheck } from '../../shared/domain/models.ts';
import { DEFAULT_ALGORITHM } from '../../shared/modeling/default-algorithm.ts';
import { trainingFinished } from '../../shared/observe/events/models.ts';
import { businessNow, type Clock, type Log } from '../../shared/ports/index.ts';
import { aliasHistory } from '../../shared/state/models.ts';
import { promoteModel, type PromotingPorts } from './models.ts';
import { BEFORE_ALL_GAMES, trainModel } from './train-model.ts';

export interface RetrainingPorts extends PromotingPorts {
  readonly log: Log;
  /** The time by which it is decided what today is; absent where that is the time of the machine. */
  readonly businessClock?: Clock;
}

/** What a retraining has found, and what became of its model. */
export interface Retraining {
  /** The last date whose games could be learned from: that before the first of the month. */
  readonly through: GameDate;
  readonly rows: number;
  readonly features: number;
  readonly seconds: number;
  /** Null when nothing was learned. */
  readonly modelId: string | null;
  /**
   * `challenger`: the model predicts beside the champion from now on. `known`: it serves, or was the challenger before, and nothing has
   * changed. `refused`: a required check has failed, and the model serves nowhere.
   */
  readonly outcome: 'challenger' | 'known' | 'refused';
  readonly checks: readonly ModelCheck[];
}

/** Who has made a model the challenger, in the history of the alias. */
const BY = 'monthly retraining';

/**
 * Trains the default kind of model on every loaded game before the first of the present month, and makes it the challenger. It never
 * makes a champion: that is a gate which a person opens. Started again over the same rows it finds the model that it made before, and
 * changes nothing, also when a person has replaced that challenger since.
 * @throws RequestError when the rows cannot be read
 */
export async function retrain(ports: RetrainingPorts, say: (step: string) => void): Promise<Retraining> {
  const through = addDays(gameDate(`${gameDateOf(businessNow(ports)).slice(0, 7)}-01`), -1);
  const { modelId, rows, features, seconds, checks } = await trainModel(
    ports,
    {
      ...{ first: BEFORE_ALL_GAMES, last: through, algorithm: DEFAULT_ALGORITHM },
      ...{ without: [], dryRun: false },
    },
    say,
  );
  const outcome =
    modelId === null || !isGo(checks) ? 'refused' : await madeChallenger(ports, modelId, through);
  const failed = checks.filter(({ ok, required }) => required && !ok);
  trainingFinished(ports, {
    ...{ status: outcome, modelId, rows, seconds },
    detail: failed.map(({ name, found }) => `${name}: ${found}`).join('; '),
  });
  return { through, rows, features: features.length, seconds, modelId, outcome, checks };
}

async function madeChallenger(
  ports: RetrainingPorts,
  modelId: string,
  through: GameDate,
): Promise<'challenger' | 'known'> {
  const histories = await Promise.all(
    ALIASES.map(async (alias) => [alias, await aliasHistory(ports, alias)] as const),
  );
  const alias: ModelAlias = 'challenger';
  const isKnown = histories.some(
    ([name, history]) =>
      servingNow(history) === modelId ||
      (name === alias && history.some((change) => change.modelId === modelId)),
  );
  if (isKnown) return 'known';
  const reason = `trained on all games until ${through}`;
  await promoteModel(ports, { model: modelId, alias, force: false, reason, by: BY });
  return 'challenger';
}
