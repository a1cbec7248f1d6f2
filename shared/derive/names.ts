/**
 * What things are called in a Google Cloud project. A deployment may carry a prefix, so that a staging copy with its own
 * datasets, topics, services and documents lives beside production.
 */
import type { Dataset } from '../domain/table.ts';

/** `''`, or lower-case letters and digits that end in one underscore, 12 characters at most: `staging_`. */
export const PREFIX_PATTERN = /^(?:[a-z][a-z0-9]{0,10}_)?$/;

/** Dataset of staged rows; its tables expire by themselves. */
export const STAGING_DATASET = 'nba_staging';

export interface Names {
  readonly prefix: string;
  /** BigQuery dataset: `nba_raw`, or `staging_nba_raw`. */
  readonly dataset: (dataset: Dataset | typeof STAGING_DATASET) => string;
  /** Topics, subscriptions, services, accounts, jobs: `nba-sweep`, or `staging-nba-sweep`. */
  readonly resource: (name: string) => string;
  /** Firestore database: the project's default one, or one of the deployment's own. */
  readonly database: string;
}

/** @throws Error when `prefix` is not one */
export function namesOf(prefix: string): Names {
  if (!PREFIX_PATTERN.test(prefix))
    throw new Error(
      `A prefix is lower-case letters and digits that end in "_", not ${JSON.stringify(prefix)}`,
    );
  const dashed = prefix.replace('_', '-');
  return {
    prefix,
    dataset: (dataset) => `${prefix}${dataset}`,
    resource: (name) => `${dashed}${name}`,
    database: prefix === '' ? '(default)' : `${dashed}fullcourt`,
  };
}
