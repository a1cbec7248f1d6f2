/**
 * The deployed functions, derived from the topics: one function for a whole kind of service, or one for
 * each of its topics.
 */
import type { Mode } from '../domain/partition.ts';
import type { Phase } from '../domain/table.ts';
import { kindOf, type Consumer, type ServiceKind } from './service-kinds.ts';
import { topics, type Topic } from './topics.ts';

/** One deployed function. */
export interface Service {
  /** Name of the function, which is also that of its Cloud Run service and of its entry point. */
  readonly name: string;
  readonly consumer: Consumer;
  readonly kind: ServiceKind;
  /** The phase whose tables it builds; null when it serves all phases. */
  readonly phase: Phase | null;
  /** The lane that it serves; null when it serves both. */
  readonly lane: Mode | null;
  /** Topics whose subscriptions push to it, at least one. */
  readonly topics: readonly Topic[];
}

/** Every function with its topics. Each topic belongs to exactly one function. */
export function services(): readonly Service[] {
  const found = new Map<string, Service>();
  for (const topic of topics()) {
    const { consumer, phase, lane } = topic.subscription;
    const kind = kindOf(consumer);
    const name = kind.service?.name ?? topic.name;
    const isShared = kind.service !== undefined;
    const service = found.get(name) ?? {
      name,
      consumer,
      kind,
      phase: isShared ? null : phase,
      lane: isShared ? null : lane,
      topics: [],
    };
    found.set(name, { ...service, topics: [...service.topics, topic] });
  }
  return [...found.values()];
}
