/** What a correction or a request will change, asked on layers over the documents and the archive of a target. */
import {
  boundImpact,
  exactImpact,
  prepareImpact,
  type Asked,
  type Impact,
  type ImpactPorts,
} from '../steps/impact.ts';
import type { Client } from './client.ts';
import { archiveOver } from './simulated/archive-over.ts';
import { storeOver } from './simulated/store-over.ts';

/** The answer at once, and the way to the exact one. */
export interface AskedImpact {
  /** Every cell that can change, by the declared windows. */
  readonly bound: Impact;
  /**
   * Computes what changes.
   * @throws RequestError when another process has the warehouse open, or for what can never be answered
   */
  readonly exact: () => Promise<Impact>;
}

/** @throws RequestError when what is asked about cannot be done */
export async function askImpact(
  client: Pick<
    Client,
    'store' | 'archive' | 'registry' | 'clock' | 'businessClock' | 'policy' | 'config' | 'withWarehouse'
  >,
  asked: Asked,
): Promise<AskedImpact> {
  const { registry, clock, businessClock, policy, config } = client;
  const ports: ImpactPorts = {
    ...{ registry, clock, policy, config },
    ...(businessClock === undefined ? {} : { businessClock }),
    store: storeOver(client.store),
    archive: archiveOver(client.archive),
  };
  const prepared = await prepareImpact(ports, asked);
  return {
    bound: boundImpact(prepared),
    exact: () => client.withWarehouse('impact', (warehouse) => exactImpact(ports, warehouse, prepared)),
  };
}
