/**
 * Our trainers on generated rows of the size of three seasons, beside XGBoost with two threads where Python has it. Both are
 * timed in turns in one run, so that their ratio means something on a busy machine, too.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { makeRandom } from '../../shared/domain/seeded-random.ts';
import type { Matrix } from '../../shared/learn/matrix.ts';
import { predict, type Model } from '../../shared/learn/model.ts';
import { errorSummary } from '../../shared/learn/statistics.ts';
import { trainLad } from '../../shared/learn/train/lad.ts';
import type { TrainingRows } from '../../shared/learn/train/rows.ts';
import { trainTrees } from '../../shared/learn/train/trees.ts';
import { findPythonTool, isMissing } from '../tools/find.ts';
import { environmentOf } from '../tools/install.ts';
import { table } from '../cli/text-table.ts';
import { median } from './median.ts';

const TRAIN = 70_000;
const TEST = 20_000;
const FEATURES = 60;
const SEEDS = [0, 1, 2, 3, 4];
const THREADS = 2;
const SHARED = { max_depth: 6, learning_rate: 0.05, subsample: 0.8, colsample_bytree: 0.8 };

/** Rows whose targets are whole numbers with a long upper tail, as points are; half of the features say nothing. */
function generated(rows: number, seed: number): TrainingRows {
  const random = makeRandom('bench rows', seed);
  const form = Float64Array.from({ length: rows }, () => random.normal());
  const columns = Array.from({ length: FEATURES }, (_, f) =>
    Float64Array.from({ length: rows }, (__, i) =>
      f % 15 === 14 && random.chance(0.1) ? NaN : random.normal() + (f % 3) * 0.7 * form[i]!,
    ),
  );
  const target = Float64Array.from({ length: rows }, (_, i) => {
    let sum = 10 + 2 * form[i]! + 0.5 * columns[0]![i]! * columns[1]![i]!;
    for (let f = 0; f < FEATURES / 2; f += 1) sum += (f % 14 === 13 ? 0 : 0.2) * (columns[f]![i]! || 0);
    const tail = random.chance(0.2) ? 8 * random.unit() : 0;
    return Math.max(0, Math.round(sum + 4 * random.normal() + tail));
  });
  return {
    features: { names: columns.map((_, f) => `f${f}`), rows, columns },
    target,
    keys: Array.from({ length: rows }, (_, i) => `row-${String(i).padStart(6, '0')}`),
  };
}

interface Trained {
  readonly seconds: number;
  readonly mae: number;
}

/** Trains, and measures the error on rows that nothing was fitted to. */
function measured(test: TrainingRows, train: () => Model): Trained & { readonly cpu: number } {
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  const model = train();
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const { mae } = errorSummary(predict(model, test.features), test.target);
  return { seconds, cpu: (user + system) / 1e6, mae };
}

/** @param trees trees of each model; 500 is what the goals are about */
export async function learnBench(trees: number): Promise<void> {
  const [train, test] = [generated(TRAIN, 1), generated(TEST, 2)];
  const fill = train.features.names.filter((_, f) => f % 15 === 14);
  const lad = measured(test, () => trainLad(train, { fill }).model);
  const xgboost = startXgboost(train, test);
  const runs: { readonly ours: Trained & { readonly cpu: number }; readonly theirs: Theirs | undefined }[] =
    [];
  for (const seed of SEEDS) {
    const theirs = await xgboost?.train(seed, trees);
    const ours = measured(
      test,
      () =>
        trainTrees(train, { ...SHARED, objective: { kind: 'absolute' }, n_estimators: trees, seed }).model,
    );
    process.stderr.write(`seed ${seed}: ${JSON.stringify({ ours, theirs })}\n`);
    runs.push({ ours, theirs });
  }
  await xgboost?.end();
  const peak = process.resourceUsage().maxRSS / 1024;
  const mean = (numbers: readonly number[]): number =>
    numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
  const pairs = runs.flatMap(({ ours, theirs }) => (theirs === undefined ? [] : [{ ours, theirs }]));
  const absent = 'XGBoost is not installed (npm run tools -- xgboost)';
  console.log(
    table(
      ['measured', 'value', 'goal'],
      [
        [
          'rows, features, trees',
          `${TRAIN}, ${FEATURES}, ${trees} of depth ${SHARED.max_depth}`,
          '70000, 60, 500',
        ],
        [
          'linear model',
          `${lad.seconds.toFixed(2)} s (${lad.cpu.toFixed(2)} s of CPU), MAE ${lad.mae.toFixed(4)}`,
          'under 2 s',
        ],
        [
          'trees, median of five seeds',
          `${median(runs.map(({ ours }) => ours.seconds)).toFixed(1)} s (${median(runs.map(({ ours }) => ours.cpu)).toFixed(1)} s of CPU)`,
          'with the linear model under 60 s',
        ],
        [
          `time in XGBoost's with ${THREADS} threads, median`,
          pairs.length === 0
            ? absent
            : median(pairs.map(({ ours, theirs }) => ours.seconds / theirs.seconds)).toFixed(2),
          '3 or less',
        ],
        [
          "mean MAE less XGBoost's",
          pairs.length === 0
            ? absent
            : mean(pairs.map(({ ours, theirs }) => ours.mae - theirs.mae)).toFixed(4),
          'within 0.005',
        ],
        ['mean MAE', mean(runs.map(({ ours }) => ours.mae)).toFixed(4), ''],
        [
          'peak memory, rows included',
          `${peak.toFixed(0)} MiB${pairs.length === 0 ? '' : `, XGBoost ${Math.max(...pairs.map(({ theirs }) => theirs.peakMiB)).toFixed(0)} MiB`}`,
          'under 1024 MiB',
        ],
      ],
    ),
  );
}

interface Theirs extends Trained {
  readonly peakMiB: number;
}

/** A process of Python that trains XGBoost on the same rows; undefined where it is not installed. */
function startXgboost(
  train: TrainingRows,
  test: TrainingRows,
):
  | { readonly train: (seed: number, trees: number) => Promise<Theirs>; readonly end: () => Promise<void> }
  | undefined {
  const found = findPythonTool('xgboost');
  if (isMissing(found)) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'fullcourt-learn-'));
  writeRows(join(folder, 'train'), train.features, train.target);
  writeRows(join(folder, 'test'), test.features, test.target);
  const child = spawn(found.python, [fileURLToPath(new URL('train_xgboost.py', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: environmentOf(found.folder),
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'close');
  return {
    train: async (seed, trees) => {
      const parameters = {
        ...SHARED,
        objective: 'reg:absoluteerror',
        tree_method: 'hist',
        nthread: THREADS,
        seed,
      };
      const request = { folder, features: FEATURES, train: TRAIN, test: TEST, trees, parameters };
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error('XGBoost ended without an answer');
      return JSON.parse(line.value) as Theirs;
    },
    end: async () => {
      child.stdin.end();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeRows(path: string, { columns, rows }: Matrix, target: Float64Array): void {
  const values = new Float32Array(columns.length * rows);
  for (const [c, column] of columns.entries()) values.set(column, c * rows);
  writeFileSync(`${path}.features`, Buffer.from(values.buffer));
  writeFileSync(`${path}.target`, Buffer.from(Float32Array.from(target).buffer));
}
