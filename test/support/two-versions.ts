/** Two versions of the code, by what they publish and read: an older one that says less, and a newer one that says more. */
import type { SimulatedCode } from '../../functions/targets/simulated/other-code.ts';
import { SCHEMA_VERSION } from '../../shared/messages/schemas.ts';

type Json = Readonly<Record<string, unknown>>;

function changed(body: string, change: (message: Json) => Json): string {
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    return body;
  }
  const { kind } = message as Json;
  return kind === 'run_requested' || kind === 'run_completed'
    ? JSON.stringify(change(message as Json))
    : body;
}

/** Every object of a value with a field more that nobody knows; objects whose keys are data stay as they are. */
function withMore(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => withMore(item));
  if (typeof value !== 'object' || value === null || name === 'gameHashes') return value;
  const more = Object.entries(value).map(([key, part]) => [key, withMore(part, key)] as const);
  return { ...Object.fromEntries(more), addedLater: { by: 'newer code', at: ['every', { depth: true }] } };
}

/** Publishes no field that a message may do without, as before these fields were added. What says what was built stays. */
export const OLDER: SimulatedCode = {
  revision: 'older',
  writes: (body) =>
    changed(body, ({ traceparent: _, ...message }) => ({
      ...message,
      dates: (message['dates'] as readonly Json[]).map(({ accepted: __, ...date }) => date),
    })),
};

/** Publishes fields that nobody knows, at every depth. */
export const NEWER: SimulatedCode = {
  revision: 'newer',
  writes: (body) => changed(body, (message) => withMore(message) as Json),
};

const NEXT = SCHEMA_VERSION + 1;

/** Publishes the next version of the messages, in which the dates have another name, and reads it beside this one. */
export const NEXT_VERSION: SimulatedCode = {
  revision: 'next',
  writes: (body) =>
    changed(body, ({ dates, ...message }) => ({ ...message, schemaVersion: NEXT, partitions: dates })),
  reads: (body) =>
    changed(body, (message) => {
      if (message['schemaVersion'] !== NEXT) return message;
      const { partitions, ...rest } = message;
      return { ...rest, schemaVersion: SCHEMA_VERSION, dates: partitions };
    }),
};
