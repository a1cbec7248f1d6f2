/**
 * Names in a Google Cloud project. A deployment may have a prefix: then a staging copy with its own
 * datasets, topics, services and documents can live beside production.
 */
import type { Dataset } from '../domain/table.ts';

/**
 * Empty, or a letter with up to ten more lower-case letters and digits and one underscore at the end, such
 * as `staging_`.
 */
export const PREFIX_PATTERN = /^(?:[a-z][a-z0-9]{0,10}_)?$/;

/** The dataset of staged rows. Its tables expire by themselves. */
export const STAGING_DATASET = 'nba_staging';

/** The names of one deployment. */
export interface Names {
  readonly prefix: string;
  /** A BigQuery dataset: `nba_raw`, with a prefix `staging_nba_raw`. */
  readonly dataset: (dataset: Dataset | typeof STAGING_DATASET) => string;
  /** A topic, subscription, service, account or job: `nba-sweep`, with a prefix `staging-nba-sweep`. */
  readonly resource: (name: string) => string;
  /** The Firestore database of the deployment: `fullcourt`, with a prefix `staging-fullcourt`. */
  readonly database: string;
}

/**
 * The names of the deployment with this prefix.
 * @throws Error when `prefix` does not match {@link PREFIX_PATTERN}
 */
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
    database: `${dashed}fullcourt`,
  };
}
