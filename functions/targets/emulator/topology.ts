/**
 * Creates the topics and subscriptions of the emulator target. On Google Cloud, `fullcourt deploy` creates
 * them.
 */
import type { Config } from '../../../shared/config.ts';

/** Seconds before the second delivery of a message, and at most. They are short, because a person waits. */
const LOCAL_BACKOFF_SECONDS = [1, 20] as const;

/**
 * Creates the topics and subscriptions that are missing. Every subscription pushes to the function that
 * serves it.
 * @param urls service -> address that its messages are pushed to
 * @throws GoogleError when the emulator refuses
 */
export async function createTopology(
  { cloud }: Config,
  urls: Readonly<Record<string, string>>,
): Promise<void> {
  const { createTopology: create } = await import('../../../shared/adapters/gcp/pubsub-topology.ts');
  await create(cloud, urls, { backoffSeconds: LOCAL_BACKOFF_SECONDS });
}
