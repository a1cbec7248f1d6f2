/** What came of each kind of mistake in a run of trials. */
import type { Mutation } from './mutation.ts';
import type { Verdict } from './together.ts';

const COLUMNS = ['tried', 'refused', 'changed', 'silent', 'unknowable', 'outside'] as const;
type Counts = Record<(typeof COLUMNS)[number], number>;

const ofKinds = new Map<string, Counts>();

/** Counts what came of one mistake for its kind. */
export function addToReport({ kind, witness }: Mutation, verdict: Verdict): void {
  const name = `${kind} (${witness})`;
  const counts = ofKinds.get(name) ?? {
    ...{ tried: 0, refused: 0, changed: 0, silent: 0, unknowable: 0, outside: 0 },
  };
  ofKinds.set(name, counts);
  counts.tried += 1;
  counts.refused += Number(verdict.refused);
  counts.changed += Number(verdict.changed);
  for (const column of ['silent', 'unknowable', 'outside'] as const)
    counts[column] += Number(verdict[column].length > 0);
}

/** A line for each kind, and one for all of them. Numbers are mistakes; `silent` is not asked of those that are believed. */
export function reportText(): string {
  const all = [...ofKinds.values()];
  const line = (cells: readonly (number | string)[], name: string): string =>
    [...cells.map((cell) => String(cell).padStart(10)), ` ${name}`].join('');
  const sums = COLUMNS.map((column) => all.reduce((total, counts) => total + counts[column], 0));
  return [
    line(COLUMNS, 'kind (what can tell)'),
    ...[...ofKinds]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, counts]) =>
        line(
          COLUMNS.map((column) => counts[column]),
          name,
        ),
      ),
    line(sums, 'all'),
  ].join('\n');
}
