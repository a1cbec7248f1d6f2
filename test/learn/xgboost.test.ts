/** XGBoost in Python reads our model files and we read its files; both predict the same and learn equally well. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentOf } from '../../scripts/tools/install.ts';
import { findPythonTool, isMissing } from '../../scripts/tools/find.ts';
import { contributions } from '../../shared/learn/contributions.ts';
import type { Matrix } from '../../shared/learn/matrix.ts';
import { predict } from '../../shared/learn/model.ts';
import { readModel, writeModel } from '../../shared/learn/model-file.ts';
import { importancesOf, type Objective, type TreesModel } from '../../shared/learn/trees/model.ts';
import { trainTrees } from '../../shared/learn/train/trees.ts';
import { learningRows } from '../support/learning-rows.ts';
import { removeFolder } from '../support/remove-folder.ts';

const xgboost = findPythonTool('xgboost');
const SCRIPT = fileURLToPath(new URL('../support/ask_xgboost.py', import.meta.url));
const ROWS = 5000;
/** The rows of which contributions are asked. */
const HEAD = 100;
const TREES = 25;

const train = learningRows(ROWS, 12, 1);
const later = learningRows(ROWS, 12, 2);

const KINDS: readonly { readonly objective: Objective; readonly parameters: object }[] = [
  { objective: { kind: 'absolute' }, parameters: { objective: 'reg:absoluteerror' } },
  {
    objective: { kind: 'quantile', quantile: 0.1 },
    parameters: { objective: 'reg:quantileerror', quantile_alpha: 0.1 },
  },
  { objective: { kind: 'squared' }, parameters: { objective: 'reg:squarederror' } },
];
const SHARED = { max_depth: 5, learning_rate: 0.1, min_child_weight: 3 };

interface Answer {
  readonly predictions: readonly number[];
  readonly contributions?: readonly number[];
  readonly gain: Readonly<Record<string, number>>;
  readonly weight: Readonly<Record<string, number>>;
}

describe.skipIf(isMissing(xgboost))('XGBoost', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fullcourt-xgboost-'));
  const [ours, theirs] = [new Map<string, TreesModel>(), new Map<string, TreesModel>()];
  let answers: Answer[] = [];

  beforeAll(() => {
    if (isMissing(xgboost)) return;
    writeRows(train.features, train.target);
    const requests = KINDS.flatMap(({ objective, parameters }) => {
      const { model } = trainTrees(train, { ...SHARED, objective, n_estimators: TREES });
      ours.set(objective.kind, model);
      const file = join(folder, `ours-${objective.kind}.json`);
      writeFileSync(file, writeModel(model));
      const common = { folder, rows: ROWS, names: train.features.names, head: HEAD };
      const made = join(folder, `theirs-${objective.kind}.json`);
      const learned = { ...SHARED, ...parameters };
      return [
        { ...common, op: 'predict', model: file },
        { ...common, op: 'train', model: made, trees: TREES, parameters: learned },
      ];
    });
    const done = spawnSync(xgboost.python, [SCRIPT], {
      input: requests.map((request) => `${JSON.stringify(request)}\n`).join(''),
      encoding: 'utf8',
      env: environmentOf(xgboost.folder),
      maxBuffer: 1e8,
    });
    if (done.status !== 0) throw new Error(done.stderr);
    answers = done.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Answer);
    for (const { objective } of KINDS) {
      const model = readModel(readFileSync(join(folder, `theirs-${objective.kind}.json`), 'utf8'));
      if (model.kind === 'trees') theirs.set(objective.kind, model);
    }
  });
  afterAll(() => removeFolder(folder));

  function writeRows({ columns, rows }: Matrix, target: Float64Array): void {
    const values = new Float32Array(columns.length * rows);
    for (const [c, column] of columns.entries()) values.set(column, c * rows);
    writeFileSync(join(folder, 'features.bin'), Buffer.from(values.buffer));
    writeFileSync(join(folder, 'target.bin'), Buffer.from(Float32Array.from(target).buffer));
  }

  describe.each(KINDS)('and the $objective.kind error', ({ objective }) => {
    const place = KINDS.findIndex((each) => each.objective === objective);
    const answerFor = (who: 'ours' | 'theirs'): Answer => answers[2 * place + (who === 'ours' ? 0 : 1)]!;
    const modelOf = (who: 'ours' | 'theirs'): TreesModel =>
      (who === 'ours' ? ours : theirs).get(objective.kind)!;

    it.each(['ours', 'theirs'] as const)('predicts with a model of %s what we predict', (who) => {
      const predicted = predict(modelOf(who), train.features);
      const answered = answerFor(who).predictions;
      expect(answered).toHaveLength(ROWS);
      expect(answered).toEqual([...predicted]);
    });

    it.each(['ours', 'theirs'] as const)('explains a model of %s as we do', (who) => {
      const columns = train.features.columns.map((column) => column.slice(0, HEAD));
      const explained = contributions(modelOf(who), { ...train.features, rows: HEAD, columns });
      const answered = answerFor(who).contributions!;
      const width = columns.length + 1;
      for (let i = 0; i < HEAD; i += 1) {
        for (const [f, added] of explained.added.entries())
          expect(Math.abs(added[i]! - answered[i * width + f]!)).toBeLessThan(1e-4);
        expect(Math.abs(explained.base - answered[i * width + width - 1]!)).toBeLessThan(1e-4);
      }
    });

    it.each(['ours', 'theirs'] as const)('counts and weighs the splits of a model of %s as we do', (who) => {
      const { gain, weight } = answerFor(who);
      for (const importance of importancesOf(modelOf(who))) {
        expect(importance.weight).toBe(weight[importance.feature] ?? 0);
        const theirGain = gain[importance.feature] ?? 0;
        expect(Math.abs(importance.gain - theirGain)).toBeLessThanOrEqual(1e-4 * theirGain);
      }
    });

    it('learns no better than we do: the errors on other rows differ by less than 1 %', () => {
      const [mine, its] = (['ours', 'theirs'] as const).map((who) => {
        const predicted = predict(modelOf(who), later.features);
        return predicted.reduce((sum, each, i) => sum + lossOf(objective, each - later.target[i]!), 0);
      }) as [number, number];
      expect(mine / its).toBeLessThan(1.01);
    });

    it('and our reader and writer give back a file of XGBoost as it says the same', () => {
      const model = modelOf('theirs');
      expect(readModel(writeModel(model))).toEqual(model);
    });
  });
});

function lossOf(objective: Objective, above: number): number {
  if (objective.kind === 'squared') return above * above;
  const share = objective.kind === 'quantile' ? objective.quantile : 0.5;
  return above >= 0 ? (1 - share) * above : -share * above;
}
