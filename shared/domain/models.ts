/**
 * Models of player points: what a document says of one, who serves under which alias, and whether a model may take the place of
 * the one that serves. A model never changes: its id is made from the bytes of its file.
 */
import type { GameDate } from './game-date.ts';
import { digest } from './hash.ts';

/** Kinds of models: linear on the absolute error, boosted trees on the absolute error, and the mean of both. */
export const ALGORITHMS = ['lad', 'trees', 'mean'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** Names under which a model serves. The champion predicts; the challenger predicts beside it and is never recommended. */
export const ALIASES = ['champion', 'challenger'] as const;
export type ModelAlias = (typeof ALIASES)[number];

/** A mean absolute error in points on named rows, with a 95 % bootstrap interval where one was computed. */
export interface MeasuredError {
  /** Which rows, such as `test 2023-01-20 to 2023-04-09`. */
  readonly rowsOf: string;
  readonly rows: number;
  readonly mae: number;
  readonly interval: readonly [low: number, high: number] | null;
}

/** One condition of a training, with what was found. */
export interface ModelCheck {
  readonly name: string;
  readonly ok: boolean;
  /** Whether the verdict is NO-GO without it. */
  readonly required: boolean;
  readonly found: string;
}

/** The dates on which a model of a rolling origin predicts: from the first of a month until the first of the next one. */
export interface Validity {
  readonly from: GameDate;
  /** The first date on which it does not predict any more. */
  readonly before: GameDate;
}

/** `models/{id}`: everything that is needed to train the same model again, and what was measured of it. */
export interface ModelDocument {
  readonly id: string;
  readonly algorithm: Algorithm;
  /** Parameters of the learners, by `learner.name`, such as `trees.max_leaves`. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly training: {
    /** The first and the last game date of the training rows. */
    readonly first: GameDate;
    readonly last: GameDate;
    readonly rows: number;
    readonly dates: number;
    readonly players: number;
    /** Hash of the training rows: their keys, targets and features, in the order of their keys. */
    readonly rowsHash: string;
  };
  /** Null for a model that is no part of a rolling origin. */
  readonly validity: Validity | null;
  readonly featureVersion: string;
  readonly features: readonly string[];
  /** Features that were left out, and why. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
  /** Feature -> share of the training rows in which it is known, 0 to 1. */
  readonly fill: Readonly<Record<string, number>>;
  /** Digest of the code that computes the features. */
  readonly codeRevision: string;
  /** When it was trained first (ISO, UTC). */
  readonly trainedAt: string;
  readonly metrics: readonly MeasuredError[];
  /** Baseline -> its error on the test rows. */
  readonly baselines: Readonly<Record<string, MeasuredError>>;
  readonly checks: readonly ModelCheck[];
  /** Where the file of the model is, and its SHA-256. */
  readonly file: { readonly uri: string; readonly sha256: string; readonly bytes: number };
}

/** A change of an alias: from `at` on it stands for this model, or for none. Changes are added and never edited. */
export interface AliasChange {
  readonly modelId: string | null;
  /** When (ISO, UTC). */
  readonly at: string;
  readonly by: string | null;
  readonly reason: string;
  readonly kind: 'promoted' | 'forced' | 'rolled_back';
  /** What the gate said of it; empty for a roll-back. */
  readonly gate: readonly ModelCheck[];
}

/** `model_aliases/{alias}`: who has served under an alias since when, the oldest first. */
export interface AliasDocument {
  readonly alias: ModelAlias;
  readonly history: readonly AliasChange[];
}

/** The id of a model: its kind and the hash of its file, such as `mean-1f0c2a9b77de`. */
export function modelIdOf(algorithm: Algorithm, file: string): string {
  return `${algorithm}-${digest(file, 12)}`;
}

/** The model that an alias stands for at an instant (ISO, UTC); null when it stood for none. */
export function servedAt(history: readonly AliasChange[], at: string): string | null {
  return history.findLast((change) => change.at <= at)?.modelId ?? null;
}

