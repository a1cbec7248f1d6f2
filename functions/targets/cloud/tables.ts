/**
 * The targets `emulator` and `gcp`: tables in BigQuery, and the context of handlers that need tables but no
 * source files.
 */
import { randomUUID } from 'node:crypto';
import type { Config } from '../../../shared/config.ts';
import { bigQueryBatchSize } from '../../../shared/derive/bigquery-cost.ts';
import { BUDGETS } from '../../../shared/derive/budgets.ts';
import type { Registry } from '../../../shared/domain/registry.ts';
import { jobFinished } from '../../../shared/observe/events/warehouse.ts';
import type { ArchiveStore } from '../../../shared/ports/archive.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import type { Warehouse } from '../../../shared/ports/warehouse.ts';
import { BUNDLE } from '../../edge/bundle-id.ts';
import { deferred, documentPorts } from './documents.ts';
import type { HandlerContext } from '../../steps/context.ts';
import type { Policy } from '../../control/policy.ts';
import { loadRegistry } from '../../processors/registry.ts';

/** Batch sizes, leases and retries of the cloud targets. */
export const GCP_POLICY: Policy = {
  batchSize: bigQueryBatchSize,
  maxInFlight: 8,
  leaseSeconds: BUDGETS.leaseSeconds,
  gateRetrySeconds: 120,
  tellAgainSeconds: 1800,
};

/** The policy of the cloud targets, with the seconds that the configuration replaces. */
export function policyOf(config: Config): Policy {
  const { lease, tellAgain } = config.cloud.seconds;
  return {
    ...GCP_POLICY,
    ...(lease === undefined ? {} : { leaseSeconds: lease }),
    ...(tellAgain === undefined ? {} : { tellAgainSeconds: tellAgain }),
  };
}

/**
 * The tables of a deployment. Each table has one publication at a time, among all processes.
 * @param gate says what in a person's query is outside the portable subset
 */
export function cloudWarehouse(
  { cloud }: Config,
  registry: Registry,
  { store, log }: Pick<Ports, 'store' | 'log'>,
  gate?: (sql: string) => Promise<readonly string[]>,
): Warehouse {
  return deferred(async () => {
    const { bigQueryWarehouse } = await import('../../../shared/adapters/gcp/bigquery-warehouse.ts');
    const { firestoreTurns } = await import('../../../shared/adapters/gcp/firestore-turns.ts');
    return bigQueryWarehouse(cloud, registry, {
      turns: firestoreTurns(store),
      ...(gate === undefined ? {} : { gate }),
      onJob: (report) => jobFinished({ log }, report),
    });
  });
}

/** Seconds after which the platform ends a request. A lease that is still renewed then belongs to no work. */
const LONGEST_SECONDS = BUDGETS.functionSeconds;

function everySeconds(seconds: number, what: () => Promise<unknown>): () => void {
  const end = performance.now() + LONGEST_SECONDS * 1000;
  const timer = setInterval(() => {
    if (performance.now() > end) clearInterval(timer);
    // A renewal that fails is not fatal: the store may answer again before the lease ends.
    else what().catch(() => undefined);
  }, seconds * 1000);
  return () => clearInterval(timer);
}

const nowhere = (path: string): Promise<never> =>
  Promise.reject(new Error(`${path} is not read or written: there is no archive here`));
const NO_ARCHIVE: ArchiveStore = { put: nowhere, get: nowhere, write: nowhere, read: nowhere, list: nowhere };

const contexts = new WeakMap<Config, HandlerContext>();

/** The context of a handler that reads no source files. It is made once for each configuration. */
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
    revision: config.revision,
    holder: randomUUID(),
    every: everySeconds,
    archive: NO_ARCHIVE,
    load: ({ definition }) =>
      Promise.reject(new Error(`${definition.name} is loaded from source files, which are not read here`)),
  };
}
