/**
 * Trees as XGBoost's JSON model: what `Booster.save_model('model.json')` writes and `load_model` reads (written as version
 * 2.1.0 does, read from 1.7 to 3.2). Every number is written with the fewest digits that give back the same single precision number.
 */
import { z } from 'zod';
import type { Objective, Tree, TreesModel } from './model.ts';

/** How XGBoost writes that the root has no parent. */
const NO_PARENT = 2_147_483_647;
const VERSION = [2, 1, 0];

const numbers = z.array(z.number());
/** A flag of a node, as a number or, in files of older versions, as a truth value. */
const flags = z.array(z.union([z.number(), z.boolean()]));

const treeSchema = z.object({
  base_weights: numbers,
  default_left: flags,
  left_children: numbers,
  right_children: numbers,
  loss_changes: numbers,
  split_conditions: numbers,
  split_indices: numbers,
  split_type: z.array(z.literal(0)).optional(),
  sum_hessian: numbers,
});

const modelSchema = z.object({
  learner: z.object({
    feature_names: z.array(z.string()),
    gradient_booster: z.object({
      name: z.literal('gbtree'),
      model: z.object({ trees: z.array(treeSchema) }),
    }),
    learner_model_param: z.object({
      base_score: z.string(),
      num_class: z.literal('0'),
      num_feature: z.string(),
      num_target: z.literal('1').optional(),
    }),
    objective: z.discriminatedUnion('name', [
      z.object({ name: z.literal('reg:absoluteerror') }),
      z.object({
        name: z.literal('reg:quantileerror'),
        quantile_loss_param: z.object({ quantile_alpha: z.string() }),
      }),
      z.object({ name: z.literal('reg:squarederror') }),
    ]),
  }),
});

/** The fewest digits that give back this single precision number. XGBoost takes `1E0` for a real number, but not `1`. */
function realText(value: number): string {
  let text = value.toPrecision(9);
  for (let digits = 1; digits < 9; digits += 1) {
    const short = value.toPrecision(digits);
    if (Math.fround(Number(short)) !== value) continue;
    text = short;
    break;
  }
  const plain = `${Number(text)}`.toUpperCase();
  return /[.E]/.test(plain) ? plain : `${plain}E0`;
}

const reals = (values: Float32Array): string => `[${Array.from(values, realText).join(',')}]`;
const list = (values: ArrayLike<number>): string => JSON.stringify(Array.from(values));

/** The text of a JSON object whose values are texts already. */
function objectText(fields: Readonly<Record<string, string>>): string {
  return `{${Object.entries(fields)
    .map(([name, text]) => `${JSON.stringify(name)}:${text}`)
    .join(',')}}`;
}

function objectiveJson(objective: Objective): object {
  switch (objective.kind) {
    case 'absolute':
      return { name: 'reg:absoluteerror' };
    case 'quantile':
      return {
        name: 'reg:quantileerror',
        quantile_loss_param: { quantile_alpha: `[${objective.quantile}]` },
      };
    case 'squared':
      return { name: 'reg:squarederror', reg_loss_param: { scale_pos_weight: '1' } };
    default:
      return objective satisfies never;
  }
}

function treeText(tree: Tree, id: number, features: number): string {
  const n = tree.left.length;
  const parents = new Int32Array(n).fill(NO_PARENT);
  for (let node = 0; node < n; node += 1) {
    if (tree.left[node] === -1) continue;
    parents[tree.left[node]!] = node;
    parents[tree.right[node]!] = node;
  }
  return objectText({
    base_weights: reals(tree.weight),
    categories: '[]',
    categories_nodes: '[]',
    categories_segments: '[]',
    categories_sizes: '[]',
    default_left: list(tree.defaultLeft),
    id: `${id}`,
    left_children: list(tree.left),
    loss_changes: reals(tree.gain),
    parents: list(parents),
    right_children: list(tree.right),
    split_conditions: reals(tree.condition),
    split_indices: list(tree.feature),
    split_type: list(new Uint8Array(n)),
    sum_hessian: reals(tree.cover),
    tree_param: JSON.stringify({
      num_deleted: '0',
      num_feature: `${features}`,
      num_nodes: `${n}`,
      size_leaf_vector: '1',
    }),
  });
}

