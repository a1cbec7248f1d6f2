/** Trains models of player points, keeps them as documents and archived files, and tells them to the journal. */
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import {
  isGo,
  modelIdOf,
  type Algorithm,
  type MeasuredError,
  type ModelCheck,
  type ModelDocument,
  type Validity,
} from '../../shared/domain/models.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { resultChecks, rowChecks } from '../../shared/modeling/checks.ts';
import { absoluteErrors, bootstrapInterval, mean } from '../../shared/modeling/errors.ts';
import { modelText } from '../../shared/modeling/points-model.ts';
import { featureStates, rowsWhere, type FeatureState } from '../../shared/modeling/rows.ts';
import { trainPoints, type Trained } from '../../shared/modeling/train.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { keepModel, modelOf } from '../../shared/state/models.ts';
import { writeJournal } from './journal.ts';
import { featureCode, featuresOf, newestVersion, readModelRows, type FoundRows } from './model-rows.ts';

export interface TrainingPorts {
  readonly registry: Registry;
  readonly store: StateStore;
  readonly archive: Pick<ArchiveStore, 'put' | 'write'>;
  readonly clock: Clock;
  readonly warehouse: Pick<Warehouse, 'read'>;
}

export interface TrainAsked {
  readonly first: GameDate;
  readonly last: GameDate;
  readonly algorithm: Algorithm;
  /** Features that are left out. */
  readonly without: readonly string[];
  /** Only the checks; nothing is learned or kept. */
  readonly dryRun: boolean;
}

/** What a training has found. */
export interface TrainAnswer {
  /** Null when nothing was kept. */
  readonly modelId: string | null;
  readonly rows: number;
  readonly dates: number;
  readonly players: number;
  readonly features: readonly string[];
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
  readonly fill: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly verdict: 'GO' | 'NO-GO';
  readonly checks: readonly ModelCheck[];
  readonly model: ModelDocument | null;
  /** The bytes of the file of the model; null when nothing was learned. */
  readonly file: string | null;
}

/** A date before every game of the league: a range from here holds whatever is loaded. */
export const BEFORE_ALL_GAMES = gameDate('1946-10-01');

/** Seed of every draw of a training. */
export const SEED = 42;

type Say = (step: string) => void;

/**
 * Trains one model on a range of dates. Rows of games with three or more earlier games of the season are taken, whatever their
 * readiness says: a model needs its features, and no flag about anything else.
 * @throws RequestError when the rows cannot be read, or a feature to leave out is none
 */
export async function trainModel(ports: TrainingPorts, asked: TrainAsked, say: Say): Promise<TrainAnswer> {
  const version = newestVersion(ports.registry);
  const features = featuresOf(version, asked.without);
  say(`reading the rows of ${asked.first} to ${asked.last}`);
  const found = await readModelRows(ports, asked.first, asked.last, features);
  return trainOn(ports, found, { ...asked, version, features, validity: null }, say);
}

/** A month of a rolling origin. */
export interface RollingAnswer extends Pick<TrainAnswer, 'modelId' | 'rows' | 'seconds' | 'verdict'> {
  readonly validity: Validity;
  /** Why there is no model; null when there is one. */
  readonly why: string | null;
}

/**
 * Trains a model for the first of each month of a range, on the rows before it. The months of the first loaded season have no season
 * before them, and get none.
 * @throws RequestError as {@link trainModel}
 */
export async function trainRolling(
  ports: TrainingPorts,
  asked: TrainAsked,
  say: Say,
): Promise<RollingAnswer[]> {
  const version = newestVersion(ports.registry);
  const features = featuresOf(version, asked.without);
  say(`reading the rows before ${asked.last}`);
  const found = await readModelRows(ports, BEFORE_ALL_GAMES, asked.last, features);
  const oldest = found.rows.games[0]?.date;
  const answers: RollingAnswer[] = [];
  for (const validity of monthsBetween(asked.first, asked.last)) {
    const { from } = validity;
    const isThere = [...found.rows.games, ...found.absent.map(({ game }) => game)].some(
      ({ date }) => date >= from && date < validity.before,
    );
    if (!isThere) continue;
    const nothing = { validity, modelId: null, rows: 0, seconds: 0, verdict: 'NO-GO' } as const;
    if (oldest === undefined || seasonOf(oldest) === seasonOf(from)) {
      answers.push({ ...nothing, why: 'no season before it is loaded' });
      continue;
    }
    say(`month ${from.slice(0, 7)}`);
    const before: FoundRows = {
      ...found,
      rows: rowsWhere(found.rows, (at) => (found.rows.games[at]?.date ?? '') < from),
      absent: found.absent.filter(({ game }) => game.date < from),
    };
    const { modelId, rows, seconds, verdict, checks } = await trainOn(
      ports,
      before,
      { ...asked, version, features, validity },
      say,
    );
    const failed = checks.filter(({ ok, required }) => required && !ok);
    const why =
      modelId === null ? failed.map(({ name, found: text }) => `${name}: ${text}`).join('; ') : null;
    answers.push({ validity, modelId, rows, seconds, verdict, why: why === '' ? null : why });
  }
  return answers;
}

/** The months that a range touches. */
export function monthsBetween(first: GameDate, last: GameDate): Validity[] {
  const months: Validity[] = [];
  let from = gameDate(`${first.slice(0, 7)}-01`);
  while (from <= last) {
    const before = gameDate(`${addDays(from, 31).slice(0, 7)}-01`);
    months.push({ from, before });
    from = before;
  }
  return months;
}

