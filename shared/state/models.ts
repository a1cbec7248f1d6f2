/** The one writer of models: what is known of each, and which one serves under which alias since when. */
import * as z from 'zod';
import {
  ALGORITHMS,
  ALIASES,
  bothHistories,
  type AliasChange,
  type AliasDocument,
  type ModelAlias,
  type ModelDocument,
} from '../domain/models.ts';
import type { KnownModels } from '../domain/artifacts.ts';
import type { Ports } from '../ports/index.ts';
import { at, gameDateField } from './documents.ts';
import { readerOf } from './stored.ts';

const text = z.string();
const count = z.int().nonnegative();
const number = z.number();
const interval = z.tuple([number, number]).readonly();

const check = z.object({ name: text, ok: z.boolean(), required: z.boolean(), found: text }).readonly();
const measured = z
  .object({ rowsOf: text, rows: count, mae: number, interval: interval.nullable() })
  .readonly();

/** `models/{id}`, as the journal of the archive keeps it, too. */
export const modelDocument: z.ZodType<ModelDocument> = z
  .object({
    id: text,
    algorithm: z.enum(ALGORITHMS),
    parameters: z.record(text, number).readonly(),
    seed: z.int(),
    training: z
      .object({
        first: gameDateField,
        last: gameDateField,
        rows: count,
        dates: count,
        players: count,
        rowsHash: text,
      })
      .readonly(),
    validity: z.object({ from: gameDateField, before: gameDateField }).readonly().nullable(),
    featureVersion: text,
    features: z.array(text).readonly(),
    leftOut: z.array(z.object({ name: text, why: text }).readonly()).readonly(),
    fill: z.record(text, number).readonly(),
    codeRevision: text,
    trainedAt: text,
    metrics: z.array(measured).readonly(),
    baselines: z.record(text, measured).readonly(),
    checks: z.array(check).readonly(),
    file: z.object({ uri: text, sha256: text, bytes: count }).readonly(),
  })
  .readonly();

/** One change of an alias. */
export const aliasChange: z.ZodType<AliasChange> = z
  .object({
    modelId: text.nullable(),
    at: text,
    by: text.nullable(),
    reason: text,
    kind: z.enum(['promoted', 'forced', 'rolled_back']),
    gate: z.array(check).readonly(),
  })
  .readonly();

const aliasDocument: z.ZodType<AliasDocument> = z
  .object({ alias: z.enum(ALIASES), history: z.array(aliasChange).readonly() })
  .readonly();

const models = readerOf(modelDocument);
const aliases = readerOf(aliasDocument);

/** The model of this id; undefined when there is none. */
export async function modelOf(
  { store }: Pick<Ports, 'store'>,
  id: string,
): Promise<ModelDocument | undefined> {
  const path = at('models', id);
  return models.read(path, await store.get(path));
}

/** Every model, in the order of their ids. */
export async function knownModels({ store }: Pick<Ports, 'store'>): Promise<ModelDocument[]> {
  return models.readAll(await store.list('models'));
}

/**
 * Keeps a model. One that is known stays as it is: same inputs, same bytes, same id.
 * @returns the model as it is kept
 */
export async function keepModel(
  { store }: Pick<Ports, 'store'>,
  model: ModelDocument,
): Promise<ModelDocument> {
  const path = at('models', model.id);
  return store.transaction(async (tx) => {
    const before = models.read(path, await tx.get(path));
    if (before !== undefined) return before;
    tx.set(path, models.made(model));
    return model;
  });
}

/** Who has served under an alias since when, the oldest first. */
export async function aliasHistory(
  { store }: Pick<Ports, 'store'>,
  alias: ModelAlias,
): Promise<readonly AliasChange[]> {
  const path = at('model_aliases', alias);
  return aliases.read(path, await store.get(path))?.history ?? [];
}

/** What is known of all models at this moment, for the tables that use them. */
export async function modelsKnown(ports: Pick<Ports, 'store'>): Promise<KnownModels> {
  const [models, champion, challenger] = await Promise.all([
    knownModels(ports),
    aliasHistory(ports, 'champion'),
    aliasHistory(ports, 'challenger'),
  ]);
  return { models, histories: { champion, challenger } };
}

/** Writes into another store what was known of models at an instant (ISO, UTC): those trained by then, and who served by then. */
export async function copyModels(
  from: Pick<Ports, 'store'>,
  to: Pick<Ports, 'store'>,
  at: string,
): Promise<void> {
  const { models, histories } = await modelsKnown(from);
  for (const { id, trainedAt } of models) {
    const model = trainedAt <= at ? await modelOf(from, id) : undefined;
    if (model !== undefined) await keepModel(to, model);
  }
  for (const alias of ALIASES)
    for (const change of histories[alias]) if (change.at <= at) await changeAlias(to, alias, change);
}

/** Adds a change to the history of an alias; a change that is in it already is not added again. */
export async function changeAlias(
  { store }: Pick<Ports, 'store'>,
  alias: ModelAlias,
  change: AliasChange,
): Promise<readonly AliasChange[]> {
  const path = at('model_aliases', alias);
  return store.transaction(async (tx) => {
    const before = aliases.read(path, await tx.get(path))?.history ?? [];
    const history = bothHistories(before, [change]);
    if (history.length > before.length) tx.set(path, aliases.made({ alias, history }));
    return history;
  });
}