/** The text of XGBoost's JSON file of this model. */
export function xgboostText({ objective, features, base, trees }: TreesModel): string {
  const model = objectText({
    gbtree_model_param: JSON.stringify({ num_parallel_tree: '1', num_trees: `${trees.length}` }),
    iteration_indptr: list([...trees.keys(), trees.length]),
    tree_info: list(new Uint8Array(trees.length)),
    trees: `[${trees.map((tree, id) => treeText(tree, id, features.length)).join(',')}]`,
  });
  const learner = objectText({
    attributes: '{}',
    feature_names: JSON.stringify(features),
    feature_types: JSON.stringify(features.map(() => 'float')),
    gradient_booster: objectText({ model, name: '"gbtree"' }),
    learner_model_param: JSON.stringify({
      base_score: realText(base),
      boost_from_average: '1',
      num_class: '0',
      num_feature: `${features.length}`,
      num_target: '1',
    }),
    objective: JSON.stringify(objectiveJson(objective)),
  });
  return objectText({ learner, version: list(VERSION) });
}

/** A number in a text such as `1.1E1` or, since version 3.1, `[1.1E1]`. */
function singleNumber(text: string): number {
  const value = Number(text.replace(/^\[|\]$/g, ''));
  if (text === '' || Number.isNaN(value)) throw new RangeError(`${text} is not one number`);
  return value;
}

/**
 * The model that a value of XGBoost's JSON file says. A file without names of features gets `f0`, `f1` and so on.
 * @throws RangeError when it is no model of trees for one of the three errors, or has splits by category or broken trees
 */
export function readXgboostJson(value: unknown): TreesModel {
  const read = modelSchema.safeParse(value);
  if (!read.success)
    throw new RangeError(`This is no model of XGBoost that can be used here: ${z.prettifyError(read.error)}`);
  const { feature_names, gradient_booster, learner_model_param, objective } = read.data.learner;
  const count = Number(learner_model_param.num_feature);
  const features =
    feature_names.length > 0 ? feature_names : Array.from({ length: count }, (_, f) => `f${f}`);
  return {
    kind: 'trees',
    objective: readObjective(objective),
    features,
    base: Math.fround(singleNumber(learner_model_param.base_score)),
    trees: gradient_booster.model.trees.map((tree, id) => readTree(tree, id, features.length)),
  };
}

function readObjective(objective: z.infer<typeof modelSchema>['learner']['objective']): Objective {
  switch (objective.name) {
    case 'reg:absoluteerror':
      return { kind: 'absolute' };
    case 'reg:squarederror':
      return { kind: 'squared' };
    case 'reg:quantileerror':
      return { kind: 'quantile', quantile: singleNumber(objective.quantile_loss_param.quantile_alpha) };
    default:
      return objective satisfies never;
  }
}

/** Numbers of a file in single precision; its `-0E0` is 0, which JSON cannot say otherwise. */
const single = (values: readonly number[]): Float32Array => Float32Array.from(values, (value) => value + 0);

function readTree(json: z.infer<typeof treeSchema>, id: number, features: number): Tree {
  const tree: Tree = {
    left: Int32Array.from(json.left_children),
    right: Int32Array.from(json.right_children),
    feature: Int32Array.from(json.split_indices),
    defaultLeft: Uint8Array.from(json.default_left, Number),
    condition: single(json.split_conditions),
    gain: single(json.loss_changes),
    cover: single(json.sum_hessian),
    weight: single(json.base_weights),
  };
  const n = tree.left.length;
  const isWhole =
    n > 0 &&
    Object.values(tree).every((part: ArrayLike<number>) => part.length === n) &&
    tree.left.every((left, node) => {
      const right = tree.right[node]!;
      if (left === -1) return right === -1;
      // Children stand behind their parent, so that every way through the tree ends.
      const isBehind = left > node && left < n && right > node && right < n;
      return isBehind && tree.feature[node]! >= 0 && tree.feature[node]! < features;
    });
  if (!isWhole) throw new RangeError(`Tree ${id} is broken: its nodes do not belong together`);
  return tree;
}