interface Learning extends TrainAsked {
  readonly version: string;
  readonly features: readonly string[];
  readonly validity: Validity | null;
}

async function trainOn(
  ports: TrainingPorts,
  { rows, absent }: FoundRows,
  asked: Learning,
  say: Say,
): Promise<TrainAnswer> {
  const begun = ports.clock().getTime();
  const states = featureStates(rows.features);
  const beyondBootstrap = absent.filter(({ reason }) => reason !== 'bootstrap').length;
  const before = rowChecks(rows, rows.games.length + beyondBootstrap, states);
  const facts = {
    rows: rows.games.length,
    dates: new Set(rows.games.map(({ date }) => date)).size,
    players: new Set(rows.games.map(({ player }) => player)).size,
    features: states.flatMap(({ name, why }) => (why === undefined ? [name] : [])),
    leftOut: leftOutOf(states, asked.without),
    fill: Object.fromEntries(states.map(({ name, fill }) => [name, fill])),
  };
  const seconds = (): number => (ports.clock().getTime() - begun) / 1000;
  if (asked.dryRun || !isGo(before))
    return {
      ...{ ...facts, modelId: null, seconds: seconds(), verdict: isGo(before) ? 'GO' : 'NO-GO' },
      ...{ checks: before, model: null, file: null },
    };
  const trained = trainPoints(rows, {
    algorithm: asked.algorithm,
    featureVersion: asked.version,
    features: asked.features,
    seed: SEED,
    say,
  });
  const checks = [...before, ...resultChecks(trained, SEED)];
  const file = modelText(trained.model);
  const id = await ownId(ports, asked, file);
  const bytes = new TextEncoder().encode(file);
  const { uri, sha256 } = await ports.archive.put(`${id}.json`, bytes);
  const made: ModelDocument = {
    ...{ id, algorithm: asked.algorithm, parameters: trained.parameters, seed: SEED },
    training: {
      ...{ first: rows.games[0]?.date ?? asked.first, last: rows.games.at(-1)?.date ?? asked.last },
      ...{ rows: facts.rows, dates: facts.dates, players: facts.players },
      rowsHash: trained.model.rowsHash,
    },
    validity: asked.validity,
    featureVersion: asked.version,
    ...{ features: facts.features, leftOut: facts.leftOut, fill: facts.fill },
    codeRevision: featureCode(ports.registry),
    trainedAt: ports.clock().toISOString(),
    ...measured(trained),
    checks,
    file: { uri, sha256, bytes: bytes.length },
  };
  const model = await keepModel(ports, made);
  if (model.trainedAt === made.trainedAt)
    await writeJournal(ports, `${model.trainedAt}-model-${id}`, {
      kind: 'model',
      at: model.trainedAt,
      model,
    });
  const verdict = isGo(checks) ? 'GO' : 'NO-GO';
  return { ...facts, modelId: id, seconds: seconds(), verdict, checks, model, file };
}

/**
 * The id under which a model is kept: its kind, and the hash of its file and its month. A model that may serve under an alias can have the
 * same file as that of a month, and both are kept. Where a model of a month is stored under the id of its file alone, the model that may
 * serve is kept under an id of its own, which is the same whenever it is trained again.
 */
async function ownId(
  ports: Pick<TrainingPorts, 'store'>,
  { algorithm, validity }: Pick<Learning, 'algorithm' | 'validity'>,
  file: string,
): Promise<string> {
  if (validity !== null) return modelIdOf(algorithm, `${validity.from}\n${file}`);
  const id = modelIdOf(algorithm, file);
  const kept = await modelOf(ports, id);
  return kept === undefined || kept.validity === null ? id : modelIdOf(algorithm, `no month\n${file}`);
}

function leftOutOf(states: readonly FeatureState[], without: readonly string[]): TrainAnswer['leftOut'] {
  return [
    ...states.flatMap(({ name, why }) => (why === undefined ? [] : [{ name, why }])),
    ...without.map((name) => ({ name, why: 'asked for' })),
  ];
}

/** The errors of the three parts, and those of the averages on the rows that the model has not seen. */
function measured({
  errors,
  counts,
  cuts,
  test,
  refit,
}: Trained): Pick<ModelDocument, 'metrics' | 'baselines'> {
  const { rows, predicted } = test;
  const dates = rows.games.map(({ date }) => date);
  const [first, last] = [dates[0] ?? '', dates.at(-1) ?? ''];
  const rowsOf = `test ${first} to ${last}`;
  const own = absoluteErrors(predicted, rows.target);
  const baseline = (name: 'l5' | 'l10' | 'season'): MeasuredError => {
    const of = Float64Array.from(rows.games, (game) => Math.abs(game[name] - game.points));
    return { rowsOf, rows: of.length, mae: mean(of), interval: bootstrapInterval(of, dates, SEED) };
  };
  return {
    metrics: [
      { rowsOf: `train before ${cuts.validation}`, rows: counts.train, mae: errors.train, interval: null },
      {
        rowsOf: `validation ${cuts.validation} until ${cuts.test}`,
        ...{ rows: counts.validation, mae: errors.validation, interval: null },
      },
      { rowsOf, rows: own.length, mae: mean(own), interval: bootstrapInterval(own, dates, SEED) },
      { rowsOf: `${rowsOf}, learned until ${cuts.test}`, rows: own.length, mae: refit.test, interval: null },
    ],
    baselines: { l5: baseline('l5'), l10: baseline('l10'), season: baseline('season') },
  };
}
