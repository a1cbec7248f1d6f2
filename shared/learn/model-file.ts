/**
 * Models as files of text. Trees are XGBoost's own JSON model, which Python loads as it is; a linear model and the mean of
 * models have a form of their own. The same model gives the same text.
 */
import { z } from 'zod';
import type { IntervalModel } from './interval.ts';
import type { LinearModel } from './linear.ts';
import type { Model } from './model.ts';
import type { TreesModel } from './trees/model.ts';
import { readXgboostJson, xgboostText } from './trees/xgboost-json.ts';

const FORMAT = 'fullcourt-model-1';

const linearSchema = z.strictObject({
  format: z.literal(FORMAT),
  kind: z.literal('linear'),
  base: z.number(),
  terms: z.array(
    z.strictObject({
      feature: z.string(),
      coefficient: z.number(),
      center: z.number(),
      offset: z.number(),
      missing: z.number().nullable(),
    }),
  ),
});
const meanSchema = z.strictObject({
  format: z.literal(FORMAT),
  kind: z.literal('mean'),
  members: z.array(z.unknown()).min(1),
});

const intervalSchema = z.strictObject({
  format: z.literal(FORMAT),
  kind: z.literal('interval'),
  factor: z.number(),
  low: z.unknown(),
  high: z.unknown(),
});

/** The text of a model file: one value of JSON without a line break. */
export function writeModel(model: Model): string {
  switch (model.kind) {
    case 'linear':
      return JSON.stringify({ format: FORMAT, kind: model.kind, base: model.base, terms: model.terms });
    case 'trees':
      return xgboostText(model);
    case 'mean':
      return `{"format":"${FORMAT}","kind":"mean","members":[${model.members.map(writeModel).join(',')}]}`;
    default:
      return model satisfies never;
  }
}

/** The model that a text says. @throws RangeError when it is no JSON or no model */
export function readModel(text: string): Model {
  const value = parsed(text);
  const mean = meanSchema.safeParse(value);
  return mean.success ? { kind: 'mean', members: mean.data.members.map(readMember) } : readMember(value);
}

/** The text of a file with an interval; its trees are XGBoost's JSON. */
export function writeInterval({ factor, low, high }: IntervalModel): string {
  const head = `"format":"${FORMAT}","kind":"interval","factor":${JSON.stringify(factor)}`;
  return `{${head},"low":${xgboostText(low)},"high":${xgboostText(high)}}`;
}

/** The interval that a text says. @throws RangeError when it is no JSON or no interval */
export function readInterval(text: string): IntervalModel {
  const read = intervalSchema.safeParse(parsed(text));
  if (!read.success) throw new RangeError(`This is no interval: ${z.prettifyError(read.error)}`);
  const { factor, low, high } = read.data;
  return { kind: 'interval', factor, low: readXgboostJson(low), high: readXgboostJson(high) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RangeError('A model file is JSON, and this text is not', { cause: error });
  }
}

function readMember(value: unknown): LinearModel | TreesModel {
  if (typeof value === 'object' && value !== null && 'learner' in value) return readXgboostJson(value);
  const read = linearSchema.safeParse(value);
  if (!read.success) throw new RangeError(`This is no model: ${z.prettifyError(read.error)}`);
  const { base, terms } = read.data;
  return { kind: 'linear', base, terms };
}
