/** The one writer of the answers to probes. */
import type { Ports } from '../ports/index.ts';
import { paths, type ProbeDocument } from './documents.ts';

/** Writes the answer to a probe, for its sender to find. */
export async function writeProbe({ store }: Pick<Ports, 'store'>, answer: ProbeDocument): Promise<void> {
  await store.transaction((tx) => Promise.resolve(tx.set(paths.probe(answer.id), answer)));
}
