/** The deployed functions, derived from the topics: one for each kind of service, or one for each of its topics. */
import type { Mode } from '../domain/partition.ts';
import type { Phase } from '../domain/table.ts';
import { kindOf, type Consumer, type ServiceKind } from './service-kinds.ts';
import { topics, type Topic } from './topics.ts';

export interface Service {
  /** Name of the function, of its Cloud Run service and of its entry point. */
  readonly name: string;
  readonly consumer: Consumer;
  readonly kind: ServiceKind;
  /** Phase whose tables it computes; null where it serves all of them. */
  readonly phase: Phase | null;
  readonly lane: Mode | null;
  /** Topics whose subscriptions push to it. */
  readonly topics: readonly Topic[];
}

/** Every function with the topics it serves; each topic has exactly one. */
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
