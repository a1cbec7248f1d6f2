/** Code of another version in a simulated pipeline: it may have other tables, and it writes and reads messages in its own form. */
import type { Registry } from '../../../shared/domain/registry.ts';
import type { Handler, Publisher } from '../../../shared/ports/bus.ts';
import type { HandlerContext } from '../../steps/context.ts';

/** What the code of one version has of its own; where it has nothing, it is the code of the pipeline. */
export interface SimulatedCode {
  readonly registry?: Registry;
  /** Revision of the service that it is. */
  readonly revision?: string;
  /** What it publishes instead of a message. */
  readonly writes?: (body: string) => string;
  /** What it makes of a message before it decodes it. */
  readonly reads?: (body: string) => string;
}

/** The context of a handler as this code has it. */
export function contextIn(code: SimulatedCode, context: HandlerContext): HandlerContext {
  const { registry, revision, writes } = code;
  const { publisher } = context.ports;
  const publishing: Publisher = {
    publish: (topic, body) => publisher.publish(topic, writes === undefined ? body : writes(body)),
  };
  return {
    ...context,
    ports: { ...context.ports, publisher: publishing },
    ...(registry === undefined ? {} : { registry }),
    ...(revision === undefined ? {} : { revision }),
  };
}

/** A handler that gets messages as this code reads them. */
export function handlerIn({ reads }: SimulatedCode, handle: Handler): Handler {
  return reads === undefined ? handle : (delivery) => handle({ ...delivery, body: reads(delivery.body) });
}
