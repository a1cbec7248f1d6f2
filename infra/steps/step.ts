/** Steps of a deployment, and the command lines that they are made of. */
import type { CommandLine } from './command-line.ts';
import type { Deployment } from '../declared/deployment.ts';

/** A change of one resource. */
export interface Step {
  /** What changes, for example `topic nba-sweep`. */
  readonly what: string;
  readonly change: 'create' | 'update' | 'remove';
  /** Why it changes, in words; empty for a resource that does not exist. */
  readonly because: readonly string[];
  readonly commands: readonly CommandLine[];
  /**
   * Present when the resource must not exist yet: what to do when it does. Without this, a resource that exists already
   * counts as created.
   */
  readonly mustBeNew?: string;
  /** A command that prints something when the step was taken before. A script asks it, because it compares nothing. */
  readonly done?: CommandLine;
}

/** Steps of one kind. A stage begins when the stage before it is done. */
export interface Stage {
  readonly title: string;
  /** How many of its steps may run at once. */
  readonly atOnce: number;
  readonly steps: readonly Step[];
}

/** The deployment that steps are made for, and the folder of its files. */
export interface StepContext {
  readonly deployment: Deployment;
  /** Folder of the files that command lines read. */
  readonly folder: string;
}

/** A command line of gcloud for the project of the deployment. It asks no questions. */
export function gcloud({ deployment }: StepContext, ...words: readonly string[]): CommandLine {
  return { argv: ['gcloud', ...words, `--project=${deployment.target.project}`, '--quiet'] };
}

/** A command line of bq that runs the SQL of a file. */
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

/** `key=value,key=value`, in the order of the keys in `values`. */
export function keyValues(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/**
 * The differences between `found` and `wanted`, in words, one for each field. Only fields of `wanted` are
 * compared.
 */
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
 * Whether the document `found` has all values of `wanted`. Google's services leave out values that are zero,
 * false or empty, and add fields of their own. Neither counts as a difference.
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
  // Google's services give large integers as text.
  return found === wanted || (typeof wanted === 'number' && found === String(wanted));
}

function isDefault(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).every(isDefault);
  return value === 0 || value === false || value === '' || value === '0s';
}

function shown(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}
