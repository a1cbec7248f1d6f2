/** The targets `emulator` and `gcp`: tables in BigQuery, and with them everything a handler needs but source files. */
import { randomUUID } from 'node:crypto';
import type { Config } from '../../../shared/config.ts';
import { bigQueryBatchSize } from '../../../shared/derive/bigquery-cost.ts';
import { BUDGETS } from '../../../shared/derive/budgets.ts';
import type { Registry } from '../../../shared/domain/registry.ts';
import { jobFinished } from '../../../shared/observe/events/warehouse.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import type { Warehouse } from '../../../shared/ports/warehouse.ts';
import { BUNDLE } from '../../edge/bundle-id.ts';
import { deferred, documentPorts } from './documents.ts';
import type { HandlerContext } from '../../steps/context.ts';
import type { Policy } from '../../control/policy.ts';
import { loadRegistry } from '../../processors/registry.ts';

export const GCP_POLICY: Policy = {
  batchSize: bigQueryBatchSize,
  maxInFlight: 8,
  leaseSeconds: BUDGETS.leaseSeconds,
  gateRetrySeconds: 120,
  tellAgainSeconds: 1800,
};

export function policyOf(config: Config): Policy {
  const { lease, tellAgain } = config.cloud.seconds;
  return {
    ...GCP_POLICY,
    ...(lease === undefined ? {} : { leaseSeconds: lease }),
    ...(tellAgain === undefined ? {} : { tellAgainSeconds: tellAgain }),
  };
}

/**
 * Tables; of the batches that wait to be published into one table, one at a time is.
 * @param judge says what of a person's query is outside the portable subset
 */
export function cloudWarehouse(
  { cloud }: Config,
  registry: Registry,
  { store, log }: Pick<Ports, 'store' | 'log'>,
  judge?: (sql: string) => Promise<readonly string[]>,
): Warehouse {
  return deferred(async () => {
    const { bigQueryWarehouse } = await import('../../../shared/adapters/gcp/bigquery-warehouse.ts');
    const { firestoreTurns } = await import('../../../shared/adapters/gcp/firestore-turns.ts');
    return bigQueryWarehouse(cloud, registry, {
      turns: firestoreTurns(store),
      ...(judge === undefined ? {} : { judge }),
      onJob: (report) => jobFinished({ log }, report),
    });
  });
}

/** Seconds after which a run is cut off by the platform, and keeps nothing any longer. */
const LONGEST_SECONDS = BUDGETS.functionSeconds;

function everySeconds(seconds: number, what: () => Promise<unknown>): () => void {
  const end = performance.now() + LONGEST_SECONDS * 1000;
  const timer = setInterval(() => {
    if (performance.now() > end) clearInterval(timer);
    // A store that is away now may be back before the lease is over.
    else what().catch(() => undefined);
  }, seconds * 1000);
  return () => clearInterval(timer);
}

const contexts = new WeakMap<Config, HandlerContext>();

/** What a handler needs that reads no source files, once for each configuration. */
export function openContext(config: Config): HandlerContext {
  const known = contexts.get(config) ?? makeContext(config);
  contexts.set(config, known);
  return known;
}

function makeContext(config: Config): HandlerContext {
  const registry = loadRegistry();
  const documents = documentPorts(config);
  return {
    ports: { ...documents, warehouse: cloudWarehouse(config, registry, documents) },
    registry,
    policy: policyOf(config),
    bundle: BUNDLE,
    holder: randomUUID(),
    every: everySeconds,
    load: ({ definition }) =>
      Promise.reject(new Error(`${definition.name} is loaded from source files, which are not read here`)),
  };
}
