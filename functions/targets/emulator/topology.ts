/** What must be there before a function of the emulator target can be called; on Google Cloud the deployment makes it. */
import type { Config } from '../../../shared/config.ts';

/** Seconds between two deliveries of a message on a machine on which somebody waits. */
const LOCAL_BACKOFF_SECONDS = [1, 20] as const;

/**
 * Creates what is missing of topics and subscriptions. Every subscription pushes to the function that serves it.
 * @param urls service -> where it takes pushes
 */
export async function createTopology(
  { cloud }: Config,
  urls: Readonly<Record<string, string>>,
): Promise<void> {
  const { createTopology: create } = await import('../../../shared/adapters/gcp/pubsub-topology.ts');
  await create(cloud, urls, { backoffSeconds: LOCAL_BACKOFF_SECONDS });
}