/** The model that an alias stands for after its last change; null when it stands for none. */
export function servingNow(history: readonly AliasChange[]): string | null {
  return history.at(-1)?.modelId ?? null;
}

/**
 * The model to which a roll-back returns: the one that served before the present one, former roll-backs taken into account.
 * After A, B, C a roll-back gives B, and a second one A.
 * @returns null when none served before
 */
export function rollBackTo(history: readonly AliasChange[]): string | null {
  const served: (string | null)[] = [];
  for (const { modelId, kind } of history) {
    if (kind === 'rolled_back') served.pop();
    else if (served.at(-1) !== modelId) served.push(modelId);
  }
  return served.at(-2) ?? null;
}

/** Two histories of an alias as one: every change once, in the order of their times. */
export function bothHistories(
  first: readonly AliasChange[],
  second: readonly AliasChange[],
): readonly AliasChange[] {
  const key = ({ at, modelId, kind }: AliasChange): string => `${at} ${modelId ?? ''} ${kind}`;
  const all = new Map([...first, ...second].map((change) => [key(change), change]));
  return [...all.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** How much worse, as a fraction, one tier of scorers may be under a model that is promoted. */
const WORSE_TIER = 0.02;

/** A candidate and the model or baseline in whose place it would come, on the same rows. */
export interface Comparison {
  /** Against what, such as `mean-1f0c2a9b77de` or `l10`. */
  readonly against: string;
  readonly rows: number;
  readonly candidateMae: number;
  readonly otherMae: number;
  /** 95 % paired bootstrap interval of the error of the candidate minus that of the other; negative is better. */
  readonly difference: readonly [low: number, high: number];
  /** The errors of both by tier of scorer. */
  readonly tiers: readonly {
    readonly tier: string;
    readonly rows: number;
    readonly candidate: number;
    readonly other: number;
  }[];
  /** The canaries of the evaluation, by name. */
  readonly canaries: readonly { readonly name: string; readonly ok: boolean; readonly found: string }[];
}

/** Tiers with fewer rows than this are not compared: their difference is chance. */
const LEAST_TIER_ROWS = 100;

/**
 * The gate of a promotion: better on the same rows with a paired interval that excludes 0, no tier of scorers worse by more than
 * 2 %, and every canary passed. A tier of fewer than 100 rows decides nothing.
 */
export function promotionGate(compared: Comparison): ModelCheck[] {
  const { against, rows, candidateMae, otherMae, difference, tiers, canaries } = compared;
  const counting = tiers.filter((tier) => tier.rows >= LEAST_TIER_ROWS);
  const worse = counting.filter(({ candidate, other }) => candidate > other * (1 + WORSE_TIER));
  const failed = canaries.filter(({ ok }) => !ok);
  return [
    {
      name: 'better on the same rows',
      required: true,
      ok: rows > 0 && difference[1] < 0,
      found: `MAE ${candidateMae.toFixed(3)} against ${otherMae.toFixed(3)} of ${against} on ${rows} rows, difference [${difference[0].toFixed(3)}, ${difference[1].toFixed(3)}]`,
    },
    {
      name: 'no tier of scorers worse by more than 2 %',
      required: true,
      ok: counting.length > 0 && worse.length === 0,
      found:
        counting.length === 0
          ? 'no tier has 100 rows'
          : worse.length === 0
            ? `${counting.length} tiers compared`
            : worse
                .map(
                  ({ tier, candidate, other }) =>
                    `${tier}: ${candidate.toFixed(3)} against ${other.toFixed(3)}`,
                )
                .join('; '),
    },
    {
      name: 'canaries',
      required: true,
      ok: canaries.length > 0 && failed.length === 0,
      found:
        canaries.length === 0
          ? 'none was looked at'
          : failed.length === 0
            ? `${canaries.length} passed`
            : failed.map(({ name, found }) => `${name}: ${found}`).join('; '),
    },
  ];
}

/** Whether every required check holds. */
export function isGo(checks: readonly ModelCheck[]): boolean {
  return checks.every(({ ok, required }) => ok || !required);
}
