/** What came of each kind of mistake in a run of trials. */
import { isBelieved, type Mutation } from './mutation.ts';
import type { Tried } from './trial.ts';

interface Counts {
  readonly witness: string;
  trials: number;
  refused: number;
  changed: number;
  silent: number;
  unknowable: number;
  outside: number;
}

const ofKinds = new Map<string, Counts>();

/** Counts a trial for its kind, or for both kinds together. */
export function addToReport(mutations: readonly Mutation[], tried: Tried): void {
  const [first] = mutations;
  if (first === undefined) return;
  const kind = mutations.length === 1 ? first.kind : 'two at once';
  const ofTwo = mutations.some(isBelieved) ? 'one of them believed' : 'each told';
  const witness = mutations.length === 1 ? first.witness : ofTwo;
  const name = `${kind} (${witness})`;
  const counts = ofKinds.get(name) ?? {
    ...{ witness, trials: 0, refused: 0, changed: 0, silent: 0, unknowable: 0, outside: 0 },
  };
  ofKinds.set(name, counts);
  counts.trials += 1;
  counts.refused += Number(tried.refused !== undefined);
  counts.changed += Number(tried.differing > 0);
  counts.silent += Number(tried.silent.length > 0);
  counts.unknowable += Number(tried.unknowable.length > 0);
  counts.outside += Number(tried.outside.length > 0);
}

/** A line for each kind, and one for all of them. Numbers are trials. */
export function reportText(): string {
  const columns = ['trials', 'refused', 'changed', 'silent', 'unknowable', 'outside'] as const;
  const sum = Object.fromEntries(
    columns.map((column) => [
      column,
      [...ofKinds.values()].reduce((total, counts) => total + counts[column], 0),
    ]),
  );
  const line = (counts: Readonly<Record<string, unknown>>, name: string): string =>
    [...columns.map((column) => String(counts[column]).padStart(10)), ` ${name}`].join('');
  return [
    [...columns.map((column) => column.padStart(10)), ' kind (what can tell)'].join(''),
    ...[...ofKinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, counts]) => line({ ...counts }, name)),
    line(sum, 'all'),
  ].join('\n');
}
