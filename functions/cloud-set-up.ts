/** What must be there before a function of the emulator target can be called; on Google Cloud the deployment makes it. */
import type { Config } from '../shared/config.ts';

/**
 * Creates what is missing of topics and subscriptions. Every subscription pushes to the function that serves it.
 * @param urls service -> where it takes pushes
 */
export async function createTopology(
  { cloud }: Config,
  urls: Readonly<Record<string, string>>,
): Promise<void> {
  const { createTopology: create } = await import('../shared/adapters/gcp/pubsub-topology.ts');
  await create(cloud, urls);
}
