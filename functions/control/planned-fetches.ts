/** What a backfill would ask live sources as things are, for its plan and for the command that shows one. */
import type { SourceSettings } from '../../shared/config.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import type { FetchPlan } from '../../shared/state/backfill-fetches.ts';
import type { NormalRequest } from '../../shared/state/backfills.ts';
import { planFetches } from './history.ts';
import { admit, type OriginPorts } from './origins.ts';
import { fetchedTables } from './plan.ts';

/** Nobody is asked anything. */
export const NOTHING_TO_FETCH: Omit<FetchPlan, 'stage'> = {
  ...{ items: [], prices: [], leftOut: [], problem: null },
};

/**
 * Plans what live sources are asked for a request. Writes nothing, and asks nobody. Where answers would be mixed with a made-up
 * league, nobody is asked, and `problem` says why.
 * @param now the business time: what is past
 */
export async function plannedFetches(
  ports: OriginPorts & { readonly registry: Registry },
  settings: SourceSettings,
  request: NormalRequest,
  now: Date,
): Promise<Omit<FetchPlan, 'stage'>> {
  const tables = fetchedTables(ports.registry, request);
  const plan = await planFetches(ports, settings, { dates: request.dates, tables, now });
  if (plan.items.length === 0) return plan;
  try {
    await admit(ports, { origin: { kind: 'files' }, command: 'fetch' });
    return plan;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return { ...NOTHING_TO_FETCH, problem: error.message };
  }
}
