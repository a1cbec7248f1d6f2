/**
 * Drift: how the rows that a model is asked about differ from the rows that it has learned from, cause by cause. A cause is something that a
 * person can look after: a feature that is unknown or holds its default, a context that was made up, players nobody had seen, a source
 * that is silent.
 */
import type { TableRows } from '../domain/table-rows.ts';

/** Kinds of causes. */
export const DRIFT_KINDS = [
  'unknown_feature',
  'default_feature',
  'synthetic_context',
  'unseen_player',
  'issue',
] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** One cause, with the share of the rows that have it: in the training and now, 0 to 1. */
export interface DriftCause {
  readonly kind: DriftKind;
  /** The feature, or the code in `data_quality_issues`; empty for the other kinds. */
  readonly name: string;
  readonly then: number;
  readonly now: number;
  /** Whether the share has moved by {@link DRIFT_SHARE} or more, either way. */
  readonly isDrift: boolean;
}

/** A cause is drift from this difference of the shares on: five rows in a hundred. */
const DRIFT_SHARE = 0.05;

/** Columns of `ml_feature_store_v2` that are read beside the features. */
export const DRIFT_COLUMNS = [
  ...['game_date', 'game_id', 'player_lookup'],
  ...['context_source', 'defaulted_features', 'data_quality_issues'],
] as const;

/** `kind name` -> how many rows have it. */
type Counts = ReadonlyMap<string, number>;

/**
 * The causes, those that have moved first, the largest move first. A cause that no row has at either time is left out.
 * @param learned rows of the dates of the training, with {@link DRIFT_COLUMNS} and the features
 * @param asked rows of the dates that are looked at, with the same columns
 */
export function driftOf(learned: TableRows, asked: TableRows, features: readonly string[]): DriftCause[] {
  const seen = new Set(learned.texts['player_lookup']);
  const [then, now] = [countsOf(learned, features, seen), countsOf(asked, features, seen)];
  const share = (counts: Counts, key: string, rows: number): number =>
    rows === 0 ? 0 : (counts.get(key) ?? 0) / rows;
  const causes = [...new Set([...then.keys(), ...now.keys()])].map((key) => {
    const [kind, name = ''] = key.split(' ') as [DriftKind, string?];
    const [before, after] = [share(then, key, learned.count), share(now, key, asked.count)];
    return { kind, name, then: before, now: after, isDrift: Math.abs(after - before) > DRIFT_SHARE - 1e-9 };
  });
  const moved = ({ then: before, now: after }: DriftCause): number => Math.abs(after - before);
  return causes.sort(
    (a, b) =>
      Number(b.isDrift) - Number(a.isDrift) ||
      moved(b) - moved(a) ||
      `${a.kind} ${a.name}`.localeCompare(`${b.kind} ${b.name}`),
  );
}

function countsOf(
  { count, texts, numbers }: TableRows,
  features: readonly string[],
  seen: Set<unknown>,
): Counts {
  const counts = new Map<string, number>();
  const add = (kind: DriftKind, name = ''): void => {
    const key = name === '' ? kind : `${kind} ${name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  const listed = (column: string, at: number): string[] =>
    (texts[column]?.[at] ?? '').split(',').filter((text) => text !== '');
  const asked = new Set(features);
  for (let at = 0; at < count; at++) {
    for (const name of features) if (Number.isNaN(numbers[name]?.[at] ?? NaN)) add('unknown_feature', name);
    for (const name of listed('defaulted_features', at)) if (asked.has(name)) add('default_feature', name);
    if (texts['context_source']?.[at] === 'synthetic') add('synthetic_context');
    if (!seen.has(texts['player_lookup']?.[at] ?? '')) add('unseen_player');
    const codes = listed('data_quality_issues', at).map((code) => code.split(':')[0] ?? code);
    for (const code of new Set(codes)) add('issue', code);
  }
  return counts;
}
