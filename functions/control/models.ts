/** The registry of models: which there are, which one serves, and how one takes the place of another. */
import { RequestError } from '../../shared/domain/failure.ts';
import { addDays, type GameDate } from '../../shared/domain/game-date.ts';
import {
  ALIASES,
  isGo,
  promotionGate,
  rollBackTo,
  servedAt,
  servingNow,
  type AliasChange,
  type ModelAlias,
  type ModelCheck,
  type ModelDocument,
} from '../../shared/domain/models.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { aliasHistory, changeAlias, knownModels } from '../../shared/state/models.ts';
import { loadedRange } from './date-range.ts';
import { compareModels, fileOfModel, modelNamed, type EvaluatingPorts } from './evaluate-model.ts';
import { writeJournal } from './journal.ts';

/** An alias, and the model that it stands for. */
export interface AliasAnswer {
  readonly alias: ModelAlias;
  readonly modelId: string | null;
  /** Since when (ISO, UTC); null when it has never stood for a model. */
  readonly since: string | null;
  readonly history: readonly AliasChange[];
}

/**
 * The model that serves under an alias, or the one that is named by its id, by the beginning of its id or by `last`.
 * @throws RequestError when there is none
 */
export async function servingModel(
  ports: { readonly store: StateStore },
  asked: string,
): Promise<ModelDocument> {
  const alias = ALIASES.find((each) => each === asked);
  if (alias === undefined) return modelNamed(ports, asked);
  const found = servingNow(await aliasHistory(ports, alias));
  if (found === null)
    throw new RequestError(`No model is the ${alias}; make one with: fullcourt models promote ID`);
  return modelNamed(ports, found);
}

/** Every model, and the aliases. @param at the aliases as they were at this instant (ISO, UTC); by default now */
export async function listModels(
  ports: { readonly store: StateStore },
  at?: string,
): Promise<{ readonly models: readonly ModelDocument[]; readonly aliases: readonly AliasAnswer[] }> {
  const aliases: AliasAnswer[] = [];
  for (const alias of ALIASES) {
    const history = await aliasHistory(ports, alias);
    const known = at === undefined ? history : history.filter((change) => change.at <= at);
    const modelId = at === undefined ? servingNow(history) : servedAt(history, at);
    aliases.push({ alias, modelId, since: known.at(-1)?.at ?? null, history });
  }
  const models = await knownModels(ports);
  return { models: models.toSorted((a, b) => (a.trainedAt < b.trainedAt ? 1 : -1)), aliases };
}

/**
 * A model with the aliases under which it serves.
 * @param asked as {@link servingModel} takes it
 * @throws RequestError when there is no such model, or its file is lost
 */
export async function showModel(
  ports: Pick<EvaluatingPorts, 'store' | 'archive'>,
  asked: string,
): Promise<{ readonly model: ModelDocument; readonly servesAs: readonly ModelAlias[] }> {
  const model = await servingModel(ports, asked);
  await fileOfModel(ports, model);
  const { aliases } = await listModels(ports);
  return { model, servesAs: aliases.flatMap((each) => (each.modelId === model.id ? [each.alias] : [])) };
}

export interface PromotingPorts extends Omit<EvaluatingPorts, 'archive'> {
  readonly archive: ArchiveStore;
  readonly clock: Clock;
}

export interface PromoteAsked {
  readonly model: string;
  readonly alias: ModelAlias;
  readonly first?: GameDate | undefined;
  readonly last?: GameDate | undefined;
  /** Whether the model is promoted although the gate is shut. */
  readonly force: boolean;
  /** Why; a forced promotion needs it. */
  readonly reason?: string | undefined;
  readonly by: string;
}

/** What became of a promotion. */
export interface Promotion {
  readonly modelId: string;
  readonly alias: ModelAlias;
  readonly promoted: boolean;
  readonly forced: boolean;
  readonly gate: readonly ModelCheck[];
  /** The model that served before. */
  readonly before: string | null;
}

/**
 * Promotes a model when the gate is open, or a person forces it with a reason. A challenger needs no gate: it is never recommended.
 * @throws RequestError when the model is no model, serves already, is one of a rolling origin, or is forced without a reason
 */
export async function promoteModel(ports: PromotingPorts, asked: PromoteAsked): Promise<Promotion> {
  const { alias, force, reason, by } = asked;
  const model = await servingModel(ports, asked.model);
  await fileOfModel(ports, model);
  if (model.validity !== null)
    throw new RequestError(
      `${model.id} belongs to a rolling origin: it predicts ${model.validity.from.slice(0, 7)} and cannot be promoted`,
    );
  const before = servingNow(await aliasHistory(ports, alias));
  if (before === model.id) throw new RequestError(`${model.id} is the ${alias} already`);
  if (force && (reason ?? '').trim() === '')
    throw new RequestError('--force needs --reason: it is kept with the promotion', { flag: '--reason' });
  const gate = alias === 'challenger' ? [] : await gateOf(ports, model, before, asked);
  const isOpen = isGo(gate);
  const answer = { modelId: model.id, alias, gate, before, forced: !isOpen && force };
  if (!isOpen && !force) return { ...answer, promoted: false };
  await tellChange(ports, alias, {
    ...{ modelId: model.id, at: ports.clock().toISOString(), by },
    reason: reason ?? (alias === 'challenger' ? 'predicts beside the champion' : 'the gate is open'),
    kind: isOpen ? 'promoted' : 'forced',
    gate,
  });
  return { ...answer, promoted: true };
}

/** What the gate says; a single check that fails where the rows to compare on are not there. */
async function gateOf(
  ports: PromotingPorts,
  model: ModelDocument,
  champion: string | null,
  { first, last }: PromoteAsked,
): Promise<ModelCheck[]> {
  try {
    const begin = first ?? addDays(model.training.last, 1);
    const end = last ?? (await loadedRange(ports))[1];
    if (end < begin)
      throw new RequestError(
        `no game after ${model.training.last}, the last one it has learned from, is loaded; give a range with --start and --end`,
      );
    return promotionGate(await compareModels(ports, { model, against: champion, first: begin, last: end }));
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return [{ name: 'better on the same rows', required: true, ok: false, found: error.message }];
  }
}

/**
 * Gives an alias back to the model that served before.
 * @throws RequestError when none did
 */
export async function rollBackModel(
  ports: Pick<PromotingPorts, 'store' | 'archive' | 'clock'>,
  asked: { readonly alias: ModelAlias; readonly reason: string; readonly by: string },
): Promise<{ readonly alias: ModelAlias; readonly modelId: string; readonly before: string }> {
  const history = await aliasHistory(ports, asked.alias);
  const [modelId, before] = [rollBackTo(history), servingNow(history)];
  if (modelId === null || before === null)
    throw new RequestError(`No model was the ${asked.alias} before: there is nothing to go back to`);
  await tellChange(ports, asked.alias, {
    ...{ modelId, at: ports.clock().toISOString(), by: asked.by, reason: asked.reason },
    ...{ kind: 'rolled_back', gate: [] },
  });
  return { alias: asked.alias, modelId, before };
}

/** Writes a change into the journal, and then into the documents. */
async function tellChange(
  ports: Pick<PromotingPorts, 'store' | 'archive'>,
  alias: ModelAlias,
  change: AliasChange,
): Promise<void> {
  await writeJournal(ports, `${change.at}-model-alias-${alias}`, {
    kind: 'model_alias',
    at: change.at,
    alias,
    change,
  });
  await changeAlias(ports, alias, change);
}
