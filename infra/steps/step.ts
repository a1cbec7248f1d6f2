/** A change of one thing, as command lines. */
import type { CommandLine } from './command-line.ts';
import type { Deployment } from '../declared/deployment.ts';

export interface Step {
  /** What changes, for example `topic nba-sweep`. */
  readonly what: string;
  readonly change: 'create' | 'update' | 'remove';
  /** What was found instead; empty for what was not there. */
  readonly because: readonly string[];
  readonly commands: readonly CommandLine[];
}

/** Steps of one kind. A stage begins when the one before it is done. */
export interface Stage {
  readonly title: string;
  /** How many of its steps may run at once. */
  readonly atOnce: number;
  readonly steps: readonly Step[];
}

/** What steps are made from. */
export interface StepContext {
  readonly deployment: Deployment;
  /** Folder of the files that command lines name. */
  readonly folder: string;
}

/** A command line of gcloud in the project of the deployment, that asks no questions. */
export function gcloud({ deployment }: StepContext, ...words: readonly string[]): CommandLine {
  return { argv: ['gcloud', ...words, `--project=${deployment.target.project}`, '--quiet'] };
}

/** A statement sent to the warehouse from a file. */
export function bqScript({ deployment, folder }: StepContext, file: string): CommandLine {
  const { project, location } = deployment.target;
  return {
    argv: [
      'bq',
      `--project_id=${project}`,
      `--location=${location}`,
      '--headless',
      'query',
      '--use_legacy_sql=false',
    ],
    input: `${folder}/${file}`,
  };
}

/** `key=value,key=value`, in order. */
export function keyValues(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** Names of the fields in which `found` differs from `wanted`. Only fields that are wanted are looked at. */
export function differences<T extends object>(
  wanted: T,
  found: { readonly [K in keyof T]: unknown },
): string[] {
  return Object.entries(wanted).flatMap(([field, value]) => {
    const there = found[field as keyof T];
    return holds(there, value) ? [] : [`${field} is ${shown(there)}, not ${shown(value)}`];
  });
}

/**
 * Whether a document holds everything that is wanted. Services leave out what is zero, false or empty, and add fields of
 * their own; neither is a difference.
 */
export function holds(found: unknown, wanted: unknown): boolean {
  if (found === undefined || found === null)
    return wanted === undefined || wanted === null || isDefault(wanted);
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(found) &&
      found.length === wanted.length &&
      wanted.every((each, i) => holds(found[i], each))
    );
  }
  if (typeof wanted === 'object' && wanted !== null) {
    if (typeof found !== 'object') return false;
    return Object.entries(wanted).every(([key, value]) =>
      holds((found as Record<string, unknown>)[key], value),
    );
  }
  // Large integers come as text.
  return found === wanted || (typeof wanted === 'number' && found === String(wanted));
}

function isDefault(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).every(isDefault);
  return value === 0 || value === false || value === '' || value === '0s';
}

function shown(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}
