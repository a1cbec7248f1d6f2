/** Answers a probe. The answer shows that a topic, its push with its token, the function and the documents work. */
import { digest } from '../../shared/domain/hash.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { probeAnswered } from '../../shared/observe/events/health.ts';
import { ack, type Outcome } from '../../shared/ports/bus.ts';
import { writeProbe } from '../../shared/state/probes.ts';
import type { HandlerContext } from './context.ts';

/** Writes the answer of a probe, with the digests of the code that answers. */
export async function answerProbe(
  { ports, registry, bundle }: HandlerContext,
  probeId: string,
): Promise<Outcome> {
  await writeProbe(ports, {
    id: probeId,
    code: codeOf(registry),
    bundle,
    answeredAt: ports.clock().toISOString(),
  });
  probeAnswered(ports, { requestId: probeId });
  return ack;
}

/** Digest of the code of all tables. */
export function codeOf(registry: Registry): string {
  return digest(
    registry.all.map(({ definition, codeFingerprint }) => `${definition.name}:${codeFingerprint}`).join('\n'),
  );
}
